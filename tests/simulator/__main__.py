# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python -m tests.simulator``: the simulator as a process."""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from .core import Simulator
from .cvm.on_reset import Command
from .server.app import make_app, make_server
from .world import WorldError, load_world

TICK_SECONDS = 0.2


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line; exits with 2 and a reason when it makes no sense."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description="A Tencent Cloud API on loopback.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one (default)")
    parser.add_argument("--port-file", type=Path, help="where to write the port once it listens")
    parser.add_argument("--world", type=Path, help="a world of your own (YAML)")
    parser.add_argument("--reset-seconds", type=_seconds, help="how long a ResetInstance takes")
    parser.add_argument("--lag-seconds", type=_seconds, help="how long readers still see the old state")
    parser.add_argument("--idle-exit", type=_seconds, help="end after so many real seconds without a request")
    parser.add_argument("--clock-origin", type=_seconds, help="the epoch seconds from which --clock-speed counts")
    parser.add_argument("--clock-speed", type=_seconds, help="how many times faster than real time the clock runs")
    parser.add_argument("--on-reset", type=_words, help="a command for every reset and rollback that succeeds")
    options = parser.parse_args(arguments)
    if (options.clock_origin is None) != (options.clock_speed is None):
        parser.error("--clock-origin and --clock-speed go together")
    if not 0 <= options.port <= 65535:
        parser.error("--port must be from 0 to 65535")
    return options


def main(arguments: list[str] | None = None) -> int:
    """Serve until a signal or the idle exit; returns the exit code."""
    options = parse(arguments)
    given = {"reset_seconds": options.reset_seconds, "lag_seconds": options.lag_seconds}
    overrides = {name: value for name, value in given.items() if value is not None}
    try:
        world = load_world(options.world)
    except WorldError as error:
        print(f"tests.simulator: {error}", file=sys.stderr)
        return 2
    for name, value in overrides.items():
        setattr(world, name, value)
    watch = _Watch(options.idle_exit)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, watch.stop)
    command = Command(options.on_reset) if options.on_reset else None
    simulator = Simulator(world, _clock(options.clock_origin, options.clock_speed), overrides, command)
    server = make_server(make_app(simulator, watch.touch), options.port)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    if command:
        threading.Thread(target=_tick, args=(simulator,), daemon=True).start()
    if options.port_file:
        _write_atomically(options.port_file, str(server.port))
    print(f"simulator listening on http://127.0.0.1:{server.port}", flush=True)
    watch.wait()
    server.shutdown()
    # A held or hanging call must not keep the process alive, so its thread is not waited for.
    server.socket.close()
    return 0


class _Watch:
    """Waits for a signal, or for the moment when nobody has asked for too long."""

    def __init__(self, idle_exit: float | None) -> None:
        self._idle_exit = idle_exit
        self._ended = threading.Event()
        self._last = time.monotonic()

    def touch(self) -> None:
        self._last = time.monotonic()

    def stop(self, number: int, frame: FrameType | None) -> None:
        self._ended.set()

    def wait(self) -> None:
        while not self._ended.wait(timeout=self._left()):
            if self._left() == 0:
                return

    def _left(self) -> float | None:
        if self._idle_exit is None:
            return None
        return max(0.0, self._last + self._idle_exit - time.monotonic())


def _clock(origin: float | None, speed: float | None) -> Callable[[], float]:
    if origin is None or speed is None:
        return time.time
    return lambda: origin + (time.time() - origin) * speed


def _seconds(text: str) -> float:
    value = float(text)
    if value < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return value


def _tick(simulator: Simulator) -> None:
    """Keep the state up with the clock, so that commands run when they are due."""
    while True:
        time.sleep(TICK_SECONDS)
        simulator.tick()


def _words(text: str) -> list[str]:
    words = shlex.split(text)
    if not words:
        raise argparse.ArgumentTypeError("must not be empty")
    return words


def _write_atomically(path: Path, text: str) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    temporary.write_text(text, encoding="ascii")
    temporary.replace(path)


if __name__ == "__main__":
    sys.exit(main())
