# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The result of a task with an image or a snapshot: always the same keys. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .._engine.flow import Record
from .._engine.result import Outcome, Result
from .._errors import TencentCloudError


@dataclass
class BackupResult(Result):
    """What became of a task with an image or a snapshot.

    Attributes:
        noun: as in ResourceKind.
        record: the last good read of the thing, None if there is none; `previous` the one before the task.
        extra: keys of one module only.
    """

    noun: str = ""
    identity: str | None = None
    record: Record | None = None
    previous: Record | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def about(self) -> dict[str, Any]:
        """The keys that say what the task is about, before and after."""
        previous = None if self.previous is self.record else self.previous
        return {f"{self.noun}_id": self.identity, self.noun: self.record, "previous": previous, **self.extra}

    def time_out(self, what: str, late: str, more: str, action: str | None = None) -> BackupResult:
        """Close it: accepted, but not finished in time.

        Args:
            what: what was accepted; a sentence.
            late: what did not happen in time; a sentence.
            more: what follows, with a leading space.
        """
        error = TencentCloudError(late, code="WaitTimeout", request_id=self.request_id, action=action)
        return self.end(Outcome.ACCEPTED, f"{what} {late}{more}", ok=False, error=error)
