# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The result of a task that changes something: always the same keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, ClassVar, TypeVar

from .._clock import Clock
from .._errors import Interrupted, TencentCloudError, in_brackets, place_of
from .._problems import Problem, as_data, merged, problems_of, refusal
from .flow import Flow


class Outcome(str, Enum):
    """How a task ended, as its result says it."""

    DONE = "done"
    ACCEPTED = "accepted"
    UNCHANGED = "unchanged"
    PLANNED = "planned"
    FAILED = "failed"
    REFUSED = "refused"
    UNKNOWN = "unknown"


_OK = (Outcome.DONE, Outcome.ACCEPTED, Outcome.PLANNED, Outcome.UNCHANGED)
_MAY_HAVE_CHANGED = (Outcome.DONE, Outcome.ACCEPTED, Outcome.FAILED, Outcome.UNKNOWN)
"""The outcomes after which something may have changed, if a call was sent."""

OnEvent = Callable[[str, Mapping[str, Any]], None]
"""Called with `planned`, `waiting`, `sent`, `accepted`, `adopted`, `polled` and `ended` and their details (see
`progress`), without secrets."""


def nobody(kind: str, data: Mapping[str, Any]) -> None:
    """Ignores all events."""


R = TypeVar("R", bound="Result")


@dataclass
class Result:
    """The result of a task; the results of each module add what they are about.

    Attributes:
        tell: called for each event.
        ok: whether the task succeeded.
        request_id: of our call, or of the operation that was taken for ours.
        sent: whether a call that changes something was sent.
        in_doubt: whether it may have taken effect without being known as accepted: sent by this run or by another.
        submissions: how often the call that must not take effect twice was sent.
        adopted: whether what it made, or began, was recognized by its trace, not by an answer.
        reason: sentences for the user.
        changes: the diff.
        again: how to go on when the wait for what was accepted ends before its time; sentences.
    """

    NOTHING_DONE: ClassVar[str] = "Nothing was changed"

    tell: OnEvent = field(default=nobody, repr=False)
    outcome: Outcome = Outcome.REFUSED
    ok: bool = False
    request_id: str | None = None
    waited_seconds: float = 0.0
    sent: bool = False
    in_doubt: bool = False
    submissions: int = 0
    adopted: bool = False
    reason: str = ""
    problems: list[Problem] = field(default_factory=list)
    error: TencentCloudError | None = None
    warnings: list[str] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)
    again: str = "Look at it before you run the task again."

    def end(
        self: R, outcome: Outcome, reason: str, *, ok: bool | None = None, error: TencentCloudError | None = None
    ) -> R:
        """Close the result, and return it. Without `ok`, the outcome says whether it is a success."""
        self.outcome = outcome
        self.reason = reason.strip()
        self.ok = outcome in _OK if ok is None else ok
        self.error = error
        self.tell("ended", {"outcome": outcome.value, "reason": self.reason})
        return self

    def refuse(self: R, problems: Sequence[Problem], error: TencentCloudError | None = None) -> R:
        """Close it with everything that stands in the way; nothing was sent, or nothing was accepted.

        Args:
            error: what kept the rest from being judged as well.
        """
        self.problems = list(problems)
        what = self.NOTHING_DONE if self.sent else "Nothing was sent"
        return self.end(Outcome.REFUSED, refusal(what, problems, error), error=error)

    def stop(self: R, error: TencentCloudError) -> R:
        """Close it with an error that ended the task before anything was sent."""
        problems = problems_of(error)
        return self.refuse(problems) if problems else self.end(Outcome.REFUSED, str(error), error=error)

    def interrupt(self: R, why: str, action: str) -> R:
        """Close it since the task was told to end; what was accepted goes on in the service.

        Args:
            why: a sentence.
            action: of the call that must not take effect twice.
        """
        error = TencentCloudError(why, code="Interrupted", request_id=self.request_id, action=action)
        # What another run may have sent is not known by the RequestId that the user gives.
        if (self.request_id or self.adopted) and (self.sent or not self.in_doubt):
            accepted = f"{action} was accepted{in_brackets(self.request_id)} and goes on."
            return self.end(Outcome.ACCEPTED, f"{why} {accepted} {self.how_to_go_on()}", ok=False, error=error)
        if self.in_doubt:
            doubt = f"It is unknown whether {action} took effect: its answer, or its trace, was not waited for."
            return self.end(Outcome.UNKNOWN, f"{why} {doubt} {self.again}", error=error)
        nothing = f"{self.NOTHING_DONE}: {action} was not accepted" if self.sent else "Nothing was sent"
        return self.end(Outcome.REFUSED, f"{why} {nothing}.", error=error)

    def tell_accepted(self) -> None:
        """Say at once what a run that is killed cannot say any more. Without a RequestId there is nothing to name."""
        if self.request_id is None:
            return
        go_on = self.how_to_go_on()
        kind = "adopted" if self.adopted else "accepted"
        self.tell(kind, {"request_id": self.request_id, "go_on": go_on[0].lower() + go_on[1:]})

    def how_to_go_on(self) -> str:
        """What to do when the wait for what was accepted ends before its time; sentences."""
        return self.again

    @property
    def changed(self) -> bool:
        """Whether something has, may have, or would have changed."""
        return self.outcome is Outcome.PLANNED or (self.sent and self.outcome in _MAY_HAVE_CHANGED)

    def about(self) -> dict[str, Any]:
        """The keys that say what the task is about, before and after."""
        raise NotImplementedError

    def as_dict(self) -> dict[str, Any]:
        """The keys that the module returns."""
        return {
            "changed": self.changed,
            "outcome": self.outcome.value,
            "request_id": self.request_id,
            **self.about(),
            "waited_seconds": round(self.waited_seconds, 1),
            "submissions": self.submissions,
            "adopted": self.adopted,
            "reason": self.reason if self.ok else None,
            "problems": as_data(self.problems),
            "error": self.error.as_dict() if self.error else None,
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


def judged(result: R, problems: Sequence[Problem], judge: Flow[object]) -> Flow[R]:
    """The end of a task whose options cannot be used: their problems, and those that the records show.

    Args:
        judge: plans the task, as in check mode. It is not run when the options that say what to read are wrong.
    """
    if _NEEDED_TO_READ.isdisjoint(problem.option for problem in problems):
        try:
            yield from judge
        except TencentCloudError as error:
            return result.refuse(problems, error)
    return result.refuse(merged(problems, result.problems))


def guarded(result: R, clock: Clock, action: str, work: Flow[object]) -> Flow[R]:
    """Do work that fills the result, and measure it. A defect must not lose what was sent."""
    started_at = clock.monotonic()
    try:
        yield from work
    except Interrupted as interrupted:
        result.interrupt(str(interrupted), action)
    except Exception as bug:
        if not result.sent:
            raise
        broken = TencentCloudError(
            f"A defect of this module after the send ({place_of(bug)}).",
            code="Broken",
            request_id=result.request_id,
            action=action,
        )
        result.end(Outcome.UNKNOWN, f"{action} was sent, and then this module broke: {broken}", error=broken)
    result.waited_seconds = clock.monotonic() - started_at
    return result
