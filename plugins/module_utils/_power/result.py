# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The result of a task with the power of instances: always the same keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .._api.transform import Record
from .._engine.change_result import ChangeResult


@dataclass
class PowerResult(ChangeResult):
    """What became of a task with the power of instances.

    Attributes:
        records: the last good read of each, by id; `earlier` the one before the task.
    """

    instance_ids: list[str] = field(default_factory=list)
    records: dict[str, Record] = field(default_factory=dict)
    earlier: dict[str, Record] = field(default_factory=dict)

    def about(self) -> dict[str, Any]:
        """The keys that say what the task is about, before and after; in the order of the ids."""
        return {
            "instance_ids": self.instance_ids,
            "instances": [self.records[one] for one in self.instance_ids if one in self.records],
            "previous": [self.earlier[one] for one in self.instance_ids if one in self.earlier],
        }
