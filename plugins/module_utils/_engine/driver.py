# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Runs flows: the only place that waits for them."""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, Generic, NamedTuple, TypeVar

from .._clock import Clock, Deadline
from .flow import Call, Command, Flow, Found, Look, Read, Sleep

R = TypeVar("R")


class Reader(NamedTuple):
    """How things of one kind are read.

    Attributes:
        batch: how many one call can name.
        read: reads those of the things that exist.
    """

    batch: int
    read: Callable[[Sequence[str], Deadline | None], Found]


def run_one(flow: Flow[R], clock: Clock, readers: Mapping[str, Reader] | None = None) -> R:
    """Run a single flow and return what it returns, or raise what it raises."""
    driver: Driver[R] = Driver(clock, readers or {})
    return driver.run({"": flow})[""]


class Driver(Generic[R]):
    """Runs flows side by side until all have ended, in one thread.

    Flows that are due go on before anything is read, so that what they want is read together: equal things once, and as
    many in one call as the API takes. An error that a call raises is thrown into the flows that asked for it; one that
    a flow lets out ends the run.
    """

    def __init__(self, clock: Clock, readers: Mapping[str, Reader]) -> None:
        self._clock = clock
        self._readers = readers
        self._results: dict[str, R] = {}
        self._flows: dict[str, Flow[R]] = {}
        self._calls: deque[tuple[str, Call[Any]]] = deque()
        self._reads: dict[str, list[tuple[str, Read]]] = {}
        self._sleepers: list[tuple[float, int, str]] = []
        self._order = count()

    def run(self, flows: Mapping[str, Flow[R]]) -> dict[str, R]:
        """What the flows return, by the names they are given."""
        self._flows = dict(flows)
        for name in flows:
            self._go_on(name, lambda flow: next(flow))
        while len(self._results) < len(flows):
            self._wake()
            if self._calls:
                self._call(*self._calls.popleft())
            elif self._reads:
                self._read(next(iter(self._reads)))
            elif self._sleepers:
                self._clock.sleep(max(0.0, self._sleepers[0][0] - self._clock.monotonic()))
        return {name: self._results[name] for name in flows}

    def _go_on(self, name: str, step: Callable[[Flow[R]], Command]) -> None:
        """Let a flow run up to its next command, and note that."""
        try:
            command = step(self._flows[name])
        except StopIteration as end:
            self._results[name] = end.value
            return
        if isinstance(command, Sleep):
            heapq.heappush(self._sleepers, (command.until, next(self._order), name))
        elif isinstance(command, Read):
            self._reads.setdefault(command.kind, []).append((name, command))
        else:
            self._calls.append((name, command))

    def _send(self, name: str, answer: object) -> None:
        self._go_on(name, lambda flow: flow.send(answer))

    def _throw(self, name: str, error: Exception) -> None:
        self._go_on(name, lambda flow: flow.throw(error))

    def _wake(self) -> None:
        while self._sleepers and self._sleepers[0][0] <= self._clock.monotonic():
            self._send(heapq.heappop(self._sleepers)[2], None)

    def _call(self, name: str, command: Call[Any]) -> None:
        asked_at = self._clock.monotonic()
        try:
            found = command.make(self._deadline(command.until))
        except Exception as error:
            self._throw(name, error)
        else:
            self._send(name, Look(found, asked_at))

    def _read(self, kind: str) -> None:
        """Read all that is wanted of one kind, in as few calls as it takes."""
        wanted = self._reads.pop(kind)
        asked_at = self._clock.monotonic()
        found: dict[str, Any] = {}
        failed: dict[str, Exception] = {}
        for ids, until in _batches(wanted, self._readers[kind].batch):
            try:
                found.update(self._readers[kind].read(ids, self._deadline(until)))
            except Exception as error:
                failed.update(dict.fromkeys(ids, error))
        for name, command in wanted:
            errors = [failed[one] for one in command.ids if one in failed]
            if errors:
                self._throw(name, errors[0])
            else:
                self._send(name, Look({one: found[one] for one in command.ids if one in found}, asked_at))

    def _deadline(self, until: float) -> Deadline | None:
        return None if math.isinf(until) else Deadline(self._clock, until - self._clock.monotonic())


def _batches(wanted: Sequence[tuple[str, Read]], size: int) -> Iterator[tuple[list[str], float]]:
    """The ids, each once, so many at a time, with the latest moment until which one of them may be tried."""
    until: dict[str, float] = {}
    for _name, command in wanted:
        for one in command.ids:
            until[one] = max(command.until, until.get(one, command.until))
    ids = list(until)
    for start in range(0, len(ids), size):
        part = ids[start : start + size]
        yield part, max(until[one] for one in part)
