# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An instance in time: what it is, and what it was a while ago."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Record = dict[str, Any]

OPERATION_FIELDS = (
    "LatestOperation",
    "LatestOperationState",
    "LatestOperationRequestId",
    "LatestOperationErrorMsg",
)


@dataclass
class Instance:
    """The history of one instance's record; every change makes a new record, so old ones stay readable.

    ``ends`` is when the running operation ends (None: no operation runs), ``before`` the record that the latest
    operation found.
    """

    timeline: list[tuple[float, Record]]
    attributes: dict[str, Any]
    lag: float
    ends: float | None = None
    before: Record = field(default_factory=dict)

    @property
    def record(self) -> Record:
        """The real state."""
        return self.timeline[-1][1]

    @property
    def region(self) -> str:
        """The region that shows this instance."""
        return str(self.attributes["region"])

    def change(self, at: float, **changes: Any) -> None:
        """Change fields of the real state at a moment."""
        self.timeline.append((at, {**self.record, **changes}))
        while len(self.timeline) > 2 and self.timeline[1][0] <= at - self.lag:
            del self.timeline[0]

    def seen(self, now: float) -> Record:
        """The record that readers see at ``now``: the state of ``lag`` seconds ago."""
        moment = now - self.lag
        for at, record in reversed(self.timeline):
            if at <= moment:
                return record
        return self.timeline[0][1]
