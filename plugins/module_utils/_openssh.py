# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The programs of OpenSSH that this collection runs: ssh-keygen and ssh-keyscan."""

from __future__ import annotations

import math
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ansible_collections.tencent.cloud.plugins.module_utils._errors import TencentCloudError
from ansible_collections.tencent.cloud.plugins.module_utils._host_key import key_of

_FOUND = re.compile(r"^# Host .* found: line (\d+)", re.MULTILINE)
_PATIENCE_SECONDS = 30.0
_CONNECT_SECONDS = 5.0


def numbers_of(name: str, lines: Sequence[str]) -> set[int]:
    """The numbers, from 1, of the lines in which ssh-keygen finds a name, hashed or not."""
    with tempfile.TemporaryDirectory() as folder:
        file = _written(folder, lines)
        # It ends with 1 both when it finds nothing and for a file with a line that it does not understand.
        return {int(number) for number in _FOUND.findall(_output("ssh-keygen", "-F", name, "-f", str(file)))}


def hashed(lines: Sequence[str]) -> list[str]:
    """The lines with their names hashed, one line a name."""
    with tempfile.TemporaryDirectory() as folder:
        file = _written(folder, lines)
        _output("ssh-keygen", "-H", "-f", str(file))
        return file.read_text(encoding="utf-8", errors="surrogateescape").splitlines()


def scan(host: str, port: int, seconds: float) -> tuple[str, ...]:
    """The host keys that a server answers with now, in order; none when nothing answers.

    Args:
        seconds: how long to wait for it, at least one.
    """
    patience = max(1.0, min(seconds, _CONNECT_SECONDS))
    wait = str(math.ceil(patience))
    # Each type of key is a connection of its own, all at a time; a resolver can take longer than a connection.
    output = _output("ssh-keyscan", "-T", wait, "-p", str(port), "--", host, seconds=2 * patience)
    lines = [line.partition(" ")[2] for line in output.splitlines() if not line.startswith("#")]
    return tuple(sorted({key for key in map(key_of, lines) if key}))


def _written(folder: str, lines: Sequence[str]) -> Path:
    file = Path(folder, "known_hosts")
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", errors="surrogateescape")
    return file


def _output(program: str, *arguments: str, seconds: float = _PATIENCE_SECONDS) -> str:
    """What a program prints, whatever it ends with; nothing when it takes longer."""
    path = shutil.which(program)
    if path is None:
        raise TencentCloudError(
            f"There is no {program} on this machine. Install the client programs of OpenSSH.", code="NoProgram"
        )
    try:
        ended = subprocess.run(
            [path, *arguments],
            env={**os.environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        return ""
    return ended.stdout
