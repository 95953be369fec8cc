# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls that wait until they are released, for tests that stop a client at an exact point."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..server.call import Call
from .triggers import PlanError, Trigger


@dataclass
class Held:
    """One waiting call; ``discard`` tells that it must not go on when it is released."""

    call: Call
    when: str
    event: threading.Event = field(default_factory=threading.Event)
    discard: bool = False


class HoldPlan:
    """The holds to come and the calls that wait."""

    def __init__(self) -> None:
        self._plan: list[tuple[str, Trigger]] = []
        self._held: dict[str, Held] = {}

    def add(self, entry: Mapping[str, Any]) -> None:
        """Plan one hold: ``{"action", "when", "nth", "times", "instance_id"}``; raises PlanError."""
        when = entry.get("when", "before")
        if when not in ("before", "after"):
            raise PlanError("when must be before or after")
        self._plan.append((when, Trigger.of(entry)))

    def meet(self, call: Call, when: str) -> Held | None:
        """The hold that a call runs into, if any; the caller waits for its event without any lock."""
        hit = [trigger for moment, trigger in self._plan if moment == when and trigger.hits(call)]
        self._plan = [(moment, trigger) for moment, trigger in self._plan if not trigger.spent]
        if not hit:
            return None
        held = Held(call, when)
        self._held[call.request_id] = held
        return held

    def release(self, request_id: str | None = None, *, discard: bool = False) -> int:
        """Let one waiting call go on, or all of them and no more holds; returns how many went."""
        if request_id is None:
            self._plan = []
        ids = [name for name in list(self._held) if request_id in (None, name)]
        for name in ids:
            held = self._held.pop(name)
            held.discard = discard
            held.event.set()
        return len(ids)

    def held(self) -> list[dict[str, Any]]:
        """The waiting calls."""
        return [
            {"id": name, "action": held.call.action, "when": held.when, "instance_ids": held.call.instance_ids}
            for name, held in self._held.items()
        ]
