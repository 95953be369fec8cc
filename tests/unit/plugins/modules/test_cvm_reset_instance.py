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

from ansible_collections.tencent.cloud.plugins.module_utils import _connection, _module
from ansible_collections.tencent.cloud.plugins.modules import cvm_reset_instance
from tests.unit.simulated import KEY, Simulated, simulated

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
        patch.setattr(_connection, "Transport", lambda **options: self.bench.transport)
        patch.setattr(_module, "Clock", lambda: self.bench.clock)

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
    ("options", "code", "words"),
    [
        ({"settle_seconds": 299}, "InvalidOption", "settle_seconds: 299"),
        ({"attach": ""}, "InvalidOption", "attach: it is empty"),
        ({"attach": None}, "InvalidOption", "attach: it is empty"),
        ({"policy": "image_differs", "image_id": ""}, "InvalidOption", "image_id: it is empty"),
        ({"policy": "image_differs", "image_id": None}, "InvalidOption", "image_id: it is empty"),
        ({"wait_timeout": 0}, "InvalidOption", "wait_timeout: it is no time"),
        ({"region": ""}, "InvalidOption", "region"),
        ({"max_attempts": 0}, "InvalidOption", "max_attempts"),
        ({"secret_key": ""}, "InvalidCredentials", "secret_key"),
        ({"secret_key": "wrong"}, "AuthFailure.SignatureFailure", "DescribeInstances failed"),
    ],
)
def test_errors_before_anything_was_sent(module: Module, options: dict[str, Any], code: str, words: str) -> None:
    result = module(**{**RESET, **options})
    assert result["failed"]
    assert (result["outcome"], result["changed"], result["error"]["code"]) == ("refused", False, code)
    assert words in result["msg"]
    assert result["msg"] == result["reason"]
    assert set(result) >= DOCUMENTED
    assert "ResetInstance" not in module.bench.calls


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
    assert module(**once)["outcome"] == "done"
    # What was written last shows by then.
    module.bench.clock.sleep(60)
    assert module(**once)["outcome"] == "unchanged"
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
    assert "is no host name" in shown
    assert "hunter2" not in shown


def test_a_proxy_that_is_no_url_is_left_to_the_transport(module: Module) -> None:
    assert module(**RESET, proxy="http://[", check=True)["outcome"] == "planned"


def test_a_missing_library_is_named(module: Module, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_module, "REQUESTS_IMPORT_ERROR", "ImportError: No module named requests")
    result = module(**RESET)
    assert result["failed"]
    assert "Failed to import the required Python library (requests)" in result["msg"]
    assert module.bench.calls == []
