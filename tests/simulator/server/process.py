# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator as a process of its own, for tests that need real sockets."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 20
IDLE_SECONDS = 120
CONTROL_SECONDS = 60
"""A world of ten thousand instances takes a while on a machine that is busy."""

# Loopback must never go through a proxy of the environment.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Running:
    """A running simulator and its control paths; without a process, somebody else runs it."""

    def __init__(self, process: subprocess.Popen[bytes] | None, port: int) -> None:
        self.process = process
        self.port = port
        self.host = f"127.0.0.1:{port}"
        self.url = f"http://{self.host}"

    def state(self) -> dict[str, Any]:
        """The real state: accepted resets, calls, held calls, instances."""
        return dict(self._send("GET", "state"))

    def faults(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """Replace the plan of faults."""
        self._send("POST", "faults", list(entries))

    def world(self, world: Mapping[str, Any] | None = None) -> None:
        """Begin anew with another world."""
        self._send("POST", "world", world)

    def hold(self, action: str, when: str = "before", **options: Any) -> None:
        """Have the next call of ``action`` wait."""
        self._send("POST", "hold", {"action": action, "when": when, **options})

    def wait_held(self, count: int = 1, seconds: float = 10.0) -> list[dict[str, Any]]:
        """The held calls once there are so many; raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            held = self.state()["held"]
            if len(held) >= count:
                return list(held)
            time.sleep(0.02)
        raise TimeoutError(f"{count} held calls did not come within {seconds} s")

    def release(self, request_id: str | None = None, *, discard: bool = False) -> int:
        """Release one held call or all; returns how many went."""
        return int(self._send("POST", "release", {"id": request_id, "discard": discard})["released"])

    def stop(self) -> None:
        """End the process; harmless when it has ended."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def _send(self, method: str, command: str, body: Any = None) -> Any:
        data = None if method == "GET" else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_control/{command}", data=data, method=method)
        try:
            with _DIRECT.open(request, timeout=CONTROL_SECONDS) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise ValueError(error.read().decode("utf-8", "replace")) from None


@contextmanager
def running(world: Mapping[str, Any] | None = None, **options: Any) -> Iterator[Running]:
    """A simulator for the time of a ``with`` block; ``options`` are those of the command line (``lag_seconds=0``)."""
    options = {"idle_exit": IDLE_SECONDS, **options}
    with tempfile.TemporaryDirectory() as folder:
        port_file = Path(folder, "port")
        command = [sys.executable, "-m", "tests.simulator", "--port-file", str(port_file)]
        for name, value in options.items():
            command += [f"--{name.replace('_', '-')}", str(value)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        simulator = Running(process, 0)
        try:
            simulator = Running(process, _port(process, port_file))
            if world is not None:
                simulator.world(world)
            yield simulator
        finally:
            simulator.stop()


def _port(process: subprocess.Popen[bytes], port_file: Path) -> int:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if port_file.exists():
            return int(port_file.read_text(encoding="ascii"))
        time.sleep(0.02)
    raise RuntimeError(f"the simulator did not start (exit code {process.poll()})")
