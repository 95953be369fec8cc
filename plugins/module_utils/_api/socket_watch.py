# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.
"""Watching the socket under a request: whether bytes of it were handed over, and its time limit."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from functools import cache
from typing import Any


class Progress:
    """How far the request under way got, and its time limit.

    A socket's timeout starts again with every byte: an answer or a handshake that drips in would outlast any deadline.
    So the connection is cut when the time for connecting, or then for the whole answer, is over.

    Args:
        check: called before the first byte of the request is handed over; raises to keep it.
    """

    def __init__(self, seconds: float, check: Callable[[], None] = lambda: None) -> None:
        self.passed_proxy = False
        self.bytes_sent = False
        self.cut_off = False
        self._seconds = seconds
        self._check = check
        self._timer: threading.Timer | None = None
        self._handle: socket.socket | None = None

    def connected(self, sock: Any) -> None:
        """Note that a socket is connected; the time for the handshakes starts now."""
        self._limit(sock)

    def hand_over(self, sock: Any) -> None:
        """Note that bytes of the request go to a connected socket; the time for the answer starts now.

        Raises TimeoutError when the time for connecting was over before: the ssl module leaves out the handshake on a
        connection that was cut just before it.
        """
        if self.cut_off and not self.bytes_sent:
            raise TimeoutError
        if not self.bytes_sent:
            self._check()
            self.bytes_sent = self.passed_proxy = True
            self._limit(sock)

    def end(self) -> None:
        """The request, or the part of it that was timed, is over."""
        if self._timer is not None:
            self._timer.cancel()
        if self._handle is not None:
            self._handle.close()

    def _limit(self, sock: Any) -> None:
        self.end()
        # Another handle of the same connection, which no layer of TLS takes away.
        self._handle = socket.socket(fileno=os.dup(sock.fileno()))
        self._timer = threading.Timer(self._seconds, self._cut, (self._handle,))
        self._timer.daemon = True
        self._timer.start()

    def _cut(self, handle: socket.socket) -> None:
        self.cut_off = True
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)


PROGRESS: ContextVar[Progress] = ContextVar("progress")
"""The progress of the request that this thread sends."""


class _Observed:
    """A mixin before a connection class of urllib3 that notes the moment at which bytes of the request, and not of a
    proxy's CONNECT, go to a connected socket."""

    sock: Any
    _connecting = False

    def connect(self) -> None:
        """Connect, by a proxy and TLS where there are any."""
        self._connecting = True
        try:
            super().connect()  # type: ignore[misc]
        finally:
            self._connecting = False

    def send(self, data: Any) -> None:
        """Hand bytes to the socket."""
        if self.sock is None:
            self.connect()
        if not self._connecting:
            PROGRESS.get().hand_over(self.sock)
        super().send(data)  # type: ignore[misc]

    def _new_conn(self) -> Any:
        sock = super()._new_conn()  # type: ignore[misc]
        PROGRESS.get().connected(sock)
        return sock

    def _tunnel(self) -> None:
        super()._tunnel()  # type: ignore[misc]
        PROGRESS.get().passed_proxy = True


def observe(manager: Any) -> Any:
    """Make every connection of a pool manager of urllib3 an observed one, and return the manager."""
    pools = manager.pool_classes_by_scheme
    manager.pool_classes_by_scheme = {scheme: _observed(pool) for scheme, pool in pools.items()}
    return manager


@cache
def _observed(pool: type) -> type:
    """A pool like this one, also of SOCKS connections, whose connections are observed."""
    if issubclass(pool.ConnectionCls, _Observed):  # type: ignore[attr-defined]
        return pool
    connection = type("ObservedConnection", (_Observed, pool.ConnectionCls), {})  # type: ignore[attr-defined]
    return type("ObservedPool", (pool,), {"ConnectionCls": connection})
