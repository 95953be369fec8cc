# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The two envelopes of the API: what an HTTP answer says, as a dict or as a typed error."""

from __future__ import annotations

import re
from typing import Any

from .._errors import ApiError, BadAnswer
from .strict_json import NotJson, strict_json

LONGEST_MESSAGE = 1000
"""Characters of an error's message that are kept."""

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")


def decode(status: int, body: bytes, *, action: str) -> dict[str, Any]:
    """The `Response` of an answer.

    Knows `{"Response": {...}}` and the legacy gateway's `{"code", "message", "codeDesc"}`. Its text is printable.

    Raises:
        ApiError: the API refused or failed.
        BadAnswer: it is not an answer of the API; a reset may have been accepted all the same.
    """
    if status != 200:
        raise BadAnswer(f"The answer has HTTP status {status}.", action=action)
    try:
        data = strict_json(body)
    except NotJson as problem:
        raise BadAnswer(f"The answer of {len(body)} bytes {problem}.", action=action) from None
    response = data.get("Response") if isinstance(data, dict) else None
    if isinstance(response, dict):
        return _response(response, action)
    if isinstance(data, dict) and "code" in data:
        raise _legacy_error(data, action)
    raise BadAnswer("The answer has no Response.", action=action)


def _response(response: dict[str, Any], action: str) -> dict[str, Any]:
    request_id = _request_id(response.get("RequestId"))
    error = response.get("Error")
    if error is not None:
        code = error.get("Code") if isinstance(error, dict) else None
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            raise BadAnswer("The answer has an Error without a Code.", request_id=request_id, action=action)
        raise ApiError(_message(error.get("Message")), code=code, request_id=request_id, action=action)
    if request_id is None:
        raise BadAnswer("The answer has no RequestId.", action=action)
    return response


def _legacy_error(data: dict[str, Any], action: str) -> ApiError | BadAnswer:
    """The numeric code decides: `codeDesc` is one word for several of them."""
    code = str(data["code"])
    request_id = _request_id(str(data.get("requestId") or ""))
    if code == "0":
        return BadAnswer("The legacy gateway answered code 0 without a Response.", action=action)
    if not _CODE.fullmatch(code):
        return BadAnswer("The legacy gateway answered an invalid code.", request_id=request_id, action=action)
    described = f" ({_message(data['codeDesc'])})" if data.get("codeDesc") else ""
    return ApiError(f"{_message(data.get('message'))}{described}", code=code, request_id=request_id, action=action)


def _request_id(value: Any) -> str | None:
    """The id, if it is valid: one that cannot be written into a log, a tag or an option is treated as missing."""
    return value if isinstance(value, str) and _REQUEST_ID.fullmatch(value) else None


def _message(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= LONGEST_MESSAGE else f"{text[:LONGEST_MESSAGE]}..."
