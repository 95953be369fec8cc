# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a document tells to type works: its files are written, its commands run in order, and print what it shows."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documents import ROOT, SIMULATOR, USERS, Block, commands, names_of, read
from tests.simulator import Running

from .harness import SECRET_ID, SECRET_KEY, TIMEOUT_SECONDS, Ansible, started
from .processes import wait_until

WARNINGS = ("[WARNING]", "[DEPRECATION WARNING]")
COMMANDS, OUTPUT = ("sh", "console"), ("text", "diff")
SAME_CODE = ("README.zh-CN.md",)
"""Has the same code as another one, which `tests/unit/test_readmes.py` proves."""
DOCUMENTS = [
    name
    for name in names_of(USERS)
    if name not in SAME_CODE and any(block.language in COMMANDS for block in read(name).blocks)
]
LEFT_OUT = "..."
"""What stands for any text within a line, and alone in a line for any lines."""
DIFFERENT = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "UUID"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\dZ?"), "TIME"),
    (re.compile(r"\b\d+(\.\d+)?(?= ?(s|seconds)\b)"), "N"),
    (re.compile(r"\*{3,}"), "***"),
    (re.compile(r"\s+"), " "),
)
"""What differs from run to run, and what stands for it."""


class Shell:
    """A person at a shell: one folder, one home, and variables that stay from one command to the next."""

    def __init__(self, ansible: Ansible) -> None:
        self.url = ansible.simulator.url
        self.folder = ansible.folder / "work"
        self.home = ansible.folder / "home"
        self.variables = ansible.folder / "variables"
        for folder in (self.folder, self.home):
            folder.mkdir()
        self.environment = {
            **os.environ,
            **started(),
            **ansible.environment,
            "HOME": str(self.home),
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "TENCENTCLOUD_SECRET_ID": SECRET_ID,
            "TENCENTCLOUD_SECRET_KEY": SECRET_KEY,
        }
        # A document says what region it means.
        self.environment.pop("TENCENTCLOUD_REGION")

    def save(self, name: str, text: str) -> None:
        """Write a file."""
        target = (self.home / name[2:] if name.startswith("~/") else self.folder / name).resolve()
        assert target.is_relative_to(self.folder.parent)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace(SIMULATOR, self.url), encoding="utf-8")

    def run(self, command: str) -> tuple[int, str]:
        """The exit code of a command, and all that it printed."""
        self.variables.unlink(missing_ok=True)
        script = f"{command.replace(SIMULATOR, self.url)}\nenv --null > '{self.variables}'"
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=TIMEOUT_SECONDS,
        )
        if self.variables.exists():
            pairs = (pair.split("=", 1) for pair in self.variables.read_text(encoding="utf-8").split("\0") if pair)
            self.environment = dict(pairs)
        return done.returncode, done.stdout.replace(self.url, SIMULATOR)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_does_what_it_says(leaping: Ansible, name: str) -> None:
    shell, printed = Shell(leaping), ""
    for block in (block for block in read(name).blocks if "parsed-only" not in block.marks):
        if "file" in block.marks:
            shell.save(block.marks["file"], block.text)
        elif block.language in COMMANDS:
            printed = "".join(typed(shell, block, command, shown) for command, shown in commands(block))
        elif block.language in OUTPUT:
            assert_shown(block, block.text, printed)


def typed(shell: Shell, block: Block, command: str, shown: str) -> str:
    code, printed = shell.run(command)
    seen = f"{block}: {command}\n{printed}"
    assert (code != 0) == ("fails" in block.marks), seen
    assert any(word in printed for word in WARNINGS) == ("warns" in block.marks), seen
    assert_shown(block, shown, printed)
    return printed


def assert_shown(block: Block, shown: str, printed: str) -> None:
    """Each line that a document shows was printed, in this order."""
    lines = iter(map(alike, printed.splitlines()))
    for line in map(alike, shown.splitlines()):
        pattern = ".*".join(map(re.escape, line.split(LEFT_OUT)))
        found = line in ("", LEFT_OUT) or any(re.fullmatch(pattern, one) for one in lines)
        assert found, f"{block}: {line!r} does not come in its turn in\n{printed}"


def alike(line: str) -> str:
    """A line without what differs from run to run."""
    for pattern, word in DIFFERENT:
        line = pattern.sub(word, line)
    return line.strip()


STARTING = [block for name in names_of(USERS) for block in read(name).blocks if "-m tests.simulator" in block.text]


@pytest.mark.parametrize("block", STARTING, ids=str)
def test_the_simulator_starts_as_a_document_says(block: Block, tmp_path: Path) -> None:
    for file in (one for one in read(block.document).blocks if "file" in one.marks):
        if "extends" in file.text:
            (tmp_path / file.marks["file"]).write_text(file.text, encoding="utf-8")
    (line,) = (line for line in block.text.splitlines() if "-m tests.simulator" in line)
    command = line[line.index("-m tests.simulator") :].removesuffix("&")
    port = tmp_path / "port"
    words = shlex.split(command.replace("--port 8099", f"--port 0 --port-file {port}"))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, *words], cwd=tmp_path, env=environment)
    try:
        wait_until(lambda: port.exists() or process.poll() is not None)
        assert Running(None, int(port.read_text(encoding="ascii"))).state()["accepted"] == {}
    finally:
        process.terminate()
        process.wait()


def test_there_are_documents_with_commands() -> None:
    assert DOCUMENTS
    assert STARTING
