# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service sts: temporary keys of a role, and who calls (version 2018-08-13)."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any
from zlib import crc32

from ..server.action import Action
from ..server.call import Call
from ..server.errors import ApiError
from ..state import State

DEFAULT_SECONDS = 7200
LONGEST_SECONDS = 43200


def assume_role(state: State, call: Call) -> dict[str, Any]:
    """Temporary keys for a role that the world allows."""
    arn = call.parameters["RoleArn"]
    role = state.world.roles.get(arn)
    if role is None:
        raise ApiError("ResourceNotFound.RoleNotFound", "The role does not exist.")
    if role.get("external_id") != call.parameters.get("ExternalId"):
        raise ApiError("UnauthorizedOperation", "The external ID does not match the role.")
    seconds = call.parameters.get("DurationSeconds", DEFAULT_SECONDS)
    if not 0 < seconds <= LONGEST_SECONDS:
        raise ApiError("InvalidParameter.OverTimeError", f"DurationSeconds must not exceed {LONGEST_SECONDS}.")
    key = state.keys.issue(state.server_time, seconds, arn, call.parameters["RoleSessionName"])
    expires = int(state.server_time + seconds)
    return {
        "Credentials": {"Token": key.token, "TmpSecretId": key.secret_id, "TmpSecretKey": key.secret_key},
        "ExpiredTime": expires,
        "Expiration": datetime.fromtimestamp(expires, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def get_caller_identity(state: State, call: Call) -> dict[str, Any]:
    """Whose key signed the call, as the document's examples show a sub-account and a role (1150/49453)."""
    account, user = state.world.account_id, state.world.user_id
    if call.key is None or not call.key.role:
        arn = f"qcs::cam:{account}:uin/{user}"
        return {"Type": "CAMUser", "AccountId": account, "UserId": user, "PrincipalId": user, "Arn": arn}
    named = re.search(r"uin/(\d+)", call.key.role)
    owner = named[1] if named else account
    role_id = f"4611686018{crc32(call.key.role.encode()) % 10**8:08}"
    return {
        "Type": "CAMRole",
        "AccountId": owner,
        "UserId": f"{role_id}:{call.key.session}",
        "PrincipalId": user,
        "Arn": f"qcs::sts:{owner}:assumed-role/{role_id}",
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
    Action("sts", "2018-08-13", "GetCallerIdentity", get_caller_identity, 20, {}),
)
