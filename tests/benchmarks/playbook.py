# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A playbook with one task of our module, and one that makes the same calls, unsigned, by `ansible.builtin.uri`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.simulator import Running, running

from .measuring import Bench, compared, run
from .rows import Row
from .single import IMAGE, INSTANCE, LOGIN, WORLD, options


def written(bench: Bench, name: str, tasks: Sequence[dict[str, Any]]) -> Path:
    """A playbook for this machine; JSON is YAML."""
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}
    return bench.write(name, json.dumps([play]))


def uri_task(simulator: Running, action: str, **parameters: Any) -> dict[str, Any]:
    """A call, which the simulator refuses for want of a signature."""
    headers = {"X-TC-Action": action, "X-TC-Version": "2017-03-12", "X-TC-Region": "ap-guangzhou"}
    return {
        "ansible.builtin.uri": {
            "url": simulator.url,
            "method": "POST",
            "headers": headers,
            "body_format": "json",
            "body": parameters,
            "return_content": True,
        }
    }


def rows(bench: Bench, rounds: int) -> list[Row]:
    """Measure."""
    with running(WORLD, reset_seconds=0, lag_seconds=0) as simulator:
        module = {"tencent.cloud.cvm_reset_instance": options(simulator)}
        calls = [
            uri_task(simulator, "DescribeInstances", InstanceIds=[INSTANCE]),
            uri_task(simulator, "DescribeImages", ImageIds=[IMAGE, IMAGE]),
            uri_task(simulator, "ResetInstance", InstanceId=INSTANCE, ImageId=IMAGE, LoginSettings=LOGIN),
        ]
        playbooks = {
            "module": bench.playbook(written(bench, "module.yml", [module])),
            "uri": bench.playbook(written(bench, "uri.yml", calls)),
            "one uri": bench.playbook(written(bench, "one_uri.yml", calls[-1:])),
        }
        # The first reset of an instance that nobody has operated takes one more look at it.
        run(playbooks["module"])
        cost = compared(playbooks, rounds)
    what, against = "a playbook with one task", "three tasks of `uri`, the same calls, unsigned"
    ours, uri, one = cost["module"], cost["uri"], cost["one uri"]
    return [
        Row(what, "CPU", ours.cpu, against, uri.cpu, "s", 1.0),
        Row(what, "wall", ours.wall, against, uri.wall, "s", 1.0),
        Row(what, "CPU", ours.cpu, "one task of `uri`, ResetInstance alone, unsigned", one.cpu, "s"),
    ]
