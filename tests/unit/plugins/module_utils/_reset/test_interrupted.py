# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A reset that is interrupted wherever it waits: its result says no more, and no less, than is true."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._clock import Clock
from ansible_collections.tencent.cloud.plugins.module_utils._engine.result import Outcome
from ansible_collections.tencent.cloud.plugins.module_utils._engine.rollout import Rollout
from ansible_collections.tencent.cloud.plugins.module_utils._engine.timing import Timing
from ansible_collections.tencent.cloud.plugins.module_utils._errors import HeldUp, Interrupted
from ansible_collections.tencent.cloud.plugins.module_utils._interrupts import Interrupts
from ansible_collections.tencent.cloud.plugins.module_utils._reset.desired import Desired
from ansible_collections.tencent.cloud.plugins.module_utils._reset.fleet import Fleet, Member
from ansible_collections.tencent.cloud.plugins.module_utils._reset.flow import Reset
from ansible_collections.tencent.cloud.plugins.module_utils._reset.result import ResetResult
from tests.unit.support.simulated import Simulated, action_of, simulated

IDS = ("ins-r8hr2upy", "ins-keypair1", "ins-newborn1")
IMAGE = "img-pmqg1cw7"
LOGIN = {"LoginSettings": {"KeyIds": ["skey-b4vakk62"]}}
FAULTS: dict[str, tuple[str, dict[str, Any]]] = {
    "nothing": ("", {}),
    "the answer is lost": ("drop", {"when": "after"}),
    "the request is lost": ("drop", {"when": "before"}),
    "it is throttled": ("throttle", {}),
}


def interrupting(clock: Clock, at: int) -> Clock:
    """The clock, on which one of the waits is interrupted."""
    waits = count()

    def sleep(seconds: float) -> None:
        if next(waits) == at:
            raise Interrupted("SIGTERM")
        clock.sleep(seconds)

    return replace(clock, sleep=sleep)


def world(fault: str) -> Simulated:
    service = simulated(operated=True, reset_seconds=20, lag_seconds=5)
    kind, options = FAULTS[fault]
    if kind:
        service.fault(kind, **options)
    return service


def is_true(result: ResetResult, service: Simulated) -> bool:
    """Whether an interrupted result claims nothing that is not so."""
    accepted = service.accepted.get(result.instance_id, 0)
    shown = service.simulator.snapshot()["instances"][result.instance_id]["LatestOperationRequestId"]
    assert accepted <= 1
    if result.outcome is Outcome.ACCEPTED:
        return accepted == 1 and result.request_id == shown and f"attach: {shown}" in result.reason and result.changed
    if result.outcome is Outcome.UNKNOWN:
        return result.submissions > 0 and result.changed and "operation log" in result.reason
    said = "was not accepted" if result.submissions else "Nothing was sent."
    return result.outcome is Outcome.REFUSED and accepted == 0 and not result.changed and said in result.reason


def test_what_was_surely_not_accepted_is_not_in_doubt() -> None:
    """Between two tries of a machine without a network."""
    seen = set()
    for at in count():
        service = world("nothing")
        service.transport.unreachable("ResetInstance", times=2)
        reset = Reset(service.cvm, interrupting(service.clock, at), Desired(IDS[0], image_id=IMAGE))
        try:
            result = reset.run()
        except Interrupted:
            continue
        if result.outcome is Outcome.DONE:
            break
        assert result.outcome is not Outcome.UNKNOWN, (at, result)
        assert is_true(result, service), (at, result)
        seen.add((result.outcome, result.submissions))
    assert {(Outcome.REFUSED, 1), (Outcome.REFUSED, 2), (Outcome.ACCEPTED, 3)} <= seen


@pytest.mark.parametrize("fault", FAULTS)
def test_one_reset_interrupted_at_any_wait(fault: str) -> None:
    seen = set()
    for at in count():
        service = world(fault)
        clock = interrupting(service.clock, at)
        reset = Reset(service.cvm, clock, Desired(IDS[0], image_id=IMAGE, key_ids=("skey-b4vakk62",)))
        try:
            result = reset.run()
        except Interrupted:
            assert service.accepted == {}
            continue
        if result.outcome is Outcome.DONE:
            break
        assert is_true(result, service), (at, result)
        seen.add(result.outcome)
    assert at > 2
    assert Outcome.ACCEPTED in seen


def test_a_wait_for_a_reset_of_another_run_interrupted_at_any_wait() -> None:
    """Of an id of which nothing was seen, nothing is known."""
    outcomes = []
    for at in count():
        service = world("nothing")
        request_id = service.cvm.reset_instance({"InstanceId": IDS[0], "ImageId": IMAGE, **LOGIN})
        clock = interrupting(service.clock, at)
        result = Reset(service.cvm, clock, Desired(IDS[0])).attach(request_id)
        outcomes.append(result.outcome)
        if result.outcome is Outcome.DONE:
            break
        assert result.changed
        assert result.request_id == request_id
    assert outcomes[0] is Outcome.UNKNOWN
    assert set(outcomes[1:-1]) <= {Outcome.UNKNOWN, Outcome.ACCEPTED}
    assert outcomes[-2] is Outcome.ACCEPTED


def test_many_resets_interrupted_at_any_wait() -> None:
    """Some may have ended by then, and others not have begun."""
    seen = set()
    for at in count():
        service = world("nothing")
        clock = interrupting(service.clock, at)
        service.cvm.client.clock = clock
        members = {
            one: Member(Reset(service.cvm, clock, Desired(one, image_id=IMAGE, key_ids=("skey-b4vakk62",))))
            for one in IDS
        }
        found = Fleet(service.cvm, members, Rollout(concurrency=2)).run()
        assert [one.instance_id for one in found.results] == list(IDS)
        outcomes = [one.outcome for one in found.results]
        if outcomes == [Outcome.DONE] * 3:
            break
        assert all(is_true(one, service) for one in found.results if one.outcome is not Outcome.DONE)
        seen.add(tuple(outcomes))
    assert (Outcome.ACCEPTED, Outcome.ACCEPTED, Outcome.REFUSED) in seen
    assert (Outcome.DONE, Outcome.DONE, Outcome.ACCEPTED) in seen


@pytest.mark.parametrize("in_fleet", [False, True], ids=["alone", "in a fleet"])
@pytest.mark.parametrize("policy", ["always", "once"])
def test_nothing_is_reset_after_an_interruption_and_another_run_goes_on(policy: str, in_fleet: bool) -> None:
    desired = Desired(
        IDS[0],
        image_id=IMAGE,
        key_ids=("skey-b4vakk62",),
        policy=policy,
        idempotency_key="k" if policy == "once" else None,
    )
    seen = set()
    for at in count():
        service = world("nothing")
        service.cvm.client.clock = clock = service.interrupted_in(at)
        reset = Reset(service.cvm, clock, desired)
        try:
            if in_fleet:
                (result,) = Fleet(service.cvm, {IDS[0]: Member(reset)}, Rollout()).run().results
            else:
                result = reset.run()
        except Interrupted as interrupted:
            result = reset.result.interrupt(str(interrupted), "ResetInstance")
        if result.outcome is Outcome.DONE:
            break
        later = service.calls[at + 1 :]
        assert "ResetInstance" not in later, service.calls
        # A claim that nobody uses would only keep others waiting; what became of a reset may still be written.
        assert service.accepted or "ModifyResourceTags" not in later, service.calls
        assert is_true(result, service), (at, result)
        seen.add(result.outcome)
        if policy == "once":
            service.cvm.client.clock = service.clock
            again = Reset(service.cvm, service.clock, desired, Timing(wait_until_idle=900.0)).run()
            assert (again.outcome, service.accepted) == (Outcome.DONE, {IDS[0]: 1}), (at, again)
    # A reset that is being answered is reported with its RequestId.
    assert seen == {Outcome.REFUSED, Outcome.ACCEPTED}


@pytest.mark.parametrize(("fault", "end"), [("", "done"), ("operation_failed", "failed")])
def test_an_end_that_is_known_stays_although_the_log_is_not_told(fault: str, end: str) -> None:
    """With policy once the log is written when all is over."""
    kept = 0
    for at in count():
        result, told = once_interrupted(at, fault)
        if end in told:
            assert result.outcome.value == end, (at, told)
            warned = [one for one in result.warnings if "The task was interrupted (SIGTERM). The log of" in one]
            if not warned:
                break
            assert "look for its end once more, and send nothing" in warned[0]
            kept += 1
    assert kept


def test_of_a_reset_that_was_refused_no_word_is_said_about_the_next_run() -> None:
    """It would reset the instance."""
    results = [once_interrupted(at, "error")[0] for at in range(6)]
    refused = [one for one in results if one.submissions]
    assert refused
    assert {one.outcome for one in refused} == {Outcome.REFUSED}
    assert not any("Another run with this key" in text for one in refused for text in one.warnings)


@pytest.mark.parametrize("attempts", [1, 2])
def test_what_was_held_back_by_a_signal_was_not_sent(attempts: int) -> None:
    """Also by the last attempt, after which nothing is waited for."""
    service, interrupts = world("nothing"), Interrupts()
    clock = replace(interrupts.clock(), wall=service.clock.wall)
    client = service.cvm.client
    client.clock, client.check_write = clock, interrupts.hold_back
    deliver = service.transport.send

    def send(request: Any, **options: Any) -> Any:
        if action_of(request) == "ResetInstance":
            terminate(interrupts)
        return deliver(request, **options)

    service.transport.send = send  # type: ignore[method-assign]
    desired = Desired(IDS[0], image_id=IMAGE, key_ids=("skey-b4vakk62",))
    with interrupts.noted():
        result = Reset(service.cvm, clock, desired, Timing(max_attempts=attempts)).run()
    assert (result.outcome, result.changed, service.accepted) == (Outcome.REFUSED, False, {})
    assert result.error
    assert result.error.code == "Interrupted"
    assert "ResetInstance was not accepted" in result.reason


def once_interrupted(at: int, fault: str) -> tuple[ResetResult, list[Any]]:
    """The result of a reset with policy once, and the outcomes of which it has told."""
    service, told = world("nothing"), list[Any]()
    if fault:
        service.fault(fault, **({"code": "InvalidAccount.UnpaidOrder"} if fault == "error" else {}))
    service.cvm.client.clock = clock = interrupting(service.clock, at)
    desired = Desired(IDS[0], image_id=IMAGE, key_ids=("skey-b4vakk62",), policy="once", idempotency_key="k")
    reset = Reset(service.cvm, clock, desired, on_event=lambda kind, data: told.append(data.get("outcome")))
    try:
        return reset.run(), told
    except Interrupted:
        return reset.result, told


class Blocking:
    """Two workers, in which each ResetInstance waits until all the others wait for a worker and the signal has come."""

    def __init__(self, service: Simulated, queued: int) -> None:
        self.interrupts = Interrupts()
        self.workers = ThreadPoolExecutor(2)
        self.begun = 0
        self._deliver, self._queued, self._one_at_a_time = service.transport.send, queued, threading.Lock()
        service.transport.send = self._send  # type: ignore[method-assign]

    def _send(self, request: Any, **options: Any) -> Any:
        if action_of(request) == "ResetInstance":
            # It is connected, and on its way from here on.
            options.pop("check")()
            self.begun += 1
            until(lambda: self.workers._work_queue.qsize() >= self._queued)
            with self._one_at_a_time:
                terminate(self.interrupts)
        with self._one_at_a_time:
            return self._deliver(request, **options)


def terminate(interrupts: Interrupts) -> None:
    """Tell this process to end, unless it was told already, until that is noted."""

    def is_noted() -> bool:
        try:
            interrupts.hold_back()
        except HeldUp:
            return True
        return False

    if not is_noted():
        os.kill(os.getpid(), signal.SIGTERM)
        until(is_noted)


def until(happened: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _time in range(1000):
        if happened():
            return
        pause.wait(0.01)
    raise TimeoutError


def test_what_waits_for_a_worker_is_not_sent_after_a_signal() -> None:
    service = world("nothing")
    ids = (*IDS, "ins-stopped1")
    blocking = Blocking(service, len(ids) - 2)
    clock = replace(blocking.interrupts.clock(), wall=service.clock.wall)
    client = service.cvm.client
    client.clock, client.check_write = clock, blocking.interrupts.hold_back
    members = {
        one: Member(Reset(service.cvm, clock, Desired(one, image_id=IMAGE, key_ids=("skey-b4vakk62",)))) for one in ids
    }
    with blocking.interrupts.noted(), blocking.workers as workers:
        found = Fleet(service.cvm, members, Rollout(sends_per_second=100), workers=workers).run()
    assert blocking.begun == len(service.accepted) == 2
    assert all(is_true(one, service) for one in found.results)
    assert [one.outcome for one in found.results].count(Outcome.ACCEPTED) == 2


def test_of_an_id_that_was_never_seen_a_fleet_says_nothing() -> None:
    """The answer to its last read comes while it is interrupted."""
    service = world("nothing")
    deliver, interrupts = service.transport.send, Interrupts()

    def send(request: Any, **options: Any) -> Any:
        if action_of(request) == "DescribeImages":
            terminate(interrupts)
        return deliver(request, **options)

    service.transport.send = send  # type: ignore[method-assign]
    clock = replace(interrupts.clock(), wall=service.clock.wall)
    service.cvm.client.clock = clock
    members = {IDS[0]: Member(Reset(service.cvm, clock, Desired(IDS[0])), "00000000-dead-4bad-8bad-000000000000")}
    with interrupts.noted(), ThreadPoolExecutor(2) as workers:
        (result,) = Fleet(service.cvm, members, Rollout(), workers=workers).run().results
    assert result.outcome is not Outcome.ACCEPTED, result
