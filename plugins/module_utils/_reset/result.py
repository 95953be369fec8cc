# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The result of a reset: always the same keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from .._engine.result import Outcome, Result
from .._engine.tracker import Operation
from .idempotency_entry import Entry, shown


@dataclass
class ResetResult(Result):
    """What became of a reset.

    Attributes:
        instance: the last good read; `previous` the one before the reset.
        operation: the latest operation that was seen.
        log: what the log of policy `once` said before anything was sent.
    """

    NOTHING_DONE: ClassVar[str] = "Nothing was reset"

    instance_id: str = ""
    instance: Mapping[str, Any] | None = None
    previous: Mapping[str, Any] | None = None
    operation: Operation | None = None
    log: Entry | None = None
    again: str = "Look at the instance's operation log before you run the task again."

    @property
    def changed(self) -> bool:
        """Whether the disk may be gone, by this run or by the one that sent the reset, or would be."""
        return self.outcome not in (Outcome.UNCHANGED, Outcome.REFUSED)

    def how_to_go_on(self) -> str:
        """Another task can wait for the same reset."""
        return f"Go on waiting with attach: {self.request_id}" if self.request_id else self.again

    def about(self) -> dict[str, Any]:
        """The instance, before and after, its latest operation, and its log."""
        return {
            "instance_id": self.instance_id,
            "instance": self.instance,
            "previous": None if self.previous is self.instance else self.previous,
            "operation": self.operation._asdict() if self.operation and self.operation.name else None,
            "log": shown(self.log),
        }
