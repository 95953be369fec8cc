# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The result of a reset: always the same keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._errors import TencentCloudError
from .._problems import Problem, as_data, problems_of, refusal
from .tracker import Operation

DONE = "done"
ACCEPTED = "accepted"
UNCHANGED = "unchanged"
PLANNED = "planned"
FAILED = "failed"
REFUSED = "refused"
UNKNOWN = "unknown"

_CHANGED = (DONE, ACCEPTED, PLANNED, FAILED, UNKNOWN)
"""The outcomes after which the disk may be gone, and the plan to wipe it."""

_OK = (DONE, ACCEPTED, PLANNED, UNCHANGED)

OnEvent = Callable[[str, Mapping[str, Any]], None]
"""Is told `planned`, `waiting`, `sent`, `adopted`, `polled` and `ended` with what belongs to it, no secrets."""


def nobody(kind: str, data: Mapping[str, Any]) -> None:
    """Listens to no event."""


@dataclass
class Result:
    """What became of a reset.

    Attributes:
        tell: whom to tell of events.
        outcome: one of the words above.
        ok: whether the task succeeded.
        request_id: of our call, or of the operation that was taken for ours.
        instance: the last good read; `previous` the one before the reset.
        operation: the latest operation that was seen.
        submissions: how often ResetInstance was sent.
        adopted: whether the operation was recognized by its trace, not by an answer.
        reason: sentences for a person.
        changes: the diff.
    """

    instance_id: str
    tell: OnEvent = field(default=nobody, repr=False)
    outcome: str = REFUSED
    ok: bool = False
    request_id: str | None = None
    instance: Mapping[str, Any] | None = None
    previous: Mapping[str, Any] | None = None
    operation: Operation | None = None
    waited_seconds: float = 0.0
    submissions: int = 0
    adopted: bool = False
    reason: str = ""
    problems: list[Problem] = field(default_factory=list)
    error: TencentCloudError | None = None
    warnings: list[str] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)

    def end(
        self, outcome: str, reason: str, *, ok: bool | None = None, error: TencentCloudError | None = None
    ) -> Result:
        """Close the result. An outcome that is a success by itself is one unless `ok` says otherwise."""
        self.outcome = outcome
        self.reason = reason
        self.ok = outcome in _OK if ok is None else ok
        self.error = error
        self.tell("ended", {"outcome": outcome, "reason": reason})
        return self

    def refuse(self, problems: Sequence[Problem], error: TencentCloudError | None = None) -> Result:
        """Close it with everything that stands in the way; nothing was sent, or nothing more.

        Args:
            error: what kept the rest from being judged.
        """
        self.problems = list(problems)
        what = "Nothing was reset" if self.submissions else "Nothing was sent"
        return self.end(REFUSED, refusal(what, problems, error), error=error)

    def stop(self, error: TencentCloudError) -> Result:
        """Close it with an error that ended the task before anything was sent."""
        problems = problems_of(error)
        return self.refuse(problems) if problems else self.end(REFUSED, str(error), error=error)

    def as_dict(self) -> dict[str, Any]:
        """The keys that the module returns."""
        return {
            "changed": self.outcome in _CHANGED,
            "outcome": self.outcome,
            "request_id": self.request_id,
            "instance_id": self.instance_id,
            "instance": self.instance,
            "previous": None if self.previous is self.instance else self.previous,
            "operation": self.operation._asdict() if self.operation and self.operation.name else None,
            "waited_seconds": round(self.waited_seconds, 1),
            "submissions": self.submissions,
            "adopted": self.adopted,
            "reason": self.reason if self.ok else None,
            "problems": as_data(self.problems),
            "error": self.error.as_dict() if self.error else None,
        }
