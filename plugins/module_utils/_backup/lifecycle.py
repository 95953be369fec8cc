# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The beginning and the end of an image or a snapshot: wait until it is ready, or until it is gone."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from .._api.client import Client
from .._api.error_codes import Verdict, verdict
from .._api.transform import Record
from .._clock import Backoff, Clock, Deadline
from .._engine.advice import advice
from .._engine.change_result import ChangeResult, guarded
from .._engine.result import ACCEPTED, DONE, FAILED, REFUSED, UNCHANGED, UNKNOWN
from .._engine.submit import RESEND_CAP, RESEND_FIRST, Call, Submission
from .._engine.timing import Timing
from .._errors import TencentCloudError, in_brackets
from .resource import ResourceKind

Look = tuple[bool, "Record | None"]
"""Whether a read was good, and what it found."""


class Lifecycle:
    """Makes, awaits and deletes one image or snapshot. It fills `result` and returns it."""

    def __init__(self, kind: ResourceKind, client: Client, clock: Clock, timing: Timing, result: ChangeResult) -> None:
        self._kind = kind
        self._client = client
        self._clock = clock
        self._timing = timing
        self._result = result
        self._deadline = Deadline(clock, timing.wait_timeout)
        self._broken: TencentCloudError | None = None

    def make(self, call: Call) -> ChangeResult:
        """Make it, once, and wait until it is ready."""
        guarded(self._result, self._clock, call.action, lambda: self._make(call))
        return self._with_diff()

    def find_ready(self, record: Record) -> ChangeResult:
        """Wait until one that is there already is ready."""
        guarded(self._result, self._clock, "waiting", lambda: self._await(record))
        return self._with_diff()

    def delete(self, action: str, send: Callable[[], str]) -> ChangeResult:
        """Delete it, and wait until it is gone.

        Args:
            send: deletes it and returns the RequestId; a second time does no harm.
        """
        return guarded(self._result, self._clock, action, lambda: self._delete(action, send))

    # --- making

    def _with_diff(self) -> ChangeResult:
        """Let the diff show what there is, as far as it is known, and not what was planned."""
        result, after = self._result, self._result.changes["after"]
        if result.record is not None:
            after = self._kind.in_diff(result.record)
        elif result.outcome in (REFUSED, FAILED):
            after = {}
        else:
            after = {**after, f"{self._kind.noun}_id": result.identity}
        result.changes["after"] = after
        return result

    def _make(self, call: Call) -> None:
        submission = Submission(self._client, self._clock, self._timing, self._result, self._deadline)
        identity = submission.submit(call)
        if identity is None:
            return
        self._result.identity = identity
        if self._timing.wait:
            self._follow(identity, DONE)
        else:
            self._result.record = self._look(identity)[1]
            self._result.end(ACCEPTED, f"The {self._kind.noun} {identity} is being made.")

    def _await(self, record: Record) -> None:
        identity = self._kind.identity(record)
        if self._timing.wait:
            self._follow(identity, UNCHANGED)
        else:
            self._result.end(UNCHANGED, f"The {self._kind.noun} {identity} is being made already.")

    def _follow(self, identity: str, success: str) -> None:
        """Look until it is ready, failed, or not shown for longer than a late list explains."""
        kind, polls, shown_at = self._kind, self._polls(), self._clock.monotonic()
        while True:
            asked_at = self._clock.monotonic()
            good, record = self._look(identity)
            if record is not None:
                shown_at, self._result.record = asked_at, record
                if kind.state(record) in kind.ready:
                    self._result.end(success, f"The {kind.noun} {identity} is {kind.ready[0]}.")
                    return
                if kind.state(record) in kind.failed:
                    self._failed(identity, f"It ended in the state {kind.state(record)}.")
                    return
            elif good and asked_at - shown_at >= self._timing.state_lag:
                self._result.record = None
                self._failed(identity, "It is not there any more: making it failed, or somebody deleted it.")
                return
            if not polls.pause():
                self._late(identity)
                return

    def _failed(self, identity: str, what: str) -> None:
        noun = self._kind.noun
        cleanup = f" Delete it with state: absent and {noun}_id: {identity}," if self._result.record else " Look why,"
        error = TencentCloudError(what, code="OperationFailed", request_id=self._result.request_id)
        asked = in_brackets(self._result.request_id)
        self._result.end(
            FAILED, f"The {noun} {identity} was not made{asked}: {what}{cleanup} then run the task again.", error=error
        )

    def _late(self, identity: str) -> None:
        kind, record = self._kind, self._result.record
        late = f"It did not become {kind.ready[0]} within {self._timing.wait_timeout:g} seconds."
        self._result.end(
            ACCEPTED,
            f"The {kind.noun} {identity} is {kind.described(record)}. {late}{self._last_read()} It goes on being made, "
            "and is not made again: run the task again to wait for it.",
            ok=False,
            error=TencentCloudError(late, code="WaitTimeout", request_id=self._result.request_id),
        )

    # --- deleting

    def _delete(self, action: str, send: Callable[[], str]) -> None:
        identity = str(self._result.identity)
        self._result.sent = True
        doubt, failure = self._send_deletion(send)
        if failure and not doubt and verdict(failure) is not Verdict.BUSY:
            self._refused(failure)
        elif self._timing.wait or failure:
            self._gone(identity, action, doubt, failure)
        else:
            self._result.end(ACCEPTED, f"The deletion of the {self._kind.noun} {identity} was accepted.")

    def _refused(self, failure: TencentCloudError) -> None:
        self._result.end(REFUSED, f"Nothing was deleted. {failure} {advice(failure)}".strip(), error=failure)

    def _send_deletion(self, send: Callable[[], str]) -> tuple[TencentCloudError | None, TencentCloudError | None]:
        """Send it until it is accepted or refused, or often enough.

        Returns the first error after which it may have been accepted all the same, and the last one; neither once it
        was accepted, or the service knows nothing of that id any more.
        """
        pauses = Backoff(self._clock, first=RESEND_FIRST, cap=RESEND_CAP, deadline=self._deadline)
        doubt: TencentCloudError | None = None
        for attempt in count(1):
            try:
                self._result.request_id = send()
                return None, None
            except TencentCloudError as error:
                failure = error
            if failure.code.endswith(".NotFound"):
                return None, None
            meaning = verdict(failure)
            final = meaning in (Verdict.REJECTED, Verdict.BUSY)
            if not final and meaning is not Verdict.NOT_ACCEPTED:
                doubt = doubt or failure
            if final or attempt >= self._timing.max_attempts or not pauses.pause():
                return doubt, failure
        raise AssertionError("count has no end")

    def _gone(
        self, identity: str, action: str, doubt: TencentCloudError | None, failure: TencentCloudError | None
    ) -> None:
        """Look until it is gone. After a deletion in doubt no longer than it may take effect; after a refusal that a
        copy of it may have brought about, no longer than what that did can be shown late."""
        polls, noun, shown = self._polls(), self._kind.noun, False
        window = self._timing.settle_seconds + self._client.ahead if doubt else self._timing.state_lag
        settled_at = self._clock.monotonic() + window
        while True:
            asked_at = self._clock.monotonic()
            good, record = self._look(identity)
            if good and record is None:
                self._result.record = None
                self._result.end(DONE, f"The {noun} {identity} was deleted.")
                return
            if record is not None:
                self._result.record, shown = record, True
            settled = failure is not None and asked_at >= settled_at
            if settled and record is not None and failure and not doubt:
                self._refused(failure)
                return
            if (settled and doubt) or not polls.pause():
                self._still_there(f"{identity} is still there." if shown else "", action, doubt or failure, failure)
                return

    def _still_there(
        self, shown: str, action: str, doubt: TencentCloudError | None, failure: TencentCloudError | None
    ) -> None:
        identity = self._result.identity
        again = f"{self._last_read()} Run the task again: deleting again does no harm."
        if doubt:
            last = f" The last try: {failure} {advice(failure)}" if failure and failure is not doubt else ""
            what = f"It is unknown whether {action} took effect: {doubt}{last} {shown}".rstrip()
            self._result.end(UNKNOWN, what + again, error=doubt)
        else:
            late = f"It was not gone within {self._timing.wait_timeout:g} seconds."
            error = TencentCloudError(late, code="WaitTimeout", request_id=self._result.request_id, action=action)
            what = f"The deletion of {identity} was accepted. {late}"
            self._result.end(ACCEPTED, what + again, ok=False, error=error)

    # --- looking

    def _look(self, identity: str) -> Look:
        """One look; a broken one is no end of a wait."""
        try:
            return True, self._kind.get(identity, self._deadline)
        except TencentCloudError as error:
            self._broken = error
            return False, None

    def _last_read(self) -> str:
        return f" A read failed: {self._broken}" if self._broken else ""

    def _polls(self) -> Backoff:
        interval = self._timing.wait_interval
        return Backoff(self._clock, first=interval, cap=interval, factor=1.0, jitter=0.1, deadline=self._deadline)
