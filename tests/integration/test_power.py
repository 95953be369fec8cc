# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers started, stopped and restarted in plays and ad hoc."""

from __future__ import annotations

from typing import Any

import pytest

from .harness import Ansible, reset

POWER = "tencent.cloud.cvm_instance_power"
WEB, FREE = "ins-r8hr2upy", "ins-nocharge"
WAIT = {"wait_interval": 0.1, "wait_timeout": 60}


@pytest.fixture
def ansible(leaping: Ansible) -> Ansible:
    """Starting and stopping takes seconds, for which nobody has to wait."""
    return leaping


def power(state: str, *ids: str, **options: Any) -> dict[str, Any]:
    """A task that changes the power of these instances."""
    return {POWER: {"state": state, "instance_ids": list(ids), **WAIT, **options}}


def accepted(ansible: Ansible) -> dict[str, int]:
    """The calls that changed something."""
    return dict(ansible.simulator.state()["accepted_calls"])


def test_a_server_without_charges_is_started_reinstalled_and_stopped_again(ansible: Ansible) -> None:
    run = ansible.play(
        power("running", FREE),
        reset(FREE, image_id="img-pmqg1cw7"),
        power("stopped", FREE, stopped_mode="stop_charging"),
        power("stopped", FREE, stopped_mode="stop_charging"),
    )
    assert run.code == 0, run.everything
    assert not run.is_noisy
    assert [result["outcome"] for result in run.results] == ["done", "done", "done", "unchanged"]
    known = ansible.simulator.state()["instances"][FREE]
    assert (known["InstanceState"], known["StopChargingMode"]) == ("STOPPED", "STOP_CHARGING")


def test_check_mode_with_a_diff_changes_nothing(ansible: Ansible) -> None:
    run = ansible.play(power("stopped", WEB), arguments=["--check", "--diff"])
    assert (run.code, run.result["outcome"], run.result["changed"]) == (0, "planned", True)
    assert "+++ after" in run.out
    assert accepted(ansible) == {}


@pytest.mark.parametrize("kind", ["reset", "drop", "cut_json"])
def test_a_lost_answer_makes_no_second_restart(ansible: Ansible, kind: str) -> None:
    ansible.simulator.faults([{"action": "RebootInstances", "kind": kind, "when": "after"}])
    run = ansible.play(power("restarted", WEB, "ins-keypair1"))
    assert run.code == 0, run.everything
    assert (run.result["outcome"], run.result["adopted"]) == ("done", True)
    assert accepted(ansible) == {"RebootInstances": 1}


def test_ad_hoc(ansible: Ansible) -> None:
    run = ansible.adhoc({**power("restarted", WEB)[POWER]}, module=POWER)
    assert (run.code, run.result["outcome"]) == (0, "done")
    assert run.result["reason"] == f"{WEB}: restarted (RequestId {run.result['request_id']})."


def test_a_failure_says_all_of_it(ansible: Ansible) -> None:
    run = ansible.play(power("restarted", "web-01", "ins-stopped1", "ins-nobody00"))
    assert run.code != 0
    assert (run.result["outcome"], len(run.result["problems"])) == ("refused", 3)
    assert "Use state: running to start it" in run.result["msg"]
    assert accepted(ansible) == {}
