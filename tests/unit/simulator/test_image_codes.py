# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every reason for which CreateImage refuses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.cvm.image_rules import RULES
from tests.unit.support.bench import Bench, code
from tests.unit.support.maker import DONE, ID, TAGS, create_image, image_tags

WITH_DATA = {"InstanceId": "ins-protect1"}
FREE = {"InstanceId": None}
REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"ImageName": ""}, "MissingParameter"),
    (FREE, "InvalidParameter.SpecifyOneParameter"),
    ({"SnapshotIds": ["snap-gqa37j2p"]}, "InvalidParameterConflict"),
    ({**FREE, "SnapshotIds": ["snap-gqa37j2p"], "DataDiskIds": ["disk-1"]}, "InvalidParameter.InvalidDependence"),
    ({"ImageName": "n" * 61}, "InvalidParameter.ValueTooLarge"),
    ({"ImageDescription": "n" * 257}, "InvalidParameter.ValueTooLarge"),
    ({"ForcePoweroff": "perhaps"}, "InvalidParameterValue"),
    ({"TagSpecification": image_tags(TAGS * 51)}, "InvalidParameterValue.TagQuotaLimitExceeded"),
    ({"InstanceId": "ins-00000000"}, "InvalidInstanceId.NotFound"),
    ({"InstanceId": "ins-hongkong"}, "InvalidInstanceId.NotFound"),
    ({"InstanceId": "ins-rescue01"}, "UnsupportedOperation.InstanceStateRescueMode"),
    ({"InstanceId": "ins-nocharge"}, "UnsupportedOperation.StoppedModeStopCharging"),
    ({"InstanceId": "ins-isolated"}, "InvalidInstance.NotSupported"),
    ({**WITH_DATA, "DataDiskIds": ["disk-protect1"]}, "InvalidParameter.DataDiskIdContainsRootDisk"),
    ({"DataDiskIds": ["disk-data0001"]}, "InvalidParameter.DataDiskNotBelongSpecifiedInstance"),
    ({**FREE, "SnapshotIds": ["snap-00000000"]}, "InvalidParameter.SnapshotNotFound"),
    ({"ImageName": "golden-centos"}, "InvalidImageName.Duplicate"),
]


@pytest.mark.parametrize(("parameters", "expected"), REFUSALS)
def test_refusals(parameters: dict[str, Any], expected: str) -> None:
    sim = Bench()
    before = sim.state["images"]
    assert code(create_image(sim, **{"ImageName": "backup", **parameters})) == expected
    assert sim.state["images"] == before


def test_refusals_of_snapshots() -> None:
    sim = Bench()
    system, data = (
        sim.cbs("CreateSnapshot", {"DiskId": name})["SnapshotId"] for name in ("disk-protect1", "disk-data0001")
    )

    def refusal(*names: str) -> str | None:
        return code(sim.call("CreateImage", {"ImageName": "x", "SnapshotIds": list(names)}))

    assert refusal(system) == "ResourceUnavailable.SnapshotCreating"
    sim.wait(DONE)
    assert refusal(data) == "InvalidParameter.SystemSnapshotNotFound"
    assert refusal(system, "snap-gqa37j2p") == "InvalidParameter.DuplicateSystemSnapshots"
    assert refusal(system, data) is None


@pytest.mark.parametrize(
    ("world", "expected"),
    [
        ({"image_quota": 4}, "ImageQuotaLimitExceeded"),
        ({"account": {"insufficient_balance": True}}, "InvalidAccount.InsufficientBalance"),
        ({"account": {"invalid_app_id": True}}, "InvalidParameterValue.InvalidAppIdFormat"),
        ({"instances": {ID: {"InstanceState": "STOPPING"}}}, "UnsupportedOperation.InstanceStateStopping"),
        (
            {"instances": {ID: {"LatestOperation": "ResetInstance", "LatestOperationState": "FAILED"}}},
            "UnsupportedOperation.InstanceReinstallFailed",
        ),
        (
            {"instances": {ID: {"DataDisks": [{"DiskId": "disk-localdat", "DiskType": "LOCAL_SSD", "DiskSize": 9}]}}},
            "InvalidParameter.LocalDataDiskNotSupport",
        ),
    ],
)
def test_refusals_by_the_world(world: dict[str, Any], expected: str) -> None:
    disks: dict[str, Any] = {"DataDiskIds": ["disk-localdat"]} if "Local" in expected else {}
    assert code(create_image(Bench(world), **disks)) == expected


def test_refusals_while_something_runs() -> None:
    sim = Bench()
    create_image(sim)
    assert code(create_image(sim, "second")) == "MutexOperation.TaskRunning"
    assert code(create_image(sim, InstanceId="ins-keypair1")) == "InvalidImageName.Duplicate"
    sim.reset("ins-keypair1")
    assert code(create_image(sim, "third", InstanceId="ins-keypair1")) == "OperationDenied.InstanceOperationInProgress"


def test_no_code_stands_twice() -> None:
    codes = [rule.code for rule in RULES]
    assert len(codes) == len(set(codes))
