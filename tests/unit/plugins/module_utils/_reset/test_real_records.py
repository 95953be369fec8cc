# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resets of servers as real records show them: fields that are missing, states that are late, disks that stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._engine.timing import Timing
from ansible_collections.tencent.cloud.plugins.module_utils._engine.tracker import ExpectedState, Observation, Tracker
from ansible_collections.tencent.cloud.plugins.module_utils._reset.desired import RESET, Desired
from ansible_collections.tencent.cloud.plugins.module_utils._reset.flow import Reset
from ansible_collections.tencent.cloud.plugins.module_utils._reset.result import ResetResult
from tests.unit.support.simulated import Simulated, simulated

INSTANCE, IMAGE, WINDOWS_IMAGE = "ins-r8hr2upy", "img-pmqg1cw7", "img-win2012r"
PASSWORD = "Qcloud@TestApi123++"
LAG = Timing().state_lag


def world(*, instance: Mapping[str, Any] | None = None, **options: Any) -> Simulated:
    return simulated(
        **{"reset_seconds": 60, "lag_seconds": 5, "instances": {INSTANCE: dict(instance or {})}, **options}
    )


def reset(service: Simulated, *, check: bool = False, timing: Timing | None = None, **desired: Any) -> ResetResult:
    options = {"instance_id": INSTANCE, "image_id": IMAGE, "password": PASSWORD, **desired}
    return Reset(service.cvm, service.clock, Desired(**options), timing or Timing()).run(check=check)


def resets(service: Simulated) -> int:
    return service.calls.count("ResetInstance")


# --- fields that are missing


@pytest.mark.parametrize("check", [True, False])
def test_an_instance_without_an_image_is_not_compared_with_one(check: bool) -> None:
    service = world(instance={"missing": ["ImageId"]})
    result = reset(service, policy="image_differs", check=check)
    assert (result.outcome, resets(service)) == ("refused", 0)
    assert [problem.option for problem in result.problems] == ["policy"]
    assert "they cannot be compared" in result.reason


@pytest.mark.parametrize("policy", ["always", "image_differs"])
def test_an_image_that_is_missing_afterwards_is_no_difference_and_is_told(policy: str) -> None:
    service = world(instance={"missing_after_reset": ["ImageId"]})
    result = reset(service, policy=policy)
    assert (result.outcome, service.accepted) == ("done", {INSTANCE: 1})
    assert "Not verified, since the API does not show it: image_id" in result.reason


def test_a_host_name_that_records_do_not_have_is_not_claimed() -> None:
    result = reset(world(), host_name="web-1")
    assert result.outcome == "done"
    assert "does not show it: host_name" in result.reason


def test_what_is_shown_is_not_said_to_be_unverified() -> None:
    assert "Not verified" not in reset(world()).reason


def test_a_missing_image_proves_no_reset() -> None:
    """Before, the image was another one; now the record shows none, and somebody else's operation."""
    before = {"image_id": "img-old00000", "latest_operation_request_id": "earlier"}
    tracker = Tracker(before, ExpectedState(image_id=IMAGE), request_id=None, state_lag=LAG, name=RESET)
    stopped = {"latest_operation": "StopInstances", "latest_operation_request_id": "foreign"}
    assert tracker.see(stopped, 0.0) is Observation.OVERWRITTEN
    assert not tracker.proven_by_change(stopped)
    assert tracker.proven_by_change({**stopped, "image_id": IMAGE})


def test_a_success_with_a_missing_image_must_last() -> None:
    """A torn record shows the state of the operation before, and the image would have shown that."""
    before = {"image_id": "img-old00000", "latest_operation_request_id": "earlier", "latest_operation_state": "SUCCESS"}
    success = {"latest_operation": "ResetInstance", "latest_operation_request_id": "ours"}
    success["latest_operation_state"] = "SUCCESS"
    tracker = Tracker(before, ExpectedState(image_id=IMAGE), request_id="ours", state_lag=10.0, name=RESET)
    assert [tracker.see(success, moment) for moment in (0.0, 5.0, 10.0)] == [
        Observation.RUNNING,
        Observation.RUNNING,
        Observation.SUCCEEDED,
    ]


# --- states that are late


def test_a_success_before_the_instance_has_arrived_is_no_end() -> None:
    service = world(lag_seconds=0, settling_seconds=40)
    result = reset(service)
    assert (result.outcome, (result.instance or {})["instance_state"]) == ("done", "RUNNING")
    assert result.waited_seconds >= 100
    assert "still" not in result.reason


def test_an_instance_that_never_arrives_is_waited_for_as_long_as_a_state_can_be_late() -> None:
    service = world(lag_seconds=0, settling_seconds=9999)
    result = reset(service)
    assert result.outcome == "done"
    assert "The instance is still STARTING." in result.reason
    assert 60 + LAG <= result.waited_seconds < 60 + LAG + 15


@pytest.mark.parametrize("states", [["STOPPING", "STOPPED", "STARTING"], ["STOPPED"], ["REBOOTING"]])
def test_a_state_on_the_way_is_no_end(states: list[str]) -> None:
    service = world(states_during_reset=states)
    result = reset(service)
    assert (result.outcome, result.waited_seconds >= 60) == ("done", True)


# --- disks


@pytest.mark.parametrize(
    ("fate", "told"), [("changed", "and no longer disk-r8hr2upy"), ("kept", "kept the id disk-r8hr2upy")]
)
def test_a_switch_of_the_platform_tells_what_became_of_the_disk(fate: str, told: str) -> None:
    service = world(disk_on_switch=fate)
    result = reset(service, image_id=WINDOWS_IMAGE, password="Qcloud@TestApi123++")
    assert result.outcome == "done"
    assert told in result.reason
    assert "perhaps another one" in str(result.changes["after"])


def test_without_a_switch_the_disk_is_not_spoken_of() -> None:
    assert "disk" not in reset(world()).reason


# --- waiting until nobody operates the instance


def busy(**options: Any) -> Simulated:
    """An instance on which somebody else's operation runs for another 100 seconds."""
    service = world(operated=True, lag_seconds=1, **options)
    service.simulator.faults(
        [{"action": "DescribeInstances", "kind": "foreign", "operation": "RebootInstances", "seconds": 100}]
    )
    service.cvm.instances([INSTANCE])
    service.clock.sleep(2)
    return service


def test_without_the_option_an_operation_in_progress_is_refused_and_named() -> None:
    service = busy()
    result = reset(service)
    assert (result.outcome, resets(service)) == ("refused", 0)
    assert "RebootInstances" in result.reason
    assert "wait_until_idle" in result.reason


@pytest.mark.parametrize("check", [True, False])
def test_the_end_of_an_operation_is_waited_for_and_nothing_is_sent_meanwhile(check: bool) -> None:
    service, events = busy(), list[str]()
    desired = Desired(INSTANCE, image_id=IMAGE, password=PASSWORD)
    began = service.clock.monotonic()

    def tell(kind: str, data: Mapping[str, Any]) -> None:
        events.append(f"{kind} {data.get('why', '')}")
        if kind == "sent":
            assert service.clock.monotonic() - began >= 98

    timing = Timing(wait_until_idle=300)
    result = Reset(service.cvm, service.clock, desired, timing, tell).run(check=check)
    assert (result.outcome, resets(service)) == (("planned", 0) if check else ("done", 1))
    assert any(event.startswith("waiting RebootInstances OPERATING") for event in events)
    assert len(result.warnings) == len(set(result.warnings))


def test_an_instance_whose_state_is_on_its_way_is_waited_for_too() -> None:
    service = world(lag_seconds=0, power_seconds=5, operated=True, settling_seconds=60)
    service.simulator.faults([{"action": "DescribeInstances", "kind": "foreign", "operation": "RebootInstances"}])
    service.cvm.instances([INSTANCE])
    service.clock.sleep(20)
    assert (reset(service).outcome, resets(service)) == ("refused", 0)
    assert reset(service, timing=Timing(wait_until_idle=100)).outcome == "done"


def test_what_the_end_of_an_operation_does_not_mend_is_told_before_it() -> None:
    service = busy()
    began = service.clock.monotonic()
    desired = Desired(INSTANCE, image_id="img-00000000", password="short")
    result = Reset(service.cvm, service.clock, desired, Timing(wait_until_idle=300)).run()
    assert (result.outcome, service.clock.monotonic() - began < 10) == ("refused", True)
    assert {problem.option for problem in result.problems} >= {"image_id", "login_settings.password", "instance_id"}


def test_an_operation_that_does_not_end_in_time_is_refused_and_named() -> None:
    service = busy()
    began = service.clock.monotonic()
    result = reset(service, timing=Timing(wait_until_idle=30))
    assert (result.outcome, resets(service)) == ("refused", 0)
    assert "RebootInstances" in result.reason
    assert 30 <= service.clock.monotonic() - began < 40


def test_an_idle_instance_is_not_waited_for() -> None:
    service = world(operated=True)
    reset(service, timing=Timing(wait_until_idle=300))
    assert service.calls[:3] == ["DescribeInstances", "DescribeImages", "ResetInstance"]


def test_a_plan_of_the_time_before_the_wait_does_not_count() -> None:
    """Meanwhile somebody else has installed the image."""
    service = world(operated=True, lag_seconds=0)
    service.simulator.faults(
        [
            {"action": "DescribeInstances", "kind": "foreign", "operation": "ResetInstance", "image_id": IMAGE},
        ]
    )
    service.cvm.instances([INSTANCE])
    service.clock.sleep(2)
    result = reset(service, policy="image_differs", timing=Timing(wait_until_idle=300))
    assert (result.outcome, resets(service)) == ("unchanged", 0)
