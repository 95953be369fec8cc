# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keeps the machines of a folder: ``python -m tests.machines.supervisor FOLDER``, as first process of a pid namespace.

It ends when its stdin does, that is when whoever started it has ended, in whatever way. The kernel then ends all
other processes of the namespace, and with the last of them the mounts are gone.
"""

from __future__ import annotations

import json
import os
import shutil
import socketserver
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from . import metadata
from .control import SOCKET
from .description import Description
from .errors import MachinesError
from .host import HERE, Host
from .station import Station
from .store import Store

Request = Mapping[str, Any]


class Fleet:
    """All machines, and what may be asked of them."""

    def __init__(self, folder: Path, description: Description) -> None:
        layers = _layers(folder / "layer", description.tools)
        store = Store(folder, description)
        self.stations = {
            name: Station(name, described, Host(folder / "hosts" / name, described.address, layers), store)
            for name, described in description.machines.items()
        }
        for name, described in description.machines.items():
            metadata.serve(described.address, name)
        for station in self.stations.values():
            station.boot()

    def answer(self, request: Request) -> dict[str, Any]:
        """Do what is asked; the answer has the reason as ``error`` if it could not be done."""
        try:
            if request["id"] not in self.stations:
                raise MachinesError(f"The fleet has no machine {request['id']}.")
            return ACTIONS[request["do"]](self.stations[request["id"]], request) or {}
        except (MachinesError, OSError, TypeError, subprocess.CalledProcessError) as error:
            return {"error": str(error)}


ACTIONS: dict[str, Callable[[Station, Request], dict[str, Any] | None]] = {
    "install": lambda station, request: station.install(request["event"]),
    "behave": lambda station, request: station.behave(request["event"], request["values"]),
    "boot": lambda station, request: station.boot(),
    "run": lambda station, request: station.host.run(request["command"]),
    "show": lambda station, request: {"port": station.port},
}


def _layers(folder: Path, tools: str) -> str:
    # A copy: layers of one overlay must not lie in each other, and the cache lies below "/".
    folder.mkdir()
    if tools:
        subprocess.run(["cp", "--archive", f"{tools}/.", str(folder)], check=True)
    shutil.copy(HERE / "init", folder)
    return f"{folder}:/"


def _serve(fleet: Fleet) -> None:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            line = self.rfile.readline()
            if line:
                self.wfile.write(json.dumps(fleet.answer(json.loads(line))).encode() + b"\n")

    class Server(socketserver.ThreadingUnixStreamServer):
        daemon_threads = True
        request_queue_size = 64

    threading.Thread(target=Server(SOCKET, Handler).serve_forever, daemon=True).start()


def main() -> None:
    """Start all machines, say so on stdout, and keep them until stdin ends."""
    folder = Path(sys.argv[1])
    # Short enough for the address of a socket, wherever the folder is.
    os.chdir(folder)
    os.umask(0o022)
    try:
        place = folder / "disks"
        place.mkdir(exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", str(place)], check=True)
        _serve(Fleet(place, Description.load(folder)))
        answer: dict[str, Any] = {}
    except (MachinesError, OSError, subprocess.CalledProcessError) as error:
        answer = {"error": str(error)}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
