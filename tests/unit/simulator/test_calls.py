# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading a call: envelopes, parameters, regions, limits and permissions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.server.wire import HttpRequest
from tests.unit.support.bench import HOST, Bench, code, tc3

ID = "ins-r8hr2upy"


def test_envelopes() -> None:
    sim = Bench()
    good, bad = sim.raw("DescribeInstances"), sim.raw("DescribeInstances", region="")
    assert good.headers["Content-Type"] == bad.headers["Content-Type"] == "application/json"
    assert set(bad.json()["Response"]) == {"Error", "RequestId"}
    assert good.headers["Date"] == "Thu, 09 Oct 2025 08:53:20 GMT"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"action": "ResetInstances"}, "InvalidAction"),
        ({"action": ""}, "MissingParameter"),
        ({"version": ""}, "MissingParameter"),
        ({"version": "2017-01-01"}, "NoSuchVersion"),
        ({"host": "nosuch.tencentcloudapi.com"}, "NoSuchProduct"),
        ({"region": ""}, "MissingParameter"),
        ({"region": "xx-nowhere"}, "UnsupportedRegion"),
        ({"region": "ap-shanghai-fsi"}, "UnsupportedRegion"),
        ({"region": "ap-shanghai-fsi", "host": "cvm.ap-shanghai-fsi.tencentcloudapi.com"}, None),
        ({"region": "ap-shanghai-fsi", "host": "127.0.0.1:8080"}, None),
        ({"host": "localhost:8080"}, None),
    ],
)
def test_what_a_call_names(options: dict[str, Any], expected: str | None) -> None:
    options = dict(options)
    assert code(Bench().call(options.pop("action", "DescribeInstances"), **options)) == expected


@pytest.mark.parametrize(
    ("common", "expected"),
    [
        ({"Action": "ResetInstances"}, "InvalidAction.NotFound"),
        ({"Version": ""}, "InvalidParameter"),
        ({"Version": "2016-01-01"}, "InvalidAction.NotFound"),
        ({"Region": ""}, "InvalidParameter"),
    ],
)
def test_what_an_older_call_names(common: dict[str, str], expected: str) -> None:
    assert code(Bench().legacy("DescribeInstances", {}, **common)) == expected


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"Colour": "red"}, "UnknownParameter"),
        ({"SystemDisk": {"Size": 50}}, "UnknownParameter"),
        ({"SystemDisk": {"DiskSize": "50"}}, "InvalidParameter"),
        ({"SystemDisk": {"DiskSize": True}}, "InvalidParameter"),
        ({"SystemDisk": 50}, "InvalidParameter"),
        ({"LoginSettings": {"KeyIds": "skey-b4vakk62"}}, "InvalidParameter"),
        ({"LoginSettings": {"KeepImageLogin": True}}, "InvalidParameter"),
        ({"EnhancedService": {"MonitorService": {"Enabled": "TRUE"}}}, "InvalidParameter"),
        ({"ImageId": None}, None),
    ],
)
def test_json_parameters(parameters: dict[str, Any], expected: str | None) -> None:
    assert code(Bench().reset(**parameters)) == expected


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"SystemDisk": {"DiskSize": "60"}}, None),
        ({"SystemDisk": {"DiskSize": "big"}}, "InvalidParameter"),
        ({"EnhancedService": {"MonitorService": {"Enabled": "False"}}}, None),
        ({"EnhancedService": {"MonitorService": {"Enabled": "1"}}}, "InvalidParameter"),
        ({"SystemDisk": "50"}, "InvalidParameter"),
        ({"LoginSettings": {"KeyIds": {"1": "skey-b4vakk62", "2": "skey-1q8j7b93"}}}, None),
        ({"LoginSettings": {"Password": ""}}, None),
    ],
)
def test_form_parameters(parameters: dict[str, Any], expected: str | None) -> None:
    answer = Bench().raw_form("ResetInstance", {"InstanceId": ID, **parameters}).json()["Response"]
    assert code(answer) == expected


def test_older_names_may_have_underscores() -> None:
    sim = Bench(lag_seconds=0)
    assert code(sim.legacy("ResetInstance", {"InstanceId": ID, "SystemDisk_DiskSize": "60"})) is None
    sim.wait(2)
    assert sim.seen()["SystemDisk"]["DiskSize"] == 60


def test_contradicting_names() -> None:
    parameters = {"InstanceId": ID, "SystemDisk": "x", "SystemDisk.DiskSize": "60"}
    assert code(Bench().raw_form("ResetInstance", parameters).json()["Response"]) == "InvalidParameter"


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (HttpRequest("PUT", HOST, "/", "", {}, b""), "UnsupportedProtocol"),
        (HttpRequest("POST", HOST, "/", "", {"Content-Type": "text/plain"}, b"x"), "UnsupportedProtocol"),
        (HttpRequest("GET", HOST, "/", "A=" + "x" * 40_000, {}, b""), "RequestSizeLimitExceeded"),
        (HttpRequest("GET", HOST, "/", "A=%ff", {}, b""), "InvalidParameter"),
        (HttpRequest("POST", HOST, "/", "", {"Authorization": "x", "Content-Type": "application/json"}, b"{"), None),
        (HttpRequest("POST", HOST, "/", "", {"Authorization": "x", "Content-Type": "application/json"}, b"[]"), None),
        (
            HttpRequest("POST", HOST, "/v2/index.php", "", {"Authorization": "x"}, b""),
            "InvalidRequest.UnsupportedProtocol",
        ),
    ],
)
def test_unreadable_requests(request_: HttpRequest, expected: str | None) -> None:
    assert code(Bench().simulator.handle(request_).json()["Response"]) == (expected or "InvalidParameter")


def test_rate_limits_of_both_generations() -> None:
    sim = Bench(rate_limits=True)
    codes = [code(sim.reset("ins-rescue01")) for _index in range(11)]
    assert codes[9:] == ["UnsupportedOperation.InstanceStateRescueMode", "RequestLimitExceeded"]
    assert code(sim.legacy("ResetInstance", {"InstanceId": ID})) == "InvalidRequest.RequestConcurrencyExceeded"
    sim.wait(1)
    assert code(sim.reset()) is None
    assert [code(sim.call("DescribeImages")) for _index in range(41)] == [None] * 40 + ["RequestLimitExceeded"]


def test_rate_limits_can_be_set_and_switched_off() -> None:
    sim = Bench(rate_limits=True, request_limits={"DescribeImages": 1})
    assert [code(sim.call("DescribeImages")) for _index in range(2)] == [None, "RequestLimitExceeded"]
    free = Bench(rate_limits=False)
    assert {code(free.call("DescribeImages")) for _index in range(100)} == {None}


@pytest.mark.parametrize("denied", ["name/cvm:ResetInstance", "cvm:Reset*", "ResetInstance", "*"])
def test_denied_actions(denied: str) -> None:
    sim = Bench(denied_actions=[denied])
    answer = sim.reset()
    assert code(answer) == "AuthFailure.UnauthorizedOperation"
    assert "(cvm:ResetInstance)" in answer["Error"]["Message"]
    assert f"instance/{ID}" in answer["Error"]["Message"]
    assert code(sim.legacy("ResetInstance", {"InstanceId": ID})) == "UnauthorizedOperation"


STS = {"host": "sts.tencentcloudapi.com", "version": "2018-08-13"}
ROLE = "qcs::cam::uin/100000000001:roleName/reinstaller"


def test_assume_role() -> None:
    sim = Bench()
    parameters = {"RoleArn": ROLE, "RoleSessionName": "s", "DurationSeconds": 900}
    answer = sim.call("AssumeRole", parameters, **STS)
    assert answer["ExpiredTime"] == int(sim.now) + 900
    assert answer["Expiration"] == "2025-10-09T09:08:20Z"
    keys = answer["Credentials"]
    signed = {"key": (keys["TmpSecretId"], keys["TmpSecretKey"]), "token": keys["Token"]}
    assert code(sim.call("DescribeInstances", **signed)) is None
    assert sim.state["calls"][-1]["token"] is True
    sim.wait(900)
    assert code(sim.call("DescribeInstances", **signed)) == "AuthFailure.TokenFailure"


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"RoleArn": ROLE}, "MissingParameter"),
        ({"RoleArn": "qcs::cam::uin/1:roleName/x", "RoleSessionName": "s"}, "ResourceNotFound.RoleNotFound"),
        ({"RoleArn": ROLE, "RoleSessionName": "s", "ExternalId": "odd"}, "UnauthorizedOperation"),
        ({"RoleArn": ROLE, "RoleSessionName": "s", "DurationSeconds": 43201}, "InvalidParameter.OverTimeError"),
    ],
)
def test_assume_role_refuses(parameters: dict[str, Any], expected: str) -> None:
    assert code(Bench().call("AssumeRole", parameters, **STS)) == expected


def test_the_guarded_role_wants_its_external_id() -> None:
    parameters = {"RoleArn": ROLE.replace("reinstaller", "guarded"), "RoleSessionName": "s"}
    assert code(Bench().call("AssumeRole", parameters, **STS)) == "UnauthorizedOperation"
    parameters["ExternalId"] = "simulator-external-id"
    assert code(Bench().call("AssumeRole", parameters, **STS)) is None


def identity(sim: Bench, **signed: Any) -> dict[str, Any]:
    answer = sim.call("GetCallerIdentity", **STS, **signed)
    assert answer.pop("RequestId")
    return answer


def test_the_caller_is_a_sub_account() -> None:
    uin = "100000000002"
    assert identity(Bench()) == {
        "Type": "CAMUser",
        "AccountId": "100000000001",
        "UserId": uin,
        "PrincipalId": uin,
        "Arn": f"qcs::cam:100000000001:uin/{uin}",
    }


def test_the_caller_is_a_role_of_its_own_account() -> None:
    role = "qcs::cam::uin/100000000009:roleName/theirs"
    sim = Bench(roles={role: {}})
    keys = sim.call("AssumeRole", {"RoleArn": role, "RoleSessionName": "nightly"}, **STS)["Credentials"]
    answer = identity(sim, key=(keys["TmpSecretId"], keys["TmpSecretKey"]), token=keys["Token"])
    number, _colon, session = answer.pop("UserId").partition(":")
    assert (number.isdecimal(), session) == (True, "nightly")
    assert answer == {
        "Type": "CAMRole",
        "AccountId": "100000000009",
        "PrincipalId": "100000000002",
        "Arn": f"qcs::sts:100000000009:assumed-role/{number}",
    }


def test_the_caller_s_identity_takes_no_parameters_and_twenty_calls_a_second() -> None:
    sim = Bench(rate_limits=True)
    assert code(sim.call("GetCallerIdentity", {"AccountId": "1"}, **STS)) == "UnknownParameter"
    codes = [code(sim.call("GetCallerIdentity", **STS)) for _index in range(20)]
    assert codes == [None] * 19 + ["RequestLimitExceeded"]


def test_an_unsigned_payload() -> None:
    sim = Bench()
    signed = tc3("DescribeInstances", {}, now=sim.now)
    headers = {**signed.headers, "X-TC-Content-SHA256": "UNSIGNED-PAYLOAD"}
    answer = sim.simulator.handle(HttpRequest("POST", HOST, "/", "", headers, signed.body)).json()["Response"]
    assert code(answer) == "AuthFailure.SignatureFailure"
