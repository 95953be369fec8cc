# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator behind a real socket: Flask reads requests, and fates become what a socket can do."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.test import run_wsgi_app

from ..core import Simulator
from .wire import HttpRequest, Reply

LINGER_NEVER = struct.pack("ii", 1, 0)


class SilenceError(ConnectionError):
    """The connection ends without an answer."""


def make_app(simulator: Simulator, touched: Callable[[], None] = lambda: None) -> Flask:
    """The Flask application; ``touched`` is called at every request."""
    app = Flask("tests.simulator", static_folder=None)
    app.config["PROPAGATE_EXCEPTIONS"] = True

    # No route matches anything: paths mean what the simulator says, whatever their method.
    @app.before_request
    def answer() -> Response:
        touched()
        reply = simulator.handle(_request())
        connection: socket.socket = request.environ["werkzeug.socket"]
        return _fated(reply, connection)

    return app


def _request() -> HttpRequest:
    return HttpRequest(
        method=request.method,
        host=request.environ.get("HTTP_HOST", ""),
        path=request.path,
        query=request.query_string.decode("latin-1"),
        headers=dict(request.headers.items()),
        body=request.get_data(),
    )


def _fated(reply: Reply, connection: socket.socket) -> Response:
    if reply.fate == "reset":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NEVER)
    if reply.fate == "hang":
        time.sleep(reply.seconds)
    if reply.fate in ("drop", "reset", "hang"):
        raise SilenceError(reply.fate)
    response = Response(reply.body, status=reply.status, headers=reply.headers)
    if reply.fate == "cut":
        response.response = [reply.body[: len(reply.body) // 2]]
        response.headers["Connection"] = "close"
    return response


class _Handler(WSGIRequestHandler):
    """Answers whole replies over kept connections, which werkzeug's own handler closes after each."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def run_wsgi(self) -> None:
        """Answer one request, or close without a byte."""
        self.environ = self.make_environ()
        try:
            body, status, headers = run_wsgi_app(self.server.app, self.environ, buffered=True)
        except SilenceError:
            self.close_connection = True
            return
        code, _space, reason = status.partition(" ")
        # send_response would add a second Date, of the real clock.
        self.send_response_only(int(code), reason)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"".join(body))

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        """Keep quiet."""


class _Server(ThreadedWSGIServer):
    """Closes with RST when the socket was told not to linger: an orderly end would send FIN first."""

    def shutdown_request(self, request: Any) -> None:
        """End a connection."""
        lingers = request.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, len(LINGER_NEVER)) != LINGER_NEVER
        if lingers:
            super().shutdown_request(request)
        else:
            self.close_request(request)


def make_server(app: Flask, port: int) -> _Server:
    """A server on the loopback interface; port 0 takes a free one. Raises OSError or exits when it cannot bind."""
    return _Server("127.0.0.1", port, app, handler=_Handler)
