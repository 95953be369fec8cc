# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Following one reset to its end, by looking at the instance again and again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from .._engine.flow import Flow, Look
from .._engine.poll import Poll, TimedOut
from .._engine.result import Outcome
from .._engine.submit import Evidence, Lost, Pace, Search
from .._engine.tracker import ExpectedState, Observation, Operation, Tracker, is_on_its_way
from .._errors import TencentCloudError, sentence
from .desired import RESET
from .result import ResetResult
from .summary import summary

Instance = Mapping[str, Any]

_HIDES_OURS = (Observation.OVERWRITTEN, Observation.HIDDEN)

_EXCLUDE_A_RESET = (
    *("StartInstances", "StopInstances", "RebootInstances", "ResetInstances", "FailoverMigrateInstance"),
    "RollbackInstanceSnapshot",
)
"""The prefixes of operations that can neither meet a reset nor be met by one. Renaming, renewing and the like can
take the place of a reset that is under way."""


def is_idle(instance: Instance) -> bool:
    """Whether neither an operation runs on the instance, nor its state is still on its way after one."""
    return Operation.of(instance).state != "OPERATING" and not is_on_its_way(instance)


def was_in_the_way(tracker: Tracker, observation: Observation) -> bool:
    """Whether somebody else's operation shows during which no reset is accepted."""
    excludes = str(tracker.operation.name).startswith(_EXCLUDE_A_RESET)
    return observation is Observation.OVERWRITTEN and tracker.ours is None and excludes


def wait_until_idle(result: ResetResult, poll: Poll) -> Flow[None]:
    """Look until the operation of somebody else has ended, or time is up; nothing is sent."""
    try:
        while True:
            look = yield from poll.look("instance", result.instance_id)
            if look and look.found:
                result.instance = look.found
                if is_idle(look.found):
                    return
                result.tell("waiting", {"why": f"{Operation.of(look.found)} is to end first."})
    except TimedOut:
        return


class Follower:
    """Looks at one instance until a reset has ended, or its end cannot be told. It fills `result`.

    Args:
        tracker: judges each look.
        doubt: why it is not known whether the reset was accepted; None if it was.
        settled_at: the moment (monotonic seconds) from which a reset in doubt cannot take effect any more.
        answered: whether the RequestId that the tracker knows was surely an answer to our reset. The log may have it
            from a reset that was recognized by its trace.
    """

    def __init__(
        self,
        result: ResetResult,
        tracker: Tracker,
        expected_state: ExpectedState,
        pace: Pace,
        *,
        doubt: TencentCloudError | None = None,
        settled_at: float = -math.inf,
        answered: bool = True,
    ) -> None:
        self.tracker = tracker
        self._result = result
        self._expected_state = expected_state
        self._pace = pace
        self._doubt = doubt
        self._settled_at = settled_at
        self._answered = answered
        self._lost_at = self._no_hope_at(pace.now())
        self._observation = Observation.NOTHING
        self._instance: Instance = {}
        self._asked_at = pace.now()

    def look(self, poll: Poll) -> Flow[Look[Observation] | None]:
        """The next look; None if it failed, or shows no such instance. Raises TimedOut after the last one."""
        look = yield from poll.look("instance", self._result.instance_id)
        if look is None or look.found is None:
            return None
        self._result.instance = self._instance = look.found
        self._asked_at = look.asked_at
        self._observation = self.tracker.see(look.found, look.asked_at)
        self._result.operation = self.tracker.operation
        self._result.in_doubt = self._result.in_doubt and self.tracker.ours is None
        self._result.tell("polled", {"state": self._shown})
        if self._observation not in _HIDES_OURS:
            self._lost_at = self._no_hope_at(look.asked_at)
        return Look(self._observation, look.asked_at)

    def evidence(self, search: Search, foreign_until: float) -> Evidence | Lost:
        """What the last look says of a reset in doubt.

        Args:
            foreign_until: the moment before which another operation is too early to have come after the reset, and so
                proves that it was in the way of one that was refused.
        """
        if self._observation is Observation.NOTHING:
            return Evidence.NOTHING if self.tracker.undisturbed else Evidence.UNCLEAR
        if self._observation is Observation.HIDDEN:
            lost = self._is_lost and self.tracker.undisturbed
            return Lost("The instance shows no operation at all.") if lost else Evidence.UNCLEAR
        if self._observation is not Observation.OVERWRITTEN:
            return Evidence.FOUND
        if search.of_a_copy and self._asked_at < foreign_until and was_in_the_way(self.tracker, self._observation):
            return Evidence.REFUTED
        if self.tracker.proven_by_change(self._instance):
            return Evidence.FOUND
        return Lost(f"{self.tracker.operation} took its place.") if self._is_lost else Evidence.UNCLEAR

    def wait_for_end(self, *, seen: bool = False, begun: bool = False) -> Flow[None]:
        """Look until the reset has ended, or time is up, and close the result.

        Args:
            seen: whether the last look showed something of it, and so is judged first.
            begun: whether it was accepted just now, so that there is nothing to see yet.
        """
        poll = self._pace.poll(at_once=not (seen or begun))
        try:
            while not (seen and self._judge()):
                seen = (yield from self.look(poll)) is not None
        except TimedOut:
            self._timed_out(poll.failure)

    def unknown(self, why: str) -> None:
        """Close the result: it cannot be told whether the reset took place.

        Args:
            why: a sentence.
        """
        sent = "it was not sent again" if self._result.submissions else "nothing was sent"
        doubt = f"{self._doubt} " if self._doubt else ""
        baseline = self.tracker.baseline
        before = f"Before it the instance showed {baseline}; now it" if baseline.request_id else "The instance"
        error = self._doubt or TencentCloudError(
            why, code="OutcomeUnknown", request_id=self._result.request_id, action=RESET
        )
        self._result.end(
            Outcome.UNKNOWN,
            f"It is unknown whether the reset took place, and {sent}: {doubt}{why} {before} shows "
            f"{self.tracker.operation}. Look at the instance's operation log (or DescribeInstances: LatestOperation, "
            "ImageId) before you run the task again.",
            error=error,
        )

    @property
    def _shown(self) -> str:
        """What the last look shows, for a person who knows the RequestId of ours."""
        operation = self.tracker.operation
        if self._observation in (Observation.NOTHING, Observation.HIDDEN):
            return "nothing is seen of it yet"
        ours = operation.request_id == self._result.request_id
        return f"{operation.name} {operation.state}" if ours else str(operation)

    @property
    def _is_lost(self) -> bool:
        return self._asked_at >= self._lost_at

    def _no_hope_at(self, seen_at: float) -> float:
        """The moment from which a look that hides our reset is final: its record may be torn, and a reset in doubt may
        still come after it."""
        return max(self._settled_at, seen_at + self._pace.timing.state_lag)

    def _judge(self) -> bool:
        """Whether the last look shows the end, with which the result is closed then."""
        if self._observation is Observation.OVERWRITTEN:
            return self._overwritten()
        if self._observation is Observation.FAILED:
            self._failed(self.tracker.operation)
        elif self._observation is Observation.SUCCEEDED:
            self._succeeded()
        elif self._observation is Observation.RUNNING and not self._pace.timing.wait:
            self._result.end(Outcome.ACCEPTED, f"The reset was accepted (RequestId {self._result.request_id}).")
        else:
            return False
        return True

    def _overwritten(self) -> bool:
        if self.tracker.proven_by_change(self._instance):
            self._result.end(Outcome.DONE, f"The reset took place, and was followed by {self.tracker.operation}.")
        elif self._is_lost:
            self.unknown(f"{self.tracker.operation} took its place.")
        else:
            return False
        return True

    def _succeeded(self) -> None:
        wrong = self._expected_state.differences(self._instance)
        if not wrong:
            told = summary(self._expected_state, self._result.previous or {}, self._instance)
            done = f"The instance was reinstalled (RequestId {self._result.request_id})."
            self._result.end(Outcome.DONE, done + told)
            return
        shown = "; ".join(f"{name} is {found!r}, not {desired!r}" for name, (desired, found) in wrong.items())
        if not (self._answered and self.tracker.identified):
            self.unknown(f"{self.tracker.operation} ended, but {shown}: it may be somebody else's.")
            return
        mismatch = TencentCloudError(shown, code="EffectMissing", request_id=self._result.request_id, action=RESET)
        reason = f"The reset ended with SUCCESS, but {shown}. Look at the instance."
        self._result.end(Outcome.FAILED, reason, error=mismatch)

    def _failed(self, operation: Operation) -> None:
        cause = operation.error_message or "no reason is given"
        error = TencentCloudError(cause, code="OperationFailed", request_id=operation.request_id, action=RESET)
        self._result.end(
            Outcome.FAILED,
            f"The reset was accepted and failed (RequestId {self._result.request_id}): {sentence(cause)} The system "
            "disk may be wiped. Correct the cause and run the task again.",
            error=error,
        )

    def _timed_out(self, failure: str) -> None:
        if self.tracker.ours is None and (self.tracker.exact or self._doubt is not None):
            self.unknown(f"It could not be determined within wait_timeout.{failure}")
            return
        late = f"It did not end within {self._pace.timing.wait_timeout:g} seconds."
        request_id = self.tracker.ours or self._result.request_id
        self._result.end(
            Outcome.ACCEPTED,
            f"The reset was accepted. {late} The instance shows {self.tracker.operation}.{failure} It is not sent "
            f"again. Go on waiting with attach: {request_id}",
            error=TencentCloudError(late, code="WaitTimeout", request_id=request_id, action=RESET),
            ok=False,
        )
