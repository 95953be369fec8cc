# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several machines that call one simulator at the same time, each with a clock of its own, and can be suspended.

Their work runs in threads of which one moves at a time: time passes when it sleeps, and whoever wakes first moves next.
So every run of a test is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from heapq import heappop, heappush
from itertools import count
from threading import Event, Thread
from typing import Any

from ansible_collections.tencent.cloud.plugins.module_utils._api.transport import HttpAnswer, HttpRequest
from ansible_collections.tencent.cloud.plugins.module_utils._clock import Clock
from ansible_collections.tencent.cloud.plugins.module_utils._services.cvm import Cvm
from tests.simulator.core import Simulator
from tests.simulator.world import OPERATED, load_world

from .simulated import NOW, SimulatedTransport, action_of, simulated

_CLIENT = simulated().cvm.client

KINDS = ("before", "after", "sleep", "clock")
"""Moments of a machine: before a call that is signed, after one that was answered, in a sleep, and at a look at a clock
other than the monotonic one; the latter are between any two steps that the age of something depends on."""

Moment = tuple[str, int]
"""The nth of a kind."""


class World:
    """A simulator, and the time that all machines share.

    ``operated``: whether somebody has operated the instances before.
    """

    def __init__(self, *, operated: bool = True, **options: Any) -> None:
        self.passed = 0.0
        before = {"instance_defaults": OPERATED} if operated else {}
        source = {"extends": "builtin", "rate_limits": False, **before, **options}
        self.simulator = Simulator(load_world(source), clock=self.wall)
        self._waiting: list[tuple[float, int, Event]] = []
        self._order = count()
        self._threads: list[Thread] = []
        self._idle = Event()
        self._broken: list[BaseException] = []

    def wall(self) -> float:
        """The service's time."""
        return NOW + self.passed

    def sleep(self, seconds: float) -> None:
        """Let others move until so much time has passed."""
        woken = Event()
        heappush(self._waiting, (self.passed + seconds, next(self._order), woken))
        self._move()
        woken.wait()

    def start(self, work: Callable[[], Any]) -> None:
        """Begin some work as soon as whoever moves sleeps."""
        begun = Event()

        def run() -> None:
            begun.wait()
            try:
                work()
            except BaseException as error:
                self._broken.append(error)
            self._move()

        heappush(self._waiting, (self.passed, next(self._order), begun))
        self._threads.append(Thread(target=run, daemon=True))
        self._threads[-1].start()

    def run(self) -> None:
        """Let all that was started come to its end. Raises what one of them raised."""
        self._idle.clear()
        self._move()
        assert self._idle.wait(60), "The machines are stuck."
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        if self._broken:
            raise self._broken.pop()

    def _move(self) -> None:
        if not self._waiting:
            self._idle.set()
            return
        at, _order, event = heappop(self._waiting)
        self.passed = max(self.passed, at)
        event.set()


def _nothing(_machine: Machine, _moment: Moment) -> None:
    """What happens at most moments."""


class Machine:
    """A controller. A test says by ``at`` what happens at its moments."""

    def __init__(self, world: World, at: Callable[[Machine, Moment], None] = _nothing) -> None:
        self._world = world
        self._at = at
        self._suspended = 0.0
        self._paused = 0.0
        self._seen = {kind: count(1) for kind in KINDS}
        self.calls: list[tuple[str, float]] = []
        self.clock = Clock(self.monotonic, self.wall, self.sleep, lambda: 0.5, self.boottime)
        transport = _Transport(world.simulator, self.clock)
        transport.machine = self
        self.client = replace(_CLIENT, transport=transport, clock=self.clock)
        self.cvm = Cvm(self.client)

    @property
    def now(self) -> float:
        """What time it really is: seconds since the beginning."""
        return self._world.passed

    def monotonic(self) -> float:
        """Stands still while the machine is suspended or paused."""
        return 1_000.0 + self._world.passed - self._suspended - self._paused

    def boottime(self) -> float:
        """Stands still while the machine is paused."""
        self.reach("clock")
        return 5_000.0 + self._world.passed - self._paused

    def wall(self) -> float:
        """The time of day, which a paused machine falls behind."""
        self.reach("clock")
        return self._world.wall() - self._paused

    def sleep(self, seconds: float) -> None:
        """A sleep ends when the monotonic clock says so."""
        self.reach("sleep")
        self._world.sleep(seconds)

    def suspend(self, seconds: float) -> None:
        """Close the laptop for a while."""
        self._suspended += seconds
        self._world.sleep(seconds)

    def pause(self, seconds: float) -> None:
        """Stop the virtual machine for a while, with all its clocks."""
        self._paused += seconds
        self._world.sleep(seconds)

    def reach(self, kind: str) -> None:
        """Come to a moment."""
        self._at(self, (kind, next(self._seen[kind])))


class _Transport(SimulatedTransport):
    machine: Machine

    def send(self, request: HttpRequest, **options: Any) -> HttpAnswer:
        self.machine.calls.append((action_of(request), self.machine.now))
        self.machine.reach("before")
        answer = super().send(request, **options)
        self.machine.reach("after")
        return answer
