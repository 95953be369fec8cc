# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Processes that reset instances, and simulators that several of them call: everything ends with its ``with`` block."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.examples import MODULES
from tests.simulator import Running
from tests.simulator.core import Simulator
from tests.simulator.server.app import make_app, make_server
from tests.simulator.server.process import ROOT

from .harness import REGION, SECRET_ID, SECRET_KEY
from .shared_clock import SharedClock

PATIENCE = 60.0
"""Real seconds after which a process is given up."""

SPEED = {"lag_seconds": 0, "reset_seconds": 0.4}
"""What worlds do in no time unless they say otherwise."""

CONNECTION = {"secret_id": SECRET_ID, "secret_key": SECRET_KEY, "region": REGION}


class Driver:
    """A process that runs resets, one at a time, each in a process that can be killed."""

    def __init__(self, collection: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.driver"],
            cwd=ROOT,
            env=environment(collection),
            # Unbuffered, so that what select sees is all there is.
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._jobs, self._answers = self._process.stdin, self._process.stdout
        self._running: int | None = None

    def start(self, options: Mapping[str, Any], clock: SharedClock) -> None:
        """Begin a run."""
        job = {"options": {**CONNECTION, **options}, "clock": clock.as_json()}
        self._jobs.write(json.dumps(job).encode() + b"\n")
        self._running = self._answer("pid")

    def has_ended(self, seconds: float = 0.0) -> bool:
        """Whether the run ends within so many real seconds."""
        return bool(select.select([self._answers], [], [], seconds)[0])

    def result(self) -> dict[str, Any] | None:
        """Wait for the end of the run; none when it was killed."""
        result: dict[str, Any] | None = self._answer("result")
        self._running = None
        return result

    def run(self, options: Mapping[str, Any], clock: SharedClock) -> dict[str, Any]:
        """A whole run."""
        self.start(options, clock)
        result = self.result()
        assert result is not None
        return result

    def kill(self) -> None:
        """Kill the run, which is waited for, so that its id cannot be another's by now."""
        if self._running is not None:
            os.kill(self._running, signal.SIGKILL)

    def close(self) -> None:
        """End all that is left."""
        with suppress(ProcessLookupError):
            self.kill()
        for stream in (self._jobs, self._answers):
            with suppress(BrokenPipeError):
                stream.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _answer(self, name: str) -> Any:
        if not self.has_ended(PATIENCE):
            raise TimeoutError(f"The driver told no {name} within {PATIENCE:g} seconds.")
        return json.loads(self._answers.readline())[name]


def wait_until(happened: Callable[[], bool], seconds: float = PATIENCE, pause: float = 0.005) -> None:
    """Wait for something that other processes do, and look again after each pause. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError(f"It did not happen within {seconds:g} seconds.")
        time.sleep(pause)


def environment(collection: Path) -> dict[str, str]:
    """An environment in which Python finds the installed collection."""
    paths = [str(collection.parents[2]), os.environ.get("PYTHONPATH")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def on_clock(clock: SharedClock, *modules: str) -> dict[str, str]:
    """Variables with which these modules live on a clock of the test's; Ansible, which starts them, does not."""
    return {"TEST_CLOCK": json.dumps({"modules": modules, "clock": clock.as_json(), "root": str(ROOT)})}


@contextmanager
def drivers(collection: Path, count: int) -> Iterator[list[Driver]]:
    """So many drivers for the time of a ``with`` block."""
    with ExitStack() as stack:
        started = []
        for _number in range(count):
            started.append(Driver(collection))
            stack.callback(started[-1].close)
        yield started


@contextmanager
def serving(simulator: Simulator) -> Iterator[str]:
    """The address of a simulator that this process serves for the time of a ``with`` block."""
    server = make_server(make_app(simulator), 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        simulator.release(discard=True)
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def leaping_with(folder: Path, world: Mapping[str, Any] | None = None) -> Iterator[tuple[Running, dict[str, str]]]:
    """A simulator, and variables with which modules live on its clock and sleep without that any time passes.

    For what waits for minutes. One task after the other: what sleeps at the same time would sleep too short.
    """
    clock = SharedClock(folder / "leapt", leaping=True)
    with serving(Simulator(None, clock.wall, SPEED)) as url:
        simulator = Running(None, int(url.rpartition(":")[2]))
        simulator.world(world)
        yield simulator, on_clock(clock, *MODULES)
