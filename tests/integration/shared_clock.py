# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One clock for several processes, on which minutes pass in seconds."""

from __future__ import annotations

import mmap
import struct
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

_LEAPT = struct.Struct("d")

_real = SimpleNamespace(time=time.time, monotonic=time.monotonic, sleep=time.sleep)
"""The clock of this machine, whatever stands in its place later."""


class SharedClock:
    """``origin + (real time - origin) * speed``, and what was leapt over, for all that map the same file.

    Leaping instead of sleeping is for times when one process alone sleeps, and nothing else happens meanwhile: then
    no bound in seconds depends on how busy this machine is.

    Args:
        path: where the leaps are kept; made when missing.
        origin: seconds since the epoch; none for now.
        leaping: whether a sleep is a leap, and takes no time at all.
    """

    def __init__(self, path: Path, *, origin: float | None = None, speed: float = 1.0, leaping: bool = False) -> None:
        self.path = path
        self.origin = _real.time() if origin is None else origin
        self.speed = speed
        self.leaping = leaping
        if not path.exists():
            path.write_bytes(_LEAPT.pack(0.0))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), _LEAPT.size)

    def as_json(self) -> dict[str, Any]:
        """What another process makes the same clock from."""
        return {"path": str(self.path), "origin": self.origin, "speed": self.speed, "leaping": self.leaping}

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> SharedClock:
        """The same clock in another process."""
        return cls(Path(fields.pop("path")), **fields)

    def wall(self) -> float:
        """Seconds since the epoch."""
        return self.origin + float(_real.time() - self.origin) * self.speed + self._leapt

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return float(_real.monotonic()) * self.speed + self._leapt

    def sleep(self, seconds: float) -> None:
        """Wait for that many seconds of this clock."""
        if self.leaping:
            self.leap(seconds)
        else:
            _real.sleep(seconds / self.speed)

    def leap(self, seconds: float) -> None:
        """Let time pass for all processes at once."""
        _LEAPT.pack_into(self._memory, 0, self._leapt + seconds)

    @property
    def _leapt(self) -> float:
        return float(_LEAPT.unpack_from(self._memory, 0)[0])
