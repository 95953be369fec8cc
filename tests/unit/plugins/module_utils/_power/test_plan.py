# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task with the power of instances comes to: for whom it calls, for whom it waits, and what is in the way."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tencent.cloud.plugins.module_utils._power.course import Course, Drift
from ansible_collections.tencent.cloud.plugins.module_utils._power.plan import CHANGES, DesiredPower, plan_of
from tests.simulator.cvm.instances import Instance
from tests.simulator.cvm.operations import POWER, check_power
from tests.simulator.server.errors import ApiError
from tests.simulator.timelines import Timeline

ID, OTHER = "ins-r8hr2upy", "ins-keypair1"
IDLE = {"latest_operation": None, "latest_operation_state": None, "latest_operation_request_id": None}
STATES = (
    *("RUNNING", "STOPPED", "PENDING", "STARTING", "STOPPING", "REBOOTING", "LAUNCH_FAILED", "SHUTDOWN"),
    *("TERMINATING", "ENTER_RESCUE_MODE", "RESCUE_MODE", "SERVICE_LIVE_MIGRATE", "CORRUPTED", "FREEZING"),
)
BUSY = "OperationDenied.InstanceOperationInProgress"


def instance(state: str = "RUNNING", operation: str | None = None, **fields: Any) -> dict[str, Any]:
    """An instance; with an operation one that runs."""
    running = {
        "latest_operation": operation,
        "latest_operation_state": "OPERATING",
        "latest_operation_request_id": "r-1",
    }
    return {"instance_state": state, **(running if operation else IDLE), **fields}


def codes(state: str, one: dict[str, Any] | None, **options: Any) -> list[str]:
    """The codes of the problems with one instance."""
    found = {} if one is None else {ID: one}
    return [problem.code for problem in plan_of(DesiredPower(state, **options), [ID], found).problems]


@pytest.mark.parametrize(
    ("state", "one", "place"),
    [
        ("running", instance(), "there"),
        ("running", instance("STOPPED"), "called"),
        ("running", instance("STARTING"), "on its way"),
        ("running", instance("PENDING"), "on its way"),
        ("running", instance("REBOOTING"), "on its way"),
        ("running", instance("STOPPED", "StartInstances"), "on its way"),
        ("running", instance("STOPPING", "ResetInstance"), "on its way"),
        ("running", instance("RUNNING", "RenewInstances"), "on its way"),
        ("running", instance("RUNNING", restrict_state="EXPIRED"), "there"),
        ("stopped", instance("STOPPED"), "there"),
        ("stopped", instance(), "called"),
        ("stopped", instance("STOPPING"), "on its way"),
        ("stopped", instance("RUNNING", "StopInstances"), "on its way"),
        ("stopped", instance("STOPPED", "CreateImage"), "on its way"),
        ("stopped", instance("STOPPED", latest_operation="ResetInstance", latest_operation_state="FAILED"), "there"),
        ("restarted", instance(), "called"),
    ],
)
def test_whom_to_call_for(state: str, one: dict[str, Any], place: str) -> None:
    plan = plan_of(DesiredPower(state), [ID], {ID: one})
    assert plan.problems == []
    assert [ID in plan.to_call, ID in plan.under_way] == [place == "called", place == "on its way"]


@pytest.mark.parametrize(
    ("state", "one", "code"),
    [
        ("running", instance("STOPPING"), "UnsupportedOperation.InstanceStateStopping"),
        ("running", instance("RUNNING", "StopInstances"), BUSY),
        ("running", instance("STOPPED", "ModifyInstancesAttribute.InstanceName"), BUSY),
        ("running", instance("RESCUE_MODE"), "UnsupportedOperation.InstanceStateRescueMode"),
        ("running", instance("LAUNCH_FAILED"), "InvalidInstance.NotSupported"),
        ("running", instance("STOPPED", restrict_state="EXPIRED"), "UnsupportedOperation.InstanceStateIsolating"),
        ("stopped", instance("STARTING"), "UnsupportedOperation.InstanceStateStarting"),
        ("stopped", instance("STOPPED", "ResetInstance"), BUSY),
        ("restarted", instance("STOPPED"), "UnsupportedOperation.InstanceStateStopped"),
        ("restarted", instance("REBOOTING"), "UnsupportedOperation.InstanceStateRebooting"),
        ("restarted", instance("RUNNING", "RebootInstances"), BUSY),
        (
            "stopped",
            instance(latest_operation="ResetInstance", latest_operation_state="FAILED"),
            "UnsupportedOperation.InstanceReinstallFailed",
        ),
    ],
)
def test_what_is_refused(state: str, one: dict[str, Any], code: str) -> None:
    assert codes(state, one) == [code]


MODE = "UnsupportedOperation.StoppedModeStopCharging"
LOCAL = {"system_disk": {"disk_type": "LOCAL_BASIC"}}


@pytest.mark.parametrize(
    ("one", "mode", "refused"),
    [
        (instance(), "STOP_CHARGING", False),
        (
            instance(instance_charge_type="POSTPAID_BY_HOUR", data_disks=[{"disk_type": "CLOUD_SSD"}]),
            "STOP_CHARGING",
            False,
        ),
        (instance(instance_charge_type="PREPAID"), "STOP_CHARGING", True),
        (instance(instance_charge_type="PREPAID"), "KEEP_CHARGING", False),
        (instance(instance_charge_type="PREPAID"), None, False),
        (instance(**LOCAL), "STOP_CHARGING", True),
        (instance(data_disks=[{"disk_type": "LOCAL_NVME"}]), "STOP_CHARGING", True),
        (instance("STOPPED", stop_charging_mode="KEEP_CHARGING"), "STOP_CHARGING", True),
        (instance("STOPPED", stop_charging_mode="NOT_APPLICABLE"), "STOP_CHARGING", True),
        (instance("STOPPED", stop_charging_mode="STOP_CHARGING"), "STOP_CHARGING", False),
        (instance("STOPPED", stop_charging_mode="STOP_CHARGING"), "KEEP_CHARGING", True),
        (instance("STOPPED", stop_charging_mode="NOT_APPLICABLE"), "KEEP_CHARGING", False),
        (instance("STOPPED", stop_charging_mode="STOP_CHARGING"), None, False),
        (instance("STOPPED"), "STOP_CHARGING", False),
        (instance("STOPPED", **LOCAL), None, False),
    ],
)
def test_charges(one: dict[str, Any], mode: str | None, refused: bool) -> None:
    assert codes("stopped", one, stopped_mode=mode) == ([MODE] if refused else [])


def test_all_problems_of_all_instances_are_told_at_once_and_like_ones_together() -> None:
    ids = ["web-01", ID, "ins-nobody00", OTHER, "ins-nobody01", "ins-1122"]
    found = {ID: instance("RESCUE_MODE", restrict_state="EXPIRED"), OTHER: instance("RESCUE_MODE")}
    problems = plan_of(DesiredPower("running"), ids, found).problems
    assert [(problem.code, problem.message.split(":")[0]) for problem in problems] == [
        ("InvalidInstanceId.Malformed", "web-01, ins-1122"),
        ("UnsupportedOperation.InstanceStateRescueMode", f"{ID}, {OTHER}"),
        ("UnsupportedOperation.InstanceStateIsolating", ID),
        ("InvalidInstanceId.NotFound", "ins-nobody00, ins-nobody01"),
    ]
    assert {problem.option for problem in problems} == {"instance_ids"}
    assert all(problem.message.endswith(".") and problem.fix.endswith(".") for problem in problems)


@pytest.mark.parametrize(("count", "codes"), [(100, []), (101, ["InvalidParameterValue.LimitExceeded"])])
def test_a_call_takes_a_hundred_instances(count: int, codes: list[str]) -> None:
    ids = [f"ins-g{number:07}" for number in range(count)]
    plan = plan_of(DesiredPower("stopped"), ids, {one: instance() for one in ids})
    assert ([problem.code for problem in plan.problems], len(plan.to_call)) == (codes, count)


@given(
    state=st.sampled_from(sorted(CHANGES)),
    shown=st.sampled_from(STATES),
    operation=st.sampled_from((None, "StartInstances", "ResetInstance", "RenewInstances")),
    operation_state=st.sampled_from((None, "SUCCESS", "FAILED", "OPERATING")),
    restricted=st.sampled_from(("NORMAL", "EXPIRED")),
)
def test_what_is_not_refused_the_simulator_takes(
    state: str, shown: str, operation: str | None, operation_state: str | None, restricted: str
) -> None:
    """Preflight and the service agree about every call that would be sent."""
    one = instance(shown, restrict_state=restricted, latest_operation=operation, latest_operation_state=operation_state)
    plan = plan_of(DesiredPower(state), [ID], {ID: one})
    if ID not in plan.to_call:
        return
    record = {
        "InstanceId": ID,
        "InstanceState": shown,
        "RestrictState": restricted,
        "LatestOperation": operation,
        "LatestOperationState": operation_state,
    }
    ends = 1.0 if operation_state == "OPERATING" else None
    real = Instance(Timeline.of(record, 0), Timeline.of({}, 0), {}, ends=ends)
    name = CHANGES[state].action
    assert name in POWER
    codes = [problem.code for problem in plan.problems]
    with pytest.raises(ApiError) if codes else nullcontext() as refused:
        check_power(name, real)
    assert refused is None or refused.value.code in codes


# --- on the way


def test_somebody_elses_operation_may_lead_elsewhere() -> None:
    drift = Drift(DesiredPower("running"), instance("STARTING", "StartInstances"))
    drift.see(instance("STARTING", "StartInstances"), 1.0)
    assert drift.outcome is None
    drift.see(instance("STOPPED", latest_operation="StartInstances", latest_operation_state="FAILED"), 2.0)
    assert (drift.outcome, drift.code) == ("failed", "EffectMissing")
    assert drift.why.startswith("it was on its way to RUNNING and is STOPPED (")


def test_a_course_without_a_trace_is_unknown_and_with_an_answer_accepted() -> None:
    for request_id, outcome in ((None, "unknown"), ("r-2", "accepted")):
        course = Course(DesiredPower("restarted"), instance(), request_id=request_id, state_lag=75)
        course.see(instance(), 1.0)
        course.give_up()
        assert course.outcome == outcome
        assert "RebootInstances" in course.why


def test_the_effect_counts_when_it_was_seen_twice() -> None:
    course = Course(DesiredPower("stopped"), instance(), request_id="r-2", state_lag=75)
    course.see(instance("STOPPED"), 1.0)
    assert course.outcome is None
    course.see(instance(), 2.0)
    course.see(instance("STOPPED"), 3.0)
    assert course.outcome is None
    course.see(instance("STOPPED"), 4.0)
    assert course.outcome == "done"
