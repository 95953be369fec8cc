# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a call puts on the wire in each generation and with each signature."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._api.client import CVM, STS, USER_AGENT, Client
from ansible_collections.tencent.cloud.plugins.module_utils._api.credentials import Credentials
from ansible_collections.tencent.cloud.plugins.module_utils._api.endpoint import endpoint_for
from ansible_collections.tencent.cloud.plugins.module_utils._api.signing import form_signature, tc3_sign
from ansible_collections.tencent.cloud.plugins.module_utils._api.transport import HttpRequest
from ansible_collections.tencent.cloud.plugins.module_utils._errors import ApiError
from tests.simulator.core import Simulator
from tests.simulator.world import load_world
from tests.unit.support.doubles import NOW, ScriptedTransport, answer, client_with
from tests.unit.support.simulated import KEY, SimulatedClock, SimulatedTransport

TC3, SHA256, SHA1 = "TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1"
PARAMS: dict[str, Any] = {
    "InstanceId": "ins-r8hr2upy",
    "LoginSettings": {"Password": "a+b&c=d 未"},
    "EnhancedService": {"MonitorService": {"Enabled": False}},
}
FLAT = {
    "InstanceId": "ins-r8hr2upy",
    "LoginSettings.Password": "a+b&c=d 未",
    "EnhancedService.MonitorService.Enabled": "FALSE",
}
TOKEN = "tok/en+=="


def sent(service: Any = CVM, token: str | None = None, **options: Any) -> HttpRequest:
    """The one request of a write."""
    transport = ScriptedTransport(answer())
    keys = Credentials("AKIDtest", "test-secret-key", token)
    client_with(transport, credentials=lambda: keys, **options).write(service, "ResetInstance", PARAMS)
    [request] = transport.sent
    return request


def form(request: HttpRequest) -> dict[str, str]:
    """The pairs of a form body, each of which stands there once."""
    pairs = parse_qsl(request.body.decode("ascii"), keep_blank_values=True, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


# --- API 3.0 with TC3-HMAC-SHA256


def test_v3_is_json_with_the_common_parameters_in_headers() -> None:
    request = sent(language="zh-CN")
    headers = dict(request.headers)
    assert headers.pop("Authorization").startswith("TC3-HMAC-SHA256 Credential=AKIDtest/2023-11-14/cvm/tc3_request, ")
    assert headers == {
        "Content-Type": "application/json; charset=utf-8",
        "Host": "cvm.tencentcloudapi.com",
        "X-TC-Action": "ResetInstance",
        "X-TC-Version": "2017-03-12",
        "X-TC-Timestamp": str(int(NOW)),
        "X-TC-Region": "ap-guangzhou",
        "X-TC-Language": "zh-CN",
        "User-Agent": USER_AGENT,
    }
    assert (request.method, request.url) == ("POST", "https://cvm.tencentcloudapi.com/")
    assert json.loads(request.body) == PARAMS


def test_v3_signs_the_body_that_is_sent_and_the_action() -> None:
    request = sent()
    signed = {name: request.headers[name] for name in ("Content-Type", "Host", "X-TC-Action")}
    assert request.headers["Authorization"] == tc3_sign(
        secret_id="AKIDtest",
        secret_key="test-secret-key",
        service="cvm",
        timestamp=int(NOW),
        headers=signed,
        payload=request.body,
    )


def test_v3_has_the_token_in_a_header_that_is_absent_without_one() -> None:
    assert sent(token=TOKEN).headers["X-TC-Token"] == TOKEN
    assert "X-TC-Token" not in sent().headers


# --- forms


@pytest.mark.parametrize(
    ("api", "method", "url"),
    [
        ("v2", SHA256, "https://cvm.api.qcloud.com/v2/index.php"),
        ("v2", SHA1, "https://cvm.api.qcloud.com/v2/index.php"),
        ("v3", SHA256, "https://cvm.tencentcloudapi.com/"),
        ("v3", SHA1, "https://cvm.tencentcloudapi.com/"),
    ],
)
def test_a_form_has_everything_in_its_body(api: str, method: str, url: str) -> None:
    request = sent(api=api, signature_method=method, token=TOKEN)
    pairs = form(request)
    signature = pairs.pop("Signature")
    assert pairs == {
        "Action": "ResetInstance",
        "Version": "2017-03-12",
        "Region": "ap-guangzhou",
        "Timestamp": str(int(NOW)),
        "Nonce": "12345",
        "SecretId": "AKIDtest",
        "SignatureMethod": method,
        "Language": "en-US",
        "Token": TOKEN,
        **FLAT,
    }
    host, path = url.removeprefix("https://").split("/", 1)
    text = f"POST{host}/{path}?" + "&".join(f"{name}={pairs[name]}" for name in sorted(pairs))
    assert signature == form_signature("test-secret-key", method, text)
    assert (request.method, request.url) == ("POST", url)
    assert dict(request.headers) == {
        "Content-Type": "application/x-www-form-urlencoded",
        "Host": host,
        "User-Agent": USER_AGENT,
    }


def test_a_form_has_no_token_without_one() -> None:
    assert "Token" not in form(sent(api="v2"))


def test_parameters_cannot_displace_common_ones() -> None:
    transport = ScriptedTransport(answer())
    client_with(transport, api="v2").write_to_cvm("ResetInstance", {"Action": "TerminateInstances", "Nonce": 1})
    pairs = form(transport.sent[0])
    assert (pairs["Action"], pairs["Nonce"]) == ("ResetInstance", "12345")


@pytest.mark.parametrize(("api", "method"), [("v2", SHA256), ("v3", TC3)])
def test_each_generation_has_its_best_signature_by_default(api: str, method: str) -> None:
    request = sent(api=api)
    assert method == (TC3 if "Authorization" in request.headers else form(request)["SignatureMethod"])


def test_the_nonce_is_a_positive_number_and_changes() -> None:
    client = Client(
        transport=ScriptedTransport(),
        credentials=lambda: KEY,
        endpoint=endpoint_for(None, region="ap-guangzhou", api="v2"),
        region="ap-guangzhou",
    )
    nonces = [client.nonce() for number in range(20)]
    assert all(0 < nonce < 2**31 for nonce in nonces)
    assert len(set(nonces)) > 1


# --- which service, which region


@pytest.mark.parametrize("api", ["v2", "v3"])
def test_region_and_language_go_with_every_call(api: str) -> None:
    request = sent(api=api, region="ap-shanghai", language="zh-CN")
    given = form(request) if api == "v2" else request.headers
    names = ("Region", "Language") if api == "v2" else ("X-TC-Region", "X-TC-Language")
    assert [given[name] for name in names] == ["ap-shanghai", "zh-CN"]


@pytest.mark.parametrize("method", [SHA256, SHA1])
def test_another_service_is_api_3_whatever_cvm_is_called_by(method: str) -> None:
    transport = ScriptedTransport(answer())
    endpoint = endpoint_for("https://{service}.example.com", region="ap-guangzhou", api="v2")
    client = client_with(transport, api="v2", signature_method=method)
    client.endpoint = endpoint
    client.read(STS, "AssumeRole", {"RoleArn": "qcs::cam::uin/1:roleName/r"})
    [request] = transport.sent
    assert request.url == "https://sts.example.com/"
    assert form(request)["Version"] == "2018-08-13"
    assert form(request)["SignatureMethod"] == method


def test_another_service_beside_v2_by_default() -> None:
    """Host, path and signature are those of the service's own generation."""
    request = sent(STS, api="v2")
    assert request.url == "https://sts.tencentcloudapi.com/"
    assert request.headers["X-TC-Version"] == "2018-08-13"
    assert request.headers["Authorization"].startswith(TC3)
    assert sent(STS, api="v2", region="ap-shanghai-fsi").url == "https://sts.ap-shanghai-fsi.tencentcloudapi.com/"


# --- the simulator verifies what is signed


CALLS = [("v3", TC3), ("v3", SHA256), ("v3", SHA1), ("v2", SHA256), ("v2", SHA1), ("v2", None), ("v3", None)]


def on_simulator(api: str, method: str | None, keys: Credentials = KEY) -> Client:
    """A client of a fresh simulator."""
    clock = SimulatedClock().as_clock()
    simulator = Simulator(load_world({"extends": "builtin", "rate_limits": False}), clock=clock.wall)
    return Client(
        transport=SimulatedTransport(simulator, clock),
        credentials=lambda: keys,
        endpoint=endpoint_for(None, region="ap-guangzhou", api=api),
        region="ap-guangzhou",
        api=api,
        signature_method=method,
        clock=clock,
    )


@pytest.mark.parametrize(("api", "method"), CALLS)
def test_a_verifying_service_takes_the_signature(api: str, method: str | None) -> None:
    client = on_simulator(api, method)
    found = client.read(CVM, "DescribeInstances", {"InstanceIds": ["ins-r8hr2upy"]})
    assert found["InstanceSet"][0]["InstanceId"] == "ins-r8hr2upy"
    accepted = client.write(CVM, "ResetInstance", {**PARAMS, "LoginSettings": {"Password": "Qcloud@Test+123 &="}})
    assert set(accepted) == {"RequestId"}


@pytest.mark.parametrize(("api", "method"), CALLS)
def test_a_verifying_service_refuses_another_key(api: str, method: str | None) -> None:
    client = on_simulator(api, method, Credentials("AKIDsimulator", "wrong-key"))
    with pytest.raises(ApiError, match="SignatureFailure"):
        client.write(CVM, "ResetInstance", PARAMS)
