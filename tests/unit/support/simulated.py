# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plugins' client on a simulator, without sockets and on a clock that only sleeping moves."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from ansible_collections.tencent.cloud.plugins.module_utils._api.client import Client
from ansible_collections.tencent.cloud.plugins.module_utils._api.credentials import Credentials
from ansible_collections.tencent.cloud.plugins.module_utils._api.endpoint import endpoint_for
from ansible_collections.tencent.cloud.plugins.module_utils._api.transport import HttpAnswer, HttpRequest, Transport
from ansible_collections.tencent.cloud.plugins.module_utils._clock import Clock
from ansible_collections.tencent.cloud.plugins.module_utils._errors import Interrupted, NoAnswer
from ansible_collections.tencent.cloud.plugins.module_utils._services.cvm import Cvm
from tests.simulator.core import Simulator
from tests.simulator.server import wire
from tests.simulator.world import OPERATED, load_world

NOW = 1_760_000_000.0
KEY = Credentials("AKIDsimulator", "simulator-secret-key", None)
_NONCES = count(1)


class SimulatedClock:
    """Time that passes by sleeping alone. The clocks are apart, so that mixing them up shows."""

    def __init__(self, *, seed: int = 0) -> None:
        self.passed = 0.0
        self._random = random.Random(seed)

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return 1_003.7 + self.passed

    def boottime(self) -> float:
        """Seconds since some other moment."""
        return 5_000.0 + self.passed

    def wall(self) -> float:
        """Seconds since the epoch."""
        return NOW + self.passed

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        assert seconds >= 0
        self.passed += seconds

    def chance(self) -> float:
        """A number from 0 up to 1, the same sequence for the same seed."""
        return self._random.random()

    def as_clock(self) -> Clock:
        """The clock to inject."""
        return Clock(self.monotonic, self.wall, self.sleep, self.chance, self.boottime)


@dataclass
class _Outage:
    action: str
    nth: int
    times: int
    seen: int = 0

    def hits(self, action: str) -> bool:
        if action != self.action:
            return False
        self.seen += 1
        return self.nth <= self.seen < self.nth + self.times


class SimulatedTransport(Transport):
    """Hands requests to a simulator in this process, with what its replies mean to a socket."""

    def __init__(self, simulator: Simulator, clock: Clock, *, timeout: float = 30.0) -> None:
        super().__init__(timeout=timeout)
        self._simulator = simulator
        self._clock = clock
        self._seconds = timeout
        self._outages: list[_Outage] = []

    def unreachable(self, action: str, *, nth: int = 1, times: int = 1) -> None:
        """Have the nth to nth + times - 1-th call of an action, counted from now, fail before a byte is sent."""
        self._outages.append(_Outage(action, nth, times))

    def send(
        self,
        request: HttpRequest,
        *,
        fresh: bool = False,
        timeout: float | None = None,
        check: Callable[[], None] = lambda: None,
    ) -> HttpAnswer:
        """Send once. Raises NoAnswer."""
        hit = [outage for outage in self._outages if outage.hits(action_of(request))]
        if hit:
            raise NoAnswer("The connection failed: Connection refused.", sent=False)
        check()
        url = urlsplit(request.url)
        reply = self._simulator.handle(
            wire.HttpRequest(request.method, url.netloc, url.path, url.query, request.headers, request.body)
        )
        if reply.fate == "hang":
            patience = self._seconds if timeout is None else min(timeout, self._seconds)
            self._clock.sleep(min(patience, reply.seconds))
        if reply.fate != "answer":
            raise NoAnswer(f"The connection failed: {reply.fate}.", sent=True)
        return HttpAnswer(reply.status, {name.lower(): value for name, value in reply.headers.items()}, reply.body)


def action_of(request: HttpRequest) -> str:
    return request.headers.get("X-TC-Action") or parse_qs(request.body.decode())["Action"][0]


class Simulated(NamedTuple):
    """A client and the simulator that it calls."""

    cvm: Cvm
    clock: Clock
    simulator: Simulator

    @property
    def transport(self) -> SimulatedTransport:
        """What the client sends by, to make the service unreachable."""
        assert isinstance(self.cvm.client.transport, SimulatedTransport)
        return self.cvm.client.transport

    def fault(self, kind: str, action: str = "ResetInstance", **options: Any) -> None:
        """Plan one fault, in place of those planned before."""
        self.simulator.faults([{"kind": kind, "action": action, **options}])

    @property
    def accepted(self) -> dict[str, int]:
        """How many resets were accepted, by instance."""
        return dict(self.simulator.snapshot()["accepted"])

    @property
    def calls(self) -> list[str]:
        """The actions that were called, in order."""
        return [call["action"] for call in self.simulator.snapshot()["calls"]]

    def interrupted_in(self, at: int) -> Clock:
        """The clock of a task that is interrupted during one of all calls, which no wait may follow."""

        def check() -> None:
            if len(self.calls) > at:
                raise Interrupted("SIGTERM")

        def sleep(seconds: float) -> None:
            check()
            self.clock.sleep(seconds)
            check()

        return replace(self.clock, sleep=sleep, check=check)


def simulated(
    world: Mapping[str, Any] | None = None,
    *,
    api: str = "v3",
    region: str = "ap-guangzhou",
    max_attempts: int = 5,
    timeout: float = 30.0,
    seed: int = 0,
    operated: bool = False,
    **options: Any,
) -> Simulated:
    """A fresh simulator and a client of it. ``options`` are those of a world, which is laid over the built-in one.

    ``operated``: whether somebody has operated the instances before, which then show that operation.
    """
    clock = SimulatedClock(seed=seed).as_clock()
    source = {"extends": "builtin", "rate_limits": False, **(world or {}), **options}
    if operated:
        source["instance_defaults"] = {**OPERATED, **source.get("instance_defaults", {})}
    simulator = Simulator(load_world(source), clock=clock.wall)
    client = Client(
        transport=SimulatedTransport(simulator, clock, timeout=timeout),
        credentials=lambda: KEY,
        endpoint=endpoint_for(None, region=region, api=api),
        region=region,
        api=api,
        max_attempts=max_attempts,
        clock=clock,
        nonce=lambda: next(_NONCES),
    )
    return Simulated(Cvm(client), clock, simulator)
