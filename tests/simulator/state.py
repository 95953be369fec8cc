# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that changes while a world runs. A new world means a new state."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import replace
from typing import Any

from .cvm.contents import Contents
from .cvm.installs import GateOf, no_gate
from .cvm.instances import Instance, tags_of
from .cvm.operations import Schedule
from .faults.holds import HoldPlan
from .faults.plan import FaultPlan
from .items import Items
from .server.credentials import KeyRing
from .server.limits import RateLimiter
from .server.signatures import NonceLog
from .tag.tags import TagPairs
from .timelines import Timeline
from .world import World

CALLS_KEPT = 20_000


class State:
    """The running world; ``now`` is the injected clock's last reading in epoch seconds.

    ``gate_of`` gives what may delay and fail the end of an install.
    """

    def __init__(self, world: World, now: float, gate_of: GateOf = no_gate) -> None:
        self.world = world
        self.now = now
        self.gate_of = gate_of
        self.schedule = Schedule()
        self.keys = KeyRing(world.keys)
        self.nonces = NonceLog()
        self.limiter = RateLimiter()
        self.faults = FaultPlan()
        self.holds = HoldPlan()
        self.accepted: Counter[str] = Counter()
        self.accepted_calls: Counter[str] = Counter()
        self.calls: deque[dict[str, Any]] = deque(maxlen=CALLS_KEPT)
        self.foreign: list[dict[str, Any]] = []
        self.instances = {
            name: Instance(
                Timeline.of(dict(item.record), world.lag_seconds),
                Timeline.of(tags_of(item.record), world.tag_lag_seconds),
                item.attributes,
                before=item.record,
                settling_seconds=world.settling_seconds,
                busy_seconds=world.busy_seconds,
            )
            for name, item in world.instances.items()
        }
        self.images: Timeline[Items] = Timeline.of(world.images, world.lag_seconds)
        self.snapshots: Timeline[Items] = Timeline.of(world.snapshots, world.lag_seconds)
        self.disks: Timeline[Items] = Timeline.of(world.disks, world.lag_seconds)
        self.contents = Contents()
        tagged = (*world.instances.values(), *world.images.values(), *world.key_pairs.values())
        self.tags = TagPairs(world.quota, [tags_of(item.record) for item in tagged])

    @property
    def server_time(self) -> float:
        """What the server believes the time to be."""
        return self.now + self.world.clock_skew

    @property
    def world_now(self) -> World:
        """The world with the images that exist now."""
        return replace(self.world, images=dict(self.images.latest))

    def advance(self, now: float) -> None:
        """Catch up with everything that is due until ``now``."""
        self.now = max(self.now, now)
        self.schedule.advance(self.now)

    def snapshot(self) -> dict[str, Any]:
        """What ``GET /_control/state`` shows."""
        return {
            "now": self.now,
            "accepted": dict(self.accepted),
            "accepted_calls": dict(self.accepted_calls),
            "foreign": list(self.foreign),
            "calls": [dict(entry) for entry in self.calls],
            "held": self.holds.held(),
            "faults": self.faults.pending(),
            "tag_values": self.tags.counts(),
            "instances": {name: instance.record for name, instance in self.instances.items()},
            "images": {name: item.record for name, item in self.images.latest.items()},
            "snapshots": {
                name: {**item.record, "content": item.attributes.get("content")}
                for name, item in self.snapshots.latest.items()
            },
        }
