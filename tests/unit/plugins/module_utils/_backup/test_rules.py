# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables of what speaks against an image or a snapshot: each rule alone, and silence where nothing does."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._backup import image_rules
from ansible_collections.tencent.cloud.plugins.module_utils._backup.image_rules import ImageContext
from ansible_collections.tencent.cloud.plugins.module_utils._backup.snapshot_rules import (
    CREATE,
    DELETE,
    RESTORE,
    SnapshotContext,
)
from ansible_collections.tencent.cloud.plugins.module_utils._engine.rules import Rule, broken

OPTIONS = {"instance_id": "ins-r8hr2upy", "disk_id": None, "data_disk_ids": None, "auto_stop": True, "auto_start": True}
RUNNING = {
    "instance_id": "ins-r8hr2upy",
    "instance_state": "RUNNING",
    "system_disk": {"disk_id": "disk-r8hr2upy"},
    "data_disks": None,
}
DISK = {"disk_id": "disk-r8hr2upy", "disk_size": 50, "instance_id": "ins-r8hr2upy"}
SNAPSHOT = {"snapshot_id": "snap-1", "snapshot_state": "NORMAL", "disk_id": "disk-r8hr2upy", "disk_size": 50}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, None),
        ({"instance_state": "STOPPED"}, None),
        ({"instance_state": "STOPPED", "stop_charging_mode": "STOP_CHARGING"}, "StoppedModeStopCharging"),
        ({"instance_state": "REBOOTING"}, "NotSupported"),
        ({"latest_operation_state": "OPERATING"}, "InstanceOperationInProgress"),
        ({"latest_operation": "ResetInstance", "latest_operation_state": "FAILED"}, "InstanceReinstallFailed"),
    ],
)
def test_images(fields: dict[str, Any], code: str | None) -> None:
    found = broken(image_rules.CREATE, ImageContext(OPTIONS, {**RUNNING, **fields}))
    assert [problem.code.rpartition(".")[2] for problem in found] == ([code] if code else [])


def test_what_can_be_deleted() -> None:
    own = {"image_id": "img-1", "image_type": "PRIVATE_IMAGE"}
    for state in ("NORMAL", "CREATEFAILED"):
        assert broken(image_rules.DELETE, ImageContext(OPTIONS, image={**own, "image_state": state})) == []
    assert broken(DELETE, SnapshotContext(OPTIONS, snapshot=SNAPSHOT)) == []


def test_nothing_speaks_against_what_is_usual() -> None:
    assert broken(CREATE, SnapshotContext(OPTIONS, disk=DISK, instance=RUNNING, now=0.0, expires=86400.0)) == []
    usual = SnapshotContext(OPTIONS, snapshot=SNAPSHOT, disk=DISK, instance=RUNNING, asked=RUNNING)
    assert broken(RESTORE, usual) == []


@pytest.mark.parametrize(
    ("disk", "instance", "option"),
    [
        ({"portable": True}, {}, "disk_id"),
        ({"disk_size": 60}, {}, "snapshot_id"),
        ({"rollbacking": True, "rollback_percent": 3}, {}, "disk_id"),
        ({"disk_state": "ROLLBACKING"}, {}, "disk_id"),
        ({}, {"latest_operation_state": "OPERATING"}, "instance_id"),
        ({}, {"instance_state": "STOPPING"}, "auto_stop"),
    ],
)
def test_rollbacks(disk: dict[str, Any], instance: dict[str, Any], option: str) -> None:
    context = SnapshotContext(OPTIONS, snapshot=SNAPSHOT, disk={**DISK, **disk}, instance={**RUNNING, **instance})
    (found,) = broken(RESTORE, context)
    assert found.option == option
    assert found.message
    assert found.fix


def test_a_deadline_a_second_too_near() -> None:
    (found,) = broken(CREATE, SnapshotContext(OPTIONS, disk=DISK, instance=RUNNING, now=1.0, expires=86400.0))
    assert found.option == "deadline"


# --- every rule


def create_image(**instance: Any) -> ImageContext:
    return ImageContext(OPTIONS, {**RUNNING, **instance})


def disks(*ids: str) -> ImageContext:
    return ImageContext({**OPTIONS, "data_disk_ids": ids}, RUNNING)


def delete_image(**image: Any) -> ImageContext:
    return ImageContext(OPTIONS, image={"image_id": "img-1", "image_type": "PRIVATE_IMAGE", **image})


IMAGE_CASES: list[tuple[tuple[Rule[ImageContext], ...], ImageContext, str, str]] = [
    (image_rules.CREATE, ImageContext(OPTIONS), "InvalidInstanceId.NotFound", "no instance ins-r8hr2upy"),
    (
        image_rules.CREATE,
        create_image(latest_operation_state="OPERATING", latest_operation_request_id="r-1"),
        "OperationDenied.InstanceOperationInProgress",
        "An operation (RequestId r-1) is in progress.",
    ),
    (image_rules.CREATE, create_image(instance_state="RESCUE_MODE"), "InvalidInstance.NotSupported", "is RESCUE_MODE."),
    (
        image_rules.CREATE,
        create_image(instance_state="STOPPED", stop_charging_mode="STOP_CHARGING"),
        "UnsupportedOperation.StoppedModeStopCharging",
        "stopped without charges",
    ),
    (
        image_rules.CREATE,
        create_image(latest_operation="ResetInstance", latest_operation_state="FAILED"),
        "UnsupportedOperation.InstanceReinstallFailed",
        "last reinstallation",
    ),
    (
        image_rules.CREATE,
        disks("disk-r8hr2upy"),
        "InvalidParameter.DataDiskIdContainsRootDisk",
        "disk-r8hr2upy is the system disk",
    ),
    (
        image_rules.CREATE,
        disks("disk-00000001", "disk-00000002"),
        "InvalidParameter.DataDiskNotBelongSpecifiedInstance",
        "no data disk disk-00000001, disk-00000002.",
    ),
    (
        image_rules.DELETE,
        delete_image(image_type="SHARED_IMAGE", image_state="CREATING"),
        "InvalidParameterValue.InvalidImageIdIsShared",
        "img-1 is shared by another account",
    ),
    (
        image_rules.DELETE,
        delete_image(image_type="PUBLIC_IMAGE", image_state="CREATING"),
        "InvalidParameterValue.InvalidImageId",
        "img-1 is a PUBLIC_IMAGE",
    ),
    (image_rules.DELETE, delete_image(image_state="SYNCING"), "InvalidImageId.IncorrectState", "img-1 is SYNCING."),
]


def of_disk(**disk: Any) -> SnapshotContext:
    return SnapshotContext(OPTIONS, disk={**DISK, **disk}, instance=RUNNING)


def of(snapshot: dict[str, Any] | None = None, **more: Any) -> SnapshotContext:
    context = {"disk": DISK, "instance": RUNNING, **more}
    return SnapshotContext(**{"options": OPTIONS, **context, "snapshot": {**SNAPSHOT, **(snapshot or {})}})


ELSEWHERE = {**RUNNING, "system_disk": {"disk_id": "disk-00000009"}}
OTHER_DISK = {**OPTIONS, "disk_id": "disk-00000009"}
NO_STOP = {**OPTIONS, "auto_stop": False}
SNAPSHOT_CASES: list[tuple[tuple[Rule[SnapshotContext], ...], SnapshotContext, str, str]] = [
    (CREATE, of_disk(snapshot_ability=False), "disk_id", "disk-r8hr2upy cannot have snapshots."),
    (CREATE, of_disk(rollbacking=True, rollback_percent=3), "disk_id", "rolled back (3 %)"),
    (CREATE, of(running=("snap-2", "snap-3")), "disk_id", "being made: snap-2, snap-3."),
    (CREATE, of(instance={**RUNNING, "latest_operation_state": "OPERATING"}), "instance_id", "An operation of ins-"),
    (CREATE, of(now=1.0, expires=86400.0), "deadline", "less than a day"),
    (DELETE, of(options=OTHER_DISK, asked=RUNNING), "disk_id", "of the disk disk-r8hr2upy, and not of disk-00000009."),
    (DELETE, of(asked=ELSEWHERE), "instance_id", "of the disk disk-r8hr2upy, and not of disk-00000009."),
    (DELETE, of({"snapshot_state": "TORECYCLE", "percent": 100}), "snapshot_id", "snap-1 is TORECYCLE (100 %)."),
    (DELETE, of({"snapshot_state": "CREATING", "percent": 7}), "snapshot_id", "snap-1 is CREATING (7 %)."),
    (DELETE, of({"share_reference": 1}), "snapshot_id", "shared with other accounts"),
    (DELETE, of({"images": [{"image_id": "img-1"}]}), "snapshot_id", "belongs to img-1."),
    (RESTORE, of(disk=None, instance=None), "snapshot_id", "disk-r8hr2upy does not exist any more"),
    (RESTORE, of(asked=ELSEWHERE), "instance_id", "is disk-00000009 now, and the snapshot is of disk-r8hr2upy"),
    (RESTORE, of(options=OTHER_DISK), "disk_id", "goes back to its original disk only."),
    (RESTORE, of({"snapshot_state": "TORECYCLE"}), "snapshot_id", "TORECYCLE"),
    (RESTORE, of({"snapshot_state": "CREATING"}), "snapshot_id", "CREATING"),
    (RESTORE, of({"disk_size": 40}), "snapshot_id", "has 50 GiB by now, and had 40 GiB."),
    (RESTORE, of(disk={**DISK, "disk_state": "ROLLBACKING"}), "disk_id", "being rolled back"),
    (RESTORE, of(running=("snap-2",)), "disk_id", "being made"),
    (RESTORE, of(instance={**RUNNING, "latest_operation_state": "OPERATING"}), "instance_id", "in progress"),
    (RESTORE, of(disk={**DISK, "portable": True}), "disk_id", "attached to ins-r8hr2upy."),
    (RESTORE, of(instance=None), "auto_stop", "attached to no instance."),
    (RESTORE, of(options=NO_STOP), "auto_stop", "ins-r8hr2upy is RUNNING."),
    (RESTORE, of(instance={**RUNNING, "instance_state": "STOPPING"}), "auto_stop", "ins-r8hr2upy is STOPPING."),
]


@pytest.mark.parametrize(("rules", "context", "code", "words"), IMAGE_CASES)
def test_each_rule_of_an_image_alone(
    rules: tuple[Rule[ImageContext], ...], context: ImageContext, code: str, words: str
) -> None:
    (found,) = broken(rules, context)
    assert found.code == code
    assert words in found.message


@pytest.mark.parametrize(("rules", "context", "option", "words"), SNAPSHOT_CASES)
def test_each_rule_of_a_snapshot_alone(
    rules: tuple[Rule[SnapshotContext], ...], context: SnapshotContext, option: str, words: str
) -> None:
    (found,) = broken(rules, context)
    assert found.option == option
    assert words in found.message


def test_no_rule_is_without_a_case() -> None:
    for images in (image_rules.CREATE, image_rules.DELETE):
        cases = [context for rules, context, *_rest in IMAGE_CASES if rules is images]
        assert all(any(rule.find(context) for context in cases) for rule in images)
    for snapshots in (CREATE, DELETE, RESTORE):
        found = [context for rules, context, *_rest in SNAPSHOT_CASES if rules is snapshots]
        assert all(any(rule.find(context) for context in found) for rule in snapshots)


def test_the_fix_names_the_disk_that_the_snapshot_is_of() -> None:
    (found,) = broken(RESTORE, of(options=OTHER_DISK))
    assert found.fix == "Give disk-r8hr2upy, or another snapshot."


def test_records_without_fields_upset_no_rule() -> None:
    empty: dict[str, Any] = {}
    for images in (image_rules.CREATE, image_rules.DELETE):
        assert all(one.message and one.fix for one in broken(images, ImageContext(OPTIONS, empty, empty)))
    for snapshots in (CREATE, DELETE, RESTORE):
        for context in (SnapshotContext(OPTIONS), SnapshotContext(OPTIONS, empty, empty, empty, empty)):
            assert all(one.message and one.fix for one in broken(snapshots, context))
