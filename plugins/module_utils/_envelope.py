# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The two envelopes of the API: what an HTTP answer says, as a dict or as a typed error."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.tencent.cloud.plugins.module_utils._errors import ApiError, BadAnswer


def decode(status: int, body: bytes, *, action: str) -> dict[str, Any]:
    """The C(Response) of an answer.

    Knows C({"Response": {...}}) and the legacy gateway's C({"code", "message", "codeDesc"}).

    Raises:
        ApiError: the API refused or failed.
        BadAnswer: it is not an answer of the API; a reset may have been accepted all the same.
    """
    if status != 200:
        raise BadAnswer(f"The answer has HTTP status {status}.", action=action)
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise BadAnswer(f"The answer of {len(body)} bytes is not JSON.", action=action) from None
    response = data.get("Response") if isinstance(data, dict) else None
    if isinstance(response, dict):
        return _response(response, action)
    if isinstance(data, dict) and "code" in data:
        raise _legacy_error(data, action)
    raise BadAnswer("The answer has no Response.", action=action)


def _response(response: dict[str, Any], action: str) -> dict[str, Any]:
    request_id = response.get("RequestId")
    error = response.get("Error")
    if error is not None:
        if not isinstance(error, dict) or not error.get("Code"):
            raise BadAnswer("The answer has an Error without a Code.", request_id=_text(request_id), action=action)
        raise ApiError(
            str(error.get("Message", "")), code=str(error["Code"]), request_id=_text(request_id), action=action
        )
    if not isinstance(request_id, str) or not request_id:
        raise BadAnswer("The answer has no RequestId.", action=action)
    return response


def _legacy_error(data: dict[str, Any], action: str) -> ApiError | BadAnswer:
    """The numeric code decides: C(codeDesc) is one word for several of them."""
    code = str(data["code"])
    if code == "0":
        return BadAnswer("The legacy gateway answered code 0 without a Response.", action=action)
    described = f"{data.get('message', '')} ({data['codeDesc']})" if data.get("codeDesc") else str(data.get("message"))
    return ApiError(described, code=code, request_id=_text(data.get("requestId")), action=action)


def _text(value: Any) -> str | None:
    return str(value) if value else None
