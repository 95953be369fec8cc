# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values survive whatever they hold: what the other side reads is what was given."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tencent.cloud.plugins.module_utils._api.signing import (
    canonical_request,
    credential_scope,
    flatten,
    form_encode,
    form_string_to_sign,
)
from tests.unit.support.doubles import ScriptedTransport, answer, client_with

AWKWARD = "+ & = % ~ * / ' \" ` \\ ; # ? < > 未命名 \U0001f600 \n \r\n \t \u00e9 %2B +%20 a=b&c=d"

names = st.from_regex(r"[A-Z][A-Za-z0-9]{0,8}", fullmatch=True)
# A lone surrogate is no text: it has no UTF-8.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(AWKWARD.split(" "))
leaves = texts | st.booleans() | st.integers()
trees = st.recursive(
    leaves,
    lambda inner: st.lists(inner, min_size=1, max_size=4) | st.dictionaries(names, inner, min_size=1, max_size=4),
)
parameters = st.dictionaries(names, trees, max_size=5)


def as_read(value: Any) -> Any:
    """The tree with its leaves as a reader of a form gets them."""
    if isinstance(value, Mapping):
        return {name: as_read(item) for name, item in value.items()}
    if isinstance(value, list):
        return [as_read(item) for item in value]
    return {True: "TRUE", False: "FALSE"}[value] if isinstance(value, bool) else str(value)


def rebuilt(pairs: list[tuple[str, str]]) -> Any:
    """The tree that dotted names describe."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        *parents, last = name.split(".")
        node = tree
        for parent in parents:
            node = node.setdefault(parent, {})
        node[last] = value
    return listed(tree)


def listed(node: Any) -> Any:
    """Numbered branches as lists."""
    if not isinstance(node, dict):
        return node
    if node and all(name.isdecimal() for name in node):
        return [listed(node[str(index)]) for index in range(len(node))]
    return {name: listed(item) for name, item in node.items()}


def read_form(body: str) -> list[tuple[str, str]]:
    """A form as the standard library reads it; a pair that is lost or malformed raises."""
    return parse_qsl(body, keep_blank_values=True, strict_parsing=bool(body), encoding="utf-8", errors="strict")


@settings(deadline=None, max_examples=60)
@given(parameters)
def test_a_form_is_read_as_it_was_given(params: dict[str, Any]) -> None:
    body = form_encode(flatten(params))
    assert body.isascii()
    assert rebuilt(read_form(body)) == as_read(params)


@settings(deadline=None, max_examples=60)
@given(parameters)
def test_a_signed_form_request_is_read_as_it_was_given(params: dict[str, Any]) -> None:
    transport = ScriptedTransport(answer())
    client_with(transport, api="v2").write_to_cvm("ResetInstance", {"Own": params})
    own = [(name, value) for name, value in read_form(transport.bodies[0].decode()) if name.startswith("Own.")]
    assert rebuilt(own).get("Own", {}) == as_read(params)


@settings(deadline=None, max_examples=60)
@given(parameters)
def test_a_json_request_is_read_as_it_was_given(params: dict[str, Any]) -> None:
    transport = ScriptedTransport(answer())
    client_with(transport).write_to_cvm("ResetInstance", params)
    assert json.loads(transport.bodies[0]) == params


@pytest.mark.parametrize("value", [*AWKWARD.split(" "), AWKWARD, "", " ", "a b", "0"])
def test_each_awkward_value_survives_in_both_forms(value: str) -> None:
    params = {"LoginSettings": {"Password": value}}
    assert read_form(form_encode(flatten(params))) == [("LoginSettings.Password", value)]
    transport = ScriptedTransport(answer())
    client_with(transport).write_to_cvm("ResetInstance", params)
    assert json.loads(transport.bodies[0]) == params


@pytest.mark.parametrize(
    ("params", "flat"),
    [
        ({"A": True, "B": False}, {"A": "TRUE", "B": "FALSE"}),
        ({"A": ["x", "y"]}, {"A.0": "x", "A.1": "y"}),
        ({"A": ({"Name": "n", "Values": ["v", "w"]},)}, {"A.0.Name": "n", "A.0.Values.0": "v", "A.0.Values.1": "w"}),
        ({"A": [["x"], ["y", "z"]]}, {"A.0.0": "x", "A.1.0": "y", "A.1.1": "z"}),
        ({"A": ""}, {"A": ""}),
        ({"A": None, "B": [None], "C": {"D": None}}, {}),
        ({"A": [], "B": {}}, {}),
        ({"A": 0, "B": 1.5}, {"A": "0", "B": "1.5"}),
    ],
)
def test_flattening(params: dict[str, Any], flat: dict[str, str]) -> None:
    assert flatten(params) == flat


# --- rules of single stages


def test_an_existing_signature_is_not_signed() -> None:
    flat = {"Action": "DescribeInstances", "Nonce": "1"}
    signed = {**flat, "Signature": "stale"}
    assert form_string_to_sign("POST", "h", "/", signed) == form_string_to_sign("POST", "h", "/", flat)


def test_header_values_are_trimmed_and_names_sorted() -> None:
    canonical = canonical_request("post", "", {"Host": " H ", "Content-Type": "A/B"}, b"")
    assert canonical.split("\n")[:6] == ["POST", "/", "", "content-type:a/b", "host:h", ""]


@pytest.fixture(params=["UTC", "Asia/Shanghai", "America/Los_Angeles"])
def _zone(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("_zone")
def test_the_scope_is_of_the_day_in_utc_wherever_this_machine_stands() -> None:
    before, after = (credential_scope(second, "cvm") for second in (1704067199, 1704067200))
    assert (before, after) == ("2023-12-31/cvm/tc3_request", "2024-01-01/cvm/tc3_request")


def test_quoting_is_that_of_rfc_3986() -> None:
    assert form_encode({"a": "-_.~ +*/"}) == "a=-_.~%20%2B%2A%2F" == "a=" + quote("-_.~ +*/", safe="-_.~")
