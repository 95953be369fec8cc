# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A value in time: what it is, and what readers see of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass
class Timeline(Generic[T]):
    """The moments at which a value changed; ``lag`` is how many seconds readers are behind.

    Every change brings a new value, so old ones stay readable.
    """

    points: list[tuple[float, T]]
    lag: float

    @classmethod
    def of(cls, value: T, lag: float) -> Timeline[T]:
        """A value that has always been so."""
        return cls([(float("-inf"), value)], lag)

    @property
    def latest(self) -> T:
        """The real value."""
        return self.points[-1][1]

    @property
    def previous(self) -> T:
        """The value before the latest change, or the only one."""
        return self.points[-2:][0][1]

    def add(self, at: float, value: T) -> None:
        """Change the real value at a moment."""
        self.points.append((at, value))
        while len(self.points) > 2 and self.points[1][0] <= at - self.lag:
            del self.points[0]

    def seen(self, now: float) -> T:
        """The value that readers see at ``now``: that of ``lag`` seconds ago."""
        moment = now - self.lag
        for at, value in reversed(self.points):
            if at <= moment:
                return value
        return self.points[0][1]
