# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module from its options to its exit, in this process and on a simulator."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from ansible.module_utils import basic

from ansible_collections.tencent.cloud.plugins.module_utils import _module
from ansible_collections.tencent.cloud.plugins.module_utils._api import connection
from ansible_collections.tencent.cloud.plugins.module_utils._interrupts import Interrupts
from ansible_collections.tencent.cloud.plugins.modules import cvm_reset_instance
from tests.unit.support.simulated import KEY, Simulated, simulated

ID = "ins-r8hr2upy"
PASSWORD = "Correct-Horse-7"
KEYS = {"secret_id": KEY.secret_id, "secret_key": KEY.secret_key, "region": "ap-guangzhou"}
RESET: dict[str, Any] = {"instance_id": ID, "image_id": "img-pmqg1cw7", "login_settings": {"password": PASSWORD}}
DOCUMENTED = set(yaml.safe_load(cvm_reset_instance.RETURN))
ADDED = {"msg", "failed", "invocation", "warnings", "deprecations", "exception"}
"""Keys that Ansible adds to a result."""


class Module:
    """Runs the module on a simulator."""

    def __init__(self, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.bench: Simulated = simulated()
        self._patch = patch
        self._capsys = capsys
        patch.setattr(connection, "Transport", lambda **options: self.bench.transport)
        patch.setattr(Interrupts, "clock", lambda interrupts: self.bench.clock)

    def __call__(self, *, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
        """The result of one task."""
        arguments = {**KEYS, **options, "_ansible_check_mode": check, "_ansible_diff": diff}
        self._patch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode())
        # ansible-core 2.19 and later ask for it.
        self._patch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
        with pytest.raises(SystemExit) as ended:
            cvm_reset_instance.main()
        result: dict[str, Any] = json.loads(self._capsys.readouterr().out)
        assert bool(ended.value.code) is bool(result.get("failed"))
        return result


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Module:
    """The module, ready to run."""
    return Module(monkeypatch, capsys)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "missing required arguments: instance_id"),
        ({"instance_id": ID, "policy": "image_differs"}, "missing: image_id"),
        ({"instance_id": ID, "policy": "once"}, "missing: idempotency_key"),
        ({**RESET, "policy": "sometimes"}, "value of policy must be one of"),
        ({**RESET, "system_disk": {"disk_type": "CLOUD_SSD"}}, "disk_type"),
        ({**RESET, "wait_timeout": "long"}, "wait_timeout"),
    ],
)
def test_options_that_ansible_refuses(module: Module, options: dict[str, Any], words: str) -> None:
    result = module(**options)
    assert result["failed"]
    assert words in result["msg"]
    assert module.bench.calls == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"settle_seconds": 299}, "settle_seconds: 299 is less than the 300 seconds"),
        ({"attach": ""}, "attach: It is empty"),
        ({"attach": None}, "attach: It is empty"),
        ({"policy": "image_differs", "image_id": ""}, "image_id: It is empty"),
        ({"policy": "image_differs", "image_id": None}, "image_id: It is empty"),
        ({"wait_timeout": 0}, "wait_timeout: It is out of range"),
        ({"region": ""}, "region"),
        ({"max_attempts": 0}, "max_attempts"),
        ({"login_settings": {"password": ["hunter2"]}}, "login_settings.password: It must be text, and is a list."),
        ({"login_settings": {"password": 12345678}}, "login_settings.password: It must be text, and is a number."),
        ({"user_data": {"packages": ["hunter2"]}}, "user_data: It must be text, and is a mapping. Write it as text"),
        ({"host_name": ["web-1"]}, "host_name: It must be text, and is a list."),
    ],
)
def test_options_that_cannot_be_used(module: Module, options: dict[str, Any], words: str) -> None:
    result = module(**{**RESET, **options})
    assert result["failed"]
    assert (result["outcome"], result["changed"], result["error"], result["reason"]) == ("refused", False, None, None)
    assert f"(1) {words}" in result["msg"]
    assert result["problems"][0]["code"] == "InvalidOption"
    assert "hunter2" not in json.dumps(result)
    assert set(result) >= DOCUMENTED
    assert "ResetInstance" not in module.bench.calls


@pytest.mark.parametrize(
    ("secret_key", "code", "words"),
    [
        ("", "InvalidCredentials", "secret_key"),
        ("wrong", "AuthFailure.SignatureFailure", "DescribeInstances failed"),
    ],
)
def test_errors_before_anything_was_sent(module: Module, secret_key: str, code: str, words: str) -> None:
    result = module(**RESET, secret_key=secret_key)
    assert (result["outcome"], result["changed"], result["error"]["code"]) == ("refused", False, code)
    assert (result["problems"], result["reason"]) == ([], None)
    assert words in result["msg"]
    assert set(result) >= DOCUMENTED
    assert "ResetInstance" not in module.bench.calls


def options_of(result: dict[str, Any]) -> list[str]:
    """The options that a result complains of."""
    return [problem["option"] for problem in result["problems"]]


def test_all_problems_stand_in_one_list_whoever_knows_of_them(module: Module) -> None:
    bad: dict[str, Any] = {"wait_timeout": 0, "wait_interval": 0, "host_name": ["x"], "system_disk": {"disk_size": 1}}
    own = ["host_name", "wait_timeout", "wait_interval"]
    known = module(**{**RESET, **bad})
    assert options_of(known) == [*own, "system_disk.disk_size", "image_id"]
    malformed = module(**{**RESET, **bad, "instance_id": "web-1"})
    assert options_of(malformed) == [*own, "instance_id", "image_id"]
    assert module.bench.calls.count("DescribeInstances") == 1
    assert options_of(module(**{**RESET, **bad, "instance_id": "web-1", "region": ""}))[3:] == ["region", "instance_id"]
    offline = module(**{**RESET, **bad, "instance_id": "web-1", "secret_key": ""})
    assert options_of(offline)[3:] == ["instance_id", "secret_id"]
    assert "ResetInstance" not in module.bench.calls


def test_an_api_that_cannot_be_reached_hides_no_problem(module: Module) -> None:
    module.bench.transport.unreachable("DescribeInstances", times=99)
    result = module(**{**RESET, "wait_timeout": 0, "image_id": "ubuntu"})
    assert options_of(result) == ["wait_timeout", "image_id"]
    assert result["error"]["code"] == "NotSent"
    assert "More may be wrong: DescribeInstances failed" in result["msg"]


def test_problems_of_an_attach_are_not_those_of_another_reset(module: Module) -> None:
    started = module(**RESET, wait=False)
    attach = {"instance_id": ID, "attach": started["request_id"], "wait_timeout": 0}
    assert options_of(module(**attach)) == ["wait_timeout"]
    assert options_of(module(**{**attach, "instance_id": "ins-nobody00"})) == ["wait_timeout", "instance_id"]


def test_check_mode_plans_and_sends_nothing(module: Module) -> None:
    result = module(**RESET, check=True, diff=True)
    assert (result["outcome"], result["changed"], result["submissions"]) == ("planned", True, 0)
    assert result["diff"]["before"]["image_id"] == "img-9qabwvbn"
    assert result["diff"]["after"]["image_id"] == "img-pmqg1cw7"
    assert result["diff"]["after"]["system_disk"]["content"] == "wiped"
    assert module.bench.calls == ["DescribeInstances", "DescribeImages"]


def test_a_real_run_resets_once(module: Module) -> None:
    result = module(**RESET)
    assert (result["outcome"], result["changed"], result["submissions"]) == ("done", True, 1)
    assert result["previous"]["image_id"] == "img-9qabwvbn"
    assert result["instance"]["image_id"] == "img-pmqg1cw7"
    assert result["operation"]["state"] == "SUCCESS"
    assert module.bench.accepted == {ID: 1}


def test_the_second_run_finds_nothing_to_do(module: Module) -> None:
    assert module(**RESET, policy="image_differs")["outcome"] == "done"
    result = module(**RESET, policy="image_differs", diff=True)
    assert (result["outcome"], result["changed"]) == ("unchanged", False)
    assert result["diff"]["before"] == result["diff"]["after"]
    assert module.bench.accepted == {ID: 1}


def test_a_key_resets_once(module: Module) -> None:
    module.bench = simulated(operated=True)
    once = {**RESET, "policy": "once", "idempotency_key": "CHG-1"}
    done = module(**once)
    assert (done["outcome"], done["log"]) == ("done", None)
    # What was written last shows by then.
    module.bench.clock.sleep(60)
    again = module(**once)
    assert (again["outcome"], again["log"]["state"], again["log"]["request_id"]) == (
        "unchanged",
        "done",
        done["request_id"],
    )
    assert module.bench.accepted == {ID: 1}


def test_attach_waits_for_what_was_sent_before(module: Module) -> None:
    started = module(**RESET, wait=False)
    assert started["outcome"] == "accepted"
    ended = module(instance_id=ID, attach=started["request_id"])
    assert (ended["outcome"], ended["submissions"], ended["request_id"]) == ("done", 0, started["request_id"])
    assert module.bench.calls.count("ResetInstance") == 1


@pytest.mark.parametrize("diff", [True, False])
def test_every_result_has_the_documented_keys(module: Module, diff: bool) -> None:
    module.bench.fault("operation_failed", instance_id="ins-stopped1")
    results = [
        module(**RESET, diff=diff, check=True),
        module(**RESET, diff=diff),
        module(**RESET, diff=diff, policy="image_differs"),
        module(**{**RESET, "instance_id": "ins-stopped1"}, diff=diff),
        module(**{**RESET, "instance_id": "ins-rescue01"}, diff=diff),
    ]
    assert [result["outcome"] for result in results] == ["planned", "done", "unchanged", "failed", "refused"]
    for result in results:
        assert set(result) - ADDED == DOCUMENTED | ({"diff"} if diff else set())
        assert (result["reason"] is None) is bool(result.get("failed"))
        assert (result["previous"] is None) is (result["outcome"] in ("planned", "unchanged", "refused"))
        assert result["instance"]


def test_a_login_that_automation_loses_is_warned_of(module: Module) -> None:
    result = module(instance_id=ID, check=True)
    assert any("message centre" in str(warning) for warning in result["warnings"])


def test_no_secret_in_a_result(module: Module) -> None:
    secrets = ["hunter2-Password", "hunter2-data", KEY.secret_key]
    options = {**RESET, "login_settings": {"password": secrets[0]}, "user_data": secrets[1]}
    results = [module(**options, check=True, diff=True), module(**options), module(**options, host_name="-")]
    assert [result["outcome"] for result in results] == ["planned", "done", "refused"]
    assert not [secret for secret in secrets if secret in json.dumps(results)]


def test_a_proxy_may_be_shown_but_not_its_password(module: Module) -> None:
    shown = json.dumps(module(**{**RESET, "host_name": "hunter2-"}, proxy="http://me:hunter2@proxy.example.com:3128"))
    assert "is not a host name" in shown
    assert "hunter2" not in shown


def test_a_proxy_that_is_no_url_is_left_to_the_transport(module: Module) -> None:
    assert module(**RESET, proxy="http://[", check=True)["outcome"] == "planned"


def test_a_missing_library_is_named(module: Module, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_module, "REQUESTS_IMPORT_ERROR", "ImportError: No module named requests")
    result = module(**RESET)
    assert result["failed"]
    assert "Failed to import the required Python library (requests)" in result["msg"]
    assert module.bench.calls == []
