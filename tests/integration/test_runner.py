# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many instances in one task, as an automation controller runs it: by `ansible-runner`, here and on another node."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from .harness import QUICK, REGION, SECRET_ID, SECRET_KEY, Ansible
from .runner import Runner, events, shown

FLEET = "tencent.cloud.cvm_reset_instances"
INSTANCES = ("ins-r8hr2upy", "ins-keypair1")
PASSWORD = "Runner-Passw0rd-7"
PLAY = {
    "name": "Reinstall servers",
    "hosts": "localhost",
    "gather_facts": False,
    "tasks": [
        {
            "name": "Reset them",
            FLEET: {
                "instances": "{{ servers }}",
                "login_settings": {"password": "{{ new_password }}"},
                "endpoint": "{{ endpoint }}",
                **QUICK,
            },
        }
    ],
}


@pytest.fixture
def runner(ansible: Ansible) -> Runner:
    variables = {
        "servers": json.dumps([{"instance_id": one} for one in INSTANCES]),
        "new_password": PASSWORD,
        "endpoint": ansible.simulator.url,
    }
    keys = {
        "TENCENTCLOUD_SECRET_ID": SECRET_ID,
        "TENCENTCLOUD_SECRET_KEY": SECRET_KEY,
        "TENCENTCLOUD_REGION": REGION,
    }
    return Runner(ansible, [PLAY], keys, yaml.safe_dump(variables))


def checked(ansible: Ansible, artifacts: Path) -> None:
    """The job has reset each once, and shows no secret."""
    (result,) = [event["res"] for event in events(artifacts, "runner_on_ok")]
    assert [one["outcome"] for one in result["results"]] == ["done", "done"]
    assert ansible.simulator.state()["accepted"] == dict.fromkeys(INSTANCES, 1)
    (printed,) = (file.read_text(encoding="utf-8") for file in artifacts.rglob("stdout"))
    assert "waiting: [localhost] after " in printed
    assert "2 of 2 done" in printed
    for text in shown(artifacts):
        assert PASSWORD not in text
        assert SECRET_KEY not in text


def test_a_job(runner: Runner, ansible: Ansible) -> None:
    checked(ansible, runner.run("-vvvv"))


def test_a_job_on_another_node(runner: Runner, ansible: Ansible) -> None:
    checked(ansible, runner.run_elsewhere("-vvvv"))
