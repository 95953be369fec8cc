# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two acts: the module reinstalls one instance, then the role carries a real server through it."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.machines import MachinesError, availability
from tests.simulator import Running, running

from . import role

CACHE = Path(__file__).resolve().parents[1] / ".cache"
GRACE_SECONDS = 5
API = {
    "TENCENTCLOUD_SECRET_ID": "AKIDsimulator",
    "TENCENTCLOUD_SECRET_KEY": "simulator-secret-key",
    "TENCENTCLOUD_REGION": "ap-guangzhou",
    "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
    "ANSIBLE_PIPELINING": "true",
}


def main() -> int:
    """Play both acts and return the exit code of the first that fails; the second is left out where it cannot run."""
    # A stopped demonstration must end simulator and machines too: let Python unwind.
    signal.signal(signal.SIGTERM, lambda *unused: sys.exit(143))
    try:
        exit_code = _module() or _role()
    except MachinesError as error:
        print(f"\n{error}", file=sys.stderr)
        exit_code = 1
    except KeyboardInterrupt:
        return 130
    _say("Simulator and server have ended. " + ("Done." if exit_code == 0 else "The demonstration failed."))
    return exit_code


def _module() -> int:
    _say("1/2 The module: one instance of a simulator on the loopback interface, by the playbook tencent.cloud.demo")
    with running() as simulator:
        return _play("demo", simulator, {"DEMO_PASSWORD": f"Demo-{secrets.token_hex(8)}"})


def _role() -> int:
    _say("2/2 The role: a real server with sshd, reinstalled when the simulator says so, by tencent.cloud.demo_role")
    problem = availability.problem()
    if problem:
        print(f"Left out, since there can be no such server here. {problem}")
        return 0
    with role.stage(CACHE / "demo") as stage:
        before = stage.look()
        exit_code = _play("demo_role", stage.simulator, stage.environment, "-i", str(stage.inventory))
        print(role.comparison(before, stage.look()))
    print(f"\nThe report, for a browser: {stage.report}")
    return exit_code


def _say(text: str) -> None:
    print(f"\n== {text}", flush=True)


def _play(name: str, simulator: Running, variables: Mapping[str, str], *arguments: str) -> int:
    command = [str(Path(sys.executable).with_name("ansible-playbook")), f"tencent.cloud.{name}", *arguments]
    environment = {**os.environ, **API, "DEMO_ENDPOINT": simulator.url, **variables}
    process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        return process.wait()
    finally:
        # When the demonstration is stopped halfway, Ansible's workers would poll on.
        _end_group(process)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    # Asked first: Ansible's workers live in sessions of their own, and only Ansible can end them.
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(process.pid, number)
            process.wait(GRACE_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
