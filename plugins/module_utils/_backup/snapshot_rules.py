# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Reasons not to make, delete or restore a snapshot, as far as the records show them.

Sources: the documents of CreateSnapshot, DeleteSnapshots and ApplySnapshot, of the service CBS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._problems import Problem

DAY = 86400
_IMAGE = "An image made of the instance is the way back in that case: cvm_reset_instance with its image_id."
_WAIT = "Wait for its end."

Thing = Mapping[str, Any]


@dataclass(frozen=True)
class SnapshotContext:
    """All that a task with a snapshot is judged by.

    Attributes:
        options: the options of the task.
        snapshot: to delete or to restore.
        disk: the one to make a snapshot of; for a restore the snapshot's original one, None if it is gone.
        instance: the one that the disk is attached to.
        asked: the instance that the task names.
        running: snapshots of the disk that are being made.
        now: seconds since the epoch on the service's clock; `expires` is the same for the wanted deadline.
    """

    options: Mapping[str, Any]
    snapshot: Thing | None = None
    disk: Thing | None = None
    instance: Thing | None = None
    asked: Thing | None = None
    running: tuple[str, ...] = ()
    now: float = 0.0
    expires: float | None = None

    @property
    def disk_id(self) -> str | None:
        """The disk of the snapshot, whether or not it is still there."""
        return (self.snapshot or {}).get("disk_id")


Rule = Callable[[SnapshotContext], "Problem | None"]


def problems(rules: Iterable[Rule], context: SnapshotContext) -> list[Problem]:
    """All that the rules find."""
    return [problem for rule in rules if (problem := rule(context))]


def state_of(snapshot: Thing) -> str:
    """The state of a snapshot in words, with the percentage."""
    return f"{snapshot.get('snapshot_state')} ({snapshot.get('percent')} %)"


def is_rolling(disk: Thing | None) -> bool:
    """Whether a disk is being rolled back."""
    return bool(disk and (disk.get("rollbacking") or disk.get("disk_state") == "ROLLBACKING"))


def system_disk_id(instance: Thing | None) -> str | None:
    """The system disk of an instance."""
    return ((instance or {}).get("system_disk") or {}).get("disk_id")


# --- of a disk


def _ability(s: SnapshotContext) -> Problem | None:
    if s.disk is None or s.disk.get("snapshot_ability") is not False:
        return None
    return Problem(
        "InvalidDisk.NotSupportSnapshot",
        "disk_id",
        f"{s.disk.get('disk_id')} cannot have snapshots.",
        "Give another disk, or make an image of the instance.",
    )


def _rolling(s: SnapshotContext) -> Problem | None:
    if not is_rolling(s.disk):
        return None
    message = f"The disk is being rolled back ({(s.disk or {}).get('rollback_percent')} %)."
    return Problem("ResourceInUse.DiskRollbacking", "disk_id", message, _WAIT)


def _being_made(s: SnapshotContext) -> Problem | None:
    if not s.running:
        return None
    message = f"A snapshot of the disk is being made: {', '.join(s.running)}."
    return Problem("InvalidDisk.SnapshotCreating", "disk_id", message, _WAIT)


def _operating(s: SnapshotContext) -> Problem | None:
    instance = s.instance or {}
    if instance.get("latest_operation_state") != "OPERATING":
        return None
    message = f"{instance.get('latest_operation') or 'An operation'} of {instance.get('instance_id')} is in progress."
    return Problem("InvalidDisk.Busy", "instance_id", message, _WAIT)


def _deadline(s: SnapshotContext) -> Problem | None:
    if s.expires is None or s.expires >= s.now + DAY:
        return None
    return Problem(
        "InvalidParameterValue", "deadline", "It is less than a day away.", "Give a time at least a day from now."
    )


CREATE: tuple[Rule, ...] = (_ability, _rolling, _being_made, _operating, _deadline)


# --- of a snapshot to delete


def _of_another_disk(s: SnapshotContext) -> Problem | None:
    """A snapshot is identified by its id alone; what else the task says of it must still be true."""
    desired = s.options["disk_id"] or system_disk_id(s.asked)
    if desired in (None, s.disk_id):
        return None
    option = "disk_id" if s.options["disk_id"] else "instance_id"
    message = f"The snapshot is of the disk {s.disk_id}, and not of {desired}."
    return Problem("InvalidSnapshot.NotSupported", option, message, f"Leave {option} out, or give another snapshot_id.")


def _unfinished(s: SnapshotContext) -> Problem | None:
    snapshot = s.snapshot or {}
    state = snapshot.get("snapshot_state")
    if state == "NORMAL":
        return None
    lost = "The service is about to delete it; for a rollback give another one."
    return Problem(
        "InvalidSnapshot.NotSupported",
        "snapshot_id",
        f"{snapshot.get('snapshot_id')} is {state_of(snapshot)}.",
        lost if state == "TORECYCLE" else "Wait until it is NORMAL, then run the task again.",
    )


def _shared(s: SnapshotContext) -> Problem | None:
    if not (s.snapshot or {}).get("share_reference"):
        return None
    return Problem(
        "UnsupportedOperation.SnapHasShared",
        "snapshot_id",
        "It is shared with other accounts.",
        "Stop sharing it first.",
    )


def _bound(s: SnapshotContext) -> Problem | None:
    images = [str(image.get("image_id")) for image in (s.snapshot or {}).get("images") or []]
    if not images:
        return None
    return Problem(
        "UnsupportedOperation.SnapshotHasBindedImage",
        "snapshot_id",
        f"It belongs to {', '.join(images)}.",
        "Delete the image first (cvm_image).",
    )


DELETE: tuple[Rule, ...] = (_of_another_disk, _unfinished, _shared, _bound)


# --- of a rollback


def _disk_gone(s: SnapshotContext) -> Problem | None:
    if s.disk is not None:
        return None
    return Problem(
        "InvalidDiskId.NotFound",
        "snapshot_id",
        f"Its disk {s.disk_id} does not exist any more, as after a switch between Linux and Windows, and a snapshot "
        "goes back to its original disk only.",
        _IMAGE,
    )


def _other_system_disk(s: SnapshotContext) -> Problem | None:
    if s.asked is None or system_disk_id(s.asked) == s.disk_id:
        return None
    return Problem(
        "InvalidSnapshot.NotSupported",
        "instance_id",
        f"Its system disk is {system_disk_id(s.asked)} now, and the snapshot is of {s.disk_id}; a switch between Linux "
        "and Windows may make another disk.",
        _IMAGE,
    )


def _other_disk(s: SnapshotContext) -> Problem | None:
    desired = s.options["disk_id"]
    if desired in (None, s.disk_id):
        return None
    message = f"The snapshot is of {s.disk_id}, and goes back to its original disk only."
    return Problem("InvalidSnapshot.NotSupported", "disk_id", message, f"Give {s.disk_id}, or another snapshot.")


def _grown(s: SnapshotContext) -> Problem | None:
    disk, snapshot = s.disk or {}, s.snapshot or {}
    if not disk or disk.get("disk_size") == snapshot.get("disk_size"):
        return None
    return Problem(
        "InvalidParameter.DiskSizeNotMatch",
        "snapshot_id",
        f"The disk has {disk.get('disk_size')} GiB by now, and had {snapshot.get('disk_size')} GiB.",
        _IMAGE,
    )


def _elastic(s: SnapshotContext) -> Problem | None:
    if not (s.disk and s.disk.get("portable") and s.disk.get("instance_id")):
        return None
    return Problem(
        "InvalidDisk.NotSupported",
        "disk_id",
        f"{s.disk_id} is an elastic disk that is attached to {s.disk.get('instance_id')}.",
        "Detach it first.",
    )


def _power(s: SnapshotContext) -> Problem | None:
    if s.instance is None:
        if not s.options["auto_stop"] or s.disk is None:
            return None
        return Problem("InvalidParameterValue", "auto_stop", "The disk is attached to no instance.", "Leave it out.")
    state = s.instance.get("instance_state")
    if state == "STOPPED" or (state == "RUNNING" and s.options["auto_stop"]):
        return None
    fix = "Set auto_stop: true, or stop it first." if state == "RUNNING" else "It must be STOPPED, or RUNNING."
    return Problem("InvalidDisk.Busy", "auto_stop", f"{s.instance.get('instance_id')} is {state}.", fix)


RESTORE: tuple[Rule, ...] = (
    _disk_gone,
    _other_system_disk,
    _other_disk,
    _unfinished,
    _grown,
    _rolling,
    _being_made,
    _operating,
    _elastic,
    _power,
)
