# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operations take time, and readers see the past."""

from __future__ import annotations

from typing import Any

import pytest

from .client import Bench, code

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
    assert sim.seen() == running
    sim.wait(1)
    done = sim.seen()
    assert done["LatestOperationState"] == "SUCCESS"
    assert (done["ImageId"], done["SystemDisk"]["DiskSize"], done["InstanceState"]) == (IMAGE, 80, "RUNNING")
    assert done["DefaultLoginUser"] == "ubuntu"


def test_acceptance_asks_the_real_state() -> None:
    sim = bench()
    sim.reset()
    assert sim.seen()["LatestOperationState"] == "SUCCESS"
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
    sim = bench(lag_seconds=0)
    sim.reset(HostName="fresh", LoginSettings={"KeyIds": ["skey-b4vakk62", "skey-1q8j7b93"]})
    sim.wait(60)
    seen = sim.seen()
    assert (seen["HostName"], seen["LoginSettings"]) == ("fresh", {"KeyIds": ["skey-b4vakk62", "skey-1q8j7b93"]})
    pairs = sim.call("DescribeKeyPairs", {"KeyIds": ["skey-1q8j7b93"]})["KeyPairSet"]
    assert pairs[0]["AssociatedInstanceIds"] == ["ins-r8hr2upy"]


@pytest.mark.parametrize(
    ("instance_id", "image_id", "changes"),
    [
        ("ins-r8hr2upy", "img-win2019e", True),
        ("ins-winlarge", IMAGE, True),
        ("ins-r8hr2upy", IMAGE, False),
        ("ins-winlarge", "img-win2012r", False),
    ],
)
def test_a_platform_switch_changes_the_disk_id(instance_id: str, image_id: str, changes: bool) -> None:
    sim = bench(lag_seconds=0)
    before = sim.seen(instance_id)["SystemDisk"]["DiskId"]
    sim.reset(instance_id, ImageId=image_id)
    sim.wait(60)
    assert (sim.seen(instance_id)["SystemDisk"]["DiskId"] != before) is changes


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


def test_a_state_may_show_while_a_reset_runs() -> None:
    sim = bench(lag_seconds=0, state_during_reset="STOPPED")
    sim.reset()
    assert sim.seen()["InstanceState"] == "STOPPED"
    sim.wait(60)
    assert sim.seen()["InstanceState"] == "RUNNING"
