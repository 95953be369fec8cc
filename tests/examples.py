# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The EXAMPLES of everything that has some, what their variables stand for, and the specs to hold them against."""

from __future__ import annotations

import contextlib
import importlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import yaml
from ansible.module_utils.common.arg_spec import ModuleArgumentSpecValidator

NAMESPACE = "tencent.cloud"
STEPS = {"reset_instance_step"}
"""Documents of action plugins that are private to a role: no module runs, and no task calls them by themselves."""
MODULES = sorted({path.stem for path in Path(__file__).parents[1].glob("plugins/modules/[!_]*.py")} - STEPS)
INVENTORIES = sorted(path.stem for path in Path(__file__).parents[1].glob("plugins/inventory/[!_]*.py"))
VARIABLES: dict[str, Any] = {
    "new_password": "Example-Password-7",
    "images": {"ins-r8hr2upy": "img-pmqg1cw7", "ins-keypair1": "img-6n21msk1"},
    "web_servers": [{"instance_id": "ins-r8hr2upy"}, {"instance_id": "ins-keypair1"}],
}
"""What the examples take from elsewhere."""
RESULTS: dict[str, Any] = {
    "images | dict2items(key_name='instance_id', value_name='image_id')": [{"instance_id": "ins-r8hr2upy"}],
    "started.request_ids": {"ins-r8hr2upy": "a0a66377-b79f-4a21-846c-d997d6022968"},
    "started.request_id": "a0a66377-b79f-4a21-846c-d997d6022968",
    "old.previous_keys": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3sL8nA0rAqqHqvBq1PzqvTq2tS1m0oY8i8wS3m0dQe",
    "old.entries": "web-01 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3sL8nA0rAqqHqvBq1PzqvTq2tS1m0oY8i8wS3m0dQe",
    "backup.image_id": "img-qlzp4oea",
    "backup.snapshot_id": "snap-gqa37j2p",
}
"""What an example takes from the one before, where it is only held against a spec."""

_RULES = ("mutually_exclusive", "required_together", "required_one_of", "required_if", "required_by")
_TEMPLATE = re.compile(r"\{\{ *(.+?) *\}\}")

Task = dict[str, Any]


class _Called(Exception):
    """The module has made its AnsibleModule."""


def imported(module: str) -> Any:
    """The Python module of an Ansible module."""
    return importlib.import_module(f"ansible_collections.{NAMESPACE}.plugins.modules.{module}")


def examples(module: str) -> list[Task]:
    """The tasks of a module's EXAMPLES."""
    tasks = yaml.safe_load(imported(module).EXAMPLES)
    assert isinstance(tasks, list)
    return tasks


def inventories(plugin: str) -> list[dict[str, Any]]:
    """The files of an inventory plugin's EXAMPLES."""
    return list(yaml.safe_load_all(_inventory(plugin).EXAMPLES))


def inventory_options(plugin: str) -> dict[str, Any]:
    """The documented options of an inventory plugin, with those of the fragments that it extends."""
    own = yaml.safe_load(_inventory(plugin).DOCUMENTATION)
    texts = [_fragment(name) for name in own["extends_documentation_fragment"]]
    return {name: option for text in texts for name, option in yaml.safe_load(text)["options"].items()} | own["options"]


def _inventory(plugin: str) -> Any:
    return importlib.import_module(f"ansible_collections.{NAMESPACE}.plugins.inventory.{plugin}")


def _fragment(name: str) -> str:
    collection, dot, short = name.rpartition(".")
    package = f"ansible_collections.{collection}.plugins" if dot else "ansible.plugins"
    return str(importlib.import_module(f"{package}.doc_fragments.{short}").ModuleDocFragment.DOCUMENTATION)


def calls(task: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The modules of this collection that a task or block calls, with their options."""
    for part in ("block", "rescue", "always"):
        for inner in task.get(part, []):
            yield from calls(inner)
    for name, options in task.items():
        if name.startswith(f"{NAMESPACE}.") and name.count(".") == 2:
            yield name.rpartition(".")[2], options or {}


def arguments_of(module: str) -> dict[str, Any]:
    """What a module gives to AnsibleModule: its argument spec and the rules on it."""
    frame = importlib.import_module(f"ansible_collections.{NAMESPACE}.plugins.module_utils._module")
    with mock.patch.object(frame, "Module", side_effect=_Called) as made, contextlib.suppress(_Called):
        imported(module).main()
    (spec,), rules = made.call_args
    return {"argument_spec": spec, **rules}


def refusals(module: str, options: Mapping[str, Any]) -> list[str]:
    """What a module's argument spec, and the rules on it, have against options."""
    arguments = arguments_of(module)
    rules = {rule: arguments.get(rule) for rule in _RULES}
    found = ModuleArgumentSpecValidator(arguments["argument_spec"], **rules).validate(dict(options))
    return list(found.error_messages)


def filled(value: Any) -> Any:
    """Options with the variables in them replaced."""
    if isinstance(value, dict):
        return {name: filled(item) for name, item in value.items()}
    if isinstance(value, list):
        return [filled(item) for item in value]
    if not isinstance(value, str):
        return value
    known = {**VARIABLES, **RESULTS}
    alone = _TEMPLATE.fullmatch(value)
    return known.get(alone[1], value) if alone else _TEMPLATE.sub(lambda found: str(known[found[1]]), value)
