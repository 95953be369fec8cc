# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin with many instances: which variables hosts get, and that no shortcut changes what comes out."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData

from ansible_collections.tencent.cloud.plugins.inventory import cvm
from tests.unit.support.inventory import HOSTILE, NAMES, Inventory, variables

ALWAYS = {"inventory_file", "inventory_dir", "ansible_host", "cvm_instance_id"}

# --- the option


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ([], set()),
        (["tags"], {"cvm_tags"}),
        ("region, instance_state", {"cvm_region", "cvm_instance_state"}),
        (["instance_id"], set()),
    ],
)
def test_the_fields_that_are_named_become_variables(reader: Inventory, fields: Any, names: set[str]) -> None:
    data = reader.read(variables=fields)
    assert set(data.hosts) == NAMES
    assert all(set(host.vars) == ALWAYS | names for host in data.hosts.values())
    assert variables(data, "generated-00001")["ansible_host"] == "10.0.0.1"


def test_expressions_and_names_go_by_all_fields(reader: Inventory) -> None:
    data = reader.read(
        variables=["instance_id"],
        hostnames=["private_ip_addresses"],
        compose={"zone": "cvm_placement.zone", "ansible_host": "cvm_instance_name"},
        groups={"tokyo": "cvm_region == 'ap-tokyo'"},
        keyed_groups=[{"key": "cvm_tags.role", "prefix": "role"}],
    )
    host = variables(data, "10.0.0.0")
    assert set(host) == {*ALWAYS, "zone"}
    assert host["ansible_host"] == "generated-00000"
    assert len(data.groups["tokyo"].get_hosts()) == len(data.groups["role_web"].get_hosts()) == 2


@pytest.mark.parametrize(
    ("field", "advice"),
    [
        ("instance_nmae", "Did you mean instance_name?"),
        ("cvm_tags", "Did you mean tags?"),
        ("InstanceState", "Did you mean instance_state?"),
        ("telepathy", "Give one such as instance_name, tags or region."),
    ],
)
def test_a_field_that_no_instance_has_is_an_error(reader: Inventory, field: str, advice: str) -> None:
    with pytest.raises(AnsibleParserError) as caught:
        reader.read(variables=["tags", field])
    assert f"variables: no instance has a field '{field}'. {advice}" in str(caught.value)


def test_where_there_are_no_instances_no_field_is_wrong(reader: Inventory) -> None:
    assert not reader.read(variables=["telepathy"], filters={"tag:role": ["nothing"]}).hosts


def test_the_variables_do_not_decide_which_entry_of_the_cache_is_used(reader: Inventory) -> None:
    cached: dict[str, Any] = {
        "cache": True,
        "cache_plugin": "jsonfile",
        "cache_connection": str(reader.folder / "cache"),
    }
    reader.read(**cached, variables=[])
    before = len(reader.bench.calls)
    data = reader.read(**cached)
    assert len(reader.bench.calls) == before
    assert variables(data, "generated-00000")["cvm_tags"] == {"role": "web"}


# --- shortcuts

OPTIONS: dict[str, Any] = {
    "compose": {
        "role": "cvm_tags.role",
        "missing": "cvm_tags.nothing",
        "method": "cvm_tags.items is defined",
        "placement": "cvm_placement",
        "cpu": "cvm_cpu",
        "first": "cvm_private_ip_addresses[0]",
        "upper": "cvm_region | upper",
        "whole": "inventory_hostname ~ cvm_region",
        "number": 7,
        "text": "'a ' ~ cvm_tags.role",
    },
    "groups": {
        "tokyo": "cvm_region == 'ap-tokyo'",
        "web": "cvm_tags.role | default('') == 'web'",
        "lonely": "group_names == []",
        "named": "inventory_hostname is search('0$')",
        "by_compose": "upper == 'AP-TOKYO'",
        "broken": "cvm_tags.nothing == 1",
        "no_condition": "cvm_region",
        "always": True,
    },
    "keyed_groups": [
        {"prefix": "role", "key": "cvm_tags.role"},
        {"prefix": "cpu", "key": "cvm_cpu"},
        {"prefix": "none", "key": "cvm_tags.nothing", "default_value": "x"},
        {"prefix": "tags", "key": "cvm_tags", "parent_group": "tagged"},
        {"prefix": "both", "key": "[cvm_region, upper]"},
        {"prefix": "zone", "key": "cvm_placement.zone", "parent_group": "in_{{ cvm_region }}"},
        {"prefix": "fallen", "key": "cvm_tags.nothing | default('')", "default_value": "back"},
    ],
}


def everything(data: InventoryData) -> dict[str, Any]:
    data.reconcile_inventory()
    hosts: dict[str, Any] = {name: dict(host.vars) for name, host in data.hosts.items()}
    groups = {
        name: (sorted(one.name for one in group.hosts), sorted(one.name for one in group.child_groups))
        for name, group in data.groups.items()
    }
    return {"hosts": hosts, "groups": groups}


@pytest.mark.parametrize("more", [{}, {"use_extra_vars": True}, {"variables": ["tags"]}], ids=str)
def test_no_shortcut_changes_what_comes_out(
    reader: Inventory, monkeypatch: pytest.MonkeyPatch, more: dict[str, Any]
) -> None:
    reader.extra_variables["cvm_cpu"] = "of the command line"
    short = everything(reader.read(**OPTIONS, **more))
    monkeypatch.setattr(cvm, "expression", lambda _text: None)
    assert short == everything(reader.read(**OPTIONS, **more))
    extra = more.get("use_extra_vars", False)
    assert {host["cpu"] for host in short["hosts"].values()} == {"of the command line" if extra else 2}


def test_the_template_of_another_source_is_evaluated(reader: Inventory) -> None:
    """A static file may give a host a variable with the prefix."""
    data = InventoryData()
    data.add_host("generated-00000")
    data.set_variable("generated-00000", "cvm_instance_id", "ins-g0000000")
    data.set_variable("generated-00000", "cvm_team", "red")
    data = reader.read(into=data, keyed_groups=[{"key": "cvm_team", "prefix": "team"}], compose={"x": "cvm_tags"})
    assert [host.name for host in data.groups["team_red"].get_hosts()] == ["generated-00000"]
    assert variables(data, "generated-00000")["cvm_tags"] == {"role": "web"}


def test_an_expression_is_evaluated_once_for_all_that_have_the_same(
    reader: Inventory, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    compose = cvm.InventoryModule._compose

    def counted(plugin: Any, template: Any, *more: Any) -> Any:
        asked.append(template)
        return compose(plugin, template, *more)

    monkeypatch.setattr(cvm.InventoryModule, "_compose", counted)
    data = reader.read(compose={"upper": "cvm_region | upper", "name": "inventory_hostname"})
    assert asked.count("cvm_region | upper") == 2
    assert asked.count("inventory_hostname") == len(data.hosts) == 4


def test_what_the_api_says_is_no_template_on_the_way_of_a_shortcut(reader: Inventory) -> None:
    data = reader.read(compose={"role": "cvm_tags.role"}, keyed_groups=[{"key": "cvm_tags.role", "prefix": "r"}])
    assert variables(data, "generated-00003")["role"] == HOSTILE
    assert "evaluated" not in "".join(set(data.groups) - {"r____lookup__pipe____echo_evaluated_____"})
