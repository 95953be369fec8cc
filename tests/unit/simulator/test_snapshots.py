# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Snapshots: made, rolled back, deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.support.bench import Bench, code
from tests.unit.support.maker import DATA, DISK, DONE, ID, TAGS, disk, snapshot

UBUNTU = "img-pmqg1cw7"


def shown(sim: Bench, snapshot_id: str) -> dict[str, Any] | None:
    found = sim.cbs("DescribeSnapshots", {"SnapshotIds": [snapshot_id]})["SnapshotSet"]
    return found[0] if found else None


def restore(sim: Bench, snapshot_id: str, disk_id: str = DISK, **parameters: Any) -> dict[str, Any]:
    return sim.cbs("ApplySnapshot", {"SnapshotId": snapshot_id, "DiskId": disk_id, **parameters})


def content(sim: Bench, disk_id: str = DISK) -> str:
    return str(sim.state["disks"][disk_id]["content"])


def test_a_snapshot_is_made_step_by_step() -> None:
    sim = Bench(lag_seconds=1, snapshot_seconds=100)
    deadline = "2025-10-11T08:53:20+00:00"
    made = sim.cbs("CreateSnapshot", {"DiskId": DISK, "SnapshotName": "s", "Deadline": deadline, "Tags": TAGS})
    name = made["SnapshotId"]
    assert shown(sim, name) is None
    percents = []
    for _index in range(3):
        sim.wait(33.5)
        percents.append((shown(sim, name) or {})["Percent"])
    assert percents == [32, 66, 99]
    sim.wait(1)
    record = shown(sim, name) or {}
    assert (record["SnapshotState"], record["Percent"], record["Tags"]) == ("NORMAL", 100, TAGS)
    assert (record["DiskId"], record["DiskUsage"], record["DiskSize"]) == (DISK, "SYSTEM_DISK", 50)
    assert (record["IsPermanent"], record["DeadlineTime"]) == (False, "2025-10-11 08:53:20")
    sim.wait(2 * 86400)
    assert shown(sim, name) is None


def test_a_snapshot_that_fails_is_gone() -> None:
    sim = Bench()
    sim.fault("operation_failed", "CreateSnapshot")
    assert shown(sim, snapshot(sim)) is None


@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
def test_a_lost_answer(when: str, made: int) -> None:
    sim = Bench()
    sim.fault("drop", "CreateSnapshot", when=when)
    assert sim.raw("CreateSnapshot", {"DiskId": DISK}, host="cbs.tencentcloudapi.com").fate == "drop"
    sim.wait(DONE)
    found = sim.cbs("DescribeSnapshots", {"Filters": [{"Name": "disk-id", "Values": [DISK]}]})
    assert found["TotalCount"] == sim.state["accepted_calls"].get("CreateSnapshot", 0) == made


def test_a_rollback_brings_back_system_and_content() -> None:
    sim = Bench(lag_seconds=0, reset_seconds=1)
    before, was = sim.seen(), content(sim)
    name = snapshot(sim)
    sim.reset(ImageId=UBUNTU)
    sim.wait(2)
    assert content(sim) != was
    assert code(restore(sim, name, AutoStopInstance=True, AutoStartInstance=True)) is None
    assert (disk(sim)["DiskState"], disk(sim)["Rollbacking"]) == ("ROLLBACKING", True)
    assert (shown(sim, name) or {})["SnapshotState"] == "ROLLBACKING"
    assert sim.seen()["InstanceState"] == "STOPPING"
    sim.wait(1.5)
    assert sim.seen()["InstanceState"] == "STOPPED"
    assert 0 < disk(sim)["RollbackPercent"] < 100
    assert code(sim.reset()) == "ResourceInUse"
    assert code(sim.call("StartInstances", {"InstanceIds": [ID]})) == "MutexOperation.TaskRunning"
    assert code(sim.call("CreateImage", {"ImageName": "x", "InstanceId": ID})) == "ResourceInUse.DiskRollbacking"
    sim.wait(1.5)
    assert sim.seen()["InstanceState"] == "STARTING"
    sim.wait(1)
    after = sim.seen()
    same = ("ImageId", "OsName", "DefaultLoginUser", "InstanceState", "SystemDisk")
    assert {key: after[key] for key in same} == {key: before[key] for key in same}
    assert content(sim) == was
    assert (disk(sim)["DiskState"], (shown(sim, name) or {})["SnapshotState"]) == ("ATTACHED", "NORMAL")
    assert sim.state["accepted_calls"] == {"CreateSnapshot": 1, "ResetInstance": 1, "ApplySnapshot": 1}


def test_a_rollback_of_a_stopped_instance_leaves_it_stopped() -> None:
    sim = Bench()
    name = snapshot(sim, "disk-stopped1")
    assert code(restore(sim, name, "disk-stopped1")) is None
    sim.wait(DONE)
    assert sim.seen("ins-stopped1")["InstanceState"] == "STOPPED"


def test_a_rollback_that_fails() -> None:
    sim = Bench(lag_seconds=0)
    name = snapshot(sim, "disk-stopped1")
    sim.fault("operation_failed", "ApplySnapshot", message="broken")
    restore(sim, name, "disk-stopped1")
    sim.wait(DONE)
    assert (disk(sim, "disk-stopped1")["DiskState"], disk(sim, "disk-stopped1")["ErrorPrompt"]) == (
        "ATTACHED",
        "broken",
    )


def test_a_switch_of_the_platform_strands_the_snapshot() -> None:
    sim = Bench(reset_seconds=1, instances={ID: {"Memory": 8}})
    name = snapshot(sim)
    sim.reset(ImageId="img-win2012r")
    sim.wait(2)
    now = sim.seen()["SystemDisk"]["DiskId"]
    assert now != DISK
    assert code(restore(sim, name)) == "InvalidDiskId.NotFound"
    assert code(restore(sim, name, now, AutoStopInstance=True)) == "InvalidSnapshot.NotSupported"
    assert DISK not in sim.state["disks"]


def test_a_disk_of_data_of_its_own() -> None:
    entry = {"region": "ap-guangzhou", "Portable": True, "DiskSize": 10, "DiskName": "spare"}
    sim = Bench(disks={"disk-spare001": entry})
    assert (disk(sim, "disk-spare001")["DiskState"], disk(sim, "disk-spare001")["InstanceId"]) == ("UNATTACHED", "")
    name = snapshot(sim, "disk-spare001")
    assert code(restore(sim, name, "disk-spare001", AutoStopInstance=True)) == "InvalidParameterValue"
    assert code(restore(sim, name, "disk-spare001")) is None
    assert code(restore(sim, name, "disk-spare001")) == "ResourceInUse.DiskRollbacking"
    sim.wait(DONE)
    assert disk(sim, "disk-spare001")["DiskState"] == "UNATTACHED"


@pytest.mark.parametrize(
    ("parameters", "world", "expected"),
    [
        ({"DiskId": ""}, {}, "MissingParameter"),
        ({"DiskId": "disk-00000000"}, {}, "InvalidDiskId.NotFound"),
        ({"DiskId": "disk-localssd"}, {}, "InvalidDiskId.NotFound"),
        ({"DiskId": "disk-hongkong"}, {}, "InvalidDiskId.NotFound"),
        ({"DiskBackupId": "dbp-1"}, {}, "ResourceNotFound.NotFound"),
        ({"Deadline": "tomorrow"}, {}, "InvalidParameterValue"),
        ({"Deadline": "2025-10-10T08:53:19Z"}, {}, "InvalidParameterValue"),
        ({"Deadline": "2025-10-10T08:53:20Z"}, {}, None),
        ({"DiskUsage": "ANY"}, {}, "InvalidParameterValue"),
        ({"DiskUsage": "DATA_DISK"}, {}, None),
        ({}, {"disks": {DISK: {"SnapshotAbility": False}}}, "InvalidDisk.NotSupportSnapshot"),
        ({}, {"snapshot_quota": 1}, "InsufficientSnapshotQuota"),
        ({}, {"account": {"insufficient_balance": True}}, "InvalidAccount.InsufficientBalance"),
    ],
)
def test_refused_snapshots(parameters: dict[str, Any], world: dict[str, Any], expected: str | None) -> None:
    assert code(Bench(world).cbs("CreateSnapshot", {"DiskId": DISK, **parameters})) == expected


def test_refusals_while_something_runs() -> None:
    sim = Bench(snapshot_seconds=60)
    name = sim.cbs("CreateSnapshot", {"DiskId": DISK})["SnapshotId"]
    assert code(sim.cbs("CreateSnapshot", {"DiskId": DISK})) == "InvalidDisk.SnapshotCreating"
    assert code(restore(sim, name)) == "ResourceUnavailable.SnapshotCreating"
    assert code(sim.cbs("DeleteSnapshots", {"SnapshotIds": [name]})) == "ResourceUnavailable.SnapshotCreating"
    sim.wait(60)
    sim.reset()
    assert code(sim.cbs("CreateSnapshot", {"DiskId": DISK})) == "InvalidDisk.Busy"
    assert code(restore(sim, name, AutoStopInstance=True)) == "InvalidDisk.Busy"


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, "InvalidDisk.Busy"),
        ({"SnapshotId": "snap-00000000"}, "InvalidSnapshotId.NotFound"),
        ({"DiskId": "disk-00000000"}, "InvalidDiskId.NotFound"),
        ({"DiskId": "disk-stopped1"}, "InvalidSnapshot.NotSupported"),
        ({"AutoStartInstance": True}, "InvalidParameterValue"),
        ({"SnapshotId": ""}, "MissingParameter"),
        ({"AutoStopInstance": True}, None),
    ],
)
def test_refused_rollbacks(parameters: dict[str, Any], expected: str | None) -> None:
    sim = Bench()
    wanted = {"SnapshotId": snapshot(sim), "DiskId": DISK, **parameters}
    assert code(sim.cbs("ApplySnapshot", wanted)) == expected


def test_a_rollback_needs_equal_sizes_and_a_detached_elastic_disk() -> None:
    sim = Bench(reset_seconds=1, disks={DATA: {"Portable": True}})
    name = snapshot(sim)
    sim.reset(SystemDisk={"DiskSize": 60})
    sim.wait(2)
    assert code(restore(sim, name, AutoStopInstance=True)) == "InvalidParameter.DiskSizeNotMatch"
    assert code(restore(sim, snapshot(sim, DATA), DATA, AutoStopInstance=True)) == "InvalidDisk.NotSupported"


def test_snapshots_are_deleted_all_or_none() -> None:
    shared = {"snap-shared01": {"shared_with": ["100000000002"]}, "snap-recycled": {"SnapshotState": "TORECYCLE"}}
    sim = Bench(snapshots=shared)
    name = snapshot(sim)

    def delete(*names: str) -> str | None:
        return code(sim.cbs("DeleteSnapshots", {"SnapshotIds": list(names)}))

    assert delete(name, "snap-00000000") == "InvalidSnapshotId.NotFound"
    assert delete(name, "snap-shared01") == "UnsupportedOperation.SnapHasShared"
    assert delete(name, "snap-recycled") == "InvalidSnapshot.NotSupported"
    assert name in sim.state["snapshots"]
    restore(sim, name, AutoStopInstance=True)
    assert delete(name) == "ResourceBusy"
    sim.wait(DONE + 1)
    assert delete(name, name) is None
    assert shown(sim, name) is not None
    sim.wait(1)
    assert shown(sim, name) is None


def test_rates() -> None:
    sim = Bench(rate_limits=True)
    for action, rate in (("CreateSnapshot", 20), ("ApplySnapshot", 20), ("DescribeDisks", 100)):
        codes = [code(sim.cbs(action)) for _index in range(rate + 1)]
        assert codes.index("RequestLimitExceeded") == rate
