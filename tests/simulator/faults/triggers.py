# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which calls a fault or a hold applies to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..server.call import Call


class PlanError(ValueError):
    """A plan that cannot be carried out; the message names the entry."""


@dataclass
class Trigger:
    """The ``nth`` to ``nth + times - 1``-th call of ``action``, counted from now; maybe of one instance or region."""

    action: str
    nth: int = 1
    times: int = 1
    instance_id: str | None = None
    region: str | None = None
    seen: int = 0

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Trigger:
        """The trigger that an entry of a plan describes; raises PlanError."""
        action = entry.get("action")
        if not isinstance(action, str) or not action:
            raise PlanError("an action is missing")
        nth, times = entry.get("nth", 1), entry.get("times", 1)
        if not (isinstance(nth, int) and isinstance(times, int) and nth >= 1 and times >= 1):
            raise PlanError("nth and times must be integers from 1")
        return cls(action, nth, times, entry.get("instance_id"), entry.get("region"))

    def hits(self, call: Call) -> bool:
        """Count a call; whether it is one of those meant."""
        if call.action != self.action or (self.instance_id and self.instance_id not in call.instance_ids):
            return False
        if self.region and self.region != call.region:
            return False
        self.seen += 1
        return self.nth <= self.seen < self.nth + self.times

    @property
    def spent(self) -> bool:
        """Whether no later call can be meant."""
        return self.seen >= self.nth + self.times - 1
