# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin, from its file to the hosts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.data import InventoryData

from ansible_collections.tencent.cloud.plugins.inventory import cvm
from ansible_collections.tencent.cloud.plugins.module_utils._reset.desired import Desired
from ansible_collections.tencent.cloud.plugins.module_utils._reset.flow import Reset
from tests.unit.support.inventory import HOSTILE, NAMES, REGIONS, Inventory, variables
from tests.unit.support.simulated import KEY, simulated

# --- hosts


def test_every_instance_of_the_regions_becomes_a_host(reader: Inventory) -> None:
    data = reader.read()
    assert set(data.hosts) == NAMES
    host = variables(data, "generated-00001")
    assert (host["cvm_instance_id"], host["cvm_region"]) == ("ins-g0000001", "ap-singapore")
    assert host["cvm_tags"] == {"role": "web"}
    assert reader.asked() == sorted(REGIONS)
    assert reader.warnings == []


def test_without_regions_the_region_of_the_connection_is_asked(reader: Inventory) -> None:
    data = reader.read(regions=None, region="ap-tokyo")
    assert len(data.hosts) == 2
    assert reader.asked() == ["ap-tokyo"]


def test_filters_and_addresses(reader: Inventory) -> None:
    data = reader.read(filters={"tag:role": ["web"]}, connect_with=["public", "private"])
    assert {variables(data, name)["ansible_host"] for name in data.hosts} == {"10.0.0.0", "10.0.0.1"}
    assert reader.warnings == []


def test_a_host_without_an_address_is_told_and_leads_nowhere(reader: Inventory) -> None:
    data = reader.read(connect_with="public")
    assert variables(data, "generated-00000")["ansible_host"] == "ins-g0000000.no-address.invalid."
    (warning,) = reader.warnings
    assert warning.startswith("connect_with: 4 of 4 hosts have no public address")


def test_an_address_that_compose_finds_is_one_and_an_empty_one_is_not(reader: Inventory) -> None:
    first = "cvm_private_ip_addresses[0] if cvm_region == 'ap-tokyo' else ''"
    data = reader.read(connect_with="public", compose={"ansible_host": first})
    assert variables(data, "generated-00000")["ansible_host"] == "10.0.0.0"
    assert variables(data, "generated-00001")["ansible_host"] == "ins-g0000001.no-address.invalid."
    assert reader.warnings[0].startswith("connect_with: 2 of 4 hosts")


def test_the_login_of_the_image_may_be_set_and_overruled(reader: Inventory) -> None:
    assert not {"ansible_user", "ansible_port"} & variables(reader.read(), "generated-00000").keys()
    asked = {"login_variables": True, "compose": {"ansible_user": "'ops' if cvm_region == 'ap-tokyo' else omitted"}}
    data = reader.read(**asked, variables=[])
    host = variables(data, "generated-00000")
    assert (host["ansible_host"], host["ansible_user"], host["ansible_port"]) == ("10.0.0.0", "ops", 22)
    assert variables(data, "generated-00001")["ansible_user"] == "root"


def test_the_login_is_that_of_the_image_after_a_reset(reader: Inventory) -> None:
    asked = {"login_variables": True, "regions": None, "region": "ap-guangzhou", "hostnames": "instance_id"}
    reader.bench = simulated(reset_seconds=1, lag_seconds=0)
    assert variables(reader.read(**asked), "ins-r8hr2upy")["ansible_user"] == "root"
    desired = Desired("ins-r8hr2upy", image_id="img-pmqg1cw7", password="Qcloud@TestApi123++")
    assert Reset(reader.bench.cvm, reader.bench.clock, desired).run().ok
    assert variables(reader.read(**asked), "ins-r8hr2upy")["ansible_user"] == "ubuntu"


def test_a_name_that_was_given_by_another_file_is_left_alone(reader: Inventory) -> None:
    data = InventoryData()
    for name, instance_id in (("generated-00000", "ins-99999999"), ("generated-00001", "ins-g0000001")):
        data.add_host(name)
        data.set_variable(name, "cvm_instance_id", instance_id)
    data.add_host("generated-00002")
    reader.read(into=data)
    assert variables(data, "generated-00000")["cvm_instance_id"] == "ins-99999999"
    assert variables(data, "ins-g0000000")["cvm_instance_name"] == "generated-00000"
    assert variables(data, "generated-00001")["cvm_instance_name"] == "generated-00001"
    assert "cvm_instance_id" not in variables(data, "generated-00002")
    assert variables(data, "ins-g0000002")["cvm_instance_name"] == "generated-00002"
    assert "'generated-00000' (ins-g0000000), 'generated-00002' (ins-g0000002)" in reader.warnings[0]


# --- groups and templates


def test_groups_and_variables_are_constructed(reader: Inventory) -> None:
    data = reader.read(
        compose={"where": "cvm_region | upper"},
        groups={"tokyo": "cvm_region == 'ap-tokyo'"},
        keyed_groups=[{"prefix": "region", "key": "cvm_region"}],
    )
    assert variables(data, "generated-00000")["where"] == "AP-TOKYO"
    assert {host.name for host in data.groups["tokyo"].get_hosts()} == {"generated-00000", "generated-00002"}
    assert len(data.groups["region_ap_singapore"].get_hosts()) == 2


def test_what_the_api_says_is_no_template(reader: Inventory) -> None:
    data = reader.read(
        compose={"role": "cvm_tags.role", "text": "'is ' ~ cvm_tags.role"},
        keyed_groups=[{"key": "cvm_tags.role"}],
        groups={"hostile": "cvm_tags.role is search('lookup')", "evaluated": "cvm_tags.role is search('^evaluated')"},
    )
    host = variables(data, "generated-00002")
    assert host["cvm_tags"]["role"] == host["role"] == HOSTILE
    assert host["text"] == f"is {HOSTILE}"
    assert {one.name for one in data.groups["hostile"].get_hosts()} == {"generated-00002", "generated-00003"}
    assert "evaluated" not in data.groups
    assert [name for name in data.groups if "lookup" in name] == ["____lookup__pipe____echo_evaluated_____"]


@pytest.mark.parametrize(
    "options",
    [
        {"compose": {"broken": "cvm_nothing.of_it"}},
        {"groups": {"broken": "cvm_nothing.of_it"}},
        {"keyed_groups": [{"key": "cvm_nothing.of_it", "prefix": "broken"}]},
    ],
    ids=str,
)
def test_strict_refuses_what_cannot_be_evaluated(reader: Inventory, options: dict[str, Any]) -> None:
    assert "broken" not in reader.read(**options).groups
    with pytest.raises(AnsibleError, match=r"broken|cvm_nothing"):
        reader.read(**options, strict=True)


def test_options_may_be_templates(reader: Inventory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY_OF_THE_TEST", KEY.secret_key)
    reader.extra_variables.update(where="ap-tokyo", roles=["web"])
    data = reader.read(
        secret_key="{{ lookup('env', 'KEY_OF_THE_TEST') }}",
        regions=["{{ where }}"],
        filters={"tag:role": "{{ roles }}"},
    )
    assert list(data.hosts) == ["generated-00000"]


@pytest.mark.parametrize("word", [True, "Yes", " on ", 1, "0", "false", None])
def test_a_switch_may_be_any_word_for_yes_or_no(reader: Inventory, word: Any) -> None:
    assert set(reader.read(skip_failed_regions=word).hosts) == NAMES


@pytest.mark.parametrize("number", ["timeout", "max_attempts"])
def test_a_number_is_no_template(reader: Inventory, number: str) -> None:
    with pytest.raises(AnsibleError, match=number):
        reader.read(**{number: "{{ 7 }}"})
    assert reader.bench.calls == []


# --- what cannot be used


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"secret_key": "{{ my_key }}"}, "secret_key: its template cannot be evaluated"),
        ({"strict": "{{ true }}", "cache": "maybe"}, "'cache', 'strict': not a boolean"),
        ({"validate_certs": "{{ true }}"}, "'validate_certs': not a boolean"),
        ({"skip_failed_regions": 7}, "'skip_failed_regions': not a boolean"),
        ({"region": "Tokyo!", "regions": None}, "'Tokyo!' is not a valid region"),
        ({"regions": None}, "region: it is not set"),
        ({"filter": {"tag:role": "web"}, "region_s": []}, "there is no option 'filter', 'region_s'."),
        ({"regions": ["ap-tokyo-1"]}, "regions: 'ap-tokyo-1' is an availability zone. Give its region, ap-tokyo."),
        ({"filters": {"instance-state": "running"}}, "instance-state has no value 'running'. Did you mean RUNNING?"),
        ({"compose": {"cvm_instance_id": "cvm_tags.id", "x": "1"}}, "compose: 'cvm_instance_id': names that begin"),
        ({"regions": ["all", "ap-tokyo"]}, "regions: all is combined with other regions"),
        ({"filters": {"tag:role": []}}, "filters: tag:role has no value"),
        ({"hostnames": ["nmae"]}, "hostnames: no instance has a field 'nmae'"),
        ({"assume_role": {"role_session_name": "x"}}, "missing required arguments: role_arn found in assume_role"),
        ({"assume_role": {"role_arn": "x", "duration": 1}}, "duration"),
        ({"profile": "other"}, "name two sources of credentials"),
        ({"max_attempts": 0}, "max_attempts: 0 sends nothing"),
    ],
)
def test_wrong_options_are_named(reader: Inventory, options: dict[str, Any], words: str) -> None:
    with pytest.raises(AnsibleParserError) as caught:
        reader.read(**options)
    assert words in str(caught.value)
    assert KEY.secret_key not in str(caught.value)


def test_a_missing_library_is_named(reader: Inventory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cvm, "REQUESTS_IMPORT_ERROR", "ImportError")
    with pytest.raises(AnsibleParserError, match="requests"):
        reader.read()


@pytest.mark.parametrize(("name", "is_ours"), [("a.cvm.yml", True), ("cvm.yaml", True), ("cvm.json", False)])
def test_the_name_of_the_file_tells_whose_it_is(tmp_path: Path, name: str, is_ours: bool) -> None:
    (tmp_path / name).touch()
    assert cvm.InventoryModule().verify_file(str(tmp_path / name)) is is_ours
    assert not cvm.InventoryModule().verify_file(str(tmp_path / "no.cvm.yml"))


@pytest.mark.parametrize(
    ("name", "text", "is_told"),
    [
        ("servers.yml", "regions: [all]\nplugin: tencent.cloud.cvm\n", True),
        ("servers.yaml", "plugin:  'tencent.cloud.cvm' # the servers\n", True),
        ("cvm.json", '{\n  "plugin": "tencent.cloud.cvm"\n}', True),
        ("servers.yml", "plugin: tencent.cloud.cvmx\n", False),
        ("servers.yml", "# plugin: tencent.cloud.cvm\nplugin: constructed\n", False),
        ("servers.yml", "all: {hosts: {web: {}}}\n", False),
        ("cvm.yml", "plugin: tencent.cloud.cvm\n", False),
    ],
)
def test_a_file_that_is_passed_over_for_its_name_is_told(
    reader: Inventory, name: str, text: str, is_told: bool
) -> None:
    path = reader.folder / name
    path.write_text(text, encoding="utf-8")
    cvm.InventoryModule().verify_file(str(path))
    assert len(reader.warnings) == is_told
    for warning in reader.warnings:
        assert warning.startswith(f"{path}: passed over.")
        assert warning.endswith(f"Rename it, for example to {path.stem}.cvm.yml.")


def test_what_is_no_readable_file_is_passed_over_in_silence(reader: Inventory, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "nothing.yml"):
        assert not cvm.InventoryModule().verify_file(str(path))
    assert reader.warnings == []


# --- regions that fail


def test_a_region_that_fails_is_an_error(reader: Inventory) -> None:
    reader.broken("ap-tokyo")
    with pytest.raises(AnsibleParserError, match=r"Region ap-tokyo: .*UnauthorizedOperation.*RequestId [0-9a-f-]{36}"):
        reader.read()


def test_a_key_that_the_api_repeats_is_not_shown(reader: Inventory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of Ansible's hides it here, wherever it came from."""
    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", KEY.secret_id)
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", KEY.secret_key)
    echo = f"The key {KEY.secret_key} of {KEY.secret_id} is wrong.\n[WARNING]: forged"
    reader.bench.simulator.faults(
        [{"kind": "error", "action": "DescribeInstances", "code": "AuthFailure", "message": echo, "times": 99}]
    )
    for options in ({}, {"secret_id": None, "secret_key": None}):
        with pytest.raises(AnsibleParserError) as caught:
            reader.read(**options)
        assert "The key ******** of ******** is wrong. [WARNING]: forged" in str(caught.value)
        assert KEY.secret_key not in str(caught.value)


def test_the_end_of_the_legacy_interface_is_said_once(reader: Inventory) -> None:
    reader.read(api="v2")
    assert len([text for text in reader.warnings if "*.api.qcloud.com" in text]) == 1


def test_a_region_that_fails_is_skipped_on_demand(reader: Inventory) -> None:
    reader.broken("ap-tokyo")
    assert len(reader.read(skip_failed_regions=True).hosts) == 2
    (warning,) = reader.warnings
    assert warning.startswith("Skipped. Region ap-tokyo: DescribeInstances failed with UnauthorizedOperation")
    assert "RequestId" in warning


def test_all_regions_that_fail_are_an_error(reader: Inventory) -> None:
    reader.broken(*REGIONS)
    with pytest.raises(AnsibleParserError, match=r"ap-tokyo.*ap-singapore"):
        reader.read(skip_failed_regions=True)
