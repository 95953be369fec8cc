# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Who may begin when many things are changed in one task. Pure."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

LATE = 0.1
"""Seconds by which a turn may come late and still count as given at its tick. Otherwise turns would drift away from the
ticks at which all others look, and what begins would be read separately."""


class Rollout(NamedTuple):
    """In what order and how fast things are changed.

    Attributes:
        sends_per_second: how many may begin in a second.
        concurrency: how many may be under way at a time, including those that other tasks began; None for no limit.
        canary: how many go first; the others begin once all of these have succeeded. 0 for none.
        max_failures: no more begin after more failures than this; None for no limit.
        skip_refused: whether the others are changed although the plan for one was refused.
    """

    sends_per_second: float = 10.0
    concurrency: int | None = None
    canary: int = 0
    max_failures: int | None = None
    skip_refused: bool = False


class Turns:
    """Gives the turns of one task.

    Nothing begins before all is planned. As many as may begin in a second begin at once, and after the first ones at
    the ticks of a second, so that what is read just before the sends is read together, and with what others wait for.

    Args:
        names: what may be changed, in order.
    """

    def __init__(self, rollout: Rollout, names: Sequence[str]) -> None:
        self._rollout = rollout
        self._order = {name: place for place, name in enumerate(names)}
        self._unplanned = set(names)
        self._waiting: list[str] = []
        self._under_way: set[str] = set()
        self._followed: set[str] = set()
        self._begun = 0
        self._refused = 0
        self._failed = 0
        self._canary_failed = False
        self._withdrawn: set[str] = set()
        self._free_at: deque[float] = deque()

    def ask(self, name: str) -> None:
        """It is planned and wants to begin, perhaps anew."""
        self._unplanned.discard(name)
        self._give_back(name)
        self._waiting.append(name)
        self._waiting.sort(key=self._order.__getitem__)

    def plan(self, name: str, *, under_way: bool = False) -> None:
        """It is planned, and wants to send nothing for now; perhaps because another task has begun it."""
        self._unplanned.discard(name)
        self._give_back(name)
        if under_way:
            self._followed.add(name)

    def _give_back(self, name: str) -> None:
        """It had a turn, but something else came first: it has not begun."""
        if name in self._under_way:
            self._under_way.remove(name)
            self._begun -= 1

    def end(self, name: str, *, ok: bool) -> None:
        """It has ended."""
        if name in self._unplanned and not ok:
            self._refused += 1
        elif not ok and name not in self._withdrawn:
            self._failed += 1
            self._canary_failed |= name in self._under_way and self._begun <= self._rollout.canary
        self._unplanned.discard(name)
        self._under_way.discard(name)
        self._followed.discard(name)

    def stopped(self) -> str | None:
        """Why no more may begin, a sentence; None as long as they may."""
        if self._unplanned:
            return None
        if self._refused and not self._rollout.skip_refused:
            return f"Another instance was refused ({self._refused} in all), and skip_refused is not set."
        limit = self._rollout.max_failures
        if limit is not None and self._failed > limit:
            return f"{self._failed} failed before it, and at most {limit} may fail."
        if self._canary_failed:
            return "A canary failed before it."
        return None

    def give(self, now: float) -> list[str]:
        """Those that may begin now (monotonic seconds)."""
        if self._unplanned or self.stopped():
            return []
        while self._free_at and self._free_at[0] <= now:
            self._free_at.popleft()
        room = min(self._per_window - len(self._free_at), self._room)
        given, self._waiting = self._waiting[:room], self._waiting[room:]
        self._free_at.extend(self._again_at(now) for _name in given)
        self._begun += len(given)
        self._under_way.update(given)
        return given

    def _again_at(self, now: float) -> float:
        """When another may begin in the place of one that begins now."""
        tick = math.floor(now)
        if now - tick <= LATE:
            return tick + self._window
        return now + self._window if self._begun else float(math.ceil(now + self._window))

    def withdraw(self) -> list[str]:
        """Those that wait for a turn that will not come."""
        waiting, self._waiting = self._waiting, []
        self._withdrawn.update(waiting)
        return waiting

    @property
    def next_at(self) -> float:
        """The moment (monotonic seconds) at which the next may begin; infinite if none waits, or if others have to end
        first."""
        if not self._waiting or self._unplanned or not self._room:
            return math.inf
        return self._free_at[0] if len(self._free_at) >= self._per_window else -math.inf

    @property
    def _per_window(self) -> int:
        return max(1, math.floor(self._rollout.sends_per_second))

    @property
    def _window(self) -> float:
        """The seconds that the pace is counted over: one, or more if less than one may begin in a second."""
        return max(1.0, 1.0 / self._rollout.sends_per_second)

    @property
    def _room(self) -> int:
        """How many more may be under way."""
        most = len(self._order) if self._rollout.concurrency is None else self._rollout.concurrency
        room = max(0, most - len(self._under_way) - len(self._followed))
        canaries = self._rollout.canary
        if self._begun < canaries:
            return min(room, canaries - self._begun)
        return 0 if self._under_way and self._begun == canaries else room
