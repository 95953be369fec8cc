# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an expression of an inventory file reads of an instance."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.plugin_utils._inventory.expressions import expression

NOTHING = object()
VARIABLES: dict[str, Any] = {
    "cvm_instance_id": "ins-00000001",
    "cvm_cpu": 1,
    "cvm_flag": True,
    "cvm_expired_time": None,
    "cvm_placement": {"zone": "ap-tokyo-1", "host_ids": ["host-1"]},
    "cvm_addresses": ["10.0.0.1"],
    "cvm_tags": {"role": "web", "items": "hidden", "upper": "x", "a key": "y", "7": "z"},
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("cvm_instance_id", "ins-00000001"),
        (" cvm_tags.role ", "web"),
        ("cvm_tags['role']", "web"),
        ("cvm_tags['a key']", "y"),
        ("cvm_tags['items']", "hidden"),
        ("cvm_tags.upper", "x"),
        ("cvm_placement.host_ids[0]", "host-1"),
        ("cvm_placement", VARIABLES["cvm_placement"]),
        ("cvm_expired_time", None),
        ("cvm_tags.missing", NOTHING),
        ("cvm_tags.items", NOTHING),
        ("cvm_addresses[1]", NOTHING),
        ("cvm_addresses.append", NOTHING),
        ("cvm_instance_id[0]", NOTHING),
        ("cvm_instance_id.upper", NOTHING),
        ("cvm_nothing", NOTHING),
        ("cvm_tags.role | upper", NOTHING),
        ("cvm_tags.role == 'web'", NOTHING),
    ],
)
def test_the_value_that_an_expression_names(text: str, value: Any) -> None:
    found = expression(text)
    assert found
    assert found.value(VARIABLES, NOTHING) == value


@pytest.mark.parametrize(
    "text",
    [
        "inventory_hostname",
        "role",
        "cvm_tags[role]",
        "cvm_tags.role | random",
        "cvm_tags.role | my_own_filter",
        "cvm_tags.role is file",
        "lookup('env', 'HOME')",
        "cvm_tags.get('role')",
        "now()",
        "[cvm_tags.role, group_names]",
        "cvm_tags.role if whatever else 'b'",
        "cvm_cpu * 2",
        "cvm_addresses[-1]",
        "cvm_tags.role }} {{ cvm_cpu",
        "cvm_tags.",
        "",
        "}}",
        None,
        True,
        ["cvm_tags"],
    ],
    ids=str,
)
def test_what_may_depend_on_something_else_is_left_to_ansible(text: Any) -> None:
    assert expression(text) is None


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("cvm_tags.role == 'web'", {"cvm_tags": {"role": "db"}}),
        ("cvm_tags.role | default('x')", {"cvm_tags": {}}),
        ("cvm_cpu", {"cvm_cpu": True}),
        ("cvm_cpu", {"cvm_cpu": 1.0}),
        ("cvm_addresses", {"cvm_addresses": "['10.0.0.1']"}),
        ("'10.0.0.1' in cvm_addresses", {"cvm_addresses": ["10.0.0.2"]}),
        ("[cvm_instance_id, cvm_tags.role]", {"cvm_instance_id": "web"}),
    ],
)
def test_other_values_are_other_cases_and_equal_ones_are_the_same(text: str, others: dict[str, Any]) -> None:
    found = expression(text)
    assert found
    told = found.inputs(VARIABLES)
    assert told is not None
    assert found.inputs({**VARIABLES, "cvm_unread": 7}) == told
    assert found.inputs({**VARIABLES, **others}) not in (None, told)


@pytest.mark.parametrize(
    "text", ["cvm_tags.items == 'x'", "cvm_nothing == 1", "cvm_tags.missing.deeper | default(1)", "cvm_cpu[0] == 1"]
)
def test_where_only_jinja_can_tell_there_is_no_case(text: str) -> None:
    found = expression(text)
    assert found
    assert found.inputs(VARIABLES) is None
