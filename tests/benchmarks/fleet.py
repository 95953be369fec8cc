# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""1, 10, 100 and 1000 instances in one task: against the pace that the API allows, and the calls that it takes."""

from __future__ import annotations

import json
import math
import os
from typing import Any, NamedTuple

from tests.simulator import Running, running
from tests.simulator.world import OPERATED

from .measuring import MODULES, PYTHON, Bench, Cost, run
from .rows import Row
from .single import IMAGE, PASSWORD

COUNTS = (1, 10, 100, 1000)
RESET_SECONDS = 20.0
SENDS_PER_SECOND = 10
PAGE = 100
INTERVAL = 5.0
"""Seconds between two looks, the module's default."""


class Fleet(NamedTuple):
    """One task.

    Attributes:
        instances: how many.
        cost: of the module's process.
        calls: what it called, by action.
        simulator: seconds of processor time of the simulator meanwhile.
    """

    instances: int
    cost: Cost
    calls: dict[str, int]
    simulator: float

    @property
    def least_seconds(self) -> float:
        """The API takes so many resets a second, and the last one takes its time."""
        return bound(self.instances, RESET_SECONDS)

    @property
    def least_calls(self) -> int:
        """A reset for each, and a look at all of them, a page at a time, in each interval."""
        return self.instances + math.ceil(self.least_seconds / INTERVAL) * math.ceil(self.instances / PAGE)


def bound(count: float, reset_seconds: float) -> float:
    """Seconds that so many resets take at the pace that the API allows."""
    return count / SENDS_PER_SECOND + reset_seconds


def world(count: int) -> dict[str, Any]:
    """A region with just so many instances, and the API's own limits of calls a second."""
    return {"extends": "builtin", "instance_defaults": OPERATED, "generate": {"count": count}}


def ids(count: int) -> list[str]:
    """The instances of that world."""
    return [f"ins-g{index:07}" for index in range(count)]


def fleet(bench: Bench, count: int, reset_seconds: float = RESET_SECONDS) -> Fleet:
    """Reset so many in one task. Raises RuntimeError unless each was reset once."""
    with running(world(count), reset_seconds=reset_seconds, lag_seconds=0) as simulator:
        options = {
            "endpoint": simulator.url,
            "instances": [{"instance_id": one} for one in ids(count)],
            "image_id": IMAGE,
            "login_settings": {"password": PASSWORD},
        }
        arguments = bench.write("fleet.json", json.dumps({"ANSIBLE_MODULE_ARGS": options}))
        before = _cpu_of(simulator)
        cost, printed = run(bench.command(PYTHON, "-m", f"{MODULES}.cvm_reset_instances", stdin=arguments))
        busy = _cpu_of(simulator) - before
        state = simulator.state()
    summary = json.loads(printed)["summary"]
    if summary["outcomes"] != {"done": count} or set(state["accepted"].values()) != {1}:
        raise RuntimeError(f"Not each of {count} was reset once: {summary}")
    actions = [one["action"] for one in state["calls"]]
    return Fleet(count, cost, {action: actions.count(action) for action in sorted(set(actions))}, busy)


def _cpu_of(simulator: Running) -> float:
    """Seconds of processor time of its process (Linux)."""
    pid = simulator.process.pid if simulator.process else os.getpid()
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        user, system = stat.read().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def rows(bench: Bench, _rounds: int) -> list[Row]:
    """Measure each once: they take as long as they have to wait."""
    found = []
    for one in (fleet(bench, count) for count in COUNTS):
        print(one)
        what, goal = f"{one.instances} in one task", one.instances == max(COUNTS)
        least = f"{one.instances}/10 s + {RESET_SECONDS:g} s of reset"
        calls = f"{one.instances} + looks of the pace x {math.ceil(one.instances / PAGE)}"
        found += [
            Row(what, "wall", one.cost.wall, least, one.least_seconds, "s", 1.05 if goal else None, one.instances),
            Row(what, "calls", sum(one.calls.values()), calls, one.least_calls, "", 1.1 if goal else None),
            Row(what, "memory", one.cost.peak, "the goal", 150, "MiB", 1.0 if goal else None),
            Row(what, "CPU", one.cost.cpu, "the simulator's", one.simulator, "s"),
        ]
    return found
