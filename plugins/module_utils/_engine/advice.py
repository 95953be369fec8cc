# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What happened and what to do, for the codes with which a call that changes something fails. Pure.

A code that is not listed is looked up by its first segment. What to do about a key or a permission, and about a service
out of reach, is in the error itself.
"""

from __future__ import annotations

from .._errors import TencentCloudError

_WAIT = "Wait for the operation in progress to end, then run the task again."
_SHARED = "Stop sharing it with other accounts first."

_ADVICE = {
    "MissingParameter": "A parameter that this call needs was not sent. Give the option that the message names.",
    "InvalidInstanceId.NotFound": "The instance does not exist (any more) for this key and region. "
    "Check instance_id, region and the account of the key.",
    "InvalidInstanceId.Malformed": "The instance id has the wrong form. Give ins- and eight letters or digits.",
    "InvalidParameterValue": "A value has the wrong form or is not supported. Correct the option the message names.",
    "InvalidInstance.NotSupported": "It may be busy, though it does not show that: try again in a few minutes. "
    "Else its kind, disk or region forbids this; try another image, or ask the vendor's support with the RequestId.",
    "InternalServerError": "The service failed inside. Whether it had taken the call was then looked for; "
    "the vendor's support can look the RequestId up.",
    "InvalidAccount": "Settle the account's balance or its unpaid order, then run the task again.",
    "OperationDenied.InstanceOperationInProgress": _WAIT,
    "MutexOperation": _WAIT,
    "ResourceInUse": _WAIT,
    "ResourceInsufficient": "The service is out of stock. Try later, or leave system_disk as it is.",
    "ResourceInsufficient.OverQuota": "Delete what is not needed any more, or ask for a larger quota.",
    "ResourcesSoldOut": "The service is out of stock. Try later.",
    "RequestLimitExceeded": "The account calls the API too often. Run fewer tasks at once, or raise max_attempts.",
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
    "(cvm_instance_power); stop one that cannot be stopped that way with stopped_mode: keep_charging.",
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
    """Sentences on what to do about `error`, empty if there is nothing to add."""
    return _ADVICE.get(error.code, _ADVICE.get(error.code.split(".")[0], ""))
