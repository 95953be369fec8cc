# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that strangers choose: whatever instances are called and tagged, a name goes on to mean what the user meant."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible.inventory.data import InventoryData
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tencent.cloud.plugins.inventory import cvm
from tests.unit.support.inventory import Inventory

ROLE = {"prefix": "role", "key": "cvm_tags.role"}
ALONE = {"key": "cvm_tags.alone", "separator": ""}
"""The value is the whole name of the group, with C(leading_separator) switched off."""


class World:
    """Reads instances that strangers have named and tagged, after and before what others say."""

    def __init__(self, reader: Inventory, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reader = reader
        self.found: dict[str, list[dict[str, Any]]] = {}
        monkeypatch.setattr(cvm.InventoryModule, "_fetched", lambda plugin, options: (self.found, True))

    def read(self, *instances: dict[str, Any], into: InventoryData | None = None, **options: Any) -> InventoryData:
        """The inventory, as Ansible completes it."""
        self.reader.warnings.clear()
        self.found = {"ap-tokyo": list(instances)}
        data = self.reader.read(into=into, leading_separator=False, **options)
        data.reconcile_inventory()
        return data

    @property
    def warnings(self) -> str:
        """All of them."""
        return "\n".join(self.reader.warnings)


@pytest.fixture
def world(reader: Inventory, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world of its own."""
    return World(reader, monkeypatch)


def instance(number: int, name: str, **tags: str) -> dict[str, Any]:
    address = f"10.0.0.{number}"
    return {
        "instance_id": f"ins-{number:08}",
        "instance_name": name,
        "private_ip_addresses": [address],
        "tags": tags,
    }


def static() -> InventoryData:
    """What was read before: a way into the network, and production, which has a secret."""
    data = InventoryData()
    for group in ("production", "role_kept"):
        data.add_group(group)
    data.set_variable("production", "secret", "of production")
    data.add_host("bastion", "production")
    data.set_variable("bastion", "ansible_host", "192.0.2.1")
    return data


def target(data: InventoryData, pattern: str) -> list[str]:
    """The hosts that a play of this pattern takes, as C(cvm_instance_id) where they have one."""
    manager = InventoryManager(DataLoader())
    manager._inventory = data
    return sorted(str(host.vars.get("cvm_instance_id", host.name)) for host in manager.get_hosts(pattern))


def members(data: InventoryData, group: str) -> list[str]:
    return sorted(host.vars.get("cvm_instance_id", host.name) for host in data.groups[group].get_hosts())


# --- hosts that are named like groups


GROUPS: list[tuple[str, dict[str, Any]]] = [
    ("role_web", {"keyed_groups": [ROLE]}),
    ("web", {"keyed_groups": [{"key": "cvm_tags.role", "separator": ""}]}),
    ("chosen", {"groups": {"chosen": "cvm_tags.role == 'web'"}}),
    ("on_call", {"groups": {"on-call": "cvm_tags.role == 'web'"}}),
    ("roles", {"keyed_groups": [{**ROLE, "parent_group": "roles"}]}),
    ("all_web", {"keyed_groups": [{**ROLE, "parent_group": "all_{{ cvm_tags.role }}"}]}),
    ("web_too", {"keyed_groups": [{**ROLE, "parent_group": "{{ cvm_tags.role }}_too"}]}),
    (
        "role_none",
        {"keyed_groups": [{"prefix": "role", "key": "cvm_tags.nothing | default('')", "default_value": "none"}]},
    ),
]


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize(("name", "options"), GROUPS, ids=[name for name, _options in GROUPS])
def test_a_host_named_like_a_group_gets_its_id(
    world: World, name: str, options: dict[str, Any], is_first: bool
) -> None:
    stranger, web = instance(1, name, role="other"), instance(2, "web-01", role="web")
    data = world.read(*[stranger, web] if is_first else [web, stranger], compose={"mine": "cvm_instance_id"}, **options)
    assert set(data.hosts) == {"ins-00000001", "web-01"}
    assert {host.vars["mine"] for host in data.hosts.values()} == {"ins-00000001", "ins-00000002"}
    assert data.hosts["ins-00000001"].vars["ansible_host"] == "10.0.0.1"
    assert not data.groups[name].vars
    assert "ins-00000002" in target(data, name)
    assert target(data, name) == members(data, name)
    assert f"are names of groups, whose hosts are named by their ids: {name!r} (ins-00000001)" in world.warnings


@pytest.mark.parametrize("name", ["all", "ungrouped", "production", "role_kept"])
def test_a_host_named_like_a_group_that_there_is_gets_its_id(world: World, name: str) -> None:
    data = world.read(instance(1, name), into=static())
    assert set(data.hosts) == {"bastion", "ins-00000001"}
    assert data.groups["production"].vars == {"secret": "of production"}
    assert not data.groups["all"].vars
    assert repr(name) in world.warnings


@pytest.mark.parametrize("name", ["role_empty", "role_.x", "chosen", "roles", "env_none"])
def test_a_group_that_nobody_is_in_now_is_no_name_either(world: World, name: str) -> None:
    """A play for it would reset whoever bears the name."""
    keyed = [{**ROLE, "parent_group": "roles"}, {**ALONE, "parent_group": "env_{{ cvm_tags.env }}"}]
    data = world.read(instance(1, name), keyed_groups=keyed, groups={"chosen": "false"})
    assert set(data.hosts) == {"ins-00000001"}
    assert target(data, f"{name}*") == []


def test_expressions_may_ask_for_the_name_that_a_host_has_in_the_end(world: World) -> None:
    keyed = [{"key": "inventory_hostname", "separator": ""}, {"prefix": "at", "key": "inventory_hostname"}]
    data = world.read(instance(1, "one"), instance(2, "two-2"), keyed_groups=keyed)
    assert set(data.hosts) == {"ins-00000001", "two-2"}
    assert members(data, "ins_00000001") == members(data, "at_ins_00000001") == ["ins-00000001"]
    assert members(data, "two_2") == ["ins-00000002"]
    assert "values of these instances are names of groups" in world.warnings


def test_the_host_of_another_source_stays_as_it_is(world: World) -> None:
    data = world.read(instance(1, "bastion"), into=static())
    assert data.hosts["bastion"].vars["ansible_host"] == "192.0.2.1"
    assert target(data, "bastion") == ["bastion"]
    assert target(data, "ins-00000001") == ["ins-00000001"]


# --- groups that are named by values


FORGED: list[tuple[str, dict[str, Any]]] = [
    ("production", {}),
    ("bastion", {}),
    ("localhost", {}),
    ("all", {}),
    ("ungrouped", {}),
    ("chosen", {"groups": {"chosen": "cvm_tags.role is defined"}}),
    ("roles", {"keyed_groups": [ALONE, {**ROLE, "parent_group": "roles"}]}),
    ("role_web", {"keyed_groups": [ALONE, ROLE]}),
    ("production", {"keyed_groups": [{**ALONE, "parent_group": "owned"}]}),
    ("production", {"keyed_groups": [{"prefix": "x", "key": "cvm_region", "parent_group": "{{ cvm_tags.alone }}"}]}),
    ("all", {"keyed_groups": [{**ALONE, "parent_group": "owned"}]}),
    ("bastion", {"keyed_groups": [{"prefix": "bas", "key": "cvm_tags.alone[3:]", "separator": ""}]}),
]


@pytest.mark.parametrize(("name", "options"), FORGED, ids=[f"{name} {options}" for name, options in FORGED])
def test_a_value_is_no_group_that_means_something_else(world: World, name: str, options: dict[str, Any]) -> None:
    web, stranger = instance(1, "web-01", role="web"), instance(2, "x", alone=name)
    data = world.read(web, stranger, into=static(), **{"keyed_groups": [ALONE], **options})
    assert "ins-00000002" not in target(data, name) or name in ("all", "ungrouped")
    assert target(data, "production") == ["bastion"]
    assert members(data, "production") == ["bastion"]
    assert data.groups["all"].get_ancestors() == set()
    assert f"{name!r} (x)" in world.warnings


def test_a_group_that_a_value_is_not_keeps_its_members_and_parents(world: World) -> None:
    keyed = [{**ALONE, "parent_group": "owned"}]
    data = world.read(instance(1, "x", alone="production"), into=static(), keyed_groups=keyed)
    assert members(data, "owned") == ["ins-00000001"]
    assert "owned" not in {group.name for group in data.groups["production"].get_ancestors()}


def test_a_condition_that_holds_needs_no_warning(world: World) -> None:
    data = world.read(
        instance(1, "x", alone="chosen"), keyed_groups=[ALONE], groups={"chosen": "cvm_tags.alone == 'chosen'"}
    )
    assert members(data, "chosen") == ["ins-00000001"]
    assert world.warnings == ""


def test_files_of_this_plugin_share_the_groups_that_values_make(world: World) -> None:
    data = world.read(instance(1, "a", alone="web"), keyed_groups=[ALONE])
    world.read(instance(2, "b", alone="web"), into=data, keyed_groups=[ALONE])
    assert members(data, "web") == ["ins-00000001", "ins-00000002"]
    assert world.warnings == ""


def test_a_prefix_shares_the_groups_of_another_source(world: World) -> None:
    data = world.read(instance(1, "a", role="kept"), into=static(), keyed_groups=[ROLE])
    assert members(data, "role_kept") == ["ins-00000001"]


def test_the_template_of_a_parent_speaks_for_its_own_host(world: World) -> None:
    """Otherwise a stranger with the role of the web servers would carry all of them into another environment."""
    keyed = [{**ROLE, "parent_group": "env_{{ cvm_tags.env }}"}]
    honest, stranger = instance(1, "a", role="web", env="test"), instance(2, "b", role="web", env="production")
    data = world.read(honest, stranger, keyed_groups=keyed)
    assert members(data, "role_web") == ["ins-00000001", "ins-00000002"]
    assert members(data, "env_test") == ["ins-00000001"]
    assert members(data, "env_production") == ["ins-00000002"]


def test_a_parent_that_is_no_template_is_one(world: World) -> None:
    data = world.read(instance(1, "a", role="web"), keyed_groups=[{**ROLE, "parent_group": "ro les"}])
    assert [group.name for group in data.groups["ro_les"].child_groups] == ["role_web"]
    assert data.groups["ro_les"].hosts == []


@pytest.mark.parametrize(
    "keyed",
    [
        [{**ROLE, "parent_group": "role_web"}],
        [
            {**ROLE, "parent_group": "alone_web"},
            {"prefix": "alone", "key": "cvm_tags.role", "parent_group": "role_web"},
        ],
        [{**ROLE, "parent_group": "below"}],
    ],
)
def test_a_loop_of_parents_is_no_error(world: World, keyed: list[dict[str, Any]]) -> None:
    before = InventoryData()
    for group in ("role_web", "below"):
        before.add_group(group)
    before.add_child("role_web", "below")
    data = world.read(instance(1, "a", role="web"), into=before, keyed_groups=keyed)
    assert members(data, "role_web") == members(data, keyed[0]["parent_group"]) == ["ins-00000001"]


@pytest.mark.parametrize("value", ["True", "False", "{1, 2}", "[]", "{}", "[1]", "{'a': 'b'}", "[None]", "", "7", "-"])
@pytest.mark.parametrize("parent", [None, "owned", "{{ cvm_tags.alone }}", "x{{ cvm_tags.alone }}"])
def test_no_value_makes_the_file_fail(world: World, value: str, parent: str | None) -> None:
    keyed = [
        {**ALONE, "parent_group": parent},
        {"prefix": "p", "key": "cvm_tags.alone", "parent_group": parent},
        {"prefix": "", "separator": "", "key": "[cvm_tags.alone, cvm_region]"},
        {"prefix": "tag", "key": "cvm_tags"},
    ]
    data = world.read(instance(1, "a", alone=value), keyed_groups=keyed, compose={"alone": "cvm_tags.alone"})
    assert set(data.hosts) == {"a"}
    assert members(data, "ap_tokyo") == ["ins-00000001"]


def test_a_number_names_a_group(world: World) -> None:
    data = world.read(instance(1, "a"), keyed_groups=[{"prefix": "cpu", "key": "cvm_instance_name | length"}])
    assert members(data, "cpu_1") == ["ins-00000001"]


# --- all of it

WORDS = [
    *(
        "web",
        "role_web",
        "roles",
        "chosen",
        "production",
        "bastion",
        "all",
        "ungrouped",
        "localhost",
        "env_test",
        "a-b",
    ),
    *("True", "{1, 2}", "[]", "['production']", "", "7", "a b", "{{ role }}", "ins-00000001", "10.0.0.1", "10.1"),
]
KEYED = [
    {**ROLE, "parent_group": "roles"},
    ALONE,
    {"prefix": "by", "key": "[cvm_tags.alone, cvm_tags.role]", "parent_group": "env_{{ cvm_tags.alone }}"},
    {"separator": "", "key": "cvm_tags.alone", "parent_group": "{{ cvm_tags.role }}"},
]
TOLD = ("cvm_instance_id", "cvm_instance_name", "cvm_tags", "ansible_host", "mine")


def picture(data: InventoryData) -> dict[str, Any]:
    """Everything that matters, without any order."""
    hosts = {host.name: {name: host.vars.get(name) for name in TOLD} for host in data.hosts.values()}
    return {
        "hosts": hosts,
        "groups": {name: members(data, name) for name in data.groups},
        "vars": {name: group.vars for name, group in data.groups.items()},
    }


def test_no_names_and_tags_change_what_the_user_means(world: World) -> None:
    words = st.sampled_from(WORDS)

    @settings(deadline=None, max_examples=25)
    @given(st.lists(st.tuples(words, words, words), max_size=5), st.randoms(use_true_random=False))
    def holds(given: list[tuple[str, str, str]], chance: Any) -> None:
        instances = [
            instance(number, name, role=role, alone=alone) for number, (name, role, alone) in enumerate(given, start=1)
        ]
        options = {
            "keyed_groups": KEYED,
            "groups": {"chosen": "cvm_tags.role == 'web'"},
            "compose": {"mine": "cvm_instance_id"},
        }
        data = world.read(*instances, into=static(), **options)
        every = {one["instance_id"]: one for one in instances}
        ours = {host.name: host for host in data.hosts.values() if host.name != "bastion"}
        assert not data.groups.keys() & data.hosts.keys()
        assert sorted(host.vars["cvm_instance_id"] for host in ours.values()) == sorted(every)
        for host in ours.values():
            one = every[host.vars["cvm_instance_id"]]
            assert host.vars["cvm_tags"] == one["tags"]
            assert host.vars["mine"] == one["instance_id"]
            assert host.vars["ansible_host"] == one["private_ip_addresses"][0]
            assert target(data, re.escape(host.name).replace("\\", "")) == [one["instance_id"]]
        web = [one["instance_id"] for one in instances if one["tags"]["role"] == "web"]
        assert target(data, "role_web") == target(data, "chosen") == web
        assert target(data, "production") == target(data, "bastion") == ["bastion"]
        assert set(target(data, "localhost")) <= {"localhost"}
        assert {name: group.vars for name, group in data.groups.items() if group.vars} == {
            "production": {"secret": "of production"}
        }
        assert set(data.hosts["bastion"].vars) & {"mine", "cvm_tags"} == set()
        shuffled = world.read(*chance.sample(instances, len(instances)), into=static(), **options)
        assert picture(shuffled) == picture(data)

    holds()
