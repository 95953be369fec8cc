# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What kind of thing an image or a snapshot is. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .._clock import Deadline
from .._engine.flow import Record
from .._problems import Problem


class Blocked(Exception):
    """What the task names cannot be used, or found, or told apart; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(frozen=True)
class ResourceKind:
    """Images or snapshots.

    Attributes:
        noun: `image` or `snapshot`: which reader reads it, and how the keys of results begin.
        ready: the states in which it can be used; the first is what a wait names.
        failed: the states that it never leaves for a better one.
        progress: the field with the percentage done.
        shown: the fields that a diff shows.
        named: lists those with the wanted name.
    """

    noun: str
    ready: tuple[str, ...]
    failed: tuple[str, ...]
    progress: str
    shown: tuple[str, ...]
    named: Callable[[Deadline | None], Sequence[Record]]

    def identity(self, record: Record) -> str:
        """The id."""
        return str(record[f"{self.noun}_id"])

    def state(self, record: Record) -> str:
        """The state."""
        return str(record.get(f"{self.noun}_state"))

    def in_diff(self, record: Record) -> dict[str, Any]:
        """What a diff shows of it: the same keys whether it exists or is planned."""
        return {name: record.get(name) for name in self.shown}

    def described(self, record: Record | None) -> str:
        """The state in words, with the percentage if there is one."""
        if record is None:
            return "not shown"
        percent = record.get(self.progress)
        return self.state(record) if percent is None else f"{self.state(record)} ({percent} %)"

    def only(self, found: Sequence[Record], fix: str) -> Record | None:
        """The one with the wanted name, None if there is none. Raises Blocked, with this fix, if there are several."""
        if len(found) > 1:
            ids = ", ".join(sorted(map(self.identity, found)))
            message = f"{len(found)} {self.noun}s have this name: {ids}."
            raise Blocked(Problem("Ambiguous", f"{self.noun}_name", message, fix))
        return found[0] if found else None
