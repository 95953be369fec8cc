# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ResetInstance refuses, in order: code, message, condition. These are all 67 codes documented for it.

Where a document says when a code comes, that is the condition; elsewhere an attribute of the world stands for it, in
the last resort ``rejects: CODE`` on an instance, an image or the account.
"""

from __future__ import annotations

from typing import NamedTuple

from ..server.errors import IN_PROGRESS, MUTEX, SPECIAL_STATE, ApiError
from . import reset_checks as when
from . import reset_values as value


class Rule(NamedTuple):
    """One reason to refuse; {} in the message is the id of the instance."""

    code: str
    message: str
    applies: when.Check


def _state(code: str, name: str) -> Rule:
    return Rule(f"UnsupportedOperation.InstanceState{code}", f"The instance is in status {name}.", when.state(name))


def _rejected(code: str, message: str, *also: when.Check) -> Rule:
    return Rule(code, message, when.either(*also, when.rejects(code)))


BEFORE_LOOKUP = (
    Rule("InvalidParameterValue.InvalidAppIdFormat", "Invalid AppID.", when.account("invalid_app_id")),
    Rule("UnauthorizedOperation.InvalidToken", "Check if the token is valid.", when.account("invalid_token")),
    Rule("UnauthorizedOperation.MFAExpired", "The MFA is no longer valid.", when.account("mfa", "expired")),
    Rule("UnauthorizedOperation.MFANotFound", "The MFA does not exist.", when.account("mfa", "not_found")),
    Rule("InvalidInstanceId.Malformed", "The instance ID has an invalid length.", when.instance_id_length),
    Rule("InvalidParameterValue.InstanceIdMalformed", "The ID is not like ins-xxxxxxxx.", when.instance_id_alphabet),
    Rule("InvalidInstanceId.NotFound", "No instance found.", lambda reset: reset.found is None),
    Rule("InvalidImageId.Malformed", "Invalid image ID.", lambda reset: not when.identifier("img", reset.image_id)),
    Rule("InvalidImageId.NotFound", "The image cannot be found.", lambda reset: reset.image is None),
)

STATES = (
    _state("Pending", "PENDING"),
    _state("Starting", "STARTING"),
    _state("Stopping", "STOPPING"),
    _state("Rebooting", "REBOOTING"),
    _state("Shutdown", "SHUTDOWN"),
    _state("Terminating", "TERMINATING"),
    _state("Terminated", "TERMINATED"),
    _state("Freezing", "FREEZING"),
    _state("Corrupted", "CORRUPTED"),
    _state("EnterRescueMode", "ENTER_RESCUE_MODE"),
    _state("RescueMode", "RESCUE_MODE"),
    _state("ExitRescueMode", "EXIT_RESCUE_MODE"),
    _state("EnterServiceLiveMigrate", "ENTER_SERVICE_LIVE_MIGRATE"),
    _state("ServiceLiveMigrate", "SERVICE_LIVE_MIGRATE"),
    _state("ExitServiceLiveMigrate", "EXIT_SERVICE_LIVE_MIGRATE"),
    Rule("UnsupportedOperation.InstanceStateIsolating", "The instance is isolated.", when.isolated),
    Rule("UnsupportedOperation.StoppedModeStopCharging", "It is stopped without charges.", when.stopped_uncharged),
)

INSTANCE = (
    Rule(
        "UnsupportedOperation.InstanceChargeType",
        "This billing mode does not support the operation.",
        lambda reset: bool(reset.record["InstanceChargeType"] == "SPOTPAID"),
    ),
    Rule("FailedOperation.InvalidInstanceApplicationRoleEmr", "EMR instances are refused.", when.attribute("emr")),
    Rule(
        "OperationDenied.ChcInstallCloudImageWithoutDeployNetwork",
        "A CHC instance without a deployment network takes no cloud image.",
        when.attribute("chc_without_network"),
    ),
    _rejected(
        "InvalidInstance.NotSupported",
        SPECIAL_STATE,
        when.state("LAUNCH_FAILED"),
        when.platform_switch_refused,
    ),
    _rejected("InvalidInstanceType.Malformed", "InstanceType has an invalid format."),
    _rejected("InvalidParameterValue.InstanceTypeNotFound", "The specified instance type does not exist."),
    _rejected("InvalidParameterValue.ZoneNotSupported", "The zone does not support this operation."),
    _rejected("UnsupportedOperation.InstanceTypeNotSupportGridLicence", "GridDriverService cannot be set."),
)

IMAGE = (
    Rule("InvalidParameterValue.InvalidImageState", "The image is busy.", when.image_busy),
    _rejected(
        "InvalidParameterValue.InvalidImageId",
        "The image does not support this operation.",
        when.image_broken,
    ),
    Rule("InvalidParameter.InstanceImageNotSupport", "No instance images.", when.image_attribute("instance_image")),
    Rule("InvalidParameterValue.InvalidImageFormat", "The image is RAW.", when.image_attribute("format", "raw")),
    Rule("InvalidParameterValue.RequiredLocationImage", "A regional image is required.", when.regional_image_elsewhere),
    Rule("UnsupportedOperation.InvalidImageLicenseTypeForReset", "The licence types differ.", when.licence_differs),
    Rule(
        "InvalidParameterValue.InvalidImageForGivenInstanceType",
        "The specified image does not support the specified instance type.",
        when.image_unfit_for_type,
    ),
    Rule(
        "UnsupportedOperation.RawLocalDiskInsReinstalltoQcow2",
        "This image does not support instance reinstallation.",
        lambda reset: when.attribute("raw_local_disk")(reset) and when.image_attribute("format", "qcow2")(reset),
    ),
    _rejected(
        "InvalidParameterValue.InvalidImageIdForRetsetInstance",
        "The image cannot be used to reinstall the current instance.",
        when.image_larger_than_disk,
    ),
)

PARAMETERS = (
    Rule("InvalidParameter.ParameterConflict", "The ways to log in exclude each other.", value.login_conflict),
    Rule("InvalidParameterValue.LimitExceeded", "Too many keys.", lambda reset: len(reset.keys) > value.KEYS_LIMIT),
    Rule("InvalidKeyPairId.Malformed", "Invalid key pair ID.", value.key_malformed),
    Rule(
        "UnsupportedOperation.KeyPairUnsupportedWindows",
        "Key-pair login is not available to Windows instances.",
        lambda reset: reset.windows and bool(reset.keys),
    ),
    Rule("InvalidParameterValue.KeyPairNotFound", "The key does not exist.", value.key_unknown),
    Rule("ResourceNotFound.KeyPairNotFound", "The specified key pair does not exist.", value.key_deleted),
    Rule("InvalidParameterValue.InvalidPassword", "The password is not complex enough.", value.weak_password),
    Rule("InvalidParameter.HostNameIllegal", "The specified HostName is invalid.", value.host_name_length),
    Rule("InvalidParameterValue.IllegalHostName", "The value of HostName is invalid.", value.host_name_form),
    Rule("InvalidParameterValue.InvalidUserDataFormat", "UserData is not base64.", value.user_data_not_base64),
    Rule("UnsupportedOperation.ModifyEncryptionNotSupported", "Encryption cannot change.", value.encryption_changed),
    Rule("InvalidParameterValue", "Incorrect parameter value.", value.wrong_value),
    _rejected(
        "UnsupportedOperation",
        "Unsupported operation.",
        value.local_disk_resized,
        value.user_data_without_cloudinit,
    ),
    Rule("MissingParameter.MonitorService", "Cloud Monitor must be enabled.", value.monitor_refused),
)

RESOURCES = (
    Rule("InvalidAccount.InsufficientBalance", "Insufficient account balance.", when.account("insufficient_balance")),
    Rule("InvalidAccount.UnpaidOrder", "The account has unpaid orders.", when.account("unpaid_order")),
    _rejected("ResourceInsufficient.CloudDiskSoldOut", "The specified cloud disk has been sold out."),
    _rejected("ResourcesSoldOut.SpecifiedInstanceType", "The specified instance type is sold out."),
    _rejected("ResourceInUse", "The resource is in use.", when.rolling_back),
    _rejected("MutexOperation.TaskRunning", MUTEX),
    _rejected("InternalError.TradeUnknownError", "Internal error."),
    _rejected("InternalServerError", "Internal error."),
)

RULES = (
    Rule("MissingParameter", "The request is missing InstanceId.", lambda reset: "InstanceId" not in reset.parameters),
    *BEFORE_LOOKUP,
    Rule(
        "OperationDenied.InstanceOperationInProgress",
        IN_PROGRESS,
        when.operation_in_progress,
    ),
    *STATES,
    *INSTANCE,
    *IMAGE,
    *PARAMETERS,
    *RESOURCES,
)


def check(reset: when.Reset) -> None:
    """Raises ApiError with the code of the first rule that applies."""
    for rule in RULES:
        if rule.applies(reset):
            raise ApiError(rule.code, rule.message.format(reset.parameters.get("InstanceId")))
