# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The only importer of requests: one HTTP request out, one answer back, and how far a failed one got."""

from __future__ import annotations

import errno
import os
import socket
import ssl
import threading
import traceback
from collections.abc import Mapping
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from ansible_collections.tencent.cloud.plugins.module_utils._errors import NoAnswer

REQUESTS_IMPORT_ERROR: str | None = None
try:
    import requests
    from requests.adapters import HTTPAdapter
    from requests.utils import get_environ_proxies
    from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
    from urllib3.connection import HTTPConnection, HTTPSConnection
except ImportError:
    REQUESTS_IMPORT_ERROR = traceback.format_exc()
    HTTPAdapter = HTTPConnectionPool = HTTPSConnectionPool = object  # type: ignore[misc,assignment]
    HTTPConnection = HTTPSConnection = object  # type: ignore[misc,assignment]

_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@dataclass(frozen=True)
class HttpRequest:
    """One request, ready to send."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class HttpAnswer:
    """One answer, read to its end. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport:
    """Sends requests and tells, when no answer came, whether the service may have seen one.

    It follows no redirect (a 307 would carry a reset and its password to another address), reads no netrc,
    and never repeats a request. Connections are kept alive, except where a fresh one is asked for: on a
    connection that was idle, "closed by the server" could mean anything.
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
        self._proxy = proxy
        self._use_environment_proxies = use_environment_proxies
        self._verify: bool | str = (ca_path or _environment_ca_path() or True) if validate_certs else False
        self._session: requests.Session | None = None

    def send(self, request: HttpRequest, *, fresh: bool = False, timeout: float | None = None) -> HttpAnswer:
        """Send once. Raises NoAnswer; its C(sent) was observed at the socket, not guessed from an exception.

        Args:
            request: what to send.
            fresh: open a connection for this request alone.
            timeout: seconds for connecting, and then for the whole answer, where less than configured.
        """
        seconds = self._timeout if timeout is None else max(0.001, min(timeout, self._timeout))
        session = _new_session() if fresh else self._kept_session()
        progress = _Progress(seconds)
        token = _PROGRESS.set(progress)
        try:
            answer = self._send(session, request, seconds)
            if progress.cut_off:
                raise TimeoutError
        except Exception as error:
            cause = TimeoutError() if progress.cut_off else error
            raise NoAnswer(_describe(cause, request.url, seconds), sent=progress.handed_over) from error
        finally:
            progress.end()
            _PROGRESS.reset(token)
            if fresh:
                session.close()
        return answer

    def close(self) -> None:
        """Close the kept connections."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _send(self, session: requests.Session, request: HttpRequest, seconds: float) -> HttpAnswer:
        answer = session.request(
            request.method,
            request.url,
            headers=dict(request.headers),
            data=request.body,
            timeout=seconds,
            allow_redirects=False,
            proxies=self._proxies(request.url),
            verify=self._verify,
        )
        return HttpAnswer(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, answer.content)

    def _kept_session(self) -> requests.Session:
        if self._session is None:
            self._session = _new_session()
        return self._session

    def _proxies(self, url: str) -> dict[str, str]:
        if self._proxy:
            return {"http": self._proxy, "https": self._proxy}
        return get_environ_proxies(url) if self._use_environment_proxies else {}


def _new_session() -> requests.Session:
    session = requests.Session()
    # Off with it go netrc and a CA bundle that would override validate_certs; proxies are looked up here instead.
    session.trust_env = False
    adapter = _ObservingAdapter(max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _environment_ca_path() -> str | None:
    return next((os.environ[name] for name in _CA_VARIABLES if os.environ.get(name)), None)


# --- watching the socket


class _Progress:
    """How far the request under way got, and the end of its time.

    The timeout of a socket begins anew with every byte; an answer that drips in would outlast any deadline. So the
    connection is cut when the time for the whole answer is over.
    """

    def __init__(self, seconds: float) -> None:
        self.handed_over = False
        self.cut_off = False
        self._seconds = seconds
        self._timer: threading.Timer | None = None

    def hand_over(self, sock: socket.socket) -> None:
        """Note that bytes of the request go to a connected socket; from now on the time runs."""
        if not self.handed_over:
            self.handed_over = True
            self._timer = threading.Timer(self._seconds, self._cut, (sock,))
            self._timer.daemon = True
            self._timer.start()

    def end(self) -> None:
        """The request is over."""
        if self._timer is not None:
            self._timer.cancel()

    def _cut(self, sock: socket.socket) -> None:
        self.cut_off = True
        with suppress(OSError, TypeError):
            # Not the method of a TLS socket, which would let the other thread read on without TLS.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)


_PROGRESS: ContextVar[_Progress] = ContextVar("progress")


class _ObservedHTTPConnection(HTTPConnection):
    """Notes the moment at which bytes of the request, and not of a proxy's CONNECT, go to a connected socket."""

    _connecting = False

    def connect(self) -> None:
        self._connecting = True
        try:
            super().connect()
        finally:
            self._connecting = False

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        if not self._connecting:
            _PROGRESS.get().hand_over(self.sock)
        super().send(data)


class _ObservedHTTPSConnection(_ObservedHTTPConnection, HTTPSConnection):
    pass


class _ObservedHTTPPool(HTTPConnectionPool):
    ConnectionCls = _ObservedHTTPConnection


class _ObservedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _ObservedHTTPSConnection


class _ObservingAdapter(HTTPAdapter):
    """Makes every connection, direct or through a proxy, an observed one."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        _observe(self.poolmanager)

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        return _observe(super().proxy_manager_for(proxy, **kwargs))


def _observe(manager: Any) -> Any:
    manager.pool_classes_by_scheme = {"http": _ObservedHTTPPool, "https": _ObservedHTTPSPool}
    return manager


# --- words for a failure


def _describe(error: BaseException, url: str, seconds: float) -> str:
    """What went wrong, from the innermost cause: the texts of requests can hold a proxy's password."""
    host = url.split("/")[2]
    cause = _innermost(error)
    if isinstance(error, requests.Timeout) or isinstance(cause, (TimeoutError, socket.timeout)):
        return f"{host} did not answer within {seconds:g} seconds."
    return f"The connection to {host} failed: {_name(error, cause)}."


def _name(error: BaseException, cause: BaseException) -> str:
    if isinstance(error, requests.exceptions.InvalidProxyURL):
        return "proxy is not a URL of the form http://HOST:PORT"
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate was not accepted ({cause.verify_message}); see ca_path and validate_certs"
    if isinstance(cause, ssl.SSLError):
        return f"TLS error {cause.reason}"
    if isinstance(cause, socket.gaierror):
        return "its name cannot be resolved"
    if isinstance(cause, OSError) and cause.errno and cause.errno in errno.errorcode:
        return os.strerror(cause.errno)
    if isinstance(cause, ConnectionError):
        return "it was closed without an answer"
    return type(cause).__name__


def _innermost(error: BaseException) -> BaseException:
    """The first cause in a chain of exceptions, which urllib3 keeps in three different places."""
    seen = {id(error)}
    while True:
        kept = [getattr(error, "reason", None), *error.args, error.__cause__, error.__context__]
        inner = next((one for one in kept if isinstance(one, BaseException)), None)
        if inner is None or id(inner) in seen:
            return error
        seen.add(id(inner))
        error = inner
