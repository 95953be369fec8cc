# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls of the API reach the machines, by way of the simulator."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.harness import Ansible, reset
from tests.integration.reinstalled import REMOTE_TMP, Controller
from tests.machines import Fleet, Machine
from tests.simulator import running
from tests.simulator.cvm.on_reset import Command
from tests.unit.support.bench import Bench

from .common import ID, eventually

KEY, IMAGE, DISK = "skey-b4vakk62", "img-pmqg1cw7", "disk-r8hr2upy"
LOGIN = {"KeyIds": [KEY]}


def world(fleet: Fleet) -> dict[str, Any]:
    """The built-in world, in which a key pair is the controller's."""
    return {"extends": "builtin", "key_pairs": {KEY: {"KeyName": "deploy", "PublicKey": fleet.public_key}}}


def finish(sim: Bench) -> None:
    """Let the simulated time pass, then the real time of the command."""
    sim.wait(60)
    sim.simulator.tick()
    eventually(lambda: sim.seen()["LatestOperationState"] == "SUCCESS")
    sim.wait(60)


@pytest.mark.parametrize("backup", ["snapshot", "image"])
def test_a_backup_brings_the_system_back(fleet: Fleet, machine: Machine, controller: Controller, backup: str) -> None:
    sim = Bench(world(fleet), lag_seconds=0, on_install=Command(shlex.split(fleet.command)))
    machine.run("echo precious > /srv/file")
    before = (machine.machine_id, *machine.host_keys)
    if backup == "snapshot":
        made = sim.cbs("CreateSnapshot", {"DiskId": DISK})["SnapshotId"]
    else:
        made = sim.call("CreateImage", {"InstanceId": ID, "ImageName": "backup"})["ImageId"]
    sim.wait(60)
    sim.reset(ImageId=IMAGE, LoginSettings=LOGIN)
    finish(sim)
    assert machine.machine_id != before[0]
    if backup == "snapshot":
        options = {"SnapshotId": made, "DiskId": DISK, "AutoStopInstance": True, "AutoStartInstance": True}
        sim.cbs("ApplySnapshot", options)
        sim.wait(60)
        eventually(lambda: sim.state["disks"][DISK]["DiskState"] == "ATTACHED")
    else:
        sim.reset(ImageId=made, LoginSettings=LOGIN)
        finish(sim)
    assert (machine.machine_id, *machine.host_keys) == before
    assert controller.ssh(machine, "root", "cat /srv/file").stdout == "precious\n"


def test_the_simulator_rebuilds_it(
    fleet: Fleet, machine: Machine, controller: Controller, tmp_path: Path, collection: Path
) -> None:
    with running(world(fleet), lag_seconds=0, reset_seconds=0.1, on_reset=fleet.command) as simulator:
        ansible = Ansible(tmp_path, simulator)
        done = ansible.play(reset(ID, image_id=IMAGE))
        assert done.code == 0, done.everything
        assert simulator.state()["instances"][ID]["LatestOperationState"] == "SUCCESS"
        controller.trust(machine)
        options = f"-o StrictHostKeyChecking=yes -o UserKnownHostsFile={controller.known_hosts}"
        host = {
            "ansible_host": machine.address,
            "ansible_user": "ubuntu",
            "ansible_ssh_private_key_file": str(fleet.private_key),
            "ansible_ssh_common_args": f"-F /dev/null {options}",
            "ansible_remote_tmp": REMOTE_TMP,
        }
        inventory = tmp_path / "inventory.yml"
        inventory.write_text(yaml.safe_dump({"all": {"hosts": {"web": host}}}), encoding="utf-8")
        facts = ansible.command(
            "ansible", "web", "-i", str(inventory), "-b", "-m", "setup", "-a", "gather_subset=min", PATH=fleet.path
        )
    assert '"ansible_distribution": "Ubuntu"' in facts.out, facts.everything
    assert '"ansible_distribution_version": "22.04"' in facts.out
    assert f'"ansible_machine_id": "{machine.machine_id}"' in facts.out
    assert '"ansible_user_id": "root"' in facts.out
