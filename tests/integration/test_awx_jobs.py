# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook that the templates of AWX run, as AWX runs it: check, approval, run; slices; a relaunch after a kill."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.simulator import Running
from tests.simulator.world import OPERATED

from .awx import Awx, artifacts_of, sliced
from .harness import REGION, SECRET_ID, SECRET_KEY, Ansible
from .processes import leaping_with
from .role.killing import kill_all
from .runner import shown

OLD, NEW = "img-9qabwvbn", "img-pmqg1cw7"
WEB = ("ins-web00001", "ins-web00002", "ins-web00003")
DATABASE = "ins-db000001"
PASSWORD = "Survey-Passw0rd-7"
INPUTS = {"secret_id": SECRET_ID, "secret_key": SECRET_KEY, "token": "", "region": REGION}
QUICK = {"reset_instance_wait_interval": 0.1, "reset_instance_settle_seconds": 300, "reset_instance_login": False}
ANSWERS: dict[str, Any] = {
    "reinstall_hosts": "role_web",
    "reset_instance_idempotency_key": "CHG-7",
    "reset_instance_image_id": NEW,
    "reinstall_key_ids": "",
    "reinstall_password": PASSWORD,
    "reinstall_serial": "2",
    "reset_instance_expected": "",
}
"""What the survey of the workflow sends: an answer that is left empty is an empty text."""


WORLD: dict[str, Any] = {
    "extends": "builtin",
    "rate_limits": False,
    "tag_lag_seconds": 0,
    "instance_defaults": {**OPERATED, "ImageId": OLD},
    "instances": {
        **{one: {"InstanceName": one[4:], "Tags": [{"Key": "role", "Value": "web"}]} for one in WEB},
        DATABASE: {"InstanceName": "db", "Tags": [{"Key": "role", "Value": "db"}]},
    },
}
"""Web servers and a database, which others have named and tagged."""


@pytest.fixture
def simulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """On the clock of the modules, which leap over what they wait for."""
    with leaping_with(tmp_path, WORLD) as (one, variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        yield one


@pytest.fixture
def ansible(tmp_path: Path, simulator: Running, collection: Path, monkeypatch: pytest.MonkeyPatch) -> Ansible:
    """With a home like that of an execution environment, in which its group may write."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home").chmod(0o775)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return Ansible(tmp_path, simulator)


@pytest.fixture
def awx(ansible: Ansible, collection: Path) -> Awx:
    return Awx(ansible, collection, INPUTS, {"reinstall_endpoint": ansible.simulator.url, **QUICK})


@pytest.fixture
def inventory(awx: Awx, ansible: Ansible) -> dict[str, Any]:
    """As AWX keeps it after an update by the inventory plugin."""
    options = {
        "plugin": "tencent.cloud.cvm",
        "filters": {"instance-id": [*WEB, DATABASE]},
        "keyed_groups": [{"prefix": "role", "key": "cvm_tags.role"}],
        "endpoint": ansible.simulator.url,
    }
    return awx.synchronized(options)


def output(artifacts: Path) -> str:
    """All that a job shows, in one line; no secret is in it."""
    text = " ".join(shown(artifacts))
    assert SECRET_KEY not in text
    assert PASSWORD not in text
    return " ".join(text.replace("\\n", " ").split())


def test_what_a_check_said_is_run_once_it_is_approved(awx: Awx, inventory: dict[str, Any], simulator: Running) -> None:
    """In two batches, the run on another node."""
    check = awx.job(inventory, ANSWERS, "--check", "--diff").run()
    handed_over = artifacts_of(check)
    assert sorted(handed_over["reset_instance_confirm"]) == sorted(WEB)
    plans = handed_over["reset_instance_confirm_plans"]
    assert set(plans) == set(WEB)
    said = output(check)
    for text in plans.values():
        assert text in said
        assert f"CentOS 7.6 64bit ({OLD}) -> Ubuntu Server 22.04 LTS 64bit ({NEW})" in text
    assert simulator.state()["accepted"] == {}

    # Something else than what was said is refused, and so are other servers.
    other = {**ANSWERS, "reset_instance_image_id": "img-6n21msk1"}
    refused = output(awx.job(inventory, other, artifacts=handed_over).run(code=2))
    assert "reset_instance_confirm_plans: What would be done is not what was confirmed." in refused
    more = {**ANSWERS, "reinstall_hosts": "role_web,role_db"}
    refused = output(awx.job(inventory, more, artifacts=handed_over).run(code=2))
    assert f"Not confirmed: {DATABASE}." in refused
    assert simulator.state()["accepted"] == {}

    run = awx.job(inventory, ANSWERS, artifacts=handed_over).run_elsewhere()
    output(run)
    assert simulator.state()["accepted"] == dict.fromkeys(WEB, 1)
    reports = artifacts_of(run)["reset_instance"]
    assert {one["instance_id"]: one["status"] for one in reports.values()} == dict.fromkeys(WEB, "done")


def test_a_relaunch_after_a_kill_resets_nobody_again(
    awx: Awx, inventory: dict[str, Any], simulator: Running, tmp_path: Path
) -> None:
    """A job that is cancelled is killed, with its container. Its relaunch has the same answers, and a new container."""
    simulator.world({**WORLD, "reset_seconds": 60})
    simulator.hold("ResetInstance", "after")
    answers = {**ANSWERS, "reinstall_hosts": "web00001", "reset_instance_confirm": WEB[0]}
    job = awx.job(inventory, answers)
    with (tmp_path / "out").open("wb") as out:
        killed = subprocess.Popen(
            **job.process("run", str(job.folder), "-p", "site.yml"), stdout=out, stderr=subprocess.STDOUT
        )
        try:
            (reset,) = simulator.wait_held(seconds=240)
            simulator.hold("DescribeInstances")
            simulator.release(reset["id"])
            # It is accepted, and waited for.
            assert simulator.wait_held(seconds=60)[0]["action"] == "DescribeInstances"
        finally:
            kill_all(killed.pid)
            killed.wait()
            simulator.release(discard=True)
    assert simulator.state()["instances"][WEB[0]]["LatestOperationState"] == "OPERATING"
    shutil.rmtree(tmp_path / "home" / ".ansible" / "reset_instance")
    run = awx.job(inventory, answers).run()
    assert f"web00001 ({WEB[0]}) is resume" in output(run)
    (report,) = artifacts_of(run)["reset_instance"].values()
    assert (report["status"], report["stage"]) == ("done", "resume")
    assert simulator.state()["accepted"] == {WEB[0]: 1}
    assert [one["code"] for one in simulator.state()["calls"] if one["action"] == "ResetInstance"] == [None]


NULL = {
    "reinstall_key_ids": None,
    "reinstall_disk_size": None,
    "reinstall_serial": None,
    "reset_instance_expected": None,
    "reset_instance_image_id": None,
    "reset_instance_rollback": None,
}
JSON_TEXT = {
    "reinstall_password": None,
    "reinstall_key_ids": json.dumps(["skey-b4vakk62"]),
    "reinstall_disk_size": "60",
    "reset_instance_expected": json.dumps({"tags": {"role": "web"}}),
    "reset_instance_confirm": json.dumps(WEB),
}


def test_slices_that_were_launched_by_themselves(awx: Awx, inventory: dict[str, Any], simulator: Running) -> None:
    """Each has a part of the inventory, and all that was confirmed; the API may send null, and a text area JSON."""
    answers = {
        "reset_instance_job_slice": True,
        "reinstall_hosts": "role_web",
        "reset_instance_idempotency_key": "CHG-8",
    }
    null = {**answers, **NULL, "reinstall_password": PASSWORD, "reset_instance_confirm": "\n".join(WEB)}
    for number, given in enumerate((null, {**answers, **JSON_TEXT}), start=1):
        output(awx.job(sliced(inventory, number, 2), given).run())
        assert len(simulator.state()["accepted"]) == (1 if number == 1 else 3)
    state = simulator.state()
    assert state["accepted"] == dict.fromkeys(WEB, 1)
    sizes = {one: state["instances"][one]["SystemDisk"]["DiskSize"] for one in WEB}
    assert sorted(sizes.values()) == [50, 60, 60]
