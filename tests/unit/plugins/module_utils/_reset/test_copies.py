# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A proxy repeats a POST: the first copy is accepted, and what comes back is the refusal of the second."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._engine.timing import Timing
from ansible_collections.tencent.cloud.plugins.module_utils._engine.tracker import ExpectedState, Observation, Tracker
from ansible_collections.tencent.cloud.plugins.module_utils._reset.desired import Desired
from ansible_collections.tencent.cloud.plugins.module_utils._reset.flow import Reset
from ansible_collections.tencent.cloud.plugins.module_utils._reset.follow import was_in_the_way
from ansible_collections.tencent.cloud.plugins.module_utils._reset.idempotency_entry import Entry, tag_key_of
from ansible_collections.tencent.cloud.plugins.module_utils._reset.mutation import SHORTEST_RESET
from ansible_collections.tencent.cloud.plugins.module_utils._reset.result import ResetResult
from tests.unit.support import backups
from tests.unit.support.backups import DISK, INSTANCE
from tests.unit.support.simulated import Simulated, simulated

IMAGE = "img-pmqg1cw7"
BACKUP = "snap-backup01"
KEPT = {"SnapshotName": "old", "DiskId": DISK, "region": "ap-guangzhou"}
LAG = Timing().state_lag
BUSY = (
    "OperationDenied.InstanceOperationInProgress",
    "MutexOperation.TaskRunning",
    "ResourceInUse",
    "ResourceInUse.DiskRollbacking",
    "ResourceBusy",
    "InvalidInstance.NotSupported",
    "UnsupportedOperation.InstanceStateResetting",
    "UnsupportedOperation.InstanceStateStopping",
)
OWN = {"CreateImage": "image", "CreateSnapshot": "snapshot", "ApplySnapshot": "snapshot"}


def world(**options: Any) -> Simulated:
    common = {"operated": True, "reset_seconds": 60, "rollback_seconds": 60, "snapshots": {BACKUP: KEPT}}
    return simulated(**{**common, **options})


def reset(service: Simulated, *, timing: Timing | None = None, **desired: Any) -> ResetResult:
    options = {"instance_id": INSTANCE, "image_id": IMAGE, "password": "Qcloud@TestApi123++", **desired}
    return Reset(service.cvm, service.clock, Desired(**options), timing or Timing()).run()


def accepted(service: Simulated) -> int:
    return service.accepted.get(INSTANCE, 0)


# --- a reset


@pytest.mark.parametrize("api", ["v3", "v2"])
@pytest.mark.parametrize("lag", [0, 10, 60, LAG - 5])
@pytest.mark.parametrize("request_ids", ["equal", "unequal"])
@pytest.mark.parametrize("image", [IMAGE, None])
def test_a_reset_whose_copy_was_accepted_is_adopted(api: str, lag: float, request_ids: str, image: str | None) -> None:
    service = world(api=api, lag_seconds=lag, request_ids=request_ids)
    service.fault("repeated")
    result = reset(service, image_id=image)
    assert (result.outcome, result.adopted, result.submissions, accepted(service)) == ("done", True, 1, 1)
    assert result.as_dict()["changed"]


def test_a_copy_that_fails_is_a_failed_reset_and_no_refusal() -> None:
    service = world(lag_seconds=10)
    service.simulator.faults(
        [
            {"action": "ResetInstance", "kind": "repeated"},
            {"action": "ResetInstance", "kind": "operation_failed", "message": "no stock"},
        ]
    )
    assert (reset(service).outcome, accepted(service)) == ("failed", 1)


@pytest.mark.parametrize("code", BUSY)
def test_a_refusal_of_a_busy_service_stands_when_the_state_is_not_late_any_more(code: str) -> None:
    service = world()
    service.fault("error", code=code, message="Busy.")
    result = reset(service)
    assert (result.outcome, result.submissions, accepted(service)) == ("refused", 1, 0)
    assert result.as_dict()["changed"] is False
    assert result.error is not None
    assert result.error.code == code
    assert LAG <= result.waited_seconds < LAG + 10


def test_the_operation_that_was_in_the_way_ends_it_at_once_and_is_named() -> None:
    service = world(lag_seconds=4, power_seconds=300)
    # Begun before the send, and shown after it.
    service.simulator.faults([{"action": "DescribeInstances", "kind": "foreign", "operation": "StopInstances"}])
    result = reset(service)
    assert (result.outcome, result.submissions, accepted(service)) == ("refused", 1, 0)
    assert "StopInstances OPERATING" in result.reason
    assert result.waited_seconds < SHORTEST_RESET


@pytest.mark.parametrize("key", [None, "K1"])
def test_a_copy_is_looked_for_as_long_as_a_state_can_be_late_whatever_settle_seconds_says(key: str | None) -> None:
    service = world(lag_seconds=11)
    service.fault("repeated")
    once = {"policy": "once", "idempotency_key": key} if key else {}
    timing = Timing(settle_seconds=300, state_lag=0)
    assert (reset(service, timing=timing, **once).outcome, accepted(service)) == ("done", 1)


@pytest.mark.parametrize("name", ["ModifyInstancesAttribute.InstanceName", "RenewInstances"])
def test_an_operation_that_can_come_during_a_reset_does_not_prove_that_there_was_none(name: str) -> None:
    """The simulator's other actors may not do it; real ones were seen to."""
    baseline = {"latest_operation": "StartInstances", "latest_operation_request_id": "r-0"}
    other = {"latest_operation": name, "latest_operation_state": "SUCCESS", "latest_operation_request_id": "r-9"}
    tracker = Tracker(baseline, ExpectedState(IMAGE), request_id=None, state_lag=75, name="ResetInstance")
    observation = tracker.see(other, 1.0)
    assert observation is Observation.OVERWRITTEN
    assert not was_in_the_way(tracker, observation)


def test_an_operation_that_shows_late_may_have_come_after_a_copy() -> None:
    service = world(reset_seconds=20, power_seconds=900)
    service.simulator.faults(
        [
            {"action": "ResetInstance", "kind": "repeated"},
            {"action": "ResetInstance", "kind": "foreign", "operation": "StopInstances", "after_seconds": 1, "wait": 1},
            {"action": "DescribeInstances", "kind": "drop", "nth": 2, "times": 35},
        ]
    )
    result = reset(service, image_id=None)
    assert (result.outcome, accepted(service)) == ("unknown", 1)
    assert "StopInstances" in result.reason


def test_after_a_doubt_a_busy_service_is_watched_for_the_whole_window() -> None:
    service = world(lag_seconds=0)
    service.simulator.faults(
        [
            {"action": "ResetInstance", "kind": "drop"},
            {"action": "ResetInstance", "kind": "error", "nth": 2, "code": BUSY[0], "accept_after": 290},
        ]
    )
    result = reset(service)
    assert (result.outcome, result.submissions, accepted(service)) == ("done", 2, 1)


def test_an_instance_that_cannot_be_read_leaves_a_busy_refusal_in_doubt() -> None:
    service = world()
    service.simulator.faults(
        [
            {"action": "ResetInstance", "kind": "repeated"},
            {"action": "DescribeInstances", "kind": "http", "nth": 2, "times": 9999},
        ]
    )
    assert (reset(service, timing=Timing(wait_timeout=200)).outcome, accepted(service)) == ("unknown", 1)


@pytest.mark.parametrize("lag", [0, 30])
def test_with_a_key_a_copy_is_the_only_reset(lag: float) -> None:
    service = world(lag_seconds=lag)
    service.fault("repeated")
    first = reset(service, policy="once", idempotency_key="K1")
    tags = {tag["Key"]: tag["Value"] for tag in service.simulator.snapshot()["instances"][INSTANCE]["Tags"]}
    assert Entry.of(tags[tag_key_of(INSTANCE)]).state == "done"
    service.clock.sleep(10)
    second = reset(service, policy="once", idempotency_key="K1")
    assert (first.outcome, second.outcome, accepted(service)) == ("done", "unchanged", 1)


# --- images, snapshots, rollbacks


def run(service: Simulated, action: str, **options: Any) -> Any:
    """The task whose call is C(action)."""
    if action == "CreateImage":
        return backups.image(service, **options)
    if action == "CreateSnapshot":
        return backups.snapshot(service, **options)
    restoring = {"state": "restored", "snapshot_id": BACKUP, "auto_stop": True, "auto_start": True}
    return backups.snapshot(service, **restoring, **options)


@pytest.mark.parametrize("action", OWN)
@pytest.mark.parametrize("lag", [0, 30])
def test_what_a_copy_made_or_began_is_adopted(action: str, lag: float) -> None:
    service = world(lag_seconds=lag)
    fault = {"action": action, "when": "after", "kind": "error", "code": "ResourceInUse", "message": "Busy."}
    service.simulator.faults([fault])
    result = run(service, action)
    assert (result.outcome, result.adopted, result.changed, result.submissions) == ("done", True, True, 1)
    assert backups.accepted(service, action) == 1


@pytest.mark.parametrize(
    ("action", "code"),
    [
        ("CreateImage", "InvalidImageName.Duplicate"),
        ("CreateImage", "ImageQuotaLimitExceeded"),
        ("CreateSnapshot", "ResourceUnavailable.SnapshotCreating"),
        ("CreateSnapshot", "InsufficientSnapshotQuota"),
        ("ApplySnapshot", "ResourceInUse.DiskRollbacking"),
        ("ApplySnapshot", "InvalidDisk.Busy"),
    ],
)
def test_without_a_trace_the_refusal_stands(action: str, code: str) -> None:
    service = world()
    service.simulator.faults([{"action": action, "kind": "error", "code": code, "message": "No."}])
    result = run(service, action)
    assert (result.outcome, result.changed, result.error.code) == ("refused", False, code)
    assert (backups.accepted(service, action), backups.sent(service, action)) == (0, 1)
    assert LAG <= result.waited_seconds < LAG + 10


def test_a_short_rollback_of_a_copy_is_seen_between_two_ordinary_looks() -> None:
    service = world(rollback_seconds=5, lag_seconds=7)
    service.simulator.faults(
        [{"action": "ApplySnapshot", "when": "after", "kind": "error", "code": "InvalidDisk.Busy"}]
    )
    result = run(service, "ApplySnapshot", wait_interval=60)
    assert (result.outcome, backups.accepted(service, "ApplySnapshot")) == ("done", 1)


@pytest.mark.parametrize("action", ["CreateImage", "CreateSnapshot", "ApplySnapshot"])
def test_the_service_itself_refuses_or_merges_a_copy_and_the_task_ends_well(action: str) -> None:
    service = world(lag_seconds=10)
    service.simulator.faults([{"action": action, "kind": "repeated"}])
    result = run(service, action)
    assert (result.outcome, result.changed) == ("done", True)


# --- deletions


@pytest.mark.parametrize("lag", [0, 30])
def test_a_deletion_whose_copy_was_accepted_is_done(lag: float) -> None:
    service = world(lag_seconds=lag)
    service.simulator.faults(
        [{"action": "DeleteSnapshots", "when": "after", "kind": "error", "code": "ResourceBusy", "message": "Busy."}]
    )
    result = backups.snapshot(service, state="absent", snapshot_id=BACKUP)
    assert (result.outcome, result.changed, backups.accepted(service, "DeleteSnapshots")) == ("done", True, 1)


def test_a_deletion_of_a_busy_snapshot_is_refused_when_it_stays() -> None:
    service = world()
    service.simulator.faults([{"action": "DeleteSnapshots", "kind": "error", "code": "ResourceBusy", "message": "No."}])
    result = backups.snapshot(service, state="absent", snapshot_id=BACKUP)
    assert (result.outcome, result.changed, result.error and result.error.code) == ("refused", False, "ResourceBusy")
    assert LAG <= result.waited_seconds < LAG + 10


def test_a_deletion_of_a_busy_snapshot_that_cannot_be_read_is_unknown() -> None:
    service = world()
    service.simulator.faults(
        [
            {"action": "DeleteSnapshots", "kind": "error", "code": "ResourceBusy", "message": "No."},
            {"action": "DescribeSnapshots", "kind": "http", "nth": 2, "times": 9999},
        ]
    )
    result = backups.snapshot(service, state="absent", snapshot_id=BACKUP, wait_timeout=200)
    assert (result.outcome, result.changed) == ("unknown", True)
