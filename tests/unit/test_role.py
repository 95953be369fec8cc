# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role is a contract: what it documents, what it defaults to and what it passes on are the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tencent.cloud.plugins.module_utils._reset_options import RESET_SPEC

ROLE = Path(__file__).resolve().parents[2] / "roles" / "reset_instance"
TASK_FILES = sorted(ROLE.glob("tasks/*.yml"))
PREFIX = "reset_instance_"
OF_ITS_OWN = {"wait"}
"""Options of the module that the role decides itself: it always waits."""


def read(name: str) -> Any:
    return yaml.safe_load((ROLE / name).read_text(encoding="utf-8"))


def options() -> dict[str, Any]:
    return dict(read("meta/argument_specs.yml")["argument_specs"]["main"]["options"])


def test_every_documented_option_has_a_default_and_none_else() -> None:
    assert set(options()) == set(read("defaults/main.yml"))


def test_the_documented_defaults_are_the_real_ones() -> None:
    real = read("defaults/main.yml")
    assert {name: real[name] for name, one in options().items() if "default" in one} == {
        name: one["default"] for name, one in options().items() if "default" in one
    }
    assert [name for name, one in options().items() if "default" not in one] == ["reset_instance_instance_id"]


def test_an_empty_survey_answer_is_valid_for_every_option_that_is_no_dictionary() -> None:
    tolerant = {"str", "raw", "list", "path"}
    assert {name for name, one in options().items() if one["type"] not in tolerant} == {
        name for name, one in options().items() if one["type"] == "dict"
    }
    assert all("" in one["choices"] for one in options().values() if "choices" in one)


def test_every_option_of_the_module_is_one_of_the_role_and_passed_on() -> None:
    expected = set(RESET_SPEC) - OF_ITS_OWN
    assert {f"{PREFIX}{name}" for name in expected} <= set(options())
    (task,) = read("tasks/ask.yml")
    assert set(task["tencent.cloud.cvm_reset_instance"]) == expected


@pytest.mark.parametrize("file", TASK_FILES, ids=lambda file: file.stem)
def test_calls_of_the_api_are_made_by_the_delegate_and_without_become(file: Path) -> None:
    def flat(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        inner = [one for task in tasks for part in ("block", "rescue", "always") for one in flat(task.get(part) or [])]
        return [*tasks, *inner]

    for task in flat(yaml.safe_load(file.read_text(encoding="utf-8"))):
        for name in task:
            if name.startswith("tencent.cloud."):
                where = "localhost" if name.endswith("ssh_host_key") else "{{ __reset_instance_api_host }}"
                assert (task["delegate_to"], task["become"]) == (where, False), task["name"]


def test_every_phase_has_a_file_a_tag_and_a_line_in_the_readme() -> None:
    frame = read("tasks/main.yml")[-1]
    phases = [task["vars"]["__reset_instance_phase"] for task in frame["block"]]
    assert phases == ["confirm", "preflight", "before", "backup", "reset", "reset", "trust", "login", "verify", "after"]
    readme = (ROLE / "README.md").read_text(encoding="utf-8")
    for phase, task in zip(phases, frame["block"]):
        assert (ROLE / "tasks" / f"{phase}.yml").is_file()
        assert f"{PREFIX}{phase}" in task["tags"] or phase == "reset"
        assert f"| {phase} |" in readme


def test_private_variables_are_all_defined() -> None:
    """What is asked for is computed in vars/, set as a fact or registered, or handed to an included file."""
    texts = [file.read_text(encoding="utf-8") for file in (*TASK_FILES, *sorted(ROLE.glob("vars/main/*.yml")))]
    used = {name for text in texts for name in re.findall(r"\b__reset_instance_\w+", text)}
    defined = {name for text in texts for name in re.findall(r"^ *(__reset_instance_\w+):", text, re.MULTILINE)}
    given = {name for text in texts for name in re.findall(r"(?:register|loop_var): (__reset_instance_\w+)", text)}
    assert used <= defined | given
