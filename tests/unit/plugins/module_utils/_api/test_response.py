# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an HTTP answer says: the Response, a typed refusal, or that it is no answer of the API."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._api.response import decode
from ansible_collections.tencent.cloud.plugins.module_utils._errors import ApiError, BadAnswer


def decoded(document: Any, status: int = 200) -> dict[str, Any]:
    """The answer to a reset, decoded."""
    return decode(status, json.dumps(document).encode(), action="ResetInstance")


def response(**content: Any) -> dict[str, Any]:
    """The envelope of version 2017-03-12, in both generations."""
    return {"Response": content}


def test_a_good_answer_is_its_response() -> None:
    assert decoded(response(RequestId="r-1", TotalCount=0)) == {"RequestId": "r-1", "TotalCount": 0}


def test_text_is_utf8() -> None:
    body = '{"Response": {"RequestId": "r-1", "Name": "未命名"}}'.encode()
    assert decode(200, body, action="A")["Name"] == "未命名"


def test_a_refusal_keeps_code_message_request_id_and_action() -> None:
    with pytest.raises(ApiError) as caught:
        decoded(response(Error={"Code": "InvalidInstanceId.NotFound", "Message": "No such."}, RequestId="r-1"))
    assert caught.value.as_dict() == {
        "code": "InvalidInstanceId.NotFound",
        "message": "No such.",
        "request_id": "r-1",
        "action": "ResetInstance",
    }


@pytest.mark.parametrize(
    ("document", "error"),
    [
        (
            {"code": 4100, "message": "Wrong signature.", "codeDesc": "AuthFailure"},
            ("4100", "Wrong signature. (AuthFailure)", None),
        ),
        ({"code": "4400", "message": "Too often."}, ("4400", "Too often.", None)),
        ({"code": 6000, "message": "", "codeDesc": "InternalError"}, ("6000", " (InternalError)", None)),
        ({"code": 4000, "message": "m", "requestId": 12}, ("4000", "m", "12")),
    ],
)
def test_the_oldest_envelope(document: dict[str, Any], error: tuple[str, str, str | None]) -> None:
    with pytest.raises(ApiError) as caught:
        decoded(document)
    assert (caught.value.code, caught.value.message, caught.value.request_id) == error
    assert caught.value.action == "ResetInstance"


@pytest.mark.parametrize("status", [204, 301, 302, 307, 308, 400, 403, 404, 500, 502, 503, 504])
def test_another_status_is_no_answer_whatever_the_body(status: int) -> None:
    for document in (response(RequestId="r-1"), response(Error={"Code": "InvalidParameter"}, RequestId="r-1")):
        with pytest.raises(BadAnswer, match=str(status)):
            decoded(document, status)


BAD_DOCUMENTS: list[Any] = [
    {},
    [],
    None,
    "text",
    0,
    {"Response": None},
    {"Response": []},
    response(),
    response(RequestId=""),
    response(RequestId=None),
    response(RequestId=7),
    response(Error={}, RequestId="r-1"),
    response(Error={"Code": ""}, RequestId="r-1"),
    response(Error="InternalError", RequestId="r-1"),
    response(Error=[], RequestId="r-1"),
    {"code": 0, "message": "", "codeDesc": "Success"},
    {"code": "0", "message": ""},
]


@pytest.mark.parametrize("document", BAD_DOCUMENTS, ids=json.dumps)
def test_json_that_is_no_answer_of_the_api(document: Any) -> None:
    with pytest.raises(BadAnswer) as caught:
        decoded(document)
    assert caught.value.action == "ResetInstance"


@pytest.mark.parametrize(
    "body",
    [b"", b"<html><body>Bad gateway</body></html>", b'{"Response": {"RequestId": "r-', b"\xff\xfe\x00", b"\x80"],
)
def test_a_body_that_is_not_json(body: bytes) -> None:
    with pytest.raises(BadAnswer, match=f"{len(body)} bytes"):
        decode(200, body, action="ResetInstance")


UNSOUND_IDS = ["\ud800", "r-\n1", "r 1", "r-1\x1b[2K", "r" * 129, "编号", ["r-1"], {"id": "r-1"}]


@pytest.mark.parametrize("request_id", UNSOUND_IDS, ids=repr)
def test_a_request_id_that_is_none_is_not_kept(request_id: Any) -> None:
    """It could be shown, written into a tag, or given to attach; without one the reset is looked for by its trace."""
    with pytest.raises(BadAnswer, match="no RequestId"):
        decoded(response(RequestId=request_id))
    with pytest.raises(ApiError) as caught:
        decoded(response(Error={"Code": "ResourceInUse"}, RequestId=request_id))
    assert (caught.value.code, caught.value.request_id) == ("ResourceInUse", None)


@pytest.mark.parametrize("code", ["a b", "Co\nde", "x" * 129, "\ud800", 7, ["Busy"]], ids=repr)
def test_a_code_that_is_none_is_no_refusal(code: Any) -> None:
    with pytest.raises(BadAnswer, match="without a Code"):
        decoded(response(Error={"Code": code}, RequestId="r-1"))


def test_a_late_error_does_not_overrule_a_request_id() -> None:
    body = (
        b'{"Response": {"RequestId": "r-1"}, "Response": {"Error": {"Code": "InvalidParameter"}, "RequestId": "r-1"}}'
    )
    with pytest.raises(BadAnswer, match="has a key twice"):
        decode(200, body, action="ResetInstance")


def test_a_message_is_one_line_of_a_bounded_length() -> None:
    with pytest.raises(ApiError) as caught:
        decoded(response(Error={"Code": "Busy", "Message": "It is\nfatal: busy.\n"}, RequestId="r-1"))
    assert caught.value.message == "It is fatal: busy."
    with pytest.raises(ApiError) as caught:
        decoded(response(Error={"Code": "Busy", "Message": "x" * 5000}, RequestId="r-1"))
    assert caught.value.message == "x" * 1000 + "..."


def test_an_error_without_a_code_keeps_the_request_id() -> None:
    with pytest.raises(BadAnswer) as caught:
        decoded(response(Error={"Message": "?"}, RequestId="r-1"))
    assert caught.value.request_id == "r-1"


def test_a_body_is_not_repeated_in_an_error() -> None:
    with pytest.raises(BadAnswer) as caught:
        decode(200, b"Password=hunter2", action="ResetInstance")
    assert "hunter2" not in str(caught.value)
