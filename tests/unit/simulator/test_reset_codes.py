# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All 67 codes documented for ResetInstance can be reached, each under its own condition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.simulator.cvm.reset_rules import RULES
from tests.unit.support.bench import Bench, code

INSTANCE = "ins-r8hr2upy"
OTHER = "img-qlzp4oea"


@dataclass(frozen=True)
class Case:
    """What the world is like, and what is asked of it."""

    parameters: Mapping[str, Any] = field(default_factory=dict)
    instance: Mapping[str, Any] = field(default_factory=dict)
    image: Mapping[str, Any] = field(default_factory=dict)
    account: Mapping[str, Any] = field(default_factory=dict)
    key_pair: Mapping[str, Any] = field(default_factory=dict)
    busy: bool = False


def state(name: str) -> Case:
    return Case(instance={"InstanceState": name})


def rejected(name: str) -> Case:
    return Case(instance={"rejects": name})


def login(**settings: Any) -> dict[str, Any]:
    return {"LoginSettings": settings}


KEYS = [f"skey-0000000{index}" for index in range(6)]
CASES = {
    "FailedOperation.InvalidInstanceApplicationRoleEmr": Case(instance={"emr": True}),
    "InternalError.TradeUnknownError": rejected("InternalError.TradeUnknownError"),
    "InternalServerError": rejected("InternalServerError"),
    "InvalidAccount.InsufficientBalance": Case(account={"insufficient_balance": True}),
    "InvalidAccount.UnpaidOrder": Case(account={"unpaid_order": True}),
    "InvalidImageId.Malformed": Case({"ImageId": "img-1122"}),
    "InvalidImageId.NotFound": Case({"ImageId": "img-00000000"}),
    "InvalidInstance.NotSupported": state("LAUNCH_FAILED"),
    "InvalidInstanceId.Malformed": Case({"InstanceId": "ins-1122"}),
    "InvalidInstanceId.NotFound": Case({"InstanceId": "ins-00000000"}),
    "InvalidInstanceType.Malformed": rejected("InvalidInstanceType.Malformed"),
    "InvalidKeyPairId.Malformed": Case(login(KeyIds=["skey-1122"])),
    "InvalidParameter.HostNameIllegal": Case({"HostName": "x"}),
    "InvalidParameter.InstanceImageNotSupport": Case({"ImageId": OTHER}, image={"instance_image": True}),
    "InvalidParameter.ParameterConflict": Case(login(KeyIds=["skey-b4vakk62"], KeepImageLogin="TRUE")),
    "InvalidParameterValue": Case({"SystemDisk": {"DiskSize": 40}}),
    "InvalidParameterValue.IllegalHostName": Case({"HostName": "a..b"}),
    "InvalidParameterValue.InstanceIdMalformed": Case({"InstanceId": "ins-R8HR2UPY"}),
    "InvalidParameterValue.InstanceTypeNotFound": rejected("InvalidParameterValue.InstanceTypeNotFound"),
    "InvalidParameterValue.InvalidAppIdFormat": Case(account={"invalid_app_id": True}),
    "InvalidParameterValue.InvalidImageForGivenInstanceType": Case({"ImageId": "img-arm64deb"}),
    "InvalidParameterValue.InvalidImageFormat": Case({"ImageId": OTHER}, image={"format": "raw"}),
    "InvalidParameterValue.InvalidImageId": Case({"ImageId": OTHER}, image={"ImageState": "CREATEFAILED"}),
    "InvalidParameterValue.InvalidImageIdForRetsetInstance": Case({"ImageId": "img-big100gb"}),
    "InvalidParameterValue.InvalidImageState": Case({"ImageId": "img-creating"}),
    "InvalidParameterValue.InvalidPassword": Case(login(Password="short1")),
    "InvalidParameterValue.InvalidUserDataFormat": Case({"UserData": "#!/bin/sh"}),
    "InvalidParameterValue.KeyPairNotFound": Case(login(KeyIds=["skey-00000000"])),
    "InvalidParameterValue.LimitExceeded": Case(login(KeyIds=KEYS)),
    "InvalidParameterValue.RequiredLocationImage": Case({"ImageId": OTHER}, image={"home_region": "ap-tokyo"}),
    "InvalidParameterValue.ZoneNotSupported": rejected("InvalidParameterValue.ZoneNotSupported"),
    "MissingParameter": Case({"InstanceId": ""}),
    "MissingParameter.MonitorService": Case(
        {"EnhancedService": {"MonitorService": {"Enabled": False}}}, instance={"requires_monitor": True}
    ),
    "MutexOperation.TaskRunning": rejected("MutexOperation.TaskRunning"),
    "OperationDenied.ChcInstallCloudImageWithoutDeployNetwork": Case(instance={"chc_without_network": True}),
    "OperationDenied.InstanceOperationInProgress": Case(busy=True),
    "ResourceInUse": rejected("ResourceInUse"),
    "ResourceInsufficient.CloudDiskSoldOut": rejected("ResourceInsufficient.CloudDiskSoldOut"),
    "ResourceNotFound.KeyPairNotFound": Case(login(KeyIds=["skey-b4vakk62"]), key_pair={"deleting": True}),
    "ResourcesSoldOut.SpecifiedInstanceType": rejected("ResourcesSoldOut.SpecifiedInstanceType"),
    "UnauthorizedOperation.InvalidToken": Case(account={"invalid_token": True}),
    "UnauthorizedOperation.MFAExpired": Case(account={"mfa": "expired"}),
    "UnauthorizedOperation.MFANotFound": Case(account={"mfa": "not_found"}),
    "UnsupportedOperation": Case(
        {"SystemDisk": {"DiskSize": 60}}, instance={"SystemDisk": {"DiskType": "LOCAL_BASIC", "DiskSize": 50}}
    ),
    "UnsupportedOperation.InstanceChargeType": Case(instance={"InstanceChargeType": "SPOTPAID"}),
    "UnsupportedOperation.InstanceStateCorrupted": state("CORRUPTED"),
    "UnsupportedOperation.InstanceStateEnterRescueMode": state("ENTER_RESCUE_MODE"),
    "UnsupportedOperation.InstanceStateEnterServiceLiveMigrate": state("ENTER_SERVICE_LIVE_MIGRATE"),
    "UnsupportedOperation.InstanceStateExitRescueMode": state("EXIT_RESCUE_MODE"),
    "UnsupportedOperation.InstanceStateExitServiceLiveMigrate": state("EXIT_SERVICE_LIVE_MIGRATE"),
    "UnsupportedOperation.InstanceStateFreezing": state("FREEZING"),
    "UnsupportedOperation.InstanceStateIsolating": Case(instance={"RestrictState": "PROTECTIVELY_ISOLATED"}),
    "UnsupportedOperation.InstanceStatePending": state("PENDING"),
    "UnsupportedOperation.InstanceStateRebooting": state("REBOOTING"),
    "UnsupportedOperation.InstanceStateRescueMode": state("RESCUE_MODE"),
    "UnsupportedOperation.InstanceStateServiceLiveMigrate": state("SERVICE_LIVE_MIGRATE"),
    "UnsupportedOperation.InstanceStateShutdown": state("SHUTDOWN"),
    "UnsupportedOperation.InstanceStateStarting": state("STARTING"),
    "UnsupportedOperation.InstanceStateStopping": state("STOPPING"),
    "UnsupportedOperation.InstanceStateTerminated": state("TERMINATED"),
    "UnsupportedOperation.InstanceStateTerminating": state("TERMINATING"),
    "UnsupportedOperation.InstanceTypeNotSupportGridLicence": rejected(
        "UnsupportedOperation.InstanceTypeNotSupportGridLicence"
    ),
    "UnsupportedOperation.InvalidImageLicenseTypeForReset": Case({"ImageId": "img-win2byol"}),
    "UnsupportedOperation.KeyPairUnsupportedWindows": Case(
        {"ImageId": "img-win2019e", **login(KeyIds=["skey-b4vakk62"])}
    ),
    "UnsupportedOperation.ModifyEncryptionNotSupported": Case({"SystemDisk": {"Encrypt": True}}),
    "UnsupportedOperation.RawLocalDiskInsReinstalltoQcow2": Case(
        {"ImageId": OTHER}, instance={"raw_local_disk": True}, image={"format": "qcow2"}
    ),
    "UnsupportedOperation.StoppedModeStopCharging": Case(
        instance={"InstanceState": "STOPPED", "StopChargingMode": "STOP_CHARGING"}
    ),
}


def world_of(case: Case) -> Bench:
    return Bench(
        account=case.account,
        instances={INSTANCE: case.instance},
        images={OTHER: case.image},
        key_pairs={"skey-b4vakk62": case.key_pair},
    )


def test_the_table_holds_the_67_codes_once() -> None:
    codes = [rule.code for rule in RULES]
    assert len(codes) == len(set(codes)) == 67
    assert set(codes) == set(CASES)


@pytest.mark.parametrize("expected", CASES)
def test_every_code_is_reached(expected: str) -> None:
    case = CASES[expected]
    sim = world_of(case)
    if case.busy:
        sim.reset(INSTANCE)
    accepted = sim.state["accepted"]
    answer = sim.call("ResetInstance", {"InstanceId": INSTANCE, **case.parameters})
    assert code(answer) == expected
    assert answer["Error"]["Message"]
    assert sim.state["accepted"] == accepted


LINUX_PASSWORD = "Abcdef12"


@pytest.mark.parametrize(
    ("image_id", "parameters", "expected"),
    [
        ("img-pmqg1cw7", login(Password=LINUX_PASSWORD), None),
        ("img-pmqg1cw7", login(Password="a" * 29 + "1"), None),
        ("img-pmqg1cw7", login(Password="a" * 30 + "1"), "InvalidParameterValue.InvalidPassword"),
        ("img-pmqg1cw7", login(Password="abcdefgh"), "InvalidParameterValue.InvalidPassword"),
        ("img-win2012r", login(Password="Abcdefgh1234"), None),
        ("img-win2012r", login(Password="abcdefgh1234"), "InvalidParameterValue.InvalidPassword"),
        ("img-win2012r", login(Password="Abcdefg1234"), "InvalidParameterValue.InvalidPassword"),
        ("img-pmqg1cw7", login(Password=LINUX_PASSWORD, KeepImageLogin="FALSE"), None),
        (
            "img-pmqg1cw7",
            login(Password=LINUX_PASSWORD, KeyIds=["skey-b4vakk62"]),
            "InvalidParameter.ParameterConflict",
        ),
        ("img-pmqg1cw7", login(KeepImageLogin="TRUE"), "InvalidParameterValue"),
        ("img-pmqg1cw7", login(KeepImageLogin="maybe"), "InvalidParameterValue"),
        (OTHER, login(KeepImageLogin="true"), None),
        ("img-shared01", login(KeepImageLogin="TRUE"), None),
        ("img-market01", {}, None),
        ("img-old6dep0", {}, None),
        ("img-pmqg1cw7", {"HostName": "a.b-c.d"}, None),
        ("img-pmqg1cw7", {"HostName": "a" * 61}, "InvalidParameter.HostNameIllegal"),
        ("img-pmqg1cw7", {"HostName": "-ab"}, "InvalidParameterValue.IllegalHostName"),
        ("img-pmqg1cw7", {"HostName": "a_b"}, "InvalidParameterValue.IllegalHostName"),
        ("img-win2012r", {"HostName": "a" * 16}, "InvalidParameter.HostNameIllegal"),
        ("img-win2012r", {"HostName": "a.b"}, "InvalidParameterValue.IllegalHostName"),
        ("img-win2012r", {"HostName": "123456"}, "InvalidParameterValue.IllegalHostName"),
        ("img-pmqg1cw7", {"UserData": "IyEvYmluL3No"}, None),
        ("img-pmqg1cw7", {"UserData": "QUFB" * 6000}, "InvalidParameterValue"),
        ("img-nocloud1", {"UserData": "IyEvYmluL3No"}, "UnsupportedOperation"),
        ("img-pmqg1cw7", {"SystemDisk": {"DiskSize": 50}}, None),
        ("img-pmqg1cw7", {"SystemDisk": {"DiskType": "CLOUD_SSD"}}, "InvalidParameterValue"),
        ("img-big100gb", {"SystemDisk": {"DiskSize": 100}}, None),
        ("img-big100gb", {"SystemDisk": {"DiskSize": 99}}, "InvalidParameterValue.InvalidImageIdForRetsetInstance"),
    ],
)
def test_value_rules(image_id: str, parameters: dict[str, Any], expected: str | None) -> None:
    assert code(Bench().reset(ImageId=image_id, **parameters)) == expected


@pytest.mark.parametrize(
    ("instance_id", "expected"),
    [
        ("ins-stopped1", None),
        ("ins-nocharge", "UnsupportedOperation.StoppedModeStopCharging"),
        ("ins-spotpaid", "UnsupportedOperation.InstanceChargeType"),
        ("ins-localssd", None),
        ("ins-winlarge", None),
        ("ins-isolated", "UnsupportedOperation.InstanceStateShutdown"),
        ("ins-rescue01", "UnsupportedOperation.InstanceStateRescueMode"),
        ("ins-protect1", None),
        ("ins-newborn1", None),
        ("ins-finance1", "InvalidInstanceId.NotFound"),
    ],
)
def test_the_builtin_instances(instance_id: str, expected: str | None) -> None:
    assert code(Bench().reset(instance_id)) == expected


def test_modern_windows_needs_more_than_two_gibibytes() -> None:
    answer = Bench().reset("ins-winsmall", ImageId="img-win2019e")
    assert code(answer) == "InvalidParameterValue.InvalidImageForGivenInstanceType"
    assert code(Bench().reset("ins-winsmall", ImageId="img-win2012r")) is None


@pytest.mark.parametrize(
    ("instance", "region", "v3", "legacy"),
    [
        ("ins-r8hr2upy", "ap-guangzhou", None, None),
        ("ins-localssd", "ap-guangzhou", None, "InvalidInstance.NotSupported"),
        ("ins-hongkong", "ap-hongkong", None, "InvalidInstance.NotSupported"),
    ],
)
def test_the_older_interface_limits_platform_switches(
    instance: str, region: str, v3: str | None, legacy: str | None
) -> None:
    parameters = {"InstanceId": instance, "ImageId": "img-win2012r"}
    assert code(Bench().call("ResetInstance", parameters, region=region)) == v3
    assert code(Bench().legacy("ResetInstance", parameters, Region=region)) == legacy


@pytest.mark.parametrize(
    "extra",
    [{"HostName": "web"}, {"UserData": "QQ=="}, {"EnhancedService": {"AutomationService": {"Enabled": "TRUE"}}}],
)
def test_the_older_interface_knows_less(extra: dict[str, Any]) -> None:
    parameters = {"InstanceId": INSTANCE, **extra}
    assert code(Bench().legacy("ResetInstance", parameters)) == "InvalidParameter"
    assert code(Bench().raw_form("ResetInstance", parameters).json()["Response"]) is None


def test_the_call_of_the_source_document() -> None:
    parameters = {
        "InstanceId": INSTANCE,
        "ImageId": "img-pmqg1cw7",
        "SystemDisk": {"DiskSize": "60"},
        "LoginSettings": {"Password": "Qcloud@TestApi123++"},
        "EnhancedService": {"SecurityService": {"Enabled": "TRUE"}, "MonitorService": {"Enabled": "TRUE"}},
    }
    sim = Bench(lag_seconds=0)
    for method in ("GET", "POST"):
        answer = sim.legacy("ResetInstance", parameters, method=method)
        assert set(answer) == {"RequestId"}
        sim.wait(2)
    assert sim.seen()["SystemDisk"]["DiskSize"] == 60
    assert sim.state["accepted"] == {INSTANCE: 2}
