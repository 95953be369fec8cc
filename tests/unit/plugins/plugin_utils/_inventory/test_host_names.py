# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of hosts: unique, harmless, and no name of anything else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tencent.cloud.plugins.module_utils._errors import OptionError
from ansible_collections.tencent.cloud.plugins.plugin_utils._inventory.group_names import SHOWN, GroupNames, Keyed
from ansible_collections.tencent.cloud.plugins.plugin_utils._inventory.host_names import host_names

NO_GROUPS = GroupNames()


def instance(number: int, name: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"instance_id": f"ins-{number:08}", "instance_name": name, **fields}


def names(*instances: dict[str, Any], by: tuple[str, ...] = ("instance_name",), **taken: str) -> list[str]:
    """The names of hosts, in the order of the instances."""
    named = host_names(instances, by, taken, NO_GROUPS)[0]
    return [named[one["instance_id"]] for one in instances]


# --- names


def test_the_first_preference_that_has_a_value_names_a_host() -> None:
    tagged = instance(1, "web-01", tags={"Name": "front"})
    addressed = instance(2, "", private_ip_addresses=["10.0.0.2", "10.0.0.3"], tags={})
    bare = instance(3, None, private_ip_addresses=None, tags=None)
    by = ("tag:Name", "instance_name", "private_ip_addresses")
    assert names(tagged, addressed, bare, by=by) == ["front", "10.0.0.2", "ins-00000003"]
    assert host_names([tagged, addressed, bare], by, {}, NO_GROUPS)[1] == []


def test_a_shared_name_is_nobodys_and_is_told() -> None:
    three = [instance(1, "web"), instance(2, "web"), instance(3, "db")]
    named, warnings = host_names(three, ("instance_name",), {}, NO_GROUPS)
    assert list(named.values()) == ["ins-00000001", "ins-00000002", "db"]
    (warning,) = warnings
    assert "'web' (ins-00000001, ins-00000002)" in warning
    assert "instance_name belong to other hosts too" in warning


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
        *(
            "localhost",
            "LocalHost",
            "localhost.",
            "localhost.localdomain",
            "web.localhost",
            "ins-99999999",
            "INS-99999999",
        ),
        *("../../etc", "/etc/x", ".hidden", "-oProxyCommand=x", "_x"),
        *("web 1", "web:22", "a,b", "web*", "!web", "~web", "web[1]", "{{ x }}", "web\n", "a@b", "\x1b[31m"),
    ],
)
def test_what_would_act_as_more_than_a_name_is_none(name: str) -> None:
    named, warnings = host_names([instance(1, name)], ("instance_name",), {}, NO_GROUPS)
    assert named == {"ins-00000001": "ins-00000001"}
    assert "cannot be host names" in warnings[0]
    assert warnings[0].isprintable()


@pytest.mark.parametrize("name", ["web-01", "web.example", "7", "\u672a\u547d\u540d", "a_b", "localhost-2", "ins-web"])
def test_other_names_are_taken_as_they_are(name: str) -> None:
    assert names(instance(1, name)) == [name]


def test_the_host_of_another_source_keeps_its_name() -> None:
    """It may have passwords, or be the way into a network."""
    named, warnings = host_names([instance(1, "bastion")], ("instance_name",), {"bastion": ""}, NO_GROUPS)
    assert named == {"ins-00000001": "ins-00000001"}
    assert "'bastion' (ins-00000001)" in warnings[0]


@pytest.mark.parametrize(
    "name",
    ["role_web", "all", "All", "ungrouped", "cond", "db-servers", "role_new", "role_.x", "roles", "env_x"],
)
def test_a_group_name_names_nobody_and_the_id_is_next(name: str) -> None:
    keyed = [Keyed({}, "role_", parent="roles"), Keyed({}, "", parent_prefix="env_")]
    groups = GroupNames(keyed, conditional=["cond"], earlier=["db-servers", "role_web"])
    named, warnings = host_names([instance(1, name, uuid="a1")], ("instance_name", "uuid"), {}, groups)
    assert named == {"ins-00000001": "ins-00000001"}
    assert f"are names of groups, whose hosts are named by their ids: {name!r} (ins-00000001)." in warnings[0]


def test_an_instance_whose_id_is_a_group_is_left_out() -> None:
    pair = [instance(1, "a"), instance(2, "role_b")]
    groups = GroupNames([Keyed({}, "role_")], earlier=["ins-00000002"])
    named, warnings = host_names(pair, ("instance_name",), {}, groups)
    assert named == {"ins-00000001": "a"}
    assert warnings[-1] == "Left out, since groups are named like these ids: ins-00000002."


@pytest.mark.parametrize("name", ["10.0.0.5", "10.5", "10.0.5", "167772165", "0xa000005", "012.0.0.05", "192.0.2.1"])
def test_an_address_names_the_instance_that_has_it_alone(name: str) -> None:
    other = instance(2, "b", private_ip_addresses=["10.0.0.5"], public_ip_addresses=None)
    assert names(instance(1, name), other) == ["ins-00000001", "b"]


@pytest.mark.parametrize("name", ["10.0.0.7", "10.5.5", "10.0.0.256", "1.2.3.4.5", "0x", "4294967296", "09.1"])
def test_an_own_address_and_what_only_looks_like_one_are_names(name: str) -> None:
    own = instance(1, name, private_ip_addresses=["10.0.0.6", "10.0.0.7"])
    assert names(own, instance(2, "b", private_ip_addresses=["10.0.0.5"])) == [name, "b"]


def test_an_address_that_two_have_names_neither() -> None:
    pair = [instance(number, None, private_ip_addresses=["10.0.0.5"]) for number in (1, 2)]
    assert names(*pair, by=("private_ip_addresses",)) == ["ins-00000001", "ins-00000002"]
    assert names(instance(3, "10.0.0.5", private_ip_addresses=["10.0.0.5"]), *pair)[0] == "ins-00000003"


def test_a_field_that_no_instance_has_is_refused() -> None:
    with pytest.raises(OptionError, match="no instance has a field 'nmae'"):
        names(instance(1), by=("nmae",))
    assert names(by=("nmae",)) == []


def test_a_long_warning_is_cut() -> None:
    many = [instance(number, "same") for number in range(SHOWN + 2)]
    assert "and 2 more)" in host_names(many, ("instance_name",), {}, NO_GROUPS)[1][0]
    unfit = [instance(number, f"no {number}") for number in range(SHOWN + 3)]
    assert host_names(unfit, ("instance_name",), {}, NO_GROUPS)[1][0].endswith("and 3 more.")


@pytest.mark.parametrize("turned", [False, True])
def test_an_id_that_another_instance_bears_as_its_name_names_its_own_alone(turned: bool) -> None:
    both = [instance(0, "ins-00000001", uuid="a"), instance(1, "ins-00000001", uuid="a")]
    named = host_names(both[::-1] if turned else both, ("instance_name", "uuid"), {}, NO_GROUPS)[0]
    assert named == {"ins-00000000": "a", "ins-00000001": "ins-00000001"}


VALUES = st.sampled_from(["a", "b", "ins-00000001", "all", "x y", "", "role_a", "grp", "10.0.0.1", "10.1", "localhost"])


@given(
    st.lists(st.tuples(VALUES, VALUES)),
    st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from(["ins-00000000", "ins-99999999", ""])),
    st.randoms(use_true_random=False),
)
def test_every_instance_has_a_name_of_its_own_whatever_the_order(
    given: list[tuple[str, str]], taken: dict[str, str], chance: Any
) -> None:
    instances = [
        instance(number, name, uuid=uuid, private_ip_addresses=[f"10.0.0.{number}"])
        for number, (name, uuid) in enumerate(given)
    ]
    groups = GroupNames([Keyed({}, "role_")], earlier=["grp"])
    named = host_names(instances, ("instance_name", "uuid"), taken, groups)[0]
    assert len(named) == len(set(named.values())) == len(instances)
    assert all(taken.get(name, one) == one for one, name in named.items())
    assert not {name for name in named.values() if groups.could_have(name)}
    addresses = {"10.0.0.1", "10.1"} if len(instances) > 1 else {"10.0.0.1"}
    assert {one for one, name in named.items() if name in addresses} <= {"ins-00000001"}
    shuffled = chance.sample(instances, len(instances))
    assert host_names(shuffled, ("instance_name", "uuid"), taken, groups)[0] == named
