# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Reading things of one kind for several flows at a time, in as few calls as it takes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .._clock import Deadline
from .flow import Found, Look, Read, Record

Moment = tuple[float, float]
"""By the monotonic clock and by `boottime`."""


class Reader(NamedTuple):
    """How things of one kind are read.

    Attributes:
        batch: how many one call can name.
        read: reads those of the things that exist.
    """

    batch: int
    read: Callable[[Sequence[str], Deadline | None], Found]


class Reading:
    """What several flows want to know of things of one kind.

    Args:
        wanted: what each flow wants, with the flow's name.
    """

    def __init__(self, wanted: list[tuple[str, Read]]) -> None:
        self._wanted = wanted
        self._asked_at: dict[str, Moment] = {}
        self._found: dict[str, Record] = {}
        self._failed: dict[str, BaseException] = {}

    def batches(self, size: int) -> Iterator[tuple[list[str], float]]:
        """The distinct ids, so many at a time, each with the latest moment until which one of them may be tried."""
        until: dict[str, float] = {}
        for _name, command in self._wanted:
            for one in command.ids:
                until[one] = max(command.until, until.get(one, command.until))
        ids = list(until)
        for start in range(0, len(ids), size):
            part = ids[start : start + size]
            yield part, max(until[one] for one in part)

    def end_batch(self, ids: Sequence[str], asked_at: Moment, answer: Mapping[str, Record] | BaseException) -> None:
        """Note what was found of a batch, or why it failed."""
        self._asked_at.update(dict.fromkeys(ids, asked_at))
        if isinstance(answer, BaseException):
            self._failed.update(dict.fromkeys(ids, answer))
        else:
            self._found.update(answer)

    def answers(self) -> list[tuple[str, Look[Any] | BaseException]]:
        """The answers to the flows for which everything was read by now, and the error to those whose batch failed;
        each is given once."""
        wanted, self._wanted = self._wanted, []
        answers: list[tuple[str, Look[Any] | BaseException]] = []
        for name, command in wanted:
            if not self._asked_at.keys() >= set(command.ids):
                self._wanted.append((name, command))
            else:
                answers.append((name, self._answer(command)))
        return answers

    def _answer(self, command: Read) -> Look[Any] | BaseException:
        errors = [self._failed[one] for one in command.ids if one in self._failed]
        found = {one: self._found[one] for one in command.ids if one in self._found}
        return errors[0] if errors else Look(found, *min(self._asked_at[one] for one in command.ids))
