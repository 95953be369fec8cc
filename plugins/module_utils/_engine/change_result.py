# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The result of a task that changes something and is no reset: always the same keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._clock import Clock
from .._errors import TencentCloudError, place_of
from .._problems import Problem, as_data, merged, problems_of, refusal
from .result import ACCEPTED, DONE, FAILED, PLANNED, REFUSED, UNCHANGED, UNKNOWN

_OK = (DONE, ACCEPTED, PLANNED, UNCHANGED)
_WHEN_SENT = (DONE, ACCEPTED, FAILED, UNKNOWN)
"""The outcomes after which something may be another than before, when a call was sent."""


@dataclass
class ChangeResult:
    """What became of a task with an image or a snapshot.

    Attributes:
        noun: as in ResourceKind, or `instance`.
        record: the last good read of the thing, None if there is none; `previous` the one before the task.
        sent: whether a call that changes something was sent.
        submissions: how often the call that must not take effect twice was sent.
        adopted: whether what it made, or began, was recognized by its trace, not by an answer.
        extra: keys of one module alone.
        changes: the diff.
    """

    noun: str
    identity: str | None = None
    outcome: str = REFUSED
    ok: bool = False
    request_id: str | None = None
    record: Mapping[str, Any] | None = None
    previous: Mapping[str, Any] | None = None
    waited_seconds: float = 0.0
    sent: bool = False
    submissions: int = 0
    adopted: bool = False
    reason: str = ""
    problems: list[Problem] = field(default_factory=list)
    error: TencentCloudError | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)

    def end(
        self, outcome: str, reason: str, *, ok: bool | None = None, error: TencentCloudError | None = None
    ) -> ChangeResult:
        """Close the result. An outcome that is a success by itself is one unless `ok` says otherwise."""
        self.outcome = outcome
        self.reason = reason
        self.ok = outcome in _OK if ok is None else ok
        self.error = error
        return self

    def refuse(self, problems: Sequence[Problem], error: TencentCloudError | None = None) -> ChangeResult:
        """Close it with everything that stands in the way; nothing was sent, or nothing was accepted.

        Args:
            error: what kept the records from being judged as well.
        """
        self.problems = list(problems)
        what = "Nothing was changed" if self.sent else "Nothing was sent"
        return self.end(REFUSED, refusal(what, problems, error), error=error)

    def stop(self, error: TencentCloudError) -> ChangeResult:
        """Close it with an error that ended the task before anything was sent."""
        problems = problems_of(error)
        return self.refuse(problems) if problems else self.end(REFUSED, str(error), error=error)

    @property
    def changed(self) -> bool:
        """Whether something is, may be, or would be another than before."""
        return self.outcome == PLANNED or (self.sent and self.outcome in _WHEN_SENT)

    def about(self) -> dict[str, Any]:
        """The keys that say what the task is about, before and after."""
        previous = None if self.previous is self.record else self.previous
        return {f"{self.noun}_id": self.identity, self.noun: self.record, "previous": previous}

    def as_dict(self) -> dict[str, Any]:
        """The keys that the module returns."""
        return {
            "changed": self.changed,
            "outcome": self.outcome,
            "request_id": self.request_id,
            **self.about(),
            "waited_seconds": round(self.waited_seconds, 1),
            "submissions": self.submissions,
            "adopted": self.adopted,
            "reason": self.reason if self.ok else None,
            "problems": as_data(self.problems),
            "error": self.error.as_dict() if self.error else None,
            **self.extra,
        }


_NEEDED_TO_READ = {
    "api",
    "instance_id",
    "instance_ids",
    "image_id",
    "image_name",
    "snapshot_id",
    "snapshot_name",
    "disk_id",
}


def judged(result: ChangeResult, problems: Sequence[Problem], judge: Callable[[], ChangeResult]) -> ChangeResult:
    """The end of a task whose options cannot be used: their problems, and those that the records show.

    Args:
        judge: plans the task, as in check mode. It is not called when the options that say what to read are wrong.
    """
    if _NEEDED_TO_READ.isdisjoint(problem.option for problem in problems):
        try:
            judge()
        except TencentCloudError as error:
            return result.refuse(problems, error)
    return result.refuse(merged(problems, result.problems))


def guarded(result: ChangeResult, clock: Clock, action: str, work: Callable[[], None]) -> ChangeResult:
    """Do work that fills the result, and measure it. A defect must not lose what was sent."""
    started_at = clock.monotonic()
    try:
        work()
    except Exception as bug:
        if not result.sent:
            raise
        broken = TencentCloudError(
            f"A defect of this module after the send ({place_of(bug)}).",
            code="Broken",
            request_id=result.request_id,
            action=action,
        )
        result.end(UNKNOWN, f"{action} was sent, and then this module broke: {broken}", error=broken)
    result.waited_seconds = clock.monotonic() - started_at
    return result
