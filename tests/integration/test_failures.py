# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a failed task says, what it never says, and that a bad one sends nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from ansible_collections.tencent.cloud.plugins.modules import cvm_reset_instance

from .harness import MODULE, SECRET_KEY, Ansible, Run, reset

ID = "ins-r8hr2upy"
DOCUMENTED = set(yaml.safe_load(cvm_reset_instance.RETURN))
ADDED = {"msg", "failed", "warnings", "deprecations", "exception", "diff", "invocation"}
"""Keys that Ansible adds to a result."""

DOCUMENT_CODES = {
    "MissingParameter": ("ins-r8hr2upy", "Give the option that the message names"),
    "InvalidInstanceId.NotFound": ("ins-stopped1", "Check instance_id, region"),
    "InvalidInstanceId.Malformed": ("ins-keypair1", "eight letters or digits"),
    "InvalidParameterValue": ("ins-localssd", "Correct the option"),
    "InvalidInstance.NotSupported": ("ins-newborn1", "try another image"),
}


def fault(kind: str, instance_id: str = ID, **options: Any) -> dict[str, Any]:
    return {"action": "ResetInstance", "kind": kind, "instance_id": instance_id, **options}


def error(code: str, instance_id: str = ID) -> dict[str, Any]:
    return fault("error", instance_id, code=code, message=f"It is {code}.")


def test_the_codes_of_the_source_document(leaping: Ansible) -> None:
    """Each says what happened, what to do, and the RequestId. One may complain of a copy, which is looked for."""
    leaping.simulator.faults([error(code, instance_id) for code, (instance_id, advice) in DOCUMENT_CODES.items()])
    run = leaping.play(*(reset(instance_id) for instance_id, advice in DOCUMENT_CODES.values()), stop=False)
    sent = {call["instance_id"]: call["request_id"] for call in leaping.resets}
    for result, (code, (instance_id, advice)) in zip(run.results, DOCUMENT_CODES.items(), strict=True):
        assert result["failed"]
        assert (result["outcome"], result["changed"], result["submissions"]) == ("refused", False, 1)
        assert result["error"] == {
            "code": code,
            "message": f"It is {code}.",
            "request_id": sent[instance_id],
            "action": "ResetInstance",
        }
        for words in (f"It is {code}.", advice, sent[instance_id]):
            assert words in result["msg"]
    assert leaping.simulator.state()["accepted"] == {}


def test_a_failure_inside_the_service_leaves_the_end_unknown(ansible: Ansible) -> None:
    ansible.simulator.faults([error("InternalServerError")])
    run = ansible.play(reset(wait_timeout=1))
    assert run.code != 0
    assert (run.result["outcome"], run.result["changed"], run.result["submissions"]) == ("unknown", True, 1)
    for words in ("InternalServerError", ansible.resets[0]["request_id"], "unknown", "before you run the task again"):
        assert words in run.result["msg"]


def test_a_failure_inside_the_service_after_acceptance_is_a_success(ansible: Ansible) -> None:
    ansible.simulator.faults([{**error("InternalServerError"), "when": "after"}])
    run = ansible.play(reset(image_id="img-pmqg1cw7"))
    assert run.code == 0
    assert (run.result["outcome"], run.result["adopted"], run.result["submissions"]) == ("done", True, 1)
    assert ansible.simulator.state()["accepted"] == {ID: 1}


def test_a_reset_that_fails_fails_the_task_with_its_reason(ansible: Ansible) -> None:
    ansible.simulator.faults([fault("operation_failed", message="Install system failed.")])
    run = ansible.play(reset(image_id="img-pmqg1cw7"))
    assert run.code != 0
    assert (run.result["outcome"], run.result["changed"]) == ("failed", True)
    assert run.result["error"]["code"] == "OperationFailed"
    for words in ("Install system failed.", ansible.resets[0]["request_id"]):
        assert words in run.result["msg"]


@pytest.mark.parametrize("arguments", [[], ["--check"]])
def test_all_problems_come_at_once_and_nothing_is_sent(ansible: Ansible, arguments: list[str]) -> None:
    login = {"password": "short", "key_ids": ["skey-99999999"]}
    task = reset("ins-rescue01", image_id="img-big100gb", login_settings=login, host_name="-")
    run = ansible.play(task, arguments=arguments)
    assert run.code != 0
    options = [problem["option"] for problem in run.result["problems"]]
    assert set(options) == {
        "instance_id",
        "image_id",
        "login_settings",
        "login_settings.key_ids",
        "login_settings.password",
        "host_name",
    }
    assert all(problem["message"] in run.result["msg"] for problem in run.result["problems"])
    assert ansible.resets == []


BAD: list[dict[str, Any]] = [
    {},
    {"instance_id": None},
    {"instance_id": ""},
    {"instance_id": ["a", "b"]},
    {"instance_id": ID, "system_disk": "large"},
    {"instance_id": ID, "system_disk": {"disk_size": "large"}},
    {"instance_id": ID, "login_settings": {"keys": []}},
    {"instance_id": ID, "login_settings": {"key_ids": [1, None]}},
    {"instance_id": ID, "enhanced_service": {"security_service": "maybe"}},
    {"instance_id": ID, "host_name": "\u0000"},
    {"instance_id": ID, "image_id": "img-\U0001f4a3"},
    {"instance_id": ID, "policy": "image_differs", "image_id": ""},
    {"instance_id": ID, "attach": ""},
    {"instance_id": ID, "policy": "once", "idempotency_key": ""},
    {"instance_id": ID, "policy": "once", "idempotency_key": "not a key"},
    {"instance_id": ID, "expected": {"tags": ["a"]}},
    {"instance_id": ID, "settle_seconds": 1},
    {"instance_id": ID, "wait_interval": -1},
    {"instance_id": ID, "timeout": 0},
    {"instance_id": ID, "endpoint": "http://api.example.com"},
    {"instance_id": ID, "endpoint": "https://[::1"},
    {"instance_id": ID, "api": "v2", "signature_method": "TC3-HMAC-SHA256"},
    {"instance_id": ID, "api": "v2", "host_name": "web-1"},
    {"instance_id": ID, "profile": "nobody"},
    {"instance_id": ID, "secret_id": SECRET_KEY, "secret_key": " "},
    {"instance_id": ID, "assume_role": {}},
    {"instance_id": ID, "ca_path": "/nonexistent", "endpoint": "https://127.0.0.1:9", "max_attempts": 1},
    {"instance_id": ID, "proxy": "nonsense", "max_attempts": 1},
]


def test_bad_input_fails_with_a_sentence_and_sends_nothing(ansible: Ansible) -> None:
    run = ansible.play(*({MODULE: options} for options in BAD), stop=False)
    assert len(run.results) == len(BAD)
    for options, result in zip(BAD, run.results, strict=True):
        assert result["failed"], options
        assert result["msg"], options
    for word in ("Traceback", "MODULE FAILURE", "unhandled"):
        assert word not in run.everything
    assert ansible.resets == []


def test_every_result_has_the_documented_keys(leaping: Ansible) -> None:
    refused, broken = error("InvalidInstance.NotSupported", "ins-stopped1"), fault("operation_failed", "ins-keypair1")
    leaping.simulator.faults([refused, broken])
    same = reset(image_id="img-pmqg1cw7", policy="image_differs")
    run = leaping.play(
        {**same, "check_mode": True},
        same,
        same,
        reset("ins-stopped1"),
        reset("ins-keypair1"),
        reset("ins-winlarge", wait=False, login_settings={"password": "Correct-Horse-7"}),
        reset("ins-00000000"),
        reset(settle_seconds=1),
        stop=False,
    )
    outcomes = ["planned", "done", "unchanged", "refused", "failed", "accepted", "refused", "refused"]
    assert [result["outcome"] for result in run.results] == outcomes
    for result in run.results:
        assert set(result) - ADDED == DOCUMENTED


SECRETS = {"password": "Hunter2-Password", "user_data": "#!/bin/sh hunter2-data", "secret_key": SECRET_KEY}
SECRETIVE: dict[str, Any] = {
    "login_settings": {"password": "{{ password }}"},
    "user_data": "{{ user_data }}",
    "secret_id": "AKIDsimulator",
    "secret_key": "{{ secret_key }}",
}


@pytest.fixture
def from_file(ansible: Ansible) -> list[str]:
    """The arguments of a most talkative run, with the secrets in a file: Ansible shows what stands in a playbook."""
    ansible.environment = {"TENCENTCLOUD_REGION": "ap-guangzhou"}
    secrets = ansible.folder / "secrets.yml"
    secrets.write_text(yaml.safe_dump(SECRETS), encoding="utf-8")
    return ["-e", f"@{secrets}", "-vvvv", "--diff"]


def leaks(run: Run) -> list[str]:
    shown = run.everything + json.dumps(run.results)
    return [name for name, secret in SECRETS.items() if secret in shown or json.dumps(secret)[1:-1] in shown]


def test_no_secret_is_shown_by_a_playbook(ansible: Ansible, from_file: list[str]) -> None:
    ansible.simulator.faults([fault("redirect", nth=2)])
    run = ansible.play(
        {**reset(**SECRETIVE), "check_mode": True},
        reset(**SECRETIVE),
        reset(**SECRETIVE, wait_timeout=1, image_id="img-pmqg1cw7"),
        reset(**SECRETIVE, host_name="-"),
        reset(**SECRETIVE, endpoint="http://127.0.0.1:9", max_attempts=1),
        arguments=from_file,
        stop=False,
    )
    assert [result["outcome"] for result in run.results] == ["planned", "done", "unknown", "refused", "refused"]
    assert run.log
    assert leaks(run) == []


def test_no_secret_is_shown_ad_hoc(ansible: Ansible, from_file: list[str]) -> None:
    run = ansible.adhoc({"instance_id": ID, **SECRETIVE}, *from_file)
    assert run.result["outcome"] == "done"
    assert leaks(run) == []
