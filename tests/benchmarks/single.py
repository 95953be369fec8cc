# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One reset without waiting: our module, the vendor's command line, and a script on the vendor's SDK."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.simulator import Running, running

from .measuring import MODULES, PYTHON, Bench, Command, compared, run
from .rows import Row

HERE = Path(__file__).parent
WORLD = {"extends": "builtin", "rate_limits": False}
INSTANCE, IMAGE, PASSWORD = "ins-r8hr2upy", "img-ubuntu24", "Qcloud@TestApi123"
LOGIN = {"Password": PASSWORD}


def options(simulator: Running) -> dict[str, Any]:
    """Those of the module."""
    return {
        "endpoint": simulator.url,
        "instance_id": INSTANCE,
        "image_id": IMAGE,
        "login_settings": {"password": PASSWORD},
        "wait": False,
    }


def commands(bench: Bench, simulator: Running) -> dict[str, Command]:
    """What is compared."""
    arguments = bench.write("one.json", json.dumps({"ANSIBLE_MODULE_ARGS": options(simulator)}))
    reset = ("--InstanceId", INSTANCE, "--ImageId", IMAGE, "--LoginSettings", json.dumps(LOGIN))
    keys = ("--secretId", "AKIDsimulator", "--secretKey", "simulator-secret-key", "--region", "ap-guangzhou")
    cli = ("cvm", "ResetInstance", "--endpoint", simulator.host, *keys, *reset)
    return {
        "module": bench.command(PYTHON, "-m", f"{MODULES}.cvm_reset_instance", stdin=arguments),
        "tccli": bench.command(PYTHON, str(HERE / "vendor_cli.py"), *cli),
        "script": bench.command(PYTHON, str(HERE / "vendor_script.py"), simulator.host, INSTANCE, IMAGE, PASSWORD),
    }


def calls(command: Command, simulator: Running) -> list[str]:
    """The actions that one run calls."""
    before = len(simulator.state()["calls"])
    run(command)
    made: list[Mapping[str, Any]] = simulator.state()["calls"][before:]
    return [one["action"] for one in made]


def rows(bench: Bench, rounds: int) -> list[Row]:
    """Measure."""
    with running(WORLD, reset_seconds=0, lag_seconds=0) as simulator:
        compare = commands(bench, simulator)
        # The first reset of an instance that nobody has operated takes one more look at it.
        run(compare["module"])
        made = {name: calls(command, simulator) for name, command in compare.items()}
        if made["module"] != made["script"]:
            raise RuntimeError(f"The script does not call what the module calls: {made}")
        cost = compared(compare, rounds)
    ours, cli, script = cost["module"], cost["tccli"], cost["script"]
    what = "one reset, without waiting"
    against = f"a script on the vendor's SDK, the same {len(made['script'])} calls"
    return [
        Row(what, "CPU", ours.cpu, "`tccli`, 1 call", cli.cpu, "s", 0.5),
        Row(what, "wall", ours.wall, "`tccli`, 1 call", cli.wall, "s", 0.5),
        Row(what, "CPU", ours.cpu, against, script.cpu, "s", 1.1),
        Row(what, "wall", ours.wall, against, script.wall, "s", 1.1),
    ]
