# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The metadata service of an instance with a role: where temporary keys come from without any signature."""

from __future__ import annotations

from ..state import State
from .wire import HttpRequest, Reply, json_reply

PREFIX = "/latest/meta-data/cam/security-credentials/"


def answer(state: State, request: HttpRequest) -> Reply:
    """The role's name, or its keys; 404 when the instance has no such role."""
    role = state.world.cam_role
    wanted = request.path[len(PREFIX) :]
    if role is None or request.method != "GET" or wanted not in ("", role["name"]):
        return Reply(404, {"Content-Type": "text/html"}, b"<html><body><h1>404 Not Found</h1></body></html>")
    if not wanted:
        return Reply(200, {"Content-Type": "text/plain"}, str(role["name"]).encode())
    arn = f"qcs::cam::uin/{state.world.account_id}:roleName/{wanted}"
    key = state.keys.of_role(arn, state.server_time, float(role.get("lifetime", 7200)))
    return json_reply(
        {
            "TmpSecretId": key.secret_id,
            "TmpSecretKey": key.secret_key,
            "Token": key.token,
            "ExpiredTime": int(key.expires or 0),
            "Code": "Success",
        }
    )
