# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What CreateImage and DeleteImages refuse, in order: code, message, condition.

The codes are those documented for the two actions, where a document or the code's own text says when it comes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..server.errors import IN_PROGRESS, MUTEX, SPECIAL_STATE, ApiError
from ..world import Item
from . import image_checks as when

UNFINISHED = ("CREATING", "SYNCING", "IMPORTING")


class Rule(NamedTuple):
    """One reason to refuse; {} in the message is the id of the instance."""

    code: str
    message: str
    applies: when.Check


def _state(code: str, name: str) -> Rule:
    return Rule(
        f"UnsupportedOperation.InstanceState{code}",
        f"The instance is in status {name}.",
        lambda making: making.record.get("InstanceState") == name,
    )


PARAMETERS = (
    Rule("InvalidParameterValue.InvalidAppIdFormat", "Invalid AppID.", when.account("invalid_app_id")),
    Rule("InvalidParameter.SpecifyOneParameter", "InstanceId or SnapshotIds is needed.", when.neither),
    Rule("InvalidParameterConflict", "InstanceId and SnapshotIds exclude each other.", when.both),
    Rule(
        "InvalidParameter.InvalidDependence",
        "DataDiskIds needs InstanceId.",
        lambda making: bool(making.disk_ids and not making.parameters.get("InstanceId")),
    ),
    Rule("InvalidParameter.ValueTooLarge", "The name or the description is too long.", when.too_long),
    Rule(
        "InvalidParameterValue",
        "ForcePoweroff and Sysprep must be true or false.",
        lambda making: not set(making.flags) <= {"true", "false"},
    ),
    Rule(
        "InvalidParameterValue.TagQuotaLimitExceeded",
        "Too many tags.",
        lambda making: len(when.tags(making.parameters)) > when.TAGS_LIMIT,
    ),
)

INSTANCE = (
    Rule(
        "InvalidInstanceId.NotFound",
        "No instance found.",
        lambda making: bool(making.parameters.get("InstanceId") and making.instance is None),
    ),
    Rule(
        "MutexOperation.TaskRunning",
        MUTEX,
        lambda making: when.operating(making, "CreateImage"),
    ),
    Rule("OperationDenied.InstanceOperationInProgress", IN_PROGRESS, when.operating),
    Rule(
        "ResourceInUse.DiskRollbacking",
        "The disk rollback is in progress. Please try again later.",
        lambda making: making.instance is not None and making.instance.rolling_back,
    ),
    _state("EnterRescueMode", "ENTER_RESCUE_MODE"),
    _state("RescueMode", "RESCUE_MODE"),
    _state("ExitRescueMode", "EXIT_RESCUE_MODE"),
    _state("EnterServiceLiveMigrate", "ENTER_SERVICE_LIVE_MIGRATE"),
    _state("ServiceLiveMigrate", "SERVICE_LIVE_MIGRATE"),
    _state("Freezing", "FREEZING"),
    _state("Rebooting", "REBOOTING"),
    _state("Starting", "STARTING"),
    _state("Stopping", "STOPPING"),
    _state("Terminating", "TERMINATING"),
    Rule("UnsupportedOperation.InstanceReinstallFailed", "The last reinstallation failed.", when.failed_reset),
    Rule("UnsupportedOperation.StoppedModeStopCharging", "It is stopped without charges.", when.uncharged),
    Rule("InvalidInstance.NotSupported", SPECIAL_STATE, when.unfit),
    Rule(
        "InvalidParameter.DataDiskIdContainsRootDisk",
        "RootDisk ID should not be passed to DataDiskIds.",
        lambda making: any(name in making.disks("SYSTEM_DISK") for name in making.disk_ids),
    ),
    Rule(
        "InvalidParameter.DataDiskNotBelongSpecifiedInstance", "The instance has no such data disk.", when.foreign_disk
    ),
    Rule("InvalidParameter.LocalDataDiskNotSupport", "Local data disks cannot be used.", when.local_disk),
)

SNAPSHOTS = (
    Rule("InvalidParameter.SnapshotNotFound", "The snapshot does not exist.", lambda making: None in making.snapshots),
    Rule(
        "InvalidParameter.SystemSnapshotNotFound",
        "The parameter does not contain system disk snapshot.",
        lambda making: bool(making.snapshots and not making.system_snapshots),
    ),
    Rule(
        "InvalidParameter.DuplicateSystemSnapshots",
        "Only one system disk snapshot can be included.",
        lambda making: len(making.system_snapshots) > 1,
    ),
    Rule("ResourceUnavailable.SnapshotCreating", "The snapshot is being created.", when.snapshot_unfinished),
)

ACCOUNT = (
    Rule("InvalidImageName.Duplicate", "The specified image name already exists.", when.name_taken),
    Rule(
        "ImageQuotaLimitExceeded",
        "The image quota has been exceeded.",
        lambda making: len(making.own_images) >= making.state.world.image_quota,
    ),
    Rule("InvalidAccount.InsufficientBalance", "Insufficient account balance.", when.account("insufficient_balance")),
)

RULES = (*PARAMETERS, *INSTANCE, *SNAPSHOTS, *ACCOUNT)

# DeleteImages; document 213/15716 says what cannot be deleted.
DELETE: tuple[tuple[str, str, Callable[[Item], bool]], ...] = (
    (
        "InvalidParameterValue.InvalidImageIdIsShared",
        "The specified image ID is a shared image.",
        lambda item: item.record["ImageType"] == "SHARED_IMAGE",
    ),
    (
        "InvalidParameterValue.InvalidImageId",
        "The image does not support this operation.",
        lambda item: item.record["ImageType"] != "PRIVATE_IMAGE",
    ),
    (
        "InvalidImageId.IncorrectState",
        "Invalid image status.",
        lambda item: item.record["ImageState"] in UNFINISHED,
    ),
    ("InvalidImageId.InShared", "The image is being shared.", lambda item: bool(item.attributes.get("shared_with"))),
)


def check(making: when.Making) -> None:
    """Raises ApiError with the code of the first rule that applies."""
    for rule in RULES:
        if rule.applies(making):
            raise ApiError(rule.code, rule.message.format(making.parameters.get("InstanceId")))


def check_deletable(item: Item) -> None:
    """Raises ApiError when an image cannot be deleted."""
    for code, message, applies in DELETE:
        if applies(item):
            raise ApiError(code, message)
