# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starting, stopping and restarting: sent once, recognized after lost answers, and followed to the end of each."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._engine.driver import Driver
from ansible_collections.tencent.cloud.plugins.module_utils._engine.readers import readers
from ansible_collections.tencent.cloud.plugins.module_utils._power.engine import Power
from ansible_collections.tencent.cloud.plugins.module_utils._power.options import option_problems
from ansible_collections.tencent.cloud.plugins.module_utils._power.plan import DesiredPower
from ansible_collections.tencent.cloud.plugins.module_utils._power.result import PowerResult
from tests.unit.support.backups import LOST, fault, sent
from tests.unit.support.simulated import Simulated, simulated

WEB, BASTION, STOPPED, FREE = "ins-r8hr2upy", "ins-keypair1", "ins-stopped1", "ins-nocharge"
ACTIONS = {"running": "StartInstances", "stopped": "StopInstances", "restarted": "RebootInstances"}
TASKS = {"running": [STOPPED, FREE], "stopped": [WEB, BASTION], "restarted": [WEB, BASTION]}
"""What each state has to do something about."""
AFTER = {"running": "RUNNING", "stopped": "STOPPED", "restarted": "RUNNING"}

every_state = pytest.mark.parametrize("state", ACTIONS)
both_baselines = pytest.mark.parametrize("operated", [True, False])


def bench(**world: Any) -> Simulated:
    """A simulator on which a change of power takes 20 seconds and shows 5 seconds late."""
    return simulated(**{"power_seconds": 20, "lag_seconds": 5, "reset_seconds": 60, **world})


def options_of(state: str, ids: list[str] | None = None, **options: Any) -> dict[str, Any]:
    """The options of a task."""
    return {
        "state": state,
        "instance_ids": TASKS[state] if ids is None else ids,
        "stop_type": "soft",
        "stopped_mode": None,
        "wait": True,
        "wait_timeout": 1800,
        "wait_interval": 5.0,
        "max_attempts": 5,
        **options,
    }


def power(bench: Simulated, state: str, ids: list[str] | None = None, *, check: bool = False, **given: Any) -> Any:
    """The result of a task."""
    options = options_of(state, ids, **given)
    result = Power(bench.cvm, bench.clock, options, list(option_problems(options))).run(check=check)
    assert isinstance(result, PowerResult)
    return result


def accepted(bench: Simulated) -> dict[str, int]:
    """How many calls of each action changed something."""
    return dict(bench.simulator.snapshot()["accepted_calls"])


def states(bench: Simulated, ids: list[str]) -> list[str]:
    """The real states."""
    known = bench.simulator.snapshot()["instances"]
    return [str(known[one]["InstanceState"]) for one in ids]


# --- the ladder


@every_state
@both_baselines
@pytest.mark.parametrize("settling_seconds", [0, 30])
def test_the_usual_course(state: str, operated: bool, settling_seconds: int) -> None:
    service, ids = bench(operated=operated, settling_seconds=settling_seconds), TASKS[state]
    before = states(service, ids)
    result = power(service, state)
    assert (result.outcome, result.ok, result.changed, result.submissions) == ("done", True, True, 1)
    assert states(service, ids) == [AFTER[state]] * 2
    assert [one["instance_state"] for one in result.about()["instances"]] == [AFTER[state]] * 2
    assert [(one["instance_id"], one["instance_state"]) for one in result.about()["previous"]] == [*zip(ids, before)]
    assert f"{', '.join(ids)}: {state} (RequestId {result.request_id})." == result.reason
    assert 20 + settling_seconds <= result.waited_seconds <= 45 + settling_seconds
    assert accepted(service) == {ACTIONS[state]: 1}


@pytest.mark.parametrize("state", ["running", "stopped"])
def test_what_is_there_is_left_alone(state: str) -> None:
    service = bench()
    power(service, state)
    again = power(service, state)
    assert (again.outcome, again.ok, again.changed, again.submissions) == ("unchanged", True, False, 0)
    assert again.changes["before"] == again.changes["after"]
    assert accepted(service) == {ACTIONS[state]: 1}


def test_only_those_are_called_for_that_need_it() -> None:
    service = bench()
    result = power(service, "stopped", [WEB, STOPPED])
    assert (result.outcome, result.reason) == ("done", f"{WEB}: stopped (RequestId {result.request_id}).")
    known = service.simulator.snapshot()["instances"]
    assert [known[one]["LatestOperation"] for one in (WEB, STOPPED)] == ["StopInstances", None]


def test_tasks_side_by_side_look_together() -> None:
    alone, together = bench(), bench()
    power(alone, "stopped")
    tasks = [Power(together.cvm, together.clock, options_of(state)) for state in ("running", "stopped")]
    driver: Driver[PowerResult] = Driver(together.clock, readers(together.cvm))
    results = driver.run({str(number): task.flow(check=False) for number, task in enumerate(tasks)})
    assert [(result.outcome, result.submissions) for result in results.values()] == [("done", 1)] * 2
    assert accepted(together) == {"StartInstances": 1, "StopInstances": 1}
    assert together.calls.count("DescribeInstances") == alone.calls.count("DescribeInstances")


def test_a_restart_restarts_each_time() -> None:
    service = bench()
    results = [power(service, "restarted"), power(service, "restarted")]
    assert [result.outcome for result in results] == ["done", "done"]
    assert accepted(service) == {"RebootInstances": 2}


@every_state
def test_check_mode_sends_nothing_and_shows_the_same_diff(state: str) -> None:
    service = bench()
    planned = power(service, state, check=True)
    assert (planned.outcome, planned.changed, accepted(service)) == ("planned", True, {})
    done = power(service, state, stopped_mode="keep_charging" if state == "stopped" else None)
    names = [name for name, shown in done.changes["after"].items() if shown != done.changes["before"][name]]
    assert names == TASKS[state]
    for name in names:
        assert planned.changes["before"][name] == done.changes["before"][name]
        assert planned.changes["after"][name]["instance_state"] == done.changes["after"][name]["instance_state"]


def test_without_wait_what_somebody_else_has_under_way_by_now_is_not_called_accepted() -> None:
    service = bench(power_seconds=60, lag_seconds=0)
    other = {"kind": "foreign", "operation": "StopInstances", "after_seconds": 0}
    service.simulator.faults([{"action": "StopInstances", "kind": "throttle"}, {"action": "StopInstances", **other}])
    result = power(service, "stopped", [WEB], wait=False)
    assert (result.outcome, result.changed, result.request_id) == ("unchanged", False, None)
    assert f"On their way to it: {WEB}" in result.reason


def test_without_wait_it_ends_with_the_acceptance() -> None:
    service = bench(lag_seconds=0)
    result = power(service, "stopped", wait=False)
    assert (result.outcome, result.ok, result.waited_seconds) == ("accepted", True, 0.0)
    assert result.changes["after"][WEB]["instance_state"] == "STOPPED"
    again = power(service, "stopped", wait=False)
    assert (again.outcome, again.changed) == ("unchanged", False)
    assert again.reason == f"Nothing is to be done for STOPPED. On their way to it: {WEB}, {BASTION}."


@pytest.mark.parametrize(
    ("stop_type", "stopped_mode", "sent_mode"),
    [
        ("soft", None, "KEEP_CHARGING"),
        ("hard", "stop_charging", "STOP_CHARGING"),
        ("soft_first", "keep_charging", "KEEP_CHARGING"),
    ],
)
def test_how_to_stop(stop_type: str, stopped_mode: str | None, sent_mode: str) -> None:
    service = bench()
    result = power(service, "stopped", [WEB], stop_type=stop_type, stopped_mode=stopped_mode)
    assert result.outcome == "done"
    mode = service.simulator.snapshot()["instances"][WEB]["StopChargingMode"]
    assert mode == sent_mode
    (call,) = [call for call in service.simulator.snapshot()["calls"] if call["action"] == "StopInstances"]
    desired = {"InstanceIds.0", "StopType", *(["StoppedMode"] if stopped_mode else [])}
    assert set(call["parameters"]) == desired


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"ids": []}, "instance_ids"),
        ({"stopped_mode": "keep_charging"}, "stopped_mode"),
        ({"wait_timeout": 0}, "wait_timeout"),
        ({"wait_interval": 0}, "wait_interval"),
    ],
)
def test_options_that_cannot_be(options: dict[str, Any], option: str) -> None:
    service = bench()
    refused = power(service, "running", **options)
    assert (refused.problems[0].option, refused.outcome) == (option, "refused")
    assert "StartInstances" not in service.calls


def test_problems_of_options_and_of_records_stand_in_one_list() -> None:
    service = bench()
    refused = power(service, "running", ["ins-nobody00"], wait_timeout=0, stopped_mode="keep_charging")
    assert [problem.option for problem in refused.problems] == ["stopped_mode", "wait_timeout", "instance_ids"]


# --- what others do


def test_an_operation_that_leads_there_is_waited_for() -> None:
    service = bench(lag_seconds=0)
    power(service, "running", [STOPPED], wait=False)
    result = power(service, "running", [STOPPED, WEB])
    assert (result.outcome, result.changed, result.ok) == ("unchanged", False, True)
    assert states(service, [STOPPED]) == ["RUNNING"]
    assert accepted(service) == {"StartInstances": 1}
    assert power(service, "running", [STOPPED], wait=False).outcome == "unchanged"


def test_what_was_waited_for_may_be_late() -> None:
    service = bench(lag_seconds=0, power_seconds=500)
    power(service, "running", [STOPPED], wait=False)
    service.fault("hang", "DescribeInstances")
    late = power(service, "running", [STOPPED], wait_timeout=60)
    assert (late.outcome, late.ok, late.changed, late.error.code) == ("accepted", False, False, "WaitTimeout")
    assert late.waited_seconds == 60
    assert late.reason.startswith(f"{STOPPED}: it is STARTING, and StartInstances OPERATING ")


def test_a_reset_of_somebody_else_leads_to_running_and_forbids_to_stop() -> None:
    service = bench(lag_seconds=0)
    service.fault("foreign", "DescribeInstances", operation="ResetInstance", instance_id=WEB)
    power(service, "running", [WEB], check=True)
    refused = power(service, "stopped", [WEB])
    assert [problem.code for problem in refused.problems] == ["OperationDenied.InstanceOperationInProgress"]
    assert "ResetInstance (RequestId " in refused.reason
    waited = power(service, "running", [WEB])
    assert (waited.outcome, waited.waited_seconds >= 60) == ("unchanged", True)


@every_state
@pytest.mark.parametrize("lost", [False, True])
def test_an_operation_that_fails_is_told_with_its_reason(state: str, lost: bool) -> None:
    service = bench()
    failing = {"kind": "operation_failed", "action": ACTIONS[state], "message": "no stock"}
    dropped = {"kind": "drop", "action": ACTIONS[state], "when": "after"}
    service.simulator.faults([failing, dropped] if lost else [failing])
    result = power(service, state)
    assert (result.outcome, result.ok, result.changed, result.submissions) == ("failed", False, True, 1)
    assert (result.error.code, result.adopted) == ("OperationFailed", lost)
    assert f"{', '.join(TASKS[state])}: {ACTIONS[state]} was accepted and failed: no stock." in result.reason


def test_an_operation_that_does_not_end_in_time() -> None:
    service = bench()
    service.simulator.faults([{"kind": "stale", "action": "DescribeInstances", "nth": 2, "times": 500}])
    late = power(service, "stopped", [WEB], wait_timeout=60)
    assert (late.outcome, late.ok, late.error.code, late.changed) == ("accepted", False, "WaitTimeout", True)
    assert "StopInstances was accepted and did not end in time: the instance is RUNNING" in late.reason


def test_what_takes_the_place_of_our_operation_hides_a_reboot_and_not_a_stop() -> None:
    for state, outcome in (("restarted", "unknown"), ("stopped", "done")):
        service = bench(lag_seconds=0, power_seconds=1)
        rename = {"operation": "ModifyInstancesAttribute.InstanceName", "value": "db", "wait": True, "seconds": 1}
        service.fault("foreign", ACTIONS[state], **rename)
        result = power(service, state, [WEB], wait_interval=10)
        assert (result.outcome, result.changed) == (outcome, True), state
        assert accepted(service) == {ACTIONS[state]: 1}
        assert ("ModifyInstancesAttribute.InstanceName" in result.reason) is (outcome == "unknown")


# --- the network


@every_state
@both_baselines
@pytest.mark.parametrize("kind", LOST)
def test_a_lost_answer_is_recognized_by_its_trace(state: str, operated: bool, kind: str) -> None:
    service = bench(operated=operated)
    fault(service, ACTIONS[state], kind, when="after")
    result = power(service, state)
    assert (result.outcome, result.adopted, result.submissions) == ("done", True, 1)
    assert accepted(service) == {ACTIONS[state]: 1}
    latest = service.simulator.snapshot()["instances"][TASKS[state][0]]["LatestOperationRequestId"]
    assert result.request_id in (latest, None)


@every_state
@both_baselines
@pytest.mark.parametrize("late", [60, 290])
def test_what_is_accepted_late_is_not_sent_twice(state: str, operated: bool, late: int) -> None:
    service = bench(operated=operated)
    fault(service, ACTIONS[state], "drop", accept_after=late)
    result = power(service, state)
    assert (result.outcome, result.submissions) == ("done", 1)
    assert accepted(service) == {ACTIONS[state]: 1}


@every_state
@both_baselines
def test_what_never_arrived_is_sent_again_after_the_window(state: str, operated: bool) -> None:
    service = bench(operated=operated)
    fault(service, ACTIONS[state], "drop")
    result = power(service, state)
    assert (result.outcome, result.adopted, result.submissions) == ("done", False, 2)
    assert (accepted(service), result.waited_seconds >= 375) == ({ACTIONS[state]: 1}, True)


@every_state
def test_what_cannot_be_decided_in_time_is_unknown(state: str) -> None:
    service = bench()
    fault(service, ACTIONS[state], "drop")
    result = power(service, state, wait_timeout=100)
    assert (result.outcome, result.ok, result.changed, result.error.code) == ("unknown", False, True, "NoAnswer")
    assert f"Look at {', '.join(TASKS[state])}" in result.reason
    assert sent(service, ACTIONS[state]) == 1


@every_state
@both_baselines
def test_a_lost_call_in_whose_place_something_stands_is_not_sent_again(state: str, operated: bool) -> None:
    service, action = bench(operated=operated), ACTIONS[state]
    rename = {"operation": "ModifyInstancesAttribute.InstanceName", "value": "db", "after_seconds": 50}
    service.simulator.faults([{"action": action, "kind": "drop"}, {"action": action, "kind": "foreign", **rename}])
    result = power(service, state, TASKS[state][:1])
    assert (result.outcome, result.changed, sent(service, action)) == ("unknown", True, 1)


def test_where_an_operation_was_shown_none_proves_nothing() -> None:
    service = bench(operated=True)
    service.simulator.faults(
        [
            {"action": "RebootInstances", "kind": "drop"},
            {"action": "DescribeInstances", "kind": "null", "nth": 2, "times": 9999},
        ]
    )
    result = power(service, "restarted", [WEB], wait_timeout=900)
    assert (result.outcome, sent(service, "RebootInstances")) == ("unknown", 1)
    assert result.waited_seconds >= 900
    not_shown = "A read failed: NotShown: An instance, or its operation, is not shown, which proves nothing."
    assert not_shown in result.reason


def test_a_lost_stop_in_whose_place_something_stands_is_told_by_the_state() -> None:
    service = bench(power_seconds=1, lag_seconds=0)
    rename = {"operation": "ModifyInstancesAttribute.InstanceName", "value": "db", "wait": True, "seconds": 1}
    service.simulator.faults(
        [
            {"action": "StopInstances", "kind": "foreign", **rename},
            {"action": "StopInstances", "kind": "drop", "when": "after"},
            {"action": "DescribeInstances", "kind": "http", "nth": 3, "times": 5},
        ]
    )
    result = power(service, "stopped", [WEB])
    assert (result.outcome, result.adopted, result.submissions) == ("done", True, 1)
    assert accepted(service) == {"StopInstances": 1}


def test_that_no_operation_is_shown_is_read_twice() -> None:
    """A broken read before the call must not make an old reboot look like ours."""
    service = bench()
    power(service, "restarted", [WEB])
    service.simulator.faults(
        [
            {"action": "DescribeInstances", "kind": "null"},
            {"action": "RebootInstances", "kind": "drop"},
        ]
    )
    result = power(service, "restarted", [WEB])
    assert (result.outcome, result.adopted, result.submissions) == ("done", False, 2)
    assert accepted(service) == {"RebootInstances": 2}


@every_state
@pytest.mark.parametrize("kind", ["throttle", "unreachable"])
def test_what_was_surely_not_taken_is_sent_again_soon(state: str, kind: str) -> None:
    service = bench()
    if kind == "unreachable":
        service.transport.unreachable(ACTIONS[state])
    else:
        fault(service, ACTIONS[state], kind)
    result = power(service, state)
    assert (result.outcome, result.adopted, result.submissions) == ("done", False, 2)
    assert result.waited_seconds < 60


def test_what_changes_between_two_sends_is_seen() -> None:
    service = bench(lag_seconds=0, power_seconds=0.2)
    service.simulator.faults(
        [
            {"action": "StopInstances", "kind": "throttle"},
            {"action": "StopInstances", "kind": "foreign", "operation": "StopInstances"},
        ]
    )
    result = power(service, "stopped", [WEB])
    assert (result.outcome, result.changed, result.submissions) == ("unchanged", False, 1)
    assert result.ok
    service.simulator.faults(
        [
            {"action": "StartInstances", "kind": "throttle"},
            {"action": "StartInstances", "kind": "foreign", "operation": "ResetInstancesPassword", "seconds": 500},
        ]
    )
    refused = power(service, "running", [WEB])
    assert (refused.outcome, refused.changed, accepted(service)) == ("refused", False, {})
    assert "ResetInstancesPassword" in refused.reason
    assert refused.reason.startswith("Nothing was changed, for 1 problem: ")


def test_a_read_that_fails_between_two_sends_is_no_doubt() -> None:
    service = bench()
    service.simulator.faults(
        [
            {"action": "StopInstances", "kind": "throttle"},
            {"action": "DescribeInstances", "kind": "drop", "nth": 3, "times": 5},
        ]
    )
    result = power(service, "stopped", [WEB])
    assert (result.outcome, result.changed, result.submissions) == ("refused", False, 1)
    assert (result.error.action, accepted(service)) == ("DescribeInstances", {})
    assert result.waited_seconds < 60


@every_state
def test_a_refusal_is_final_and_advised(state: str) -> None:
    service = bench()
    fault(service, ACTIONS[state], "error", code="AuthFailure.UnauthorizedOperation")
    result = power(service, state)
    assert (result.outcome, result.changed, result.submissions) == ("refused", False, 1)
    assert result.error.code == "AuthFailure.UnauthorizedOperation"
    assert "Nothing was changed." in result.reason


@every_state
def test_a_busy_refusal_may_complain_of_a_copy_of_our_call(state: str) -> None:
    """A proxy that repeats a POST passes on the second answer."""
    code = "OperationDenied.InstanceOperationInProgress"
    service = bench()
    fault(service, ACTIONS[state], "error", code=code, when="after")
    result = power(service, state)
    assert (result.outcome, result.adopted, accepted(service)) == ("done", True, {ACTIONS[state]: 1})
    service = bench()
    fault(service, ACTIONS[state], "error", code=code)
    stands = power(service, state)
    assert (stands.outcome, stands.changed, accepted(service)) == ("refused", False, {})


@pytest.mark.parametrize("state", ["running", "stopped"])
def test_a_call_whose_copy_was_quick_is_no_refusal(state: str) -> None:
    service = bench(power_seconds=0, lag_seconds=0)
    code = f"UnsupportedOperation.InstanceState{AFTER[state].capitalize()}"
    fault(service, ACTIONS[state], "error", code=code, when="after")
    result = power(service, state)
    assert (result.outcome, result.changed, accepted(service)) == ("done", True, {ACTIONS[state]: 1})


@every_state
@pytest.mark.parametrize("kind", ["torn", "stale", "null", "vanished", "drop", "http"])
def test_broken_reads_are_no_end(state: str, kind: str) -> None:
    service = bench(operated=True)
    service.simulator.faults([{"action": "DescribeInstances", "kind": kind, "nth": 2, "times": 8}])
    result = power(service, state)
    assert (result.outcome, result.changed, accepted(service)) == ("done", True, {ACTIONS[state]: 1})
    assert states(service, TASKS[state]) == [AFTER[state]] * 2


def test_a_defect_after_the_send_does_not_lose_it(monkeypatch: pytest.MonkeyPatch) -> None:
    service = bench()
    monkeypatch.setattr(Power, "_follow", lambda self, poll: 1 / 0)
    result = power(service, "stopped")
    assert (result.outcome, result.changed, result.error.code) == ("unknown", True, "Broken")
    assert result.request_id


def test_charges_that_go_on_after_the_stop_are_a_failure_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The documents let the service ignore the mode for instances that do not support it."""
    service = bench()
    monkeypatch.setattr(DesiredPower, "parameters", lambda self, ids: {"InstanceIds": list(ids)})
    result = power(service, "stopped", [WEB], stopped_mode="stop_charging")
    assert (result.outcome, result.ok, result.error.code) == ("failed", False, "EffectMissing")
    assert "stop_charging_mode is 'KEEP_CHARGING', not 'STOP_CHARGING'" in result.reason
