# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files for AWX are such that its API takes them, and belong together."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tencent.cloud.plugins.module_utils._api.sources import from_environment
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.options import OPTIONS, PREFIX, parsed

ASSETS = Path(__file__).resolve().parents[2] / "playbooks" / "awx"


def asset(name: str) -> Any:
    """What a file says."""
    return yaml.safe_load((ASSETS / f"{name}.yml").read_text(encoding="utf-8"))


CREDENTIAL = asset("credential_type")
SURVEY = asset("survey")
QUESTIONS = [*SURVEY["survey_questions"], SURVEY["survey_confirmation"]]
VARIABLES = [one["variable"] for one in QUESTIONS]
CHOICES = {one["variable"]: one["choices"].splitlines() for one in QUESTIONS if "choices" in one}


def test_the_credential_type_is_one_of_a_cloud_that_knows_its_inputs() -> None:
    assert set(CREDENTIAL) == {"name", "description", "kind", "inputs", "injectors"}
    assert CREDENTIAL["kind"] == "cloud"
    fields = {one["id"]: one for one in CREDENTIAL["inputs"]["fields"]}
    assert set(CREDENTIAL["inputs"]["required"]) == {"secret_id", "secret_key"}
    for name, field in fields.items():
        assert {"id", "type", "label"} <= set(field) <= {"id", "type", "label", "help_text", "secret"}
        assert field.get("secret", False) is (name != "region")
    assert set(CREDENTIAL["injectors"]) == {"env"}
    used = {name: re.fullmatch(r"\{\{ (\w+) \}\}", text) for name, text in CREDENTIAL["injectors"]["env"].items()}
    assert {one[1] for one in used.values() if one} == set(fields)


def test_the_collection_reads_what_the_credential_type_injects() -> None:
    names = CREDENTIAL["injectors"]["env"]
    found = from_environment({name: template.strip("{} ") for name, template in names.items()})
    assert found is not None
    assert (found.secret_id, found.secret_key, found.token) == ("secret_id", "secret_key", "token")
    assert {*names} - {f"TENCENTCLOUD_{name}" for name in ("SECRET_ID", "SECRET_KEY", "TOKEN")} == {
        "TENCENTCLOUD_REGION"
    }
    empty = from_environment(
        {**dict.fromkeys(names, ""), "TENCENTCLOUD_SECRET_ID": "i", "TENCENTCLOUD_SECRET_KEY": "k"}
    )
    assert empty is not None
    assert empty.token is None


@pytest.mark.parametrize("question", QUESTIONS, ids=VARIABLES)
def test_a_question_is_one_that_the_api_takes(question: dict[str, Any]) -> None:
    assert {"question_name", "question_description", "variable", "type", "required"} <= set(question)
    assert isinstance(question["required"], bool)
    assert question["type"] in ("text", "textarea", "password", "integer", "multiplechoice")
    assert ("choices" in question) == (question["type"] == "multiplechoice")
    assert "default" not in question or question["default"] in question["choices"].splitlines()
    assert {type(question[name]) for name in ("min", "max") if name in question} <= {int}


def test_questions_are_for_options_of_the_role_or_for_the_playbook() -> None:
    assert len(set(VARIABLES)) == len(VARIABLES)
    options = [name.removeprefix(PREFIX) for name in VARIABLES if name.startswith(PREFIX)]
    assert set(options) <= set(OPTIONS)
    used = set(re.findall(r"\breinstall_\w+", (ASSETS / "reinstall.yml").read_text(encoding="utf-8")))
    assert used - {"reinstall_endpoint"} == {name for name in VARIABLES if not name.startswith(PREFIX)}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in CHOICES.items() for value in values])
def test_the_role_understands_every_choice(name: str, value: str) -> None:
    assert parsed({name.removeprefix(PREFIX): value})[1] == []


def test_only_who_is_asked_by_the_run_alone_can_confirm() -> None:
    """In the workflow a survey would win over what the check hands over."""
    assert [one["variable"] for one in QUESTIONS if "confirm" in one["variable"]] == ["reset_instance_confirm"]
    assert SURVEY["survey_confirmation"]["required"] is False
    assert "default" not in SURVEY["survey_confirmation"]
