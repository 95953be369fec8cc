# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a command costs: time, processor time of it and of all that it waits for, and memory."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable
MODULES = "ansible_collections.tencent.cloud.plugins.modules"


class Command(NamedTuple):
    """What is run.

    Attributes:
        stdin: the file that it reads; none for nothing.
    """

    words: tuple[str, ...]
    environment: Mapping[str, str]
    stdin: Path = Path(os.devnull)


class Cost(NamedTuple):
    """What one run took, or what is usual for several.

    Attributes:
        wall: seconds from its start to its end.
        cpu: seconds of processor time, of it and of the processes that it waited for.
        peak: MiB of memory of the largest of those processes.
    """

    wall: float
    cpu: float
    peak: float


def run(command: Command) -> tuple[Cost, str]:
    """Run it once; what it took, and what it printed. Raises CalledProcessError when it fails."""
    with tempfile.TemporaryFile("w+") as output, command.stdin.open() as given:
        began = time.perf_counter()
        process = subprocess.Popen(
            command.words, env=dict(command.environment), stdin=given, stdout=output, stderr=subprocess.STDOUT
        )
        _pid, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        printed = output.read()
    if process.returncode:
        print(printed)
        raise subprocess.CalledProcessError(process.returncode, command.words, printed)
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024), printed


def compared(commands: Mapping[str, Command], rounds: int) -> dict[str, Cost]:
    """The median cost of each. They take turns, so that whatever else this machine does meets all of them alike; the
    first round, which warms what all have in common, does not count."""
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _round in range(rounds + 1):
        for name, command in commands.items():
            costs[name].append(run(command)[0])
    return {name: usual(found[1:]) for name, found in costs.items()}


def usual(costs: list[Cost]) -> Cost:
    """The median of each."""
    return Cost(*(statistics.median(values) for values in zip(*costs, strict=True)))


class Bench:
    """A folder with a copy of the collection, where Python and Ansible find it, and an environment with nothing else:
    no proxy, no certificates and no configuration of this machine's user."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "PATH": os.pathsep.join([str(Path(PYTHON).parent), "/usr/bin", "/bin"]),
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(folder),
            "ANSIBLE_COLLECTIONS_PATH": str(folder),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "TENCENTCLOUD_SECRET_ID": "AKIDsimulator",
            "TENCENTCLOUD_SECRET_KEY": "simulator-secret-key",
            "TENCENTCLOUD_REGION": "ap-guangzhou",
        }
        home = folder / "ansible_collections" / "tencent" / "cloud"
        for part in ("plugins", "meta", "roles"):
            shutil.copytree(ROOT / part, home / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "galaxy.yml", home)
        # As an installed library has it; Ansible itself carries modules to their host without.
        subprocess.run([PYTHON, "-m", "compileall", "-q", str(home)], check=True)

    def write(self, name: str, text: str) -> Path:
        """A file in the folder."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def command(self, *words: str, stdin: Path = Path(os.devnull), **environment: str) -> Command:
        """A command in this environment."""
        return Command(words, {**self.environment, **environment}, stdin)

    def playbook(self, path: Path, *words: str) -> Command:
        """A run of `ansible-playbook`."""
        return self.command(str(Path(PYTHON).with_name("ansible-playbook")), *words, str(path))
