# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module that resets many instances, from its options to its exit, on a simulator."""

from __future__ import annotations

import json
from threading import Thread
from typing import Any

import pytest
import yaml

from ansible_collections.tencent.cloud.plugins.modules import cvm_reset_instances
from tests.unit.support.modules import ADDED, Modules

WEB, KEYED, FREE = "ins-r8hr2upy", "ins-keypair1", "ins-nocharge"
TARGET = "img-pmqg1cw7"
REQUEST_ID = "a0a66377-b79f-4a21-846c-d997d6022968"
DOCUMENTED = set(yaml.safe_load(cvm_reset_instances.RETURN))
HIDDEN = "Example-Passw0rd-9"

BAD: list[tuple[dict[str, Any], str]] = [
    ({}, "missing required arguments: instances"),
    ({"instances": None}, "instances: It must be a list, and is null."),
    ({"instances": []}, "instances: It is empty."),
    ({"instances": ""}, "instances: It is empty."),
    (
        {"instances": WEB},
        "instances: It must be a list, and is text. Give a list of mappings, such as {instance_id: ...}",
    ),
    ({"instances": {"instance_id": WEB}}, "instances: It must be a list, and is a mapping."),
    ({"instances": '[{"instance_id": '}, "instances: It must be a list, and is text."),
    ({"instances": [WEB, KEYED]}, "instances: In instances[0], instances[1]: It must be a mapping, and is text."),
    ({"instances": [{"instance_id": WEB}, None]}, "instances: In instances[1]: It must be a mapping, and is null."),
    ({"instances": [[WEB]]}, "instances: In instances[0]: It must be a mapping, and is a list."),
    ({"instances": [{}]}, "missing required arguments: instance_id found in instances"),
    ({"instances": [{"instance_id": ""}]}, "instances.instance_id: It is empty in instances[0]."),
    ({"instances": [{"instance_id": "web-1"}]}, "instance_id: 'web-1' is not a valid id."),
    ({"instances": [{"instance_id": WEB}] * 2}, f"{WEB} is there 2 times (instances[0], instances[1])."),
    ({"instances": [{"instance_id": f"ins-{n:08}"} for n in range(1001)]}, "instances: It has 1001 instances."),
    ({"instances": [{"instance_id": WEB, "image": TARGET}]}, "instances.image. Supported parameters include:"),
    ({"instances": [{"instance_id": WEB, "attach": REQUEST_ID}]}, "instances.attach. Supported parameters include:"),
    ({"instances": [{"instance_id": WEB, "policy": "never"}]}, "value of policy must be one of"),
    ({"instances": [{"instance_id": WEB, "policy": "once"}]}, "idempotency_key: It is needed with policy: once."),
    ({"instances": [{"instance_id": WEB, "expected": None}]}, "expected: It is empty"),
    (
        {"instances": [{"instance_id": WEB, "host_name": []}]},
        "instances.host_name: In instances[0]: It must be te",
    ),
    (
        {"instances": [{"instance_id": WEB, "system_disk": 60}]},
        "instances.system_disk: In instances[0]: It must be a",
    ),
    ({"attach": {}}, "attach: It is empty, and without it the instances would be reset."),
    ({"attach": None}, "attach: It is empty, and without it the instances would be reset."),
    ({"attach": {WEB: None}}, "attach: It is empty or not a RequestId"),
    ({"attach": REQUEST_ID}, "attach: It must be a mapping, and is text."),
    ({"attach": {WEB: REQUEST_ID, KEYED: REQUEST_ID}}, f"attach: {KEYED} is not in instances."),
    ({"concurrency": 0}, "concurrency: It is out of range. Give 1 to 1000."),
    ({"concurrency": "many"}, "argument 'concurrency' is of type"),
    ({"concurrency": 5, "wait": False}, "concurrency: Without waiting nobody knows when a reset has ended."),
    ({"canary": 1, "wait": False}, "canary: Without waiting nobody knows how a canary ends."),
    ({"canary": -1}, "canary: It is out of range."),
    ({"max_failures": 1, "max_fail_percentage": 1}, "mutually exclusive"),
    ({"max_fail_percentage": "nan"}, "max_fail_percentage: It is out of range."),
    ({"sends_per_second": 0}, "sends_per_second: It is out of range."),
    ({"reads_per_second": 0}, "reads_per_second: It is out of range."),
    ({"settle_seconds": 1}, "settle_seconds: 1 is less than the 300 seconds"),
]


@pytest.mark.parametrize(("given", "words"), BAD, ids=[words for _given, words in BAD])
def test_options_that_cannot_be(modules: Modules, given: dict[str, Any], words: str) -> None:
    result = modules(cvm_reset_instances, **({"instances": [{"instance_id": WEB}], **given} if given else {}))
    assert result["failed"]
    assert words in result["msg"]
    assert "ResetInstance" not in modules.bench.calls


def test_an_instance_whose_id_is_null_is_refused(modules: Modules) -> None:
    result = modules(cvm_reset_instances, instances=[{"instance_id": None}])
    assert result["failed"]
    # ansible-core 2.16 refuses it itself, in words of its own.
    said = ("instances.instance_id: It is empty in instances[0].", "argument 'instance_id' is of type")
    assert any(words in result["msg"] for words in said)
    assert "found in 'instances'" in result["msg"] or "instances[0]" in result["msg"]
    assert modules.bench.calls == []


def test_all_that_is_wrong_with_the_task_comes_at_once(modules: Modules) -> None:
    result = modules(cvm_reset_instances, instances=[], canary=-1, attach={}, secret_id="a", secret_key=None)
    assert [problem["option"] for problem in result["problems"]] == ["instances", "attach", "canary", "secret_id"]
    assert result["error"] is None
    assert set(result) - ADDED == DOCUMENTED


def test_every_end_has_the_documented_keys(modules: Modules) -> None:
    login = {"login_settings": {"key_ids": ["skey-b4vakk62"]}}
    both, one = [{"instance_id": WEB}, {"instance_id": KEYED}], [{"instance_id": WEB}]
    ends = [
        (modules(cvm_reset_instances, check=True, instances=both, **login), {"planned": 2}, True),
        (modules(cvm_reset_instances, instances=both, image_id=TARGET, **login), {"done": 2}, True),
        (modules(cvm_reset_instances, instances=one, image_id=TARGET, policy="image_differs"), {"unchanged": 1}, False),
        (modules(cvm_reset_instances, instances=[{"instance_id": FREE}], **login), {"refused": 1}, False),
        (modules(cvm_reset_instances, instances=one, secret_key="wrong"), {"refused": 1}, False),
    ]
    for result, outcomes, changed in ends:
        assert set(result) - ADDED == DOCUMENTED, outcomes
        assert (result["summary"]["outcomes"], result["changed"]) == (outcomes, changed)
        assert result["summary"]["instances"] == len(result["results"])


@pytest.mark.parametrize("login", [HIDDEN, f"password {HIDDEN}", [HIDDEN], {"password": [HIDDEN]}, {"pasword": HIDDEN}])
@pytest.mark.parametrize("as_text", [False, True])
def test_what_cannot_be_read_is_not_shown(modules: Modules, login: Any, as_text: bool) -> None:
    instances: Any = [{"instance_id": WEB, "login_settings": login}]
    result = modules(cvm_reset_instances, instances=json.dumps(instances) if as_text else instances)
    assert result["failed"]
    assert HIDDEN not in json.dumps(result)


def test_a_guard_that_a_template_emptied_is_found_in_text_too(modules: Modules) -> None:
    instances = json.dumps([{"instance_id": WEB, "expected": {"instance_name": None}}])
    result = modules(cvm_reset_instances, instances=instances)
    assert "expected.instance_name: It has no value, so it would guard nothing." in result["msg"]


def test_nothing_is_sent_when_the_machine_has_no_room_for_the_threads(
    modules: Modules, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, start = [], Thread.start

    def crowded(thread: Thread) -> None:
        if started:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    monkeypatch.setattr(Thread, "start", crowded)
    login = {"login_settings": {"key_ids": ["skey-b4vakk62"]}}
    result = modules(cvm_reset_instances, instances=[{"instance_id": WEB}, {"instance_id": KEYED}], **login)
    assert result["failed"]
    assert result["msg"] == "NoThreads: Nothing was sent: this machine cannot start 2 threads (can't start new thread)."
    assert "ResetInstance" not in modules.bench.calls
    assert not started[0].is_alive()
