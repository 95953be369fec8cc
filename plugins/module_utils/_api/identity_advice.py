# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What an error says about the identity behind a call: the permission, the key and where it came from, the clock."""

from __future__ import annotations

from .._errors import ApiError

TIMESTAMP_VALID_SECONDS = 300
"""How long a signed request is accepted (common parameters: Timestamp may be off by five minutes)."""

_CLOCK_CODES = ("AuthFailure.SignatureExpire", "InvalidRequest.ReplayAttack", "4500", "4200")

_TOKEN = "The token of the temporary credentials is wrong or has expired: get new ones, or leave the token out."
_FACTOR = "The account asks for a second factor. Use a key for which it does not."
_KEY = {
    "AuthFailure.SecretIdNotFound": "There is no such key (any more), or it is disabled. Check the secret_id.",
    "AuthFailure.InvalidSecretId": "The secret_id is not that of an API key. Check it.",
    "AuthFailure.SignatureFailure": "The secret_key does not belong to the secret_id. Check both.",
    "AuthFailure.TokenFailure": _TOKEN,
    "UnauthorizedOperation.InvalidToken": _TOKEN,
    "AuthFailure.MFAFailure": _FACTOR,
    "UnauthorizedOperation.MFAExpired": _FACTOR,
    "UnauthorizedOperation.MFANotFound": _FACTOR,
    "4100": "The key was not accepted. Check secret_id, secret_key and security_token.",
}
_PERMISSION_CODES = (
    "AuthFailure.UnauthorizedOperation",
    "UnauthorizedOperation",
    "AuthFailure",
    "4101",
    "4102",
    "4103",
)


def identity_advice(error: ApiError, service: str, source: str, skew: float | None) -> str:
    """What to do about an error of the identity, with a leading space; empty for any other error.

    Args:
        service: the one that was called, as CAM names it.
        source: where the key comes from, never the key.
        skew: seconds that the service's clock is ahead of this machine's, if that is known.
    """
    if error.code in _CLOCK_CODES:
        return _clock_advice(skew)
    whose = f" from {source}" if source else ""
    if error.code in _PERMISSION_CODES:
        return f" Grant the key{whose} the CAM permission for the action {service}:{error.action}, or use another key."
    family = error.code.split(".")[0]
    advice = _KEY.get(error.code) or ("The key was not accepted. Check it." if family == "AuthFailure" else "")
    return f" {advice}{f' The key came from {source}.' if source else ''}" if advice else ""


def _clock_advice(skew: float | None) -> str:
    if skew is None or abs(skew) <= TIMESTAMP_VALID_SECONDS / 2:
        return ""
    direction = "behind" if skew > 0 else "ahead of"
    return f" The clock of this machine is {abs(skew):.0f} seconds {direction} the service's: set it right."
