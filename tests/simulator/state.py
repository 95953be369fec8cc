# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that changes while a world runs. A new world means a new state."""

from __future__ import annotations

from collections import Counter, deque
from typing import Any

from .credentials import KeyRing
from .faults import FaultPlan
from .holds import HoldPlan
from .instances import Instance, tags_of
from .limits import RateLimiter
from .operations import Schedule
from .signatures import NonceLog
from .tags import TagPairs
from .timelines import Timeline
from .world import World

CALLS_KEPT = 20_000


class State:
    """The running world; ``now`` is the injected clock's last reading in epoch seconds."""

    def __init__(self, world: World, now: float) -> None:
        self.world = world
        self.now = now
        self.schedule = Schedule()
        self.keys = KeyRing(world.keys)
        self.nonces = NonceLog()
        self.limiter = RateLimiter()
        self.faults = FaultPlan()
        self.holds = HoldPlan()
        self.accepted: Counter[str] = Counter()
        self.calls: deque[dict[str, Any]] = deque(maxlen=CALLS_KEPT)
        self.foreign: list[dict[str, Any]] = []
        self.instances = {
            name: Instance(
                Timeline.of(dict(item.record), world.lag_seconds),
                Timeline.of(tags_of(item.record), world.tag_lag_seconds),
                item.attributes,
                before=item.record,
            )
            for name, item in world.instances.items()
        }
        tagged = (*world.instances.values(), *world.images.values(), *world.key_pairs.values())
        self.tags = TagPairs(world.quota, [tags_of(item.record) for item in tagged])

    @property
    def server_time(self) -> float:
        """What the server believes the time to be."""
        return self.now + self.world.clock_skew

    def advance(self, now: float) -> None:
        """Catch up with everything that is due until ``now``."""
        self.now = max(self.now, now)
        self.schedule.advance(self.now)

    def snapshot(self) -> dict[str, Any]:
        """What ``GET /_control/state`` shows."""
        return {
            "now": self.now,
            "accepted": dict(self.accepted),
            "foreign": list(self.foreign),
            "calls": [dict(entry) for entry in self.calls],
            "held": self.holds.held(),
            "faults": self.faults.pending(),
            "instances": {name: instance.record for name, instance in self.instances.items()},
        }
