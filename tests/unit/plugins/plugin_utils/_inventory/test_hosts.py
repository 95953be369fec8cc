# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Instances as hosts: variables and addresses."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.plugin_utils._inventory.group_names import SHOWN, GroupNames
from ansible_collections.tencent.cloud.plugins.plugin_utils._inventory.hosts import (
    build_hosts,
    is_sound,
    without_address,
)


def instance(number: int, name: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"instance_id": f"ins-{number:08}", "instance_name": name, **fields}


NOWHERE = "ins-00000002.no-address.invalid."
FOUND = {
    "ap-tokyo": [
        instance(1, "a", tags={"role": "web"}, public_ip_addresses=["203.0.113.1"], private_ip_addresses=["10.0.0.1"])
    ],
    "ap-beijing": [instance(2, "b", tags={}, public_ip_addresses=None, private_ip_addresses=["10.0.0.1"])],
}


@pytest.mark.parametrize(
    ("connect_with", "addresses"),
    [
        (["public"], ["203.0.113.1", NOWHERE]),
        (["private"], ["10.0.0.1", "10.0.0.1"]),
        (["public", "private"], ["203.0.113.1", "10.0.0.1"]),
        (["private", "public"], ["10.0.0.1", "10.0.0.1"]),
        (["public", "none"], ["203.0.113.1", None]),
        (["none"], [None, None]),
        ([], ["ins-00000001.no-address.invalid.", NOWHERE]),
    ],
)
def test_the_address_to_connect_to(connect_with: list[str], addresses: list[str | None]) -> None:
    hosts, warnings = build_hosts(FOUND, ["instance_name"], connect_with, {}, GroupNames())
    assert [host.variables.get("ansible_host") for host in hosts] == addresses
    assert warnings == []


def test_a_list_of_addresses_without_one_is_no_address() -> None:
    instance_without = instance(3, "c", public_ip_addresses=[None, ""], private_ip_addresses=[])
    (host,) = build_hosts({"ap-tokyo": [instance_without]}, [], ["public", "private"], {}, GroupNames())[0]
    assert host.variables["ansible_host"] == "ins-00000003.no-address.invalid."


def test_hosts_without_an_address_are_counted() -> None:
    hosts = {f"web-{number}": {"ansible_host": NOWHERE} for number in range(SHOWN + 2)}
    (warning,) = without_address({**hosts, "b": {"ansible_host": "10.0.0.1"}, "c": {}}, ["public", "private"])
    assert warning.startswith("connect_with: 7 of 9 hosts have no public or private address")
    assert "web-0, web-1, web-2, web-3, web-4 and 2 more." in warning
    assert without_address({"b": {"ansible_host": "10.0.0.1"}, "c": {}}, ["public"]) == []


def test_an_instance_without_a_name_is_no_host() -> None:
    hosts, warnings = build_hosts(FOUND, ["instance_name"], ["none"], {}, GroupNames(earlier=["b", "ins-00000002"]))
    assert [host.name for host in hosts] == ["a"]
    assert "ins-00000002" in warnings[-1]


def test_every_field_is_a_variable() -> None:
    host = build_hosts(FOUND, ["instance_name"], ["none"], {}, GroupNames())[0][0]
    assert host.name == "a"
    assert host.variables == {
        "cvm_instance_id": "ins-00000001",
        "cvm_instance_name": "a",
        "cvm_tags": {"role": "web"},
        "cvm_public_ip_addresses": ["203.0.113.1"],
        "cvm_private_ip_addresses": ["10.0.0.1"],
        "cvm_region": "ap-tokyo",
    }


LOGIN = {"default_login_user": "ubuntu", "default_login_port": 22, "os_name": "Ubuntu Server 22.04 LTS 64bit"}


@pytest.mark.parametrize(
    ("fields", "login"),
    [
        ({}, {"ansible_user": "ubuntu", "ansible_port": 22}),
        ({"default_login_port": None}, {"ansible_user": "ubuntu"}),
        ({"default_login_user": ""}, {"ansible_port": 22}),
        ({"os_name": None}, {"ansible_user": "ubuntu", "ansible_port": 22}),
        (
            {
                "default_login_user": "Administrator",
                "default_login_port": 3389,
                "os_name": "Windows Server 2019 DataCenter 64bit EN",
            },
            {"ansible_user": "Administrator"},
        ),
    ],
)
def test_the_login_of_the_image_is_set_where_it_is_asked_for(fields: dict[str, Any], login: dict[str, Any]) -> None:
    found = {"ap-tokyo": [instance(1, "a", **{**LOGIN, **fields})]}
    for with_login, expected in ((True, login), (False, {})):
        (host,) = build_hosts(found, [], ["none"], {}, GroupNames(), with_login=with_login)[0]
        said = {name: value for name, value in host.variables.items() if name.startswith("ansible_")}
        assert said == expected


def test_without_a_word_of_the_api_there_is_no_login() -> None:
    (host,) = build_hosts({"ap-tokyo": [instance(1, "a")]}, [], ["none"], {}, GroupNames(), with_login=True)[0]
    assert {"ansible_user", "ansible_port"}.isdisjoint(host.variables)


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
