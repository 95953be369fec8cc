# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The reading end of the pipe on which a module says what it waits for."""

from __future__ import annotations

import os
import select
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from ...module_utils._channel import decoded

REPEAT = 30.0
"""Seconds after which the last line is shown again."""

GATHER = 0.2
"""Seconds for which more is waited for: of what is said about the whole task meanwhile only the last is shown."""

SIZE = 65536
Show = Callable[[str, str, float], None]
"""Takes what a line is about, the line, and the seconds since the task began."""


@contextmanager
def listening(folder: str, show: Show) -> Iterator[str | None]:
    """Show what is said on a pipe for the time of a ``with`` block, which gets its path; None if there can be none.

    Args:
        folder: where the pipe is made, in a folder of its own that no other user can enter.
    """
    with ExitStack() as stack:
        try:
            # What is done to the folder meanwhile must not end the task.
            made = tempfile.TemporaryDirectory(prefix="progress-", dir=folder, ignore_cleanup_errors=True)
            own = stack.enter_context(made)
            path = os.path.join(own, "pipe")
            os.mkfifo(path, 0o600)
            # As it can write as well, it never comes to an end.
            pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
            stack.callback(os.close, pipe)
            listener = Listener(pipe, show)
            thread = threading.Thread(target=listener.run, daemon=True)
            with signals_held():
                thread.start()
                stack.callback(thread.join)
                stack.callback(listener.stop)
        except (OSError, AttributeError, RuntimeError):
            # RuntimeError: the machine has no room for a thread.
            path = None
        yield path


@contextmanager
def signals_held() -> Iterator[None]:
    """Hold signals back for the time of a ``with`` block. A thread that is started in it never takes one.

    One that takes a signal keeps it from the main thread, which alone can act on it: a task that waits for its module
    would go on to wait after Ctrl-C.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        # One that has come already is acted on here.
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Listener:
    """Shows each line that comes, and the last one again when none has come for a while.

    Args:
        pipe: the descriptor, which can be written to as well.
        repeat: seconds after which it is shown again.
    """

    def __init__(self, pipe: int, show: Show, *, repeat: float = REPEAT, gather: float = GATHER) -> None:
        self._pipe = pipe
        self._show = show
        self._repeat = repeat
        self._gather = gather
        self._stopped = threading.Event()
        self._began_at = time.monotonic()
        self._rest = b""

    def run(self) -> None:
        """Show lines until it is stopped."""
        last: tuple[str, str] | None = None
        # `select` takes no descriptor above 1023, and a run with many forks has so many.
        poll = select.poll()
        poll.register(self._pipe, select.POLLIN)
        while not self._stopped.is_set():
            if poll.poll(self._repeat * 1000):
                self._stopped.wait(self._gather)
                lines = self._read()
            else:
                lines = [last] if last else []
            for last in without_overtaken(lines):
                self._show(*last, time.monotonic() - self._began_at)

    def stop(self) -> None:
        """Show what has been said, and nothing more."""
        self._stopped.set()
        with suppress(BlockingIOError):
            os.write(self._pipe, b"\n")

    def _read(self) -> list[tuple[str, str]]:
        """The whole lines that are there."""
        with suppress(BlockingIOError):
            while chunk := os.read(self._pipe, SIZE):
                self._rest += chunk
        *lines, self._rest = self._rest.split(b"\n")
        return [said for line in lines if (said := decoded(line))]


def without_overtaken(lines: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The lines about single things, and the last one about the whole."""
    of_the_whole = [said for said in lines if not said[0]]
    return [*(said for said in lines if said[0]), *of_the_whole[-1:]]
