# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the programs of OpenSSH are called, and what their output says."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._errors import TencentCloudError
from tests.unit.support.host_keys import NEW, OTHER, SSH


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
    lines = ["# c", *SSH.hashed([f"a,b {NEW}"]), f"a {OTHER}"]
    assert len(lines) == 4
    assert not any(line.startswith("a,b") for line in lines)
    assert SSH.numbers_of("a", lines) | SSH.numbers_of("b", lines) == {2, 3, 4}
    assert SSH.numbers_of("c", lines) == set()


def test_an_answer(programs: Path) -> None:
    script = f"echo \"# h:2222 SSH-2.0-x\"; echo '[h]:2222 {OTHER}'; echo '[h]:2222 {NEW}'; echo 'h {NEW}'; echo oops"
    program(programs, "ssh-keyscan", f'echo "$*" > {programs}/arguments; {script}')
    assert SSH.scan("h", 2222, 300.0) == tuple(sorted([NEW, OTHER]))
    assert (programs / "arguments").read_text(encoding="utf-8") == "-T 5 -p 2222 -- h\n"


def test_nothing_answers() -> None:
    assert SSH.scan("127.0.0.1", 1, 0.0) == ()


def test_a_missing_program_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TencentCloudError, match="There is no ssh-keyscan on this machine"):
        SSH.scan("127.0.0.1", 1, 0.5)
