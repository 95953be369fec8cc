# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""10, 50 and 200 servers carried through the role without a login, against one task that resets as many."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.simulator import Running, running

from .fleet import ids, world
from .measuring import Bench, Command, Cost, run
from .rows import Row
from .single import IMAGE, PASSWORD

COUNTS = (10, 50, 200)
RESET_SECONDS = 20.0
FORKS = "20"


class Carried(NamedTuple):
    """One play of the role, and one task for as many instances.

    Attributes:
        results: of tasks, for a server other than the one that speaks for the batch.
    """

    servers: int
    role: Cost
    task: Cost
    results: int


def carried(bench: Bench, count: int) -> Carried:
    """Reset so many by the role, and so many by one task. Raises RuntimeError unless each was reset once."""
    role, printed = _cost(bench, count, _play)
    task, _printed = _cost(bench, count, _task)
    recap = re.search(rf"ins-g{count - 1:07} .*ok=(\d+).*skipped=(\d+)", printed)
    results = sum(int(number) for number in recap.groups()) if recap else 0
    return Carried(count, role, task, results)


def _cost(bench: Bench, count: int, command: Callable[[Bench, Running, int], Command]) -> tuple[Cost, str]:
    with running(world(count), reset_seconds=RESET_SECONDS, lag_seconds=0) as simulator:
        found = run(command(bench, simulator, count))
        accepted = simulator.state()["accepted"]
    if len(accepted) != count or set(accepted.values()) != {1}:
        raise RuntimeError(f"Not each was reset once: {accepted}")
    return found


def _play(bench: Bench, simulator: Running, count: int) -> Command:
    hosts = {one: {"cvm_instance_id": one} for one in ids(count)}
    variables = {
        "reset_instance_image_id": IMAGE,
        "reset_instance_login_settings": {"password": PASSWORD},
        "reset_instance_login": False,
        "reset_instance_confirm": ids(count),
    }
    inventory = bench.write("servers.json", json.dumps({"all": {"hosts": hosts, "vars": variables}}))
    frame = {
        "hosts": "all",
        "gather_facts": False,
        "module_defaults": {"group/tencent.cloud.all": {"endpoint": simulator.url}},
        "roles": ["tencent.cloud.reset_instance"],
    }
    return bench.playbook(bench.write("role.yml", json.dumps([frame])), "-i", str(inventory), "--forks", FORKS)


def _task(bench: Bench, simulator: Running, count: int) -> Command:
    options: dict[str, Any] = {
        "endpoint": simulator.url,
        "instances": [{"instance_id": one} for one in ids(count)],
        "image_id": IMAGE,
        "login_settings": {"password": PASSWORD},
    }
    frame = {"hosts": "localhost", "gather_facts": False, "tasks": [{"tencent.cloud.cvm_reset_instances": options}]}
    return bench.playbook(bench.write("task.yml", json.dumps([frame])))


def rows(bench: Bench, _rounds: int) -> list[Row]:
    """Measure each once: they take as long as they have to wait."""
    found: list[Row] = []
    first = None
    for one in (carried(bench, count) for count in COUNTS):
        print(one)
        what, each = f"the role for {one.servers} servers", one.role.cpu / one.servers
        first = first or each
        goal = 3.0 if one.servers == 50 else None
        found += [
            Row(what, "wall", one.role.wall, "one task", one.task.wall, "s", goal),
            Row(f"{what}, each", "CPU", each, "the goal", 4.0, "s", 1.0),
            Row(f"{what}, each", "CPU", each, f"each of {COUNTS[0]}", first, "s", 1.0),
            Row(f"{what}, each", "task results", one.results, "the goal", 35, "", 1.0),
        ]
    return found
