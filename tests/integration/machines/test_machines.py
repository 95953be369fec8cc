# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rig keeps its promises: a machine is a system of its own, which is installed and restored as told."""

from __future__ import annotations

import subprocess
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest
import yaml

from tests.integration.reinstalled import Controller, rebuild
from tests.machines import Fleet, Machine

from .common import FIRST, HOST_KEY_CHANGED, ID, PASSWORD, eventually


def test_a_machine_is_a_system_of_its_own(machine: Machine, controller: Controller) -> None:
    seen = controller.ssh(machine, "root", "cat /etc/os-release /proc/sys/kernel/random/boot_id; hostname; ls -A /tmp")
    assert 'NAME="CentOS Linux"' in seen.stdout
    assert seen.stdout.endswith(f"{machine.boot_id}\n{ID}\n")
    assert machine.boot_id != Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    assert int(machine.run("ls -d /proc/[0-9]* | wc -l")) < 10


@pytest.mark.parametrize("way", ["key", "password"])
def test_a_reset_makes_a_new_system(fleet: Fleet, machine: Machine, controller: Controller, way: str) -> None:
    password = PASSWORD if way == "password" else ""
    assert controller.ssh(machine, "root", "touch /marker /srv/marker /usr/marker", password).returncode == 0
    before = (machine.machine_id, machine.boot_id, *machine.host_keys)
    done = rebuild(fleet, ID, password=password, public_keys=[] if password else [fleet.public_key])
    assert (done.returncode, done.stderr) == (0, "")
    assert not set(before) & {machine.machine_id, machine.boot_id, *machine.host_keys}
    assert HOST_KEY_CHANGED in controller.ssh(machine, "ubuntu").stderr
    controller.trust(machine)
    seen = controller.ssh(machine, "ubuntu", "ls /marker /srv/marker /usr/marker; sudo id -u", password)
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
    machine.run("echo precious > /srv/file; rm /etc/motd")
    before = (machine.machine_id, *machine.host_keys)
    assert rebuild(fleet, ID).returncode == 0
    assert machine.run("ls -A /root /srv") == "/root:\n\n/srv:\n"
    assert rebuild(fleet, ID, event=event, content=FIRST, image_id="img-unknown", login_user="root").stderr == ""
    assert (machine.machine_id, *machine.host_keys) == before
    assert controller.ssh(machine, "root", "cat /srv/file; ls /etc/motd").stdout == "precious\n"
    again = rebuild(fleet, ID, event=event, content="disk-new/1", login_user="ubuntu")
    assert again.stderr == ""
    assert HOST_KEY_CHANGED in controller.ssh(machine, "ubuntu").stderr


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
    assert rebuild(fleet, ID, content="disk-new/2", user_data="#cloud-config\nssh_keys: [").returncode == 0
    assert len(machine.host_keys) == 2


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
    assert rebuild(fleet, ID, content=FIRST, **kept).returncode == 0
    controller.trust(machine)
    assert controller.ssh(machine, "root", password=PASSWORD).returncode == 0
