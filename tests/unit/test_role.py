# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role is a contract: what it documents, what it defaults to and what it passes on are the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jinja2 import Environment
from jinja2.nodes import Name

from ansible_collections.tencent.cloud.plugins.module_utils._reset.options import RESET_SPEC
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.options import OPTIONS

ROLE = Path(__file__).resolve().parents[2] / "roles" / "reset_instance"
TASK_FILES = sorted(ROLE.glob("tasks/*.yml"))
PREFIX = "reset_instance_"
INSTANCE = f"{PREFIX}instance_id"
"""Its default is the variable of the inventory plugin."""
OF_ITS_OWN = {"wait"}
"""Options of the module that the role decides itself: it always waits."""


def flat(tasks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Tasks in their order, those of blocks in the place of these."""
    for task in tasks:
        yield task
        for part in ("block", "rescue", "always"):
            yield from flat(task.get(part) or [])


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
    assert [name for name, one in options().items() if "default" not in one] == [INSTANCE]


def test_the_documented_defaults_are_those_that_are_read() -> None:
    defaults = {**read("defaults/main.yml"), INSTANCE: ""}
    assert {name: (type(one), one) for name, one in defaults.items()} == {
        f"{PREFIX}{name}": (type(option.default), option.default) for name, option in OPTIONS.items()
    }


def test_no_option_is_validated_by_ansible() -> None:
    """On a failure it prints all options for each host, and it refuses what the role itself can read or tell better."""
    inert = {"description", "type", "default", "version_added"}
    assert {name: sorted(set(one) - inert) for name, one in options().items() if set(one) - inert} == {}
    assert {one["type"] for one in options().values()} == {"raw"}


TYPES = {
    "true or false": "A switch",
    "text": "A text",
    "path": "A path",
    "mapping": "A mapping",
    "port number": "A port number",
    "number of seconds": "A number of seconds",
    "whole number of seconds": "A whole number of seconds",
    "whole number of days": "A whole number of days",
    "list of texts": "A list of",
    "list of files": "A list of task files",
    "list of conditions": "A list of conditions",
}


@pytest.mark.parametrize("name", OPTIONS)
def test_every_description_begins_with_the_type(name: str) -> None:
    kind = OPTIONS[name].kind.type
    words = re.sub(r"(\w+)(?=,| or |$)", r"V(\1)", kind)
    described = options()[f"{PREFIX}{name}"]["description"][0]
    assert described.startswith(TYPES.get(kind) or f"A word, {words}. ")


def shown(default: Any) -> str:
    """A default in the README: nothing for an empty one."""
    if isinstance(default, str) or default in ([], {}):
        return f"`{default}`" if default else ""
    return f"`{json.dumps(default)}`".replace('"', "")


def test_the_readme_has_every_option_once_with_its_phase_its_type_and_its_default() -> None:
    *_, section = (ROLE / "README.md").read_text(encoding="utf-8").partition("\n## Variables\n")
    assert "\n## " not in section
    lines = [line.split("|")[1:-1] for line in section.splitlines() if line.startswith("| ")]
    rows = [tuple(cell.strip() for cell in line) for line in lines[1:]]
    assert [row[:4] for row in rows] == [
        (one.phase, f"`{name}`", one.kind.type, shown("cvm_instance_id" if name == "instance_id" else one.default))
        for name, one in OPTIONS.items()
    ]
    assert not [row for row in rows if not row[4].endswith(".")]


def test_every_option_of_the_module_is_one_of_the_role_and_passed_on() -> None:
    expected = set(RESET_SPEC) - OF_ITS_OWN
    assert {f"{PREFIX}{name}" for name in expected} <= set(options())
    task = read("tasks/ask.yml")[-1]
    assert set(task["tencent.cloud.cvm_reset_instance"]) == expected


@pytest.mark.parametrize("file", TASK_FILES, ids=lambda file: file.stem)
def test_calls_of_the_api_are_made_by_the_controller_and_without_become(file: Path) -> None:
    for task in flat(yaml.safe_load(file.read_text(encoding="utf-8"))):
        for name in task:
            if name.startswith("tencent.cloud."):
                assert (task["delegate_to"], task["become"]) == ("localhost", False), task["name"]


WRITES = {"cvm_reset_instance", "cvm_reset_log", "cvm_image", "cbs_snapshot"}
GUARD = {"ansible.builtin.import_tasks": "guard.yml"}


@pytest.mark.parametrize("file", TASK_FILES, ids=lambda file: file.stem)
def test_nothing_is_changed_by_the_api_without_the_guard_before_it(file: Path) -> None:
    """Nor after a hook, or whatever else a server answers to, unless the guard has been asked again."""
    guarded = False
    for task in flat(yaml.safe_load(file.read_text(encoding="utf-8"))):
        used = {name.rpartition(".")[2] for name in task}
        if GUARD.items() <= task.items():
            guarded = True
        elif used & {"include_tasks", "setup", "wait_for_connection"}:
            guarded = False
        reads = task.get("check_mode") is True or "state" not in task.get("tencent.cloud.cvm_reset_log", {"state": 1})
        assert guarded or reads or not used & WRITES, task["name"]


FROZEN = "freeze.yml"
OF_THE_HOST = {
    "inventory_hostname",
    "cvm_instance_id",
    "awx_job_id",
    "tower_job_id",
    "ansible_host",
    "ansible_ssh_host",
}


def expressions(value: Any, *, bare: bool = False) -> Iterator[str]:
    """The texts of a document that are evaluated, each as a template."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from expressions(one, bare=key in {"when", "that", "until", "failed_when", "changed_when"})
    elif isinstance(value, list):
        for one in value:
            yield from expressions(one, bare=bare)
    elif isinstance(value, str):
        yield f"{{{{ {value} }}}}" if bare and "{{" not in value else value


@pytest.mark.parametrize(
    "file",
    [file for file in (*TASK_FILES, *sorted(ROLE.glob("vars/main/*.yml"))) if file.name != FROZEN],
    ids=lambda file: file.stem,
)
def test_options_are_read_once_and_what_was_read_is_used(file: Path) -> None:
    """What a server answers in between could be another value, as long as it is a variable of the host that is read."""
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    parsed = [Environment().parse(text.replace("\\", "\\\\")) for text in expressions(document)]
    names = {name.name for one in parsed for name in one.find_all(Name)}
    read_again = {name for name in names if name.startswith(PREFIX) or name in OF_THE_HOST}
    # The name of a run is the only thing of a job that counts; freeze.yml evaluates it.
    assert read_again <= ({"awx_job_id", "tower_job_id"} if file.stem == "run" else {f"{PREFIX}failure"})


def test_every_option_is_frozen() -> None:
    (task,) = (
        task
        for task in read(f"tasks/{FROZEN}")
        if "__reset_instance_options" in task.get("ansible.builtin.set_fact", {})
    )
    unread = {f"{PREFIX}job_slice", f"{PREFIX}backup_keep_days"}
    assert task["vars"]["__reset_instance_option_names"] == [
        name for name in read("defaults/main.yml") if name not in unread
    ]
    assert task["no_log"] is True


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
