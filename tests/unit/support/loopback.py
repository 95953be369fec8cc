# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real servers on loopback whose every byte a test decides: a port the system picks, threads that end with the test."""

from __future__ import annotations

import os
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

PATIENCE = 10.0
"""Seconds after which a server gives up on a test that went wrong."""

RESET_ON_CLOSE = struct.pack("ii", 1, 0)
GARBLED_RECORD = b"\x17\x03\x03\x00\x20" + bytes(32)


class Connection:
    """One accepted connection."""

    def __init__(self, sock: socket.socket, server: Server) -> None:
        self.sock = sock
        self.server = server

    def read(self) -> bytes:
        """One whole request, which the server remembers; empty at the end of the connection."""
        data = b""
        while b"\r\n\r\n" not in data:
            part = self.sock.recv(65536)
            if not part:
                return b""
            data += part
        head, separator, body = data.partition(b"\r\n\r\n")
        while len(body) < content_length(head):
            body += self.sock.recv(65536)
        self.server.requests.append(head + separator + body)
        return self.server.requests[-1]

    def send(self, data: bytes) -> None:
        """Send some bytes."""
        self.sock.sendall(data)

    def reset(self) -> None:
        """Close with RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)

    def keep_silent(self) -> None:
        """Keep the connection open until the test ends."""
        self.server.ending.wait(PATIENCE)

    def garble(self) -> None:
        """Send a record that no TLS session would, under the TLS layer."""
        with socket.socket(fileno=os.dup(self.sock.fileno())) as raw:
            raw.sendall(GARBLED_RECORD)

    def secure(self, context: ssl.SSLContext) -> None:
        """Shake hands as a TLS server."""
        self.sock = context.wrap_socket(self.sock, server_side=True)


Behaviour = Callable[[Connection], None]


def content_length(head: bytes) -> int:
    """What a request announces."""
    lines = [line.partition(b":") for line in head.lower().split(b"\r\n")[1:]]
    return next((int(value) for name, colon, value in lines if name == b"content-length"), 0)


class Server:
    """Hands every connection to its behaviour, each in a thread; what it saw is in ``requests`` and ``connections``."""

    def __init__(self, behaviour: Behaviour, context: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.ending = threading.Event()
        self._behaviour = behaviour
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.host = f"127.0.0.1:{self.port}"
        self._open: list[Connection] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def url(self, path: str = "/") -> str:
        """Its address."""
        return f"{'http' if self._context is None else 'https'}://{self.host}{path}"

    def stop(self) -> None:
        """End all threads; afterwards nothing listens."""
        self.ending.set()
        for sock in [self._listener, *(connection.sock for connection in self._open)]:
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)
        self._listener.close()

    def _accept(self) -> None:
        while not self.ending.is_set():
            try:
                sock = self._listener.accept()[0]
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        sock.settimeout(PATIENCE)
        connection = Connection(sock, self)
        self._open.append(connection)
        # A client that goes away is what many tests are about.
        with suppress(OSError):
            if self._context is not None:
                connection.secure(self._context)
            self._behaviour(connection)
        connection.sock.close()
        sock.close()


@contextmanager
def serving(behaviour: Behaviour, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server for the time of a ``with`` block."""
    server = Server(behaviour, context)
    try:
        yield server
    finally:
        server.stop()


def answering(body: bytes = b"{}", status: str = "200 OK", headers: str = "") -> Behaviour:
    """Answers every request in the same way and keeps the connection."""
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode()

    def behave(connection: Connection) -> None:
        while connection.read():
            connection.send(head + body)

    return behave


def after_reading(then: Behaviour) -> Behaviour:
    """Reads one whole request, and does what the test wants."""

    def behave(connection: Connection) -> None:
        connection.read()
        then(connection)

    return behave


def tunnelling(port: int) -> Behaviour:
    """A proxy that connects whoever asks to a port of this machine, whatever host they named."""

    def behave(connection: Connection) -> None:
        connection.read()
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as target:
            connection.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_copy, args=(target, connection.sock), daemon=True)
            back.start()
            _copy(connection.sock, target)
            back.join(PATIENCE)

    return behave


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
