# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules on the instance and its system disk: what breaks each, and what comes close."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._reset.rules_instance import RULES, is_instance_id
from tests.unit.support.situations import CURRENT, Case, complaints, disk, idle, is_, wants

MALFORMED = ("instance_id", "InvalidInstanceId.Malformed")
BUSY = ("instance_id", "OperationDenied.InstanceOperationInProgress")
STARTS = ("instance_id", "InstanceStarts")
CHARGES = ("instance_id", "UnsupportedOperation.StoppedModeStopCharging")
ISOLATED = ("instance_id", "UnsupportedOperation.InstanceStateIsolating")
SPOT = ("instance_id", "UnsupportedOperation.InstanceChargeType")
PROTECTED = ("override_protection", "ProtectedInstance")
UNEXPECTED = ("expected", "UnexpectedInstance")
DISK = ("system_disk.disk_size", "InvalidParameterValue")
LOCAL_DISK = ("system_disk.disk_size", "UnsupportedOperation")
STATES = {
    "PENDING": "Pending",
    "STARTING": "Starting",
    "STOPPING": "Stopping",
    "REBOOTING": "Rebooting",
    "SHUTDOWN": "Shutdown",
    "TERMINATING": "Terminating",
    "TERMINATED": "Terminated",
    "FREEZING": "Freezing",
    "ISOLATING": "Isolating",
    "CORRUPTED": "Corrupted",
    "ENTER_RESCUE_MODE": "EnterRescueMode",
    "RESCUE_MODE": "RescueMode",
    "EXIT_RESCUE_MODE": "ExitRescueMode",
    "ENTER_SERVICE_LIVE_MIGRATE": "EnterServiceLiveMigrate",
    "SERVICE_LIVE_MIGRATE": "ServiceLiveMigrate",
    "EXIT_SERVICE_LIVE_MIGRATE": "ExitServiceLiveMigrate",
}
KEY = ("idempotency_key", "InvalidParameterValue")
POLICY = ("policy", "UnsupportedOperation")
LOCAL = disk(disk_type="LOCAL_BASIC")


def once(key: str | None = "CHG-1", **instance: Any) -> Case:
    return Case({"policy": "once", "idempotency_key": key}, instance=instance)


def expects(**expected: object) -> Case:
    return wants(expected=expected)


BROKEN = [
    *((wants(instance_id=text), MALFORMED) for text in ("", "ins-1122", "ins-R8HR2UPY", "i-00000001", "ins-000000012")),
    *((wants(instance_id=text), MALFORMED) for text in ("ins-00000001\n", " ins-00000001", "ins-0000000\u0661")),
    (Case(instance=None), ("instance_id", "InvalidInstanceId.NotFound")),
    *(
        (is_(instance_state=state), ("instance_id", f"UnsupportedOperation.InstanceState{name}"))
        for state, name in STATES.items()
    ),
    (is_(instance_state="LAUNCH_FAILED"), ("instance_id", "InvalidInstance.NotSupported")),
    (is_(instance_state="HIBERNATING"), ("instance_id", "UnsupportedOperation")),
    (is_(instance_state=None), ("instance_id", "UnsupportedOperation")),
    (is_(latest_operation="StopInstances", latest_operation_state="OPERATING"), BUSY),
    (is_(instance_state="STOPPED", stop_charging_mode="STOP_CHARGING"), CHARGES),
    (is_(instance_state="STOPPED"), STARTS),
    (is_(instance_state="STOPPED", stop_charging_mode="KEEP_CHARGING"), STARTS),
    (is_(restrict_state="EXPIRED"), ISOLATED),
    (is_(restrict_state="PROTECTIVELY_ISOLATED"), ISOLATED),
    (is_(instance_charge_type="SPOTPAID"), SPOT),
    (is_(disable_api_termination=True), PROTECTED),
    (expects(instance_name="web-2"), UNEXPECTED),
    (expects(instance_name=""), UNEXPECTED),
    (expects(image_id="img-00000000"), UNEXPECTED),
    (expects(private_ip_address="10.0.0.3"), UNEXPECTED),
    (expects(tags={"env": "production"}), UNEXPECTED),
    (expects(tags={"env": "test", "team": "a"}), UNEXPECTED),
    (Case({"expected": {"tags": {"env": "test"}}}, instance={"tags": None}), UNEXPECTED),
    (Case({"expected": {"private_ip_address": "10.0.0.1"}}, instance={"private_ip_addresses": None}), UNEXPECTED),
    (wants(disk_size=49), DISK),
    (Case({"disk_size": 0}, instance={"system_disk": None}), DISK),
    (Case({"disk_size": -1}, instance={"system_disk": disk(disk_size=None)}), DISK),
    (Case({"disk_size": 60}, instance={"system_disk": LOCAL}), LOCAL_DISK),
    (Case({"disk_size": 60}, instance={"system_disk": disk(disk_type="LOCAL_SSD")}), LOCAL_DISK),
    *((once(key), KEY) for key in (None, "", "a b", "a/b", "a" * 65, "a\n", "\u0661")),
    (Case({"policy": "once", "idempotency_key": "CHG-1"}, api="v2"), POLICY),
    (Case({"policy": "image_differs"}, instance={"image_id": None}), POLICY),
]
SOUND = [
    Case(),
    is_(instance_state="RUNNING", stop_charging_mode="STOP_CHARGING"),
    is_(latest_operation="ResetInstance", latest_operation_state="FAILED"),
    is_(latest_operation=None, latest_operation_state=None, latest_operation_request_id=None),
    is_(restrict_state=None),
    is_(restrict_state=""),
    is_(instance_charge_type="PREPAID"),
    is_(disable_api_termination=None),
    Case({"override_protection": True}, instance={"disable_api_termination": True}),
    expects(instance_name="web-1", image_id=CURRENT, private_ip_address="10.0.0.2", tags={"env": "test"}),
    expects(instance_name=None, tags={}),
    Case({"expected": {"tags": {"size": 3}}}, instance={"tags": {"size": "3"}}),
    Case({"expected": {"tags": {"empty": ""}}}, instance={"tags": {"empty": ""}}),
    wants(disk_size=50),
    wants(disk_size=51),
    Case({"disk_size": 50}, instance={"system_disk": LOCAL}),
    Case({"disk_size": 50}, instance={"system_disk": disk(disk_type=None)}),
    Case(instance={"system_disk": LOCAL}),
    *(once(key) for key in ("CHG-1", "a" * 64, "a.b_c:d-e", "7")),
    wants(idempotency_key="not a key"),
    Case(instance={"latest_operation_request_id": None}, api="v2"),
    once(latest_operation_request_id=None),
]


@pytest.mark.parametrize(("case", "complaint"), BROKEN)
def test_what_breaks_a_rule(case: Case, complaint: tuple[str, str]) -> None:
    assert complaints(RULES, case) == {complaint}


@pytest.mark.parametrize("case", SOUND)
def test_what_comes_close(case: Case) -> None:
    assert complaints(RULES, case) == set()


def test_every_rule_is_tried() -> None:
    assert idle(RULES, [case for case, complaint in BROKEN]) == []


def test_only_an_unlisted_state_and_the_start_are_mere_warnings() -> None:
    assert [rule.find.__name__ for rule in RULES if not rule.hard] == ["_unknown_state", "_starts"]


@pytest.mark.parametrize("unknown", [None, ""])
def test_a_running_operation_without_a_name_and_an_id(unknown: str | None) -> None:
    case = is_(latest_operation=unknown, latest_operation_state="OPERATING", latest_operation_request_id=unknown)
    text = next(filter(None, (rule.find(case.context) for rule in RULES)))
    assert text == "An operation is still running on the instance."


def test_an_instance_that_was_not_asked_for_is_not_missing() -> None:
    case = Case({"instance_id": "ins-1"}, instance=None)
    facts = case.context.facts
    assert "instance" in facts.asked
    unasked = case.context.__class__(case.context.desired, facts.__class__("v3", "ap-guangzhou"))
    assert [rule.codes[0] for rule in RULES if rule.find(unasked)] == [MALFORMED[1]]


def test_a_running_operation_is_named_with_its_request_id() -> None:
    case = is_(latest_operation="CreateImage", latest_operation_state="OPERATING", latest_operation_request_id="r-1")
    text = next(filter(None, (rule.find(case.context) for rule in RULES)))
    assert "CreateImage" in text
    assert "r-1" in text


def test_a_running_operation_without_a_request_id_announces_none() -> None:
    case = is_(latest_operation=None, latest_operation_state="OPERATING", latest_operation_request_id=None)
    text = next(filter(None, (rule.find(case.context) for rule in RULES)))
    assert text == "An operation is still running on the instance."


def test_everything_unexpected_is_named_at_once() -> None:
    case = expects(instance_name="web-2", image_id=CURRENT, private_ip_address="10.9.9.9", tags={"env": "x"})
    text = next(filter(None, (rule.find(case.context) for rule in RULES)))
    assert text == (
        "The instance is not the expected one: instance_name is 'web-1' and not 'web-2'; private_ip_addresses are "
        "'10.0.0.1', '10.0.0.2', without '10.9.9.9'; the tag 'env' is 'test' and not 'x'."
    )


def test_what_an_instance_lacks_is_named() -> None:
    case = Case({"expected": {"private_ip_address": "10.0.0.1", "tags": {"a": 1}}}, {"private_ip_addresses": None})
    text = next(filter(None, (rule.find(case.context) for rule in RULES)))
    assert text.endswith(
        "private_ip_addresses are none, without '10.0.0.1'; the tag 'a' is missing, and should be '1'."
    )


@pytest.mark.parametrize(("text", "good"), [("ins-r8hr2upy", True), ("ins-r8hr2up", False), ("INS-r8hr2upy", False)])
def test_the_form_of_instance_ids(text: str, good: bool) -> None:
    assert is_instance_id(text) is good
