# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The programs of OpenSSH that this collection runs: ssh-keygen and ssh-keyscan."""

from __future__ import annotations

import math
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from .._errors import TencentCloudError
from .host_key import key_of

_FOUND = re.compile(r"^# Host .* found: line (\d+)", re.MULTILINE)
_CONNECT_SECONDS = 5.0

Command = Callable[[list[str]], str]
"""Runs a program, given by its path and arguments, and returns what it prints, whatever its exit code."""


class OpenSsh:
    """The programs, run by a command that is injected."""

    def __init__(self, command: Command) -> None:
        self._command = command

    def numbers_of(self, name: str, lines: Sequence[str]) -> set[int]:
        """The numbers, from 1, of the lines in which ssh-keygen finds a name, hashed or not."""
        with tempfile.TemporaryDirectory() as folder:
            file = _written(folder, lines)
            # It ends with 1 both when it finds nothing and for a file with a line that it does not understand.
            return {int(number) for number in _FOUND.findall(self._output("ssh-keygen", "-F", name, "-f", str(file)))}

    def hashed(self, lines: Sequence[str]) -> list[str]:
        """The lines with their names hashed, one line a name."""
        with tempfile.TemporaryDirectory() as folder:
            file = _written(folder, lines)
            self._output("ssh-keygen", "-H", "-f", str(file))
            return file.read_text(encoding="utf-8", errors="surrogateescape").splitlines()

    def scan(self, host: str, port: int, seconds: float) -> tuple[str, ...]:
        """The host keys that a server answers with now, in order; None if nothing answers.

        Args:
            seconds: how long to wait for it, at least one. A resolver can take longer.
        """
        wait = str(math.ceil(max(1.0, min(seconds, _CONNECT_SECONDS))))
        output = self._output("ssh-keyscan", "-T", wait, "-p", str(port), "--", host)
        lines = [line.partition(" ")[2] for line in output.splitlines() if not line.startswith("#")]
        return tuple(sorted({key for key in map(key_of, lines) if key}))

    def _output(self, program: str, *arguments: str) -> str:
        path = shutil.which(program)
        if path is None:
            raise TencentCloudError(
                f"There is no {program} on this machine. Install the client programs of OpenSSH.", code="NoProgram"
            )
        return self._command([path, *arguments])


def _written(folder: str, lines: Sequence[str]) -> Path:
    file = Path(folder, "known_hosts")
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", errors="surrogateescape")
    return file
