# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module that starts, stops and restarts, from its options to its exit, on a simulator."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.tencent.cloud.plugins.modules import cvm_instance_power, cvm_reset_instance
from tests.unit.support.modules import ADDED, Modules
from tests.unit.support.simulated import KEY

WEB, FREE = "ins-r8hr2upy", "ins-nocharge"
DOCUMENTED = set(yaml.safe_load(cvm_instance_power.RETURN))


def accepted(modules: Modules) -> dict[str, int]:
    return dict(modules.bench.simulator.snapshot()["accepted_calls"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"state": "running"}, "missing required arguments: instance_ids"),
        ({"instance_ids": [WEB]}, "missing required arguments: state"),
        ({"instance_ids": [WEB], "state": "off"}, "value of state must be one of: running, stopped, restarted"),
        ({"instance_ids": [WEB], "state": "stopped", "stop_type": "HARD"}, "value of stop_type must be one of"),
        ({"instance_ids": [], "state": "stopped"}, "instance_ids: It names no instance. Give at least one."),
        (
            {"instance_ids": [WEB], "state": "restarted", "stopped_mode": "stop_charging"},
            "stopped_mode: It has no effect with state: restarted. Leave it out.",
        ),
        ({"instance_ids": [WEB], "state": "stopped", "wait_timeout": 0}, "Give 1 to 604800 seconds."),
    ],
)
def test_options_that_cannot_be(modules: Modules, options: dict[str, Any], words: str) -> None:
    result = modules(cvm_instance_power, **options)
    assert result["failed"]
    assert words in result["msg"]
    assert set(modules.bench.calls) <= {"DescribeInstances"}


def test_every_end_has_the_documented_keys(modules: Modules) -> None:
    ends = [
        (modules(cvm_instance_power, check=True, instance_ids=[WEB], state="stopped"), "planned", True),
        (modules(cvm_instance_power, instance_ids=[WEB], state="stopped"), "done", True),
        (modules(cvm_instance_power, instance_ids=[WEB], state="stopped"), "unchanged", False),
        (modules(cvm_instance_power, instance_ids=[WEB], state="restarted"), "refused", False),
        (modules(cvm_instance_power, instance_ids=[], state="running"), "refused", False),
        (modules(cvm_instance_power, instance_ids=[WEB], state="running", secret_key="wrong"), "refused", False),
        (modules(cvm_instance_power, instance_ids=[WEB], state="running", wait=False), "accepted", True),
    ]
    for result, outcome, changed in ends:
        assert set(result) - ADDED == DOCUMENTED, outcome
        assert (result["outcome"], result["changed"]) == (outcome, changed)
        assert bool(result.get("failed")) is (outcome == "refused")
    assert accepted(modules) == {"StopInstances": 1, "StartInstances": 1}


def test_all_problems_of_all_instances_refuse_before_anything_is_sent(modules: Modules) -> None:
    ids = ["web-01", WEB, "ins-nobody00", "ins-rescue01"]
    for check in (True, False):
        result = modules(cvm_instance_power, check=check, instance_ids=ids, state="stopped")
        assert [problem["code"] for problem in result["problems"]] == [
            "InvalidInstanceId.Malformed",
            "InvalidInstanceId.NotFound",
            "UnsupportedOperation.InstanceStateRescueMode",
        ]
        assert result["msg"].startswith(
            "Nothing was sent, for 3 problems: (1) instance_ids: web-01: it is not a valid id"
        )
        assert [one["instance_id"] for one in result["previous"]] == [WEB, "ins-rescue01"]
    assert accepted(modules) == {}


def test_a_server_without_charges_is_started_and_then_reinstalled(modules: Modules) -> None:
    reset = {"instance_id": FREE, "image_id": "img-pmqg1cw7", "login_settings": {"key_ids": ["skey-b4vakk62"]}}
    refused = modules(cvm_reset_instance, **reset)
    assert "cvm_instance_power" in refused["msg"]
    assert modules(cvm_instance_power, instance_ids=[FREE], state="running")["outcome"] == "done"
    assert modules(cvm_reset_instance, **reset)["outcome"] == "done"


def test_a_diff_shows_each_instance(modules: Modules) -> None:
    options = {"instance_ids": [WEB, "ins-stopped1"], "state": "stopped", "stopped_mode": "keep_charging"}
    planned = modules(cvm_instance_power, check=True, diff=True, **options)["diff"]
    done = modules(cvm_instance_power, diff=True, **options)["diff"]
    stopped = {"instance_state": "STOPPED", "stop_charging_mode": "KEEP_CHARGING"}
    assert done["after"] == {WEB: stopped, "ins-stopped1": stopped}
    assert done["before"] == {**done["after"], WEB: planned["before"][WEB]}
    assert planned["before"][WEB]["instance_state"] == "RUNNING"
    assert planned["after"][WEB] == {"instance_state": "STOPPED", "stop_charging_mode": "KEEP_CHARGING"}
    again = modules(cvm_instance_power, diff=True, instance_ids=["ins-keypair1"], state="restarted")["diff"]
    assert again["after"] == {"ins-keypair1": {"instance_state": "RUNNING (rebooted)"}}


def test_what_is_unknown_is_no_success_and_changed(modules: Modules) -> None:
    modules.bench.fault("drop", "RebootInstances")
    result = modules(cvm_instance_power, instance_ids=[WEB], state="restarted", wait_timeout=60)
    assert (result["failed"], result["outcome"], result["changed"]) == (True, "unknown", True)
    assert (result["request_id"], result["error"]["code"]) == (None, "NoAnswer")


def test_the_older_interface_knows_it(modules: Modules) -> None:
    result = modules(cvm_instance_power, api="v2", instance_ids=[WEB], state="restarted")
    assert result["outcome"] == "done"
    assert {call["generation"] for call in modules.bench.simulator.snapshot()["calls"]} == {"legacy"}


def test_no_secret_is_shown(modules: Modules) -> None:
    shown = str(modules(cvm_instance_power, diff=True, instance_ids=[WEB], state="restarted"))
    assert KEY.secret_key not in shown
