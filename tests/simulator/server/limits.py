# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many calls a second an action takes."""

from __future__ import annotations

from collections import deque


class RateLimiter:
    """A window of one second for each action; refused calls do not fill it."""

    def __init__(self) -> None:
        self._calls: dict[str, deque[float]] = {}

    def admit(self, action: str, rate: int, now: float) -> bool:
        """Whether one more call fits into the second that ends now."""
        recent = self._calls.setdefault(action, deque())
        while recent and recent[0] <= now - 1.0:
            recent.popleft()
        if len(recent) >= rate:
            return False
        recent.append(now)
        return True
