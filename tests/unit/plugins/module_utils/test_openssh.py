# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the programs of OpenSSH are called, and what their output says."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils import _openssh
from ansible_collections.tencent.cloud.plugins.module_utils._openssh import hashed, numbers_of, scan

from .host_keys import NEW, OTHER


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose programs come first."""
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return tmp_path


def program(folder: Path, name: str, script: str) -> None:
    """Put a shell script in place of a program."""
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)


def test_hashed_lines_are_found_again() -> None:
    lines = ["# c", *hashed([f"a,b {NEW}"]), f"a {OTHER}"]
    assert len(lines) == 4
    assert not any(line.startswith("a,b") for line in lines)
    assert numbers_of("a", lines) | numbers_of("b", lines) == {2, 3, 4}
    assert numbers_of("c", lines) == set()


def test_an_answer(programs: Path) -> None:
    script = f"echo \"# h:2222 SSH-2.0-x\"; echo '[h]:2222 {OTHER}'; echo '[h]:2222 {NEW}'; echo 'h {NEW}'; echo oops"
    program(programs, "ssh-keyscan", f'echo "$*" > {programs}/arguments; {script}')
    assert scan("h", 2222, 300.0) == tuple(sorted([NEW, OTHER]))
    assert (programs / "arguments").read_text(encoding="utf-8") == "-T 5 -p 2222 -- h\n"


def test_nothing_answers() -> None:
    assert scan("127.0.0.1", 1, 0.0) == ()


def test_a_scan_that_hangs_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*arguments: object, timeout: float, **options: object) -> None:
        assert timeout == 2.0
        raise subprocess.TimeoutExpired("ssh-keyscan", timeout)

    monkeypatch.setattr(_openssh.subprocess, "run", hang)
    assert scan("127.0.0.1", 1, 0.5) == ()
