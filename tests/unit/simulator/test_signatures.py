# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator verifies signatures on its own; the documents' worked examples are accepted as they stand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.core import Simulator
from tests.simulator.server.signatures import v1_signature, v1_string_to_sign
from tests.simulator.server.wire import HttpRequest
from tests.simulator.world import load_world
from tests.unit.support.bench import HOST, KEY, LEGACY_HOST, NOW, Bench, code, form, tc3

EXAMPLE_KEY = ("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE")
PAYLOAD = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def document_tc3(timestamp: int, secret_id: str, signed: str, signature: str) -> dict[str, str]:
    date = {1551113065: "2019-02-25", 1539084154: "2018-10-09"}[timestamp]
    return {
        "Authorization": f"TC3-HMAC-SHA256 Credential={secret_id}/{date}/cvm/tc3_request, "
        f"SignedHeaders={signed}, Signature={signature}",
        "Content-Type": "application/json; charset=utf-8",
        "X-TC-Action": "DescribeInstances",
        "X-TC-Timestamp": str(timestamp),
        "X-TC-Version": "2017-03-12",
        "X-TC-Region": "ap-guangzhou",
    }


# The worked examples of the signature pages (API 3.0, both methods; its POST page twice; the older SDK's own test).
EXAMPLES = {
    "tc3-post": (
        1551113065,
        EXAMPLE_KEY,
        HttpRequest(
            "POST",
            HOST,
            "/",
            "",
            document_tc3(
                1551113065,
                EXAMPLE_KEY[0],
                "content-type;host",
                "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168",
            ),
            PAYLOAD,
        ),
    ),
    "tc3-post-action-signed": (
        1551113065,
        ("AKID" + "*" * 32, "*" * 32),
        HttpRequest(
            "POST",
            HOST,
            "/",
            "",
            document_tc3(
                1551113065,
                "AKID" + "*" * 32,
                "content-type;host;x-tc-action",
                "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f",
            ),
            PAYLOAD,
        ),
    ),
    "tc3-get": (
        1539084154,
        EXAMPLE_KEY,
        HttpRequest(
            "GET",
            HOST,
            "/",
            "Limit=10&Offset=0",
            {
                **document_tc3(
                    1539084154,
                    EXAMPLE_KEY[0],
                    "content-type;host",
                    "5da7a33f6993f0614b047e5df4582db9e9bf4672ba50567dba16c6ccf174c474",
                ),
                **FORM,
            },
            b"",
        ),
    ),
    "v1-get": (
        1465185768,
        EXAMPLE_KEY,
        HttpRequest(
            "GET",
            HOST,
            "/",
            "Action=DescribeInstances&InstanceIds.0=ins-09dx96dg&Limit=20&Nonce=11886&Offset=0&Region=ap-guangzhou"
            f"&SecretId={EXAMPLE_KEY[0]}&Signature=EliP9YW3pW28FpsEdkXt%2F%2BWcGeI%3D"
            "&Timestamp=1465185768&Version=2017-03-12",
            {},
            b"",
        ),
    ),
    "legacy-post-sha256": (
        1512393162,
        ("secretIdFoo", "secretKeyBar"),
        HttpRequest(
            "POST",
            LEGACY_HOST,
            "/v2/index.php",
            "",
            FORM,
            b"SecretId=secretIdFoo&Region=ap-guangzhou&Nonce=1290303896666895346&Timestamp=1512393162"
            b"&Action=DescribeInstances&Version=2017-03-12&SignatureMethod=HmacSHA256"
            b"&Signature=B2T37FRSP6Fk0%2Fq%2FcdfrTE0p3zX5ooB%2F2BPWZUFpsj4%3D",
        ),
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_worked_examples_of_the_documents(name: str) -> None:
    timestamp, key, request = EXAMPLES[name]
    world = load_world({"extends": "builtin", "credentials": {key[0]: key[1]}})
    reply = Simulator(world, clock=lambda: float(timestamp)).handle(request)
    assert "TotalCount" in reply.json()["Response"], reply.json()


def test_names_are_sorted_after_underscores_became_dots() -> None:
    names = {"A_b": "1", "A.a": "2", "AZ": "3", "A-c": "4", "Signature": "never"}
    assert v1_string_to_sign("GET", "h", "/p", names) == "GETh/p?A-c=4&A.a=2&A.b=1&AZ=3"


def test_unknown_methods_mean_sha1() -> None:
    assert v1_signature("key", "text", "whatever") == v1_signature("key", "text", "HmacSHA1")
    assert v1_signature("key", "text", "HmacSHA256") != v1_signature("key", "text", "HmacSHA1")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("signature_method", ["HmacSHA1", "HmacSHA256"])
@pytest.mark.parametrize("target", [{}, {"host": LEGACY_HOST, "path": "/v2/index.php"}])
def test_forms_of_both_generations(method: str, signature_method: str, target: dict[str, Any]) -> None:
    sim = Bench()
    parameters = {"Filters": [{"Name": "instance-name", "Values": ["web-01", "+ &=%~*/\u5bc6\u7801\U0001f511"]}]}
    reply = sim.raw_form("DescribeInstances", parameters, method=method, signature_method=signature_method, **target)
    assert reply.json()["Response"]["TotalCount"] == 1


def both(sim: Bench, **options: Any) -> list[str | None]:
    """The code of a TC3 call, a form call and a call of the older generation."""
    return [
        code(sim.raw("DescribeInstances", **options).json()["Response"]),
        code(sim.raw_form("DescribeInstances", **options).json()["Response"]),
        code(sim.raw_legacy("DescribeInstances", **options).json()["Response"]),
    ]


@pytest.mark.parametrize(
    ("options", "v3", "legacy"),
    [
        ({"key": ("AKIDnobody", KEY[1])}, "AuthFailure.SecretIdNotFound", "InvalidParameter.SecretIdNotFound"),
        ({"key": (KEY[0], "wrong")}, "AuthFailure.SignatureFailure", "InvalidParameter.SignatureFailure"),
        ({"now": NOW - 301}, "AuthFailure.SignatureExpire", "InvalidRequest.ReplayAttack"),
        ({"now": NOW + 302}, "AuthFailure.SignatureExpire", "InvalidRequest.ReplayAttack"),
    ],
)
def test_auth_failures(options: dict[str, Any], v3: str, legacy: str) -> None:
    assert both(Bench(), **options) == [v3, v3, legacy]


def test_the_window_is_five_minutes_of_the_servers_clock() -> None:
    assert both(Bench(), now=NOW - 300) == [None] * 3
    skewed = Bench(clock_skew=400)
    assert both(skewed)[0] == "AuthFailure.SignatureExpire"
    assert both(skewed, now=NOW + 400) == [None] * 3
    assert skewed.raw("DescribeInstances").headers["Date"] == "Thu, 09 Oct 2025 09:00:00 GMT"


def test_unwanted_tokens_fail() -> None:
    sim = Bench()
    assert code(sim.call("DescribeInstances", token="made-up")) == "AuthFailure.TokenFailure"
    legacy = sim.legacy("DescribeInstances", Token="made-up")
    assert code(legacy) == "InvalidRequest.TokenCheckFailed"


def test_a_nonce_serves_once() -> None:
    sim = Bench()
    assert code(sim.legacy("DescribeInstances", Nonce="77")) is None
    sim.wait(1)
    assert code(sim.legacy("DescribeInstances", Nonce="77")) == "InvalidRequest.ReplayAttack"
    again = sim.raw_form("DescribeInstances", Nonce="77").json()["Response"]
    assert code(again) == "AuthFailure.SignatureExpire"


@pytest.mark.parametrize(("name", "value"), [("Nonce", "-1"), ("Nonce", "x"), ("Timestamp", "soon")])
def test_malformed_common_parameters(name: str, value: str) -> None:
    assert code(Bench().raw_form("DescribeInstances", {}, **{name: value}).json()["Response"]) == "InvalidParameter"


@pytest.mark.parametrize("name", ["Nonce", "SecretId", "Timestamp"])
def test_missing_common_parameters(name: str) -> None:
    answer = Bench().raw_form("DescribeInstances", {}, **{name: ""}).json()["Response"]
    assert code(answer) == "MissingParameter"


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer x",
        "TC3-HMAC-SHA256 Credential=a/2025-10-09/cvm/tc3_request, SignedHeaders=content-type;host, Signature=00",
        f"TC3-HMAC-SHA256 Credential=a/2025-10-09/cvm/tc3_request, SignedHeaders=host, Signature={'0' * 64}",
    ],
)
def test_malformed_authorization(authorization: str) -> None:
    answer = Bench().call("DescribeInstances", Authorization=authorization)
    assert code(answer) == "AuthFailure.InvalidAuthorization"


def test_json_needs_tc3_and_tc3_needs_json() -> None:
    sim = Bench()
    bare = HttpRequest("POST", HOST, "/", "", {"Content-Type": "application/json"}, b"{}")
    assert code(sim.simulator.handle(bare).json()["Response"]) == "AuthFailure.InvalidAuthorization"
    signed = tc3("DescribeInstances", {}, now=sim.now)
    mixed = HttpRequest("POST", HOST, "/", "", {**signed.headers, **FORM}, signed.body)
    assert code(sim.simulator.handle(mixed).json()["Response"]) == "AuthFailure.InvalidAuthorization"


def test_a_changed_body_or_host_breaks_the_signature() -> None:
    sim = Bench()
    signed = tc3("DescribeInstances", {"Limit": 1}, now=sim.now)
    for host, body in ((HOST, b'{"Limit": 2}'), ("cvm.ap-guangzhou.tencentcloudapi.com", signed.body)):
        changed = HttpRequest("POST", host, "/", "", signed.headers, body)
        assert code(sim.simulator.handle(changed).json()["Response"]) == "AuthFailure.SignatureFailure"


def test_scope_must_fit_date_and_service() -> None:
    sim = Bench()
    signed = tc3("DescribeInstances", {}, now=sim.now)
    for old, new in (("2025-10-09", "2025-10-08"), ("/cvm/", "/cbs/")):
        headers = {**signed.headers, "Authorization": signed.headers["Authorization"].replace(old, new)}
        changed = HttpRequest("POST", HOST, "/", "", headers, signed.body)
        assert code(sim.simulator.handle(changed).json()["Response"]) == "AuthFailure.SignatureFailure"


def test_the_numeric_envelope_of_auth_failures() -> None:
    sim = Bench(legacy_auth_envelope="numeric")
    document = sim.raw_legacy("DescribeInstances", key=(KEY[0], "wrong")).json()
    assert (document["code"], document["codeDesc"]) == (4100, "AuthFailure")
    assert sim.raw_legacy("DescribeInstances", now=NOW - 400).json()["code"] == 4500
    assert code(sim.legacy("NoSuchAction")) == "InvalidAction.NotFound"


def test_post_ignores_the_query() -> None:
    sim = Bench()
    signed = form("DescribeInstances", {"Limit": 1}, now=sim.now)
    request = HttpRequest("POST", HOST, "/", "Action=ResetInstance", signed.headers, signed.body)
    assert "TotalCount" in sim.simulator.handle(request).json()["Response"]
