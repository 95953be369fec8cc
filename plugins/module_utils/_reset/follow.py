# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Following one reset to its end, by looking at the instance again and again."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .._clock import Backoff, Clock, Deadline
from .._engine.result import ACCEPTED, DONE, FAILED, UNKNOWN, Result
from .._engine.timing import Timing
from .._engine.tracker import ExpectedState, Observation, Operation, Tracker, is_on_its_way
from .._errors import TencentCloudError, sentence
from .._services.cvm import Cvm
from .desired import RESET
from .summary import summary

Instance = Mapping[str, Any]

_LOST = (Observation.OVERWRITTEN, Observation.HIDDEN)

_EXCLUDE_A_RESET = (
    *("StartInstances", "StopInstances", "RebootInstances", "ResetInstances", "FailoverMigrateInstance"),
    "RollbackInstanceSnapshot",
)
"""How the names of operations begin that a reset can neither meet nor be met by. Renaming, renewing and the like can
take the place of a reset that is under way."""


def is_idle(instance: Instance) -> bool:
    """Whether neither an operation runs on the instance, nor its state is still on its way after one."""
    return Operation.of(instance).state != "OPERATING" and not is_on_its_way(instance)


def was_in_the_way(tracker: Tracker, observation: Observation) -> bool:
    """Whether somebody else's operation shows during which no reset is accepted."""
    excludes = str(tracker.operation.name).startswith(_EXCLUDE_A_RESET)
    return observation is Observation.OVERWRITTEN and tracker.ours is None and excludes


class NoEffect(Exception):
    """A reset in doubt did not take place, and cannot take place any more."""


class Follower:
    """Looks at one instance until a reset has ended, or its end cannot be told. It fills `result` and returns it.

    Args:
        deadline: when to give up.
        doubt: why it is not known whether the reset was accepted; None if it was.
        on_recognized: is told the id of a reset that was recognized by its trace.
    """

    def __init__(
        self,
        cvm: Cvm,
        clock: Clock,
        timing: Timing,
        expected_state: ExpectedState,
        result: Result,
        deadline: Deadline,
        doubt: TencentCloudError | None,
        on_recognized: Callable[[str], None],
    ) -> None:
        self._cvm = cvm
        self._clock = clock
        self._timing = timing
        self._expected_state = expected_state
        self._result = result
        self._deadline = deadline
        self._doubt = doubt
        self._on_recognized = on_recognized
        self._read_error: TencentCloudError | None = None

    def follow(self, tracker: Tracker, settled_at: float = math.inf, foreign_until: float = -math.inf) -> Result:
        """Look until the end.

        Args:
            tracker: judges each look.
            settled_at: the moment (monotonic seconds) from which an instance that shows nothing new proves that the
                reset never happens.
            foreign_until: the moment before which another operation is too early to have come after the reset, and so
                proves that it was in the way.

        Raises:
            NoEffect: it never happens.
        """
        lost_at = self._lost_at(self._clock.monotonic(), settled_at)
        for asked_at, instance in self._looks():
            if instance is not None:
                observation = tracker.see(instance, asked_at)
                self._result.operation = tracker.operation
                self._result.tell("polled", {"operation": str(tracker.operation), "sight": observation.name.lower()})
                if observation is Observation.NOTHING and tracker.undisturbed and asked_at >= settled_at:
                    raise NoEffect
                if was_in_the_way(tracker, observation) and asked_at < foreign_until:
                    raise NoEffect
                if observation not in _LOST:
                    lost_at = self._lost_at(asked_at, settled_at)
                ended = self._judge(tracker, observation, instance, lost=asked_at >= lost_at)
                if ended:
                    return ended
        return self._timed_out(tracker)

    def until_idle(self) -> None:
        """Look until no operation of anybody runs any more, or the deadline has come."""
        for _asked_at, instance in self._looks():
            if instance is not None:
                self._result.tell("waiting", {"operation": str(Operation.of(instance))})
                if is_idle(instance):
                    return

    def _looks(self) -> Iterator[tuple[float, Instance | None]]:
        """One look after the other until the deadline, each with the moment when it was asked for."""
        interval = self._timing.wait_interval
        polls = Backoff(self._clock, first=interval, cap=interval, factor=1.0, jitter=0.1, deadline=self._deadline)
        more = True
        while more:
            asked_at = self._clock.monotonic()
            yield asked_at, self._read()
            more = polls.pause()

    def _lost_at(self, seen_at: float, settled_at: float) -> float:
        """When a sight that hides our reset leaves no more hope: its record may be torn, and a reset in doubt may still
        come after it."""
        settled = settled_at if math.isfinite(settled_at) else seen_at
        return max(settled, seen_at + self._timing.state_lag)

    def _read(self) -> Instance | None:
        """One look; a broken one is no end of the wait."""
        try:
            instance = self._cvm.instance(self._result.instance_id, self._deadline)
        except TencentCloudError as error:
            self._read_error = error
            return None
        if instance is not None:
            self._result.instance = instance
        return instance

    def _judge(self, tracker: Tracker, observation: Observation, instance: Instance, *, lost: bool) -> Result | None:
        if observation is Observation.OVERWRITTEN:
            if tracker.proven_by_change(instance):
                return self._result.end(DONE, f"The reset took place, and was followed by {tracker.operation}.")
            return self._unknown(tracker, f"{tracker.operation} took its place.") if lost else None
        if observation is Observation.HIDDEN and lost and self._doubt is not None and tracker.undisturbed:
            return self._unknown(tracker, "The instance shows no operation at all.")
        if observation in (Observation.NOTHING, Observation.HIDDEN):
            return None
        self._recognize(tracker)
        if observation is Observation.FAILED:
            return self._failed(tracker.operation)
        if observation is Observation.SUCCEEDED:
            return self._succeeded(tracker, instance)
        running = f"The reset was accepted (RequestId {self._result.request_id})."
        return None if self._timing.wait else self._result.end(ACCEPTED, running)

    def _recognize(self, tracker: Tracker) -> None:
        if self._result.request_id is None and tracker.ours is not None:
            self._result.request_id = tracker.ours
            self._on_recognized(tracker.ours)
            self._result.adopted = True
            self._result.tell("adopted", {"operation": str(tracker.operation)})

    def _succeeded(self, tracker: Tracker, instance: Instance) -> Result:
        wrong = self._expected_state.differences(instance)
        if not wrong:
            told = summary(self._expected_state, self._result.previous or {}, instance)
            done = f"The instance was reinstalled (RequestId {self._result.request_id})."
            return self._result.end(DONE, done + told)
        shown = "; ".join(f"{name} is {found!r}, not {desired!r}" for name, (desired, found) in wrong.items())
        if not tracker.identified:
            return self._unknown(tracker, f"{tracker.operation} ended, but {shown}: it may be somebody else's.")
        mismatch = TencentCloudError(shown, code="EffectMissing", request_id=self._result.request_id, action=RESET)
        return self._result.end(
            FAILED, f"The reset ended with SUCCESS, but {shown}. Look at the instance.", error=mismatch
        )

    def _failed(self, operation: Operation) -> Result:
        cause = operation.error_message or "no reason is given"
        error = TencentCloudError(cause, code="OperationFailed", request_id=operation.request_id, action=RESET)
        return self._result.end(
            FAILED,
            f"The reset was accepted and failed (RequestId {self._result.request_id}): {sentence(cause)} The system "
            "disk may be wiped. Correct the cause and run the task again.",
            error=error,
        )

    def _timed_out(self, tracker: Tracker) -> Result:
        late = f"It did not end within {self._timing.wait_timeout:g} seconds."
        broken = f" The last read failed: {self._read_error}" if self._read_error else ""
        if tracker.ours is None and (tracker.exact or self._doubt is not None):
            return self._unknown(tracker, f"It could not be decided within wait_timeout.{broken}")
        request_id = tracker.ours or self._result.request_id
        return self._result.end(
            ACCEPTED,
            f"The reset was accepted. {late} The instance shows {tracker.operation}.{broken} It is not sent again. "
            f"Go on waiting with attach: {request_id}",
            error=TencentCloudError(late, code="WaitTimeout", request_id=request_id, action=RESET),
            ok=False,
        )

    def _unknown(self, tracker: Tracker, why: str) -> Result:
        sent = "it was not sent again" if self._result.submissions else "nothing was sent"
        doubt = f"{self._doubt} " if self._doubt else ""
        before = (
            f"Before it the instance showed {tracker.baseline}; now it"
            if tracker.baseline.request_id
            else "The instance"
        )
        error = self._doubt or TencentCloudError(
            why, code="OutcomeUnknown", request_id=self._result.request_id, action=RESET
        )
        return self._result.end(
            UNKNOWN,
            f"It is unknown whether the reset took place, and {sent}: {doubt}{why} {before} shows {tracker.operation}. "
            "Look at the instance's operation log (or DescribeInstances: LatestOperation, ImageId) before you run the "
            "task again.",
            error=error,
        )
