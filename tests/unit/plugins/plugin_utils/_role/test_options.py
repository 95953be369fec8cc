# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Frozen options: copies of plain types."""

from __future__ import annotations

from collections import OrderedDict, UserString
from datetime import date
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.plugin_utils._role.options import (
    frozen,
    module_problems,
    option_problems,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (5, 5),
        (0.5, 0.5),
        ("", ""),
        ("{{ not.evaluated }}", "{{ not.evaluated }}"),
        (OrderedDict(key_ids=("a", "b")), {"key_ids": ["a", "b"]}),
        ({"password": UserString("secret"), "keep": None}, {"password": "secret", "keep": None}),
        ([[1, "a"], {}], [[1, "a"], {}]),
        (date(2026, 11, 24), "2026-11-24"),
    ],
)
def test_a_value_keeps_its_meaning(value: Any, expected: Any) -> None:
    (only,) = frozen([("reset_instance_some_option", value)]).values()
    assert only == expected
    assert type(only) is type(expected)


def test_names_lose_their_prefix_and_values_are_copies() -> None:
    given: dict[str, Any] = {"key_ids": ["one"]}
    kept = frozen([("reset_instance_login_settings", given)])
    given["key_ids"].append("two")
    assert kept == {"login_settings": {"key_ids": ["one"]}}


# --- what is wrong with them


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("rollback", "maybe", "true or false"),
        ("login", ["yes"], "true or false"),
        ("wait_timeout", "soon", "a whole number of seconds"),
        ("login_timeout", "600.5", "a whole number of seconds"),
        ("backup_timeout", 3600.5, "a whole number of seconds"),
        ("login_port", "ssh", "a port number"),
        ("login_port", 0, "a port number"),
        ("wait_interval", "-1", "a number of seconds"),
        ("policy", "onse", "always, image_differs or once"),
        ("backup", "snapshots", "none, snapshot or image"),
        ("host_keys", {}, "scan, inject or none"),
    ],
)
def test_a_wrong_value_is_told_by_the_name_that_the_user_gave(name: str, value: Any, words: str) -> None:
    assert option_problems({name: value}) == [f"reset_instance_{name}: give {words}, or leave it out."]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"policy": "", "rollback": None, "wait_timeout": ""},
        {
            "policy": "once",
            "backup": "image",
            "host_keys": "none",
            "rollback": True,
            "login": "No",
            "wait_interval": 0.5,
        },
        {"image_id": "anything"},
    ],
)
def test_what_is_right_or_left_out_is_no_problem(options: dict[str, Any]) -> None:
    assert option_problems(options) == []


def test_all_wrong_values_are_told_at_once() -> None:
    assert len(option_problems({"policy": "x", "backup": "x", "login": "x", "wait_timeout": "x"})) == 4


def test_the_problems_of_a_module_are_told_by_the_names_of_the_role() -> None:
    problems = [
        {"option": "image_id", "message": "There is no such image.", "fix": "Give another.", "code": "x"},
        {"option": "login_settings.password", "message": "It is too short.", "fix": "Give 8 or more.", "code": "x"},
        {"option": "secret_id", "message": "It is missing.", "fix": "Give one.", "code": "x"},
    ]
    told = module_problems({"problems": problems, "msg": "unused"}, {"image_id": "", "login_settings": {}})
    assert told == (
        "reset_instance_image_id: There is no such image. Give another. "
        "reset_instance_login_settings.password: It is too short. Give 8 or more. "
        "secret_id: It is missing. Give one."
    )


@pytest.mark.parametrize(("answer", "told"), [({"msg": "No route."}, "No route."), ({}, ""), ({"problems": []}, "")])
def test_without_problems_the_message_stands(answer: dict[str, Any], told: str) -> None:
    assert module_problems(answer, {"image_id": ""}) == told
