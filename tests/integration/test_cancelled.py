# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run of `ansible-playbook` that is cancelled while a lost answer is looked into: nothing is sent any more.

The module runs as Ansible runs it, but on a clock of the test's, on which the window passes in no time. The answer to
its first ResetInstance is lost, so a module that went on would look, and send a second one.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from .harness import MODULE, REGION, SECRET_ID, SECRET_KEY, Ansible
from .processes import drivers, on_clock, wait_until
from .service import OnceService, service_of


@pytest.fixture
def service(tmp_path: Path) -> Iterator[OnceService]:
    with service_of(OnceService, tmp_path, leaping=True) as service:
        yield service


class Play:
    """A play of one task, as a process that can be killed."""

    def __init__(self, ansible: Ansible, service: OnceService, task: Mapping[str, Any]) -> None:
        playbook = ansible.folder / "playbook.yml"
        play = {"hosts": "localhost", "gather_facts": False, "tasks": [{**task}]}
        playbook.write_text(json.dumps([play]), encoding="utf-8")
        clock = on_clock(service.clock, "cvm_reset_instance", "cvm_reset_instances")
        command = ansible.process("ansible-playbook", str(playbook), **clock)
        self._out = (ansible.folder / "out").open("wb")
        self.process = subprocess.Popen(**command, stdout=self._out, stderr=subprocess.STDOUT, start_new_session=True)

    def close(self) -> None:
        """End what is left."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._out.close()


@contextmanager
def play(ansible: Ansible, service: OnceService, options: Mapping[str, Any], **words: Any) -> Iterator[Play]:
    """A play that resets the instance of the service, for the time of a ``with`` block."""
    keys = {"secret_id": SECRET_ID, "secret_key": SECRET_KEY, "region": REGION}
    started = Play(ansible, service, {MODULE: {**keys, **service.options(), **options}, **words})
    try:
        yield started
    finally:
        started.close()


def modules(clock: Path) -> list[int]:
    """The processes that live on a clock."""
    found = []
    for maps in Path("/proc").glob("[0-9]*/maps"):
        try:
            used = str(clock) in maps.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if used and int(maps.parent.name) != os.getpid():
            found.append(int(maps.parent.name))
    return found


def cancelled(run: Play, service: OnceService, number: signal.Signals) -> None:
    """Cancel a run whose ResetInstance is held, and lose the answer to that; until the module has ended too."""
    wait_until(lambda: bool(service.simulator.snapshot()["held"]))
    os.kill(run.process.pid, number)
    run.process.wait(60)
    service.simulator.release(discard=True)
    wait_until(lambda: not modules(service.clock.path))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_a_cancelled_run_sends_nothing_more(ansible: Ansible, service: OnceService, number: signal.Signals) -> None:
    service.simulator.hold({"action": "ResetInstance"})
    with play(ansible, service, {"policy": "always", "idempotency_key": None}) as run:
        cancelled(run, service, number)
    # What was lost before the service served it is not among the calls.
    assert service.calls() == []


@pytest.mark.parametrize(("when", "served"), [("before", 0), ("after", 1)])
def test_the_next_run_with_the_key_goes_on_where_the_cancelled_one_ended(
    ansible: Ansible, service: OnceService, collection: Path, when: str, served: int
) -> None:
    """Whether the service has taken what the cancelled run had sent, or not."""
    service.simulator.hold({"action": "ResetInstance", "when": when})
    with play(ansible, service, {}) as run:
        cancelled(run, service, signal.SIGKILL)
    assert (len(service.calls()), service.entry.state) == (served, "pending")
    with drivers(collection, 1) as (driver,):
        assert service.run_until_told(driver)[-1] == "done"
    assert (len(service.calls()), service.accepted) == (1, 1)


@pytest.mark.parametrize("words", [{}, {"async": 300, "poll": 0}])
def test_a_task_that_nobody_cancels_sends_again(
    ansible: Ansible, service: OnceService, words: Mapping[str, Any]
) -> None:
    """An asynchronous one outlives its play: its starter is the wrapper, which goes on in the background."""
    service.simulator.hold({"action": "ResetInstance"})
    with play(ansible, service, {"policy": "always", "idempotency_key": None}, **words) as run:
        wait_until(lambda: bool(service.simulator.snapshot()["held"]))
        if words:
            assert run.process.wait(60) == 0
        service.simulator.release(discard=True)
        wait_until(lambda: service.accepted == 1)
        assert run.process.wait(60) == 0
        wait_until(lambda: not modules(service.clock.path))
    assert len(service.calls()) == 1
