# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Sending a call that must not take effect twice.

The API knows no ClientToken. So a call is sent again only when it was surely not accepted, or when it left no trace for
as long as it could, and a trace of it would have stayed. A refusal that may complain of a copy of the call (a proxy can
repeat a POST) counts only when no trace shows. What cannot be decided is not sent again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from itertools import count
from typing import NamedTuple, Optional, Union

from .._api.client import Client
from .._api.error_codes import Verdict, verdict
from .._clock import Delays
from .._errors import TencentCloudError
from .flow import Flow, call, sleep
from .poll import Poll, TimedOut
from .result import Result
from .timing import LIST_LAG, Timing

COPY_INTERVAL = 2.0
"""Seconds between two looks, at most, for what a copy of a refused call may have begun: it may be over soon."""

RESEND_FIRST = 1.0
RESEND_CAP = 30.0
"""First and maximum delay before a call is sent again, in seconds."""


class Evidence(Enum):
    """What one look says of a call in doubt."""

    NOTHING = "nothing of it is shown; at the end of the window that counts"
    UNCLEAR = "this look proves nothing"
    FOUND = "it took effect, or is about to"
    REFUTED = "it did not and will not take effect: something else was in its way"


class Lost(NamedTuple):
    """The evidence is gone, or cannot be told from another's."""

    why: str


class Look(NamedTuple):
    """One look for evidence, and when it was asked for (monotonic seconds)."""

    evidence: Union[Evidence, Lost]
    asked_at: float


class Search(NamedTuple):
    """How to look for evidence.

    Attributes:
        failure: why it is in doubt.
        settled_at: the moment (monotonic seconds) from which the call can neither take effect any more nor hide it.
        of_a_copy: whether it is looked for what a copy of a refused call did.
    """

    failure: TencentCloudError
    settled_at: float
    of_a_copy: bool


class Mutation:
    """A call that must not take effect twice.

    Attributes:
        action: its name.
        silence_proves: whether a trace of it stays, so that none at the end of the window proves that nothing happened.
        may_repeat: whether a second one does no harm, so that no evidence is needed.
    """

    action: str
    silence_proves = True
    may_repeat = False

    def prepare(self, doubt: TencentCloudError | None) -> Flow[bool]:
        """What comes before each send. Returns whether an earlier one turned out to have taken effect.

        Args:
            doubt: why it is not known whether an earlier send was accepted.
        """
        yield from ()
        return False

    def send(self) -> str:
        """Send it once and return the RequestId. Raises the error of that one call."""
        raise NotImplementedError

    def look(self, poll: Poll, search: Search) -> Flow[Optional[Look]]:
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
    """It may have taken effect, and it cannot be told.

    Attributes:
        error: of the send in doubt.
        why: it cannot be told; a sentence.
    """

    def __init__(self, error: TencentCloudError, why: str) -> None:
        super().__init__(why)
        self.error = error
        self.why = why


@dataclass
class Pace:
    """How one task sends and waits.

    Args:
        client: whose clock it is, and which knows how far that is ahead of the service's.

    Attributes:
        until: when to give up (monotonic seconds).
    """

    client: Client
    timing: Timing
    until: float = 0.0

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Count the time to wait from now on."""
        self.until = self.now() + self.timing.wait_timeout

    def now(self) -> float:
        """Monotonic seconds."""
        return self.client.clock.monotonic()

    def poll(self, interval: float | None = None) -> Poll:
        """Looks until it is time to give up."""
        return Poll(self.now, interval or self.timing.wait_interval, self.until)

    @property
    def window(self) -> float:
        """Seconds from the end of a send, which is later than its signing, for which it may take effect and not show
        it: the longer by what this machine's clock is ahead of the service's, since so is the Timestamp's validity."""
        return self.timing.settle_seconds + self.client.ahead

    @property
    def window_of_a_copy(self) -> float:
        """Seconds from a refusal for which a copy of the refused call, which was accepted before, may not show."""
        return max(self.timing.state_lag, LIST_LAG)


def submit(mutation: Mutation, pace: Pace, result: Result) -> Flow[None]:
    """Send it as often as is safe, until it was accepted or recognized by its trace; which of both stands in `result`,
    with the RequestId if it was accepted. The time to wait begins with the first send.

    Raises Refused, Undecided, and what `prepare` raises.
    """
    delays = Delays(first=RESEND_FIRST, cap=RESEND_CAP, chance=pace.client.clock.chance)
    doubt: TencentCloudError | None = None
    for attempt in count(1):
        if (yield from mutation.prepare(doubt)):
            result.adopted = True
            return
        if attempt == 1:
            pace.begin()
        result.sent = True
        result.submissions += not mutation.may_repeat
        result.tell("sent", {"attempt": attempt})
        try:
            result.request_id = yield from call(mutation.send)
            return
        except TencentCloudError as error:
            failure = error
        meaning = verdict(failure)
        final = meaning in (Verdict.REJECTED, Verdict.BUSY)
        if mutation.may_repeat:
            doubt = doubt or (failure if meaning in (Verdict.UNKNOWN, Verdict.REPLAYED) else None)
        elif meaning is not Verdict.NOT_ACCEPTED and (doubt or meaning is not Verdict.REJECTED):
            # After a send in doubt, our own one may be what a refusal complains of.
            of_a_copy = meaning is Verdict.BUSY and doubt is None
            doubt = failure
            if (yield from recognize(mutation, failure, pace, pace.window_of_a_copy if of_a_copy else pace.window, of_a_copy=of_a_copy)):
                result.adopted = True
                return
        exhausted = not final and (attempt >= pace.timing.max_attempts or pace.now() >= pace.until)
        if final or exhausted:
            raise Refused(failure, exhausted=exhausted, doubt=doubt)
        yield from sleep(min(pace.until, pace.now() + delays.next()))
    raise AssertionError("count has no end")


def recognize(
    mutation: Mutation, failure: TencentCloudError, pace: Pace, window: float, *, of_a_copy: bool = False
) -> Flow[bool]:
    """Whether a call in doubt took effect. Raises Undecided when that cannot be told.

    Args:
        failure: why it is in doubt.
        window: seconds for which it may still take effect and not show it; negative when they are over.
        of_a_copy: whether it is asked what a copy of a refused call did.
    """
    search = Search(failure, pace.now() + window, of_a_copy)
    interval = pace.timing.wait_interval
    poll = pace.poll(min(COPY_INTERVAL, interval) if of_a_copy else interval)
    try:
        while True:
            look = yield from mutation.look(poll, search)
            if look is None:
                continue
            if isinstance(look.evidence, Lost):
                raise Undecided(failure, look.evidence.why)
            if look.evidence in (Evidence.FOUND, Evidence.REFUTED):
                return look.evidence is Evidence.FOUND
            if look.evidence is Evidence.NOTHING and look.asked_at >= search.settled_at:
                if of_a_copy or mutation.silence_proves:
                    return False
                raise Undecided(failure, "No trace of it was seen.")
    except TimedOut:
        raise Undecided(failure, f"It could not be decided within wait_timeout.{poll.failure}") from None
