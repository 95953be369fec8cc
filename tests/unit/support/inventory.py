# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads inventory files with the plugin, on a simulator in this process."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader

from ansible_collections.tencent.cloud.plugins.inventory import cvm

from .simulated import KEY, Simulated, simulated

REGIONS = ["ap-tokyo", "ap-singapore"]
HOSTILE = "{{ lookup('pipe', 'echo evaluated') }}"
WORLD = {"generate": {"count": 4, "regions": REGIONS, "tags": {"role": ["web", HOSTILE]}}}
FILE: dict[str, Any] = {
    "plugin": "tencent.cloud.cvm",
    "secret_id": KEY.secret_id,
    "secret_key": KEY.secret_key,
    "regions": REGIONS,
    "connect_with": "private",
}
NAMES = {f"generated-0000{number}" for number in range(4)}


class Inventory:
    """Reads inventory files with the plugin, as Ansible would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bench: Simulated = simulated(WORLD)
        self.warnings: list[str] = []
        self.extra_variables: dict[str, Any] = {}

    def read(self, *, flush: bool = False, into: InventoryData | None = None, **options: Any) -> InventoryData:
        """The inventory after a file with these options was read."""
        path = self.folder / "cvm.yml"
        path.write_text(yaml.safe_dump({**FILE, **options}), encoding="utf-8")
        plugin = cvm.InventoryModule()
        plugin._load_name = plugin.ansible_name = plugin.NAME
        plugin._redirected_names = [plugin.NAME]
        data = into or InventoryData()
        assert plugin.verify_file(str(path))
        plugin.parse(data, DataLoader(), str(path), cache=not flush)
        if plugin.get_option("cache"):
            plugin.update_cache_if_changed()
        return data

    def asked(self) -> list[str]:
        """The regions whose instances were asked for, in order of their names."""
        calls = self.bench.simulator.snapshot()["calls"]
        return sorted({call["region"] for call in calls if call["action"] == "DescribeInstances"})

    def broken(self, *regions: str) -> None:
        """Have these regions refuse to list their instances."""
        fault = {"kind": "error", "action": "DescribeInstances", "code": "UnauthorizedOperation", "times": 99}
        self.bench.simulator.faults([{**fault, "region": region} for region in regions])


def variables(data: InventoryData, name: str) -> Mapping[str, Any]:
    """The variables of a host."""
    found: Mapping[str, Any] = data.hosts[name].vars
    return found
