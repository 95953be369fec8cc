# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policy once for those who come again: after a success, a failure, a refusal; with another key; with a cloned tag."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.world import OPERATED

from .harness import Ansible, reset
from .processes import Driver, drivers
from .service import IMAGE, INSTANCE, OnceService, logged, service_of

CLONE = "ins-stopped1"


@pytest.fixture(scope="module")
def driver(collection: Path) -> Iterator[Driver]:
    with drivers(collection, 1) as (only,):
        yield only


@pytest.fixture
def service(tmp_path: Path) -> Iterator[OnceService]:
    with service_of(OnceService, tmp_path, leaping=True) as service:
        yield service


def outcomes(service: OnceService, driver: Driver, *keys: str) -> list[str]:
    return [service.run(driver, idempotency_key=key)["outcome"] for key in keys]


def test_a_key_that_is_done_is_done(service: OnceService, driver: Driver) -> None:
    assert outcomes(service, driver, "K1", "K1", "K1") == ["done", "unchanged", "unchanged"]
    assert service.accepted == 1


def test_the_last_key_alone_is_remembered(service: OnceService, driver: Driver) -> None:
    assert outcomes(service, driver, "K1", "K2", "K1", "K1") == ["done", "done", "done", "unchanged"]
    assert service.accepted == 3


def test_a_failed_reset_fails_until_the_key_changes(service: OnceService, driver: Driver) -> None:
    service.simulator.faults([{"kind": "operation_failed", "action": "ResetInstance", "message": "no stock"}])
    assert outcomes(service, driver, "K1", "K1") == ["failed", "failed"]
    assert service.accepted == 1
    assert outcomes(service, driver, "K2") == ["done"]


def test_a_rejected_reset_is_tried_anew(service: OnceService, driver: Driver) -> None:
    service.simulator.faults([{"kind": "error", "action": "ResetInstance", "code": "InvalidAccount.UnpaidOrder"}])
    assert outcomes(service, driver, "K1") == ["refused"]
    assert (service.accepted, service.entry.state) == (0, "rejected")
    assert outcomes(service, driver, "K1") == ["done"]
    assert service.accepted == 1


def test_without_wait_the_next_run_waits(service: OnceService, driver: Driver) -> None:
    assert service.run(driver, wait=False)["outcome"] == "accepted"
    result = service.run(driver)
    assert (result["outcome"], result["adopted"], result["submissions"]) == ("done", True, 0)
    assert service.accepted == 1


@pytest.mark.parametrize("state", ["pending", "accepted", "done", "failed"])
def test_a_cloned_tag_says_nothing(service: OnceService, driver: Driver, state: str) -> None:
    cloned = logged(instance_id=CLONE, state=state, expires_at=2**33)
    service.begin(instances={INSTANCE: {"Tags": [cloned]}})
    assert outcomes(service, driver, "K1", "K1") == ["done", "unchanged"]
    assert service.accepted == 1
    assert service.entry.instance_id == INSTANCE


@pytest.mark.parametrize(
    ("denied", "outcome"),
    [
        ("DescribeResourceTagsByResourceIds", "refused"),
        ("ModifyResourceTags", "refused"),
        ("DeleteTag", "done"),
    ],
)
def test_a_permission_that_is_missing(service: OnceService, driver: Driver, denied: str, outcome: str) -> None:
    """Nothing is sent without the log; that outdated values of the tag stay is no harm."""
    service.begin(denied_actions=[f"name/tag:{denied}"])
    result = service.run(driver)
    assert result["outcome"] == outcome
    assert service.accepted == (outcome == "done")
    assert outcome == "done" or f"tag:{denied}" in result["reason"]


# --- the same by playbooks


def once(instance_id: str = INSTANCE, key: str = "K1") -> dict[str, Any]:
    return reset(instance_id, image_id=IMAGE, policy="once", idempotency_key=key)


def test_playbooks_that_come_again(leaping: Ansible) -> None:
    """One resets; one finds a cloned tag, and one what earlier runs have left."""
    entries: dict[str, dict[str, Any]] = {
        "ins-keypair1": {"state": "done"},
        "ins-protect1": {"state": "failed"},
        "ins-winlarge": {"state": "pending", "expires_at": 2**33},
        CLONE: {"instance_id": INSTANCE, "state": "done"},
    }
    tags = {name: {"Tags": [logged(name, **{"instance_id": name, **entry})]} for name, entry in entries.items()}
    # What was written a moment ago and is read late, the second run would wait for; that has its own test.
    leaping.simulator.world(
        {"extends": "builtin", "instance_defaults": OPERATED, "tag_lag_seconds": 0, "instances": tags}
    )
    plays = {
        "twice": [once(), once()],
        "cloned": [once(CLONE)],
        "left": [once("ins-keypair1"), once("ins-protect1"), once("ins-winlarge"), once("ins-keypair1", "")],
    }
    runs = {name: leaping.play(*tasks, stop=False) for name, tasks in plays.items()}
    told = {name: [result.get("outcome") for result in run.results] for name, run in runs.items()}
    assert told == {
        "twice": ["done", "unchanged"],
        "cloned": ["done"],
        "left": ["unchanged", "failed", "refused", "refused"],
    }
    assert leaping.simulator.state()["accepted"] == {INSTANCE: 1, CLONE: 1}
    first, second = runs["twice"].results
    assert (first["changed"], second["changed"]) == (True, False)
    assert second["request_id"] == first["request_id"]
    assert runs["left"].code == 0


@pytest.mark.parametrize("denied", ["DescribeResourceTagsByResourceIds", "ModifyResourceTags"])
def test_a_playbook_without_the_permission(ansible: Ansible, denied: str) -> None:
    ansible.simulator.world({"extends": "builtin", "denied_actions": [f"name/tag:{denied}"]})
    run = ansible.play(once())
    assert run.code != 0
    assert (run.result["outcome"], run.result["changed"]) == ("refused", False)
    assert f"tag:{denied}" in run.result["msg"]
    assert ansible.resets == []
