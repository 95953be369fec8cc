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
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from itertools import count
from typing import Any, Generic, TypeVar

from .._clock import Clock, Deadline
from .._errors import Interrupted
from .flow import Call, Command, Departure, Flow, Found, Look, Read, Sleep, Stopped, Turn
from .reading import Reader, Reading
from .rollout import Rollout, Turns
from .workers import Inline

R = TypeVar("R")

SPARE = 1.01
"""How much slower than allowed calls are sent, so that one that arrives a little early is not one too many."""

QUEUE = 0.5
"""No more turns are given while this many seconds of sends wait: what was read just before them would grow old."""

LOOK_UP = 0.25
"""Seconds after which a wait for calls looks whether the task was interrupted."""


def run_one(flow: Flow[R], clock: Clock, readers: Mapping[str, Reader] | None = None) -> R:
    """Run a single flow and return what it returns, or raise what it raises."""
    driver: Driver[R] = Driver(clock, readers or {})
    return driver.run({"": flow})[""]


class Driver(Generic[R]):
    """Runs flows side by side until all have ended, all in one thread; only their calls may go to others.

    Flows that are due go on before anything is read, so that what they want is read together: equal things once, and as
    many in one call as the API takes. An error that a call raises is thrown into the flows that asked for it; one that
    a flow lets out ends the run.

    Args:
        workers: make the calls.
        rollout: who may begin when. All calls that change something keep its pace, repeated ones included: they are
            spread over the second, so that a service that counts in seconds of its own finds no more in any. None for
            no pace.
        ended_well: whether what a flow returned is a success.
        reads_per_second: how many batches may be read in a second.
    """

    def __init__(
        self,
        clock: Clock,
        readers: Mapping[str, Reader],
        *,
        workers: Executor | None = None,
        rollout: Rollout | None = None,
        ended_well: Callable[[R], bool] = lambda result: True,
        reads_per_second: float = math.inf,
    ) -> None:
        self._clock = clock
        self._readers = readers
        self._workers = workers or Inline()
        self._rollout = rollout or Rollout()
        self._ended_well = ended_well
        self._pause_of_reads = 1.0 / reads_per_second
        self._may_read_at = -math.inf
        self._pause_of_sends = SPARE / rollout.sends_per_second if rollout else 0.0
        self._may_send_at = -math.inf
        self._sends: deque[str] = deque()
        self._results: dict[str, R] = {}
        self._flows: dict[str, Flow[R]] = {}
        self._reads: dict[str, list[tuple[str, Read]]] = {}
        self._batches: deque[tuple[Reader, Reading, list[str], float]] = deque()
        self._sleepers: list[tuple[float, int, str]] = []
        self._running: dict[Future[Any], Callable[[Future[Any]], None]] = {}
        self._order = count()

    def run(self, flows: Mapping[str, Flow[R]]) -> dict[str, R]:
        """What the flows return, by the names they are given. The order of the names is that of the turns.

        Raises Interrupted when the task was interrupted and a flow does not end with a result then.
        """
        self._flows = dict(flows)
        self._turns = Turns(self._rollout, list(flows))
        try:
            self._run()
        except Interrupted as interrupted:
            self._interrupt(interrupted)
        return {name: self._results[name] for name in flows}

    def _run(self) -> None:
        for name in self._flows:
            self._go_on(name, next)
        while len(self._results) < len(self._flows):
            self._wake()
            self._give_turns()
            self._start_reads()
            self._start_sends()
            if not self._take_answers() and len(self._results) < len(self._flows):
                self._wait()

    def _take_answers(self) -> bool:
        """Hand over the answers that have come; whether there were any."""
        ended = [future for future in self._running if future.done()]
        for future in ended:
            self._running.pop(future)(future)
        return bool(ended)

    def _interrupt(self, why: Interrupted) -> None:
        """Have every flow end now, with what it knows. Raises this if one does not.

        The process cannot end before the calls that are under way, so their answers come first.
        """
        wait(self._running)
        self._take_answers()
        for name in [name for name in self._flows if name not in self._results]:
            self._go_on(name, lambda flow: flow.throw(why))
            if name not in self._results:
                raise why

    # --- flows

    def _go_on(self, name: str, step: Callable[[Flow[R]], Command]) -> None:
        """Let a flow run up to its next command, and begin that."""
        try:
            command = step(self._flows[name])
        except StopIteration as end:
            self._results[name] = end.value
            self._turns.end(name, ok=self._ended_well(end.value))
            return
        self._begin(name, command)

    def _begin(self, name: str, command: Command) -> None:
        if isinstance(command, Sleep):
            heapq.heappush(self._sleepers, (command.until, next(self._order), name))
        elif isinstance(command, Read):
            self._want(name, command)
        elif isinstance(command, Call):
            self._call(name, command)
        elif isinstance(command, Departure):
            self._sends.append(name)
        else:
            self._ask(name, command)

    def _want(self, name: str, command: Read) -> None:
        if command.ids:
            self._reads.setdefault(command.kind, []).append((name, command))
        else:
            self._call(name, Call(lambda _deadline: {}))

    def _ask(self, name: str, command: Turn) -> None:
        if command.sends:
            self._turns.ask(name)
        else:
            self._turns.plan(name, under_way=command.under_way)
            self._begin(name, Sleep(self._clock.monotonic()))

    def _send(self, name: str, answer: object) -> None:
        self._go_on(name, lambda flow: flow.send(answer))

    def _throw(self, name: str, error: BaseException) -> None:
        self._go_on(name, lambda flow: flow.throw(error))

    # --- waiting

    def _wake(self) -> None:
        while self._sleepers and self._sleepers[0][0] <= self._clock.monotonic():
            self._send(heapq.heappop(self._sleepers)[2], None)

    def _give_turns(self) -> None:
        why = self._turns.stopped()
        for name in self._turns.withdraw() if why else ():
            self._throw(name, Stopped(why))
        for name in () if self._is_behind else self._turns.give(self._clock.monotonic()):
            self._send(name, None)

    @property
    def _is_behind(self) -> bool:
        return len(self._sends) * self._pause_of_sends > QUEUE

    def _wait(self) -> None:
        """Wait until something is due, or a call has ended."""
        moments = [math.inf if self._is_behind else self._turns.next_at]
        moments += [until for until, _order, _name in self._sleepers[:1]]
        if self._sends:
            moments.append(self._may_send_at)
        if self._batches:
            moments.append(self._may_read_at)
        seconds = max(0.0, min(moments) - self._clock.monotonic())
        if self._running:
            wait(self._running, min(seconds, LOOK_UP), FIRST_COMPLETED)
            self._clock.check()
        else:
            self._clock.sleep(seconds)

    # --- calls

    def _call(self, name: str, command: Call[Any]) -> None:
        asked_at = self._clock.monotonic()

        def ended(future: Future[Any]) -> None:
            try:
                found = future.result()
            except (Exception, Interrupted) as error:
                self._throw(name, error)
            else:
                self._send(name, Look(found, asked_at))

        self._running[self._workers.submit(command.make, self._deadline(command.until))] = ended

    def _start_reads(self) -> None:
        """Read all that is wanted of each kind, in as few calls as it takes."""
        for kind, wanted in self._reads.items():
            reader, reading = self._readers[kind], Reading(wanted)
            self._batches.extend((reader, reading, *batch) for batch in reading.batches(reader.batch))
        self._reads = {}
        while self._batches and self._clock.monotonic() >= self._may_read_at:
            self._clock.check()
            self._may_read_at = self._clock.monotonic() + self._pause_of_reads
            self._read(*self._batches.popleft())

    def _start_sends(self) -> None:
        """Let those go on whose time to send has come. None that an interruption has overtaken."""
        while self._sends and self._clock.monotonic() >= self._may_send_at:
            self._clock.check()
            self._may_send_at = self._clock.monotonic() + self._pause_of_sends
            self._send(self._sends.popleft(), None)

    def _read(self, reader: Reader, reading: Reading, ids: list[str], until: float) -> None:
        def found(deadline: Deadline | None) -> Found:
            # It may have waited long for a worker.
            self._clock.check()
            return reader.read(ids, deadline)

        # Not earlier: a batch can wait long for its turn, and what it finds is no older than the call.
        asked_at = self._clock.monotonic(), self._clock.boottime()

        def ended(future: Future[Any]) -> None:
            try:
                reading.end_batch(ids, asked_at, future.result())
            except (Exception, Interrupted) as error:
                reading.end_batch(ids, asked_at, error)
            for name, answer in reading.answers():
                if isinstance(answer, BaseException):
                    self._throw(name, answer)
                else:
                    self._send(name, answer)

        self._running[self._workers.submit(found, self._deadline(until))] = ended

    def _deadline(self, until: float) -> Deadline | None:
        return None if math.isinf(until) else Deadline(self._clock, until - self._clock.monotonic())
