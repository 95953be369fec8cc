# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many resets in one task, on the simulator: each is a reset as ever, and none is held against another."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import pytest
import yaml

from ansible_collections.tencent.cloud.plugins.module_utils._engine.reasons import LINES
from ansible_collections.tencent.cloud.plugins.module_utils._engine.result import Outcome
from ansible_collections.tencent.cloud.plugins.module_utils._engine.rollout import Rollout
from ansible_collections.tencent.cloud.plugins.module_utils._engine.timing import Timing
from ansible_collections.tencent.cloud.plugins.module_utils._engine.tracker import Tracker
from ansible_collections.tencent.cloud.plugins.module_utils._reset import flow as flow_module
from ansible_collections.tencent.cloud.plugins.module_utils._reset.fleet import Fleet, FleetResult
from ansible_collections.tencent.cloud.plugins.module_utils._reset.plan import make_plan
from ansible_collections.tencent.cloud.plugins.module_utils._reset.result import ResetResult
from ansible_collections.tencent.cloud.plugins.module_utils._services.cvm import Cvm
from ansible_collections.tencent.cloud.plugins.modules import cvm_reset_instances
from tests.unit.support.fleets import (
    IMAGE,
    OTHER_IMAGE,
    RESET_SECONDS,
    accepted_at,
    fleet_of,
    ids_of,
    members_of,
    most_at_a_time,
    outcomes,
    run_fleet,
)

THREE = ids_of(3)
FIRST, SECOND, THIRD = THREE
MISSING = "ins-notthere"


def shown_images(world: Any) -> dict[str, str]:
    return {name: record["ImageId"] for name, record in world.simulator.snapshot()["instances"].items()}


# --- all is well


@pytest.mark.parametrize("count", [1, 3, 100])
def test_each_is_reset_once_and_told_in_order(count: int) -> None:
    world, ids = fleet_of(count), ids_of(count)
    result = run_fleet(world, reversed(ids))
    assert (result.failure, result.warnings) == (None, [])
    assert outcomes(result) == dict.fromkeys(ids, "done")
    assert [one.instance_id for one in result.results] == ids[::-1]
    assert world.accepted == dict.fromkeys(ids, 1)
    assert {shown_images(world)[one] for one in ids} == {IMAGE}
    assert [one for _at, one in accepted_at(world)] == ids[::-1]


def test_the_keys_are_those_of_the_documentation() -> None:
    world = fleet_of(2)
    told = run_fleet(world, ids_of(2)).as_dict()
    documented = yaml.safe_load(cvm_reset_instances.RETURN)
    assert set(told) == set(documented) == set(FleetResult().as_dict())
    assert set(told["summary"]) == set(documented["summary"]["contains"])
    assert all(set(one) == set(ResetResult(instance_id=FIRST).as_dict()) for one in told["results"])
    assert (told["changed"], told["problems"], told["error"]) == (True, [], None)


def test_the_summary_counts() -> None:
    world = fleet_of(4, instances={ids_of(4)[1]: {"ImageId": IMAGE}})
    world.fault("operation_failed", instance_id=ids_of(4)[2])
    told = run_fleet(world, [*ids_of(4), MISSING], Rollout(skip_refused=True), policy="image_differs").as_dict()
    assert told["summary"]["instances"] == 5
    assert told["summary"]["outcomes"] == {"done": 2, "unchanged": 1, "failed": 1, "refused": 1}
    assert told["summary"]["calls"] == len(world.calls)
    assert told["summary"]["seconds"] == pytest.approx(RESET_SECONDS + 10, abs=6)


def test_the_request_ids_of_one_run_are_what_another_one_waits_for() -> None:
    world = fleet_of(3)
    sent = run_fleet(world, THREE, timing=Timing(wait=False))
    assert outcomes(sent) == dict.fromkeys(THREE, "accepted")
    request_ids = sent.as_dict()["request_ids"]
    assert list(request_ids) == THREE
    waited = run_fleet(world, THREE, attach=request_ids)
    assert outcomes(waited) == dict.fromkeys(THREE, "done")
    assert waited.as_dict()["request_ids"] == request_ids
    assert world.accepted == dict.fromkeys(THREE, 1)


def test_some_are_waited_for_and_others_are_reset() -> None:
    world = fleet_of(3)
    sent = run_fleet(world, [SECOND], timing=Timing(wait=False)).as_dict()["request_ids"]
    result = run_fleet(world, THREE, attach=sent)
    assert outcomes(result) == dict.fromkeys(THREE, "done")
    assert [one.submissions for one in result.results] == [1, 0, 1]
    assert world.accepted == dict.fromkeys(THREE, 1)


def test_each_gets_what_is_asked_of_it() -> None:
    world = fleet_of(3)
    own = {SECOND: {"image_id": OTHER_IMAGE, "host_name": "web-2"}, THIRD: {"disk_size": 60}}
    result = run_fleet(world, THREE, own=own)
    assert outcomes(result) == dict.fromkeys(THREE, "done")
    assert [shown_images(world)[one] for one in THREE] == [IMAGE, OTHER_IMAGE, IMAGE]
    shown = world.simulator.snapshot()["instances"]
    assert [shown[one]["SystemDisk"]["DiskSize"] for one in THREE] == [50, 50, 60]
    assert shown[SECOND]["HostName"] == "web-2"


# --- check mode


def test_check_mode_plans_all_and_sends_nothing() -> None:
    world = fleet_of(3)
    result = run_fleet(world, THREE, Rollout(canary=1, concurrency=1), check=True)
    assert outcomes(result) == dict.fromkeys(THREE, "planned")
    assert (result.failure, result.as_dict()["changed"], world.accepted) == (None, True, {})
    assert world.calls == ["DescribeInstances", "DescribeImages"]
    assert [one["before_header"] for one in result.diff] == THREE
    assert all(one["before"] != one["after"] for one in result.diff)


def test_check_mode_waits_for_no_reset_that_was_sent() -> None:
    world = fleet_of(3)
    sent = run_fleet(world, [SECOND], timing=Timing(wait=False)).as_dict()["request_ids"]
    before = world.clock.monotonic()
    result = run_fleet(world, THREE, attach=sent, check=True, timing=Timing(wait_until_idle=600))
    assert outcomes(result) == dict.fromkeys(THREE, "planned")
    assert world.clock.monotonic() == before
    assert world.accepted == {SECOND: 1}


# --- one of them


def test_one_that_is_refused_stops_all() -> None:
    world = fleet_of(3)
    result = run_fleet(world, [*THREE, MISSING])
    assert outcomes(result) == dict.fromkeys([*THREE, MISSING], "refused")
    assert (world.accepted, world.calls.count("ResetInstance")) == ({}, 0)
    assert result.failure is not None
    first, *lines = result.failure.split("\n")
    assert first == "4 of 4 instances: 4 refused."
    missing, stopped = lines
    assert stopped == (
        f"{', '.join(THREE)}: refused. Nothing was sent. Another instance was refused (1 in all), and skip_refused is "
        "not set."
    )
    assert missing.startswith(f"{MISSING}: refused. Nothing was sent, for 1 problem: (1) instance_id: ")
    assert result.as_dict()["changed"] is False


def test_those_that_are_refused_may_be_skipped() -> None:
    world = fleet_of(3)
    result = run_fleet(world, [FIRST, MISSING, SECOND, THIRD], Rollout(skip_refused=True))
    assert outcomes(result) == {FIRST: "done", MISSING: "refused", SECOND: "done", THIRD: "done"}
    assert world.accepted == dict.fromkeys(THREE, 1)
    assert result.failure is not None
    assert result.failure.startswith(f"1 of 4 instances: 1 refused.\n{MISSING}: refused. ")


@pytest.mark.parametrize(
    ("faults", "outcome", "times"),
    [
        ([{"kind": "operation_failed", "action": "ResetInstance"}], "failed", 1),
        ([{"kind": "error", "action": "ResetInstance", "code": "InvalidAccount.UnpaidOrder"}], "refused", 0),
        ([{"kind": "drop", "action": "ResetInstance"}], "done", 1),
        ([{"kind": "http", "action": "ResetInstance", "when": "after"}], "done", 1),
        ([{"kind": "late", "action": "ResetInstance", "accept_after": 290}], "done", 1),
        ([{"kind": "throttle", "action": "ResetInstance", "times": 2}], "done", 1),
        (
            [
                {"kind": "drop", "action": "ResetInstance", "when": "after"},
                {"kind": "vanished", "action": "DescribeInstances", "nth": 2, "times": 9999},
            ],
            "unknown",
            1,
        ),
    ],
    ids=["failed", "refused", "lost", "answer-lost", "late", "throttled", "unknown"],
)
def test_what_happens_to_one_is_no_matter_of_the_others(faults: list[dict[str, Any]], outcome: str, times: int) -> None:
    world = fleet_of(5)
    ids = ids_of(5)
    world.simulator.faults([{**fault, "instance_id": ids[2]} for fault in faults])
    result = run_fleet(world, ids)
    assert outcomes(result) == {**dict.fromkeys(ids, "done"), ids[2]: outcome}
    assert world.accepted == {one: 1 for one in ids if one != ids[2] or times}
    assert (result.failure is None) is (outcome == "done")
    waited = {one.instance_id: one.waited_seconds for one in result.results}
    assert all(waited[one] < RESET_SECONDS + 20 for one in ids if one != ids[2])


def test_a_read_that_fails_for_all_is_told_for_each() -> None:
    world = fleet_of(2)
    world.fault("error", action="DescribeInstances", code="UnauthorizedOperation", message="No.")
    result = run_fleet(world, ids_of(2))
    assert outcomes(result) == dict.fromkeys(ids_of(2), "refused")
    assert [one.error and one.error.code for one in result.results] == ["UnauthorizedOperation"] * 2
    assert world.accepted == {}


# --- a defect


def test_a_defect_before_the_send_ends_its_own_reset(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(context: Any) -> Any:
        if context.desired.instance_id == SECOND:
            raise ZeroDivisionError
        return make_plan(context)

    monkeypatch.setattr(flow_module, "make_plan", broken)
    world = fleet_of(3)
    result = run_fleet(world, THREE, Rollout(skip_refused=True))
    assert outcomes(result) == {FIRST: "done", SECOND: "refused", THIRD: "done"}
    told = result.results[1]
    assert (told.ok, told.error and told.error.code) == (False, "Broken")
    assert told.reason.startswith("Nothing was sent. A defect of this module ended it (test_fleet.py, line ")
    assert world.accepted == {FIRST: 1, THIRD: 1}


def test_a_defect_after_the_send_ends_its_own_reset_as_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    send = Cvm.reset_instance

    def broken(cvm: Cvm, parameters: Any, before_sending: Any = None) -> str:
        request_id = send(cvm, parameters, before_sending)
        if parameters["InstanceId"] == SECOND:
            raise ZeroDivisionError
        return request_id

    monkeypatch.setattr(Cvm, "reset_instance", broken)
    world = fleet_of(3)
    result = run_fleet(world, THREE)
    assert outcomes(result) == {FIRST: "done", SECOND: "unknown", THIRD: "done"}
    assert world.accepted == dict.fromkeys(THREE, 1)
    assert result.as_dict()["results"][1]["changed"] is True


def test_a_defect_while_a_reset_is_waited_for_does_not_deny_it(monkeypatch: pytest.MonkeyPatch) -> None:
    world = fleet_of(2)
    sent = run_fleet(world, ids_of(2), timing=Timing(wait=False)).as_dict()["request_ids"]
    judge = Tracker.see

    def broken(tracker: Tracker, instance: Any, asked_at: float) -> Any:
        if instance["instance_id"] == SECOND:
            raise ZeroDivisionError
        return judge(tracker, instance, asked_at)

    monkeypatch.setattr(Tracker, "see", broken)
    result = run_fleet(world, ids_of(2), attach=sent)
    assert outcomes(result) == {FIRST: "done", SECOND: "unknown"}
    told = result.results[1]
    assert (told.changed, told.error and told.error.request_id) == (True, sent[SECOND])
    assert told.reason.startswith("Nothing was sent. A defect of this module ended it (test_fleet.py, line ")


# --- who begins when


@pytest.mark.parametrize("most", [1, 2, 7])
def test_never_more_are_without_a_system_than_may_be(most: int) -> None:
    world, ids = fleet_of(15), ids_of(15)
    result = run_fleet(world, ids, Rollout(concurrency=most))
    assert outcomes(result) == dict.fromkeys(ids, "done")
    assert most_at_a_time(world, RESET_SECONDS) == most


def test_a_reset_that_is_waited_for_is_one_of_those_without_a_system() -> None:
    world = fleet_of(3)
    sent = run_fleet(world, [THIRD], timing=Timing(wait=False)).as_dict()["request_ids"]
    result = run_fleet(world, THREE, Rollout(concurrency=1), attach=sent)
    assert outcomes(result) == dict.fromkeys(THREE, "done")
    assert most_at_a_time(world, RESET_SECONDS) == 1


@pytest.mark.parametrize("fails", [False, True])
def test_the_others_follow_when_the_canaries_are_done(fails: bool) -> None:
    world, ids = fleet_of(6), ids_of(6)
    if fails:
        world.fault("operation_failed", instance_id=ids[1])
    result = run_fleet(world, ids, Rollout(canary=2))
    if fails:
        assert list(outcomes(result).values()) == ["done", "failed", *["refused"] * 4]
        assert result.results[5].reason == "Nothing was sent. A canary failed before it."
        assert world.accepted == dict.fromkeys(ids[:2], 1)
    else:
        assert outcomes(result) == dict.fromkeys(ids, "done")
        moments = [at for at, _one in accepted_at(world)]
        assert moments[2] - moments[1] >= RESET_SECONDS


@pytest.mark.parametrize(("most", "begun"), [(0, 2), (1, 5), (2, 8)])
def test_after_too_many_failures_nothing_more_begins(most: int, begun: int) -> None:
    world, ids = fleet_of(8), ids_of(8)
    world.simulator.faults(
        [{"kind": "operation_failed", "action": "ResetInstance", "instance_id": one} for one in (ids[0], ids[3])]
    )
    result = run_fleet(world, ids, Rollout(concurrency=2, max_failures=most))
    assert Counter(outcomes(result).values())["refused"] == 8 - begun
    assert sum(world.accepted.values()) == begun
    reasons = {one.reason for one in result.results if one.outcome is Outcome.REFUSED}
    assert reasons <= {f"Nothing was sent. {most + 1} failed before it, and at most {most} may fail."}


def test_one_that_waited_for_somebody_else_is_refused_when_the_others_were_stopped() -> None:
    world = fleet_of(3)
    faults = [
        {"kind": "foreign", "action": "DescribeInstances", "operation": "StopInstances", "seconds": 60},
        {"kind": "operation_failed", "action": "ResetInstance"},
    ]
    world.simulator.faults([{**faults[0], "instance_id": THIRD}])
    run_fleet(world, [THIRD], check=True)
    world.simulator.faults([{**faults[1], "instance_id": FIRST}])
    world.clock.sleep(11)
    result = run_fleet(world, THREE, Rollout(canary=1), timing=Timing(wait_until_idle=600))
    assert outcomes(result) == {FIRST: "failed", SECOND: "refused", THIRD: "refused"}
    assert "A canary failed before it." in result.results[2].reason
    assert world.accepted == {FIRST: 1}


# --- what a person reads


def test_a_message_names_some_instances_and_some_reasons() -> None:
    missing = [f"ins-none00{number:02}" for number in range(LINES + 5)]
    first, *lines = str(run_fleet(fleet_of(5), [*missing, *ids_of(5)]).failure).split("\n")
    assert first == f"{LINES + 10} of {LINES + 10} instances: {LINES + 10} refused."
    assert len(lines) == LINES + 1
    assert lines[0].startswith("ins-none0000: refused. Nothing was sent, for 1 problem: ")
    # What only follows from the others comes last, and finds no room here.
    assert not any("ins-g0000000" in line for line in lines)
    assert lines[-1] == "6 more reasons are in results."


def test_a_reason_is_one_line_whatever_the_service_says() -> None:
    world = fleet_of(1)
    world.fault("operation_failed", message="No stock.\n" * 40)
    failure = str(run_fleet(world, ids_of(1)).failure)
    assert len(failure.split("\n")) == 2


def test_a_warning_that_several_have_is_told_once() -> None:
    world = fleet_of(5)
    result = run_fleet(world, ids_of(5), check=True, password=None, own={ids_of(5)[0]: {"password": "Qcloud@Test12"}})
    (warning,) = result.warnings
    assert warning.startswith("ins-g0000001, ins-g0000002, ins-g0000003 and 1 more: ")


# --- a thousand


def test_a_thousand_are_as_fast_as_the_api_allows_and_are_read_together() -> None:
    count = 1000
    world, ids = fleet_of(count), ids_of(count)
    result = run_fleet(world, ids)
    assert outcomes(result) == dict.fromkeys(ids, "done")
    assert result.seconds <= 1.05 * (count / 10 + RESET_SECONDS)
    alone = fleet_of(1)
    run_fleet(alone, ids_of(1))
    polls = alone.calls.count("DescribeInstances")
    assert result.calls <= 1.1 * (count + polls * math.ceil(count / 100))
    begun = [at for at, _one in accepted_at(world)]
    assert all(later - earlier >= 0.999 for earlier, later in zip(begun, begun[10:]))


def test_only_so_many_reads_are_made_in_a_second() -> None:
    world = fleet_of(300)
    fleet = Fleet(world.cvm, members_of(world, ids_of(300)), Rollout(), reads_per_second=2)
    fleet.run(check=True)
    moments = [call["at"] for call in world.simulator.snapshot()["calls"]]
    assert [round(later - earlier, 3) for earlier, later in zip(moments, moments[1:])] == [0.5] * (len(moments) - 1)


@pytest.mark.parametrize(("count", "rate"), [(3, 0.1), (300, 0.5)])
def test_few_reads_in_a_second_make_it_slow_but_keep_no_reset_back(count: int, rate: float) -> None:
    world, ids = fleet_of(count), ids_of(count)
    result = Fleet(world.cvm, members_of(world, ids), Rollout(), reads_per_second=rate).run()
    assert outcomes(result) == dict.fromkeys(ids, "done")
    assert {one.submissions for one in result.results} == {1}
