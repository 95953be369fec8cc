# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What calls the API belongs together: the same connection options, one action group, pages that lead to each other."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FRAGMENT = "tencent.cloud.connection"
TOLD = {"reset_instance_step"}
"""It takes the options of the group to know the region and the connection of a role, and does not call the API."""


def documentation(path: Path) -> dict[str, Any]:
    """What a plugin says of itself."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "DOCUMENTATION":
            documented: dict[str, Any] = yaml.safe_load(ast.literal_eval(node.value))
            return documented
    raise AssertionError(f"{path} has no DOCUMENTATION")


MODULES = {path.stem: documentation(path) for path in sorted((ROOT / "plugins/modules").glob("[a-z]*.py"))}
CALLING = [name for name, page in MODULES.items() if FRAGMENT in page.get("extends_documentation_fragment", [])]


def test_the_action_group_is_what_takes_the_connection_options() -> None:
    runtime = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))
    assert runtime["action_groups"] == {"all": sorted([*CALLING, *TOLD])}
    assert not TOLD & set(CALLING)


@pytest.mark.parametrize("name", CALLING)
def test_each_page_leads_to_the_others(name: str) -> None:
    linked = {entry.get("module") for entry in MODULES[name]["seealso"]}
    assert linked >= {f"tencent.cloud.{other}" for other in CALLING if other != name}


def test_the_inventory_and_its_module_lead_to_each_other() -> None:
    inventory = documentation(ROOT / "plugins/inventory/cvm.py")
    assert FRAGMENT in inventory["extends_documentation_fragment"]
    assert "tencent.cloud.cvm_instance_info" in {entry.get("module") for entry in inventory["seealso"]}
    linked = [entry.get("plugin") for entry in MODULES["cvm_instance_info"]["seealso"]]
    assert "tencent.cloud.cvm" in linked
