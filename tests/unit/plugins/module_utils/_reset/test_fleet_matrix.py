# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The matrix of faults with three instances in one task, of which one is disturbed.

What happens to that one is told truly, and the others do not notice.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._engine.rollout import Rollout
from ansible_collections.tencent.cloud.plugins.module_utils._engine.timing import Timing
from ansible_collections.tencent.cloud.plugins.module_utils._reset.fleet import FleetResult
from ansible_collections.tencent.cloud.plugins.module_utils._reset.mutation import SHORTEST_RESET
from tests.unit.support.fleets import IMAGE, OTHER_IMAGE, fleet_of, ids_of, most_at_a_time, run_fleet
from tests.unit.support.simulated import Simulated

RESET_SECONDS = SHORTEST_RESET
"""So short that the service's own lock never hides a second send."""

FAULTS: dict[str, dict[str, Any] | None] = {
    "none": None,
    "lost": {"kind": "drop"},
    "answer lost": {"kind": "reset", "when": "after"},
    "page": {"kind": "http", "status": 502, "when": "after"},
    "internal error, accepted later": {"kind": "error", "code": "InternalError", "accept_after": 60},
    "unlisted": {"kind": "error", "code": "SomethingNew.ThatNoDocumentLists"},
    "hanging, accepted late": {"kind": "hang", "accept_after": 290},
    "late": {"kind": "late", "accept_after": 60},
    "throttled": {"kind": "throttle"},
    "failed": {"kind": "operation_failed"},
    "repeated": {"kind": "repeated"},
    "busy with a copy": {"kind": "error", "code": "OperationDenied.InstanceOperationInProgress", "when": "after"},
    "busy": {"kind": "error", "code": "OperationDenied.InstanceOperationInProgress"},
    "refused": {"kind": "error", "code": "InvalidAccount.UnpaidOrder"},
    "unreachable": {"kind": "unreachable"},
}
FOREIGN: dict[str, dict[str, Any] | None] = {
    "nobody": None,
    "a reset": {"operation": "ResetInstance", "image_id": OTHER_IMAGE, "after_seconds": 5, "wait": True},
    "a stop": {"operation": "StopInstances", "after_seconds": 5, "wait": True},
}
EXPECTED = {"failed": "failed", "busy": "refused", "refused": "refused"}
ROLLOUTS = {"at once": Rollout(), "one by one": Rollout(concurrency=1)}


class Cell(NamedTuple):
    fault: str
    foreign: str
    lag: float
    request_ids: str
    disturbed: int
    rollout: str


def cells(fault: str) -> Iterator[Cell]:
    surroundings = product(FOREIGN, (0, 20, 60), ("equal", "unequal"))
    for number, (foreign, lag, request_ids) in enumerate(surroundings):
        # The place of the disturbed one and the rollout alternate with the rest.
        for rollout in ROLLOUTS:
            yield Cell(fault, foreign, lag, request_ids, number % 3, rollout)


def run(cell: Cell) -> tuple[FleetResult, Simulated, str]:
    world = fleet_of(
        3, reset_seconds=RESET_SECONDS, power_seconds=20, lag_seconds=cell.lag, request_ids=cell.request_ids
    )
    disturbed = ids_of(3)[cell.disturbed]
    faults = []
    fault, foreign = FAULTS[cell.fault], FOREIGN[cell.foreign]
    if cell.fault == "unreachable":
        world.transport.unreachable("ResetInstance", nth=cell.disturbed + 1)
    elif fault is not None:
        faults.append({"action": "ResetInstance", "instance_id": disturbed, **fault})
    if foreign is not None:
        faults.append({"kind": "foreign", "action": "ResetInstance", "instance_id": disturbed, **foreign})
    world.simulator.faults(faults)
    result = run_fleet(world, ids_of(3), ROLLOUTS[cell.rollout], timing=Timing(wait_interval=20))
    return result, world, disturbed


def check(cell: Cell) -> None:
    result, world, disturbed = run(cell)
    outcomes = {one.instance_id: one.outcome.value for one in result.results}
    told = f"{cell}: accepted {world.accepted}, {[(one.outcome.value, one.reason) for one in result.results]}"
    outcome, accepted = outcomes.pop(disturbed), world.accepted.get(disturbed, 0)
    assert set(outcomes.values()) == {"done"}, told
    assert {world.accepted.get(one) for one in outcomes} == {1}, told
    assert accepted <= 1, told
    assert {"done": 1, "failed": 1, "accepted": 1, "refused": 0}.get(outcome, accepted) == accepted, told
    (changed,) = [one.changed for one in result.results if one.instance_id == disturbed]
    assert changed or accepted == 0, told
    if cell.foreign == "nobody":
        assert outcome == EXPECTED.get(cell.fault, "done"), told
    if outcome == "done" and cell.foreign == "nobody":
        assert world.simulator.snapshot()["instances"][disturbed]["ImageId"] == IMAGE, told
    if cell.rollout == "one by one" and cell.foreign == "nobody":
        assert most_at_a_time(world, RESET_SECONDS) == 1, told


@pytest.mark.parametrize("fault", FAULTS)
def test_one_that_is_disturbed_is_told_truly_and_the_others_are_done(fault: str) -> None:
    for cell in cells(fault):
        check(cell)
