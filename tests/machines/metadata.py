# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The metadata service that a machine finds at its own address: it names the instance."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .errors import MachinesError

NAME = "metadata.tencentyun.com"
PORT = 80
PATH = "/latest/meta-data/instance-id"


def serve(address: str, instance_id: str) -> None:
    """Answer as long as this process lives; raises MachinesError if the port is taken."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = instance_id.encode() if self.path == PATH else b""
            self.send_response(200 if body else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def server_bind(self) -> None:
            """As the library does, without looking up the name of the address."""
            self.socket.bind(self.server_address)
            self.server_name, self.server_port = NAME, PORT

    try:
        server = Server((address, PORT), Handler)
    except OSError as error:
        raise MachinesError(f"No metadata service can listen on {address} port {PORT}: {error.strerror}.") from None
    threading.Thread(target=server.serve_forever, daemon=True).start()
