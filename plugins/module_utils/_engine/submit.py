# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Sending a call that must not take effect twice.

The API knows no ClientToken. So a call is sent again only when it was surely not accepted, or when it left no trace for
as long as one could appear, and a trace would have stayed. A refusal that may be due to a copy of the call (a proxy can
repeat a POST) counts only when no trace shows. What cannot be decided is not sent again.
"""

from __future__ import annotations

import math
from enum import Enum
from itertools import count
from typing import NamedTuple

from .._api.client import Client
from .._api.error_codes import Verdict, verdict
from .._clock import Delays
from .._errors import ApiError, HeldUp, TencentCloudError
from .flow import Flow, Look, call, departure, sleep
from .poll import Poll, TimedOut
from .result import Result
from .timing import LIST_LAG, Timing

COPY_INTERVAL = 2.0
"""Maximum seconds between two looks for what a copy of a refused call may have begun: it may be over soon."""

RESEND_FIRST = 1.0
RESEND_CAP = 30.0
"""First and maximum delay before a call is sent again, in seconds."""


_MAY_BE_ACCEPTED = (Verdict.UNKNOWN, Verdict.REPLAYED)
_REFUSALS = (Verdict.REJECTED, Verdict.BUSY)


def _was_throttled(failure: TencentCloudError) -> bool:
    """Whether the service answered that it did not take the call."""
    return isinstance(failure, ApiError) and verdict(failure) is Verdict.NOT_ACCEPTED


class Evidence(Enum):
    """What one look says about a call in doubt."""

    NOTHING = "nothing of it is shown; at the end of the window that counts"
    UNCLEAR = "this look proves nothing"
    FOUND = "it took effect, or is about to"
    REFUTED = "it did not and will not take effect: something else was in its way"


class Lost(NamedTuple):
    """The evidence is gone, or cannot be told from another's."""

    why: str


class Search(NamedTuple):
    """How to look for evidence of a call in doubt.

    Attributes:
        failure: why it is in doubt.
        settled_at: the moment (monotonic seconds) from which the call can neither take effect any more nor hide it.
        of_a_copy: whether to look for what a copy of a refused call did.
    """

    failure: TencentCloudError
    settled_at: float
    of_a_copy: bool


class Mutation:
    """A call that must not take effect twice.

    Attributes:
        action: its name.
        may_repeat: whether a second one does no harm, so that no evidence is needed.
    """

    action: str
    may_repeat = False

    @property
    def silence_proves(self) -> bool:
        """Whether a trace of it stays, so that its absence at the end of the window proves that nothing happened."""
        return True

    def prepare(self, pace: Pace, failure: TencentCloudError | None, doubt: TencentCloudError | None) -> Flow[bool]:
        """Called before each send. Returns whether an earlier one turned out to have taken effect.

        By itself it takes one look after a send that was throttled, since that can have been the second of two copies.

        Args:
            failure: how the send before ended; None before the first one.
            doubt: why it is not known whether an earlier send was accepted.
        """
        if failure is None or self.may_repeat or not _was_throttled(failure):
            return False
        look = yield from self.look(pace.poll(), pace.search(failure, of_a_copy=True))
        return look is not None and look.found is Evidence.FOUND

    def send(self) -> str | None:
        """Send it once and return the RequestId; None if there is nothing left to do. Raises the error of that one
        call."""
        raise NotImplementedError

    def look(self, poll: Poll, search: Search) -> Flow[Look[Evidence | Lost] | None]:
        """The next look for evidence; None if it failed. Raises TimedOut after the last one."""
        raise NotImplementedError


class Refused(Exception):
    """It did not take effect, and was given up; one that may be repeated may have taken effect.

    Attributes:
        error: why.
        exhausted: whether it was sent as often as it may be, and not refused.
        doubt: the error of an earlier send after which that may have taken effect.
    """

    def __init__(self, error: TencentCloudError, *, exhausted: bool, doubt: TencentCloudError | None) -> None:
        super().__init__(str(error))
        self.error = error
        self.exhausted = exhausted
        self.doubt = doubt


class Undecided(Exception):
    """It may have taken effect, and that cannot be decided.

    Attributes:
        error: of the send in doubt.
        why: why that cannot be decided; a sentence.
    """

    def __init__(self, error: TencentCloudError, why: str) -> None:
        super().__init__(why)
        self.error = error
        self.why = why


class Pace:
    """How one task sends and waits.

    Args:
        client: gives the clock, and knows how far that is ahead of the service's.

    Attributes:
        until: when to give up (monotonic seconds).
    """

    def __init__(self, client: Client, timing: Timing) -> None:
        self.client = client
        self.timing = timing
        self.begin()

    def begin(self) -> None:
        """Count the time to wait from now on."""
        self.until = self.now() + self.timing.wait_timeout

    def now(self) -> float:
        """Monotonic seconds."""
        return self.client.clock.monotonic()

    def poll(self, *, at_once: bool = True, most: float = math.inf) -> Poll:
        """Looks until it is time to give up.

        Args:
            at_once: whether the first look is due at once.
            most: seconds between two looks, at most.
        """
        return Poll(self.now, min(self.timing.wait_interval, most), self.until, at_once=at_once)

    def search(self, failure: TencentCloudError, *, of_a_copy: bool = False, may_be_sent_for: float = 0.0) -> Search:
        """A search from now on for the evidence of a call in doubt.

        It may take effect, and not show it, for `settle_seconds` from the end of the send, which is later than its
        signing, plus how far this clock runs ahead of the service's, since the Timestamp is valid for that much longer.
        A copy was accepted before the refusal, so it shows once a state cannot be late any more.

        Args:
            of_a_copy: whether it was refused, and a copy of it may be what was in its way.
            may_be_sent_for: seconds for which somebody else may still send it; negative if that is long over.
        """
        hidden = max(self.timing.state_lag, LIST_LAG) if of_a_copy else self.timing.settle_seconds + self.client.ahead
        return Search(failure, self.now() + may_be_sent_for + hidden, of_a_copy)


def submit(mutation: Mutation, pace: Pace, result: Result) -> Flow[None]:
    """Send it as often as is safe, until it was accepted or recognized by its trace; `result` says which of the two,
    with the RequestId if it was accepted. The time to wait begins with the first send.

    Raises Refused, Undecided, and what `prepare` raises.
    """
    delays = Delays(first=RESEND_FIRST, cap=RESEND_CAP, chance=pace.client.clock.chance)
    failure: TencentCloudError | None = None
    doubt: TencentCloudError | None = None
    for attempt in count(1):
        if (yield from mutation.prepare(pace, failure, doubt)):
            result.adopted = True
            return
        failure = yield from _send(mutation, pace, result)
        if failure is None:
            return
        last = attempt >= pace.timing.max_attempts
        search, doubt = _in_doubt(mutation, pace, failure, doubt, last=last)
        result.in_doubt = doubt is not None or _was_throttled(failure)
        if search is not None and (yield from recognize(mutation, pace, search)):
            result.adopted = True
            return
        refused = verdict(failure) in _REFUSALS
        if isinstance(failure, HeldUp):
            # By a signal perhaps, which is no end of its own.
            pace.client.clock.check()
        if refused or last or pace.now() >= pace.until:
            raise Refused(failure, exhausted=not refused, doubt=doubt)
        yield from sleep(min(pace.until, pace.now() + delays.next()))


def _send(mutation: Mutation, pace: Pace, result: Result) -> Flow[TencentCloudError | None]:
    """Send it once; the error, if it ended with one."""
    yield from departure()
    if not result.sent:
        pace.begin()
    result.sent = result.in_doubt = True
    result.submissions += not mutation.may_repeat
    result.tell("sent", {"action": mutation.action, "attempt": result.submissions})
    try:
        result.request_id = yield from call(mutation.send)
    except TencentCloudError as error:
        return error
    result.tell_accepted()
    return None


def _in_doubt(
    mutation: Mutation, pace: Pace, failure: TencentCloudError, doubt: TencentCloudError | None, *, last: bool
) -> tuple[Search | None, TencentCloudError | None]:
    """The search that a failed send calls for, if any, and why there is doubt from now on."""
    meaning = verdict(failure)
    if mutation.may_repeat:
        return None, doubt or (failure if meaning in _MAY_BE_ACCEPTED else None)
    # A throttled call can be the second of two copies. The first would be seen before another send.
    of_a_copy = meaning is Verdict.BUSY or (last and _was_throttled(failure))
    # After a send in doubt, a refusal may be due to our own one.
    if meaning in _MAY_BE_ACCEPTED or of_a_copy or (doubt and meaning in _REFUSALS):
        return pace.search(failure, of_a_copy=of_a_copy and doubt is None), failure
    return None, doubt


def recognize(mutation: Mutation, pace: Pace, search: Search) -> Flow[bool]:
    """Whether a call in doubt took effect. Raises Undecided when that cannot be told."""
    poll = pace.poll(most=COPY_INTERVAL if search.of_a_copy else math.inf)
    try:
        while True:
            look = yield from mutation.look(poll, search)
            if look is None:
                continue
            if isinstance(look.found, Lost):
                raise Undecided(search.failure, look.found.why)
            if look.found in (Evidence.FOUND, Evidence.REFUTED):
                return look.found is Evidence.FOUND
            if look.found is Evidence.NOTHING and look.asked_at >= search.settled_at:
                if search.of_a_copy or mutation.silence_proves:
                    return False
                raise Undecided(search.failure, "No trace of it was seen.")
    except TimedOut:
        raise Undecided(search.failure, f"It could not be determined within wait_timeout.{poll.failure}") from None
