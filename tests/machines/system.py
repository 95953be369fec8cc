# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is written on a disk when an image is installed, and by cloud-init before the first login."""

from __future__ import annotations

import shutil
import subprocess
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import accounts, metadata, user_data
from .disk import Disk
from .images import RELEASE_FILES, Image

INSTANCE = "var/lib/cloud/instance"
# Where `init` finds the host keys that it has to put in place.
NEW_KEYS = "var/lib/cloud/new_host_keys"
MACHINE_ID_FILES = ("etc/machine-id", "var/lib/dbus/machine-id")
KEY_TYPES = ("ed25519", "ecdsa")
SSHD_CONFIG = """\
Port {port}
ListenAddress {address}
UsePAM no
PermitRootLogin yes
PasswordAuthentication yes
KbdInteractiveAuthentication no
UseDNS no
PrintMotd no
PidFile none
Subsystem sftp /usr/lib/openssh/sftp-server
"""


@dataclass(frozen=True)
class Login:
    """Who logs in, and by what."""

    user: str
    password: str = ""
    public_keys: Sequence[str] = ()


def install(disk: Disk, image: Image, address: str, baked_keys: Path | None) -> None:
    """Put an image on a blank disk."""
    accounts.prepare(disk)
    disk.write("etc/os-release", image.os_release)
    disk.write("usr/lib/os-release", image.os_release)
    for name in RELEASE_FILES:
        if name in image.release_files:
            disk.write(name, image.release_files[name])
        else:
            disk.hide(name)
    machine_id = uuid.uuid4().hex
    for name in MACHINE_ID_FILES:
        disk.write(name, f"{machine_id}\n", 0o444)
    disk.write("etc/ssh/sshd_config", SSHD_CONFIG.format(port=image.port, address=address))
    if baked_keys:
        for path in baked_keys.iterdir():
            disk.write(f"etc/ssh/{path.name}", path.read_bytes(), _mode(path.name))


def initialise(
    disk: Disk, host_name: str, address: str, login: Login | None, encoded_user_data: str, *, is_new: bool
) -> None:
    """Do what cloud-init does: name, login, user data; host keys for a new system, or if they were given."""
    disk.write("etc/hostname", f"{host_name}\n")
    disk.write("etc/hosts", f"127.0.0.1 localhost {host_name}\n{address} {metadata.NAME}\n")
    if login:
        accounts.allow(disk, login.user, login.password, login.public_keys)
    data = user_data.read(encoded_user_data)
    shutil.rmtree(disk.folder(INSTANCE))
    disk.write(f"{INSTANCE}/user-data.txt", data.raw, 0o600)
    for number, script in enumerate(data.scripts):
        disk.write(f"{INSTANCE}/scripts/part-{number:03}", script, 0o700)
    if data.host_keys:
        for name, text in data.host_keys.items():
            disk.write(f"{NEW_KEYS}/{name}", text, _mode(name))
    elif is_new:
        make_host_keys(disk.folder(NEW_KEYS), host_name)


def make_host_keys(folder: Path, comment: str) -> None:
    """Make a host key of each type."""
    for kind in KEY_TYPES:
        words = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", f"root@{comment}"]
        subprocess.run([*words, "-f", str(folder / f"ssh_host_{kind}_key")], check=True)


def _mode(name: str) -> int:
    return 0o644 if name.endswith(".pub") else 0o600
