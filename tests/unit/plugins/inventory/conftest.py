# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin on a simulator, without sockets, and with a home of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible import constants

from ansible_collections.tencent.cloud.plugins.inventory import cvm
from ansible_collections.tencent.cloud.plugins.module_utils._api import connection
from tests.examples import inventory_options
from tests.unit.support.inventory import Inventory


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Inventory:
    """A reader of inventory files, on a simulator with two instances in each of two regions."""
    reader = Inventory(tmp_path)
    for name in ("SECRET_ID", "SECRET_KEY", "REGION", "PROFILE"):
        monkeypatch.delenv(f"TENCENTCLOUD_{name}", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(connection, "Transport", lambda **options: reader.bench.transport)
    monkeypatch.setattr(cvm, "Clock", lambda: reader.bench.clock)
    monkeypatch.setattr(cvm.InventoryModule, "__init__", _with_display(cvm.InventoryModule.__init__, reader.warnings))
    monkeypatch.setattr("ansible.plugins.inventory.load_extra_vars", lambda loader: reader.extra_variables)
    constants.config.initialize_plugin_configuration_definitions(
        "inventory", "tencent.cloud.cvm", inventory_options("cvm")
    )
    return reader


def _with_display(init: Any, warnings: list[str]) -> Any:
    class Display:
        def warning(self, text: str, **options: Any) -> None:
            warnings.append(text)

        def __getattr__(self, name: str) -> Any:
            return lambda *arguments, **options: None

    def initialised(plugin: Any) -> None:
        init(plugin)
        plugin.display = Display()

    return initialised
