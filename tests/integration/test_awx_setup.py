# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook that creates everything in AWX, on a stand-in for awx.awx; the options are those of the real modules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from .harness import SECRET_ID, SECRET_KEY, Ansible

NAME = "Reinstall servers"
GIVEN = {
    "setup_project_url": "https://git.example.org/reinstall.git",
    "setup_image": "registry.example.org/reinstall:1",
    "setup_login_credentials": ["Servers"],
    "setup_slices": 3,
}
TYPES = {"text": "str", "number": "int", "switch": "bool", "mapping": "dict", "list": "list"}
SECRET = {"inputs": {"no_log": True}}
"""Of credentials alone."""
STAND_IN = """
import json
import os
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

KIND, SPEC = {kind!r}, {spec!r}
NAMES = {{
    "credential": "credential", "credentials": "credential", "credential_type": "credential_type",
    "default_environment": "execution_environment", "execution_environment": "execution_environment",
    "inventory": "inventory", "project": "project", "source_project": "project", "success_nodes": "node",
    "unified_job_template": "job_template", "workflow_job_template": "workflow_job_template",
}}

module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)
store = Path(os.environ["STAND_IN"])
known = json.loads(store.read_text())
given = {{name: value for name, value in module.params.items() if value is not None}}
for option in NAMES.keys() & given.keys():
    for name in given[option] if isinstance(given[option], list) else [given[option]]:
        kind = "workflow_job_template_node" if NAMES[option] == "node" else NAMES[option]
        if name not in known.get(kind, {{}}):
            module.fail_json(msg=f"{{KIND}}: {{option}}: there is no {{kind}} {{name}}")
if "approval_node" in given and [name for name in given if name.endswith("_nodes")]:
    module.fail_json(msg="The template of an approval has no nodes that follow it.")
mine = known.setdefault(KIND, {{}})
name = given.get("identifier") or given["name"]
before = mine.get(name, {{}})
mine[name] = {{**before, **given}}
store.write_text(json.dumps(known))
module.exit_json(changed=mine[name] != before)
"""
"""Keeps what it is asked for; refuses what names things that are not there yet, and what AWX would not find."""


@pytest.fixture
def awx(ansible: Ansible, collection: Path) -> Ansible:
    """With a stand-in for the collection, and a controller that has a credential for the servers."""
    folder = ansible.folder / "stand-in" / "ansible_collections" / "awx" / "awx"
    modules = folder / "plugins" / "modules"
    modules.mkdir(parents=True)
    for kind, options in yaml.safe_load(Path(__file__).with_name("awx_modules.yml").read_text())["modules"].items():
        (modules / f"{kind}.py").write_text(STAND_IN.format(kind=kind, spec=spec(kind, options)), encoding="utf-8")
    paths = f"{folder.parents[2]}:{collection.parents[2]}"
    (ansible.folder / "store.json").write_text(json.dumps({"credential": {"Servers": {}}}), encoding="utf-8")
    ansible.environment |= {"ANSIBLE_COLLECTIONS_PATH": paths, "STAND_IN": str(ansible.folder / "store.json")}
    return ansible


def spec(kind: str, options: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The argument spec of a module."""
    required = options["required"].split()
    found: dict[str, dict[str, Any]] = {
        name: {"type": TYPES[word], "required": name in required}
        for word in TYPES.keys() & options.keys()
        for name in options[word].split()
    }
    return {name: {**one, **(SECRET.get(name, {}) if kind == "credential" else {})} for name, one in found.items()}


def test_everything_is_created_once_and_fits_together(awx: Ansible, collection: Path) -> None:
    (awx.folder / "given.yml").write_text(yaml.safe_dump(GIVEN), encoding="utf-8")
    command = ("ansible-playbook", "tencent.cloud.awx.setup", "-e", "@given.yml", "-vvv")
    first, second = (awx.command(*command) for _time in range(2))
    assert first.code == second.code == 0, first.everything + second.everything
    assert "changed=12 " in first.out
    assert "changed=0 " in second.out
    assert SECRET_KEY not in first.everything + second.everything
    made = json.loads((awx.folder / "store.json").read_text(encoding="utf-8"))

    # The templates of the injectors are for AWX.
    written = yaml.safe_load((collection / "playbooks" / "awx" / "credential_type.yml").read_text(encoding="utf-8"))
    kept = made["credential_type"]["Tencent Cloud"]
    assert {name: kept[name] for name in written} == written
    inputs = made["credential"]["Tencent Cloud"]["inputs"]
    assert inputs == {"secret_id": SECRET_ID, "secret_key": SECRET_KEY, "region": "ap-guangzhou"}

    check, run = (made["job_template"][f"{NAME}: {kind}"] for kind in ("Check", "Run"))
    assert (check["job_type"], run["job_type"]) == ("check", "run")
    assert (check["job_slice_count"], run["job_slice_count"]) == (1, 3)
    assert (check["extra_vars"], run["extra_vars"]) == ({}, {"reset_instance_job_slice": True})
    for template in (check, run):
        assert template["credentials"] == ["Tencent Cloud", "Servers"]
    questions = [one["variable"] for one in check["survey_spec"]["spec"]]
    assert [one["variable"] for one in run["survey_spec"]["spec"]] == [*questions, "reset_instance_confirm"]

    # In the workflow the answer to that comes from the check, over which a survey would win.
    workflow = made["workflow_job_template"][NAME]
    assert [one["variable"] for one in workflow["survey_spec"]["spec"]] == questions
    assert "extra_vars" not in workflow
    nodes = made["workflow_job_template_node"]
    assert {name: node.get("success_nodes") for name, node in nodes.items()} == {
        "check": ["approval"],
        "approval": ["run"],
        "run": None,
    }
    assert {name: node.get("unified_job_template") for name, node in nodes.items()} == {
        "check": f"{NAME}: Check",
        "approval": None,
        "run": f"{NAME}: Run",
    }
    assert not [name for node in nodes.values() for name in ("always_nodes", "failure_nodes") if name in node]
    assert nodes["approval"]["approval_node"]["timeout"] == 86400


def test_what_must_be_given(awx: Ansible) -> None:
    run = awx.command(
        "ansible-playbook", "tencent.cloud.awx.setup", "-e", "setup_image=registry.example.org/reinstall:1"
    )
    assert run.code != 0
    assert "setup_project_url and setup_image must be given as extra variables" in " ".join(run.out.split())
    assert json.loads((awx.folder / "store.json").read_text(encoding="utf-8")) == {"credential": {"Servers": {}}}
