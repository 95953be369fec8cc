# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Holds YAML of documents against what is taken: plays, tasks and their defaults, inventories, role variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.examples import INVENTORIES, MODULES, NAMESPACE, arguments_of, calls, filled, inventory_options, refusals

ROLE = "reset_instance"
DEFAULTS = f"group/{NAMESPACE}.all"
PARTS = ("pre_tasks", "tasks", "post_tasks", "handlers")
SAMPLES: dict[str, Any] = {"int": 1, "float": 1.0, "bool": True, "list": [], "dict": {}}
"""What stands for a variable, by the type of the option."""


class Loader(yaml.SafeLoader):
    """Loads what Ansible loads, without decrypting anything."""


for tag in ("!vault", "!unsafe"):
    Loader.add_constructor(tag, lambda loader, node: node.value)


def complaints(text: str) -> list[str]:
    """What is wrong with the documents in a text of YAML. Raises `yaml.YAMLError` when it is none."""
    return [problem for value in yaml.load_all(text, Loader) for problem in _of_value(value)]


def _of_value(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from _of_inventory(value) if "plugin" in value else _of_variables(value)
    elif isinstance(value, list):
        for item in (item for item in value if isinstance(item, Mapping)):
            yield from _of_play(item) if "hosts" in item else _of_task(item)


def _of_play(play: Mapping[str, Any]) -> Iterator[str]:
    yield from _of_variables(play.get("vars") or {})
    yield from _of_defaults(play.get("module_defaults") or {})
    for role in play.get("roles") or []:
        yield from _of_role(role if isinstance(role, Mapping) else {"role": role})
    for part in PARTS:
        for task in play.get(part) or []:
            yield from _of_task(task)


def _of_role(role: Mapping[str, Any]) -> Iterator[str]:
    name = str(role.get("role") or role.get("name"))
    if name.startswith(f"{NAMESPACE}.") and name != f"{NAMESPACE}.{ROLE}":
        yield f"{name}: there is no such role."
    yield from _of_variables({**role, **(role.get("vars") or {})})


def _of_task(task: Mapping[str, Any]) -> Iterator[str]:
    yield from _of_variables(task.get("vars") or {})
    yield from _of_defaults(task.get("module_defaults") or {})
    for how in ("include_role", "import_role"):
        if isinstance(role := task.get(f"ansible.builtin.{how}"), Mapping):
            yield from _of_role(role)
    for module, options in calls(task):
        yield from _of_options(module, options)


def _of_options(module: str, options: Mapping[str, Any]) -> list[str]:
    """What the argument spec of a module says about options; a variable is whatever it has to be."""
    if module not in MODULES:
        return [f"{NAMESPACE}.{module}: there is no such module."]
    given = _sampled(filled(options), arguments_of(module)["argument_spec"])
    return [f"{NAMESPACE}.{module}: {message}" for message in refusals(module, given)]


def _sampled(options: Any, spec: Mapping[str, Any]) -> Any:
    if isinstance(options, list):
        return [_sampled(item, spec) for item in options]
    if not isinstance(options, Mapping):
        return options
    return {name: _sample(value, spec.get(name, {})) for name, value in options.items()}


def _sample(value: Any, option: Mapping[str, Any]) -> Any:
    if isinstance(value, str) and "{{" in value:
        return next(iter(option.get("choices") or []), SAMPLES.get(str(option.get("type")), value))
    return _sampled(value, option["options"]) if "options" in option else value


def _of_defaults(defaults: Mapping[str, Any]) -> Iterator[str]:
    for name, options in defaults.items():
        module = name.rpartition(".")[2]
        if name == DEFAULTS:
            known = set.intersection(*(set(arguments_of(each)["argument_spec"]) for each in _connected()))
        elif name.startswith(f"{NAMESPACE}."):
            known = set(arguments_of(module)["argument_spec"])
        else:
            continue
        yield from (f"module_defaults of {name}: {option} is unknown." for option in sorted(set(options) - known))


@cache
def _connected() -> list[str]:
    """The modules that call the API."""
    return [module for module in MODULES if "region" in arguments_of(module)["argument_spec"]]


def _of_inventory(inventory: Mapping[str, Any]) -> Iterator[str]:
    plugin = str(inventory["plugin"]).rpartition(".")[2]
    if not str(inventory["plugin"]).startswith(f"{NAMESPACE}."):
        return
    if plugin not in INVENTORIES:
        yield f"{inventory['plugin']}: there is no such inventory plugin."
        return
    known = inventory_options(plugin)
    yield from (f"{plugin}: {name} is unknown." for name in sorted(set(inventory) - set(known)))
    for name in set(inventory) & set(known):
        given = inventory[name] if isinstance(inventory[name], list) else [inventory[name]]
        choices = known[name].get("choices")
        yield from (f"{plugin}: {name} is none of {choices}." for value in given if choices and value not in choices)


def _of_variables(variables: Mapping[str, Any]) -> Iterator[str]:
    known = _role_variables()
    for name in variables:
        if name.startswith(f"{ROLE}_") and name not in known:
            yield f"{name}: the role {NAMESPACE}.{ROLE} has no such variable."


@cache
def _role_variables() -> set[str]:
    specs = Path(__file__).parents[1] / "roles" / ROLE / "meta" / "argument_specs.yml"
    return set(yaml.safe_load(specs.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"])
