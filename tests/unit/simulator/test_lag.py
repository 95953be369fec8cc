# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operations take time, and readers see the past."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.support.bench import Bench, code

IMAGE = "img-pmqg1cw7"


def bench(**options: Any) -> Bench:
    return Bench(**{"reset_seconds": 60, "lag_seconds": 10, "power_seconds": 5, **options})


def test_a_reset_is_seen_late_from_begin_to_end() -> None:
    sim = bench()
    before = sim.seen()
    request_id = sim.reset(ImageId=IMAGE, SystemDisk={"DiskSize": 80})["RequestId"]
    sim.wait(9)
    assert sim.seen() == before
    sim.wait(1)
    running = sim.seen()
    assert running["LatestOperation"] == "ResetInstance"
    assert running["LatestOperationState"] == "OPERATING"
    assert running["LatestOperationRequestId"] == request_id
    assert running["ImageId"] == before["ImageId"]
    sim.wait(59)
    assert sim.seen() == {**running, "InstanceState": "STARTING"}
    sim.wait(1)
    done = sim.seen()
    assert done["LatestOperationState"] == "SUCCESS"
    assert (done["ImageId"], done["SystemDisk"]["DiskSize"], done["InstanceState"]) == (IMAGE, 80, "RUNNING")
    assert done["DefaultLoginUser"] == "ubuntu"


def test_acceptance_asks_the_real_state() -> None:
    sim = bench()
    sim.reset()
    assert sim.seen()["LatestOperationState"] is None
    assert code(sim.reset()) == "OperationDenied.InstanceOperationInProgress"
    sim.wait(60)
    assert sim.seen()["LatestOperationState"] == "OPERATING"
    assert code(sim.reset()) is None
    assert sim.state["accepted"] == {"ins-r8hr2upy": 2}


def test_the_past_is_right_after_many_operations() -> None:
    sim = bench(reset_seconds=1)
    ids = []
    for index in range(50):
        ids.append(sim.reset()["RequestId"])
        sim.wait(1)
        assert index < 10 or sim.seen()["LatestOperationRequestId"] == ids[-10]


def test_request_ids_may_differ() -> None:
    sim = bench(request_ids="unequal", lag_seconds=0)
    request_id = sim.reset()["RequestId"]
    assert sim.seen()["LatestOperationRequestId"] not in (None, request_id)


def test_effects_of_login_and_host_name() -> None:
    sim = bench(lag_seconds=0, instance_defaults={"missing": []})
    sim.reset(HostName="fresh", LoginSettings={"KeyIds": ["skey-b4vakk62", "skey-1q8j7b93"]})
    sim.wait(60)
    seen = sim.seen()
    assert (seen["HostName"], seen["LoginSettings"]) == ("fresh", {"KeyIds": ["skey-b4vakk62", "skey-1q8j7b93"]})
    pairs = sim.call("DescribeKeyPairs", {"KeyIds": ["skey-1q8j7b93"]})["KeyPairSet"]
    assert pairs[0]["AssociatedInstanceIds"] == ["ins-r8hr2upy"]


@pytest.mark.parametrize("disk_on_switch", ["changed", "kept"])
@pytest.mark.parametrize(
    ("instance_id", "image_id", "switches"),
    [
        ("ins-r8hr2upy", "img-win2019e", True),
        ("ins-winlarge", IMAGE, True),
        ("ins-r8hr2upy", IMAGE, False),
        ("ins-winlarge", "img-win2012r", False),
    ],
)
def test_a_platform_switch_may_change_the_disk_id(
    instance_id: str, image_id: str, switches: bool, disk_on_switch: str
) -> None:
    sim = bench(lag_seconds=0, disk_on_switch=disk_on_switch)
    before = sim.seen(instance_id)["SystemDisk"]["DiskId"]
    sim.reset(instance_id, ImageId=image_id)
    sim.wait(60)
    assert (sim.seen(instance_id)["SystemDisk"]["DiskId"] != before) is (switches and disk_on_switch == "changed")


def test_stop_and_start() -> None:
    sim = bench(lag_seconds=0)
    ids = {"InstanceIds": ["ins-r8hr2upy"]}
    assert code(sim.call("StartInstances", ids)) == "UnsupportedOperation.InstanceStateRunning"
    assert code(sim.call("StopInstances", {**ids, "StoppedMode": "STOP_CHARGING"})) is None
    assert sim.seen()["InstanceState"] == "STOPPING"
    assert code(sim.call("StopInstances", ids)) == "OperationDenied.InstanceOperationInProgress"
    sim.wait(5)
    assert (sim.seen()["InstanceState"], sim.seen()["StopChargingMode"]) == ("STOPPED", "STOP_CHARGING")
    assert code(sim.reset()) == "UnsupportedOperation.StoppedModeStopCharging"
    assert code(sim.call("StartInstances", ids)) is None
    sim.wait(5)
    assert (sim.seen()["InstanceState"], sim.seen()["LatestOperation"]) == ("RUNNING", "StartInstances")


def test_power_is_all_or_nothing() -> None:
    sim = bench(lag_seconds=0)
    answer = sim.call("StopInstances", {"InstanceIds": ["ins-r8hr2upy", "ins-stopped1"]})
    assert code(answer) == "UnsupportedOperation.InstanceStateStopped"
    assert sim.seen()["InstanceState"] == "RUNNING"


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"InstanceIds": ["ins-unknown0"]}, "InvalidInstanceId.NotFound"),
        ({"InstanceIds": ["ins-1122"]}, "InvalidInstanceId.Malformed"),
        ({"InstanceIds": []}, "MissingParameter"),
        ({"InstanceIds": ["ins-r8hr2upy"], "StopType": "GENTLE"}, "InvalidParameterValue"),
        ({"InstanceIds": ["ins-r8hr2upy"], "StoppedMode": "FREE"}, "InvalidParameterValue"),
        ({"InstanceIds": ["ins-r8hr2upy"], "StopType": "SOFT", "ForceStop": True}, "InvalidParameterCombination"),
    ],
)
def test_stop_refuses(parameters: dict[str, Any], expected: str) -> None:
    assert code(bench().call("StopInstances", parameters)) == expected


@pytest.mark.parametrize(
    ("action", "entry", "expected"),
    [
        ("StartInstances", {"InstanceState": "RUNNING"}, "UnsupportedOperation.InstanceStateRunning"),
        ("StopInstances", {"InstanceState": "RESCUE_MODE"}, "UnsupportedOperation.InstanceStateRescueMode"),
        ("RebootInstances", {"InstanceState": "LAUNCH_FAILED"}, "InvalidInstance.NotSupported"),
        (
            "StopInstances",
            {"LatestOperation": "ResetInstance", "LatestOperationState": "FAILED"},
            "UnsupportedOperation.InstanceReinstallFailed",
        ),
        (
            "StartInstances",
            {"InstanceState": "STOPPED", "RestrictState": "EXPIRED"},
            "UnsupportedOperation.InstanceStateIsolating",
        ),
    ],
)
def test_what_the_state_forbids(action: str, entry: dict[str, Any], expected: str) -> None:
    sim = bench(instances={"ins-r8hr2upy": entry})
    assert code(sim.call(action, {"InstanceIds": ["ins-r8hr2upy"]})) == expected


@pytest.mark.parametrize(
    ("instance_id", "entry"),
    [
        ("ins-localssd", {}),
        ("ins-spotpaid", {}),
        ("ins-protect1", {}),
        ("ins-r8hr2upy", {"DataDisks": [{"DiskType": "LOCAL_NVME", "DiskId": "disk-local001", "DiskSize": 100}]}),
    ],
)
def test_not_everything_is_stopped_without_charges(instance_id: str, entry: dict[str, Any]) -> None:
    sim, ids = bench(instances={instance_id: entry}), {"InstanceIds": [instance_id]}
    refused = sim.call("StopInstances", {**ids, "StoppedMode": "STOP_CHARGING"})
    assert code(refused) == "UnsupportedOperation.StoppedModeStopCharging"
    assert code(sim.call("StopInstances", ids)) is None


@pytest.mark.parametrize("action", ["StopInstances", "RebootInstances"])
def test_a_change_of_power_may_fail(action: str) -> None:
    sim = bench(lag_seconds=0)
    sim.fault("operation_failed", action, message="no stock")
    assert code(sim.call(action, {"InstanceIds": ["ins-r8hr2upy"]})) is None
    sim.wait(5)
    seen = sim.seen()
    assert [seen[name] for name in ("LatestOperationState", "LatestOperationErrorMsg", "InstanceState")] == [
        *("FAILED", "no stock", "RUNNING"),
    ]


def test_reboot() -> None:
    sim = bench(lag_seconds=0)
    ids = {"InstanceIds": ["ins-r8hr2upy"]}
    both = sim.call("RebootInstances", {**ids, "StopType": "SOFT", "ForceReboot": True})
    assert code(both) == "InvalidParameterCombination"
    stopped = sim.call("RebootInstances", {"InstanceIds": ["ins-stopped1"]})
    assert code(stopped) == "UnsupportedOperation.InstanceStateStopped"
    assert code(sim.call("RebootInstances", {**ids, "ForceReboot": True})) is None
    assert sim.seen()["InstanceState"] == "REBOOTING"
    sim.wait(5)
    assert (sim.seen()["InstanceState"], sim.seen()["LatestOperation"]) == ("RUNNING", "RebootInstances")


@pytest.mark.parametrize(
    ("options", "instance_id", "states"),
    [
        ({}, "ins-r8hr2upy", ["STOPPING", "STOPPED", "STARTING"]),
        ({}, "ins-stopped1", ["STOPPED", "STOPPED", "STARTING"]),
        ({"states_during_reset": ["PENDING"]}, "ins-r8hr2upy", ["PENDING"] * 3),
        ({"states_during_reset": []}, "ins-r8hr2upy", ["RUNNING"] * 3),
    ],
)
def test_a_reset_goes_through_states(options: dict[str, Any], instance_id: str, states: list[str]) -> None:
    sim, seen = bench(lag_seconds=0, **options), list[str]()
    assert code(sim.reset(instance_id)) is None
    for seconds in (1, 25, 25):
        sim.wait(seconds)
        record = sim.seen(instance_id)
        assert record["LatestOperationState"] == "OPERATING"
        seen.append(record["InstanceState"])
    sim.wait(9)
    ended = sim.seen(instance_id)
    assert (seen, ended["LatestOperationState"], ended["InstanceState"]) == (states, "SUCCESS", "RUNNING")


def test_an_operation_may_succeed_before_the_state_is_there() -> None:
    sim = bench(lag_seconds=0, settling_seconds=3)
    sim.call("StopInstances", {"InstanceIds": ["ins-r8hr2upy"], "StoppedMode": "STOP_CHARGING"})
    sim.reset("ins-keypair1", ImageId=IMAGE)
    sim.wait(5)
    stopping = sim.seen()
    assert (stopping["LatestOperationState"], stopping["InstanceState"]) == ("SUCCESS", "STOPPING")
    assert code(sim.reset()) == "UnsupportedOperation.InstanceStateStopping"
    sim.wait(3)
    assert sim.seen()["InstanceState"] == "STOPPED"
    sim.wait(52)
    starting = sim.seen("ins-keypair1")
    assert (starting["LatestOperationState"], starting["InstanceState"]) == ("SUCCESS", "STARTING")
    sim.wait(3)
    assert sim.seen("ins-keypair1")["InstanceState"] == "RUNNING"


def test_an_instance_may_be_busy_when_its_operation_shows_as_ended() -> None:
    sim = bench(lag_seconds=0, busy_seconds=3)
    sim.reset()
    sim.wait(60)
    assert (sim.seen()["LatestOperationState"], sim.seen()["InstanceState"]) == ("SUCCESS", "RUNNING")
    assert code(sim.reset()) == "OperationDenied.InstanceOperationInProgress"
    sim.wait(3)
    assert code(sim.reset()) is None
