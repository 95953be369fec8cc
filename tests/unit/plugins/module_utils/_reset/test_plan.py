# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan shows, and when there is nothing to do."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._reset.plan import Plan, make_plan
from tests.unit.support.situations import CURRENT, KEY_ID, TARGET, WINDOWS, Case, is_, wants

RESET_FAILED = {"latest_operation": "ResetInstance", "latest_operation_state": "FAILED"}
DIFFERS = {"policy": "image_differs"}
SAME = {"policy": "image_differs", "image_id": CURRENT}


def plan(case: Case) -> Plan:
    return make_plan(case.context)


def services(automation: str, security: str, monitor: str) -> dict[str, str]:
    return {"security_service": security, "monitor_service": monitor, "automation_service": automation}


def test_both_sides_of_the_diff() -> None:
    case = Case(
        {"disk_size": 60, "host_name": "web-9", "key_ids": (KEY_ID,)},
        instance={"login_settings": {"key_ids": ["skey-b", "skey-a"]}},
        image={"image_name": "golden", "os_name": "Ubuntu 22.04", "platform": "Ubuntu"},
    )
    whole = plan(case)
    assert whole.before == {
        "instance_state": "RUNNING",
        "image_id": CURRENT,
        "image_name": "plain",
        "os_name": "CentOS 7.6 64bit",
        "platform": "Linux",
        "system_disk": {"disk_id": "disk-00000001", "disk_size": 50, "content": "kept"},
        "host_name": "web-1",
        "login": "key pairs skey-a, skey-b",
        "enhanced_service": services(*["not reported by the API"] * 3),
    }
    assert whole.after == {
        "instance_state": "RUNNING",
        "image_id": TARGET,
        "image_name": "golden",
        "os_name": "Ubuntu 22.04",
        "platform": "Linux",
        "system_disk": {"disk_id": "disk-00000001", "disk_size": 60, "content": "wiped"},
        "host_name": "web-9",
        "login": f"key pairs {KEY_ID}",
        "enhanced_service": services(*["on (default of the API)"] * 3),
    }
    assert whole.needed
    assert whole.problems == whole.warnings == []


def test_a_stopped_instance_is_started_and_nobody_is_surprised() -> None:
    whole = plan(is_(instance_state="STOPPED"))
    assert (whole.before["instance_state"], whole.after["instance_state"]) == ("STOPPED", "RUNNING")
    assert [warning.message for warning in whole.warnings] == ["The instance is stopped, and the reset starts it."]
    left = plan(Case({"image_id": CURRENT, "policy": "image_differs"}, instance={"instance_state": "STOPPED"}))
    assert (left.after["instance_state"], left.warnings) == ("STOPPED", [])


def test_what_is_not_given_stays_or_is_left_to_the_api() -> None:
    after = plan(wants(image_id=None)).after
    assert after["image_id"] == CURRENT
    assert after["os_name"] == "CentOS 7.6 64bit"
    assert after["system_disk"]["disk_size"] == 50
    assert after["system_disk"]["content"] == "wiped"
    assert after["host_name"] == "left to the API"


@pytest.mark.parametrize(
    ("desired", "text"),
    [
        ({"password": "Abcdef12"}, "password"),
        ({"key_ids": ("skey-b", "skey-a")}, "key pairs skey-a, skey-b"),
        ({"keep_image_login": True}, "as in the image"),
        ({"keep_image_login": False}, "random password, sent to the message centre"),
    ],
)
def test_the_login(desired: dict[str, Any], text: str) -> None:
    whole = plan(wants(**desired))
    assert whole.after["login"] == text
    assert "Abcdef12" not in repr(whole)


@pytest.mark.parametrize(
    ("api", "kind", "given", "shown"),
    [
        ("v3", "PUBLIC_IMAGE", {}, services(*["on (default of the API)"] * 3)),
        ("v3", "PRIVATE_IMAGE", {}, services(*["as in the image (default of the API)"] * 3)),
        ("v3", "MARKET_IMAGE", {}, services(*["as in the image (default of the API)"] * 3)),
        ("v2", "PRIVATE_IMAGE", {}, services("not known to the legacy API", *["on (default of the API)"] * 2)),
        (
            "v3",
            "PUBLIC_IMAGE",
            {"security_service": False, "automation_service": True},
            services("on", "off", "on (default of the API)"),
        ),
        (
            "v2",
            "PUBLIC_IMAGE",
            {"monitor_service": False},
            services("not known to the legacy API", "on (default of the API)", "off"),
        ),
    ],
)
def test_the_services_with_the_defaults_of_each_api(
    api: str, kind: str, given: dict[str, bool], shown: dict[str, str]
) -> None:
    assert (
        plan(Case({"enhanced_service": given}, image={"image_type": kind}, api=api)).after["enhanced_service"] == shown
    )


@pytest.mark.parametrize(("current", "target"), [({}, WINDOWS), (WINDOWS, {})])
def test_a_switch_of_the_platform_may_change_the_disk(current: dict[str, Any], target: dict[str, Any]) -> None:
    whole = plan(Case(current=current, image=target))
    assert {whole.before["platform"], whole.after["platform"]} == {"Linux", "Windows"}
    assert "snapshots of disk-00000001 could then not be restored" in whole.after["system_disk"]["disk_id"]
    assert "SystemDiskIdChanges" in {warning.code for warning in whole.warnings}


def test_the_platform_of_an_instance_whose_image_is_gone_is_read_from_its_system() -> None:
    whole = plan(Case(current=None, instance={"os_name": "Windows Server 2012 R2"}))
    assert whole.before["platform"] == "Windows"
    assert whole.before["image_name"] is None


@pytest.mark.parametrize(
    ("case", "needed"),
    [
        (Case(SAME), False),
        (Case(SAME, instance=RESET_FAILED), True),
        (Case(SAME, instance={**RESET_FAILED, "latest_operation": "StopInstances"}), False),
        (Case(SAME, instance={**RESET_FAILED, "latest_operation_state": "SUCCESS"}), False),
        (Case(SAME, instance=dict.fromkeys(RESET_FAILED)), False),
        (Case(DIFFERS), True),
        (Case(SAME, instance=None), True),
        (Case({"image_id": CURRENT}), True),
        (Case({"image_id": None}), True),
    ],
)
def test_when_there_is_something_to_do(case: Case, needed: bool) -> None:
    assert plan(case).needed is needed


def test_nothing_to_do_shows_no_change_and_warns_of_nothing() -> None:
    whole = plan(Case({**SAME, "password": None, "disk_size": 60}))
    assert whole.after == whole.before
    assert whole.problems == whole.warnings == []


def test_what_is_expected_counts_only_while_there_is_something_to_do() -> None:
    elsewhere = {"expected": {"image_id": TARGET}}
    assert plan(Case({**SAME, **elsewhere})).problems == []
    assert [problem.code for problem in plan(Case({**DIFFERS, "expected": {"image_id": TARGET}})).problems] == [
        "UnexpectedInstance"
    ]
    failed = Case({**SAME, **elsewhere}, instance=RESET_FAILED)
    assert [problem.code for problem in plan(failed).problems] == ["UnexpectedInstance"]


def test_other_problems_count_all_the_same() -> None:
    assert [problem.option for problem in plan(Case({**SAME, "host_name": "-"})).problems] == ["host_name"]


@pytest.mark.parametrize("case", [is_(login_settings=None), is_(login_settings={"key_ids": None})])
def test_a_login_that_the_api_does_not_show(case: Case) -> None:
    assert plan(case).before["login"] == "not reported by the API"
