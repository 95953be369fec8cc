# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every example in the documentation of a module or inventory plugin is one that it takes."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.examples import (
    INVENTORIES,
    MODULES,
    NAMESPACE,
    STEPS,
    Task,
    calls,
    examples,
    filled,
    imported,
    inventories,
    inventory_options,
    refusals,
)

EXAMPLES = [(module, task) for module in MODULES for task in examples(module)]


def named(value: Any) -> str | None:
    return value if isinstance(value, str) else value.get("name")


def test_every_module_has_examples() -> None:
    assert MODULES
    for module in MODULES:
        assert module in [name for task in examples(module) for name, options in calls(task)]


@pytest.mark.parametrize(("module", "task"), EXAMPLES, ids=named)
def test_an_example_has_a_name_and_calls_a_module_of_this_collection(module: str, task: Task) -> None:
    assert task["name"]
    assert list(calls(task))


@pytest.mark.parametrize(("module", "task"), EXAMPLES, ids=named)
def test_an_example_is_taken_by_the_argument_spec(module: str, task: Task) -> None:
    for name, options in calls(task):
        assert refusals(name, filled(options)) == [], f"{NAMESPACE}.{name}"


@pytest.mark.parametrize("step", sorted(STEPS))
def test_a_step_is_private_and_no_module_and_its_examples_have_documented_options(step: str) -> None:
    document = yaml.safe_load(imported(step).DOCUMENTATION)
    assert document["description"][0].startswith("Private to the role ")
    assert not hasattr(imported(step), "main")
    for task in examples(step):
        assert task["name"]
        for name, given in calls(task):
            assert name == step
            assert set(given) <= set(document["options"])
            assert given["step"] in document["options"]["step"]["choices"]


@pytest.mark.parametrize("plugin", INVENTORIES)
def test_an_inventory_of_the_examples_has_documented_options(plugin: str) -> None:
    known = inventory_options(plugin)
    assert inventories(plugin)
    for options in inventories(plugin):
        assert options["plugin"] == f"{NAMESPACE}.{plugin}"
        assert set(options) <= set(known)
        for name, option in known.items():
            given = options.get(name)
            values = given if option.get("type") == "list" else [given]
            assert "choices" not in option or set(values or []) <= {None, *option["choices"]}
