# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts that are given as something else: told by their names, and never used as their Python text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._api.connection import CONNECTION_SPEC
from ansible_collections.tencent.cloud.plugins.module_utils._backup.image import IMAGE_SPEC
from ansible_collections.tencent.cloud.plugins.module_utils._backup.snapshot_options import SNAPSHOT_SPEC
from ansible_collections.tencent.cloud.plugins.module_utils._not_text import text_problems
from ansible_collections.tencent.cloud.plugins.module_utils._reset.options import RESET_SPEC
from ansible_collections.tencent.cloud.plugins.modules import ssh_host_key

SPECS = (CONNECTION_SPEC, RESET_SPEC, IMAGE_SPEC, SNAPSHOT_SPEC, ssh_host_key.SPEC)
HIDDEN = "hide-me-please"


def texts(spec: Mapping[str, Any], prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The way to each option that takes text."""
    for name, option in spec.items():
        if option["type"] in ("str", "path"):
            yield (*prefix, name)
        yield from texts(option.get("options", {}), (*prefix, name))


EVERY = [(spec, way) for spec in SPECS for way in texts(spec)]


def nested(way: tuple[str, ...], value: Any) -> dict[str, Any]:
    """The options with one value."""
    for name in reversed(way):
        value = {name: value}
    return dict(value)


def wrong(spec: Mapping[str, Any], given: Any) -> list[str]:
    """The options that are told."""
    return [problem.option for problem in text_problems(spec, given)]


@pytest.mark.parametrize(("spec", "way"), EVERY, ids=[".".join(way) for _spec, way in EVERY])
def test_what_is_no_text_is_told_of_every_option(spec: Mapping[str, Any], way: tuple[str, ...]) -> None:
    for value in ([HIDDEN], {HIDDEN: HIDDEN}, True, False):
        (problem,) = text_problems(spec, nested(way, value))
        assert problem.option == ".".join(way)
        assert problem.message.startswith("It must be text, and is ")
        assert HIDDEN not in str(problem)
    for value in (None, "", HIDDEN):
        assert wrong(spec, nested(way, value)) == []


@pytest.mark.parametrize("number", [12345678, 83, 1e5])
def test_a_number_is_no_secret(number: float) -> None:
    found = list(text_problems(RESET_SPEC, {"login_settings": {"password": number}, "host_name": number}))
    assert [problem.option for problem in found] == ["login_settings.password"]
    assert "leading zero" in found[0].fix
    assert str(number) not in str(found)


def test_elements_of_lists_are_texts_as_well() -> None:
    given = {"login_settings": {"key_ids": ["skey-1", ["skey-2"], {"a": 1}]}}
    assert wrong(RESET_SPEC, given) == ["login_settings.key_ids"] * 2


def test_user_data_is_told_how_to_be_written() -> None:
    (mapping,) = text_problems(RESET_SPEC, {"user_data": {"packages": ["chrony"]}})
    assert r'"#cloud-config\n{{ your_mapping | to_nice_yaml }}"' in mapping.fix
    (lines,) = text_problems(RESET_SPEC, {"user_data": ["#!/bin/sh", "true"]})
    assert "join" in lines.fix


@pytest.mark.parametrize("given", [None, "image_id=x", {"login_settings": "password=x"}, {"unknown": []}])
def test_what_is_no_mapping_is_left_to_ansible(given: Any) -> None:
    assert wrong(RESET_SPEC, given) == []


def test_lists_of_mappings_are_looked_into() -> None:
    spec = {"servers": {"type": "list", "elements": "dict", "options": {"name": {"type": "str"}}}}
    assert wrong(spec, {"servers": [{"name": "a"}, {"name": []}]}) == ["servers.name"]


def test_problems_come_in_the_order_of_the_spec() -> None:
    given = {"user_data": [], "attach": [], "image_id": [], "host_name": []}
    assert wrong(RESET_SPEC, given) == ["image_id", "host_name", "user_data", "attach"]
