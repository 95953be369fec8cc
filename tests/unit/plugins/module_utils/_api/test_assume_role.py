# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Taking on a role: what is asked of the security token service, and what is made of its answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._api.assume_role import assume_role
from ansible_collections.tencent.cloud.plugins.module_utils._api.credentials import Credentials
from ansible_collections.tencent.cloud.plugins.module_utils._errors import ApiError, CredentialsError
from tests.unit.support.doubles import ScriptedTransport, answer, client_with, lost, refusal

ARN = "qcs::cam::uin/100000000001:roleName/reinstaller"
KEYS = {"TmpSecretId": "AKIDtmp", "TmpSecretKey": "key-tmp", "Token": "token-tmp"}
GOOD = answer(Credentials=KEYS, ExpiredTime=1_700_007_200, Expiration="2023-11-15T00:13:20Z")


def asked(role: dict[str, Any], **options: Any) -> dict[str, Any]:
    """The parameters of the call for a role."""
    transport = ScriptedTransport(GOOD)
    assume_role(client_with(transport, **options), role)
    [request] = transport.sent
    assert request.headers["X-TC-Action"] == "AssumeRole"
    assert request.headers["X-TC-Version"] == "2018-08-13"
    assert request.url == "https://sts.tencentcloudapi.com/"
    return dict(json.loads(request.body))


def test_the_answer_is_temporary_keys() -> None:
    found = assume_role(client_with(ScriptedTransport(GOOD)), {"role_arn": ARN})
    assert found == Credentials("AKIDtmp", "key-tmp", "token-tmp", f"the role {ARN}", expires_at=1_700_007_200.0)


@pytest.mark.parametrize("api", ["v2", "v3"])
def test_a_role_alone_has_defaults(api: str) -> None:
    expected = {"RoleArn": ARN, "RoleSessionName": "ansible", "DurationSeconds": 7200}
    assert asked({"role_arn": ARN}, api=api) == expected
    empty = {"role_session_name": None, "duration_seconds": None, "external_id": "", "policy": None}
    assert asked({"role_arn": ARN, **empty}, api=api) == expected


def test_every_option_of_a_role_is_sent() -> None:
    role = {
        "role_arn": ARN,
        "role_session_name": "nightly",
        "duration_seconds": 900,
        "external_id": "external",
        "policy": '{"version": "2.0"}',
    }
    assert asked(role) == {
        "RoleArn": ARN,
        "RoleSessionName": "nightly",
        "DurationSeconds": 900,
        "ExternalId": "external",
        "Policy": '{"version": "2.0"}',
    }


@pytest.mark.parametrize("missing", [{}, {"ExpiredTime": 0}, {"ExpiredTime": None}])
def test_the_end_may_be_told_as_text_alone(missing: dict[str, Any]) -> None:
    transport = ScriptedTransport(answer(Credentials=KEYS, Expiration="2023-11-15T00:13:20Z", **missing))
    assert assume_role(client_with(transport), {"role_arn": ARN}).expires_at == 1_700_007_200.0


@pytest.mark.parametrize(
    "response",
    [
        {},
        {"Credentials": None, "ExpiredTime": 1},
        {"Credentials": {"TmpSecretId": "i", "TmpSecretKey": "k"}, "ExpiredTime": 1},
        {"Credentials": {**KEYS, "TmpSecretId": 7}, "ExpiredTime": 1},
        {"Credentials": KEYS},
        {"Credentials": KEYS, "Expiration": "soon"},
        {"Credentials": KEYS, "ExpiredTime": "soon"},
    ],
)
def test_an_answer_that_cannot_be_read_is_named(response: dict[str, Any]) -> None:
    with pytest.raises(CredentialsError, match=f"AssumeRole for {ARN} cannot be read"):
        assume_role(client_with(ScriptedTransport(answer(**response))), {"role_arn": ARN})


def test_a_refusal_names_the_permission() -> None:
    transport = ScriptedTransport(refusal("UnauthorizedOperation"))
    with pytest.raises(ApiError, match="CAM permission for the action sts:AssumeRole"):
        assume_role(client_with(transport), {"role_arn": ARN})


def test_asking_for_keys_is_repeated_as_a_read_is() -> None:
    transport = ScriptedTransport(lost(), refusal("InternalError"), GOOD)
    assert assume_role(client_with(transport), {"role_arn": ARN}).token == "token-tmp"
