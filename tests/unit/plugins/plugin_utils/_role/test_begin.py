# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is frozen of a host: its own variables, once, with all that is wrong with them and what bars the role."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.plugin_utils._role.begin import Surroundings, begun
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.memory import Memory
from tests.unit.support.roles import PASSWORD, WAY

AROUND = Surroundings(
    host="web1",
    check=False,
    strategy="linear",
    run_once=False,
    way=WAY,
    password="Old-Password-7",
    connection={"region": "ap-guangzhou"},
    extra={},
)


def evaluate(value: Any) -> Any:
    """Gives a text in braces a value, or none."""
    if value == "{{ secret }}":
        raise ValueError(f"no such attribute of {PASSWORD}")
    if isinstance(value, str) and value.startswith("{{"):
        return {"{{ id }}": "ins-1", "{{ hooks }}": ["a.yml"], "{{ conditions }}": ["a", "b"]}[value]
    return [evaluate(one) for one in value] if isinstance(value, list) else value


def frozen(variables: Mapping[str, Any] | None = None, **around: Any) -> dict[str, Any]:
    """What is frozen of a host with these variables."""
    given = {"reset_instance_login_settings": {"keep_image_login": True}, **(variables or {})}
    return begun(given, evaluate, AROUND._replace(**around))


def test_all_that_is_frozen() -> None:
    found = frozen({"reset_instance_instance_id": "ins-1"})
    assert {name: value for name, value in found.items() if name != "options"} == {
        "host": "web1",
        "instance_id": "ins-1",
        "check": False,
        "way": WAY,
        "password": "Old-Password-7",
        "connection": {"region": "ap-guangzhou"},
        "overruling": {"login": [], "passwords": []},
        "looks_in": True,
        "barred": [],
        "problems": [],
    }
    assert json.loads(json.dumps(found)) == found
    assert Memory({"__reset_instance_begun": found}).instance_id == "ins-1"


# --- whose instance


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"reset_instance_instance_id": "ins-1", "cvm_instance_id": "ins-2"}, "ins-1"),
        ({"reset_instance_instance_id": " ins-1\n"}, "ins-1"),
        ({"reset_instance_instance_id": "{{ id }}"}, "ins-1"),
        ({"reset_instance_instance_id": "", "cvm_instance_id": "{{ id }}"}, "ins-1"),
        ({"reset_instance_instance_id": None, "cvm_instance_id": " ins-1 "}, "ins-1"),
        ({"cvm_instance_id": "ins-1"}, "ins-1"),
        ({"cvm_instance_id": None}, ""),
        ({"cvm_instance_id": "{{ nothing }}"}, ""),
        ({}, ""),
    ],
)
def test_whose_instance(variables: dict[str, Any], expected: str) -> None:
    assert frozen(variables)["instance_id"] == expected


@pytest.mark.parametrize("value", [["ins-1"], {"id": "ins-1"}, True, "{{ nothing }}"])
def test_an_id_that_is_none_is_a_problem_whatever_stands_beside_it(value: Any) -> None:
    found = frozen({"reset_instance_instance_id": value, "cvm_instance_id": "ins-2"})
    assert [problem["option"] for problem in found["problems"]] == ["reset_instance_instance_id"]


# --- the options


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("{{ conditions }}", ["a", "b"]),
        # When it is time: what a condition asks is not known yet.
        (["{{ nothing }}"], ["{{ nothing }}"]),
        (["a"], ["a"]),
        ("", []),
    ],
)
def test_conditions_are_not_evaluated_yet(value: Any, expected: list[str]) -> None:
    found = frozen({"reset_instance_verify_that": value})
    assert (found["options"]["verify_that"], found["problems"]) == (expected, [])


@pytest.mark.parametrize("name", ["image_id", "rollback", "before_tasks", "confirm", "job_slice"])
def test_an_option_that_cannot_be_evaluated_is_told_and_has_its_default(name: str) -> None:
    found = frozen({f"reset_instance_{name}": "{{ nothing }}"})
    (problem,) = found["problems"]
    assert problem["option"] == f"reset_instance_{name}"
    assert problem["message"] == "It cannot be evaluated: '{{ nothing }}'."
    assert found["options"][name] == frozen()["options"][name]


@pytest.mark.parametrize("name", ["login_settings", "rollback_login_settings", "user_data"])
def test_the_words_of_an_error_are_not_told_where_they_may_be_secret(name: str) -> None:
    found = frozen({f"reset_instance_{name}": "{{ secret }}"})
    (problem,) = found["problems"]
    assert problem["message"] == "It cannot be evaluated."
    assert PASSWORD not in json.dumps(found["problems"])


def test_no_problem_shows_a_secret() -> None:
    wrong = {"password": [PASSWORD], "keep_image_login": PASSWORD, "nonsense": PASSWORD}
    found = frozen(
        {
            "reset_instance_login_settings": wrong,
            "reset_instance_rollback_login_settings": PASSWORD,
            "reset_instance_user_data": {"password": PASSWORD},
        }
    )
    assert len(found["problems"]) >= 3
    assert PASSWORD not in json.dumps(found["problems"])
    assert "Old-Password-7" not in json.dumps(found["problems"])


def test_a_slip_of_the_pen_is_told_and_what_only_looks_like_one_is_not() -> None:
    own = {
        "reset_instance_conform": "ins-1",
        "reset_instance_failure": {},
        "my_reset_instance_x": 1,
        "resetinstance": 1,
    }
    (problem,) = frozen(own)["problems"]
    assert (problem["option"], problem["fix"]) == ("reset_instance_conform", "Did you mean reset_instance_confirm?")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, True),
        ({"login": False}, False),
        ({"login": False, "before_tasks": "{{ hooks }}"}, True),
        ({"login": False, "before_tasks": "a.yml", "before_needs_login": False}, False),
        ({"login": False, "after_tasks": "a.yml"}, False),
    ],
)
def test_whether_the_host_is_looked_at(options: dict[str, Any], expected: bool) -> None:
    assert frozen({f"reset_instance_{name}": value for name, value in options.items()})["looks_in"] is expected


# --- what would overrule the login to the new system


@pytest.mark.parametrize(
    ("extra", "options", "login", "passwords"),
    [
        ({"ansible_user": "root", "ansible_ssh_port": 2222}, {}, ["ansible_user=root", "ansible_ssh_port=2222"], []),
        ({"ansible_user": "root"}, {"login_user": "root"}, [], []),
        ({"ansible_port": "2222"}, {"login_port": 2222}, [], []),
        ({"ansible_port": 22}, {"login_port": 2222}, ["ansible_port=22"], []),
        ({"ansible_user": "{{ id }}"}, {"login_user": "ins-1"}, [], []),
        ({"ansible_host": "10.0.0.9", "other": 1}, {}, [], []),
        # A password only where the new system is to have one; and by its name alone.
        ({"ansible_password": PASSWORD}, {}, [], []),
        ({"ansible_ssh_pass": PASSWORD}, {"login_settings": {"password": "New-Password-7"}}, [], ["ansible_ssh_pass"]),
        ({"ansible_password": PASSWORD}, {"login_settings": {"password": PASSWORD}}, [], []),
    ],
)
def test_extra_variables_that_overrule(
    extra: dict[str, Any], options: dict[str, Any], login: list[str], passwords: list[str]
) -> None:
    own = {f"reset_instance_{name}": value for name, value in options.items()}
    found = frozen(own, extra=extra)["overruling"]
    assert found == {"login": login, "passwords": passwords}
    assert PASSWORD not in json.dumps(found)


# --- ways in which a confirmation would not hold


@pytest.mark.parametrize(
    ("variables", "around", "words"),
    [
        ({"ansible_facts": {"reset_instance_image_id": 1}}, {}, "no server may give: reset_instance_image_id."),
        ({"ansible_facts": {"__reset_instance_begun": 1}}, {}, "no server may give: __reset_instance_begun."),
        ({"ansible_facts": {"cvm_instance_id": 1}}, {}, "no server may give: cvm_instance_id."),
        ({"ansible_skip_tags": ["reset_instance_backup"]}, {}, "--skip-tags cannot leave out"),
        ({"ansible_skip_tags": ("web", "always")}, {}, "--skip-tags cannot leave out"),
        ({"ansible_loop_var": "item"}, {}, "loop: the role is used within a loop"),
        # For a loop around the role, ansible-core 2.16 shows only the label.
        ({"_ansible_item_label": None}, {}, "loop: the role is used within a loop"),
        ({}, {"run_once": True}, "run_once: the role must be run for each host."),
        ({}, {"ignores": ["ignore_errors"]}, "ignore_errors: a server whose hook or backup failed would be reset"),
        ({}, {"strategy": "free"}, "looked at together, which free does not do."),
        ({}, {"strategy": "ansible.builtin.host_pinned"}, "which ansible.builtin.host_pinned does not do."),
        ({}, {"strategy": "mitogen_linear"}, "which mitogen_linear does not do."),
    ],
)
def test_what_bars_the_role(variables: dict[str, Any], around: dict[str, Any], words: str) -> None:
    (text,) = frozen(variables, **around)["barred"]
    assert words in text


@pytest.mark.parametrize(
    ("variables", "around"),
    [
        ({"ansible_facts": {"distribution": "Ubuntu", "ansible_env": {}}}, {}),
        ({"ansible_facts": None}, {}),
        ({"ansible_skip_tags": []}, {}),
        ({"ansible_skip_tags": ["web", "reset", "always_on"]}, {}),
        ({"item": 1, "ansible_index_var": "i"}, {}),
        *[({}, {"strategy": one}) for one in ("ansible.builtin.linear", "debug", "ansible.builtin.debug")],
        ({}, {"check": True}),
    ],
)
def test_what_does_not(variables: dict[str, Any], around: dict[str, Any]) -> None:
    assert frozen(variables, **around)["barred"] == []


def test_all_that_bars_is_told_at_once() -> None:
    own = {"ansible_facts": {"cvm_region": 1}, "ansible_skip_tags": ["always"], "ansible_loop_var": "item"}
    assert len(frozen(own, run_once=True, strategy="free")["barred"]) == 5
