# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin through the real `ansible-inventory`: several regions, 2,500 instances, failures, the cache."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest

from tests.integration.harness import SECRET_KEY, Ansible, untagged

REGIONS = ["ap-tokyo", "ap-singapore", "eu-frankfurt"]
COUNT = 2_500
PLUGIN = {"plugin": "tencent.cloud.cvm"}
FAILS = {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true"}


def world(ansible: Ansible, count: int = 9, **generate: Any) -> None:
    """So many more instances in turn over the regions."""
    generated = {"count": count, "regions": REGIONS, "tags": {"role": ["web", "db"]}, **generate}
    ansible.simulator.world({"extends": "builtin", "lag_seconds": 0, "generate": generated})


def calls(ansible: Ansible) -> list[str]:
    """The regions of the calls for instances."""
    return [call["region"] for call in ansible.simulator.state()["calls"] if call["action"] == "DescribeInstances"]


def region_fails(ansible: Ansible, *regions: str) -> None:
    fault = {"action": "DescribeInstances", "kind": "error", "code": "UnauthorizedOperation", "times": 99}
    ansible.simulator.faults([{**fault, "region": region} for region in regions])


def members(graph: str) -> dict[str, int]:
    """How many hosts each group of a graph has, without those that have none."""
    groups = re.findall(r"^  \|--@(\w+):\n((?:  \|  \|--[^@\n]+\n)*)", graph, flags=re.MULTILINE)
    return {name: len(hosts.splitlines()) for name, hosts in groups if hosts}


# --- hosts and groups


def test_thousands_of_instances_of_several_regions_as_hosts_and_as_a_graph(ansible: Ansible) -> None:
    world(ansible, COUNT)
    groups = {"keyed_groups": [{"key": "[cvm_region, cvm_tags.role]", "separator": ""}], "leading_separator": False}
    run, hosts = ansible.inventory({**PLUGIN, **groups, "regions": REGIONS})
    assert run.code == 0
    assert not run.is_noisy, run.err
    assert len({host["cvm_instance_id"] for host in hosts.values()}) == len(hosts) == COUNT
    assert {host["cvm_region"] for host in hosts.values()} == set(REGIONS) == set(calls(ansible))
    graph = ansible.command("ansible-inventory", "-i", "cvm.yml", "--graph")
    assert graph.code == 0
    assert not graph.is_noisy, graph.err
    regions = Counter(host["cvm_region"].replace("-", "_") for host in hosts.values())
    roles = Counter(host["cvm_tags"]["role"] for host in hosts.values())
    assert members(graph.out) == regions + roles


def test_all_regions_are_those_that_are_available(ansible: Ansible) -> None:
    regions = {"ap-tokyo": {}, "ap-seoul": {"state": "UNAVAILABLE"}, "ap-singapore": {}}
    generate = {"count": 4, "regions": ["ap-tokyo", "ap-singapore"]}
    ansible.simulator.world({"regions": regions, "generate": generate, "lag_seconds": 0})
    run, hosts = ansible.inventory({**PLUGIN, "regions": ["all"]})
    assert run.code == 0, run.everything
    assert len(hosts) == 4
    assert set(calls(ansible)) == {"ap-tokyo", "ap-singapore"}


def test_one_host_and_a_task_that_uses_it(ansible: Ansible) -> None:
    ansible.inventory({**PLUGIN, "compose": {"instance_id": "cvm_instance_id"}, "connect_with": "private"})
    one = ansible.command("ansible-inventory", "-i", "cvm.yml", "--host", "web-01")
    host = json.loads(one.out, object_hook=untagged)
    assert (host["ansible_host"], host["cvm_instance_id"]) == ("172.16.32.78", "ins-r8hr2upy")
    told = ansible.command(
        *("ansible", "-i", "cvm.yml", "web-01", "-m", "ansible.builtin.debug"),
        *("-a", "msg={{ instance_id }}/{{ cvm_region }}/{{ cvm_tags.role }}"),
    )
    assert "ins-r8hr2upy/ap-guangzhou/web" in told.out


def test_two_instances_never_become_one_host(ansible: Ansible) -> None:
    world(ansible, InstanceName="same")
    run, hosts = ansible.inventory({**PLUGIN, "regions": REGIONS})
    assert set(hosts) == {f"ins-g000000{number}" for number in range(9)}
    assert "belong to several instances" in " ".join(run.err.split())


def test_what_the_api_says_is_no_template(ansible: Ansible) -> None:
    trace = ansible.folder / "evaluated"
    hostile = f"{{{{ lookup('ansible.builtin.pipe', 'touch {trace}') }}}}"
    world(ansible, 1, tags={"role": hostile}, InstanceName=hostile)
    options = {
        "regions": REGIONS,
        "compose": {"role": "cvm_tags.role", "longer": "'is ' ~ cvm_tags.role"},
        "keyed_groups": [{"key": "cvm_tags.role"}, {"key": "cvm_tags"}],
        "groups": {"named": "cvm_tags.role is search('lookup')"},
    }
    ansible.inventory({**PLUGIN, **options})
    told = ansible.command(
        *("ansible", "-i", "cvm.yml", "named", "-m", "ansible.builtin.debug"),
        *("-a", "msg={{ [role, longer, cvm_tags, cvm_instance_name, inventory_hostname, group_names] }}"),
    )
    assert told.code == 0, told.everything
    assert f'"{hostile}"' in told.out
    assert f'"is {hostile}"' in told.out
    assert '"ins-g0000000"' in told.out
    assert not trace.exists()


# --- failures


def test_a_region_that_fails_is_an_error_that_names_it(ansible: Ansible) -> None:
    world(ansible)
    region_fails(ansible, "ap-singapore")
    run, hosts = ansible.inventory({**PLUGIN, "regions": REGIONS}, "-vvvv", **FAILS)
    words = " ".join(run.everything.split())
    assert run.code != 0
    assert not hosts
    assert "Region ap-singapore: DescribeInstances failed with UnauthorizedOperation" in words
    assert "RequestId" in words
    assert SECRET_KEY not in run.everything


def test_a_region_that_fails_is_skipped_on_demand_unless_all_do(ansible: Ansible) -> None:
    world(ansible)
    region_fails(ansible, "ap-singapore")
    run, hosts = ansible.inventory({**PLUGIN, "regions": REGIONS, "skip_failed_regions": True}, **FAILS)
    assert run.code == 0
    assert {host["cvm_region"] for host in hosts.values()} == {"ap-tokyo", "eu-frankfurt"}
    assert "Skipped. Region ap-singapore: DescribeInstances failed with" in " ".join(run.err.split())
    region_fails(ansible, *REGIONS)
    run, hosts = ansible.inventory(None, **FAILS)
    assert run.code != 0
    assert not hosts


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"regions": ["all", "ap-tokyo"]}, "regions: all stands beside others"),
        ({"connect_with": "telepathy"}, "telepathy"),
        ({"secret_id": "AKIDsimulator"}, "secret_key from the options is empty"),
        ({"secret_key": "{{ nothing }}"}, "secret_key: its template cannot be evaluated"),
        ({"secret_id": "AKIDsimulator", "secret_key": "wrong-secret-key"}, "AuthFailure.SignatureFailure"),
        ({"hostnames": ["nmae"]}, "no instance has a field 'nmae'"),
    ],
)
def test_wrong_options(ansible: Ansible, options: dict[str, Any], words: str) -> None:
    run, hosts = ansible.inventory({**PLUGIN, **options}, "-vvvv", **FAILS)
    assert run.code != 0
    assert not hosts
    assert words in " ".join(run.everything.split())
    assert "Traceback" not in run.out
    assert "-secret-key" not in run.everything


# --- the cache


def test_the_cache_spares_every_call_until_it_is_flushed(ansible: Ansible) -> None:
    world(ansible)
    cache = {
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(ansible.folder / "kept"),
        "filters": {"tag:role": ["db"]},
    }
    first = ansible.inventory({**PLUGIN, **cache, "regions": REGIONS})[1]
    assert {host["cvm_tags"]["role"] for host in first.values()} == {"db"}
    assert len(calls(ansible)) == len(REGIONS)
    again, hosts = ansible.inventory(None)
    assert hosts == first
    assert len(calls(ansible)) == len(REGIONS)
    assert not again.is_noisy, again.err
    # The ansible-inventory of ansible-core 2.16 does not know --flush-cache.
    (ansible.folder / "play.yml").write_text("- hosts: all\n  gather_facts: false\n", encoding="utf-8")
    flushed = ansible.command("ansible-playbook", "-i", "cvm.yml", "play.yml", "--flush-cache", "--list-hosts")
    assert flushed.code == 0
    assert len(calls(ansible)) == 2 * len(REGIONS)
    kept = [file.read_text(encoding="utf-8") for file in (ansible.folder / "kept").iterdir()]
    assert len(kept) == 1
    assert SECRET_KEY not in kept[0]


def test_keys_from_a_vault(ansible: Ansible) -> None:
    password = ansible.folder / "password"
    password.write_text("vault-password", encoding="utf-8")
    vault = ("--vault-password-file", str(password))
    sealed = ansible.command("ansible-vault", "encrypt_string", *vault, SECRET_KEY)
    assert sealed.code == 0, sealed.err
    file = ansible.folder / "cvm.yml"
    indented = sealed.out.strip()
    file.write_text(
        f"plugin: tencent.cloud.cvm\nendpoint: {ansible.simulator.url}\nsecret_id: AKIDsimulator\n"
        f"secret_key: {indented}\n",
        encoding="utf-8",
    )
    run, hosts = ansible.inventory(None, *vault, TENCENTCLOUD_SECRET_KEY="another")
    assert run.code == 0, run.everything
    assert "web-01" in hosts
