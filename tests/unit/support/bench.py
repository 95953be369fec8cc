# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A client for tests: signs requests as a user's program would, and sends them to a simulator on a simulated clock."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timezone
from itertools import count
from typing import Any
from urllib.parse import quote

from tests.simulator.core import Simulator
from tests.simulator.cvm.installs import OnInstall
from tests.simulator.server.wire import HttpRequest, Reply
from tests.simulator.world import load_world

NOW = 1_760_000_000.0
KEY = ("AKIDsimulator", "simulator-secret-key")
HOST = "cvm.tencentcloudapi.com"
LEGACY_HOST = "cvm.api.qcloud.com"
VERSION = "2017-03-12"
NONCES = count(1)

Key = tuple[str, str]


def flat(value: Any, prefix: str = "") -> dict[str, str]:
    """Dotted names as the form coding wants them."""
    if isinstance(value, Mapping):
        pairs = [(str(name), item) for name, item in value.items()]
    elif isinstance(value, list):
        pairs = [(str(index), item) for index, item in enumerate(value)]
    else:
        return {prefix: str(value)}
    result: dict[str, str] = {}
    for name, item in pairs:
        result.update(flat(item, f"{prefix}.{name}" if prefix else name))
    return result


def encoded(form: Mapping[str, str]) -> str:
    """A query or form body."""
    return "&".join(f"{name}={quote(value, safe='-_.~')}" for name, value in form.items())


def tc3(
    action: str,
    parameters: Mapping[str, Any],
    *,
    now: float,
    method: str = "POST",
    host: str = HOST,
    region: str = "ap-guangzhou",
    version: str = VERSION,
    key: Key = KEY,
    token: str = "",
    **headers: str,
) -> HttpRequest:
    """A request of API 3.0 signed with TC3-HMAC-SHA256."""
    service = host.split(".")[0] if "tencentcloudapi" in host else "cvm"
    content_type = "application/json" if method == "POST" else "application/x-www-form-urlencoded"
    body = json.dumps(parameters).encode() if method == "POST" else b""
    query = encoded(flat(parameters)) if method == "GET" else ""
    date = datetime.fromtimestamp(int(now), timezone.utc).strftime("%Y-%m-%d")
    canonical = (
        f"{method}\n/\n{query}\ncontent-type:{content_type}\nhost:{host}\n\ncontent-type;host\n"
        f"{hashlib.sha256(body).hexdigest()}"
    )
    scope = f"{date}/{service}/tc3_request"
    text = f"TC3-HMAC-SHA256\n{int(now)}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    secret = b"TC3" + key[1].encode()
    for part in (date, service, "tc3_request"):
        secret = hmac.new(secret, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
    sent = {
        "Content-Type": content_type,
        "X-TC-Action": action,
        "X-TC-Version": version,
        "X-TC-Timestamp": str(int(now)),
        "X-TC-Region": region,
        "X-TC-Token": token,
        "Authorization": f"TC3-HMAC-SHA256 Credential={key[0]}/{scope}, SignedHeaders=content-type;host, "
        f"Signature={signature}",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return HttpRequest(method, host, "/", query, {name: value for name, value in sent.items() if value}, body)


def form(
    action: str,
    parameters: Mapping[str, Any],
    *,
    now: float,
    method: str = "POST",
    host: str = HOST,
    path: str = "/",
    key: Key = KEY,
    signature_method: str = "HmacSHA256",
    **common: str,
) -> HttpRequest:
    """A request with a form body or query, signed with HmacSHA256 or HmacSHA1; ``common`` overrides parameters."""
    named = {
        "Action": action,
        "Version": VERSION,
        "Region": "ap-guangzhou",
        "Timestamp": str(int(now)),
        "Nonce": str(next(NONCES)),
        "SecretId": key[0],
        "SignatureMethod": signature_method,
        **flat(parameters),
        **common,
    }
    named = {name: value for name, value in named.items() if value or name in flat(parameters)}
    dotted = {name.replace("_", "."): value for name, value in named.items()}
    text = f"{method}{host}{path}?" + "&".join(f"{name}={dotted[name]}" for name in sorted(dotted))
    digest = hashlib.sha256 if signature_method == "HmacSHA256" else hashlib.sha1
    named.setdefault("Signature", b64encode(hmac.new(key[1].encode(), text.encode(), digest).digest()).decode())
    coded = encoded(named)
    if method == "GET":
        return HttpRequest("GET", host, path, coded, {}, b"")
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return HttpRequest("POST", host, path, "", headers, coded.encode())


class Bench:
    """A simulator with a clock that a test moves by hand."""

    def __init__(
        self, source: Mapping[str, Any] | None = None, *, on_install: OnInstall | None = None, **options: Any
    ) -> None:
        self.now = NOW
        world = {"extends": "builtin", "rate_limits": False, **(source or {}), **options}
        self.simulator = Simulator(load_world(world), clock=lambda: self.now, on_install=on_install)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def raw(self, action: str, parameters: Mapping[str, Any] | None = None, **options: Any) -> Reply:
        """The reply of a TC3 call."""
        return self.simulator.handle(tc3(action, parameters or {}, now=options.pop("now", self.now), **options))

    def raw_form(self, action: str, parameters: Mapping[str, Any] | None = None, **options: Any) -> Reply:
        """The reply of a form call."""
        return self.simulator.handle(form(action, parameters or {}, now=options.pop("now", self.now), **options))

    def raw_legacy(self, action: str, parameters: Mapping[str, Any] | None = None, **options: Any) -> Reply:
        """The reply of a call of the older generation."""
        return self.raw_form(action, parameters, **{"host": LEGACY_HOST, "path": "/v2/index.php", **options})

    def call(self, action: str, parameters: Mapping[str, Any] | None = None, **options: Any) -> dict[str, Any]:
        """The Response of a TC3 call."""
        return dict(self.raw(action, parameters, **options).json()["Response"])

    def legacy(self, action: str, parameters: Mapping[str, Any] | None = None, **options: Any) -> dict[str, Any]:
        """The Response of a call of the older generation."""
        return dict(self.raw_legacy(action, parameters, **options).json()["Response"])

    def cbs(self, action: str, parameters: Mapping[str, Any] | None = None, **options: Any) -> dict[str, Any]:
        """The Response of a call of the service cbs."""
        return self.call(action, parameters, **{"host": "cbs.tencentcloudapi.com", **options})

    def reset(self, instance_id: str = "ins-r8hr2upy", **parameters: Any) -> dict[str, Any]:
        """The Response of a ResetInstance."""
        return self.call("ResetInstance", {"InstanceId": instance_id, **parameters})

    def seen(self, instance_id: str = "ins-r8hr2upy", **options: Any) -> dict[str, Any]:
        """The instance as DescribeInstances shows it."""
        found = self.call("DescribeInstances", {"InstanceIds": [instance_id]}, **options)["InstanceSet"]
        return dict(found[0])

    def control(self, method: str, command: str, body: Any = None) -> Reply:
        """The reply of a control path."""
        data = b"" if body is None else json.dumps(body).encode()
        return self.simulator.handle(HttpRequest(method, "127.0.0.1:1", f"/_control/{command}", "", {}, data))

    def fault(self, kind: str, action: str = "ResetInstance", **options: Any) -> None:
        """Plan one fault."""
        self.simulator.faults([{"kind": kind, "action": action, **options}])

    @property
    def state(self) -> dict[str, Any]:
        """The real state."""
        return self.simulator.snapshot()


def code(response: Mapping[str, Any]) -> str | None:
    """The error code of a Response, or None if it is not an error."""
    return response["Error"]["Code"] if "Error" in response else None
