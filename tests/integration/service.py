# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service for drivers: what is asked of it, what it tells, and the clock that it shares with them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from ansible_collections.tencent.cloud.plugins.module_utils._reset.idempotency_entry import (
    Entry,
    find_entry,
    tag_key_of,
)
from ansible_collections.tencent.cloud.plugins.module_utils._reset.idempotency_log import PENDING_SECONDS
from tests.simulator.core import Simulator
from tests.simulator.world import OPERATED, load_world

from .processes import Driver, serving
from .shared_clock import SharedClock

INSTANCE, IMAGE = "ins-r8hr2upy", "img-pmqg1cw7"
BASELINE = OPERATED["LatestOperationRequestId"]
"""The operation that an instance shows which somebody has operated."""

WORLD = {
    "extends": "builtin",
    "reset_seconds": 10,
    "lag_seconds": 5,
    "tag_lag_seconds": 3,
    "rate_limits": False,
}

RUNS = 6
"""After so many runs, each after the claim of the one before has expired, a reset must have come to its end."""


def logged(holder: str = INSTANCE, **fields: Any) -> dict[str, str]:
    """The tag in which the log of an instance stands, with this entry."""
    entry = {
        "key": "K1",
        "instance_id": INSTANCE,
        "nonce": "another",
        "expires_at": 1,
        "baseline_id": BASELINE,
        "request_id": "a0a66377-b79f-4a21-846c-d997d6022968",
        **fields,
    }
    return {"Key": tag_key_of(holder), "Value": Entry(**entry).as_value()}


class Service:
    """A simulator behind a socket, and the clock that it shares with those who call it."""

    def __init__(self, simulator: Simulator, url: str, clock: SharedClock) -> None:
        self.simulator = simulator
        self.url = url
        self.clock = clock

    operated = True
    """Whether somebody has operated the instances before the world begins."""

    def begin(self, **options: Any) -> None:
        """Begin anew."""
        before = {"instance_defaults": OPERATED} if self.operated else {}
        self.simulator.replace_world({**WORLD, **before, **options})

    def options(self, **options: Any) -> dict[str, Any]:
        """The options of a task."""
        return {
            "endpoint": self.url,
            "instance_id": INSTANCE,
            "image_id": IMAGE,
            "login_settings": {"key_ids": ["skey-b4vakk62"]},
            "wait_interval": 25,
            **options,
        }

    def run(self, driver: Driver, **options: Any) -> dict[str, Any]:
        """The result of a run, after which everything written is read everywhere."""
        result = driver.run(self.options(**options), self.clock)
        self.clock.leap(10)
        return result

    def calls(self, action: str = "ResetInstance") -> list[dict[str, Any]]:
        """The calls of an action that were served."""
        return [call for call in self.simulator.snapshot()["calls"] if call["action"] == action]

    @property
    def instance(self) -> dict[str, Any]:
        """The instance as it really is."""
        return dict(self.simulator.snapshot()["instances"][INSTANCE])

    @property
    def accepted(self) -> int:
        """How many resets were accepted."""
        return int(self.simulator.snapshot()["accepted"].get(INSTANCE, 0))


class OnceService(Service):
    """One for resets with policy once."""

    def options(self, **options: Any) -> dict[str, Any]:
        """The options of a task, with the key K1 unless they say otherwise."""
        return super().options(**{"policy": "once", "idempotency_key": "K1", **options})

    def run_until_told(self, driver: Driver) -> list[str]:
        """The outcomes of runs, each after the claim before has expired, up to one that is not refused."""
        outcomes: list[str] = []
        while len(outcomes) < RUNS and set(outcomes) <= {"refused"}:
            outcomes.append(self.run(driver)["outcome"])
            self.clock.leap(PENDING_SECONDS + 1)
        return outcomes

    @property
    def entry(self) -> Entry:
        """What the log really says."""
        entry = find_entry({tag["Key"]: tag["Value"] for tag in self.instance["Tags"]}, INSTANCE)[1]
        assert entry
        return entry


AnyService = TypeVar("AnyService", bound=Service)


@contextmanager
def service_of(
    kind: type[AnyService], folder: Path, *, speed: float = 1.0, leaping: bool = False
) -> Iterator[AnyService]:
    """A service for the time of a ``with`` block; the folder keeps its clock."""
    clock = SharedClock(folder / f"leapt-{speed:g}", speed=speed, leaping=leaping)
    simulator = Simulator(load_world(WORLD), clock=clock.wall)
    with serving(simulator) as url:
        service = kind(simulator, url, clock)
        service.begin()
        yield service
