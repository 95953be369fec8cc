# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may log in to a machine, and how."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from .disk import Disk
from .errors import MachinesError

FIRST_USER = 1000
NOBODY = 65534
# sshd separates its privileges by it; the number only has to be free.
SSHD = "sshd:x:990:65534::/run/sshd:/usr/sbin/nologin"
# Without a password, but not locked: a locked account cannot use its keys either.
NO_PASSWORD = "*"


def prepare(disk: Disk) -> None:
    """Put the computer's system accounts on a new disk, without passwords, and without its people."""
    lines = [line for line in disk.read("etc/passwd").splitlines() if _is_system(line)]
    if not any(line.startswith("sshd:") for line in lines):
        lines.append(SSHD)
    _write(disk, lines, {})
    groups = [line for line in disk.read("etc/group").splitlines() if _is_system(line)]
    disk.write("etc/group", _text(groups))


def allow(disk: Disk, user: str, password: str, public_keys: Sequence[str]) -> None:
    """Let a user log in by these and nothing else, and become root without a password."""
    lines = disk.read("etc/passwd").splitlines()
    known = {line.split(":")[0]: line.split(":") for line in lines}
    if user not in known:
        number = max([FIRST_USER - 1, *(int(fields[2]) for fields in known.values() if fields[2] != str(NOBODY))]) + 1
        known[user] = [user, "x", str(number), str(number), "", f"/home/{user}", "/bin/bash"]
        lines.append(":".join(known[user]))
        disk.write("etc/group", disk.read("etc/group") + f"{user}:x:{number}:\n")
    _write(disk, lines, {user: _hashed(password) if password else NO_PASSWORD})
    number, home = int(known[user][2]), known[user][5].lstrip("/")
    disk.folder(home, 0o700, number)
    disk.folder(f"{home}/.ssh", 0o700, number)
    disk.write(f"{home}/.ssh/authorized_keys", _text(public_keys), 0o600, number)
    if number:
        disk.write("etc/sudoers.d/90-cloud-init-users", f"{user} ALL=(ALL) NOPASSWD:ALL\n", 0o440)


def _is_system(line: str) -> bool:
    number = int(line.split(":")[2])
    return number < FIRST_USER or number == NOBODY


def _write(disk: Disk, lines: Sequence[str], passwords: dict[str, str]) -> None:
    disk.write("etc/passwd", _text(lines))
    names = [line.split(":")[0] for line in lines]
    shadow = [f"{name}:{passwords.get(name, NO_PASSWORD)}:20000:0:99999:7:::" for name in names]
    disk.write("etc/shadow", _text(shadow), 0o640)


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _hashed(password: str) -> str:
    try:
        words = ["openssl", "passwd", "-6", "-stdin"]
        return subprocess.run(words, input=password, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError) as error:
        raise MachinesError(f"A password cannot be hashed: {error}. Install openssl.") from None
