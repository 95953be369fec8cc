# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For tests on machines: a controller that trusts nobody new, and events as the simulator sends them."""

from __future__ import annotations

import base64
import json
import os
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.machines import Fleet, Machine
from tests.machines.availability import problem

TIMEOUT_SECONDS = 30
# The checks set a folder of the controller's, which a machine's users may not write to.
REMOTE_TMP = "~/.ansible/tmp"


def require_machines() -> None:
    """Skip on a computer that can have no machines; fail in a CI, where nobody would notice."""
    reason = problem()
    if reason and os.environ.get("CI") == "true":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


class Controller:
    """Logs in by ssh with strict host key checking, and with what it has been told to trust alone."""

    def __init__(self, fleet: Fleet, folder: Path) -> None:
        self._fleet = fleet
        self.known_hosts = folder / "known_hosts"
        self.known_hosts.touch()

    def trust(self, machine: Machine) -> None:
        """Forget everything else, and trust the machine with the keys that it has now."""
        self.known_hosts.write_text(machine.known_hosts, encoding="ascii")

    def ssh(
        self, machine: Machine, user: str, command: str = "true", password: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a command on a machine, by the controller's key unless a password is given; 255 is ssh's own failure."""
        way = ["PreferredAuthentications=password"] if password else ["BatchMode=yes", "IdentitiesOnly=yes"]
        options = ["StrictHostKeyChecking=yes", f"UserKnownHostsFile={self.known_hosts}", "ConnectTimeout=5", *way]
        words = ["ssh", "-F", "/dev/null", "-i", str(self._fleet.private_key), "-p", str(machine.port)]
        words += [word for option in options for word in ("-o", option)]
        words += [f"{user}@{machine.address}", command]
        return subprocess.run(
            ["sshpass", "-e", *words] if password else words,
            env={**os.environ, "PATH": self._fleet.path, "SSHPASS": password},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_SECONDS,
        )


def rebuild(fleet: Fleet, instance_id: str, **changes: Any) -> subprocess.CompletedProcess[str]:
    """Call the command as the simulator does; the controller's key logs in unless the changes say otherwise."""
    event = {"event": "reset", "content": "disk-new/1", "image_id": "img-ubuntu", "host_name": "", **changes}
    secrets = {
        "password": event.pop("password", ""),
        "public_keys": event.pop("public_keys", [fleet.public_key]),
        "user_data": base64.b64encode(event.pop("user_data", "").encode()).decode(),
        "key_ids": [],
    }
    event = {"instance_id": instance_id, "login_user": "ubuntu", "keep_login": "0", **event}
    return subprocess.run(
        shlex.split(fleet.command),
        env={**os.environ, **{f"SIM_{name.upper()}": value for name, value in event.items()}},
        input=json.dumps(secrets),
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_SECONDS,
    )
