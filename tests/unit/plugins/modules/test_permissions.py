# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The actions that each module calls are those that are documented as its permissions: none less, none more."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.documents import read
from tests.examples import MODULES, arguments_of, imported
from tests.permissions import EVERYBODY, GUIDE, INVENTORY, called, needed, permissions
from tests.unit.support.modules import Modules
from tests.unit.test_role import calls as calls_of_role

KEYS: dict[str, Any] = {"login_settings": {"key_ids": ["skey-b4vakk62"]}}
IMAGE = {"image_id": "img-pmqg1cw7"}
WEB: dict[str, Any] = {"instance_id": "ins-r8hr2upy"}
ONCE = {"policy": "once", "idempotency_key": "K1"}
ROLE = {"assume_role": {"role_arn": "qcs::cam::uin/100000000001:roleName/reinstaller"}}
SNAPSHOT = {**WEB, "snapshot_name": "before"}
FLEET: dict[str, Any] = {"instances": [WEB, {"instance_id": "ins-keypair1"}], **IMAGE}

FLOWS: dict[str, list[dict[str, Any]]] = {
    "cvm_reset_instance": [
        {**WEB, **IMAGE, "login_settings": {"password": "Example-Password-7"}},
        {**WEB, **KEYS, **ROLE},
        {**WEB, **IMAGE, **KEYS, **ONCE},
        {**WEB, "attach": "{request_id}"},
    ],
    "cvm_reset_instances": [
        {**FLEET, "login_settings": {"password": "Example-Password-7"}},
        {**FLEET, **KEYS, **ONCE},
    ],
    "cvm_reset_log": [WEB, {**WEB, "idempotency_key": "K1", "state": "finished"}],
    "cvm_image": [{**WEB, "image_name": "before"}, {"image_name": "before", "state": "absent"}],
    "cbs_snapshot": [
        SNAPSHOT,
        {**WEB, "state": "restored", "snapshot_id": "{snapshot_id}", "auto_stop": True},
        {**SNAPSHOT, "state": "absent"},
        {"disk_id": "disk-r8hr2upy", "snapshot_name": "by-disk"},
        {"snapshot_id": "{snapshot_id}", "state": "absent"},
    ],
    "cvm_instance_power": [
        {"instance_ids": ["ins-r8hr2upy"], "state": state} for state in ("restarted", "stopped", "running")
    ],
    "cvm_instance_info": [{}, {"instance_ids": ["ins-r8hr2upy"]}],
    "cvm_image_info": [{}, {"image_ids": ["img-pmqg1cw7"]}],
    "cvm_key_pair_info": [{}, {"filters": {"key-name": "deploy"}}],
    "sts_caller_identity_info": [{}, ROLE],
    "ssh_host_key": [],
}
"""Runs of each module that show all that it can call; a text in braces is what the run before has returned."""

BEFORE = {"cvm_reset_log": ("cvm_reset_instance", {**WEB, **IMAGE, **KEYS, **ONCE})}
"""What must have been run before the runs of a module."""

EVERYTHING = {**WEB, **KEYS, **ONCE}
"""Options that the role can be told to give to a module."""


def defaults_of(module: str) -> dict[str, Any]:
    spec = arguments_of(module)["argument_spec"]
    return {name: option["default"] for name, option in spec.items() if "default" in option}


def of_role() -> set[str]:
    """What the role needs for all that it can be asked for, by the tasks in it."""
    tasks = [(module, task[f"tencent.cloud.{module}"] or {}) for _file, module, task in calls_of_role()]
    modules = [(module, options) for module, options in tasks if module in permissions()]
    return set().union(
        *(needed(module, {**EVERYTHING, **defaults_of(module), **options}) for module, options in modules)
    )


def of(*names: str) -> set[str]:
    """What is documented for these, with any options."""
    return {permission.action for name in names for permission in permissions().get(name, [])}


POLICIES = {
    "reinstall.json": of("cvm_reset_instance", "cvm_reset_instances"),
    "role.json": of_role() | of(INVENTORY),
    "caller.json": of(EVERYBODY),
}
"""The policies in the guide, and what each is for."""


@pytest.mark.parametrize("module", MODULES)
def test_a_module_calls_what_its_permissions_allow(modules: Modules, module: str) -> None:
    result: dict[str, Any] = {}
    seen: set[str] = set()
    for prepared, options in filter(None, [BEFORE.get(module)]):
        modules(imported(prepared), **options)
    for flow in FLOWS[module]:
        options = {name: _filled(value, result) for name, value in flow.items()}
        before = len(modules.bench.calls)
        result = modules(imported(module), **options)
        assert not result.get("failed"), result
        calls = called(modules.bench.simulator.snapshot()["calls"][before:])
        assert calls == needed(module, {**defaults_of(module), **options}), options
        seen |= calls
    assert of(module) <= seen


def _filled(value: Any, result: dict[str, Any]) -> Any:
    return result[value[1:-1]] if isinstance(value, str) and value.startswith("{") else value


def test_every_module_is_looked_at() -> None:
    assert set(FLOWS) == set(MODULES)
    assert set(permissions()) - {EVERYBODY, INVENTORY} <= set(MODULES)


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_a_policy_allows_what_is_needed_for_it_and_no_more(name: str) -> None:
    (block,) = (block for block in read(GUIDE).blocks if block.marks.get("file") == name)
    statements = json.loads(block.text)["statement"]
    allowed = [action for statement in statements for action in statement["action"]]
    assert {statement["effect"] for statement in statements} == {"allow"}
    assert len(allowed) == len(set(allowed))
    assert set(allowed) == POLICIES[name]
