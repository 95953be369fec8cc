# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Whether the process that started this one is still there: a run that was cancelled must not go on by itself.

Killing `ansible-playbook` leaves its worker, the shell and the module behind, and only the worker has lost its parent.
So the whole line is remembered, from this process up to the one that rules the task, and each link is looked at.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class StarterGone(BaseException):
    """Whoever started this process is gone. Not an `Exception`, so that nothing between here and the end catches it."""

    def __init__(self) -> None:
        super().__init__(
            "The process that started this module is gone, so it ended before its next call to the API, as if it had "
            "been killed. Calls already sent go on in the service."
        )


class _Process(NamedTuple):
    pid: int
    parent: int
    session: int
    words: tuple[str, ...]


class Lineage:
    """The line of processes from the parent of this one to its starter, as it was when this object was made.

    The starter is Ansible itself, or `async_wrapper`: the parent of the nearest Python process that runs with the same
    command line as its parent, since both fork without a new program. Elsewhere, as on the other side of an ssh
    connection, it is what began the session. Without a `/proc` only the parent is known.

    Args:
        proc: where the kernel tells of processes.
        pid: of this process.
        parent: the parent of this process, now.
    """

    def __init__(
        self, proc: Path = Path("/proc"), pid: int | None = None, parent: Callable[[], int] = os.getppid
    ) -> None:
        self._proc = proc
        self._parent = parent
        self._line: list[int] | None = self._line_of(self._processes(os.getpid() if pid is None else pid))

    def check(self) -> None:
        """Raises StarterGone once a process of the line has lost its parent."""
        if self._line is None or self._now(len(self._line)) != self._line:
            self._line = None
            raise StarterGone

    def _line_of(self, processes: list[_Process]) -> list[int] | None:
        """The ids from the parent up to the starter; None if that was gone before this process began."""
        if not processes or processes[0].parent != self._parent():
            return [self._parent()]
        starter = next((n for n, (one, above) in enumerate(zip(processes, processes[1:])) if _forked(one, above)), None)
        if starter is None:
            if processes[-1].parent <= 1 and any(_is_ansible(one.words) for one in processes):
                return None
            own = processes[0].session
            starter = sum(one.session == own for one in processes) - 1
        return [one.parent for one in processes[: starter + 1]]

    def _now(self, length: int) -> list[int]:
        line = [self._parent()]
        while len(line) < length:
            status = self._status(line[-1])
            if status is None:
                break
            line.append(status[0])
        return line

    def _processes(self, pid: int) -> list[_Process]:
        """This process and those above it, as far as they can be read."""
        found: list[_Process] = []
        while pid > 0:
            process = self._read(pid)
            if process is None:
                break
            found.append(process)
            pid = process.parent
        return found

    def _read(self, pid: int) -> _Process | None:
        status, words = self._status(pid), self._told(pid, "cmdline")
        if status is None or words is None:
            return None
        return _Process(pid, *status, tuple(words.rstrip("\0").split("\0")))

    def _status(self, pid: int) -> tuple[int, int] | None:
        """The parent and the session of a process; None if it is gone."""
        stat = self._told(pid, "stat")
        if stat is None:
            return None
        # The name in brackets may hold anything, brackets included.
        _state, parent, _group, session = stat.rpartition(")")[2].split()[:4]
        return int(parent), int(session)

    def _told(self, pid: int, file: str) -> str | None:
        """What the kernel tells of a process; None if that is gone."""
        try:
            with open(f"{self._proc}/{pid}/{file}", "rb") as told:
                return told.read().decode(errors="replace")
        except OSError:
            return None


def _forked(one: _Process, above: _Process) -> bool:
    """Whether a Python process was forked by the one above. Shells and sudo fork too, but are not starters."""
    return one.words == above.words and os.path.basename(one.words[0]).startswith(("python", "ansible"))


def _is_ansible(words: tuple[str, ...]) -> bool:
    """Whether a command is one of Ansible's, run by Python or by itself. A module that Python runs by name is not."""
    program = os.path.basename(words[0])
    scripts = words[1:4] if program.startswith("python") else ()
    names = [os.path.basename(word) for word in (program, *scripts)]
    return any(name == "ansible" or name.startswith("ansible-") for name in names)
