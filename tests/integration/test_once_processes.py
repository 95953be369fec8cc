# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policy once with processes that are killed at every call, that rival, and that come again, over real sockets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._once import PENDING_SECONDS, TAG_KEY, Entry
from tests.integration.processes import Driver, drivers, serving
from tests.integration.shared_clock import SharedClock
from tests.simulator.core import Simulator
from tests.simulator.world import load_world

INSTANCE, IMAGE = "ins-r8hr2upy", "img-pmqg1cw7"
BASELINE = "3f0c4c1e-6f0a-4f43-9f10-0d6c0b8f9a11"
WORLD = {"extends": "builtin", "reset_seconds": 10, "lag_seconds": 5, "tag_lag_seconds": 3, "rate_limits": False}
ACTIONS = (
    "DescribeInstances",
    "DescribeImages",
    "DescribeResourceTagsByResourceIds",
    "CreateTag",
    "AttachResourcesTag",
    "ModifyResourcesTagValue",
    "ResetInstance",
    "DeleteTag",
)
RUNS = 6
"""After so many runs, each after the claim of the one before has expired, the reset must have come to its end."""


class Service:
    """A simulator behind a socket, and the clock that it shares with those who call it."""

    def __init__(self, simulator: Simulator, url: str, clock: SharedClock) -> None:
        self.simulator = simulator
        self.url = url
        self.clock = clock

    def begin(self, **options: Any) -> None:
        """Begin anew."""
        self.simulator.replace_world({**WORLD, **options})

    def options(self, key: str = "K1", **options: Any) -> dict[str, Any]:
        """The options of a task."""
        return {
            "endpoint": self.url,
            "instance_id": INSTANCE,
            "image_id": IMAGE,
            "login_settings": {"key_ids": ["skey-b4vakk62"]},
            "policy": "once",
            "idempotency_key": key,
            "wait_interval": 25,
            **options,
        }

    @property
    def calls(self) -> list[dict[str, Any]]:
        """The calls that were served."""
        return list(self.simulator.snapshot()["calls"])

    @property
    def accepted(self) -> int:
        """How many resets were accepted."""
        return int(self.simulator.snapshot()["accepted"].get(INSTANCE, 0))

    @property
    def entry(self) -> Entry:
        """What the log really says."""
        tags = self.simulator.snapshot()["instances"][INSTANCE]["Tags"]
        return Entry.of(next(tag["Value"] for tag in tags if tag["Key"] == TAG_KEY))

    def expire(self) -> None:
        """Let every claim expire."""
        self.clock.leap(PENDING_SECONDS + 1)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    clock = SharedClock(tmp_path_factory.mktemp("clock") / "leapt", leaping=True)
    simulator = Simulator(load_world(WORLD), clock=clock.wall)
    with serving(simulator) as url:
        yield Service(simulator, url, clock)


@pytest.fixture
def service(served: Service) -> Service:
    """A world in which nothing happened yet, and where sleeping takes no time: one process calls it at a time."""
    served.begin()
    return served


@pytest.fixture(scope="module")
def driver(collection: Path) -> Iterator[Driver]:
    with drivers(collection, 1) as (only,):
        yield only


def run_until_told(service: Service, driver: Driver, **options: Any) -> list[str]:
    """The outcomes of runs, each after the claim before has expired, up to one that is not refused."""
    outcomes: list[str] = []
    while len(outcomes) < RUNS and set(outcomes) <= {"refused"}:
        outcomes.append(driver.run(service.options(**options), service.clock)["outcome"])
        service.expire()
    return outcomes


# --- a run that is killed


def killed(service: Service, driver: Driver, action: str, nth: int, when: str) -> bool:
    """Kill a run when the service has read its nth call of an action, or has processed it; false if it has ended."""
    service.simulator.hold({"action": action, "nth": nth, "when": "after" if when == "after" else "before"})
    driver.start(service.options(), service.clock)
    while not service.simulator.snapshot()["held"]:
        if driver.has_ended(seconds=0.002):
            break
    else:
        driver.kill()
    ended = driver.result()
    # The service goes on with what it has read, even when nobody is there any more.
    service.simulator.release(discard=when == "before")
    return ended is None


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("when", ["before", "after", "orphaned"])
def test_a_run_killed_at_any_call_is_followed_by_one_that_resets_nothing_twice(
    service: Service, driver: Driver, when: str, action: str
) -> None:
    """Killed before the call takes effect, after it did, or before it does, as an orphan, all the same."""
    for nth in count(1):
        service.begin()
        if not killed(service, driver, action, nth, when):
            break
        outcomes = run_until_told(service, driver)
        assert outcomes[-1] in ("done", "unchanged"), (nth, outcomes)
        assert service.accepted == 1, (nth, outcomes)
        assert driver.run(service.options(), service.clock)["outcome"] == "unchanged"
        assert (service.accepted, service.entry.state) == (1, "done")
    assert nth > 1, "the action is never called"
    assert service.accepted == 1


def test_every_call_of_a_run_is_one_that_it_was_killed_at(service: Service, driver: Driver) -> None:
    assert driver.run(service.options(), service.clock)["outcome"] == "done"
    assert {call["action"] for call in service.calls} == set(ACTIONS)


@pytest.mark.parametrize("late", [60, 200, 283, 290, 299])
def test_the_request_of_a_killed_run_that_takes_effect_late_is_the_only_one(
    service: Service, driver: Driver, late: float
) -> None:
    """It is accepted before or after the claim of its sender expires, and while the next run waits for it."""
    service.simulator.faults([{"kind": "late", "action": "ResetInstance", "accept_after": late}])
    assert killed(service, driver, "ResetInstance", 1, "after")
    service.clock.leap(service.entry.expires_at + 1 - service.clock.wall())
    outcomes = run_until_told(service, driver)
    assert outcomes[-1] == "done"
    assert service.accepted == 1
    assert len([call for call in service.calls if call["action"] == "ResetInstance"]) == 1


# --- runs at the same time


RIVALS = 8
SPEEDS = (5.0, 2.0, 1.0)
"""How fast time passes: at a high speed a busy machine may be too slow for a claim, which is then refused."""


@pytest.fixture(scope="module")
def rivals(collection: Path) -> Iterator[list[Driver]]:
    with drivers(collection, RIVALS) as started:
        yield started


@pytest.fixture
def hurried(tmp_path: Path) -> Iterator[Service]:
    """A world where all sleep at the same time, so that time must pass for all alike."""
    clock = SharedClock(tmp_path / "leapt", speed=SPEEDS[0])
    with serving(Simulator(load_world(WORLD), clock=clock.wall)) as url:
        ...


def race(service: Service, rivals: list[Driver], keys: list[str]) -> list[dict[str, Any]]:
    """The results of runs that read the log before any of them can write it."""
    service.simulator.hold({"action": "DescribeResourceTagsByResourceIds", "times": len(rivals)})
    for rival, key in zip(rivals, keys, strict=True):
        rival.start(service.options(key, wait_interval=5), service.clock)
    while len(service.simulator.snapshot()["held"]) < len(rivals):
        pass
    service.simulator.release()
    results = [rival.result() for rival in rivals]
    return [result for result in results if result is not None]
