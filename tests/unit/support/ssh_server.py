# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Just so much of an SSH server (RFC 4253, RFC 5656) that the real ssh-keyscan gets a host key out of it."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_PATIENCE = 10.0
_INIT, _ECDH_REPLY = 20, 31


class SshServer:
    """Shows one ed25519 key to whoever asks for that kind; with no key it greets, and says nothing more."""

    def __init__(self, key: str | None, address: str, port: int, family: socket.AddressFamily) -> None:
        self._key = key
        self._listener = socket.create_server((address, port), family=family, backlog=256)
        self.port = int(self._listener.getsockname()[1])
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def stop(self) -> None:
        """End all threads."""
        for sock in (self._listener, *self._open):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(_PATIENCE)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                sock = self._listener.accept()[0]
            except OSError:
                return
            self._open.append(sock)
            self._threads.append(threading.Thread(target=self._serve, args=(sock,), daemon=True))
            self._threads[-1].start()

    def _serve(self, sock: socket.socket) -> None:
        sock.settimeout(_PATIENCE)
        with suppress(OSError), sock, sock.makefile("rb") as stream:
            sock.sendall(b"SSH-2.0-test\r\n")
            stream.readline()
            if self._key is None:
                stream.read()
                return
            kind, text = self._key.split()
            lists = ("curve25519-sha256", kind, *("aes128-ctr",) * 2, *("hmac-sha2-256",) * 2, *("none",) * 2, "", "")
            offer = b"".join(_field(one.encode()) for one in lists)
            sock.sendall(_packet(bytes([_INIT]) + bytes(16) + offer + bytes(5)))
            for _message in range(2):
                stream.read(int.from_bytes(stream.read(4), "big"))
            signature = _field(_field(kind.encode()) + _field(bytes(64)))
            reply = _field(base64.b64decode(text)) + _field(bytes([9] + [0] * 31)) + signature
            sock.sendall(_packet(bytes([_ECDH_REPLY]) + reply))
            stream.read()


def _field(content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + content


def _packet(payload: bytes) -> bytes:
    padding = 8 - (len(payload) + 5) % 8 + 8
    return (len(payload) + padding + 1).to_bytes(4, "big") + bytes([padding]) + payload + bytes(padding)


@contextmanager
def ssh_server(
    key: str | None, address: str = "127.0.0.1", port: int = 0, family: socket.AddressFamily = socket.AF_INET
) -> Iterator[SshServer]:
    """A server for the time of a ``with`` block."""
    server = SshServer(key, address, port, family)
    try:
        yield server
    finally:
        server.stop()
