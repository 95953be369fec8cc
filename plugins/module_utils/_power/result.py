# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The result of a task that changes the power of instances: always the same keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._engine.flow import Record
from .._engine.result import Result


@dataclass
class PowerResult(Result):
    """What became of a task that changes the power of instances.

    Attributes:
        instance_ids: the instances of the task, each once.
        records: the last good read of each, by id; `earlier` the one before the task.
    """

    instance_ids: list[str] = field(default_factory=list)
    records: Mapping[str, Record] = field(default_factory=dict)
    earlier: Mapping[str, Record] = field(default_factory=dict)

    def about(self) -> dict[str, Any]:
        """The keys that say what the task is about, before and after; in the order of the ids."""
        return {
            "instance_ids": self.instance_ids,
            "instances": [self.records[one] for one in self.instance_ids if one in self.records],
            "previous": [self.earlier[one] for one in self.instance_ids if one in self.earlier],
        }
