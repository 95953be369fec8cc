# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rig keeps its promises: its machines are reinstalled, restored and broken as the tests of a role need it."""

from __future__ import annotations

import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.harness import Ansible, reset
from tests.integration.reinstalled import Controller, rebuild, require_machines
from tests.machines import Fleet, Machine, MachinesError, machines
from tests.machines.tools import ROOT
from tests.simulator import running

ID, OTHER = "ins-r8hr2upy", "ins-other"
PASSWORD = "Right-1234"
IMAGES: dict[str, Any] = {
    "img-centos": {"name": "CentOS Linux", "version": "7.6", "user": "root"},
    "img-ubuntu": {"user": "ubuntu"},
    "img-2222": {"user": "ubuntu", "port": 2222},
    "img-baked": {"user": "ubuntu", "behaviour": {"baked_host_key_seconds": 1.5}},
    "img-kept": {"user": "admin", "password": PASSWORD},
    "img-pmqg1cw7": {"user": "ubuntu"},
}
DESCRIPTION = {"images": IMAGES, "machines": {ID: {"image": "img-centos", "password": PASSWORD}}}
HOST_KEY_CHANGED = "REMOTE HOST IDENTIFICATION HAS CHANGED"


@pytest.fixture(scope="module", autouse=True)
def _possible() -> None:
    require_machines()


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    """One machine, root on CentOS."""
    folder = tmp_path / "fleet"
    folder.mkdir()
    with machines(folder, DESCRIPTION) as started:
        yield started


@pytest.fixture
def machine(fleet: Fleet) -> Machine:
    """The machine of the fleet."""
    return fleet[ID]


@pytest.fixture
def controller(fleet: Fleet, tmp_path: Path) -> Controller:
    """Knows the machine as it is at the start."""
    knowing = Controller(fleet, tmp_path)
    knowing.trust(fleet[ID])
    return knowing


def eventually(true: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "It did not come about."
        time.sleep(0.05)


def test_a_machine_is_a_system_of_its_own(machine: Machine, controller: Controller) -> None:
    seen = controller.ssh(machine, "root", "cat /etc/os-release /proc/sys/kernel/random/boot_id; hostname; ls -A /tmp")
    assert 'NAME="CentOS Linux"' in seen.stdout
    assert seen.stdout.endswith(f"{machine.boot_id}\n{ID}\n")
    assert machine.boot_id != Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    assert int(machine.run("ls -d /proc/[0-9]* | wc -l")) < 10


@pytest.mark.parametrize("way", ["key", "password"])
def test_a_reset_makes_a_new_system(fleet: Fleet, machine: Machine, controller: Controller, way: str) -> None:
    password = PASSWORD if way == "password" else ""
    assert controller.ssh(machine, "root", "touch /marker /root/marker /usr/marker", password).returncode == 0
    before = (machine.machine_id, machine.boot_id, *machine.host_keys)
    done = rebuild(fleet, ID, password=password, public_keys=[] if password else [fleet.public_key])
    assert (done.returncode, done.stderr) == (0, "")
    assert not set(before) & {machine.machine_id, machine.boot_id, *machine.host_keys}
    assert HOST_KEY_CHANGED in controller.ssh(machine, "ubuntu").stderr
    controller.trust(machine)
    seen = controller.ssh(machine, "ubuntu", "ls /marker /root/marker /usr/marker; sudo id -u", password)
    assert seen.stdout == "0\n"
    assert controller.ssh(machine, "root", password=password).returncode == (5 if password else 255)
    if password:
        assert controller.ssh(machine, "ubuntu", password="Wrong-1234").returncode == 5
        assert controller.ssh(machine, "ubuntu").returncode == 255


def test_open_sessions_end_with_the_old_system(fleet: Fleet, machine: Machine, controller: Controller) -> None:
    words = ["ssh", "-F", "/dev/null", "-i", str(fleet.private_key), f"root@{machine.address}", "echo in; sleep 60"]
    trust = ["-o", f"UserKnownHostsFile={controller.known_hosts}", "-o", "StrictHostKeyChecking=yes"]
    with subprocess.Popen(
        [*words[:3], *trust, *words[3:]], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as session:
        assert session.stdout
        assert session.stdout.readline() == b"in\n"
        assert rebuild(fleet, ID).returncode == 0
        assert session.wait(5) == 255


@pytest.mark.parametrize("event", ["restore", "reset"])
def test_an_earlier_disk_comes_back(fleet: Fleet, machine: Machine, controller: Controller, event: str) -> None:
    machine.run("echo precious > /root/file; rm /etc/motd")
    before = (machine.machine_id, *machine.host_keys)
    assert rebuild(fleet, ID).returncode == 0
    assert machine.run("ls -A /root") == ""
    # The name that the simulator gives the first content has the id of a disk, which the rig does not know.
    assert (
        rebuild(fleet, ID, event=event, content="disk-2j1cm46v/0", image_id="img-unknown", login_user="root").stderr
        == ""
    )
    assert (machine.machine_id, *machine.host_keys) == before
    assert controller.ssh(machine, "root", "cat file; ls /etc/motd").stdout == "precious\n"
    again = rebuild(fleet, ID, event=event, content=f"{ID}/1", login_user="ubuntu")
    assert again.stderr == ""
    assert HOST_KEY_CHANGED in controller.ssh(machine, "ubuntu").stderr


def test_what_never_was_cannot_come_back(fleet: Fleet, machine: Machine) -> None:
    boot_id = machine.boot_id
    assert "disk-x/9" in rebuild(fleet, ID, event="restore", content="disk-x/9").stderr
    assert "img-unknown" in rebuild(fleet, ID, image_id="img-unknown").stderr
    assert OTHER in rebuild(fleet, OTHER).stderr
    assert machine.boot_id == boot_id


def test_user_data_brings_host_keys_and_scripts(
    fleet: Fleet, machine: Machine, controller: Controller, tmp_path: Path
) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(tmp_path / "key")], check=True)
    private, public = (tmp_path / name for name in ("key", "key.pub"))
    keys = {
        "ed25519_private": private.read_text(encoding="ascii"),
        "ed25519_public": public.read_text(encoding="ascii"),
    }
    message = MIMEMultipart()
    message.attach(MIMEText(f"#cloud-config\n{yaml.safe_dump({'ssh_keys': keys})}", "cloud-config"))
    message.attach(MIMEText("#!/bin/sh\nid -un > /ran\n", "x-shellscript"))
    assert rebuild(fleet, ID, user_data=message.as_string()).returncode == 0
    controller.known_hosts.write_text(f"{machine.address} {public.read_text(encoding='ascii')}", encoding="ascii")
    assert controller.ssh(machine, "ubuntu", "hostname").stdout == f"{ID}\n"
    assert machine.host_keys == [public.read_text(encoding="ascii").strip()]
    eventually(lambda: machine.run("cat /ran 2>/dev/null || true") == "root\n")
    path = "/var/lib/cloud/instance/user-data.txt"
    assert machine.run(f"stat -c %a {path}; cat {path}") == f"600\n{message.as_string()}"


def test_a_plain_script_and_nonsense(fleet: Fleet, machine: Machine) -> None:
    assert rebuild(fleet, ID, user_data="#!/bin/sh\necho yes > /ran\n").returncode == 0
    eventually(lambda: machine.run("cat /ran 2>/dev/null || true") == "yes\n")
    assert rebuild(fleet, ID, content="d/2", user_data="#cloud-config\nssh_keys: [").returncode == 0
    assert len(machine.host_keys) == 2


def test_a_baked_host_key_is_replaced(fleet: Fleet, machine: Machine, controller: Controller) -> None:
    assert rebuild(fleet, ID, image_id="img-baked").returncode == 0
    baked = machine.host_keys
    controller.trust(machine)
    assert controller.ssh(machine, "ubuntu").returncode == 0
    eventually(lambda: HOST_KEY_CHANGED in controller.ssh(machine, "ubuntu").stderr)
    assert not set(baked) & set(machine.host_keys)
    assert rebuild(fleet, ID, image_id="img-baked", content=f"{ID}/2").returncode == 0
    assert machine.host_keys == baked


def test_another_port_and_name(fleet: Fleet, machine: Machine, controller: Controller) -> None:
    assert rebuild(fleet, ID, image_id="img-2222", host_name="web1").returncode == 0
    assert machine.port == 2222
    controller.trust(machine)
    assert controller.ssh(machine, "ubuntu", "hostname").stdout == "web1\n"


def test_a_login_is_kept(fleet: Fleet, machine: Machine, controller: Controller) -> None:
    kept = {"keep_login": "1", "public_keys": [], "login_user": "admin"}
    assert rebuild(fleet, ID, image_id="img-kept", **kept).returncode == 0
    controller.trust(machine)
    assert controller.ssh(machine, "admin", "id -un", PASSWORD).stdout == "admin\n"
    assert rebuild(fleet, ID, content="disk/0", **kept).returncode == 0
    controller.trust(machine)
    assert controller.ssh(machine, "root", password=PASSWORD).returncode == 0


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
    assert rebuild(fleet, ID, event="restore", content="disk/0").returncode == 0
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


def test_the_simulator_rebuilds_it(
    fleet: Fleet, machine: Machine, controller: Controller, tmp_path: Path, collection: Path
) -> None:
    world = {"extends": "builtin", "key_pairs": {"skey-b4vakk62": {"KeyName": "deploy", "PublicKey": fleet.public_key}}}
    with running(world, lag_seconds=0, reset_seconds=0.1, on_reset=fleet.command) as simulator:
        ansible = Ansible(tmp_path, simulator)
        done = ansible.play(reset(ID, image_id="img-pmqg1cw7"))
        assert done.code == 0, done.everything
        assert simulator.state()["instances"][ID]["LatestOperationState"] == "SUCCESS"
        controller.trust(machine)
        options = f"-o StrictHostKeyChecking=yes -o UserKnownHostsFile={controller.known_hosts}"
        host = {
            "ansible_host": machine.address,
            "ansible_user": "ubuntu",
            "ansible_ssh_private_key_file": str(fleet.private_key),
            "ansible_ssh_common_args": f"-F /dev/null {options}",
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
