# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Machines break as told, and are gone with the test whatever happens."""

from __future__ import annotations

import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.integration.reinstalled import Controller, rebuild
from tests.machines import Fleet, Machine, MachinesError
from tests.machines.tools import ROOT

from .common import FIRST, HOST_KEY_CHANGED, ID, OTHER, eventually


def test_a_baked_host_key_is_replaced(fleet: Fleet, machine: Machine, controller: Controller) -> None:
    assert rebuild(fleet, ID, image_id="img-baked").returncode == 0
    baked = machine.host_keys
    controller.trust(machine)
    assert controller.ssh(machine, "ubuntu").returncode == 0
    eventually(lambda: HOST_KEY_CHANGED in controller.ssh(machine, "ubuntu").stderr)
    assert not set(baked) & set(machine.host_keys)
    assert rebuild(fleet, ID, image_id="img-baked", content="disk-new/2").returncode == 0
    assert machine.host_keys == baked


def test_only_rebooted(fleet: Fleet, machine: Machine, controller: Controller) -> None:
    machine.run("touch /marker")
    before = (machine.machine_id, *machine.host_keys), machine.boot_id
    machine.behave(reboot_only=True)
    assert rebuild(fleet, ID).returncode == 0
    assert (machine.machine_id, *machine.host_keys) == before[0]
    assert machine.boot_id != before[1]
    assert controller.ssh(machine, "root", "ls /marker").stdout == "/marker\n"


def test_a_machine_that_never_comes_back_and_is_restored(
    fleet: Fleet, machine: Machine, controller: Controller
) -> None:
    machine.behave(never_comes_back=True)
    assert rebuild(fleet, ID).returncode == 0
    refused = controller.ssh(machine, "root")
    assert "Connection refused" in refused.stderr
    assert machine.run("cat /etc/os-release").startswith('NAME="Ubuntu"')
    assert rebuild(fleet, ID, event="restore", content=FIRST).returncode == 0
    assert controller.ssh(machine, "root").returncode == 0


def test_slow_and_failing(fleet: Fleet, machine: Machine, controller: Controller) -> None:
    machine.behave(fail="The disk is on fire.")
    done = rebuild(fleet, ID)
    assert (done.returncode, done.stderr) == (1, "The disk is on fire.\n")
    assert controller.ssh(machine, "root").returncode == 0
    machine.behave(boot_seconds=2)
    assert rebuild(fleet, ID).returncode == 0
    assert "Connection refused" in controller.ssh(machine, "ubuntu").stderr
    eventually(lambda: "Connection refused" not in controller.ssh(machine, "ubuntu").stderr)
    with pytest.raises(MachinesError, match="nonsense"):
        machine.behave(nonsense=True)


def test_what_never_was_cannot_come_back(fleet: Fleet, machine: Machine) -> None:
    boot_id = machine.boot_id
    assert "disk-x/9" in rebuild(fleet, ID, event="restore", content="disk-x/9").stderr
    assert "img-unknown" in rebuild(fleet, ID, image_id="img-unknown").stderr
    assert OTHER in rebuild(fleet, OTHER).stderr
    assert machine.boot_id == boot_id


def test_nothing_is_left_of_a_killed_test(tmp_path: Path) -> None:
    code = """
        import pathlib, sys, time
        from tests.machines import machines
        with machines(pathlib.Path(sys.argv[1]), {"images": {"i": {}}, "machines": {"m": {"image": "i"}}}) as fleet:
            print(fleet["m"].address, flush=True)
            time.sleep(60)
    """
    words = [sys.executable, "-c", textwrap.dedent(code), str(tmp_path)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        address = process.stdout.readline().strip()
        process.kill()
    eventually(lambda: not _listens(address))


def _listens(address: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((address, 22)) == 0
