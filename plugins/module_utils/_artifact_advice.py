# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What to do, for the codes with which the calls on images and snapshots fail."""

from __future__ import annotations

from ansible_collections.tencent.cloud.plugins.module_utils._errors import TencentCloudError
from ansible_collections.tencent.cloud.plugins.module_utils._reset_advice import advice as general_advice

_WAIT = "Wait for the operation in progress to end, then run the task again."
_SHARED = "Stop sharing it with other accounts first."

_ADVICE = {
    "InvalidImageId.InShared": _SHARED,
    "InvalidImageId.IncorrectState": "It is not in a state in which it can be deleted. Wait until it is made.",
    "InvalidParameterValue.InvalidImageIdIsShared": "It belongs to another account, which alone can delete it.",
    "InvalidParameterValue.InvalidImageId": "Only custom images can be deleted.",
    "InvalidImageName.Duplicate": "An image of the account has this name already. If it was made a moment ago, run the "
    "task again; else choose another image_name.",
    "ImageQuotaLimitExceeded": "Delete an image that is not needed any more.",
    "InsufficientSnapshotQuota": "Delete a snapshot that is not needed any more.",
    "UnsupportedOperation.SnapHasShared": _SHARED,
    "UnsupportedOperation.SnapshotHasBindedImage": "Delete the images that are made of it first.",
    "UnsupportedOperation.InstanceReinstallFailed": "Reinstall the instance first; its last reinstallation failed.",
    "UnsupportedOperation.StoppedModeStopCharging": "Start an instance that is stopped without charges first "
    "(cvm_instance_power); stop one that cannot be stopped so with stopped_mode: keep_charging.",
    "InvalidDisk.Busy": "Shut the instance down, or wait for the operation in progress to end.",
    "InvalidDisk.SnapshotCreating": _WAIT,
    "InvalidParameter.DiskSizeNotMatch": "The disk has grown since. Make an image of the snapshot, or a new disk.",
    "InvalidSnapshot.NotSupported": "A snapshot must be NORMAL, and goes back to its original disk only.",
    "ResourceBusy": _WAIT,
    "ResourceUnavailable.DiskBackupCreating": _WAIT,
    "ResourceUnavailable.DiskSnapshotChainTooLarge": "Delete a snapshot of the disk that is not needed any more.",
    "ResourceUnavailable.SnapshotCreating": _WAIT,
    "ResourceUnavailable.TooManyCreatingSnapshot": "Run the task again later.",
}


def advice(error: TencentCloudError) -> str:
    """Sentences on what to do about C(error), empty where there is nothing to add."""
    return _ADVICE.get(error.code) or general_advice(error)
