# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the snapshot actions refuse, in order: code, message, condition.

The codes are those documented for each action. Which of them meets which condition is written nowhere for most: the
table in README.md says what was chosen here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, NamedTuple

from ..cvm.images import images_of
from ..server.errors import ApiError
from ..state import State
from ..world import Item
from .disks import Disk

DAY = 86400
USAGES = ("SYSTEM_DISK", "DATA_DISK")


@dataclass(frozen=True)
class Asked:
    """One call with all that it is judged by; a rule may rely on what the rules above it made sure."""

    state: State
    parameters: dict[str, Any]
    found: Disk | None = None
    kept: Item | None = None

    @property
    def disk(self) -> Disk:
        """The disk; only for rules below InvalidDiskId.NotFound."""
        assert self.found is not None
        return self.found

    @property
    def snapshot(self) -> Item:
        """The snapshot; only for rules below InvalidSnapshotId.NotFound."""
        assert self.kept is not None
        return self.kept

    @property
    def snapshot_state(self) -> str:
        """SnapshotState."""
        return str(self.snapshot.record["SnapshotState"])

    @property
    def snapshot_running(self) -> bool:
        """Whether a snapshot of the disk is being made."""
        records = [item.record for item in self.state.snapshots.latest.values()]
        states = {record["SnapshotState"] for record in records if record["DiskId"] == self.disk.record["DiskId"]}
        return "CREATING" in states

    @property
    def operating(self) -> bool:
        """Whether an operation of the disk's instance runs."""
        return self.disk.instance is not None and self.disk.instance.ends is not None

    @property
    def rolling_back(self) -> bool:
        """Whether the disk, or another of its instance, is being rolled back."""
        instance = self.disk.instance
        return bool(self.disk.record["Rollbacking"] or (instance and instance.rolling_back))

    @property
    def instance_state(self) -> str | None:
        """InstanceState of the disk's instance."""
        return self.disk.instance.record["InstanceState"] if self.disk.instance else None


class Rule(NamedTuple):
    """One reason to refuse."""

    code: str
    message: str
    applies: Callable[[Asked], bool]


NO_DISK = Rule("InvalidDiskId.NotFound", "The disk does not exist.", lambda asked: asked.found is None)
NO_SNAPSHOT = Rule("InvalidSnapshotId.NotFound", "The snapshot does not exist.", lambda asked: asked.kept is None)
UNFINISHED = Rule(
    "ResourceUnavailable.SnapshotCreating",
    "The snapshot is being created.",
    lambda asked: asked.snapshot_state == "CREATING",
)
ROLLING_BACK = Rule("ResourceInUse.DiskRollbacking", "The disk is being rolled back.", lambda asked: asked.rolling_back)
SNAPSHOT_RUNNING = Rule(
    "InvalidDisk.SnapshotCreating", "A snapshot is being created for the disk.", lambda asked: asked.snapshot_running
)
OPERATING = Rule("InvalidDisk.Busy", "An operation of the instance is in progress.", lambda asked: asked.operating)


def deadline(parameters: dict[str, Any]) -> float | None:
    """The deadline asked for in epoch seconds, if any; raises ValueError if it is not valid."""
    text = parameters.get("Deadline")
    if not text:
        return None
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


def _wrong_deadline(asked: Asked) -> bool:
    try:
        moment = deadline(asked.parameters)
    except ValueError:
        return True
    return moment is not None and moment < asked.state.server_time + DAY


def _wrong_usage(asked: Asked) -> bool:
    return asked.parameters.get("DiskUsage", asked.disk.record["DiskUsage"]) not in USAGES


def _quota_reached(asked: Asked) -> bool:
    quota = asked.state.world.snapshot_quota
    return quota is not None and len(asked.state.snapshots.latest) >= quota


def _wrong_power(asked: Asked) -> bool:
    stops, starts = (bool(asked.parameters.get(name)) for name in ("AutoStopInstance", "AutoStartInstance"))
    return (starts and not stops) or (stops and asked.disk.instance is None)


def _still_on(asked: Asked) -> bool:
    stops = bool(asked.parameters.get("AutoStopInstance")) and asked.instance_state == "RUNNING"
    return asked.instance_state not in (None, "STOPPED") and not stops


CREATE = (
    NO_DISK,
    Rule(
        "ResourceNotFound.NotFound", "No such backup point.", lambda asked: bool(asked.parameters.get("DiskBackupId"))
    ),
    Rule("InvalidParameterValue", "Deadline must be a day away or later.", _wrong_deadline),
    Rule("InvalidParameterValue", "DiskUsage must be SYSTEM_DISK or DATA_DISK.", _wrong_usage),
    Rule(
        "InvalidDisk.NotSupportSnapshot",
        "The cloud disk does not support snapshot.",
        lambda asked: not asked.disk.record["SnapshotAbility"],
    ),
    ROLLING_BACK,
    SNAPSHOT_RUNNING,
    Rule("InvalidDisk.Busy", "The instance is being reinstalled.", lambda asked: asked.operating and asked.disk.system),
    Rule("InsufficientSnapshotQuota", "Insufficient snapshot quota.", _quota_reached),
    Rule(
        "InvalidAccount.InsufficientBalance",
        "Insufficient account balance.",
        lambda asked: bool(asked.state.world.account.get("insufficient_balance")),
    ),
)

APPLY = (
    NO_SNAPSHOT,
    NO_DISK,
    UNFINISHED,
    ROLLING_BACK,
    Rule(
        "InvalidSnapshot.NotSupported",
        "The snapshot is not in a state that allows this.",
        lambda asked: asked.snapshot_state != "NORMAL",
    ),
    Rule(
        "InvalidSnapshot.NotSupported",
        "A snapshot can be rolled back to its original disk only.",
        lambda asked: asked.snapshot.record["DiskId"] != asked.disk.record["DiskId"],
    ),
    Rule("InvalidParameterValue", "AutoStartInstance needs AutoStopInstance, and that an instance.", _wrong_power),
    SNAPSHOT_RUNNING,
    OPERATING,
    Rule(
        "InvalidDisk.NotSupported",
        "An elastic cloud disk must be detached.",
        lambda asked: bool(asked.disk.record["Portable"] and asked.disk.instance),
    ),
    Rule("InvalidDisk.Busy", "The instance of the disk must be shut down.", _still_on),
    Rule(
        "InvalidParameter.DiskSizeNotMatch",
        "The size of the cloud disk does not match the snapshot size.",
        lambda asked: asked.snapshot.record["DiskSize"] != asked.disk.record["DiskSize"],
    ),
)

DELETE = (
    NO_SNAPSHOT,
    UNFINISHED,
    Rule("ResourceBusy", "The snapshot is in use.", lambda asked: asked.snapshot_state == "ROLLBACKING"),
    Rule("InvalidSnapshot.NotSupported", "It must be NORMAL.", lambda asked: asked.snapshot_state != "NORMAL"),
    Rule(
        "UnsupportedOperation.SnapHasShared",
        "The snapshot is shared with others.",
        lambda asked: bool(asked.snapshot.attributes.get("shared_with")),
    ),
    Rule(
        "UnsupportedOperation.SnapshotHasBindedImage",
        "Images belong to the snapshot.",
        lambda asked: (
            not asked.parameters.get("DeleteBindImages")
            and bool(images_of(asked.state, asked.snapshot.record["SnapshotId"]))
        ),
    ),
)


def check(rules: Iterable[Rule], asked: Asked) -> None:
    """Raises ApiError with the code of the first rule that applies."""
    for rule in rules:
        if rule.applies(asked):
            raise ApiError(rule.code, rule.message)
