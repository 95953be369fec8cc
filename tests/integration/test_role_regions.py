# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role without a login: hosts of one batch in two regions, and accounts that one call cannot serve."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.harness import Ansible, Run
from tests.simulator import Running, running
from tests.simulator.world import OPERATED

REGIONS = ("ap-guangzhou", "ap-shanghai")
IDS = [f"ins-g{index:07}" for index in range(4)]
WORLD = {
    "extends": "builtin",
    "rate_limits": False,
    "instance_defaults": OPERATED,
    "generate": {"count": len(IDS), "regions": list(REGIONS)},
}


@pytest.fixture
def simulator() -> Iterator[Running]:
    """Instances that are in two regions in turn."""
    with running(WORLD, reset_seconds=0.2, lag_seconds=0) as one:
        yield one


def carry(folder: Path, simulator: Running, defaults: Mapping[str, Any]) -> Run:
    """Run the role for all instances, with these options of the API's connection beside the endpoint."""
    variables = {
        "reset_instance_image_id": "img-pmqg1cw7",
        "reset_instance_login_settings": {"password": "New-Password-7"},
        "reset_instance_login": False,
        "reset_instance_confirm": IDS,
        "reset_instance_wait_interval": 0.1,
        "reset_instance_report_dir": "",
    }
    hosts = {
        one: {"cvm_instance_id": one, "cvm_region": REGIONS[index % 2], "profile_of_host": f"profile{index}"}
        for index, one in enumerate(IDS)
    }
    play = {
        "hosts": "all",
        "gather_facts": False,
        "module_defaults": {"group/tencent.cloud.all": {"endpoint": simulator.url, **defaults}},
        "roles": ["tencent.cloud.reset_instance"],
    }
    (folder / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts, "vars": variables}}), encoding="utf-8")
    (folder / "site.yml").write_text(yaml.safe_dump([play]), encoding="utf-8")
    return Ansible(folder, simulator).command("ansible-playbook", "-i", "hosts.yml", "site.yml")


def test_each_host_is_reset_in_its_region(tmp_path: Path, simulator: Running) -> None:
    run = carry(tmp_path, simulator, {"region": "{{ cvm_region }}"})
    assert run.code == 0, run.everything
    state = simulator.state()
    assert state["accepted"] == dict.fromkeys(IDS, 1)
    assert not run.is_noisy
    assert "New-Password-7" not in run.everything


def test_hosts_of_several_accounts_are_not_taken_for_those_of_one(tmp_path: Path, simulator: Running) -> None:
    run = carry(tmp_path, simulator, {"region": "{{ cvm_region }}", "profile": "{{ profile_of_host }}"})
    assert run.code != 0
    assert "module_defaults: profile of the group tencent.cloud.all differs between hosts" in run.out
    assert simulator.state()["calls"] == []
