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
import yaml

from .harness import SECRET_KEY, Ansible, untagged

REGIONS = ["ap-tokyo", "ap-singapore", "eu-frankfurt"]
COUNT = 2_500
PLUGIN = {"plugin": "tencent.cloud.cvm", "connect_with": ["public", "private"]}
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


def test_few_variables_of_thousands_of_instances_from_the_cache(ansible: Ansible) -> None:
    world(ansible, COUNT)
    options = {
        **PLUGIN,
        "regions": REGIONS,
        "variables": ["instance_id", "tags"],
        "compose": {"zone": "cvm_placement.zone"},
        "keyed_groups": [{"key": "cvm_region", "prefix": "region"}],
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(ansible.folder / "kept"),
    }
    run, hosts = ansible.inventory(options)
    assert not run.is_noisy, run.err
    assert len(hosts) == COUNT
    names = {"ansible_host", "cvm_instance_id", "cvm_tags", "zone"}
    assert {frozenset(host) for host in hosts.values()} == {frozenset(names)}
    asked = len(calls(ansible))
    again, same = ansible.inventory(None)
    assert not again.is_noisy, again.err
    assert (again.out, same) == (run.out, hosts)
    assert len(calls(ansible)) == asked


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
    assert "belong to other hosts too" in " ".join(run.err.split())


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


# --- names that strangers choose


STATIC = "[production]\nbastion ansible_host=192.0.2.1\n\n[production:vars]\nsecret=of-production\n"
WEB = {"ins-r8hr2upy", "ins-stopped1"}


def strangers(ansible: Ansible, *named: tuple[str, dict[str, str]]) -> list[str]:
    """Launch instances of these names and tags beside those of the built-in world; their ids."""
    instances = {
        f"ins-strange{number}": {
            "InstanceName": name,
            "PrivateIpAddresses": [f"172.16.66.{number}"],
            "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
        }
        for number, (name, tags) in enumerate(named)
    }
    ansible.simulator.world({"extends": "builtin", "lag_seconds": 0, "instances": instances})
    return list(instances)


def targets(ansible: Ansible, *patterns: str) -> list[set[str]]:
    """The ids of the instances that a play of each pattern runs on, which the playbook lists as well."""
    message = {"msg": "{{ ansible_play_name }} on {{ cvm_instance_id | default('none') }}"}
    play = {"gather_facts": False, "connection": "local", "tasks": [{"ansible.builtin.debug": message}]}
    plays = [{"name": f"play {number}", "hosts": pattern, **play} for number, pattern in enumerate(patterns)]
    (ansible.folder / "play.yml").write_text(yaml.safe_dump(plays), encoding="utf-8")
    command = ("ansible-playbook", "-i", "0-static.ini", "-i", "cvm.yml", "play.yml")
    ran = ansible.command(*command)
    assert ran.code == 0, ran.everything
    found = [set(re.findall(rf"play {number} on (ins-\w+|none)", ran.out)) for number in range(len(patterns))]
    listed = ansible.command(*command, "--list-hosts")
    assert [int(count) for count in re.findall(r"hosts \((\d+)\):", listed.out)] == [len(ids) for ids in found]
    return found


def test_what_instances_are_named_and_tagged_moves_nothing(ansible: Ansible) -> None:
    ids = strangers(
        *(ansible, ("role_web", {}), ("running", {"role": "other"}), ("bastion", {"alone": "production"})),
        *(("all", {"alone": "True"}), ("roles", {"alone": "all"}), ("role_batch", {"alone": "role_web", "role": ""})),
    )
    (ansible.folder / "0-static.ini").write_text(STATIC, encoding="utf-8")
    options = {
        "keyed_groups": [
            {"prefix": "role", "key": "cvm_tags.role", "parent_group": "roles"},
            {"key": "cvm_tags.alone", "separator": "", "parent_group": "{{ cvm_tags.alone }}"},
        ],
        "leading_separator": False,
        "groups": {"running": "cvm_instance_id in ['ins-r8hr2upy']"},
        "compose": {"own_id": "cvm_instance_id"},
    }
    ansible.inventory({**PLUGIN, **options})
    run = ansible.command("ansible-inventory", "-i", "0-static.ini", "-i", "cvm.yml", "--list", **FAILS)
    assert run.code == 0, run.everything
    hosts = json.loads(run.out, object_hook=untagged)["_meta"]["hostvars"]
    assert set(ids) <= set(hosts)
    assert all(host["own_id"] == host["cvm_instance_id"] for name, host in hosts.items() if name != "bastion")
    assert [hosts[one]["ansible_host"] for one in ids] == [f"172.16.66.{number}" for number in range(len(ids))]
    assert {name for name, host in hosts.items() if "secret" in host} == {"bastion"}
    # Ansible breaks lines at hyphens, too.
    words = "".join(run.err.split())
    assert "arenamesofgroups,whosehostsarenamedbytheirids:'role_web'(ins-strange0),'running'(ins-strange1)" in words
    assert "belongtootherhoststoo,whosehostsarenamedbythenextofhostnames,atlastbytheirids:'bastion'(ins-" in words
    assert "Foundbothgroupandhost" not in words
    found = targets(ansible, "role_web", "running", "production", "bastion")
    assert found == [WEB, {"ins-r8hr2upy"}, {"none"}, {"none"}]


def test_a_server_without_an_address_is_not_taken_for_another(ansible: Ansible) -> None:
    (one,) = strangers(ansible, ("172.16.32.78", {}))
    run, hosts = ansible.inventory({**PLUGIN, "connect_with": "public"})
    assert hosts[one]["ansible_host"] == f"{one}.no-address.invalid."
    assert f"connect_with: {len(hosts) - 1} of {len(hosts)} hosts have no public address" in " ".join(run.err.split())
    ping = ansible.command("ansible", "-i", "cvm.yml", one, "-m", "ansible.builtin.ping")
    assert ping.code != 0
    assert "Could not resolve hostname" in ping.everything


def test_a_file_of_another_name_is_told_why_it_is_passed_over(ansible: Ansible) -> None:
    run, hosts = ansible.inventory(PLUGIN, name="servers.yml")
    assert not hosts
    assert "passed over. The plugin tencent.cloud.cvm, which it names," in " ".join(run.err.split())


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
        ({"regions": ["all", "ap-tokyo"]}, "regions: all is combined with other regions"),
        ({"connect_with": "telepathy"}, "telepathy"),
        ({"regions": ["ap-tokyo-1"]}, "regions: 'ap-tokyo-1' is an availability zone. Give its region, ap-tokyo."),
        ({"filters": {"instance-state": "running"}}, "no value 'running'. Did you mean RUNNING?"),
        ({"secret_id": "AKIDsimulator"}, "secret_key from the options is empty"),
        ({"secret_key": "{{ nothing }}"}, "secret_key: its template cannot be evaluated"),
        ({"secret_id": "AKIDsimulator", "secret_key": "wrong-secret-key"}, "AuthFailure.SignatureFailure"),
        ({"hostnames": ["nmae"]}, "no instance has a field 'nmae'"),
        ({"variables": ["instance_nmae"]}, "no instance has a field 'instance_nmae'. Did you mean instance_name?"),
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
    assert len(list((ansible.folder / "kept").iterdir())) == 1


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
