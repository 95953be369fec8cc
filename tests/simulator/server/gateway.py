# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first reading of a request: which action of which service it names, and what may be said before it is signed.

Sources: the documents "Request Structure" and "Common Params" of both generations.
"""

from __future__ import annotations

import json
from typing import Any

from .call import Call, Generation
from .errors import GatewayError
from .wire import FORM_TYPE, JSON_TYPE, HttpRequest, flat_names, parse_form, unflatten

LEGACY_PATH = "/v2/index.php"
LIMITS = {"GET": 32 << 10, FORM_TYPE: 1 << 20, JSON_TYPE: 10 << 20}
COMMON = {
    "Action",
    "Version",
    "Region",
    "Timestamp",
    "Nonce",
    "SecretId",
    "Signature",
    "SignatureMethod",
    "Token",
    "Language",
    "RequestClient",
}
LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}


def generation_of(request: HttpRequest) -> Generation:
    """The generation that a path belongs to."""
    return "legacy" if request.path == LEGACY_PATH else "v3"


def is_loopback(host: str) -> bool:
    """Whether the Host header names this machine (then it says nothing of service and region)."""
    return host.rpartition(":")[0] in LOOPBACK or host in LOOPBACK


def read(request: HttpRequest) -> Call:
    """The call that a request makes; raises GatewayError when it cannot be read as one."""
    kind = _kind(request)
    _check_size(request, kind)
    if request.header("authorization"):
        return _read_tc3(request)
    if kind == JSON_TYPE:
        raise GatewayError("AuthFailure.InvalidAuthorization", "`Authorization` is missing in the request header.")
    return _read_form(request)


def _kind(request: HttpRequest) -> str:
    if request.method == "GET":
        return "GET"
    if request.method != "POST":
        raise GatewayError("UnsupportedProtocol", "Only GET and POST requests are supported.")
    if request.path == LEGACY_PATH:
        return FORM_TYPE
    if request.content_type not in (JSON_TYPE, FORM_TYPE):
        raise GatewayError("UnsupportedProtocol", f"Content-Type {request.content_type!r} is not supported.")
    return request.content_type


def _check_size(request: HttpRequest, kind: str) -> None:
    if len(request.query if kind == "GET" else request.body) > LIMITS[kind]:
        raise GatewayError("RequestSizeLimitExceeded", f"The request is larger than {LIMITS[kind]} bytes.")


def _read_tc3(request: HttpRequest) -> Call:
    if request.path == LEGACY_PATH:
        raise GatewayError("UnsupportedProtocol", "This interface takes HmacSHA1 and HmacSHA256 only.")
    if request.method == "POST" and request.content_type != JSON_TYPE:
        raise GatewayError("AuthFailure.InvalidAuthorization", "A form body takes HmacSHA1 and HmacSHA256 only.")
    return Call(
        request=request,
        generation="v3",
        signed_form={},
        action=request.header("x-tc-action"),
        version=request.header("x-tc-version"),
        region=request.header("x-tc-region"),
        token=request.header("x-tc-token"),
        timestamp=request.header("x-tc-timestamp"),
        service=_service(request.host, request.header("authorization")),
        parameters=_json_or_query(request),
    )


def _read_form(request: HttpRequest) -> Call:
    form = _form(request.query if request.method == "GET" else request.body.decode("utf-8", "replace"))
    generation = generation_of(request)
    # The older generation takes PHP's spelling of nested names: Placement_Zone is Placement.Zone.
    named = {name.replace("_", ".") if generation == "legacy" else name: value for name, value in form.items()}
    return Call(
        request=request,
        generation=generation,
        signed_form=form,
        action=form.get("Action", ""),
        version=form.get("Version", ""),
        region=form.get("Region", ""),
        token=form.get("Token", ""),
        timestamp=form.get("Timestamp", ""),
        service=_service(request.host, ""),
        parameters=_nested({name: value for name, value in named.items() if name not in COMMON}),
    )


def _json_or_query(request: HttpRequest) -> dict[str, Any]:
    if request.method == "GET":
        return _nested(_form(request.query))
    try:
        document = json.loads(request.body or b"{}")
    except ValueError as error:
        raise GatewayError("InvalidParameter", "The request body is not valid JSON.") from error
    if not isinstance(document, dict):
        raise GatewayError("InvalidParameter", "The request body is not a JSON object.")
    return document


def _form(text: str) -> dict[str, str]:
    try:
        return parse_form(text)
    except ValueError as error:
        raise GatewayError("InvalidParameter", "The parameters are not UTF-8.") from error


def _nested(flat: dict[str, str]) -> dict[str, Any]:
    try:
        return unflatten(flat)
    except ValueError as error:
        raise GatewayError("InvalidParameter", f"The parameter {error} is given twice.") from error


def _service(host: str, authorization: str) -> str:
    """The service by host name; on loopback by credential scope, or empty when only the action can tell."""
    if not is_loopback(host):
        return host.split(".")[0]
    scope = authorization.partition("Credential=")[2].partition(",")[0].split("/")
    return scope[2] if len(scope) == 4 else ""


def describe(call: Call) -> dict[str, Any]:
    """The entry of a call in the state: names and codes only."""
    ids = call.instance_ids
    return {
        "action": call.action,
        "at": call.at,
        "request_id": call.request_id,
        "generation": call.generation,
        "method": call.request.method,
        "region": call.region,
        "instance_id": ids[0] if ids else None,
        "parameters": sorted(flat_names(call.parameters)) if call.parameters else [],
        "token": bool(call.token),
        "accepted": False,
        "code": None,
        "fate": "answer",
        "status": 200,
    }
