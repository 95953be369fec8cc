# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Calls of the API: signed, sent, decoded; reads are retried, a write is sent once and left to its caller."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from .._clock import Backoff, Clock, Deadline
from .._errors import ApiError, BadAnswer, CredentialsError, HeldUp, NoAnswer, TencentCloudError
from .credentials import Credentials, Provider
from .endpoint import RETIREMENT, V2, V3, Address, Endpoint
from .error_codes import worth_reading_again
from .identity_advice import identity_advice
from .response import decode
from .signing import HMAC_SHA256, TC3, flatten, form_encode, form_sign, tc3_sign
from .transport import HttpAnswer, HttpRequest, Transport

USER_AGENT = "ansible-collection-tencent.cloud"

RETRY_FIRST = 0.5
RETRY_CAP = 10.0
"""First and maximum delay between two attempts of a read, in seconds."""

LAST_LOOK = 2.0
"""Seconds that a read may take although its deadline has come."""

SLOW_ANSWER = 60.0
"""Seconds; an answer that took longer was held up by more than the network, such as a suspension."""

BeforeSending = Callable[[int], None]
"""Called with the Timestamp of a request that is signed and ready to go; raises to keep it back."""


class Service(NamedTuple):
    """A product of the API and the version of its interface."""

    name: str
    version: str


CVM = Service("cvm", "2017-03-12")
CBS = Service("cbs", "2017-03-12")
REGION = Service("region", "2022-06-27")
STS = Service("sts", "2018-08-13")
TAG = Service("tag", "2018-08-13")


def _patience(deadline: Deadline | None) -> float | None:
    """Seconds for one read: up to the deadline, and enough for a last look at it."""
    return None if deadline is None else max(LAST_LOOK, deadline.remaining)


@dataclass
class Client:
    """Calls one region with one identity; several threads may call at a time.

    Attributes:
        api: the API generation used for cvm; every other service uses API 3.0.
        signature_method: None for the generation's best one.
        max_attempts: how often a read is tried.
        nonce: a random positive integer for each request.
        skew: seconds that the service's clock is ahead of this machine's, once an answer of the API (not of a proxy on
            the way, whose clock may differ) showed it; to the second, and never more than it can be.
        ahead: the most seconds that this machine's clock can ever have been ahead of the service's.
        calls: how many requests were sent or attempted.
        check: called just before each request is sent, and again once it is connected; raises to keep it from being
            sent.
        check_write: likewise, for what changes something and is sent once.
    """

    transport: Transport
    credentials: Provider
    endpoint: Endpoint
    region: str
    api: str = V3
    signature_method: str | None = None
    language: str = "en-US"
    max_attempts: int = 5
    clock: Clock = field(default_factory=Clock)
    nonce: Callable[[], int] = lambda: secrets.randbelow(2**31 - 1) + 1
    skew: float | None = None
    ahead: float = 0.0
    calls: int = 0
    check: Callable[[], None] = lambda: None
    check_write: Callable[[], None] = lambda: None
    _kept: tuple[Credentials, float] | None = field(default=None, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def read(
        self,
        service: Service,
        action: str,
        params: Mapping[str, Any],
        deadline: Deadline | None = None,
        before_sending: BeforeSending | None = None,
    ) -> dict[str, Any]:
        """Call an action that changes nothing, or that may be repeated; tried again while that may help, up to
        `max_attempts` or the deadline.

        Raises the last error; HeldUp, or whatever `before_sending` raises, when nothing was sent before that.
        """
        backoff = Backoff(self.clock, first=RETRY_FIRST, cap=RETRY_CAP, deadline=deadline)
        failure: TencentCloudError | None = None
        for attempt in range(1, self.max_attempts + 1):
            try:
                return self._call(service, action, params, before_sending, timeout=_patience(deadline))
            except HeldUp as late:
                raise failure or late from None
            except TencentCloudError as error:
                failure = error
                if attempt == self.max_attempts or not worth_reading_again(error) or not backoff.pause():
                    raise
        raise AssertionError("max_attempts is at least 1")

    def write(
        self,
        service: Service,
        action: str,
        params: Mapping[str, Any],
        before_sending: BeforeSending | None = None,
    ) -> dict[str, Any]:
        """Call an action that changes something: sent once, on a fresh connection, whatever comes back.

        Raises the error of that one call; `error_codes` tells what it means.
        """
        return self._call(service, action, params, before_sending, fresh=True)

    def keep_credentials(self, seconds: float) -> None:
        """Get the credentials now, and use them for this many seconds, so that no call has to wait for new ones.

        A source renews its credentials when they would expire within `RENEW_BEFORE` seconds, so they last that long.
        """
        self._kept = (self._fresh_keys(), self.clock.boottime() + seconds)

    def _call(
        self,
        service: Service,
        action: str,
        params: Mapping[str, Any],
        before_sending: BeforeSending | None,
        *,
        fresh: bool = False,
        timeout: float | None = None,
    ) -> dict[str, Any]:
        keys = self._keys()
        asked_at = self.clock.wall()
        request = self._signed(service, action, params, keys, int(asked_at))
        if before_sending is not None:
            before_sending(int(asked_at))

        def check() -> None:
            self.check()
            if fresh:
                self.check_write()

        check()
        with self._lock:
            self.calls += 1
        try:
            answer = self.transport.send(request, fresh=fresh, timeout=timeout, check=check)
        except (NoAnswer, BadAnswer) as error:
            error.action = action
            if self.api == V2 and service is CVM and error.code == "NotSent":
                error.message += f" {RETIREMENT}"
            raise
        try:
            response = decode(answer.status, answer.body, action=action)
        except ApiError as error:
            self._note_skew(answer, asked_at)
            error.message += identity_advice(error, service.name, keys.source, self.skew)
            raise
        self._note_skew(answer, asked_at)
        return response

    def server_time(self) -> float:
        """Seconds since the epoch on the service's clock, as far as its answers have shown it."""
        return self.clock.wall() + (self.skew or 0.0)

    # --- signing

    def _signed(
        self, service: Service, action: str, params: Mapping[str, Any], keys: Credentials, timestamp: int
    ) -> HttpRequest:
        api = self.api if service is CVM else V3
        address = self.endpoint.of(service.name, api)
        method = self.signature_method or (HMAC_SHA256 if api == V2 else TC3)
        if method == TC3:
            return self._tc3_request(service, action, params, keys, timestamp, address)
        return self._form_request(service, action, params, keys, timestamp, address, method)

    def _keys(self) -> Credentials:
        """The credentials; whatever went wrong in getting them, this call was not sent."""
        kept = self._kept
        return kept[0] if kept and self.clock.boottime() < kept[1] else self._fresh_keys()

    def _fresh_keys(self) -> Credentials:
        try:
            return self.credentials()
        except (NoAnswer, BadAnswer, ApiError) as error:
            raise CredentialsError(f"No credentials: {error}") from error

    def _tc3_request(
        self,
        service: Service,
        action: str,
        params: Mapping[str, Any],
        keys: Credentials,
        timestamp: int,
        address: Address,
    ) -> HttpRequest:
        body = json.dumps(params).encode()
        signed = {"Content-Type": "application/json; charset=utf-8", "Host": address.host, "X-TC-Action": action}
        headers = {
            **signed,
            "Authorization": tc3_sign(
                secret_id=keys.secret_id,
                secret_key=keys.secret_key,
                service=service.name,
                timestamp=timestamp,
                headers=signed,
                payload=body,
            ),
            "X-TC-Version": service.version,
            "X-TC-Timestamp": str(timestamp),
            "X-TC-Region": self.region,
            "X-TC-Language": self.language,
            "User-Agent": USER_AGENT,
        }
        if keys.token:
            headers["X-TC-Token"] = keys.token
        return HttpRequest("POST", address.url, headers, body)

    def _form_request(
        self,
        service: Service,
        action: str,
        params: Mapping[str, Any],
        keys: Credentials,
        timestamp: int,
        address: Address,
        method: str,
    ) -> HttpRequest:
        common = {
            "Action": action,
            "Version": service.version,
            "Region": self.region,
            "Timestamp": timestamp,
            "Nonce": self.nonce(),
            "SecretId": keys.secret_id,
            "SignatureMethod": method,
            "Language": self.language,
            "Token": keys.token,
        }
        form = form_sign(
            secret_key=keys.secret_key,
            signature_method=method,
            host=address.host,
            path=address.path,
            flat=flatten({**params, **common}),
        )
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Host": address.host,
            "User-Agent": USER_AGENT,
        }
        return HttpRequest("POST", address.url, headers, form_encode(form).encode())

    # --- what an answer tells besides its content

    def _note_skew(self, answer: HttpAnswer, asked_at: float) -> None:
        """The answer was made at some moment between the request and now. The earlier estimate is moved into that span
        and no further, so that an answer that was held up changes nothing."""
        try:
            served = parsedate_to_datetime(answer.headers["date"]).timestamp()
        except (KeyError, TypeError, ValueError, OverflowError):
            return
        least, most = served - self.clock.wall(), served - asked_at
        with self._lock:
            self.skew = min(max(self.skew or 0.0, least), most)
            self.ahead = max(self.ahead, min(-least, SLOW_ANSWER - self.skew))
