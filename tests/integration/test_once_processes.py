# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policy once with processes that are killed at every call, and with processes that rival, over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, groupby
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._reset.instance_log import TAG_LAG

from .processes import Driver, drivers, wait_until
from .service import OnceService, service_of

ACTIONS = (
    "DescribeInstances",
    "DescribeImages",
    "DescribeKeyPairs",
    "DescribeResourceTagsByResourceIds",
    "ModifyResourceTags",
    "ResetInstance",
    "DeleteTag",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clock")


# --- a run that is killed


@pytest.fixture(params=[True, False], ids=["operated", "never-operated"])
def operated(request: pytest.FixtureRequest) -> bool:
    """Whether somebody has operated the instance before."""
    return bool(request.param)


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[OnceService]:
    with service_of(OnceService, folder, leaping=True) as service:
        yield service


@pytest.fixture
def service(served: OnceService, operated: bool) -> OnceService:
    """A world in which nothing happened yet, and where sleeping takes no time: one process calls it at a time."""
    served.operated = operated
    served.begin()
    return served


@pytest.fixture(scope="module")
def driver(collection: Path) -> Iterator[Driver]:
    with drivers(collection, 1) as (only,):
        yield only


def killed(service: OnceService, driver: Driver, action: str, nth: int, when: str) -> bool:
    """Kill a run at its nth call of an action; false if it ended before.

    The service has processed the call and not answered it (C(after)), has read it and drops it (C(before)), or
    processes it when its sender is dead (C(orphaned)).
    """
    service.simulator.hold({"action": action, "nth": nth, "when": "after" if when == "after" else "before"})
    driver.start(service.options(), service.clock)
    wait_until(lambda: bool(service.simulator.snapshot()["held"]) or driver.has_ended())
    if not driver.has_ended():
        driver.kill()
    result = driver.result()
    service.simulator.release(discard=when == "before")
    return result is None


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("when", ["before", "after", "orphaned"])
def test_a_run_killed_at_any_call_is_followed_by_one_that_resets_nothing_twice(
    service: OnceService, driver: Driver, when: str, action: str
) -> None:
    for nth in count(1):
        service.begin()
        if not killed(service, driver, action, nth, when):
            break
        outcomes = service.run_until_told(driver)
        assert outcomes[-1] in ("done", "unchanged"), (nth, outcomes)
        assert service.accepted == 1, (nth, outcomes)
        assert service.run(driver)["outcome"] == "unchanged"
        assert (service.accepted, service.entry.state) == (1, "done")
    assert nth > 1, "The action is never called."
    assert service.accepted == 1


def test_every_call_of_a_run_is_one_that_it_was_killed_at(service: OnceService, driver: Driver) -> None:
    assert service.run(driver)["outcome"] == "done"
    assert {call["action"] for call in service.simulator.snapshot()["calls"]} == set(ACTIONS)


@pytest.mark.parametrize("late", [60, 200, 283, 290, 299])
def test_the_request_of_a_killed_run_that_takes_effect_late_is_the_only_one(
    service: OnceService, driver: Driver, late: float
) -> None:
    """It is accepted before the claim of its sender expires, or after that, while the next run waits for it."""
    service.simulator.faults([{"kind": "late", "action": "ResetInstance", "accept_after": late}])
    assert killed(service, driver, "ResetInstance", 1, "after")
    service.clock.leap(max(0.0, service.entry.expires_at + 1 - service.clock.wall()))
    assert service.run_until_told(driver)[-1] == "done"
    assert (service.accepted, len(service.calls())) == (1, 1)


# --- runs at the same time


RIVALS = 8
SPEEDS = (8.0, 3.0, 1.0)
"""How fast time passes for runs that sleep at the same time. A busy machine may be too slow for a claim, which is then
given up: no harm, but no reset either."""
TOO_SLOW = "Claiming the key took more than"


@pytest.fixture(scope="module")
def rivals(collection: Path) -> Iterator[list[Driver]]:
    with drivers(collection, RIVALS) as started:
        yield started


def race(service: OnceService, rivals: list[Driver], keys: list[str]) -> list[dict[str, Any]]:
    """The results of runs that read the log before one of them can write it."""
    service.simulator.hold({"action": "DescribeResourceTagsByResourceIds", "times": len(rivals)})
    for rival, key in zip(rivals, keys, strict=True):
        rival.start(service.options(idempotency_key=key, wait_interval=5), service.clock)
    wait_until(lambda: len(service.simulator.snapshot()["held"]) == len(rivals))
    service.simulator.release()
    results = [rival.result() for rival in rivals]
    service.clock.leap(TAG_LAG)
    return [{"key": key, **result} for key, result in zip(keys, results, strict=True) if result]


def races(folder: Path, rivals: list[Driver], keys: list[str]) -> list[list[dict[str, Any]]]:
    """The results of two races, at the highest speed at which no claim is too slow.

    Whatever the speed, each key's reset is accepted at most once before another key's.
    """
    for speed in SPEEDS:
        with service_of(OnceService, folder, speed=speed) as service:
            both = [race(service, rivals, keys) for _race in range(2)]
            results = [result for one in both for result in one]
            senders = {result["request_id"]: result["key"] for result in results if result["submissions"]}
            sent = service.calls()
            resets = [senders[call["request_id"]] for call in sent if call["accepted"]]
            assert len(resets) == len(sent), "A reset was sent while another one was under way."
            assert len(list(groupby(resets))) == len(resets), resets
        if not any(TOO_SLOW in result["reason"] for result in results):
            break
    return both


def outcomes(results: list[dict[str, Any]], key: str) -> list[str]:
    return sorted(result["outcome"] for result in results if result["key"] == key)


def test_of_eight_runs_with_one_key_one_resets(folder: Path, rivals: list[Driver]) -> None:
    first, second = races(folder, rivals, ["K1"] * RIVALS)
    (winner,) = [result for result in first if result["submissions"]]
    assert (winner["outcome"], winner["adopted"], winner["submissions"]) == ("done", False, 1)
    for loser in first:
        if loser is not winner:
            assert loser["outcome"] in ("refused", "done", "unchanged"), loser
            assert loser["outcome"] == "refused" or loser["request_id"] == winner["request_id"]
    assert outcomes(second, "K1") == ["unchanged"] * RIVALS


def test_of_runs_with_two_keys_one_resets_and_the_other_comes_next(folder: Path, rivals: list[Driver]) -> None:
    first, second = races(folder, rivals, ["K1", "K2"] * (RIVALS // 2))
    (winner,) = {result["key"] for result in first if result["submissions"]}
    (other,) = {"K1", "K2"} - {winner}
    assert outcomes(first, other) == ["refused"] * (RIVALS // 2)
    assert outcomes(second, other).count("done") == 1
    assert [result["outcome"] for result in second if result["submissions"]] == ["done"]
    assert set(outcomes(second, winner)) <= {"unchanged", "refused"}
