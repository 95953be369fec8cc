# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of the role: whatever people give is read in one type, or refused by name; no secret is shown."""

from __future__ import annotations

import json
from collections import OrderedDict, UserString
from datetime import date, datetime
from enum import IntEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tencent.cloud.plugins.module_utils._reset.options import RESET_SPEC
from ansible_collections.tencent.cloud.plugins.module_utils._text import printable
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.options import (
    OPTIONS,
    module_problems,
    parsed,
    unknown,
)
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.structured_text import (
    list_in,
    plain,
)

PHASES = "confirm preflight before backup reset trust login verify after report".split()
BY_TYPE: dict[str, list[str]] = {}
for _name, _option in OPTIONS.items():
    BY_TYPE.setdefault(_option.kind.type, []).append(_name)

LISTS = [*BY_TYPE["list of texts"], *BY_TYPE["list of files"], *BY_TYPE["list of conditions"]]
NUMBERS = [*BY_TYPE["number of seconds"], *BY_TYPE["whole number of seconds"], *BY_TYPE["whole number of days"]]
LOGINS = ["login_settings", "rollback_login_settings"]


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/srv/me")


def read(name: str, value: Any) -> Any:
    """The typed value of an option that is right."""
    typed, problems = parsed({name: value})
    assert problems == []
    return typed[name]


def told(name: str, value: Any) -> str:
    """What is said about a value that is wrong; the option has its default then, as all the others."""
    typed, problems = parsed({name: value})
    assert typed == parsed({})[0]
    assert {problem.code for problem in problems} == {"InvalidOption"}
    return " ".join(f"{problem.option}: {problem.message} {problem.fix}" for problem in problems)


def same(found: Any, expected: Any) -> bool:
    """Whether two values are equal and of one type: 1 is not True."""
    return bool(found == expected) and type(found) is type(expected)


# --- what is not given


def test_every_option_is_there_and_has_its_type() -> None:
    typed, problems = parsed({})
    assert problems == []
    assert {name: (type(value), value) for name, value in typed.items()} == {
        name: (type(value), value)
        for name, value in {
            **{name: option.default for name, option in OPTIONS.items()},
            **{name: float(OPTIONS[name].default) for name in BY_TYPE["number of seconds"]},
            "login_port": None,
            "state_dir": "/srv/me/.ansible/reset_instance",
            "report_dir": "/srv/me/.ansible/reset_instance/reports",
        }.items()
    }


def test_every_option_has_a_phase() -> None:
    assert [phase for phase in PHASES if phase in {one.phase for one in OPTIONS.values()}] == PHASES
    assert {one.phase for one in OPTIONS.values()} <= set(PHASES)


@pytest.mark.parametrize("value", [None, "", " ", "\r\n", "__omit_place_holder__0a3407de"])
@pytest.mark.parametrize("name", sorted(set(OPTIONS) - {"report_dir"}))
def test_null_and_blank_are_unset(name: str, value: Any) -> None:
    assert same(read(name, value), parsed({})[0][name])


@pytest.mark.parametrize("value", [None, "", " "])
def test_an_empty_folder_of_reports_is_none(value: Any) -> None:
    assert read("report_dir", value) == ""


def test_no_two_results_share_a_list_or_a_mapping() -> None:
    first, second = parsed({})[0], parsed({})[0]
    assert not [name for name, value in first.items() if isinstance(value, (list, dict)) and value is second[name]]


# --- switches, numbers and words


@pytest.mark.parametrize("name", BY_TYPE["true or false"])
@pytest.mark.parametrize(
    ("values", "expected"),
    [((True, 1, "true", "Yes", "ON", " 1 "), True), ((False, 0, "False", "no", "OFF", "0"), False)],
)
def test_a_switch(name: str, values: tuple[Any, ...], expected: bool) -> None:
    assert all(read(name, value) is expected for value in values)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("maybe", "It is 'maybe'."),
        ("truee", "It is 'truee'."),
        (2, "It is 2."),
        ([True], "It is a list."),
        ({}, "It is a mapping."),
        ("x" * 99, f"It is '{'x' * 40}...'."),
    ],
)
@pytest.mark.parametrize("name", BY_TYPE["true or false"])
def test_what_is_no_switch(name: str, value: Any, said: str) -> None:
    assert told(name, value) == f"reset_instance_{name}: {said} Give true or false, or leave it out."


@pytest.mark.parametrize(("value", "expected"), [(0, 0), (600, 600), ("600", 600), (" 600 ", 600), (600.0, 600)])
@pytest.mark.parametrize("name", NUMBERS)
def test_a_number(name: str, value: Any, expected: int) -> None:
    kind = float if name in BY_TYPE["number of seconds"] else int
    assert same(read(name, value), kind(expected))


@pytest.mark.parametrize("value", ["soon", -1, "-1", True, [5], {}, "1e3", float("nan"), float("inf"), "5 s", 10**12])
@pytest.mark.parametrize("name", [*NUMBERS, "login_port"])
def test_what_is_no_number(name: str, value: Any) -> None:
    assert f"Give a {OPTIONS[name].kind.type}, or leave it out." in told(name, value)


@pytest.mark.parametrize("value", [0.5, "0.5"])
def test_a_part_of_a_second(value: Any) -> None:
    assert same(read("wait_interval", value), 0.5)
    assert "a whole number of seconds" in told("wait_timeout", value)


@pytest.mark.parametrize(("value", "expected"), [(22, 22), ("2222", 2222), (65535, 65535), ("1", 1)])
def test_a_port(value: Any, expected: int) -> None:
    assert same(read("login_port", value), expected)


@pytest.mark.parametrize("value", [0, 65536, 99999, "ssh", "022"])
def test_what_is_no_port(value: Any) -> None:
    assert "Give a port number" in told("login_port", value)


CHOICES = {
    "policy": ["always", "image_differs", "once"],
    "backup": ["none", "snapshot", "image"],
    "host_keys": ["scan", "inject", "none"],
}


@pytest.mark.parametrize(("name", "word"), [(name, word) for name, words in CHOICES.items() for word in words])
def test_a_word(name: str, word: str) -> None:
    assert read(name, word) == read(name, f" {word}\n") == word


@pytest.mark.parametrize(
    ("value", "said"), [("onse", "'onse'"), (False, "false"), (1, "1"), (["once"], "a list"), ({}, "a mapping")]
)
@pytest.mark.parametrize("name", CHOICES)
def test_another_word(name: str, value: Any, said: str) -> None:
    first, second, third = CHOICES[name]
    assert told(name, value) == (
        f"reset_instance_{name}: It is {said}. Give {first}, {second} or {third}, or leave it out."
    )


# --- texts


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("image_id", " img-pmqg1cw7\n", "img-pmqg1cw7"),
        ("idempotency_key", 20261124, "20261124"),
        ("idempotency_key", date(2026, 11, 24), "2026-11-24"),
        ("idempotency_key", datetime(2026, 11, 24, 9, 30), "2026-11-24T09:30:00"),
        ("run_id", 17, "17"),
        ("distribution_version", 22.04, "22.04"),
        ("marker_path", "~/mark", "~/mark"),
        ("state_dir", "~/state", "/srv/me/state"),
        ("report_dir", " ~/reports ", "/srv/me/reports"),
        ("known_hosts_file", "~/.ssh/other", "/srv/me/.ssh/other"),
        ("known_hosts_file", "", ""),
        ("user_data", " #!/bin/sh\n\techo\n", " #!/bin/sh\n\techo\n"),
    ],
)
def test_a_text(name: str, value: Any, expected: str) -> None:
    assert same(read(name, value), expected)


@pytest.mark.parametrize(("value", "said"), [(True, "true or false"), (["a"], "a list"), ({"a": 1}, "a mapping")])
@pytest.mark.parametrize("name", [*BY_TYPE["text"], *BY_TYPE["path"]])
def test_what_is_no_text(name: str, value: Any, said: str) -> None:
    assert told(name, value).startswith(f"reset_instance_{name}: It must be text, and is {said}. ")


def test_user_data_must_be_in_quotes_and_is_not_made_of_a_mapping() -> None:
    assert "is a number. Put it in quotes" in told("user_data", 123)
    assert "to_nice_yaml" in told("user_data", {"packages": ["x"]})


# --- lists


@pytest.mark.parametrize(
    "value",
    [
        ["a1", "b2", "c3"],
        ["a1", ["b2", ["c3"]], None, ""],
        ("a1", "b2,c3"),
        "a1,b2,c3",
        " a1, b2 ,,c3, ",
        "a1\nb2\nc3\n",
        "a1\r\nb2\r\n\r\nc3",
        '["a1", "b2", "c3"]',
        "['a1', 'b2', 'c3']",
        "[a1, b2, c3]",
        "- a1\n- b2\n- c3\n",
        "---\n- a1\r\n- b2\r\n- c3",
        '[\n\t"a1",\n\t"b2,c3"\n]',
    ],
)
@pytest.mark.parametrize("name", [*BY_TYPE["list of texts"], *BY_TYPE["list of files"]])
def test_a_list(name: str, value: Any) -> None:
    assert read(name, value) == ["a1", "b2", "c3"]


@pytest.mark.parametrize("name", LISTS)
def test_an_empty_list(name: str) -> None:
    assert read(name, []) == read(name, "[]") == read(name, [None, ""]) == []


@pytest.mark.parametrize("name", BY_TYPE["list of texts"])
def test_texts_are_parted_at_blanks_and_may_be_numbers(name: str) -> None:
    assert read(name, "a b\tc") == ["a", "b", "c"]
    assert read(name, ["a b", 5]) == ["a", "b", "5"]
    assert read(name, 5) == ["5"]


@pytest.mark.parametrize("value", ["[web1]:2222,[::1]", "[web1]:2222 [::1]", ["[web1]:2222", "[::1]"]])
def test_names_of_hosts_may_have_brackets(value: Any) -> None:
    assert read("host_key_names", value) == ["[web1]:2222", "[::1]"]


@pytest.mark.parametrize("name", BY_TYPE["list of files"])
def test_names_of_files_may_have_blanks_and_begin_at_home(name: str) -> None:
    assert read(name, "~/my tasks.yml, b.yml") == ["/srv/me/my tasks.yml", "b.yml"]
    assert read(name, ["~/my tasks.yml"]) == ["/srv/me/my tasks.yml"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (True, "It is true or false."),
        ({"a": 1}, "It is a mapping."),
        (["a", {"id": "b"}], "Entry 2 of it is a mapping."),
        (["a", False], "Entry 2 of it is true or false."),
        ("- a\n- b: c", "Entry 2 of it is a mapping."),
        ('["a", "b"', "It has a bracket without its counterpart."),
    ],
)
@pytest.mark.parametrize("name", [*BY_TYPE["list of texts"], *BY_TYPE["list of files"]])
def test_what_is_no_list(name: str, value: Any, said: str) -> None:
    assert told(name, value).startswith(f"reset_instance_{name}: {said} Give ")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a == 'x, y'", ["a == 'x, y'"]),
        ("a is defined\r\n\r\nb in [1, 2]\n", ["a is defined", "b in [1, 2]"]),
        (["a == 1, b", "c\nand d"], ["a == 1, b", "c\nand d"]),
        ('["a == 1", "b in (1, 2)"]', ["a == 1", "b in (1, 2)"]),
        ("- a == 1\n- b", ["a == 1", "b"]),
        ("[1, 2] == a", ["[1, 2] == a"]),
        (True, ["True"]),
        ([False, "a"], ["False", "a"]),
    ],
)
def test_conditions(value: Any, expected: list[str]) -> None:
    assert read("verify_that", value) == expected


@pytest.mark.parametrize("value", [{"a": 1}, ["a", {"b": 1}]])
def test_what_is_no_condition(value: Any) -> None:
    assert "a mapping. Give texts, each in quotes." in told("verify_that", value)


# --- mappings

LOGIN = {"password": "s3cret-0123", "key_ids": ["skey-1", "skey-2"], "keep_image_login": False}


@pytest.mark.parametrize(
    "value",
    [
        LOGIN,
        {**LOGIN, "key_ids": "skey-1 skey-2", "keep_image_login": "no"},
        json.dumps(LOGIN),
        json.dumps(LOGIN, indent="\t"),
        str(LOGIN),
        "password: s3cret-0123\r\nkey_ids: skey-1,skey-2\r\nkeep_image_login: off\r\n",
        "---\npassword: 's3cret-0123'\nkey_ids:\n- skey-1\n- skey-2\nkeep_image_login: 0",
    ],
)
@pytest.mark.parametrize("name", LOGINS)
def test_a_login(name: str, value: Any) -> None:
    assert read(name, value) == LOGIN


@pytest.mark.parametrize("value", [{}, "{}", "null", "---", {"password": "", "key_ids": None, "keep_image_login": ""}])
def test_an_empty_login_is_the_default(value: Any) -> None:
    assert read("login_settings", value) == {}
    assert read("rollback_login_settings", value) == {"keep_image_login": True}


def test_what_is_unset_in_a_mapping_is_not_there() -> None:
    assert read("login_settings", {"password": None, "key_ids": [], "keep_image_login": True}) == {
        "keep_image_login": True
    }
    assert read("enhanced_service", {"security_service": "", "monitor_service": "off"}) == {"monitor_service": False}
    assert read("system_disk", {"disk_size": ""}) == {}


def test_a_password_is_kept_as_it_is() -> None:
    for password in (" a b ", "ä\U0001f680", "{{ x }}", "\\n"):
        assert read("login_settings", {"password": password}) == {"password": password}
        assert read("login_settings", json.dumps({"password": password})) == {"password": password}


@pytest.mark.parametrize("name", LOGINS)
@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"password": 12345678}, ".password: It must be text, and is a number. Put it in quotes"),
        ("password: 0123", ".password: It must be text, and is a number. Put it in quotes"),
        ({"password": True}, ".password: It must be text, and is true or false."),
        ({"password": ["x"]}, ".password: It must be text, and is a list."),
        ({"key_ids": {"a": 1}}, ".key_ids: It is a mapping."),
        ({"keep_image_login": "s3cret"}, ".keep_image_login: It is another text. Give true or false"),
        ({"keep_image_login": 7}, ".keep_image_login: It is a number. Give true or false"),
        ({"passwort": "s3cret"}, ": It has a key that does not exist. Did you mean password?"),
        ({"s3cret": None}, ": It has a key that does not exist. Give any of password, key_ids, keep_image_login."),
        ("s3cret", ": It must be a mapping, and is text. Give a mapping with any of password, key_ids, keep_"),
        ("[s3cret]", ": It must be a mapping, and is a list as text."),
        ("5", ": It must be a mapping, and is a number as text."),
        (5, ": It must be a mapping, and is a number."),
        (["s3cret"], ": It must be a mapping, and is a list."),
        (True, ": It must be a mapping, and is true or false."),
        ("a: b\nkey: 'x", ": It must be a mapping, and is text that is neither JSON nor YAML (line 2)."),
        ("password: 2026-99-99", ": It must be a mapping, and is text that is neither JSON nor YAML."),
        ("password: a\npassword: b", ": It must be a mapping, and is text that has a key twice."),
        (
            "password: &a b\nkey_ids: *a",
            ": It must be a mapping, and is text that has a reference to another part of it.",
        ),
        ("{" * 99999, ": It must be a mapping, and is text that is nested too deeply."),
    ],
)
def test_what_is_no_login(name: str, value: Any, said: str) -> None:
    found = told(name, value)
    assert found.startswith(f"reset_instance_{name}{said}")
    assert "s3cret" not in found


@pytest.mark.parametrize("value", [{"disk_size": 80}, {"disk_size": "80"}, '{"disk_size": 80}', "disk_size: 80"])
def test_a_disk(value: Any) -> None:
    assert same(read("system_disk", value)["disk_size"], 80)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"disk_size": "80G"}, ".disk_size: It is '80G'. Give a whole number of GiB"),
        ({"disk_size": True}, ".disk_size: It is true."),
        ({"size": 80}, ".size: There is no such key. Did you mean disk_size?"),
        ({"type": 80}, ".type: There is no such key. Give disk_size."),
    ],
)
def test_what_is_no_disk(value: Any, said: str) -> None:
    assert told("system_disk", value).startswith(f"reset_instance_system_disk{said}")


def test_services() -> None:
    assert read("enhanced_service", {"security_service": "yes", "automation_service": 0}) == {
        "security_service": True,
        "automation_service": False,
    }
    assert ".security: There is no such key. Did you mean security_service?" in told(
        "enhanced_service", {"security": 1}
    )


def test_what_is_expected() -> None:
    value = {"instance_name": "web-1", "image_id": "img-1", "private_ip_address": "10.0.0.1"}
    tags = {"env": "prod", "empty": "", "number": 5}
    assert read("expected", {**value, "tags": tags}) == {**value, "tags": {**tags, "number": "5"}}
    assert read("expected", json.dumps({"tags": json.dumps(tags)})) == {"tags": {**tags, "number": "5"}}


def test_plans_that_were_confirmed() -> None:
    plans = {"ins-1": 'web1 (ins-1) is fresh: "A" -> B', "ins-2": ""}
    for value in (plans, json.dumps(plans), OrderedDict(plans)):
        assert same(read("confirm_plans", value), plans)
    assert "confirm_plans.ins-1: It has no value" in told("confirm_plans", {"ins-1": None})
    assert "Give a mapping with what a check has said of each instance" in told("confirm_plans", "ins-1")


@pytest.mark.parametrize("key", ["instance_name", "image_id", "private_ip_address", "tags"])
@pytest.mark.parametrize("value", [None, "", " ", "__omit_place_holder__1"])
def test_what_guards_nothing_is_refused(key: str, value: Any) -> None:
    """A template that came to nothing would let everything pass."""
    other = {"image_id": "img-1"} if key != "image_id" else {}
    assert told("expected", {**other, key: value}) == (
        f"reset_instance_expected.{key}: It has no value, so it would guard nothing. Give one, or leave it out."
    )


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ({}, "expected.tags: It has no value"),
        ({"env": None}, "expected.tags.env: It has no value"),
        ({"env": True}, "expected.tags.env: It must be text, and is true or false."),
        (["env"], "expected.tags: It must be a mapping, and is a list. Give a mapping with the tags"),
    ],
)
def test_tags_that_guard_nothing(tags: Any, said: str) -> None:
    found = told("expected", {"tags": tags})
    assert found.startswith(f"reset_instance_{said}")
    assert found.count("reset_instance_") == 1


@pytest.mark.parametrize("name", [*LOGINS, "system_disk", "enhanced_service", "expected"])
def test_a_mapping_has_the_keys_of_the_module(name: str) -> None:
    keys = RESET_SPEC[name.removeprefix("rollback_")]["options"]
    found = told(name, {"zzzz": 1})
    assert found.split("Give ")[1].removeprefix("any of ") == f"{', '.join(keys)}."


def test_a_key_that_moves_the_cursor_is_told_on_one_line() -> None:
    assert told("expected", {"a\n\x1b[2J": 1}).startswith("reset_instance_expected.a \\x1b[2J: There is no such key.")
    assert told("expected", {"tags": {"a\nb": None}}).startswith("reset_instance_expected.tags.a b: It has no value")


def test_all_problems_are_told_at_once() -> None:
    wrong = {"policy": "x", "login": "x", "login_settings": {"password": 1, "keep_image_login": "x"}, "image_id": []}
    _typed, problems = parsed({**wrong, "wait_timeout": 5})
    assert [problem.option.removeprefix("reset_instance_") for problem in problems] == [
        "image_id",
        "login_settings.password",
        "login_settings.keep_image_login",
        "policy",
        "login",
    ]


# --- whatever is given

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["[", "- a", "{a: 1}", "on"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.sampled_from([*LOGIN, "tags"]), inner),
    max_leaves=8,
)
SECRET = "q7SECRETq7"
HIDDEN = st.recursive(
    st.sampled_from([SECRET, f"{{{SECRET}", f"[{SECRET}]", f"a: {SECRET}", f"password: [{SECRET}", f"{SECRET}: 1"]),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=2)
        | st.dictionaries(st.sampled_from([*LOGIN, SECRET, f"password{SECRET}"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(st.sampled_from([*OPTIONS, "other"]), JSON, max_size=4))
def test_nothing_is_too_odd_to_be_read(raw: dict[str, Any]) -> None:
    typed, problems = parsed(raw)
    defaults = parsed({})[0]
    assert list(typed) == list(OPTIONS)
    assert all(type(value) is type(defaults[name]) for name, value in typed.items() if name != "login_port")
    assert all(problem.option.startswith("reset_instance_") for problem in problems)
    assert all(printable(text) == text for problem in problems for text in problem)
    assert parsed(typed) == (typed, []) or problems


@settings(deadline=None, max_examples=200)
@given(st.sampled_from([*LOGINS, "user_data"]), HIDDEN, st.booleans())
def test_no_secret_is_in_a_problem(name: str, value: Any, as_text: bool) -> None:
    _typed, problems = parsed({name: json.dumps(value) if as_text and name != "user_data" else value})
    assert SECRET not in str(problems)


@given(st.text())
def test_a_text_is_a_list_or_none(text: str) -> None:
    assert isinstance(list_in(text), (list, type(None)))


# --- names that are no options


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("imageid", "image_id"),
        ("Image_Id", "image_id"),
        ("confirmed", "confirm"),
        ("pre_tasks", "before_tasks"),
        ("login_setting", "login_settings"),
    ],
)
def test_a_name_that_is_nearly_right(name: str, meant: str) -> None:
    (problem,) = unknown([f"reset_instance_{name}"])
    assert (problem.code, problem.option) == ("InvalidOption", f"reset_instance_{name}")
    assert (problem.message, problem.fix) == ("There is no such option.", f"Did you mean reset_instance_{meant}?")


def test_a_name_that_is_like_no_other() -> None:
    (problem,) = unknown(["reset_instance_zzzz"])
    assert problem.fix == "Rename it: names that begin like that are the role's."


def test_what_there_was_or_never_will_be() -> None:
    gone, wait = unknown(["reset_instance_wait", "reset_instance_delegate_to"])
    assert gone[1:] == (
        "reset_instance_delegate_to",
        "there is no such option any more, since the keys of the API do not leave the controller.",
        "Remove it. The API is called from the host that runs Ansible.",
    )
    assert wait[1:] == ("reset_instance_wait", "There is no such option, since the role always waits.", "Remove it.")


def test_other_names_are_nobodys_business() -> None:
    mine = [f"reset_instance_{name}" for name in OPTIONS]
    assert unknown([*mine, "reset_instance_failure", "reset_instances", "__reset_instance_x", "cvm_instance_id"]) == []


# --- plain types


def itself(text: Any) -> Any:
    return text


class Unsafe(str):
    """A text that is its own text, as that of older versions of Ansible."""

    __slots__ = ()

    __str__ = itself


class Number(IntEnum):
    FIVE = 5


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Unsafe("a"), "a"),
        (UserString("a"), "a"),
        (Number.FIVE, 5),
        (True, True),
        (Path("/a"), "/a"),
        (datetime(2026, 11, 24, 9), "2026-11-24T09:00:00"),
    ],
)
def test_a_type_of_somebody_else_becomes_plain(value: Any, expected: Any) -> None:
    assert same(plain(value), expected)
    ((key, one),) = plain({value: [value]}).items()
    assert same(key, str(expected))
    assert same(one[0], expected)


def test_a_text_that_was_in_a_vault_is_a_text() -> None:
    assert same(read("login_settings", {"password": UserString("s3cret")})["password"], "s3cret")
    assert same(read("image_id", Unsafe("img-1")), "img-1")


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
    assert same(plain(value), expected)


def test_what_becomes_plain_is_a_copy() -> None:
    value: dict[str, Any] = {"key_ids": ["one"]}
    kept = plain(value)
    value["key_ids"].append("two")
    value["password"] = "later"
    assert kept == {"key_ids": ["one"]}


# --- problems of a module


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


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"msg": "No route."}, "No route."),
        ({"msg": "No route.", "reason": "R."}, "No route."),
        ({"msg": None, "reason": "It is protected."}, "It is protected."),
        ({}, ""),
        ({"problems": []}, ""),
    ],
)
def test_without_problems_the_message_or_the_reason_stands(answer: dict[str, Any], told: str) -> None:
    assert module_problems(answer, {"image_id": ""}) == told
