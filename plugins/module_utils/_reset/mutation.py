# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""ResetInstance as a call that must not take effect twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Optional

from .._engine.advice import advice
from .._engine.flow import Flow, Found, Look, Read, look_at
from .._engine.poll import Poll
from .._engine.result import Outcome
from .._engine.submit import Evidence, Lost, Mutation, Pace, Search, recognize
from .._engine.tracker import OPERATION_FIELDS, ExpectedState, Operation, Tracker
from .._errors import HeldUp, TencentCloudError
from .._services.cvm import Cvm
from .desired import RESET
from .follow import Follower, Instance
from .idempotency_entry import TryLater
from .idempotency_log import IdempotencyLog
from .plan import Plan
from .request import ResetRequest
from .result import ResetResult

BASELINE_AGE = 1.0
"""Seconds after which the instance is read again before the first send; before another one it always is."""

SEND_WITHIN = 5.0
"""Maximum seconds from the last read of the instance to sending: after more, it is read again."""

SILENT_READS = 2
"""How many good reads must show no operation until it is believed that nobody has operated the instance."""

CLAIM_ROUNDS = 4
"""How often baseline and claim are looked at until both hold."""

SHORTEST_RESET = 15.0
"""Seconds in which no reset ends: another operation that shows so soon after a send did not come after our reset."""

Replan = Callable[[Optional[Instance]], Plan]
"""The plan for a newer read of the instance."""


class Ended(Exception):
    """The result is closed: nothing is to be sent, or nothing more."""


class ResetMutation(Mutation):
    """One reset of one instance. Its evidence is the latest operation that the instance shows.

    Args:
        result: its `previous` is the instance as it was read at `read_at` (seconds of `boottime`).
        log: makes sure that no other run sends the reset with this key; None if any run may.

    Attributes:
        before: the instance before the reset, as far as it is known.
        follower: judges what the instance shows of a reset in doubt.
    """

    action = RESET

    def __init__(
        self,
        cvm: Cvm,
        request: ResetRequest,
        expected_state: ExpectedState,
        replan: Replan,
        pace: Pace,
        result: ResetResult,
        read_at: float,
        log: IdempotencyLog | None,
    ) -> None:
        self._cvm = cvm
        self._clock = cvm.client.clock
        self._request = request
        self._expected_state = expected_state
        self._replan = replan
        self.pace = pace
        self.result = result
        self._read_at = read_at
        self.log = log
        self.before: Instance = result.previous or {}
        self._silent_reads = 0 if Operation.of(self.before).request_id else 1
        self._sent_at = pace.now()
        self._search: Search | None = None
        self.follower = self.follow(None)

    def follow(
        self,
        request_id: str | None,
        *,
        search: Search | None = None,
        exact: bool = False,
        answered: bool = True,
    ) -> Follower:
        """What follows the reset from `before` on.

        Args:
            request_id: what ResetInstance answered; None if the answer was lost.
            search: for its evidence, if it is in doubt.
            exact: whether only the operation with exactly that id is ours.
            answered: whether it surely was the answer.
        """
        lag = self.pace.timing.state_lag
        tracker = Tracker(
            self.before, self._expected_state, request_id=request_id, state_lag=lag, exact=exact, name=RESET
        )
        if search is None:
            return Follower(self.result, tracker, self._expected_state, self.pace, answered=answered)
        doubt, settled_at = search.failure, search.settled_at
        return Follower(self.result, tracker, self._expected_state, self.pace, doubt=doubt, settled_at=settled_at)

    # --- sending

    def prepare(self, pace: Pace, failure: TencentCloudError | None, doubt: TencentCloudError | None) -> Flow[bool]:
        """A fresh baseline and the sole right to send from it. Raises Ended when there is none; TryLater when there may
        be later, and nothing was sent yet."""
        if (yield from super().prepare(pace, failure, doubt)):
            return True
        for _round in range(CLAIM_ROUNDS):
            if (yield from self._look_before_send(doubt)):
                return True
            if self.log is None:
                return False
            try:
                if (yield from self.log.claim(Operation.of(self.before).request_id or "")):
                    return False
            except TencentCloudError as error:
                if isinstance(error, TryLater) and not self.result.submissions:
                    raise
                refused(self.result, error)
                raise Ended from error
        unsettled = TencentCloudError("The instance or its log changed on every look.", code="Unsettled", action=RESET)
        refused(self.result, unsettled)
        raise Ended

    def _look_before_send(self, doubt: TencentCloudError | None) -> Flow[bool]:
        """A fresh baseline; whether it shows that an earlier send took effect. Raises Ended if it forbids the send."""
        fresh = not self.result.submissions and self._clock.boottime() - self._read_at <= BASELINE_AGE
        while not fresh or self._silent_reads not in (0, SILENT_READS):
            look = yield from self._read()
            instance = look.found.get(self._request.instance_id)
            if doubt and Operation.of(instance or {}).request_id != Operation.of(self.before).request_id:
                search = self.pace.search(doubt)
                self._begin(search).tracker.see(instance or {}, look.asked_at)
                return (yield from recognize(self, self.pace, search))
            self.before, self._read_at = self._baseline_of(instance or {}), look.boottime
            self.result.previous = self.result.instance = instance
            self._judge(self._replan(instance))
            fresh = True
        return False

    def _read(self) -> Flow[Look[Found]]:
        """The instance just before a send. Raises Ended if it cannot be read."""
        try:
            return (yield from look_at(Read("instance", (self._request.instance_id,), self.pace.until)))
        except TencentCloudError as error:
            reason = f"Nothing was reset: the instance could not be read before the send. {error}"
            self.result.end(Outcome.REFUSED, reason, error=error)
            raise Ended from error

    def _judge(self, plan: Plan) -> None:
        """Raises Ended if the plan for a newer read forbids the reset, or shows that it is not needed."""
        if plan.problems:
            self.result.refuse(plan.problems)
            raise Ended
        if not plan.needed:
            self.result.end(Outcome.UNCHANGED, "By now the instance runs the image.")
            raise Ended

    def _baseline_of(self, instance: Instance) -> Instance:
        """A read as the baseline of a send. One that shows no operation does not erase the one that was shown before:
        only an instance that never showed any is believed never to have been operated."""
        if Operation.of(instance).request_id:
            self._silent_reads = 0
        elif self._silent_reads:
            self._silent_reads = min(self._silent_reads + 1, SILENT_READS)
        else:
            return {**instance, **{name: self.before.get(name) for name in OPERATION_FIELDS}}
        return instance

    def send(self) -> str:
        """Send it once and return the RequestId."""
        self._sent_at = self.pace.now()
        return self._cvm.reset_instance(self._request.as_wire(), self._last_look)

    def _last_look(self, timestamp: int) -> None:
        """Between signing and sending: raises HeldUp when this machine was stopped since the instance was read.

        What is stopped after this look is refused by the service five minutes after its Timestamp.
        """
        if self._clock.boottime() - self._read_at > SEND_WITHIN:
            raise HeldUp("The reset was delayed before it was sent.", action=RESET)
        if self.log is not None:
            self.log.check(timestamp)

    # --- looking for its evidence

    def look(self, poll: Poll, search: Search) -> Flow[Look[Evidence | Lost] | None]:
        """The next look for it; None if it failed.

        Raises OnceError when it is of an interrupted run, and by now another one may send.
        """
        if self.log is not None and not self.result.submissions:
            yield from self.log.keep()
        if search is not self._search:
            self._begin(search)
        look = yield from self.follower.look(poll)
        if look is None:
            return None
        return Look(self.follower.evidence(search, self._sent_at + SHORTEST_RESET), look.asked_at)

    def _begin(self, search: Search) -> Follower:
        self._search = search
        self.follower = self.follow(None, search=search)
        return self.follower


def refused(result: ResetResult, error: TencentCloudError, said: str = "") -> None:
    """Close the result: the reset did not and will not take place."""
    operation = result.operation
    shown = f" The instance shows {operation}." if operation and operation.request_id else ""
    result.end(Outcome.REFUSED, f"Nothing was reset. {said}{error}{shown} {advice(error)}", error=error)


def with_operation(request_id: str | None) -> Instance:
    """An instance of which only the latest operation's id is known."""
    return {"latest_operation_request_id": request_id}
