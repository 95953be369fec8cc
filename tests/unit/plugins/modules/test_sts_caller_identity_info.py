# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module that tells whose credentials a task uses, from its options to its exit, on a simulator."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.tencent.cloud.plugins.modules import sts_caller_identity_info
from tests.unit.support.modules import ADDED, KEYS, Modules

ROLE = "qcs::cam::uin/100000000001:roleName/reinstaller"
DOCUMENTED = yaml.safe_load(sts_caller_identity_info.RETURN)
IDENTITY = ("account_id", "arn", "type", "user_id", "principal_id", "request_id")


def run(modules: Modules, **options: Any) -> dict[str, Any]:
    result = modules(sts_caller_identity_info, **options)
    assert set(result) - ADDED == set(DOCUMENTED)
    assert result["changed"] is False
    return result


@pytest.mark.parametrize("api", ["v3", "v2"])
@pytest.mark.parametrize("check", [True, False])
def test_a_sub_account(modules: Modules, check: bool, api: str) -> None:
    result = run(modules, check=check, api=api)
    for key in set(DOCUMENTED) - {"request_id"}:
        assert result[key] == DOCUMENTED[key]["sample"], key
    assert result["request_id"]
    assert modules.bench.calls == ["GetCallerIdentity"]


def test_a_role_that_is_taken_on(modules: Modules) -> None:
    result = run(modules, assume_role={"role_arn": ROLE, "role_session_name": "nightly"})
    number, _colon, session = result["user_id"].partition(":")
    assert (result["type"], result["account_id"], session) == ("CAMRole", "100000000001", "nightly")
    assert result["arn"] == f"qcs::sts:100000000001:assumed-role/{number}"
    assert result["principal_id"] == "100000000002"
    assert modules.bench.calls == ["AssumeRole", "GetCallerIdentity"]


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ({"region": ""}, "InvalidOption", "region"),
        ({"secret_key": "wrong"}, "AuthFailure.SignatureFailure", "GetCallerIdentity failed with"),
        ({"secret_id": "AKIDnobody"}, "AuthFailure.SecretIdNotFound", "Check the secret_id"),
        ({"assume_role": {"role_arn": f"{ROLE}2"}}, "InvalidCredentials", "RoleNotFound"),
    ],
)
def test_what_fails(modules: Modules, options: dict[str, Any], code: str, words: str) -> None:
    result = run(modules, **options)
    assert result["failed"]
    assert result["error"]["code"] == code
    assert [result[key] for key in IDENTITY] == [None] * len(IDENTITY)
    assert [problem["option"] for problem in result["problems"]] == (["region"] if "region" in options else [])
    assert words in result["msg"]
    assert KEYS["secret_key"] not in str(result)


def test_what_would_need_a_permission_says_which(modules: Modules) -> None:
    modules.bench.fault("error", "GetCallerIdentity", code="UnauthorizedOperation", message="No.")
    result = run(modules)
    assert "CAM permission for the action sts:GetCallerIdentity" in result["msg"]
    assert result["error"]["request_id"]


def test_a_lost_answer_is_asked_for_again(modules: Modules) -> None:
    modules.bench.fault("drop", "GetCallerIdentity", when="after")
    assert run(modules)["account_id"] == "100000000001"
    assert modules.bench.calls == ["GetCallerIdentity"] * 2


def answering(modules: Modules, patch: pytest.MonkeyPatch, **fields: Any) -> dict[str, Any]:
    """The result when the API answers with these fields alone."""
    client = "ansible_collections.tencent.cloud.plugins.module_utils._api.client.Client.read"
    patch.setattr(client, lambda *given: {"RequestId": "r-1", **fields})
    return run(modules)


@pytest.mark.parametrize("account", [{}, {"AccountId": None}, {"AccountId": ""}, {"AccountId": 100000000001}])
def test_no_account_is_no_answer(modules: Modules, monkeypatch: pytest.MonkeyPatch, account: dict[str, Any]) -> None:
    result = answering(modules, monkeypatch, **account, Type="CAMUser")
    assert (result["error"]["code"], result["error"]["request_id"]) == ("BadAnswer", "r-1")
    assert (result["account_id"], result["type"]) == (None, None)
    assert "no AccountId" in result["msg"]


def test_another_field_may_be_missing(modules: Modules, monkeypatch: pytest.MonkeyPatch) -> None:
    result = answering(modules, monkeypatch, AccountId="100000000001", Type="CAMRole", UserId=7)
    assert [result[key] for key in IDENTITY] == ["100000000001", None, "CAMRole", None, None, "r-1"]
