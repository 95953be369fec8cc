# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the module's options to what the engine is asked for."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.tencent.cloud.plugins.module_utils._api.connection import CONNECTION_SPEC
from ansible_collections.tencent.cloud.plugins.module_utils._engine.timing import Timing, timing
from ansible_collections.tencent.cloud.plugins.module_utils._reset.desired import Desired
from ansible_collections.tencent.cloud.plugins.module_utils._reset.options import RESET_SPEC, desired, option_problems

ID = "ins-r8hr2upy"


def options(**given: Any) -> dict[str, Any]:
    """The options as Ansible completes them."""
    result = ArgumentSpecValidator({**CONNECTION_SPEC, **RESET_SPEC}).validate({"instance_id": ID, **given})
    assert not result.error_messages
    return dict(result.validated_parameters)


def problems(**given: Any) -> dict[str, str]:
    """What is wrong with the options, by the option."""
    return {one.option: f"{one.message} {one.fix}" for one in option_problems(options(**given), given)}


def test_the_least_that_can_be_asked_for() -> None:
    assert desired(options()) == Desired(ID)


def test_everything_that_can_be_asked_for() -> None:
    given = options(
        image_id="img-pmqg1cw7",
        system_disk={"disk_size": "60"},
        login_settings={"password": "Abcdef12", "key_ids": ["skey-a", "skey-b"], "keep_image_login": "yes"},
        enhanced_service={"security_service": False, "monitor_service": True},
        host_name="web-1",
        user_data="#!/bin/sh",
        policy="once",
        idempotency_key="CHG-1",
        expected={"instance_name": "web-1", "tags": {"env": "test"}},
        override_protection=True,
    )
    assert desired(given) == Desired(
        ID,
        image_id="img-pmqg1cw7",
        disk_size=60,
        password="Abcdef12",
        key_ids=("skey-a", "skey-b"),
        keep_image_login=True,
        enhanced_service={"security_service": False, "monitor_service": True},
        host_name="web-1",
        user_data="#!/bin/sh",
        policy="once",
        idempotency_key="CHG-1",
        expected={"instance_name": "web-1", "tags": {"env": "test"}},
        override_protection=True,
    )


def test_empty_dictionaries_ask_for_nothing() -> None:
    given = options(system_disk={}, login_settings={}, enhanced_service={}, expected={})
    assert desired(given) == Desired(ID)


@pytest.mark.parametrize("image_id", ["", None])
def test_nothing_to_compare_with_is_refused(image_id: str | None) -> None:
    assert "It is empty" in problems(policy="image_differs", image_id=image_id)["image_id"]


def test_an_empty_image_id_is_none() -> None:
    assert desired(options(image_id="")).image_id is None


def test_no_secret_shows_in_what_is_asked_for() -> None:
    shown = repr(desired(options(login_settings={"password": "hunter2!"}, user_data="hunter2!")))
    assert "hunter2!" not in shown


def test_the_times() -> None:
    assert timing(options()) == Timing()
    given = options(wait=False, wait_timeout=60, wait_interval=0.5, settle_seconds=360, max_attempts=2)
    assert timing(given) == Timing(
        wait=False, wait_timeout=60, wait_interval=0.5, settle_seconds=360, state_lag=60, max_attempts=2
    )


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("settle_seconds", 299, "300"),
        ("settle_seconds", 0, "out of range"),
        ("wait_timeout", 0, "out of range"),
        ("wait_timeout", -1, "out of range"),
        ("wait_interval", 0, "out of range"),
        ("wait_interval", 1e-9, "out of range"),
        ("wait_interval", float("nan"), "out of range"),
        ("wait_interval", 1e11, "out of range"),
        ("wait_timeout", 10**400, "out of range"),
        ("settle_seconds", 10**400, "out of range"),
    ],
)
def test_times_that_would_break_a_promise(name: str, value: float, word: str) -> None:
    found = problems(**{name: value})
    assert list(found) == [name]
    assert word in found[name]


def test_the_shortest_settling_time() -> None:
    assert timing(options(settle_seconds=300)).state_lag == 0


def test_only_secrets_are_hidden() -> None:
    login = RESET_SPEC["login_settings"]["options"]
    assert login["password"]["no_log"] is RESET_SPEC["user_data"]["no_log"] is True
    assert login["key_ids"]["no_log"] is False


@pytest.mark.parametrize("attach", [None, "", "None", " abc-def-ghi"])
def test_an_attach_that_a_template_emptied_is_refused(attach: str | None) -> None:
    assert "not a RequestId" in problems(attach=attach)["attach"]


@pytest.mark.parametrize(
    ("expected", "empty"),
    [
        (None, ["expected"]),
        ({}, ["expected"]),
        ({"instance_name": None}, ["expected.instance_name"]),
        ({"image_id": "img-1", "tags": {}}, ["expected.tags"]),
        ({"image_id": None, "tags": None}, ["expected.image_id", "expected.tags"]),
    ],
)
def test_a_guard_that_a_template_emptied_is_refused(expected: dict[str, Any] | None, empty: list[str]) -> None:
    found = problems(expected=expected)
    assert list(found) == empty
    assert all("would guard nothing" in words for words in found.values())


@pytest.mark.parametrize("given", [{}, {"expected": "tags={}"}, {"expected": {"image_id": "img-1"}}])
def test_guards_that_are_left_out_or_whole_are_fine(given: dict[str, Any]) -> None:
    assert problems(**given) == {}


def test_a_key_without_the_policy_once_is_refused() -> None:
    assert "Set policy: once" in problems(idempotency_key="K1")["idempotency_key"]


@pytest.mark.parametrize("name", ["host_name", "user_data"])
def test_what_is_no_text_is_refused(name: str) -> None:
    assert "an invalid character" in problems(**{name: "\ud800"})[name]


def test_a_password_that_is_no_text_is_refused() -> None:
    assert list(problems(login_settings={"password": "\ud800"})) == ["login_settings.password"]


def test_all_problems_are_found_at_once() -> None:
    found = problems(attach="", wait_timeout=0, wait_interval=0, settle_seconds=299, idempotency_key="K1")
    assert list(found) == ["idempotency_key", "attach", "wait_timeout", "wait_interval", "settle_seconds"]
