# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Sending a call that must not take effect twice: the rule of the reset, with any trace as the evidence.

CreateImage, CreateSnapshot and ApplySnapshot know no ClientToken either. One is sent again only when it was surely not
accepted, or when it left no trace for as long as it could, and a trace of it would last. A refusal that may complain
of a copy of the call (a proxy can repeat a POST) counts only when no trace shows. What cannot be decided ends as
`unknown`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .._api.client import Client
from .._api.error_codes import Verdict, verdict
from .._clock import Backoff, Clock, Deadline
from .._errors import TencentCloudError
from .advice import advice
from .change_result import ChangeResult
from .result import REFUSED, UNKNOWN
from .timing import Timing

COPY_INTERVAL = 2.0
"""Seconds between two looks, at most, for what a copy of a refused call may have begun: it may be over soon."""

RESEND_FIRST = 1.0
RESEND_CAP = 30.0
"""Seconds of the first and of the longest pause before a call is sent again."""


class Call(NamedTuple):
    """A call that must not take effect twice.

    Attributes:
        action: its name.
        send: sends it once; returns the id of what it is about, and the RequestId.
        trace: the ids of what it has visibly made or begun. Nothing was there before the first send.
        lasts: whether a trace would have stayed, so that none at the end of the window proves that nothing happened.
        look_at: what a person has to look at when it cannot be told.
    """

    action: str
    send: Callable[[], tuple[str, str]]
    trace: Callable[[Deadline], list[str]]
    lasts: Callable[[], bool]
    look_at: str


class Submission:
    """Sends one call as often as is safe. It fills `result`."""

    def __init__(self, client: Client, clock: Clock, timing: Timing, result: ChangeResult, deadline: Deadline) -> None:
        self._client = client
        self._clock = clock
        self._timing = timing
        self._result = result
        self._deadline = deadline
        self._closed = False
        self._broken: TencentCloudError | None = None

    def submit(self, call: Call) -> str | None:
        """The id of what the call is about once it was accepted; None if the result is closed."""
        pauses = Backoff(self._clock, first=RESEND_FIRST, cap=RESEND_CAP, deadline=self._deadline)
        doubted = False
        while True:
            self._result.sent = True
            self._result.submissions += 1
            try:
                identity, self._result.request_id = call.send()
            except TencentCloudError as error:
                failure = error
            else:
                return identity
            meaning = verdict(failure)
            final = meaning in (Verdict.REJECTED, Verdict.BUSY)
            if meaning is not Verdict.NOT_ACCEPTED and (doubted or meaning is not Verdict.REJECTED):
                # After a send in doubt, our own one may be what a refusal complains of.
                found = self._search_copy(call, failure) if final and not doubted else self._search(call, failure)
                doubted = True
                if found or self._closed:
                    return found
            if final:
                self._end(REFUSED, f"Nothing was changed. {failure} {advice(failure)}", failure)
                return None
            if self._result.submissions >= self._timing.max_attempts or not pauses.pause():
                sent = f"{call.action} was sent {self._result.submissions} times and never accepted."
                self._end(REFUSED, f"Nothing was changed. {sent} {failure} {advice(failure)}", failure)
                return None

    def _search(self, call: Call, failure: TencentCloudError) -> str | None:
        """The id by the trace of a call in doubt; None if it surely did nothing and never will, or cannot be told.

        The window is counted from the end of the send and is the longer by what this machine's clock is ahead.
        """
        window = self._timing.settle_seconds + self._client.ahead
        found = self._trace_of(call, failure, window, self._timing.wait_interval)
        if found is None and not self._closed and not call.lasts():
            self._unknown(call, failure, "No trace of it was seen.")
        return found

    def _search_copy(self, call: Call, failure: TencentCloudError) -> str | None:
        """The id by the trace of a copy of a refused call: it was accepted before the refusal, and what it began was
        still under way then, so it shows as soon as a state is not late any more."""
        return self._trace_of(call, failure, self._timing.state_lag, min(COPY_INTERVAL, self._timing.wait_interval))

    def _trace_of(self, call: Call, failure: TencentCloudError, window: float, interval: float) -> str | None:
        """The id by a trace that shows within `window` seconds; none without one, or when it cannot be told."""
        settled_at = self._clock.monotonic() + window
        polls = Backoff(self._clock, first=interval, cap=interval, factor=1.0, jitter=0.1, deadline=self._deadline)
        while True:
            asked_at = self._clock.monotonic()
            found = self._traced(call)
            if found:
                return self._recognized(call, failure, found)
            if found is not None and asked_at >= settled_at:
                return None
            if not polls.pause():
                last = f" A read failed: {self._broken}" if self._broken else ""
                self._unknown(call, failure, f"It could not be decided within wait_timeout.{last}")
                return None

    def _traced(self, call: Call) -> list[str] | None:
        """What the call has visibly made or begun; None if that cannot be read."""
        try:
            return call.trace(self._deadline)
        except TencentCloudError as error:
            self._broken = error
            return None

    def _recognized(self, call: Call, failure: TencentCloudError, found: list[str]) -> str | None:
        if len(found) > 1:
            self._unknown(call, failure, f"{', '.join(found)} may each be what it made.")
            return None
        self._result.adopted = True
        return found[0]

    def _unknown(self, call: Call, failure: TencentCloudError, why: str) -> None:
        window = self._timing.settle_seconds + self._client.ahead
        self._end(
            UNKNOWN,
            f"It is unknown whether {call.action} took effect, and it was not sent again: {failure} {why} It may still "
            f"take effect until {window:.0f} seconds after the send: do not run the task again before. {call.look_at}",
            failure,
        )

    def _end(self, outcome: str, reason: str, error: TencentCloudError) -> None:
        self._closed = True
        self._result.end(outcome, reason.strip(), error=error)
