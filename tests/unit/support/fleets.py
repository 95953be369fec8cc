# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fleets of instances on a simulator, and what it knows of their resets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.tencent.cloud.plugins.module_utils._engine.rollout import Rollout
from ansible_collections.tencent.cloud.plugins.module_utils._engine.timing import Timing
from ansible_collections.tencent.cloud.plugins.module_utils._reset.desired import Desired
from ansible_collections.tencent.cloud.plugins.module_utils._reset.fleet import Fleet, FleetResult, Member
from ansible_collections.tencent.cloud.plugins.module_utils._reset.flow import Reset

from .simulated import Simulated, simulated

IMAGE, OTHER_IMAGE = "img-pmqg1cw7", "img-6n21msk1"
PASSWORD = "Qcloud@TestApi123++"
RESET_SECONDS = 180
TIMING = Timing()


def ids_of(count: int) -> list[str]:
    """The ids of so many generated instances."""
    return [f"ins-g{number:07}" for number in range(count)]


def fleet_of(count: int, **options: Any) -> Simulated:
    """A simulator with so many instances that somebody has operated before."""
    return simulated(
        **{
            "generate": {"count": count},
            "reset_seconds": RESET_SECONDS,
            "lag_seconds": 10,
            "operated": True,
            **options,
        }
    )


def members_of(
    world: Simulated,
    ids: Iterable[str],
    *,
    timing: Timing = TIMING,
    attach: Mapping[str, str] | None = None,
    own: Mapping[str, Mapping[str, Any]] | None = None,
    **asked: Any,
) -> dict[str, Member]:
    """Resets to the image, with a password, unless something else is asked of all or of some."""
    members = {}
    for one in ids:
        wishes = {"image_id": IMAGE, "password": PASSWORD, **asked, **(own or {}).get(one, {})}
        reset = Reset(world.cvm, world.clock, Desired(one, **wishes), timing)
        members[one] = Member(reset, (attach or {}).get(one))
    return members


def run_fleet(
    world: Simulated, ids: Iterable[str], rollout: Rollout | None = None, *, check: bool = False, **asked: Any
) -> FleetResult:
    """What becomes of these instances."""
    return Fleet(world.cvm, members_of(world, ids, **asked), rollout or Rollout()).run(check=check)


def outcomes(result: FleetResult) -> dict[str, str]:
    """The outcome of each instance."""
    return {one.instance_id: one.outcome.value for one in result.results}


def accepted_at(world: Simulated) -> list[tuple[float, str]]:
    """When which instance's reset was accepted, in order."""
    calls = world.simulator.snapshot()["calls"]
    return [
        (call.get("processed_at", call["at"]), str(call["instance_id"]))
        for call in calls
        if call["action"] == "ResetInstance" and call["accepted"]
    ]


def most_at_a_time(world: Simulated, seconds: float) -> int:
    """How many resets of that length were under way at a time, at most."""
    begun = [at for at, _one in accepted_at(world)]
    return max((sum(at - seconds < other <= at for other in begun) for at in begun), default=0)
