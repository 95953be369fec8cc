# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The interface for tests: a fleet of machines for the time of a ``with`` block."""

from __future__ import annotations

import json
import os
import random
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from . import tools
from .control import ask
from .description import FILE, Description
from .errors import MachinesError

FIRST_HOST = 11
STOP_SECONDS = 10.0
NAMESPACES = ("--mount", "--pid", "--fork", "--kill-child", "--mount-proc")


class Machine:
    """A look at one machine, without ssh."""

    def __init__(self, folder: Path, instance_id: str, address: str) -> None:
        self.instance_id = instance_id
        self.address = address
        self._folder = folder

    @property
    def port(self) -> int:
        """Where sshd of the present system listens."""
        return int(self._ask("show")["port"])

    @property
    def boot_id(self) -> str:
        """Another one after every boot."""
        return self.run("cat /proc/sys/kernel/random/boot_id").strip()

    @property
    def machine_id(self) -> str:
        """Another one after every installation."""
        return self.run("cat /etc/machine-id").strip()

    @property
    def host_keys(self) -> list[str]:
        """The public host keys on the disk, each as ``type base64``; empty before cloud-init has made them."""
        lines = self.run("cat /etc/ssh/ssh_host_*_key.pub 2>/dev/null || true").splitlines()
        return [" ".join(line.split()[:2]) for line in lines]

    @property
    def known_hosts(self) -> str:
        """The lines that a known_hosts file needs to trust the machine as it is now."""
        port = self.port
        name = self.address if port == 22 else f"[{self.address}]:{port}"
        return "".join(f"{name} {key}\n" for key in self.host_keys)

    def run(self, command: str) -> str:
        """The output of a shell command that root runs on the machine; raises MachinesError if it fails."""
        done = self._ask("run", command=command)
        if done["code"]:
            raise MachinesError(f"{command} on {self.instance_id} ended with {done['code']}: {done['err']}")
        return str(done["out"])

    def behave(self, event: str = "reset", **values: Any) -> None:
        """Have each further ``reset`` or ``restore`` go as the names of `Behaviour` say, whatever the image says."""
        self._ask("behave", event=event, values=values)

    def reboot(self) -> None:
        """Stop the system, with everything that runs on it, and start it again."""
        self._ask("boot")

    def _ask(self, do: str, **request: Any) -> dict[str, Any]:
        return ask(self._folder, {"do": do, "id": self.instance_id, **request})


class Fleet(Mapping[str, Machine]):
    """Running machines by their instance ids.

    Attributes:
        private_key: the file with the controller's key, which all machines know in their first system.
        public_key: its public half.
        command: the words for the simulator's ``--on-reset``.
    """

    def __init__(self, folder: Path, description: Description) -> None:
        self._machines = {
            name: Machine(folder, name, described.address) for name, described in description.machines.items()
        }
        self.folder = folder
        self.private_key = folder / "controller_key"
        self.public_key = description.public_key
        words = ["env", f"PYTHONPATH={tools.ROOT}", sys.executable, "-m", f"{__package__}.rebuild", str(folder)]
        self.command = shlex.join(words)
        self._tools = description.tools

    def __getitem__(self, instance_id: str) -> Machine:
        return self._machines[instance_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._machines)

    def __len__(self) -> int:
        return len(self._machines)

    @property
    def path(self) -> str:
        """PATH with `ssh` and `sshpass`, wherever they are."""
        return os.pathsep.join([tools.SEARCH, *([f"{self._tools}/usr/bin"] if self._tools else [])])


@contextmanager
def machines(folder: Path, description: Mapping[str, Any]) -> Iterator[Fleet]:
    """Machines in their first system; with the block, all their processes and mounts are gone.

    Args:
        folder: an empty one, for what belongs to the fleet.
        description: ``machines`` by instance id and ``images`` by image id; see `description.py` and `images.py`.

    Raises:
        MachinesError: this computer cannot have machines, or the description is wrong.
    """
    folder = folder.resolve()
    complete = _completed(folder, description)
    (folder / FILE).write_text(json.dumps(complete), encoding="utf-8")
    words = ["unshare", *NAMESPACES, sys.executable, "-m", f"{__package__}.supervisor", str(folder)]
    with (folder / "fleet.log").open("wb") as log:
        supervisor = subprocess.Popen(
            words,
            cwd=tools.ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            # A Ctrl-C is for the test alone, which then ends the block.
            start_new_session=True,
        )
    try:
        _started(supervisor, folder)
        yield Fleet(folder, Description.of(complete))
    finally:
        _end(supervisor)


def _completed(folder: Path, description: Mapping[str, Any]) -> dict[str, Any]:
    places = Description.of(description).machines
    network = _free_network(len(places))
    addresses = {name: f"{network}.{FIRST_HOST + number}" for number, name in enumerate(places)}
    entries = {name: {"address": addresses[name], **entry} for name, entry in description["machines"].items()}
    return {
        "images": description["images"],
        "machines": entries,
        "public_key": _controller_key(folder / "controller_key"),
        "tools": str(tools.unpacked() or ""),
    }


def _controller_key(path: Path) -> str:
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "controller", "-f", str(path)]
    subprocess.run(words, check=True)
    return path.with_suffix(".pub").read_text(encoding="ascii").strip()


def _free_network(size: int) -> str:
    """Other tests may run on this computer at the same time: each fleet takes a network of its own in 127.0.0.0/8."""
    while True:
        network = f"127.{random.randint(64, 254)}.{random.randint(0, 255)}"
        if all(_is_free(f"{network}.{FIRST_HOST + number}") for number in range(size)):
            return network


def _is_free(address: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((address, 22)) != 0


def _started(supervisor: subprocess.Popen[bytes], folder: Path) -> None:
    line = supervisor.stdout.readline() if supervisor.stdout else b""
    problem = json.loads(line).get("error") if line else "The supervisor did not start."
    if problem:
        log = (folder / "fleet.log").read_text(encoding="utf-8", errors="replace").strip()
        raise MachinesError(f"{problem}\n{log}".strip())


def _end(supervisor: subprocess.Popen[bytes]) -> None:
    for stream in (supervisor.stdin, supervisor.stdout):
        if stream:
            stream.close()
    try:
        supervisor.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        supervisor.kill()
        supervisor.wait()
