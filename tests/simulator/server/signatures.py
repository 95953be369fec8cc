# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of the three signatures, written from the documents alone.

Sources: "Signature v3" (TC3-HMAC-SHA256) and "Signature" (HmacSHA256, HmacSHA1) of API 3.0, and the signature page of
the older generation. Both allow five minutes between ``Timestamp`` and the server's clock.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64encode
from datetime import datetime, timezone

from .call import Call
from .credentials import Key, KeyRing
from .errors import GatewayError

WINDOW_SECONDS = 300
ALGORITHM = "TC3-HMAC-SHA256"
_AUTHORIZATION = re.compile(
    r"TC3-HMAC-SHA256 Credential=([^/,\s]+)/(\d{4}-\d\d-\d\d)/([a-z0-9]+)/tc3_request,\s*"
    r"SignedHeaders=([a-z0-9;-]+),\s*Signature=([0-9a-f]{64})"
)


class NonceLog:
    """The nonces seen within the window, one set per account key."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], float] = {}

    def use(self, secret_id: str, nonce: str, now: float) -> bool:
        """Note a nonce; False when it was used before."""
        if len(self._seen) > 4096:
            self._seen = {pair: at for pair, at in self._seen.items() if now - at <= 2 * WINDOW_SECONDS}
        fresh = (secret_id, nonce) not in self._seen
        self._seen[(secret_id, nonce)] = now
        return fresh


def verify(call: Call, keys: KeyRing, nonces: NonceLog, now: float) -> Key:
    """The key that signed a call; raises GatewayError with the documented AuthFailure code."""
    return _verify_v1(call, keys, nonces, now) if call.signed_form else _verify_tc3(call, keys, now)


def check_timestamp(call: Call, now: float) -> int:
    """The call's Timestamp in epoch seconds; raises SignatureExpire when it is too far from ``now``."""
    if not call.timestamp:
        raise GatewayError("MissingParameter", "The request is missing the parameter `Timestamp`.")
    if not call.timestamp.isdecimal():
        raise GatewayError("InvalidParameter", "The parameter `Timestamp` is not a UNIX timestamp.")
    stamp = int(call.timestamp)
    if abs(now - stamp) > WINDOW_SECONDS:
        raise GatewayError(
            "AuthFailure.SignatureExpire",
            f"The request timestamp {stamp} differs from the server time {int(now)} by more than five minutes.",
        )
    return stamp


def tc3_signature(secret_key: str, date: str, service: str, string_to_sign: str) -> str:
    """The hexadecimal signature of a string under the key chain date, service, ``tc3_request``."""
    key = f"TC3{secret_key}".encode()
    for part in (date, service, "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, string_to_sign.encode(), "sha256").hex()


def tc3_string_to_sign(call: Call, scope: str, signed_headers: str) -> str:
    """The string to sign, from what was really sent (so the raw query and the raw body)."""
    request = call.request
    sent = {**request.lowered, "host": request.host}
    headers = "".join(f"{name}:{sent.get(name, '').strip().lower()}\n" for name in signed_headers.split(";"))
    payload = request.body if request.method == "POST" else b""
    if request.header("x-tc-content-sha256") == "UNSIGNED-PAYLOAD":
        payload = b"UNSIGNED-PAYLOAD"
    query = request.query if request.method == "GET" else ""
    canonical = "\n".join((request.method, "/", query, headers, signed_headers, hashlib.sha256(payload).hexdigest()))
    return "\n".join((ALGORITHM, call.timestamp, scope, hashlib.sha256(canonical.encode()).hexdigest()))


def v1_string_to_sign(method: str, host: str, path: str, parameters: dict[str, str]) -> str:
    """The string to sign of HmacSHA1 and HmacSHA256: raw values, sorted names, underscores in names as dots."""
    named = {name.replace("_", "."): value for name, value in parameters.items() if name != "Signature"}
    joined = "&".join(f"{name}={named[name]}" for name in sorted(named))
    return f"{method}{host}{path}?{joined}"


def v1_signature(secret_key: str, string_to_sign: str, signature_method: str) -> str:
    """The base64 signature; every method but HmacSHA256 means HmacSHA1 (document 213/11650)."""
    digest = "sha256" if signature_method == "HmacSHA256" else "sha1"
    return b64encode(hmac.digest(secret_key.encode(), string_to_sign.encode(), digest)).decode()


def _verify_tc3(call: Call, keys: KeyRing, now: float) -> Key:
    match = _AUTHORIZATION.fullmatch(call.request.header("authorization"))
    if match is None:
        raise GatewayError("AuthFailure.InvalidAuthorization", "`Authorization` in the request header is invalid.")
    secret_id, date, service, signed_headers, signature = match.groups()
    if not {"content-type", "host"} <= set(signed_headers.split(";")):
        raise GatewayError("AuthFailure.InvalidAuthorization", "`content-type` and `host` must be signed.")
    stamp = check_timestamp(call, now)
    key = _known(keys, secret_id)
    if date != datetime.fromtimestamp(stamp, timezone.utc).strftime("%Y-%m-%d"):
        raise GatewayError("AuthFailure.SignatureFailure", "The date in Credential is not that of the timestamp.")
    if call.service and service != call.service:
        raise GatewayError("AuthFailure.SignatureFailure", "The service in Credential is not the requested one.")
    text = tc3_string_to_sign(call, f"{date}/{service}/tc3_request", signed_headers)
    _compare(tc3_signature(key.secret_key, date, service, text), signature)
    return _with_token(key, call.token, now)


def _verify_v1(call: Call, keys: KeyRing, nonces: NonceLog, now: float) -> Key:
    form = call.signed_form
    for name in ("SecretId", "Signature", "Nonce"):
        if not form.get(name):
            raise GatewayError("MissingParameter", f"The request is missing the parameter `{name}`.")
    check_timestamp(call, now)
    if not form["Nonce"].isdecimal() or int(form["Nonce"]) < 1:
        raise GatewayError("InvalidParameter", "The parameter `Nonce` is not a positive integer.")
    key = _known(keys, form["SecretId"])
    request = call.request
    text = v1_string_to_sign(request.method, request.host, request.path, form)
    _compare(v1_signature(key.secret_key, text, form.get("SignatureMethod", "")), form["Signature"])
    if not nonces.use(key.secret_id, form["Nonce"], now):
        raise GatewayError("AuthFailure.SignatureExpire", "Replay: the parameter `Nonce` was used before.")
    return _with_token(key, call.token, now)


def _known(keys: KeyRing, secret_id: str) -> Key:
    key = keys.find(secret_id)
    if key is None:
        raise GatewayError("AuthFailure.SecretIdNotFound", "The SecretId is not found. Check that it is correct.")
    return key


def _compare(expected: str, received: str) -> None:
    if not hmac.compare_digest(expected.encode(), received.encode()):
        raise GatewayError(
            "AuthFailure.SignatureFailure",
            "The provided credentials could not be validated. Please check your signature is correct.",
        )


def _with_token(key: Key, token: str, now: float) -> Key:
    if token != key.token:
        raise GatewayError("AuthFailure.TokenFailure", "The token is missing or does not belong to the key.")
    if key.expires is not None and now >= key.expires:
        raise GatewayError("AuthFailure.TokenFailure", "The temporary credentials have expired.")
    return key
