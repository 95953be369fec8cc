# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The errors an answer can carry, and how the older generation spells those of the gateway."""

from __future__ import annotations

from typing import NamedTuple


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
