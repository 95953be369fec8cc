# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Looking again and again, until a moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from .._errors import TencentCloudError
from .flow import Call, Flow, Look, Read, Record, look_at, sleep

T = TypeVar("T")


FIRST_PAUSES = (1.0, 1.0, 3.0)
"""Seconds between the first looks, if the interval is longer: what ends soon is reported soon."""


class TimedOut(Exception):
    """The last look was taken, and time is up."""


class Poll:
    """Looks at something at once, again soon, and then at the ticks of an interval that all flows share, so that what
    they look at is read together. The last look is at the end itself.

    Args:
        now: the time (monotonic seconds).
        interval: seconds between two looks; a pause is between half and one and a half times that, and shorter at
            first.
        until: the moment of the last look.
        at_once: whether the first look is due at once.
        first: seconds of the first pauses, if the interval is longer.

    Attributes:
        last_error: why a look failed, if one did: a failed look does not end the wait.
    """

    def __init__(
        self,
        now: Callable[[], float],
        interval: float,
        until: float,
        *,
        at_once: bool = True,
        first: Sequence[float] = FIRST_PAUSES,
    ) -> None:
        self._now = now
        self._interval = interval
        self.until = until
        self._begun = not at_once
        self._pauses = iter(first)
        self.last_error: TencentCloudError | None = None

    def pause(self) -> Flow[None]:
        """Wait until the next look is due. Raises TimedOut after the last one."""
        if self._begun:
            if self._now() >= self.until:
                raise TimedOut
            pause = min(self._interval, next(self._pauses, self._interval))
            yield from sleep(min(self.until, next_tick(self._now() + pause / 2, pause)))
        self._begun = True

    def ask(self, command: Read | Call[T]) -> Flow[Look[Any] | None]:
        """What a command finds; None if it failed."""
        try:
            return (yield from look_at(command))
        except TencentCloudError as error:
            self.last_error = error
            return None

    def look(self, kind: str, thing: str) -> Flow[Look[Record | None] | None]:
        """The next look at one thing; what is found is None if there is none with this id. None if the look failed.
        Raises TimedOut after the last one."""
        yield from self.pause()
        look = yield from self.ask(Read(kind, (thing,), self.until))
        return look and Look(look.found.get(thing), look.asked_at)

    @property
    def failure(self) -> str:
        """The last error in words, with a leading space; empty if no look failed."""
        return f" A read failed: {self.last_error}" if self.last_error else ""


def next_tick(now: float, interval: float) -> float:
    """The first multiple of the interval after a moment."""
    return (now // interval + 1) * interval
