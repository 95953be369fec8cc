# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Sending a reset: never twice.

ResetInstance is sent again only when the service surely did not take it, or when it stayed without effect for as long
as it could still have had one. What cannot be decided ends as `unknown`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from .._api.error_codes import Verdict, verdict
from .._clock import Backoff, Clock, Deadline
from .._engine.advice import advice
from .._engine.result import ACCEPTED, REFUSED, UNCHANGED, Result
from .._engine.timing import LIST_LAG, Timing
from .._engine.tracker import OPERATION_FIELDS, ExpectedState, Operation, Tracker
from .._errors import HeldUp, TencentCloudError
from .._services.cvm import Cvm, ResetRequest
from .desired import RESET
from .follow import Follower, Instance, NoEffect
from .plan import Plan
from .send_guard import NoGuard, SendGuard

BASELINE_AGE = 1.0
"""Seconds after which the instance is read again before the first send; before another one it always is."""

SEND_WITHIN = 5.0
"""Seconds from reading the instance for the last time to sending: what took longer is looked at again."""

SILENT_READS = 2
"""How many good reads must show no operation until it is believed that nobody has operated the instance."""

CLAIM_ROUNDS = 4
"""How often baseline and claim are looked at until both stand."""

RESEND_FIRST = 1.0
RESEND_CAP = 30.0
"""Seconds of the first and of the longest pause before a reset is sent again."""

SHORTEST_RESET = 15.0
"""Seconds in which no reset ends: another operation that shows so soon after a send did not come after our reset."""

Replan = Callable[["Instance | None"], Plan]
"""The plan for a newer read of the instance."""


class Submission:
    """One reset, from its first send to its end. It fills `result` and returns it.

    Args:
        result: its `previous` is the instance as it was read at `read_at` (seconds of `boottime`).
    """

    def __init__(
        self,
        cvm: Cvm,
        clock: Clock,
        timing: Timing,
        expected_state: ExpectedState,
        result: Result,
        read_at: float,
        guard: SendGuard | None = None,
    ) -> None:
        self._cvm = cvm
        self._clock = clock
        self._timing = timing
        self._expected_state = expected_state
        self._result = result
        self._before: Instance = result.previous or {}
        self._silent_reads = 0 if Operation.of(self._before).request_id else 1
        self._read_at = read_at
        self._deadline = Deadline(clock, timing.wait_timeout)
        self._guard = guard or NoGuard()
        self._sent_at = -math.inf
        self._doubt: TencentCloudError | None = None

    def submit(self, parameters: ResetRequest, replan: Replan) -> Result:
        """Send the reset as often as is safe, and follow the one that was accepted."""
        return self._closed(self._submit(parameters, replan))

    def recover(self, baseline_id: str, may_be_sent_for: float, parameters: ResetRequest, replan: Replan) -> Result:
        """Find out what became of a reset that an interrupted run may have sent, or may send for some more seconds;
        only when nothing did, send it."""
        self._before = _with_operation(baseline_id)
        self._doubt = TencentCloudError(
            "A run that was interrupted may have sent it.", code="Interrupted", action=RESET
        )
        ended = self._reconcile(may_be_sent_for + self._window)
        self._doubt, self._before = None, self._result.previous or {}
        return self._closed(ended or self._submit(parameters, replan))

    def follow(self, request_id: str, baseline_id: str | None = None) -> Result:
        """Wait for the reset with `request_id`, which was sent before.

        Where the id of the operation before it is known, the reset may show another id than its RequestId.
        """
        tracker = Tracker(
            _with_operation(baseline_id),
            self._expected_state,
            request_id=request_id,
            state_lag=self._timing.state_lag,
            exact=baseline_id is None,
            name=RESET,
        )
        return self._closed(self._follower().follow(tracker))

    def _submit(self, parameters: ResetRequest, replan: Replan) -> Result:
        self._deadline = Deadline(self._clock, self._timing.wait_timeout)
        pauses = Backoff(self._clock, first=RESEND_FIRST, cap=RESEND_CAP, deadline=self._deadline)
        while True:
            stopped = self._prepare(replan)
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

    def _closed(self, result: Result) -> Result:
        self._guard.close(result.outcome)
        return result

    # --- sending

    def _prepare(self, replan: Replan) -> Result | None:
        """A fresh baseline and the sole right to send from it; a result when there is none."""
        for _round in range(CLAIM_ROUNDS):
            stopped = self._look_before_send(replan)
            if stopped:
                return stopped
            try:
                if self._guard.claim(Operation.of(self._before).request_id or ""):
                    return None
            except TencentCloudError as error:
                return self._refused(error)
        changing = TencentCloudError("The instance or its log changed on every look.", code="Unsettled", action=RESET)
        return self._refused(changing)

    def _look_before_send(self, replan: Replan) -> Result | None:
        """A fresh baseline, and what forbids the send by it."""
        fresh = not self._result.submissions and self._clock.boottime() - self._read_at <= BASELINE_AGE
        if fresh and self._silent_reads in (0, SILENT_READS):
            return None
        read_at = self._clock.boottime()
        try:
            instance = self._cvm.instance(self._result.instance_id, self._deadline)
        except TencentCloudError as error:
            reason = f"Nothing was reset: the instance could not be read before the send. {error}"
            return self._result.end(REFUSED, reason, error=error)
        if self._doubt and Operation.of(instance or {}).request_id != Operation.of(self._before).request_id:
            return self._reconcile(self._window, instance)
        plan = replan(instance)
        self._before, self._read_at = self._baseline_of(instance or {}), read_at
        self._result.previous = self._result.instance = instance
        if plan.problems:
            return self._result.refuse(plan.problems)
        if not plan.needed:
            return self._result.end(UNCHANGED, "By now the instance runs the image.")
        return None if self._silent_reads in (0, SILENT_READS) else self._look_before_send(replan)

    def _baseline_of(self, instance: Instance) -> Instance:
        """A read as the baseline of a send. One that shows no operation does not forget the one that was shown before:
        only of an instance that never showed any it is believed that nobody has operated it."""
        if Operation.of(instance).request_id:
            self._silent_reads = 0
        elif self._silent_reads:
            self._silent_reads = min(self._silent_reads + 1, SILENT_READS)
        else:
            return {**instance, **{name: self._before.get(name) for name in OPERATION_FIELDS}}
        return instance

    def _send(self, parameters: ResetRequest) -> TencentCloudError | None:
        if not self._result.submissions:
            self._deadline = Deadline(self._clock, self._timing.wait_timeout)
        self._result.submissions += 1
        self._result.tell("sent", {"attempt": self._result.submissions})
        self._sent_at = self._clock.monotonic()
        try:
            self._result.request_id = self._cvm.reset_instance(parameters, self._last_look)
        except TencentCloudError as error:
            return error
        self._guard.accepted(self._result.request_id)
        return None

    def _last_look(self, timestamp: int) -> None:
        """Between signing and sending: raises HeldUp when this machine was stopped since the instance was read.

        What is stopped after this look is refused by the service five minutes after its Timestamp.
        """
        if self._clock.boottime() - self._read_at > SEND_WITHIN:
            raise HeldUp("Something held the reset up before it was sent.", action=RESET)
        self._guard.check(timestamp)

    def _judge(self, error: TencentCloudError) -> Result | None:
        """What a failed send means; None if the reset may be sent again."""
        meaning = verdict(error)
        if meaning is Verdict.NOT_ACCEPTED:
            return None
        if meaning is Verdict.REJECTED and self._doubt is None:
            return self._refused(error)
        if meaning is Verdict.BUSY and self._doubt is None:
            ended = self._reconcile_copy(error)
        else:
            # After a send in doubt, our own operation may be what a refusal complains of.
            self._doubt = error
            ended = self._reconcile(self._window)
        if ended is None and meaning in (Verdict.REJECTED, Verdict.BUSY):
            return self._refused(error)
        return ended

    # --- following

    def _follow_accepted(self) -> Result:
        request_id = self._result.request_id
        if not self._timing.wait:
            return self._result.end(ACCEPTED, f"The reset was accepted (RequestId {request_id}).")
        tracker = Tracker(
            self._before, self._expected_state, request_id=request_id, state_lag=self._timing.state_lag, name=RESET
        )
        return self._follower().follow(tracker)

    @property
    def _window(self) -> float:
        """Seconds from the end of a send, which is later than its signing, for which it may take effect and not show
        it: the longer by what this machine's clock is ahead of the service's, since so is the Timestamp's validity."""
        return self._timing.settle_seconds + self._cvm.client.ahead

    def _reconcile_copy(self, error: TencentCloudError) -> Result | None:
        """Find out whether what is in the way of a send is a copy of it, made by somebody on the way to the service.

        The copy was accepted before this refusal, so it shows as soon as a state is not late any more. What excludes a
        reset, and shows before ours could have ended, is somebody else's operation, and that alone was in the way.
        """
        self._doubt = error
        return self._reconcile(max(self._timing.state_lag, LIST_LAG), foreign_until=self._sent_at + SHORTEST_RESET)

    def _reconcile(
        self, window: float, seen: Instance | None = None, foreign_until: float = -math.inf
    ) -> Result | None:
        """Find out whether a reset in doubt took place; None if it surely did not and never will.

        Args:
            window: seconds for which it may still take effect and not show it; negative when they are over.
            seen: a read that shows something new already.
            foreign_until: as Follower.follow takes it.
        """
        settled_at = self._clock.monotonic() + window
        tracker = Tracker(
            self._before, self._expected_state, request_id=None, state_lag=self._timing.state_lag, name=RESET
        )
        if seen is not None:
            tracker.see(seen, self._clock.monotonic())
        try:
            return self._follower().follow(tracker, settled_at, foreign_until)
        except NoEffect:
            return None

    def _follower(self) -> Follower:
        return Follower(
            self._cvm,
            self._clock,
            self._timing,
            self._expected_state,
            self._result,
            self._deadline,
            self._doubt,
            self._guard.accepted,
        )

    # --- ends without a reset

    def _refused(self, error: TencentCloudError) -> Result:
        operation = self._result.operation
        shown = f" The instance shows {operation}." if operation and operation.request_id else ""
        return self._result.end(REFUSED, f"Nothing was reset. {error}{shown} {advice(error)}".strip(), error=error)

    def _give_up(self, error: TencentCloudError) -> Result:
        sent = f"ResetInstance was sent {self._result.submissions} times and never accepted."
        return self._result.end(REFUSED, f"Nothing was reset. {sent} {error} {advice(error)}".strip(), error=error)


def _with_operation(request_id: str | None) -> Instance:
    """An instance of which only the latest operation's id is known."""
    return {"latest_operation_request_id": request_id}
