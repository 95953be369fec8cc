# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Never twice, and never vague: every way in which a ResetInstance can go wrong, on a simulated clock.

A cell is a fault of the first ResetInstance, whether the reset was accepted all the same and how much later, the
generation of the API, the lag of what DescribeInstances shows, whether the shown id equals the RequestId, what another
actor does meanwhile, and whether the reset changes anything that can be seen. What the simulator knows is the truth;
the result must not contradict it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._engine.timing import Timing
from ansible_collections.tencent.cloud.plugins.module_utils._reset.desired import Desired
from ansible_collections.tencent.cloud.plugins.module_utils._reset.flow import Reset
from ansible_collections.tencent.cloud.plugins.module_utils._reset.mutation import SHORTEST_RESET
from ansible_collections.tencent.cloud.plugins.module_utils._reset.result import ResetResult
from tests.unit.support.simulated import Simulated, simulated

INSTANCE, IMAGE, FOREIGN_IMAGE = "ins-r8hr2upy", "img-pmqg1cw7", "img-6n21msk1"
RESET_SECONDS = SHORTEST_RESET
"""So short that the service's own lock never hides a second send."""

LOST: dict[str, dict[str, Any]] = {
    "drop": {},
    "reset": {},
    "hang": {},
    "cut": {},
    "http": {"status": 502},
    "html": {},
    "redirect": {"status": 307, "location": "https://elsewhere.example/"},
    "cut_json": {},
    "empty": {},
    "no_request_id": {},
    "internal_error": {"kind": "error", "code": "InternalError"},
    "internal_server_error": {"kind": "error", "code": "InternalServerError"},
    "unlisted": {"kind": "error", "code": "SomethingNew.ThatNoDocumentLists"},
    "numeric": {"code": 6000},
}
"""Ends of a send after which nobody can say whether it was accepted."""

NOT_TAKEN = ("throttle", "unreachable")
TAKEN = ("none", "operation_failed", "repeated")
BUSY: dict[str, dict[str, Any]] = {
    "in_progress": {"kind": "error", "code": "OperationDenied.InstanceOperationInProgress"},
    "not_supported": {"kind": "error", "code": "InvalidInstance.NotSupported"},
}
"""Refusals that may complain of a copy of the same request, which was accepted just before, or never came."""

FOREIGN: dict[str, dict[str, Any] | None] = {
    "nobody": None,
    "a reset": {"operation": "ResetInstance", "image_id": FOREIGN_IMAGE, "after_seconds": 5, "wait": True},
    "a stop": {"operation": "StopInstances", "after_seconds": 5, "wait": True},
}


LAGS = {True: (0, 10, 20, 60), False: (0, 60)}
"""Whether the instance shows the operation of somebody before: how late it shows what is new."""


class Cell(NamedTuple):
    fault: str
    accepted_after: float | None
    api: str
    request_ids: str
    foreign: str
    image: str | None
    operated: bool
    lag: float


def cells() -> Iterator[Cell]:
    shown = [(operated, lag) for operated, lags in LAGS.items() for lag in lags]
    surroundings = list(product(("v3", "v2"), ("equal", "unequal"), FOREIGN, (IMAGE, None), shown))
    faults = [
        *product(LOST, (None, 0, 60, 290)),
        *product(("late",), (60, 290)),
        *product((*NOT_TAKEN, *TAKEN), (None,)),
        *product(BUSY, (None, 0)),
    ]
    for fault, late in faults:
        yield from (Cell(fault, late, *rest, *operated_and_lag) for *rest, operated_and_lag in surroundings)


def run(cell: Cell) -> tuple[ResetResult, Simulated]:
    world = simulated(
        api=cell.api,
        operated=cell.operated,
        lag_seconds=cell.lag,
        request_ids=cell.request_ids,
        reset_seconds=RESET_SECONDS,
        power_seconds=20,
    )
    faults = []
    if cell.fault == "unreachable":
        world.transport.unreachable("ResetInstance")
    elif cell.fault != "none":
        fault = {"kind": cell.fault, **{**LOST, **BUSY}.get(cell.fault, {}), "action": "ResetInstance"}
        if cell.accepted_after is not None:
            fault.update({"when": "after"} if cell.accepted_after == 0 else {"accept_after": cell.accepted_after})
        faults.append(fault)
    foreign = FOREIGN[cell.foreign]
    if foreign:
        faults.append({"kind": "foreign", "action": "ResetInstance", **foreign})
    world.simulator.faults(faults)
    desired = Desired(INSTANCE, image_id=cell.image, password="Qcloud@TestApi123++")
    return Reset(world.cvm, world.clock, desired, Timing(wait_interval=20)).run(), world


def check(cell: Cell) -> None:
    result, world = run(cell)
    accepted = world.accepted.get(INSTANCE, 0)
    told = f"{cell}: accepted {accepted}, {result.outcome}: {result.reason}"
    assert accepted <= 1, told
    if result.outcome == "done":
        assert accepted == 1, told
    if result.outcome == "refused":
        assert accepted == 0, told
    if result.outcome in ("failed", "accepted"):
        assert accepted == 1, told
    assert result.as_dict()["changed"] or accepted == 0, told
    if cell.foreign == "nobody":
        refused = cell.fault in BUSY and cell.accepted_after is None
        assert accepted == (0 if refused else 1), told
        expected = {"operation_failed": "failed"}.get(cell.fault, "done")
        assert result.outcome == ("refused" if refused else expected), told


@pytest.mark.parametrize("fault", [*LOST, "late", *NOT_TAKEN, *TAKEN, *BUSY])
def test_a_reset_is_accepted_once_and_its_end_is_told_truly(fault: str) -> None:
    for cell in cells():
        if cell.fault == fault:
            check(cell)


def test_the_matrix_is_whole() -> None:
    faults = len(LOST) * 4 + 2 + len(NOT_TAKEN) + len(TAKEN) + len(BUSY) * 2
    assert len(list(cells())) == faults * 2 * 2 * 3 * 2 * (4 + 2)
