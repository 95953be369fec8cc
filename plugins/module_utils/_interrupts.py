# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What ends a wait before its time: a signal, or that nobody waits for this module any more.

Both are noticed while the module waits, and never in the middle of a call: so an answer that comes is not lost.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from ._clock import Clock
from ._errors import HeldUp, Interrupted

SIGNALS = (signal.SIGINT, signal.SIGTERM)
SLICE = 0.25
"""Seconds after which a waiting module looks up, at most."""


class Interrupts:
    """The signals that came.

    Args:
        check_starter: raises StarterGone when nobody waits for this module any more.
    """

    def __init__(self, check_starter: Callable[[], None] = lambda: None) -> None:
        self.check_starter = check_starter
        self._came: signal.Signals | None = None

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note the first signal within a ``with`` block. A second has its usual effect, as all have after the block;
        what is ignored stays so, as it is for a command in the background."""
        before = {one: signal.getsignal(one) for one in SIGNALS}

        def usual() -> None:
            for one, handler in before.items():
                signal.signal(one, handler)

        def note(number: int, _frame: FrameType | None) -> None:
            self._came = signal.Signals(number)
            usual()

        for one, handler in before.items():
            if handler is not signal.SIG_IGN:
                signal.signal(one, note)
        try:
            yield
        finally:
            usual()

    def check(self) -> None:
        """Raises Interrupted after a signal, and StarterGone when nobody waits any more."""
        if self._came is not None:
            raise Interrupted(self._came.name)
        self.check_starter()

    def hold_back(self) -> None:
        """Raises HeldUp after a signal: what changes something is not sent any more, also where it waited for that."""
        if self._came is not None:
            raise HeldUp(f"{Interrupted(self._came.name)} This was not sent any more.")

    def clock(self) -> Clock:
        """The real time, in which no wait goes on after a signal, or when nobody waits any more."""
        return Clock(sleep=self._sleep, check=self.check)

    def _sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        self.check()
        while (left := until - time.monotonic()) > 0.0:
            time.sleep(min(left, SLICE))
            self.check()
