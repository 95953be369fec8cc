# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The three signatures of Tencent Cloud as named pure stages: time and nonce are arguments.

Sources: the pages "Signature v3" (TC3-HMAC-SHA256) and "Signature" (HmacSHA256, HmacSHA1) of API 3.0, and the
signature page of the legacy API. The legacy page is the one that turns underscores of keys into dots.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote

TC3 = "TC3-HMAC-SHA256"
HMAC_SHA256 = "HmacSHA256"
HMAC_SHA1 = "HmacSHA1"

_DIGESTS = {HMAC_SHA256: hashlib.sha256, HMAC_SHA1: hashlib.sha1}


# --- TC3-HMAC-SHA256


def canonical_request(method: str, query: str, headers: Mapping[str, str], payload: bytes) -> str:
    """Stage 1: the request in its canonical form; exactly `headers` are signed."""
    lines = {name.lower(): value.strip().lower() for name, value in headers.items()}
    canonical = "".join(f"{name}:{lines[name]}\n" for name in sorted(lines))
    return "\n".join([method.upper(), "/", query, canonical, signed_headers(headers), sha256_hex(payload)])


def signed_headers(headers: Mapping[str, str]) -> str:
    """The names of the signed headers as the canonical request and the Authorization header list them."""
    return ";".join(sorted(name.lower() for name in headers))


def credential_scope(timestamp: int, service: str) -> str:
    """Stage 2: the UTC day, the service and the terminator that the signing key is bound to."""
    day = datetime.fromtimestamp(timestamp, tz=timezone.utc).strftime("%Y-%m-%d")
    return f"{day}/{service}/tc3_request"


def tc3_string_to_sign(timestamp: int, scope: str, canonical: str) -> str:
    """Stage 3: what is signed."""
    return f"{TC3}\n{timestamp}\n{scope}\n{sha256_hex(canonical.encode())}"


def tc3_signing_keys(secret_key: str, scope: str) -> tuple[bytes, bytes, bytes]:
    """Stage 4: the chain of derived keys: of the date, of the service, and the one that signs."""
    day, service, terminator = scope.split("/")
    of_date = _hmac_sha256(f"TC3{secret_key}".encode(), day)
    of_service = _hmac_sha256(of_date, service)
    return of_date, of_service, _hmac_sha256(of_service, terminator)


def tc3_signature(signing_key: bytes, string_to_sign: str) -> str:
    """Stage 5: the signature in hexadecimal."""
    return _hmac_sha256(signing_key, string_to_sign).hex()


def tc3_authorization(secret_id: str, scope: str, headers: Mapping[str, str], signature: str) -> str:
    """Stage 6: the value of the Authorization header."""
    return f"{TC3} Credential={secret_id}/{scope}, SignedHeaders={signed_headers(headers)}, Signature={signature}"


def tc3_sign(
    *,
    secret_id: str,
    secret_key: str,
    service: str,
    timestamp: int,
    headers: Mapping[str, str],
    payload: bytes,
    method: str = "POST",
    query: str = "",
) -> str:
    """All stages: the Authorization header of one request."""
    scope = credential_scope(timestamp, service)
    canonical = canonical_request(method, query, headers, payload)
    signing_key = tc3_signing_keys(secret_key, scope)[-1]
    signature = tc3_signature(signing_key, tc3_string_to_sign(timestamp, scope, canonical))
    return tc3_authorization(secret_id, scope, headers, signature)


# --- HmacSHA256 and HmacSHA1 over form parameters


def flatten(params: Mapping[str, Any]) -> dict[str, str]:
    """Stage 1: nested parameters in dotted form: `SystemDisk.DiskSize`, arrays `.0 .1`, booleans `TRUE FALSE`.

    A null is left out; an empty string stays.
    """
    flat: dict[str, str] = {}
    for name, value in params.items():
        if isinstance(value, Mapping):
            flat.update((f"{name}.{inner}", text) for inner, text in flatten(value).items())
        elif isinstance(value, (list, tuple)):
            flat.update(flatten({f"{name}.{index}": item for index, item in enumerate(value)}))
        elif isinstance(value, bool):
            flat[name] = "TRUE" if value else "FALSE"
        elif value is not None:
            flat[name] = str(value)
    return flat


def form_string_to_sign(method: str, host: str, path: str, flat: Mapping[str, Any]) -> str:
    """Stage 2: what is signed; keys in ASCII order after underscores became dots, values raw."""
    dotted = {name.replace("_", "."): value for name, value in flat.items() if name != "Signature"}
    pairs = "&".join(f"{name}={dotted[name]}" for name in sorted(dotted))
    return f"{method.upper()}{host}{path}?{pairs}"


def form_signature(secret_key: str, signature_method: str, string_to_sign: str) -> str:
    """Stage 3: the signature in base64."""
    digest = hmac.new(secret_key.encode(), string_to_sign.encode(), _DIGESTS[signature_method])
    return base64.b64encode(digest.digest()).decode()


def form_encode(flat: Mapping[str, Any]) -> str:
    """Stage 4: the form body: values percent-encoded once (RFC 3986, upper-case hex), keys as they are."""
    return "&".join(f"{name}={quote(str(flat[name]), safe='')}" for name in sorted(flat))


def form_sign(
    *, secret_key: str, signature_method: str, host: str, path: str, flat: Mapping[str, str], method: str = "POST"
) -> dict[str, str]:
    """Stages 2 and 3: the parameters with their `Signature`."""
    signature = form_signature(secret_key, signature_method, form_string_to_sign(method, host, path, flat))
    return {**flat, "Signature": signature}


def sha256_hex(data: bytes) -> str:
    """SHA-256 in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _hmac_sha256(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
