# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Time: one clock to inject, one deadline, and the delays between two tries."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field


class _Furthest:
    """The substitute on a system without such a clock: from look to look, the monotonic clock or the time of day,
    whichever advanced further."""

    def __init__(self) -> None:
        self._looked_at = (time.monotonic(), time.time())
        self._passed = 0.0

    def __call__(self) -> float:
        now = (time.monotonic(), time.time())
        self._passed += max(new - old for new, old in zip(now, self._looked_at))
        self._looked_at = now
        return self._passed


def _boottime() -> Callable[[], float]:
    """A clock that counts the time for which the machine was suspended."""
    try:
        time.clock_gettime(time.CLOCK_BOOTTIME)
    except (AttributeError, OSError):
        return _Furthest()
    return lambda: time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclass(frozen=True)
class Clock:
    """Everything this collection needs of time and chance; tests bring their own.

    Attributes:
        monotonic: seconds that never run backwards; every wait is measured with it. It may stand still while the
            machine is suspended.
        wall: seconds since the epoch; only signatures and expiry times use it.
        sleep: waits for that many seconds.
        chance: a number from 0 up to 1, for jitter.
        boottime: like `monotonic`, but it counts suspension too: the age of what must be fresh is measured with it.
        check: raises when nothing is to be waited for any more; `sleep` does so as well.
    """

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    boottime: Callable[[], float] = field(default_factory=_boottime)
    check: Callable[[], None] = lambda: None


class Deadline:
    """A moment on the monotonic clock, `seconds` from now."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._end = clock.monotonic() + seconds

    @property
    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._end - self._clock.monotonic())

    @property
    def expired(self) -> bool:
        """Whether the moment has come."""
        return self.remaining <= 0.0


class Delays:
    """Growing, jittered, capped delays.

    The n-th is `first * 2 ** n` seconds, at most `cap`, of which up to a half is taken off by chance, so that many
    tasks do not come back at the same moment.
    """

    def __init__(self, *, first: float, cap: float, chance: Callable[[], float]) -> None:
        self._next = first
        self._cap = cap
        self._chance = chance

    def next(self) -> float:
        """The next delay, in seconds."""
        delay = min(self._next, self._cap)
        self._next = min(self._next * 2.0, self._cap)
        return delay * (1.0 - 0.5 * self._chance())


class Backoff:
    """Sleeps such delays, up to a deadline.

    Args:
        first: the first delay, and `cap` the longest, in seconds.
    """

    def __init__(self, clock: Clock, *, first: float, cap: float, deadline: Deadline | None = None) -> None:
        self._clock = clock
        self._delays = Delays(first=first, cap=cap, chance=clock.chance)
        self._deadline = deadline

    def pause(self) -> bool:
        """Sleep once. Returns false, without sleeping, when the deadline has passed."""
        if self._deadline is not None and self._deadline.expired:
            return False
        delay = self._delays.next()
        if self._deadline is not None:
            delay = min(delay, self._deadline.remaining)
        self._clock.sleep(delay)
        return True
