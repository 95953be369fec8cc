# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same 100 instances without the module for many: by a loop over the module for one, and by 100 hosts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.simulator import Running, running

from .fleet import bound, ids, world
from .measuring import Bench, Command, Cost, run
from .playbook import written
from .rows import Row
from .single import IMAGE, PASSWORD

COUNT = 100
FORKS = 20


def reset(simulator: Running, instance: str) -> dict[str, Any]:
    """A task of the module for one, which does not wait: what a loop adds by waiting is the time of each reset."""
    login = {"password": PASSWORD}
    options = {"endpoint": simulator.url, "instance_id": instance, "image_id": IMAGE, "login_settings": login}
    return {"tencent.cloud.cvm_reset_instance": {**options, "wait": False}}


def by_task(simulator: Running, bench: Bench) -> Command:
    """All in one task."""
    ((_module, options),) = reset(simulator, "").items()
    common = {name: value for name, value in options.items() if name != "instance_id"}
    task = {**common, "instances": [{"instance_id": one} for one in ids(COUNT)]}
    return bench.playbook(written(bench, "task.yml", [{"tencent.cloud.cvm_reset_instances": task}]))


def by_loop(simulator: Running, bench: Bench) -> Command:
    """One after the other."""
    return bench.playbook(written(bench, "loop.yml", [{**reset(simulator, "{{ item }}"), "loop": ids(COUNT)}]))


def by_hosts(simulator: Running, bench: Bench) -> Command:
    """A play over 100 hosts, as many at a time as there are forks."""
    inventory = bench.write("hosts.ini", "\n".join(ids(COUNT)))
    task = reset(simulator, "{{ inventory_hostname }}")
    play = {"hosts": "all", "connection": "local", "gather_facts": False, "tasks": [task]}
    path = bench.write("hosts.yml", json.dumps([play]))
    return bench.playbook(path, f"--forks={FORKS}", f"--inventory={inventory}")


def cost_of(way: Callable[[Running, Bench], Command], bench: Bench) -> Cost:
    """What a way costs, in a world of its own. Raises RuntimeError unless each was reset once."""
    with running(world(COUNT), reset_seconds=0, lag_seconds=0) as simulator:
        cost, _printed = run(way(simulator, bench))
        accepted = simulator.state()["accepted"]
    if len(accepted) != COUNT or set(accepted.values()) != {1}:
        raise RuntimeError(f"Not each of {COUNT} was reset once.")
    return cost


def rows(bench: Bench, _rounds: int) -> list[Row]:
    """Measure each once."""
    task = cost_of(by_task, bench)
    against = "a playbook with one task of `cvm_reset_instances`"
    ways = {"a loop": by_loop, f"{COUNT} hosts, `forks={FORKS}`": by_hosts}
    found = [
        Row(
            f"{COUNT} in one task, without waiting",
            "wall",
            task.wall,
            f"{COUNT}/10 s",
            bound(COUNT, 0),
            "s",
        )
    ]
    for name, way in ways.items():
        cost = cost_of(way, bench)
        found += [
            Row(f"{COUNT} by {name}, without waiting", "wall", cost.wall, against, task.wall, "s", instances=COUNT),
            Row(f"{COUNT} by {name}, without waiting", "CPU", cost.cpu, against, task.cpu, "s"),
        ]
    return found
