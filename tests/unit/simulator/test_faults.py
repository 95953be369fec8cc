# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every kind of fault, before and after acceptance, on a simulated clock."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.simulator.faults.plan import OPTIONS
from tests.unit.support.bench import Bench, code

ID = "ins-r8hr2upy"
WIRE = {
    "drop": ("drop", 200),
    "reset": ("reset", 200),
    "hang": ("hang", 200),
    "cut": ("cut", 200),
    "http": ("answer", 502),
    "html": ("answer", 200),
    "redirect": ("answer", 307),
    "cut_json": ("answer", 200),
    "empty": ("answer", 200),
    "error": ("answer", 200),
    "numeric": ("answer", 200),
    "throttle": ("answer", 200),
    "no_request_id": ("answer", 200),
    "late": ("answer", 200),
}


@pytest.mark.parametrize("kind", WIRE)
@pytest.mark.parametrize(("when", "accepted"), [("before", {}), ("after", {ID: 1})])
def test_faults_of_the_answer(kind: str, when: str, accepted: dict[str, int]) -> None:
    sim = Bench()
    sim.fault(kind, when=when)
    reply = sim.raw("ResetInstance", {"InstanceId": ID})
    assert (reply.fate, reply.status) == WIRE[kind]
    assert sim.state["accepted"] == accepted
    assert sim.state["calls"][-1]["fault"] == kind
    assert sim.state["faults"] == []
    sim.wait(10)
    assert code(sim.reset()) is None


def body(kind: str, *, legacy: bool = False, **options: Any) -> Any:
    sim = Bench()
    sim.fault(kind, **options)
    parameters = {"InstanceId": ID}
    return (sim.raw_legacy if legacy else sim.raw)("ResetInstance", parameters).json()


def test_bodies_of_the_answers() -> None:
    assert body("no_request_id") == {"Response": {}}
    assert body("numeric") == {"code": 6000, "message": "Internal server error.", "codeDesc": "InternalError"}
    assert code(body("error", code="ResourceInUse", message="m")["Response"]) == "ResourceInUse"
    assert code(body("throttle")["Response"]) == "RequestLimitExceeded"
    throttled = body("throttle", legacy=True)["Response"]
    assert code(throttled) == "InvalidRequest.RequestConcurrencyExceeded"
    with pytest.raises(json.JSONDecodeError):
        body("cut_json")
    with pytest.raises(json.JSONDecodeError):
        body("html")


def test_options_of_the_answers() -> None:
    sim = Bench()
    sim.simulator.faults(
        [
            {"action": "ResetInstance", "kind": "redirect", "status": 308, "location": "/elsewhere"},
            {"action": "ResetInstance", "kind": "hang", "seconds": 7, "nth": 2},
        ]
    )
    first = sim.raw("ResetInstance", {"InstanceId": ID})
    assert (first.status, first.headers["Location"]) == (308, "/elsewhere")
    assert sim.raw("ResetInstance", {"InstanceId": ID}).seconds == 7


def test_a_redirect_leads_back_to_the_same_address() -> None:
    sim = Bench()
    sim.fault("redirect", times=2)
    assert sim.raw_legacy("ResetInstance", {"InstanceId": ID}).headers["Location"] == "/v2/index.php"
    assert (
        sim.raw_legacy("ResetInstance", {"InstanceId": ID}, method="GET")
        .headers["Location"]
        .startswith("/v2/index.php?Action=ResetInstance&")
    )


def test_nth_times_and_instance_select_the_calls() -> None:
    sim = Bench()
    sim.fault("http", "DescribeInstances", nth=2, times=2, instance_id=ID)
    other, mine = {"InstanceIds": ["ins-stopped1"]}, {"InstanceIds": [ID]}
    statuses = [sim.raw("DescribeInstances", wanted).status for wanted in (mine, other, mine, other, mine, mine)]
    assert statuses == [200, 200, 502, 200, 502, 200]


def test_faults_count_from_when_they_were_planned() -> None:
    sim = Bench()
    sim.call("DescribeInstances")
    sim.fault("http", "DescribeInstances")
    sim.fault("html", "DescribeInstances")
    assert sim.raw("DescribeInstances").body.startswith(b"<html>")
    assert sim.raw("DescribeInstances").status == 200


@pytest.mark.parametrize("delay", [0, 60, 290])
def test_late_acceptance(delay: int) -> None:
    sim = Bench(lag_seconds=0)
    sim.fault("drop", accept_after=delay)
    assert sim.raw("ResetInstance", {"InstanceId": ID}).fate == "drop"
    request_id = sim.state["calls"][-1]["request_id"]
    sim.wait(delay - 1 if delay else 0)
    assert sim.state["accepted"] == ({} if delay else {ID: 1})
    sim.wait(1)
    assert sim.state["accepted"] == {ID: 1}
    assert sim.seen()["LatestOperationRequestId"] == request_id
    assert sim.state["calls"][0]["accepted"] is True


def test_late_acceptance_ends_with_the_timestamp() -> None:
    sim = Bench()
    sim.fault("late", accept_after=301)
    assert code(sim.reset()) is None
    sim.wait(400)
    assert sim.state["accepted"] == {}
    assert sim.state["calls"][0]["code"] == "AuthFailure.SignatureExpire"


def test_late_acceptance_meets_the_checks_of_its_moment() -> None:
    sim = Bench(reset_seconds=100)
    sim.fault("drop", accept_after=60)
    sim.raw("ResetInstance", {"InstanceId": ID})
    sim.reset()
    sim.wait(60)
    assert sim.state["accepted"] == {ID: 1}
    assert sim.state["calls"][0]["code"] == "OperationDenied.InstanceOperationInProgress"


def test_a_late_operation_begins_and_ends_at_its_own_moments() -> None:
    sim = Bench(reset_seconds=30, lag_seconds=0)
    sim.fault("drop", accept_after=10)
    sim.raw("ResetInstance", {"InstanceId": ID, "ImageId": "img-pmqg1cw7"})
    sim.wait(200)
    assert sim.seen()["ImageId"] == "img-pmqg1cw7"
    assert sim.state["calls"][0]["processed_at"] == sim.now - 190


def test_an_operation_may_fail() -> None:
    sim = Bench(lag_seconds=0)
    sim.fault("operation_failed", message="disk broken")
    assert code(sim.reset(ImageId="img-pmqg1cw7")) is None
    assert sim.seen()["InstanceState"] == "STOPPING"
    sim.wait(2)
    seen = sim.seen()
    assert (seen["LatestOperationState"], seen["LatestOperationErrorMsg"]) == ("FAILED", "disk broken")
    assert (seen["ImageId"], seen["InstanceState"]) == ("img-9qabwvbn", "RUNNING")


def test_a_failing_operation_whose_answer_is_lost() -> None:
    sim = Bench(lag_seconds=0)
    sim.simulator.faults(
        [
            {"action": "ResetInstance", "kind": "operation_failed"},
            {"action": "ResetInstance", "kind": "drop", "when": "after"},
        ]
    )
    assert sim.raw("ResetInstance", {"InstanceId": ID}).fate == "drop"
    sim.wait(2)
    assert sim.seen()["LatestOperationState"] == "FAILED"


def test_views_of_readers() -> None:
    sim = Bench(lag_seconds=0)
    before = sim.seen()
    request_id = sim.reset(ImageId="img-pmqg1cw7")["RequestId"]
    sim.wait(2)
    done = sim.seen()
    sim.fault("torn", "DescribeInstances")
    torn = sim.seen()
    assert torn == {**before, "LatestOperation": "ResetInstance", "LatestOperationRequestId": request_id}
    sim.fault("stale", "DescribeInstances")
    assert sim.seen() == before
    sim.fault("null", "DescribeInstances")
    nulls = {name for name, value in sim.seen().items() if value is None and done[name] is not None}
    assert nulls == {name for name in done if name.startswith("LatestOperation")}
    sim.fault("vanished", "DescribeInstances", instance_id=ID)
    answer = sim.call("DescribeInstances", {"InstanceIds": [ID, "ins-stopped1"]})
    assert [record["InstanceId"] for record in answer["InstanceSet"]] == ["ins-stopped1"]
    assert sim.seen() == done


def test_a_foreign_reset() -> None:
    sim = Bench(lag_seconds=0)
    sim.fault("foreign", "DescribeInstances", image_id="img-pmqg1cw7", after_seconds=5)
    sim.seen()
    sim.wait(5)
    seen = sim.seen()
    (foreign,) = sim.state["foreign"]
    assert foreign["accepted"]
    assert seen["LatestOperationRequestId"] == foreign["request_id"]
    assert sim.state["accepted"] == {}
    sim.wait(2)
    assert sim.seen()["ImageId"] == "img-pmqg1cw7"


@pytest.mark.parametrize(
    ("operation", "state"),
    [
        ("StopInstances", "STOPPED"),
        ("RebootInstances", "RUNNING"),
        ("RenewInstances", "RUNNING"),
        ("ModifyInstancesAttribute.SecurityGroups", "RUNNING"),
    ],
)
def test_foreign_operations(operation: str, state: str) -> None:
    sim = Bench(lag_seconds=0)
    sim.fault("foreign", operation=operation, after_seconds=3, when="after")
    sim.reset()
    sim.wait(3)
    assert sim.seen()["LatestOperation"] == operation
    assert code(sim.reset()) == "OperationDenied.InstanceOperationInProgress"
    sim.wait(1)
    assert (sim.seen()["LatestOperationState"], sim.seen()["InstanceState"]) == ("SUCCESS", state)


@pytest.mark.parametrize("name", ["InstanceName", "CamRoleName"])
def test_a_foreign_change_of_an_attribute(name: str) -> None:
    sim = Bench(lag_seconds=0)
    operation = f"ModifyInstancesAttribute.{name}"
    sim.fault("foreign", "DescribeInstances", operation=operation, value="theirs", seconds=0)
    assert sim.seen()[name] != "theirs"
    seen = sim.seen()
    assert (seen["LatestOperation"], seen["LatestOperationState"], seen[name]) == (operation, "SUCCESS", "theirs")


def test_a_foreign_actor_is_refused_while_an_operation_runs_or_waits_for_its_end() -> None:
    sim = Bench(lag_seconds=0)
    sim.simulator.faults(
        [
            {"action": "ResetInstance", "kind": "foreign", "after_seconds": 1},
            {"action": "ResetInstance", "kind": "foreign", "after_seconds": 1, "wait": True, "seconds": 50},
        ]
    )
    request_id = sim.reset()["RequestId"]
    sim.wait(1)
    assert sim.state["foreign"][0]["code"] == "OperationDenied.InstanceOperationInProgress"
    assert sim.seen()["LatestOperationRequestId"] == request_id
    sim.wait(1)
    assert sim.state["foreign"][1]["accepted"]
    sim.wait(49)
    assert sim.seen()["LatestOperationState"] == "OPERATING"
    sim.wait(1)
    assert sim.seen()["LatestOperationState"] == "SUCCESS"


@pytest.mark.parametrize(
    ("legacy", "refusal"),
    [(False, "OperationDenied.InstanceOperationInProgress"), (True, "InvalidRequest.ReplayAttack")],
)
def test_a_repeated_request_is_accepted_and_answered_with_the_refusal_of_its_copy(legacy: bool, refusal: str) -> None:
    sim = Bench()
    sim.fault("repeated")
    reply = (sim.raw_legacy if legacy else sim.raw)("ResetInstance", {"InstanceId": ID})
    assert code(reply.json()["Response"]) == refusal
    assert sim.state["accepted"] == {ID: 1}
    assert [call["accepted"] for call in sim.state["calls"]] == [True, False]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"action": "X", "kind": "boom"}, "boom"),
        ({"kind": "drop"}, "action"),
        ({"action": "X", "kind": "drop", "seconds": 1}, "seconds"),
        ({"action": "X", "kind": "drop", "when": "never"}, "when"),
        ({"action": "X", "kind": "drop", "nth": 0}, "nth"),
        ({"action": "X", "kind": "hang", "times": "2"}, "times"),
    ],
)
def test_senseless_plans_are_refused(entry: dict[str, Any], reason: str) -> None:
    reply = Bench().control("POST", "faults", [entry])
    assert reply.status == 400
    assert reason in reply.json()["error"]


def test_every_kind_is_tested_here() -> None:
    others = {"repeated", "operation_failed", "torn", "stale", "null", "vanished", "foreign"}
    assert set(OPTIONS) == set(WIRE) | others
