# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service sts: temporary keys of a role (version 2018-08-13)."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from ..server.action import Action
from ..server.call import Call
from ..server.errors import ApiError
from ..state import State

DEFAULT_SECONDS = 7200
LONGEST_SECONDS = 43200


def assume_role(state: State, call: Call) -> dict[str, Any]:
    """Temporary keys for a role that the world allows."""
    role = state.world.roles.get(call.parameters["RoleArn"])
    if role is None:
        raise ApiError("ResourceNotFound.RoleNotFound", "The role does not exist.")
    if role.get("external_id") != call.parameters.get("ExternalId"):
        raise ApiError("UnauthorizedOperation", "The external ID does not match the role.")
    seconds = call.parameters.get("DurationSeconds", DEFAULT_SECONDS)
    if not 0 < seconds <= LONGEST_SECONDS:
        raise ApiError("InvalidParameter.OverTimeError", f"DurationSeconds must not exceed {LONGEST_SECONDS}.")
    key = state.keys.issue(state.server_time, seconds)
    expires = int(state.server_time + seconds)
    return {
        "Credentials": {"Token": key.token, "TmpSecretId": key.secret_id, "TmpSecretKey": key.secret_key},
        "ExpiredTime": expires,
        "Expiration": datetime.fromtimestamp(expires, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


_SCHEMA = {
    "RoleArn": str,
    "RoleSessionName": str,
    "DurationSeconds": int,
    "Policy": str,
    "ExternalId": str,
    "Tags": [{"Key": str, "Value": str}],
    "SourceIdentity": str,
    "SerialNumber": str,
    "TokenCode": str,
}

ACTIONS = (
    Action(
        "sts",
        "2018-08-13",
        "AssumeRole",
        assume_role,
        600,
        _SCHEMA,
        required=("RoleArn", "RoleSessionName"),
        regional=False,
    ),
)
