# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What an answer says about a write: one table, and what it does not list is unknown.

Sources: the error lists of ResetInstance and of the calls on power, images and snapshots, the common error codes of API
3.0 and of the legacy API (as text and as numbers). A row is a whole code, or the first segment of a family of codes;
the whole code is looked up first.
"""

from __future__ import annotations

from enum import Enum

from .._errors import ApiError, BadAnswer, NoAnswer, TencentCloudError


class Verdict(Enum):
    """Whether the service took the request that ended with an error."""

    NOT_ACCEPTED = "surely not accepted; the same request may be sent again"
    REJECTED = "understood and refused; the same request would be refused again"
    BUSY = "refused since something is under way or there already: perhaps a copy of this very request"
    REPLAYED = "refused as a replay: final for a read, but a copy of a write may have got through before it"
    UNKNOWN = "it may have been accepted"


_CODES: dict[str, Verdict] = {
    # Throttling, of both generations.
    "RequestLimitExceeded": Verdict.NOT_ACCEPTED,
    "InvalidRequest.LimitExceeded": Verdict.NOT_ACCEPTED,
    "InvalidRequest.RequestConcurrencyExceeded": Verdict.NOT_ACCEPTED,
    "4400": Verdict.NOT_ACCEPTED,
    # A nonce that was seen before, or a clock that is off.
    "InvalidRequest.ReplayAttack": Verdict.REPLAYED,
    "4500": Verdict.REPLAYED,
    # Refusals of ResetInstance and of its parameters.
    "FailedOperation.InvalidInstanceApplicationRole": Verdict.REJECTED,
    "FailedOperation.InvalidInstanceApplicationRoleEmr": Verdict.REJECTED,
    "InvalidAccount": Verdict.REJECTED,
    "InvalidImageId": Verdict.REJECTED,
    "InvalidInstance": Verdict.REJECTED,
    "InvalidInstanceId": Verdict.REJECTED,
    "InvalidInstanceType": Verdict.REJECTED,
    "InvalidKeyPairId": Verdict.REJECTED,
    "InvalidParameter": Verdict.REJECTED,
    "InvalidParameterValue": Verdict.REJECTED,
    "MissingParameter": Verdict.REJECTED,
    "OperationDenied": Verdict.REJECTED,
    "ResourceInsufficient": Verdict.REJECTED,
    "ResourceNotFound": Verdict.REJECTED,
    "ResourcesSoldOut": Verdict.REJECTED,
    "UnsupportedOperation": Verdict.REJECTED,
    # Refusals of CreateImage, DeleteImages, CreateSnapshot, ApplySnapshot and DeleteSnapshots.
    "InvalidDisk": Verdict.REJECTED,
    "InvalidDiskId": Verdict.REJECTED,
    "InvalidImageName": Verdict.REJECTED,
    "InvalidParameterCombination": Verdict.REJECTED,
    "InvalidParameterConflict": Verdict.REJECTED,
    "InvalidSnapshot": Verdict.REJECTED,
    "InvalidSnapshotId": Verdict.REJECTED,
    "InvalidZone": Verdict.REJECTED,
    "ResourceUnavailable.DiskSnapshotChainTooLarge": Verdict.REJECTED,
    # What an accepted copy of the same request causes: a proxy may repeat a POST, and pass on the second answer.
    **dict.fromkeys(
        (
            "MutexOperation",
            "OperationDenied.InstanceOperationInProgress",
            "ResourceBusy",
            "ResourceInUse",
            "InvalidInstance.NotSupported",
            "UnsupportedOperation.InstanceStatePending",
            "UnsupportedOperation.InstanceStateRebooting",
            "UnsupportedOperation.InstanceStateResetting",
            "UnsupportedOperation.InstanceStateRunning",
            "UnsupportedOperation.InstanceStateStarting",
            "UnsupportedOperation.InstanceStateStopped",
            "UnsupportedOperation.InstanceStateStopping",
            # The same for images, snapshots and disks; a copy may have taken the name, or the last place of a quota.
            "ImageQuotaLimitExceeded",
            "InsufficientSnapshotQuota",
            "InvalidDisk.Busy",
            "InvalidDisk.NotSupported",
            "InvalidDisk.SnapshotCreating",
            "InvalidImageId.IncorrectState",
            "InvalidImageName.Duplicate",
            "InvalidSnapshot.NotSupported",
            "ResourceInsufficient.OverQuota",
            "ResourceUnavailable.DiskBackupCreating",
            "ResourceUnavailable.NotSupported",
            "ResourceUnavailable.SnapshotCreating",
            "ResourceUnavailable.TooManyCreatingSnapshot",
        ),
        Verdict.BUSY,
    ),
    # Refusals of the tag service.
    "FailedOperation.PolicyEnforcedInvalid": Verdict.REJECTED,
    "FailedOperation.TagAttachedQuota": Verdict.REJECTED,
    "FailedOperation.TagAttachedResource": Verdict.REJECTED,
    # Refusals of any call.
    "ActionOffline": Verdict.REJECTED,
    "AuthFailure": Verdict.REJECTED,
    "InvalidAction": Verdict.REJECTED,
    "InvalidFilter": Verdict.REJECTED,
    "InvalidFilterValue": Verdict.REJECTED,
    "InvalidRequest": Verdict.REJECTED,
    "IpInBlacklist": Verdict.REJECTED,
    "IpNotInWhitelist": Verdict.REJECTED,
    "LimitExceeded": Verdict.REJECTED,
    "NoSuchProduct": Verdict.REJECTED,
    "NoSuchVersion": Verdict.REJECTED,
    "RequestSizeLimitExceeded": Verdict.REJECTED,
    "UnauthorizedOperation": Verdict.REJECTED,
    "UnknownParameter": Verdict.REJECTED,
    "UnsupportedProtocol": Verdict.REJECTED,
    "UnsupportedRegion": Verdict.REJECTED,
    **dict.fromkeys(
        ("4000", "4100", "4101", "4102", "4103", "4104", "4105", "4106", "4110", "4200", "4300", "4600"),
        Verdict.REJECTED,
    ),
    **dict.fromkeys(("5000", "5300", "5500", "6100"), Verdict.REJECTED),
    # Named here because their families or their tone could mislead: none of them says that nothing happened.
    "InvalidAction.ActionUnavailable": Verdict.UNKNOWN,
    "InternalError": Verdict.UNKNOWN,
    "InternalServerError": Verdict.UNKNOWN,
    "FailedOperation": Verdict.UNKNOWN,
    "ResourceUnavailable": Verdict.UNKNOWN,
    "ResponseSizeLimitExceeded": Verdict.UNKNOWN,
    "ServiceUnavailable": Verdict.UNKNOWN,
    "DryRunOperation": Verdict.UNKNOWN,
    **dict.fromkeys(("5100", "5200", "5400", "6000", "6200"), Verdict.UNKNOWN),
}


def verdict(error: TencentCloudError) -> Verdict:
    """What `error` says about the request it ended."""
    if isinstance(error, NoAnswer):
        return Verdict.UNKNOWN if error.sent else Verdict.NOT_ACCEPTED
    if isinstance(error, ApiError):
        return verdict_of(error.code)
    # An error that is not the end of a request (such as no usable credentials) came before one.
    return Verdict.UNKNOWN if isinstance(error, BadAnswer) else Verdict.NOT_ACCEPTED


def verdict_of(code: str) -> Verdict:
    """What a code of the API says about the request it ended."""
    return _CODES.get(code, _CODES.get(code.split(".")[0], Verdict.UNKNOWN))


def worth_reading_again(error: TencentCloudError) -> bool:
    """Whether a read that ended with it may succeed when repeated."""
    ended = isinstance(error, (ApiError, BadAnswer, NoAnswer))
    return ended and verdict(error) in (Verdict.NOT_ACCEPTED, Verdict.UNKNOWN)
