# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stand-ins for what lies below a client: time that only sleeping moves, and a transport that plays a script."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.tencent.cloud.plugins.module_utils._api.client import CVM, Client
from ansible_collections.tencent.cloud.plugins.module_utils._api.credentials import Credentials, Provider
from ansible_collections.tencent.cloud.plugins.module_utils._api.endpoint import endpoint_for
from ansible_collections.tencent.cloud.plugins.module_utils._api.transport import HttpAnswer, HttpRequest, Transport
from ansible_collections.tencent.cloud.plugins.module_utils._clock import Clock
from ansible_collections.tencent.cloud.plugins.module_utils._errors import NoAnswer, TencentCloudError

NOW = 1_700_000_000.0
KEYS = Credentials("AKIDtest", "test-secret-key", source="the test")


@dataclass
class Time:
    """A clock that is moved by hand. ``chance`` 0 makes every pause its full length."""

    now: float = 0.0
    wall: float = NOW
    chance: float = 0.0
    pauses: list[float] = field(default_factory=list)

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
        self.wall += seconds

    def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.pass_by(seconds)

    @property
    def clock(self) -> Clock:
        """The clock to inject."""
        return Clock(lambda: self.now, lambda: self.wall, self._sleep, lambda: self.chance, lambda: self.now)


class ScriptedTransport(Transport):
    """Plays one entry of its script per request: an answer, or an error to raise. More requests fail the test."""

    def __init__(self, *script: HttpAnswer | TencentCloudError, time: Time | None = None, seconds: float = 0.0) -> None:
        super().__init__()
        self.script = list(script)
        self.sent: list[HttpRequest] = []
        self.fresh: list[bool] = []
        self.timeouts: list[float | None] = []
        self._time = time
        self._seconds = seconds

    def send(
        self,
        request: HttpRequest,
        *,
        fresh: bool = False,
        timeout: float | None = None,
        check: Callable[[], None] = lambda: None,
    ) -> HttpAnswer:
        """The next entry, after the time that a request takes."""
        check()
        assert self.script, f"one request more than expected: {request}"
        self.sent.append(request)
        self.fresh.append(fresh)
        self.timeouts.append(timeout)
        if self._time is not None:
            self._time.pass_by(self._seconds)
        entry = self.script.pop(0)
        if isinstance(entry, TencentCloudError):
            raise entry
        return entry

    @property
    def bodies(self) -> list[bytes]:
        """The bodies that were sent."""
        return [request.body for request in self.sent]


def answer(headers: Mapping[str, str] | None = None, status: int = 200, **response: Any) -> HttpAnswer:
    """A good answer of the API."""
    body = json.dumps({"Response": {"RequestId": "r-1", **response}}).encode()
    return HttpAnswer(status, headers or {}, body)


def refusal(code: str, message: str = "Refused.", headers: Mapping[str, str] | None = None) -> HttpAnswer:
    """An answer of the API that is an error."""
    return answer(headers, Error={"Code": code, "Message": message})


def lost(*, sent: bool = True) -> NoAnswer:
    """A request without an answer."""
    return NoAnswer("The connection failed.", sent=sent)


class TestedClient(Client):
    """A client with shorter names for calls of cvm."""

    __test__ = False

    def read_from_cvm(self, action: str = "DescribeInstances", params: Mapping[str, Any] | None = None) -> Any:
        """Call an action of cvm that changes nothing."""
        return self.read(CVM, action, params or {})

    def write_to_cvm(self, action: str = "ResetInstance", params: Mapping[str, Any] | None = None) -> Any:
        """Call an action of cvm that changes something."""
        return self.write(CVM, action, params or {})


def client_with(
    transport: Transport,
    time: Time | None = None,
    *,
    api: str = "v3",
    region: str = "ap-guangzhou",
    credentials: Provider = lambda: KEYS,
    **options: Any,
) -> TestedClient:
    """A client on a transport, with one identity and simulated time."""
    return TestedClient(
        transport=transport,
        credentials=credentials,
        endpoint=endpoint_for(None, region=region, api=api),
        region=region,
        api=api,
        clock=(time or Time()).clock,
        **{"nonce": lambda: 12345, **options},
    )
