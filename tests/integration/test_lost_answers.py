# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that are lost on real sockets: no reset is sent twice, none is reported as something else.

Where an answer is lost after the service took the request, the module itself runs. Where the service never took it, the
window in which it still could must pass: then its engine runs, on a clock by which minutes pass in no time.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.simulator import Running, running
from tests.simulator.world import OPERATED

from .harness import QUICK, Ansible
from .processes import CONNECTION, PATIENCE, Driver, drivers, environment
from .service import IMAGE, INSTANCE, Service, service_of
from .shared_clock import SharedClock

FOREIGN_IMAGE = "img-6n21msk1"
WORLD = {"extends": "builtin", "instance_defaults": OPERATED}
LOGIN = {"login_settings": {"key_ids": ["skey-b4vakk62"]}}

LOST: dict[str, dict[str, Any]] = {
    "drop": {},
    "reset": {},
    "hang": {"seconds": 3},
    "cut": {},
    "cut_json": {},
    "http": {"status": 502},
    "html": {},
    "redirect": {"status": 307},
    "error": {"code": "InternalError"},
}
"""Ends of a send that say nothing about it."""

SURROUNDINGS = [("v3", "equal"), ("v2", "unequal"), ("v2", "equal"), ("v3", "unequal")]
"""Generations of the API, and whether the operation shows the RequestId of the answer."""

AFTER = [(kind, *SURROUNDINGS[number % 4]) for number, kind in enumerate(LOST)]
BEFORE = [(kind, *SURROUNDINGS[(number + 1) % 4]) for number, kind in enumerate(LOST)]


def fault(kind: str, **options: Any) -> dict[str, Any]:
    return {"action": "ResetInstance", "kind": kind, **LOST.get(kind, {}), **options}


# --- the module


@pytest.fixture
def module(collection: Path, simulator: Running) -> Any:
    """The installed module as a process, without Ansible around it."""

    def run(**options: Any) -> dict[str, Any]:
        task = {"endpoint": simulator.url, "instance_id": INSTANCE, "image_id": IMAGE, "timeout": 1.5, **LOGIN}
        ended = subprocess.run(
            [sys.executable, "-m", "ansible_collections.tencent.cloud.plugins.modules.cvm_reset_instance"],
            input=json.dumps({"ANSIBLE_MODULE_ARGS": {**CONNECTION, **QUICK, **task, **options}}),
            env=environment(collection),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        return dict(json.loads(ended.stdout))

    return run


def accepted(simulator: Running) -> int:
    return int(simulator.state()["accepted"].get(INSTANCE, 0))


def sent(simulator: Running) -> int:
    return sum(call["action"] == "ResetInstance" for call in simulator.state()["calls"])


@pytest.mark.parametrize(("kind", "api", "request_ids"), AFTER)
def test_a_reset_whose_answer_is_lost_is_recognized(
    module: Any, simulator: Running, kind: str, api: str, request_ids: str
) -> None:
    simulator.world({**WORLD, "request_ids": request_ids})
    simulator.faults([fault(kind, when="after")])
    result = module(api=api)
    assert (result["outcome"], result["changed"]) == ("done", True), result
    assert (result["adopted"], result["submissions"]) == (True, 1)
    assert result["request_id"] == simulator.state()["instances"][INSTANCE]["LatestOperationRequestId"]
    assert (accepted(simulator), sent(simulator)) == (1, 1)


@pytest.mark.parametrize("api", ["v3", "v2"])
def test_a_throttled_reset_is_sent_again(module: Any, simulator: Running, api: str) -> None:
    simulator.faults([fault("throttle")])
    result = module(api=api)
    assert (result["outcome"], result["adopted"], result["submissions"]) == ("done", False, 2)
    assert (accepted(simulator), sent(simulator)) == (1, 2)


@pytest.mark.parametrize(("lost", "request_ids"), [(False, "equal"), (True, "equal"), (True, "unequal")])
def test_a_reset_that_fails_is_no_reset_that_may_be_sent_again(
    module: Any, simulator: Running, lost: bool, request_ids: str
) -> None:
    simulator.world({**WORLD, "request_ids": request_ids})
    simulator.faults([fault("operation_failed", message="no stock"), *([fault("drop", when="after")] if lost else [])])
    result = module()
    assert (result["outcome"], result["changed"], result["adopted"]) == ("failed", True, lost)
    assert "no stock" in result["msg"]
    assert (accepted(simulator), sent(simulator)) == (1, 1)


@pytest.mark.parametrize("kind", ["drop", "redirect", "cut_json"])
def test_what_cannot_be_decided_in_time_is_unknown(module: Any, simulator: Running, kind: str) -> None:
    simulator.faults([fault(kind)])
    result = module(wait_timeout=1)
    assert (result["outcome"], result["changed"], result["failed"]) == ("unknown", True, True)
    assert (accepted(simulator), sent(simulator)) == (0, 1)


def test_the_reset_of_somebody_else_is_not_taken_for_ours(module: Any, simulator: Running) -> None:
    simulator.faults([fault("drop"), fault("foreign", operation="ResetInstance", image_id=FOREIGN_IMAGE)])
    result = module()
    assert (result["outcome"], result["changed"]) == ("unknown", True)
    assert (accepted(simulator), sent(simulator)) == (0, 1)


def test_a_reset_that_another_operation_followed_is_told_by_its_effect(module: Any, simulator: Running) -> None:
    simulator.faults([fault("drop", when="after"), fault("foreign", operation="StopInstances", wait=True)])
    result = module(wait_interval=2)
    assert (result["outcome"], result["changed"]) == ("done", True)
    assert (accepted(simulator), sent(simulator)) == (1, 1)


@pytest.mark.parametrize(("kind", "api"), [("drop", "v3"), ("redirect", "v2")])
def test_by_ansible(ansible: Ansible, kind: str, api: str) -> None:
    ansible.simulator.faults([fault(kind, when="after")])
    run = ansible.adhoc({"instance_id": INSTANCE, "image_id": IMAGE, "api": api, **LOGIN})
    assert run.code == 0
    assert (run.result["outcome"], run.result["changed"], run.result["adopted"]) == ("done", True, True)
    assert (accepted(ansible.simulator), len(ansible.resets)) == (1, 1)


# --- the window that must pass


@pytest.fixture(scope="module")
def driver(collection: Path) -> Iterator[Driver]:
    with drivers(collection, 1) as (only,):
        yield only


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with service_of(Service, tmp_path, leaping=True) as service:
        yield service


@pytest.mark.parametrize(("kind", "api", "request_ids"), BEFORE)
def test_a_request_that_is_lost_is_sent_again_when_it_cannot_come_any_more(
    service: Service, driver: Driver, kind: str, api: str, request_ids: str
) -> None:
    service.begin(request_ids=request_ids)
    service.simulator.faults([fault(kind)])
    result = service.run(driver, api=api, timeout=1.5)
    assert (result["outcome"], result["changed"]) == ("done", True), result
    assert (result["adopted"], result["submissions"]) == (False, 2)
    first, second = service.calls()
    assert second["at"] - first["at"] >= 375
    assert (first["accepted"], second["accepted"], service.accepted) == (False, True, 1)


@pytest.mark.parametrize(
    ("late", "api", "request_ids"), [(60, "v3", "unequal"), (290, "v2", "equal"), (299, "v3", "equal")]
)
def test_a_request_that_takes_effect_late_is_not_sent_again(
    service: Service, driver: Driver, late: float, api: str, request_ids: str
) -> None:
    service.begin(request_ids=request_ids, lag_seconds=60)
    service.simulator.faults([fault("drop", accept_after=late)])
    result = service.run(driver, api=api)
    assert (result["outcome"], result["adopted"], result["submissions"]) == ("done", True, 1)
    assert (service.accepted, len(service.calls())) == (1, 1)


def test_an_operation_of_somebody_else_ends_the_certainty(service: Service, driver: Driver) -> None:
    service.simulator.faults([fault("drop"), fault("foreign", operation="StopInstances", after_seconds=100)])
    result = service.run(driver)
    assert (result["outcome"], result["changed"], result["submissions"]) == ("unknown", True, 1)
    assert (service.accepted, len(service.calls())) == (0, 1)


def test_with_a_simulator_whose_clock_runs_as_fast(driver: Driver, tmp_path: Path) -> None:
    clock = SharedClock(tmp_path / "leapt", origin=time.time(), speed=100)
    speed = {"clock_origin": clock.origin, "clock_speed": clock.speed}
    with running(WORLD, lag_seconds=20, reset_seconds=60, **speed) as simulator:
        simulator.faults([fault("reset")])
        task = {"endpoint": simulator.url, "instance_id": INSTANCE, "image_id": IMAGE, "wait_interval": 20}
        result = driver.run(task, clock)
        assert (result["outcome"], result["submissions"]) == ("done", 2)
        assert (accepted(simulator), sent(simulator)) == (1, 2)
