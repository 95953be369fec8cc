# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Reasons not to make, delete or restore a snapshot, as far as the records show them: tables of rules. Pure.

Sources: the documents of CreateSnapshot, DeleteSnapshots and ApplySnapshot, of the service CBS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._engine.rules import Rule

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


def _ability(s: SnapshotContext) -> str | None:
    unable = s.disk is not None and s.disk.get("snapshot_ability") is False
    return f"{(s.disk or {}).get('disk_id')} cannot have snapshots." if unable else None


def _rolling(s: SnapshotContext) -> str | None:
    percent = (s.disk or {}).get("rollback_percent")
    return f"The disk is being rolled back ({percent} %)." if is_rolling(s.disk) else None


def _being_made(s: SnapshotContext) -> str | None:
    return f"A snapshot of the disk is being made: {', '.join(s.running)}." if s.running else None


def _operating(s: SnapshotContext) -> str | None:
    instance = s.instance or {}
    if instance.get("latest_operation_state") != "OPERATING":
        return None
    return f"{instance.get('latest_operation') or 'An operation'} of {instance.get('instance_id')} is in progress."


def _deadline(s: SnapshotContext) -> str | None:
    near = s.expires is not None and s.expires < s.now + DAY
    return "It is less than a day away." if near else None


_ROLLING = Rule(("ResourceInUse.DiskRollbacking",), "disk_id", _rolling, _WAIT)
_BEING_MADE = Rule(("InvalidDisk.SnapshotCreating",), "disk_id", _being_made, _WAIT)
_OPERATING = Rule(("InvalidDisk.Busy",), "instance_id", _operating, _WAIT)

CREATE: tuple[Rule[SnapshotContext], ...] = (
    Rule(
        ("InvalidDisk.NotSupportSnapshot",),
        "disk_id",
        _ability,
        "Give another disk, or make an image of the instance.",
    ),
    _ROLLING,
    _BEING_MADE,
    _OPERATING,
    Rule(("InvalidParameterValue",), "deadline", _deadline, "Give a time at least a day from now."),
)


# --- of a snapshot to delete


def _not_of(s: SnapshotContext, disk_id: str | None) -> str | None:
    """A snapshot is identified by its id alone; what else the task says of it must still be true."""
    other = disk_id not in (None, s.disk_id)
    return f"The snapshot is of the disk {s.disk_id}, and not of {disk_id}." if other else None


def _not_of_the_disk(s: SnapshotContext) -> str | None:
    return _not_of(s, s.options["disk_id"] or None)


def _not_of_the_instance(s: SnapshotContext) -> str | None:
    return None if s.options["disk_id"] else _not_of(s, system_disk_id(s.asked))


def _in_state(s: SnapshotContext) -> str:
    snapshot = s.snapshot or {}
    return f"{snapshot.get('snapshot_id')} is {state_of(snapshot)}."


def _going(s: SnapshotContext) -> str | None:
    return _in_state(s) if (s.snapshot or {}).get("snapshot_state") == "TORECYCLE" else None


def _unfinished(s: SnapshotContext) -> str | None:
    return None if (s.snapshot or {}).get("snapshot_state") in ("NORMAL", "TORECYCLE") else _in_state(s)


def _shared(s: SnapshotContext) -> str | None:
    return "It is shared with other accounts." if (s.snapshot or {}).get("share_reference") else None


def _bound(s: SnapshotContext) -> str | None:
    images = [str(image.get("image_id")) for image in (s.snapshot or {}).get("images") or []]
    return f"It belongs to {', '.join(images)}." if images else None


_GOING = Rule(
    ("InvalidSnapshot.NotSupported",),
    "snapshot_id",
    _going,
    "The service is about to delete it; for a rollback give another one.",
)
_NOT_NORMAL = Rule(
    ("InvalidSnapshot.NotSupported",),
    "snapshot_id",
    _unfinished,
    "Wait until it is NORMAL, then run the task again.",
)

DELETE: tuple[Rule[SnapshotContext], ...] = (
    Rule(
        ("InvalidSnapshot.NotSupported",),
        "disk_id",
        _not_of_the_disk,
        "Leave disk_id out, or give another snapshot_id.",
    ),
    Rule(
        ("InvalidSnapshot.NotSupported",),
        "instance_id",
        _not_of_the_instance,
        "Leave instance_id out, or give another snapshot_id.",
    ),
    _GOING,
    _NOT_NORMAL,
    Rule(("UnsupportedOperation.SnapHasShared",), "snapshot_id", _shared, "Stop sharing it first."),
    Rule(
        ("UnsupportedOperation.SnapshotHasBindedImage",),
        "snapshot_id",
        _bound,
        "Delete the image first (cvm_image).",
    ),
)


# --- of a rollback


def _disk_gone(s: SnapshotContext) -> str | None:
    gone = (
        f"Its disk {s.disk_id} does not exist any more, as after a switch between Linux and Windows, and a snapshot "
        "goes back to its original disk only."
    )
    return gone if s.disk is None else None


def _other_system_disk(s: SnapshotContext) -> str | None:
    if s.asked is None or system_disk_id(s.asked) == s.disk_id:
        return None
    return (
        f"Its system disk is {system_disk_id(s.asked)} now, and the snapshot is of {s.disk_id}; a switch between Linux "
        "and Windows may make another disk."
    )


def _other_disk(s: SnapshotContext) -> str | None:
    other = s.options["disk_id"] not in (None, s.disk_id)
    return f"The snapshot is of {s.disk_id}, and goes back to its original disk only." if other else None


def _grown(s: SnapshotContext) -> str | None:
    disk, snapshot = s.disk or {}, s.snapshot or {}
    if not disk or disk.get("disk_size") == snapshot.get("disk_size"):
        return None
    return f"The disk has {disk.get('disk_size')} GiB by now, and had {snapshot.get('disk_size')} GiB."


def _elastic(s: SnapshotContext) -> str | None:
    disk = s.disk or {}
    attached = disk.get("portable") and disk.get("instance_id")
    return f"{s.disk_id} is an elastic disk that is attached to {disk.get('instance_id')}." if attached else None


def _detached(s: SnapshotContext) -> str | None:
    in_vain = s.instance is None and s.options["auto_stop"] and s.disk is not None
    return "The disk is attached to no instance." if in_vain else None


def _power_state(s: SnapshotContext) -> str:
    instance = s.instance or {}
    return f"{instance.get('instance_id')} is {instance.get('instance_state')}."


def _running(s: SnapshotContext) -> str | None:
    runs = (s.instance or {}).get("instance_state") == "RUNNING" and not s.options["auto_stop"]
    return _power_state(s) if runs else None


def _between(s: SnapshotContext) -> str | None:
    if s.instance is None or s.instance.get("instance_state") in ("STOPPED", "RUNNING"):
        return None
    return _power_state(s)


RESTORE: tuple[Rule[SnapshotContext], ...] = (
    Rule(("InvalidDiskId.NotFound",), "snapshot_id", _disk_gone, _IMAGE),
    Rule(("InvalidSnapshot.NotSupported",), "instance_id", _other_system_disk, _IMAGE),
    Rule(
        ("InvalidSnapshot.NotSupported",),
        "disk_id",
        _other_disk,
        lambda s: f"Give {s.disk_id}, or another snapshot.",
    ),
    _GOING,
    _NOT_NORMAL,
    Rule(("InvalidParameter.DiskSizeNotMatch",), "snapshot_id", _grown, _IMAGE),
    _ROLLING,
    _BEING_MADE,
    _OPERATING,
    Rule(("InvalidDisk.NotSupported",), "disk_id", _elastic, "Detach it first."),
    Rule(("InvalidParameterValue",), "auto_stop", _detached, "Leave it out."),
    Rule(("InvalidDisk.Busy",), "auto_stop", _running, "Set auto_stop: true, or stop it first."),
    Rule(("InvalidDisk.Busy",), "auto_stop", _between, "It must be STOPPED, or RUNNING."),
)
