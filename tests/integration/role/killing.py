# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of the role that are killed at a chosen moment, and hooks that make them wait for it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from .hooks import USE, noting
from .servers import Controller

PATIENCE = 240.0
"""Seconds after which a moment is given up."""

ROLE_TASKS = Path(__file__).resolve().parents[3] / "roles" / "reset_instance" / "tasks"


def _tasks_of(phase: str) -> str:
    return (ROLE_TASKS / f"{phase}.yml").read_text(encoding="utf-8")


PHASES = ("preflight", "before", "backup", "reset", "trust", "login", "verify", "after", "rescue", "rollback")
_RESULT = re.compile(r"TASK \[[^\]]+ : ([^\]]+)\] .*\n(?:.*?(skipping|ok|changed|failed|fatal|included): )?")
TASKS = {
    **{name: phase for phase in PHASES for name in re.findall(r"- name: (.*)", _tasks_of(phase))},
    "Leave a mark on the old system": "reset",
    "Check what else must hold": "verify",
    "Wait in the hook before": "before",
    "Wait in the hook after": "after",
    "Wait in the hook failure": "rescue",
}
"""The phase of each task of the role, by its name."""

Moment = Callable[[Controller], Callable[[], bool]]
"""What has to be prepared before a run, and tells whether the moment to kill it has come."""


class Kill(NamedTuple):
    """A phase, and the moment in it."""

    phase: str
    moment: Moment


def killed(controller: Controller, kill: Kill, **variables: Any) -> str:
    """Begin a run and kill it; what it has logged."""
    has_come = kill.moment(controller)
    words = controller.prepare(**variables)
    with (controller.folder / "out").open("wb") as out:
        run = subprocess.Popen(
            **controller.process(*words), stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            _wait_for(controller, run, has_come)
        finally:
            kill_all(run.pid)
            run.wait()
            _let_go(controller)
    assert phases(controller.logged)[-1] == kill.phase, controller.logged
    return controller.logged


def phases(log: str) -> list[str]:
    """The phases that a log tells of, and those after a failure: each that had a task which was not skipped."""
    found: list[str] = []
    for name, result in re.findall(
        r"TASK \[[^\]]+ : ([^\]]+)\] .*\n(?:.*?(skipping|ok|changed|failed|fatal|included): )?", log
    ):
        phase = TASKS.get(name)
        if phase and result != "skipping" and found[-1:] != [phase]:
            found.append(phase)
    return found


def stage(log: str) -> str:
    """What a log tells of earlier runs."""
    return str(re.findall(r'"msg": "\S+ \(ins-\w+\) is (\w+)', log)[-1])


# --- moments


def task(name: str) -> Moment:
    """A task begins."""
    return lambda controller: lambda: f" : {name}] " in controller.logged


def held(action: str, when: str = "before", nth: int = 1) -> Moment:
    """The service has a call, and has not answered it."""

    def prepared(controller: Controller) -> Callable[[], bool]:
        controller.simulator.hold(action, when, nth=nth, instance_id=controller.confirmation)
        return lambda: bool(_held(controller))

    return prepared


def logged(state: str) -> Moment:
    """The log of the instance says so."""
    return lambda controller: lambda: f"/{state}/" in controller.tag("web")


def shown(kind: str, state: str) -> Moment:
    """A backup of the server is in that state; the kind is Snapshot or Image."""
    return lambda controller: lambda: state in [one[f"{kind}State"] for one in backups(controller, kind)]


def waiting(hook: str) -> Moment:
    """A hook, or the verification, has begun; it does not end by itself."""

    def prepared(controller: Controller) -> Callable[[], bool]:
        _gate(controller, hook).touch()
        if hook == "verify":
            return task("Check what else must hold")(controller)
        begun = f" : Wait in the hook {hook}] "
        # Runs before this one have shown it as well.
        before = controller.logged.count(begun)
        return lambda: controller.logged.count(begun) > before

    return prepared


# --- what is waited in, and looked at


def options(controller: Controller) -> dict[str, Any]:
    """Variables of a run with a key, whose hooks leave notes, and which fails in verify as long as it is told to."""
    gate, broken = _gate(controller, "verify"), controller.folder / "broken"
    check = f"while test -e {gate}; do sleep 0.1; done; test -e {broken} || echo fine"
    return {
        "policy": "once",
        "idempotency_key": 20261124,
        "before_tasks": [controller.hook("before.yml", noting("before"), _waiting(controller, "before"))],
        "after_tasks": [controller.hook("after.yml", USE, noting("after"), _waiting(controller, "after"))],
        "failure_tasks": [controller.hook("failure.yml", noting("failure"), _waiting(controller, "failure"))],
        "verify_that": [f"lookup('ansible.builtin.pipe', '{check}') == 'fine'"],
    }


def backups(controller: Controller, kind: str) -> list[Mapping[str, Any]]:
    """The snapshots or images that were made of the server by name."""
    found = controller.simulator.state()[f"{kind.lower()}s"].values()
    return [one for one in found if controller.confirmation in one[f"{kind}Name"]]


def _gate(controller: Controller, hook: str) -> Path:
    return controller.folder / f"closed-{hook}"


def _waiting(controller: Controller, hook: str) -> dict[str, Any]:
    return {
        "name": f"Wait in the hook {hook}",
        "ansible.builtin.wait_for": {"path": str(_gate(controller, hook)), "state": "absent"},
        "delegate_to": "localhost",
        "become": False,
    }


def _held(controller: Controller) -> list[str]:
    calls = controller.simulator.state()["held"]
    return [call["id"] for call in calls if controller.confirmation in call["instance_ids"]]


def _let_go(controller: Controller) -> None:
    """The next run waits for nothing; a call whose caller is dead is not processed any more."""
    for gate in controller.folder.glob("closed-*"):
        gate.unlink()
    for call in _held(controller):
        controller.simulator.release(call, discard=True)


def _wait_for(controller: Controller, run: subprocess.Popen[bytes], has_come: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not has_come():
        assert run.poll() is None, f"It ended before the moment came.\n{controller.logged}"
        assert time.monotonic() < deadline, f"The moment did not come.\n{controller.logged}"
        time.sleep(0.1)


# --- processes


def kill_all(pid: int) -> None:
    """Kill a process of this one with all that descends from it, in whatever session.

    All are stopped first: then none can leave a child behind while the others are killed.
    """
    stopped: set[int] = set()
    while running := _descendants(pid) - stopped:
        _signal(running, signal.SIGSTOP)
        stopped |= running
    _signal(stopped, signal.SIGKILL)


def _descendants(pid: int) -> set[int]:
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(stat.parent.name))
    found, left = set(), [pid]
    while left:
        one = left.pop()
        found.add(one)
        left += children.get(one, [])
    return found


def _signal(pids: set[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
