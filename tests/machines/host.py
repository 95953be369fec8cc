# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One machine, as the supervisor has it: the disk in it and the processes that run on it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from .disk import Disk
from .errors import MachinesError
from .images import Behaviour
from .tools import SEARCH

HERE = Path(__file__).resolve().parent
START_SECONDS = 10.0
PAUSE_SECONDS = 0.005
# Made by `boot`. A command that came sooner would run on this computer.
BOOTED = "run/machine"
NAMESPACES = ("--mount", "--uts", "--pid", "--fork", "--kill-child")


class Host:
    """A machine with an address; it runs the system on its disk, or nothing."""

    def __init__(self, folder: Path, address: str, layers: str) -> None:
        self.address = address
        self._root = folder / "root"
        self._root.mkdir(parents=True)
        self._layers = layers
        self._process: subprocess.Popen[bytes] | None = None
        self._first = 0

    def start(self, disk: Disk, name: str, behaviour: Behaviour) -> None:
        """Boot a disk; returns when sshd listens, unless the behaviour says that this takes time or never happens."""
        boot_id = disk.upper.parent / "boot_id"
        boot_id.write_text(f"{uuid.uuid4()}\n", encoding="ascii")
        variables = {
            "LAYERS": self._layers,
            "DISK": str(disk.upper.parent),
            "ROOT": str(self._root),
            "NAME": name,
            "BOOT_SECONDS": "" if behaviour.never_comes_back else str(behaviour.boot_seconds),
            "BAKED_SECONDS": str(behaviour.baked_host_key_seconds),
            "SSHD": shutil.which("sshd", path=SEARCH) or "/usr/sbin/sshd",
            "INIT": "/init",
        }
        words = ["unshare", *NAMESPACES, "sh", str(HERE / "boot")]
        process = subprocess.Popen(words, env={**os.environ, **variables}, stdin=subprocess.DEVNULL)
        self._first = self._await_boot(process)
        self._process = process
        if not behaviour.never_comes_back and not behaviour.boot_seconds:
            self._await_sshd(process, disk.image.port)

    def stop(self) -> None:
        """End everything that runs on the machine, open sessions too."""
        if self._process:
            # When the first process of a pid namespace is gone, the kernel has ended all others.
            with suppress(ProcessLookupError):
                os.kill(self._first, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def run(self, command: str) -> dict[str, Any]:
        """Run a shell command as root on the machine, without ssh."""
        if not self._process or self._process.poll() is not None:
            raise MachinesError(f"The machine at {self.address} is not running.")
        words = ["nsenter", "--target", str(self._first), "--mount", "--uts", "--pid", "--root", "--wd=/"]
        done = subprocess.run([*words, "sh", "-c", command], capture_output=True, stdin=subprocess.DEVNULL, check=False)
        out, err = (text.decode("utf-8", "replace") for text in (done.stdout, done.stderr))
        return {"code": done.returncode, "out": out, "err": err}

    def _await_boot(self, process: subprocess.Popen[bytes]) -> int:
        """The first process of the machine, once the machine's own file system is its root."""
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        for _moment in _moments(START_SECONDS):
            if process.poll() is not None:
                break
            for first in children.read_text(encoding="ascii").split():
                if Path("/proc", str(first), "root", BOOTED).exists():
                    return int(first)
        process.kill()
        process.wait()
        raise MachinesError(f"The machine at {self.address} did not start; fleet.log may say why.")

    def _await_sshd(self, process: subprocess.Popen[bytes], port: int) -> None:
        for _moment in _moments(START_SECONDS):
            with socket.socket() as probe:
                if probe.connect_ex((self.address, port)) == 0:
                    return
            if process.poll() is not None:
                break
        raise MachinesError(f"sshd does not listen on {self.address} port {port}; fleet.log may say why.")


def _moments(seconds: float) -> Iterator[float]:
    deadline = time.monotonic() + seconds
    while (now := time.monotonic()) < deadline:
        yield now
        time.sleep(PAUSE_SECONDS)
