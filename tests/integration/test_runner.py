# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many instances in one task, as an automation controller runs it: by `ansible-runner`, here and on another node."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from .harness import QUICK, REGION, SECRET_ID, SECRET_KEY, TIMEOUT_SECONDS, Ansible

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


class Runner:
    """A folder as a controller prepares it for a job, and the commands that run the job."""

    def __init__(self, ansible: Ansible) -> None:
        self.folder = ansible.folder / "job"
        self._ansible = ansible
        ansible.environment = {}
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
        self._write("project/reset.yml", yaml.safe_dump([PLAY]))
        local = "ansible_connection=local ansible_python_interpreter='{{ ansible_playbook_python }}'"
        self._write("inventory/hosts", f"localhost {local}\n")
        self._write("env/envvars", yaml.safe_dump(keys))
        self._write("env/extravars", yaml.safe_dump(variables))

    def _write(self, name: str, text: str) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def __call__(self, *arguments: str, given: bytes = b"") -> bytes:
        """What a command of `ansible-runner` answers."""
        process = self._ansible.process("ansible-runner", *arguments) | {"stdin": None}
        ended = subprocess.run(**process, input=given, capture_output=True, check=False, timeout=TIMEOUT_SECONDS)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def results(self, artifacts: Path) -> Iterator[dict[str, Any]]:
        """What the module answered, by the events of a job."""
        for file in artifacts.rglob("job_events/*.json"):
            event = json.loads(file.read_text(encoding="utf-8"))
            if event["event"] == "runner_on_ok":
                yield event["event_data"]["res"]


@pytest.fixture
def runner(ansible: Ansible) -> Runner:
    return Runner(ansible)


def checked(runner: Runner, ansible: Ansible, artifacts: Path) -> None:
    """The job has reset each once, and shows no secret; only `command` has the environment, which is the runner's."""
    (result,) = runner.results(artifacts)
    assert [one["outcome"] for one in result["results"]] == ["done", "done"]
    assert ansible.simulator.state()["accepted"] == dict.fromkeys(INSTANCES, 1)
    shown = [file for file in artifacts.rglob("*") if file.is_file() and file.name != "command"]
    assert {"stdout", "stderr", "rc"} < {file.name for file in shown}
    for file in shown:
        text = file.read_text(encoding="utf-8")
        assert PASSWORD not in text
        assert SECRET_KEY not in text


def test_a_job(runner: Runner, ansible: Ansible) -> None:
    runner("run", str(runner.folder), "-p", "reset.yml", "-vvvv")
    checked(runner, ansible, runner.folder / "artifacts")


def test_a_job_on_another_node(runner: Runner, ansible: Ansible) -> None:
    here, there = ansible.folder / "here", ansible.folder / "there"
    for folder in (here, there):
        folder.mkdir()
    job = runner("transmit", str(runner.folder), "-p", "reset.yml", "-vvvv")
    answers = runner("worker", "--private-data-dir", str(there), given=job)
    runner("process", str(here), given=answers)
    checked(runner, ansible, here / "artifacts")
