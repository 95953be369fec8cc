# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The only importer of requests: one HTTP request out, one answer back, and how far a failed one got."""

from __future__ import annotations

import os
import threading
import traceback
import zlib
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from .._errors import BadAnswer, HeldUp, NoAnswer
from .failure import described, party_of, what_to_do
from .route import Proxy, ca_bundle, checked_proxy, proxy_of_environment
from .socket_watch import PROGRESS, Progress, observe

REQUESTS_IMPORT_ERROR: str | None = None
try:
    import requests
    from requests.adapters import HTTPAdapter
    from requests.utils import get_environ_proxies
except ImportError:
    REQUESTS_IMPORT_ERROR = traceback.format_exc()
    HTTPAdapter = object  # type: ignore[misc,assignment]

LARGEST_ANSWER = 16 * 2**20
"""Maximum bytes of an answer, also once it is unpacked; a page of 100 instances has less than one million."""

_PART = 65536


class HttpRequest(NamedTuple):
    """One request, ready to send."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


class HttpAnswer(NamedTuple):
    """One answer, read to its end. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport:
    """Sends requests and tells, when no answer came, whether the service may have seen one.

    It follows no redirect (a 307 would carry a reset and its password to another address), reads no netrc,
    and never repeats a request. Each thread keeps its own connections alive, except where a fresh one is asked
    for: on a connection that was idle, "closed by the server" could mean anything.
    """

    def __init__(
        self,
        *,
        timeout: float = 30.0,
        proxy: str | None = None,
        use_environment_proxies: bool = True,
        validate_certs: bool = True,
        ca_path: str | None = None,
    ) -> None:
        self._timeout = timeout
        self._proxy = checked_proxy(proxy, "proxy") if proxy else None
        self._use_environment_proxies = use_environment_proxies
        self._verify: bool | str = (ca_bundle(ca_path, os.environ) or True) if validate_certs else False
        self._kept = threading.local()

    def send(
        self,
        request: HttpRequest,
        *,
        fresh: bool = False,
        timeout: float | None = None,
        check: Callable[[], None] = lambda: None,
    ) -> HttpAnswer:
        """Send once.

        Args:
            request: what to send.
            fresh: open a connection for this request alone.
            timeout: seconds for connecting, and then for the whole answer, where less than configured.
            check: called when the connection is made, before any byte is handed over; what it raises keeps the request
                from being sent.

        Raises:
            HeldUp: `check` has raised it.
            NoAnswer: its `sent` was observed at the socket, not guessed from an exception.
            BadAnswer: the answer is larger than `LARGEST_ANSWER`, or cannot be unpacked.
            OptionError: the environment names a proxy that cannot be used; nothing was sent.
        """
        seconds = self._timeout if timeout is None else max(0.001, min(timeout, self._timeout))
        proxy = self._proxy_for(request.url)
        session = _new_session() if fresh else self._kept_session()
        progress = Progress(seconds, check)
        token = PROGRESS.set(progress)
        try:
            answer = self._send(session, request, seconds, proxy)
            if progress.cut_off:
                raise TimeoutError
        except (BadAnswer, HeldUp):
            raise
        except Exception as error:
            cause = TimeoutError() if progress.cut_off else error
            party = party_of(request.url.split("/")[2], None if progress.passed_proxy else proxy)
            advice = "" if progress.bytes_sent else f" {what_to_do(cause, party)}"
            raise NoAnswer(described(cause, party, seconds) + advice, sent=progress.bytes_sent) from error
        finally:
            progress.end()
            PROGRESS.reset(token)
            if fresh:
                session.close()
        return answer

    def close(self) -> None:
        """Close the connections that this thread keeps."""
        session: requests.Session | None = self._kept.__dict__.pop("session", None)
        if session is not None:
            session.close()

    def _send(self, session: requests.Session, request: HttpRequest, seconds: float, proxy: Proxy | None) -> HttpAnswer:
        with session.request(
            request.method,
            request.url,
            headers={"Accept-Encoding": "gzip", **request.headers},
            data=request.body,
            timeout=seconds,
            allow_redirects=False,
            proxies=dict.fromkeys(("http", "https"), proxy.url) if proxy else {},
            verify=self._verify,
            stream=True,
        ) as answer:
            # urllib3 before 2 takes an answer that was cut off for a whole one.
            answer.raw.enforce_content_length = True
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return HttpAnswer(answer.status_code, headers, _body_of(answer.raw, headers.get("content-encoding", "")))

    def _kept_session(self) -> requests.Session:
        kept = self._kept.__dict__
        if "session" not in kept:
            kept["session"] = _new_session()
        session: requests.Session = kept["session"]
        return session

    def _proxy_for(self, url: str) -> Proxy | None:
        if self._proxy or not self._use_environment_proxies:
            return self._proxy
        return proxy_of_environment(get_environ_proxies(url), url.partition(":")[0], os.environ)


def _new_session() -> requests.Session:
    session = requests.Session()
    # This also turns off netrc and a CA bundle that would override validate_certs; proxies are looked up here instead.
    session.trust_env = False
    adapter = _ObservingAdapter(max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


# --- reading a body


def _body_of(raw: Any, encoding: str) -> bytes:
    """The whole body, never more than `LARGEST_ANSWER` of it, as sent or unpacked."""
    body = bytearray()
    while part := raw.read(_PART, decode_content=False):
        body += part
        if len(body) > LARGEST_ANSWER:
            raise _too_large()
    return _unpacked(bytes(body)) if encoding.lower() == "gzip" else bytes(body)


def _unpacked(packed: bytes) -> bytes:
    gzip = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        body = gzip.decompress(packed, LARGEST_ANSWER + 1)
    except zlib.error:
        raise BadAnswer("The answer cannot be unpacked.") from None
    if len(body) > LARGEST_ANSWER:
        raise _too_large()
    return body


def _too_large() -> BadAnswer:
    return BadAnswer(f"The answer is larger than {LARGEST_ANSWER // 2**20} MiB, and was not read to its end.")


# --- connections that are observed


class _ObservingAdapter(HTTPAdapter):
    """Makes every connection, direct or through a proxy, an observed one."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        observe(self.poolmanager)

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        return observe(super().proxy_manager_for(proxy, **kwargs))
