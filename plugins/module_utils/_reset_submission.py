# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Sending a reset and learning what became of it: submit, reconcile, wait.

Never twice: ResetInstance is sent again only when the service surely did not take it, or when it stayed without
effect for as long as it could still have had one. What cannot be decided ends as C(unknown).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.tencent.cloud.plugins.module_utils._backoff import Backoff, Clock, Deadline
from ansible_collections.tencent.cloud.plugins.module_utils._cvm import Cvm, ResetParameters
from ansible_collections.tencent.cloud.plugins.module_utils._errors import TencentCloudError
from ansible_collections.tencent.cloud.plugins.module_utils._reset_advice import advice
from ansible_collections.tencent.cloud.plugins.module_utils._reset_facts import RESET
from ansible_collections.tencent.cloud.plugins.module_utils._reset_plan import Plan
from ansible_collections.tencent.cloud.plugins.module_utils._reset_result import (
    ACCEPTED,
    DONE,
    FAILED,
    REFUSED,
    UNCHANGED,
    UNKNOWN,
    Result,
)
from ansible_collections.tencent.cloud.plugins.module_utils._reset_watch import Effect, Operation, Sight, Watch
from ansible_collections.tencent.cloud.plugins.module_utils._verdict import Verdict, verdict

BASELINE_AGE = 1.0
"""Seconds after which the instance is read again before a send."""

RESEND_FIRST = 1.0
RESEND_CAP = 30.0
"""Seconds of the first and of the longest pause before a reset is sent again."""

Instance = Mapping[str, Any]
Replan = Callable[["Instance | None"], Plan]


@dataclass(frozen=True)
class Timing:
    """How long and how often; seconds, but for the count.

    Attributes:
        wait: whether to wait for the end of an accepted reset.
        wait_timeout: from the first send to giving up.
        wait_interval: between two looks at the instance.
        settle_seconds: for how long after its send an unanswered request may still take effect and not show it.
        state_lag: for how long an instance may show what is no longer true.
        max_attempts: how often ResetInstance may be sent.
    """

    wait: bool = True
    wait_timeout: float = 1800.0
    wait_interval: float = 5.0
    settle_seconds: float = 375.0
    state_lag: float = 75.0
    max_attempts: int = 5


class Submission:
    """One reset, from its first send to its end. It fills C(result) and returns it."""

    def __init__(self, cvm: Cvm, clock: Clock, timing: Timing, effect: Effect, result: Result, read_at: float) -> None:
        self._cvm = cvm
        self._clock = clock
        self._timing = timing
        self._effect = effect
        self._result = result
        self._before: Instance = result.previous or {}
        self._read_at = read_at
        self._started_at = clock.monotonic()
        self._deadline = Deadline(clock, timing.wait_timeout)
        self._doubt: TencentCloudError | None = None
        self._read_error: TencentCloudError | None = None

    def submit(self, parameters: ResetParameters, replan: Replan) -> Result:
        """Send the reset as often as is safe, and follow the one that was accepted.

        Args:
            parameters: what to send.
            replan: the plan for a newer read of the instance.
        """
        pauses = Backoff(self._clock, first=RESEND_FIRST, cap=RESEND_CAP, deadline=self._deadline)
        while True:
            stopped = self._look_before_send(replan)
            if stopped:
                return stopped
            error = self._send(parameters)
            if error is None:
                return self._follow_accepted()
            stopped = self._judge(error)
            if stopped:
                return stopped
            if self._result.submissions >= self._timing.max_attempts or not pauses.pause():
                return self._give_up(error)

    def follow(self, request_id: str) -> Result:
        """Wait for the reset with C(request_id), which was sent before."""
        watch = Watch({}, self._effect, request_id=request_id, state_lag=self._timing.state_lag, exact=True)
        ended = self._follow(watch)
        assert ended is not None
        return ended

    # --- sending

    def _look_before_send(self, replan: Replan) -> Result | None:
        """A baseline not older than a second, and what forbids the send by it."""
        if self._clock.monotonic() - self._read_at <= BASELINE_AGE:
            return None
        try:
            instance = self._cvm.instance(self._result.instance_id, self._deadline)
        except TencentCloudError as error:
            return self._end(REFUSED, f"The instance could not be read before ResetInstance was sent: {error}", error)
        if self._doubt and Operation.of(instance or {}).request_id != Operation.of(self._before).request_id:
            return self._reconcile(instance)
        plan = replan(instance)
        self._before, self._read_at = instance or {}, self._clock.monotonic()
        self._result.previous = self._result.instance = instance
        if plan.problems:
            return self._result.refuse(plan.problems)
        return None if plan.needed else self._end(UNCHANGED, "The instance runs the image by now.")

    def _send(self, parameters: ResetParameters) -> TencentCloudError | None:
        if not self._result.submissions:
            self._started_at, self._deadline = self._clock.monotonic(), Deadline(self._clock, self._timing.wait_timeout)
        self._result.submissions += 1
        self._result.tell("sent", {"attempt": self._result.submissions})
        try:
            self._result.request_id = self._cvm.reset_instance(parameters)
        except TencentCloudError as error:
            return error
        return None

    def _judge(self, error: TencentCloudError) -> Result | None:
        """What a failed send means; none when the reset may be sent again."""
        meaning = verdict(error)
        if meaning is Verdict.NOT_ACCEPTED:
            return None
        if meaning is Verdict.REJECTED and self._doubt is None:
            return self._refused(error)
        # After a send in doubt, our own operation may be what a refusal complains of.
        self._doubt = error
        ended = self._reconcile()
        if ended is None and meaning is Verdict.REJECTED:
            return self._refused(error)
        return ended

    # --- following

    def _follow_accepted(self) -> Result:
        if not self._timing.wait:
            return self._end(ACCEPTED, f"The reset was accepted (RequestId {self._result.request_id}).")
        watch = Watch(self._before, self._effect, request_id=self._result.request_id, state_lag=self._timing.state_lag)
        ended = self._follow(watch)
        assert ended is not None
        return ended

    def _reconcile(self, seen: Instance | None = None) -> Result | None:
        """Find out whether a reset in doubt took place; none when it surely did not and never will.

        The window is counted from the end of the send, which is later than its signing, and is the longer by what
        this machine's clock is ahead of the service's, since so is the validity of the Timestamp.
        """
        ahead = max(0.0, -(self._cvm.client.skew or 0.0))
        settled_at = self._clock.monotonic() + self._timing.settle_seconds + ahead
        watch = Watch(self._before, self._effect, request_id=None, state_lag=self._timing.state_lag)
        if seen is not None:
            watch.see(seen, self._clock.monotonic())
        return self._follow(watch, settled_at)

    def _follow(self, watch: Watch, settled_at: float | None = None) -> Result | None:
        """Look until the reset has ended, or cannot be told, or (with C(settled_at)) never happened."""
        interval = self._timing.wait_interval
        polls = Backoff(self._clock, first=interval, cap=interval, factor=1.0, jitter=0.1, deadline=self._deadline)
        lost_at = settled_at or 0.0
        while True:
            asked_at = self._clock.monotonic()
            instance = self._read()
            if instance is not None:
                sight = watch.see(instance, asked_at)
                self._result.tell("polled", {"operation": str(watch.operation), "sight": sight.name.lower()})
                if sight is Sight.NOTHING and watch.undisturbed and settled_at is not None and asked_at >= settled_at:
                    return None
                if sight is not Sight.OVERWRITTEN:
                    lost_at = max(settled_at or 0.0, asked_at + self._timing.state_lag)
                ended = self._judge_sight(watch, sight, instance, lost=asked_at >= lost_at)
                if ended:
                    return ended
            if not polls.pause():
                return self._timed_out(watch)

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

    def _judge_sight(self, watch: Watch, sight: Sight, instance: Instance, *, lost: bool) -> Result | None:
        self._result.operation = watch.operation
        if sight is Sight.OVERWRITTEN:
            if watch.proven_by_effect(instance):
                return self._end(DONE, f"The reset took place, and was followed by {watch.operation}.")
            return self._unknown(watch, f"{watch.operation} took its place.") if lost else None
        if sight is Sight.NOTHING:
            return None
        self._recognize(watch)
        if sight is Sight.FAILED:
            return self._failed(watch.operation)
        if sight is Sight.SUCCEEDED:
            return self._succeeded(watch, instance)
        running = f"The reset was accepted (RequestId {self._result.request_id})."
        return None if self._timing.wait else self._end(ACCEPTED, running)

    def _recognize(self, watch: Watch) -> None:
        if self._result.request_id is None:
            self._result.request_id = watch.operation.request_id
            self._result.adopted = True
            self._result.tell("adopted", {"operation": str(watch.operation)})

    # --- ends

    def _succeeded(self, watch: Watch, instance: Instance) -> Result:
        wrong = self._effect.differences(instance)
        if not wrong:
            return self._end(DONE, f"The instance was reinstalled (RequestId {self._result.request_id}).")
        shown = "; ".join(f"{name} is {found!r}, not {wanted!r}" for name, (wanted, found) in wrong.items())
        if self._doubt is not None:
            return self._unknown(watch, f"{watch.operation} ended, but {shown}: it may be somebody else's.")
        mismatch = TencentCloudError(shown, code="EffectMissing", request_id=self._result.request_id, action=RESET)
        return self._end(FAILED, f"The reset ended with SUCCESS, but {shown}. Look at the instance.", mismatch)

    def _failed(self, operation: Operation) -> Result:
        cause = operation.error_message or "no reason is given"
        error = TencentCloudError(cause, code="OperationFailed", request_id=operation.request_id, action=RESET)
        return self._end(
            FAILED,
            f"The reset was accepted and failed (RequestId {self._result.request_id}): {cause}. The system disk may be "
            "wiped. Correct the cause and run the task again.",
            error,
        )

    def _refused(self, error: TencentCloudError) -> Result:
        return self._end(REFUSED, f"Nothing was reset. {error} {advice(error)}".strip(), error)

    def _give_up(self, error: TencentCloudError) -> Result:
        times = self._result.submissions
        return self._end(
            REFUSED,
            f"Nothing was reset: ResetInstance was sent {times} times and none was accepted. {error} "
            f"{advice(error)}".strip(),
            error,
        )

    def _timed_out(self, watch: Watch) -> Result:
        if self._result.request_id is None:
            return self._unknown(watch, "wait_timeout came before it could be decided.")
        broken = f" The last read failed: {self._read_error}" if self._read_error else ""
        shown = watch.operation.request_id if watch.operation is not watch.baseline else None
        error = TencentCloudError(
            f"The reset did not end within {self._timing.wait_timeout:g} seconds.",
            code="WaitTimeout",
            request_id=self._result.request_id,
            action=RESET,
        )
        return self._end(
            ACCEPTED,
            f"The reset was accepted and did not end within {self._timing.wait_timeout:g} seconds; the instance shows "
            f"{watch.operation}.{broken} It is not sent again. Go on waiting with "
            f"attach: {shown or self._result.request_id}",
            error,
            ok=False,
        )

    def _unknown(self, watch: Watch, why: str) -> Result:
        doubt = f"{self._doubt} " if self._doubt else ""
        return self._end(
            UNKNOWN,
            f"It is unknown whether the reset took place, and it was not sent again: {doubt}{why} Before it the "
            f"instance showed {watch.baseline}; now it shows {watch.operation}. Look at the instance's operation log "
            "(or DescribeInstances: LatestOperation, ImageId) before you run the task again.",
            self._doubt,
        )

    def _end(self, outcome: str, reason: str, error: TencentCloudError | None = None, ok: bool | None = None) -> Result:
        self._result.waited_seconds = self._clock.monotonic() - self._started_at
        return self._result.end(outcome, reason, ok=ok, error=error)
