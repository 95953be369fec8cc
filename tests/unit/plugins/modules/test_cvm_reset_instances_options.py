# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of many resets: what each instance is asked for, and what is refused before anything is sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.tencent.cloud.plugins.module_utils._api.connection import CONNECTION_SPEC
from ansible_collections.tencent.cloud.plugins.module_utils._engine.rollout import Rollout
from ansible_collections.tencent.cloud.plugins.module_utils._reset.fleet_options import (
    FLEET_SPEC,
    fleet_problems,
    of_each,
    rollout_of,
)
from ansible_collections.tencent.cloud.plugins.modules import cvm_reset_instances
from tests.unit.support.modules import KEYS, Modules

FIRST, SECOND, THIRD = "ins-r8hr2upy", "ins-stopped1", "ins-keypair1"
THREE: list[dict[str, Any]] = [{"instance_id": one} for one in (FIRST, SECOND, THIRD)]
IMAGE, OTHER_IMAGE = "img-pmqg1cw7", "img-6n21msk1"
REQUEST_ID = "a0a66377-b79f-4a21-846c-d997d6022968"
ALL = dict.fromkeys((FIRST, SECOND, THIRD), REQUEST_ID)
SECRETS = ("Correct-Horse-7", "Wrong-Horse-7")


def completed(given: dict[str, Any]) -> dict[str, Any]:
    """The options as Ansible completes them."""
    # It fills in what the entries of a list leave out.
    result = ArgumentSpecValidator({**CONNECTION_SPEC, **FLEET_SPEC}).validate(json.loads(json.dumps(given)))
    assert not result.error_messages
    return dict(result.validated_parameters)


def of_the_task(**given: Any) -> dict[str, str]:
    """What is wrong with the task as a whole, by the option."""
    given = {"instances": THREE, **given}
    return {one.option: f"{one.message} {one.fix}" for one in fleet_problems(completed(given), given)}


def asked(**given: Any) -> list[dict[str, Any]]:
    """What is asked of each instance."""
    given = {"instances": THREE, **given}
    return [options for options, _problems in of_each(completed(given), given)]


def of_instances(**given: Any) -> list[dict[str, str]]:
    """What is wrong with what is asked of each instance, by the option."""
    given = {"instances": THREE, **given}
    return [
        {one.option: f"{one.message} {one.fix}" for one in problems}
        for _options, problems in of_each(completed(given), given)
    ]


# --- one list over common defaults


def test_what_an_instance_gives_replaces_the_default_as_a_whole() -> None:
    first, second, third = asked(
        instances=[
            {"instance_id": FIRST},
            {"instance_id": SECOND, "image_id": OTHER_IMAGE, "login_settings": {"key_ids": ["skey-b4vakk62"]}},
            {"instance_id": THIRD, "override_protection": False, "host_name": "web-3"},
        ],
        image_id=IMAGE,
        login_settings={"password": SECRETS[0], "keep_image_login": True},
        override_protection=True,
        host_name="web",
    )
    assert [one["image_id"] for one in (first, second, third)] == [IMAGE, OTHER_IMAGE, IMAGE]
    assert first["login_settings"] == {"password": SECRETS[0], "key_ids": None, "keep_image_login": True}
    assert second["login_settings"] == {"password": None, "key_ids": ["skey-b4vakk62"], "keep_image_login": False}
    assert [one["override_protection"] for one in (first, second, third)] == [True, True, False]
    assert [one["host_name"] for one in (first, second, third)] == ["web", "web", "web-3"]


def test_everybody_waits_in_the_same_way() -> None:
    assert {one["wait_timeout"] for one in asked(wait_timeout=77)} == {77}
    assert "wait" not in FLEET_SPEC["instances"]["options"]


def test_those_are_waited_for_that_attach_names() -> None:
    assert [one["attach"] for one in asked(attach={SECOND: REQUEST_ID})] == [None, REQUEST_ID, None]


def test_an_instance_with_another_policy_needs_no_key() -> None:
    entries = [{"instance_id": FIRST}, {"instance_id": SECOND, "policy": "always"}]
    common = {"policy": "once", "idempotency_key": "K1"}
    assert of_instances(instances=entries, **common) == [{}, {}]
    assert [(one["policy"], one["idempotency_key"]) for one in asked(instances=entries, **common)] == [
        ("once", "K1"),
        ("always", None),
    ]


@pytest.mark.parametrize(
    ("given", "rollout"),
    [
        ({}, Rollout()),
        ({"concurrency": 2, "canary": 1, "skip_refused": True}, Rollout(concurrency=2, canary=1, skip_refused=True)),
        ({"sends_per_second": 0.5, "max_failures": 4}, Rollout(sends_per_second=0.5, max_failures=4)),
        ({"max_fail_percentage": 0}, Rollout(max_failures=0)),
        ({"max_fail_percentage": 33}, Rollout(max_failures=0)),
        ({"max_fail_percentage": 34}, Rollout(max_failures=1)),
        ({"max_fail_percentage": 100}, Rollout(max_failures=3)),
    ],
)
def test_in_what_order_and_how_fast(given: dict[str, Any], rollout: Rollout) -> None:
    assert rollout_of(completed({"instances": THREE, **given})) == rollout


def test_a_share_that_is_reached_is_not_exceeded() -> None:
    options = completed({"instances": THREE})
    for count in (10, 100, 1000):
        for percent in range(101):
            given = {**options, "instances": THREE[:1] * count, "max_fail_percentage": float(percent)}
            assert rollout_of(given).max_failures == percent * count // 100


# --- what is refused


@pytest.mark.parametrize(
    ("given", "option", "words"),
    [
        ({"instances": []}, "instances", "It is empty. Give at least one"),
        (
            {"instances": [*THREE, THREE[0], THREE[0]]},
            "instances",
            f"{FIRST} is there 3 times (instances[0], instances[3], instances[4]). Give each instance once.",
        ),
        (
            {"instances": [{"instance_id": f"ins-g{number:07}"} for number in range(1001)]},
            "instances",
            "It has 1001 instances. Give at most 1000 in a task.",
        ),
        (
            {"attach": {**dict.fromkeys((FIRST, SECOND, THIRD), REQUEST_ID), "ins-elsewher": REQUEST_ID}},
            "attach",
            "ins-elsewher is not in instances. Add it there",
        ),
        ({"attach": {}}, "attach", "without it the instances would be reset. Give the RequestId"),
        ({"attach": None}, "attach", "without it the instances would be reset. Give the RequestId"),
        ({"concurrency": 0}, "concurrency", "It is out of range. Give 1 to 1000."),
        ({"concurrency": 1001}, "concurrency", "It is out of range. Give 1 to 1000."),
        ({"canary": -1}, "canary", "It is out of range. Give 0 to 1000."),
        ({"canary": 10**400}, "canary", "It is out of range. Give 0 to 1000."),
        ({"max_failures": -1}, "max_failures", "It is out of range."),
        ({"max_fail_percentage": 100.5}, "max_fail_percentage", "It is out of range. Give 0 to 100."),
        ({"max_fail_percentage": float("nan")}, "max_fail_percentage", "It is out of range."),
        ({"sends_per_second": 0}, "sends_per_second", "It is out of range. Give 0.01 to 100."),
        ({"sends_per_second": float("inf")}, "sends_per_second", "It is out of range."),
        ({"reads_per_second": 0}, "reads_per_second", "It is out of range. Give 0.1 to 1000."),
        ({"canary": 1, "wait": False}, "canary", "nobody knows how a canary ends. Set wait: true."),
        ({"settle_seconds": 299}, "settle_seconds", "a reset could run twice. Give 300 or more."),
        ({"wait_timeout": 0}, "wait_timeout", "out of range. Give 1 to 604800 seconds."),
    ],
)
def test_what_is_wrong_with_the_task(given: dict[str, Any], option: str, words: str, modules: Modules) -> None:
    found = of_the_task(**given)
    assert list(found) == [option]
    assert words in found[option]
    told = modules(cvm_reset_instances, **{"instances": THREE, **given})
    assert f"{option}: " in told["msg"]
    assert (told["results"], told["changed"], modules.bench.calls) == ([], False, [])
    assert [problem["option"] for problem in told["problems"]] == [option]


def test_several_ids_that_are_doubled_are_all_told() -> None:
    given = {"instances": [*THREE, *THREE[:2]]}
    found = [one.message for one in fleet_problems(completed(given), given)]
    assert [message.partition(" ")[0] for message in found] == [FIRST, SECOND]


@pytest.mark.parametrize("request_id", [None, "", 7])
def test_an_instance_without_a_request_id_is_refused_and_not_reset(request_id: Any) -> None:
    first, second, third = of_instances(attach={FIRST: REQUEST_ID, SECOND: request_id, THIRD: REQUEST_ID})
    assert list(second) == ["attach"]
    assert "It is empty or not a RequestId" in second["attach"]
    assert first == third == {}


def test_text_that_cannot_be_sent_is_refused() -> None:
    first, second, third = of_instances(instances=[THREE[0], {**THREE[1], "host_name": "\ud800"}, THREE[2]])
    assert list(second) == ["host_name"]
    assert "an invalid character" in second["host_name"]
    assert first == third == {}


EMPTY = "so it would guard nothing"


@pytest.mark.parametrize(
    ("own", "common", "option", "words"),
    [
        ({"expected": None}, {}, "expected", EMPTY),
        ({"expected": {}}, {}, "expected", EMPTY),
        ({"expected": {"tags": {}}}, {}, "expected.tags", EMPTY),
        ({}, {"expected": None}, "expected", EMPTY),
        ({}, {"expected": {"instance_name": None}}, "expected.instance_name", EMPTY),
        ({}, {"policy": "once"}, "idempotency_key", "It is needed with policy: once. Give the key"),
        ({"policy": "once"}, {}, "idempotency_key", "It is needed with policy: once. Give the key"),
        ({"policy": "image_differs"}, {}, "image_id", "It is empty, and policy image_differs compares with it. Give"),
        ({"idempotency_key": "K1"}, {}, "idempotency_key", "no effect with this policy. Set policy: once"),
        ({}, {"idempotency_key": "K1"}, "idempotency_key", "no effect with this policy. Set policy: once"),
    ],
)
def test_what_is_wrong_with_an_instance(
    own: dict[str, Any], common: dict[str, Any], option: str, words: str, modules: Modules
) -> None:
    given = {"instances": [THREE[0], {**THREE[1], **own}], **common}
    (first, second) = of_instances(**given)
    assert list(second) == [option]
    assert words in second[option]
    assert first == (second if common else {})
    told = modules(cvm_reset_instances, **given)
    assert [one["outcome"] for one in told["results"]] == ["refused"] * 2
    assert option in [problem["option"] for problem in told["results"][1]["problems"]]
    assert f"{option}: " in told["msg"]
    assert (told["changed"], modules.bench.accepted) == (False, {})
    assert "ResetInstance" not in modules.bench.calls


def test_a_share_and_a_number_exclude_each_other(modules: Modules) -> None:
    told = modules(cvm_reset_instances, instances=THREE, max_failures=1, max_fail_percentage=1)
    assert "mutually exclusive" in told["msg"]


# --- the module


def test_many_are_reset_by_one_task_and_its_secrets_are_not_shown(modules: Modules) -> None:
    told = modules(
        cvm_reset_instances,
        diff=True,
        instances=[{"instance_id": FIRST, "login_settings": {"password": SECRETS[1]}}, *THREE[1:]],
        image_id=IMAGE,
        login_settings={"password": SECRETS[0]},
        user_data="#!/bin/sh\necho hunter2",
    )
    assert [one["outcome"] for one in told["results"]] == ["done"] * 3
    assert set(told["request_ids"]) == {FIRST, SECOND, THIRD}
    assert len(told["diff"]) == 3
    shown = json.dumps(told)
    assert not [secret for secret in (*SECRETS, "hunter2", KEYS["secret_key"]) if secret in shown]


def test_one_with_unusable_options_can_be_skipped(modules: Modules) -> None:
    entries = [{"instance_id": FIRST, "expected": {}}, *THREE[1:]]
    login = {"login_settings": {"password": SECRETS[0]}}
    told = modules(cvm_reset_instances, instances=entries, image_id=IMAGE, skip_refused=True, **login)
    assert [one["outcome"] for one in told["results"]] == ["refused", "done", "done"]
    assert told["msg"].startswith(f"1 of 3 instances: 1 refused.\n{FIRST}: refused. Nothing was sent, for ")
    assert modules.bench.accepted == {SECOND: 1, THIRD: 1}


def test_wrong_credentials_are_told_for_each(modules: Modules) -> None:
    told = modules(cvm_reset_instances, instances=THREE, image_id=IMAGE, secret_key="wrong")
    assert {one["error"]["code"] for one in told["results"]} == {"AuthFailure.SignatureFailure"}
    assert told["changed"] is False
