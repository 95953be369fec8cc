# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task with many instances whose `ansible-playbook` is killed: nothing more is sent, and a relaunch ends it well."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._reset.idempotency_log import PENDING_SECONDS
from tests.simulator import Running

from .harness import REGION, SECRET_ID, SECRET_KEY, Ansible
from .service import Service, service_of
from .test_cancelled import Play, cancelled

FLEET = "tencent.cloud.cvm_reset_instances"
INSTANCES = ("ins-r8hr2upy", "ins-keypair1", "ins-localssd")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with service_of(Service, tmp_path, leaping=True) as service:
        yield service


def task(service: Service, **options: Any) -> dict[str, Any]:
    """The task that resets them, one after the other."""
    common = {name: value for name, value in service.options().items() if name != "instance_id"}
    keys = {"secret_id": SECRET_ID, "secret_key": SECRET_KEY, "region": REGION}
    instances = [{"instance_id": one} for one in INSTANCES]
    # The next turn is so far away that no kill comes after it; where nobody calls the service, that takes no time.
    return {FLEET: {**keys, **common, "instances": instances, "sends_per_second": 0.01, **options}}


def relaunched(folder: Path, simulator: Running, service: Service, **options: Any) -> int | None:
    """What `ansible-playbook` ends with when the task runs again."""
    folder.mkdir()
    again = Play(Ansible(folder, simulator), service, task(service, **options))
    try:
        return again.process.wait(60)
    finally:
        again.close()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP])
def test_a_killed_run_sends_nothing_more(ansible: Ansible, service: Service, number: signal.Signals) -> None:
    """Not even to those whose turn had not come."""
    service.simulator.hold({"action": "ResetInstance"})
    run = Play(ansible, service, task(service))
    try:
        cancelled(run, service, number)
    finally:
        run.close()
    # What was lost before the service served it is not among the calls.
    assert service.calls() == []


@pytest.mark.parametrize(("when", "served"), [("before", 0), ("after", 1)])
def test_a_relaunch_with_the_same_key_resets_each_once(
    ansible: Ansible, service: Service, simulator: Running, when: str, served: int
) -> None:
    """Whether the service has taken what the killed run had sent, or not."""
    once = {"policy": "once", "idempotency_key": "CHG-1"}
    service.simulator.hold({"action": "ResetInstance", "when": when})
    run = Play(ansible, service, task(service, **once))
    try:
        cancelled(run, service, signal.SIGKILL)
    finally:
        run.close()
    assert len(service.calls()) == served
    service.clock.leap(PENDING_SECONDS + 1)
    assert relaunched(ansible.folder / "again", simulator, service, **once) == 0
    assert service.simulator.snapshot()["accepted"] == dict.fromkeys(INSTANCES, 1)
    assert relaunched(ansible.folder / "third", simulator, service, **once) == 0
    assert len(service.calls()) == len(INSTANCES)
