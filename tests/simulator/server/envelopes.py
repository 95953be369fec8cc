# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documented envelopes of answers."""

from __future__ import annotations

from email.utils import formatdate
from typing import Any
from uuid import uuid4

from .call import Call
from .errors import LEGACY, ApiError, GatewayError
from .wire import Reply, json_reply


def success(payload: dict[str, Any], request_id: str) -> Reply:
    """An answer that carries a result."""
    return json_reply({"Response": {**payload, "RequestId": request_id}})


def failure(code: str, message: str, request_id: str) -> Reply:
    """An answer that carries an error."""
    return json_reply({"Response": {"Error": {"Code": code, "Message": message}, "RequestId": request_id}})


def numeric(number: int, message: str, name: str) -> Reply:
    """The oldest envelope: a number, a message and the number's name."""
    return json_reply({"code": number, "message": message, "codeDesc": name})


def refused(error: ApiError, call: Call | None, generation: str, legacy_auth_envelope: str) -> tuple[str, Reply]:
    """The code and the answer of an error in the spelling of its generation."""
    request_id = call.request_id if call else str(uuid4())
    legacy = LEGACY.get(error.code) if generation == "legacy" and isinstance(error, GatewayError) else None
    if legacy is None:
        return error.code, failure(error.code, error.message, request_id)
    if legacy_auth_envelope == "numeric" and (4100 <= legacy.number < 4200 or legacy.number == 4500):
        return str(legacy.number), numeric(legacy.number, error.message, legacy.name)
    return legacy.code, failure(legacy.code, error.message, request_id)


def stamped(reply: Reply, server_time: float) -> Reply:
    """The answer with the server's clock in its Date header."""
    reply.headers["Date"] = formatdate(server_time, usegmt=True)
    return reply
