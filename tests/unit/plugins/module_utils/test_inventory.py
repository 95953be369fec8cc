# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Instances as hosts: names that are unique and harmless, variables, addresses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tencent.cloud.plugins.module_utils._errors import OptionError
from ansible_collections.tencent.cloud.plugins.module_utils._inventory import (
    SHOWN,
    host_names,
    hosts_of,
    is_sound,
)


def instance(number: int, name: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"instance_id": f"ins-{number:08}", "instance_name": name, **fields}


def names(*instances: dict[str, Any], by: tuple[str, ...] = ("instance_name",), **taken: str) -> list[str]:
    """The names of hosts, in the order of the instances."""
    named = host_names(instances, by, taken)[0]
    return [named[one["instance_id"]] for one in instances]


# --- names


def test_the_first_preference_that_has_a_value_names_a_host() -> None:
    tagged = instance(1, "web-01", tags={"Name": "front"})
    addressed = instance(2, "", private_ip_addresses=["10.0.0.2", "10.0.0.3"], tags={})
    bare = instance(3, None, private_ip_addresses=None, tags=None)
    by = ("tag:Name", "instance_name", "private_ip_addresses")
    assert names(tagged, addressed, bare, by=by) == ["front", "10.0.0.2", "ins-00000003"]
    assert host_names([tagged, addressed, bare], by, {})[1] == []


def test_a_shared_name_is_nobodys_and_is_told() -> None:
    three = [instance(1, "web"), instance(2, "web"), instance(3, "db")]
    named, warnings = host_names(three, ("instance_name",), {})
    assert list(named.values()) == ["ins-00000001", "ins-00000002", "db"]
    (warning,) = warnings
    assert "'web' (ins-00000001, ins-00000002)" in warning
    assert "instance_name belong to several instances" in warning


def test_those_with_a_shared_name_go_on_to_the_next_preference() -> None:
    pair = [instance(1, "web", uuid="a1"), instance(2, "web", uuid="a2")]
    assert names(*pair, by=("instance_name", "uuid")) == ["a1", "a2"]


def test_a_shared_name_is_nobodys_by_a_later_preference_either() -> None:
    three = [instance(1, "web"), instance(2, "web"), instance(3, None, uuid="web")]
    assert names(*three, by=("instance_name", "uuid"))[2] == "ins-00000003"


def test_a_name_that_was_given_before_is_not_given_again() -> None:
    assert names(instance(1, "web"), instance(2, None, uuid="web"), by=("instance_name", "uuid")) == [
        "web",
        "ins-00000002",
    ]


def test_an_id_names_no_other_instance() -> None:
    assert names(instance(1, "ins-00000002"), instance(2, "web")) == ["ins-00000001", "web"]


def test_the_host_of_another_instance_keeps_its_name() -> None:
    assert names(instance(1, "web"), web="ins-99999999") == ["ins-00000001"]
    assert names(instance(1, "web"), web="ins-00000001") == ["web"]


@pytest.mark.parametrize(
    "name",
    [
        *("localhost", "LocalHost", "127.0.0.1", "all", "ungrouped"),
        *("../../etc", "/etc/x", ".hidden", "-oProxyCommand=x", "_x"),
        *("web 1", "web:22", "a,b", "web*", "!web", "~web", "web[1]", "{{ x }}", "web\n", "a@b", "\x1b[31m"),
    ],
)
def test_what_would_act_as_more_than_a_name_is_none(name: str) -> None:
    named, warnings = host_names([instance(1, name)], ("instance_name",), {})
    assert named == {"ins-00000001": "ins-00000001"}
    assert "can be no host names" in warnings[0]
    assert warnings[0].isprintable()


@pytest.mark.parametrize("name", ["web-01", "web.example.com", "7", "\u672a\u547d\u540d", "a_b"])
def test_other_names_are_taken_as_they_are(name: str) -> None:
    assert names(instance(1, name)) == [name]


def test_a_field_that_no_instance_has_is_refused() -> None:
    with pytest.raises(OptionError, match="no instance has a field 'nmae'"):
        names(instance(1), by=("nmae",))
    assert names(by=("nmae",)) == []


def test_a_long_warning_is_cut() -> None:
    many = [instance(number, "same") for number in range(SHOWN + 2)]
    assert "and 2 more)" in host_names(many, ("instance_name",), {})[1][0]
    unfit = [instance(number, f"no {number}") for number in range(SHOWN + 3)]
    assert host_names(unfit, ("instance_name",), {})[1][0].endswith("and 3 more.")


@given(
    st.lists(st.tuples(st.sampled_from(["a", "b", "ins-00000001", "all", "x y", ""]), st.sampled_from("abc"))),
    st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from(["ins-00000000", "ins-99999999"])),
)
def test_no_two_instances_ever_have_one_name(given: list[tuple[str, str]], taken: dict[str, str]) -> None:
    instances = [instance(number, name, uuid=uuid) for number, (name, uuid) in enumerate(given)]
    named = host_names(instances, ("instance_name", "uuid"), taken)[0]
    assert len(named) == len(set(named.values())) == len(instances)
    assert all(taken.get(name, one) == one for one, name in named.items())


# --- hosts


FOUND = {
    "ap-tokyo": [
        instance(1, "a", tags={"role": "web"}, public_ip_addresses=["203.0.113.1"], private_ip_addresses=["10.0.0.1"])
    ],
    "ap-beijing": [instance(2, "b", tags={}, public_ip_addresses=None, private_ip_addresses=["10.0.0.1"])],
}


@pytest.mark.parametrize(
    ("connect_with", "addresses"),
    [
        ("public", ["203.0.113.1", None]),
        ("private", ["10.0.0.1", "10.0.0.1"]),
        ("none", [None, None]),
    ],
)
def test_the_address_to_connect_to(connect_with: str, addresses: list[str | None]) -> None:
    hosts, warnings = hosts_of(FOUND, ["instance_name"], connect_with, {})
    assert [host.variables.get("ansible_host") for host in hosts] == addresses
    assert warnings == []


def test_every_field_is_a_variable() -> None:
    host = hosts_of(FOUND, ["instance_name"], "none", {})[0][0]
    assert host.name == "a"
    assert host.variables == {
        "cvm_instance_id": "ins-00000001",
        "cvm_instance_name": "a",
        "cvm_tags": {"role": "web"},
        "cvm_public_ip_addresses": ["203.0.113.1"],
        "cvm_private_ip_addresses": ["10.0.0.1"],
        "cvm_region": "ap-tokyo",
    }


@pytest.mark.parametrize(
    "broken",
    [
        *(None, [], "x", {"ap-tokyo": None}, {"ap-tokyo": [None]}, {"ap-tokyo": [{}]}),
        {"ap-tokyo": [{"instance_id": 1}]},
        {"ap-tokyo": [{"instance_id": "ins-00000001", "tags": ["x"]}]},
    ],
)
def test_what_is_not_instances_by_region_is_told_apart(broken: Any) -> None:
    assert not is_sound(broken)
    assert is_sound(FOUND)
    assert is_sound({})
