# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The errors an answer can carry, and how the older generation spells those of the gateway."""

from __future__ import annotations

from typing import NamedTuple

# As the live API words them; {} is the id of the instance.
IN_PROGRESS = "The instance `{}` already has operation in progress. Please try again later."
MUTEX = "Mutex task is running, please try later"
SPECIAL_STATE = "The request does not support the instances `{}` which are in operation or in a special state."

_THROTTLED = {
    "en-US": "Your current request times equals to `{}` in a second, which exceeds the frequency limit `{}` for a "
    "second. Please reduce the frequency of calls.",
    "zh-CN": "\u60a8\u5f53\u524d\u6bcf\u79d2\u8bf7\u6c42 `{}` \u6b21\uff0c\u8d85"
    "\u8fc7\u4e86\u6bcf\u79d2\u9891\u7387\u4e0a\u9650 `{}`\uff0c\u8bf7\u7a0d\u540e\u91cd\u8bd5\u3002",
}


class Legacy(NamedTuple):
    """A gateway error as the older generation has it: a string code, and a number for the oldest envelope."""

    code: str
    number: int
    name: str


class ApiError(Exception):
    """An answer with an error code; ``message`` is what the answer says."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message or "The request was refused."


class GatewayError(ApiError):
    """An error found before the action runs; the older generation has other codes for it (``LEGACY``)."""


def throttled(language: str, rate: int) -> GatewayError:
    """The refusal of one call more than ``rate`` a second."""
    text = _THROTTLED.get(language, _THROTTLED["en-US"])
    return GatewayError("RequestLimitExceeded", text.format(rate + 1, rate))


# Source: the common error codes of both generations (documents 213/30435, 213/11657, 239/1757).
LEGACY = {
    "AuthFailure.InvalidAuthorization": Legacy("InvalidParameter.SignatureFailure", 4100, "AuthFailure"),
    "AuthFailure.SignatureFailure": Legacy("InvalidParameter.SignatureFailure", 4100, "AuthFailure"),
    "AuthFailure.SecretIdNotFound": Legacy("InvalidParameter.SecretIdNotFound", 4104, "SecretIdNotFound"),
    "AuthFailure.TokenFailure": Legacy("InvalidRequest.TokenCheckFailed", 4105, "TokenCheckFailed"),
    "AuthFailure.SignatureExpire": Legacy("InvalidRequest.ReplayAttack", 4500, "ReplayAttack"),
    "AuthFailure.UnauthorizedOperation": Legacy("UnauthorizedOperation", 4101, "UnauthorizedOperation"),
    "RequestLimitExceeded": Legacy("InvalidRequest.RequestConcurrencyExceeded", 4400, "RequestConcurrencyExceeded"),
    "InvalidAction": Legacy("InvalidAction.NotFound", 6100, "InvalidAction"),
    "NoSuchVersion": Legacy("InvalidAction.NotFound", 6100, "InvalidAction"),
    "NoSuchProduct": Legacy("InvalidAction.NotFound", 6100, "InvalidAction"),
    "MissingParameter": Legacy("InvalidParameter", 4000, "InvalidParameter"),
    "InvalidParameter": Legacy("InvalidParameter", 4000, "InvalidParameter"),
    "UnknownParameter": Legacy("InvalidParameter", 4000, "InvalidParameter"),
    "UnsupportedRegion": Legacy("InvalidParameter", 4000, "InvalidParameter"),
    "UnsupportedProtocol": Legacy("InvalidRequest.UnsupportedProtocol", 4600, "UnsupportedProtocol"),
    "RequestSizeLimitExceeded": Legacy("InvalidRequest.LimitExceeded", 4400, "LimitExceeded"),
}
