# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A call that must not take effect twice: when it is sent again, looked for, refused, or left undecided."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._api.error_codes import Verdict, verdict
from ansible_collections.tencent.cloud.plugins.module_utils._engine.driver import run_one
from ansible_collections.tencent.cloud.plugins.module_utils._engine.flow import Call, Flow, Look
from ansible_collections.tencent.cloud.plugins.module_utils._engine.poll import FIRST_PAUSES, Poll
from ansible_collections.tencent.cloud.plugins.module_utils._engine.result import Result
from ansible_collections.tencent.cloud.plugins.module_utils._engine.submit import (
    Evidence,
    Lost,
    Mutation,
    Pace,
    Refused,
    Search,
    Undecided,
    submit,
)
from ansible_collections.tencent.cloud.plugins.module_utils._engine.submitted import submitted
from ansible_collections.tencent.cloud.plugins.module_utils._engine.timing import Timing
from ansible_collections.tencent.cloud.plugins.module_utils._errors import (
    ApiError,
    BadAnswer,
    NoAnswer,
    TencentCloudError,
)
from tests.unit.support.doubles import ScriptedTransport, Time, client_with

WINDOW, LAG = 375.0, 75.0
"""Seconds for which a call in doubt may hide, and one that a copy of a refused call began."""


def api_error(code: str) -> ApiError:
    return ApiError("So it is.", code=code, action="Paint")


NOT_SENT, THROTTLED = NoAnswer("No connection.", sent=False), api_error("RequestLimitExceeded")
REJECTED, BUSY = api_error("InvalidParameterValue"), api_error("MutexOperation")
LOST, CUT, BROKEN = NoAnswer("It was cut.", sent=True), BadAnswer("It is not JSON."), api_error("InternalError")
REPLAYED = api_error("InvalidRequest.ReplayAttack")

AGAIN = [NOT_SENT, THROTTLED]
DOUBTFUL = [LOST, CUT, BROKEN, REPLAYED]
FINAL = [REJECTED, BUSY]

Shown = Callable[[float], "Evidence | Lost"]
"""What is shown so many seconds after the search has begun; raises what a look can raise."""


class Scripted(Mutation):
    """A call whose ends, and whose traces, are written down before.

    Attributes:
        sent: when it was sent (seconds).
        doubts: what `prepare` was told before each send.
        searches: whether it was for a copy, and for how many seconds, once for each search.
        looks: when it was looked for (seconds).
    """

    action = "Paint"

    def __init__(self, time: Time, *ends: Exception | str, shown: Shown | None = None) -> None:
        self.sent: list[float] = []
        self.doubts: list[Exception | None] = []
        self.searches: list[tuple[bool, float]] = []
        self.looks: list[float] = []
        self.recognized_before = False
        self._time = time
        self._ends = list(ends)
        self._shown = shown or (lambda passed: Evidence.NOTHING)
        self._search: Search | None = None
        self._began = 0.0

    def prepare(self, pace: Pace, failure: Exception | None, doubt: Exception | None) -> Flow[bool]:
        """Note the doubt, and look as any other does."""
        self.doubts.append(doubt)
        return (yield from super().prepare(pace, failure, doubt)) or self.recognized_before

    def send(self) -> str:
        """The next end."""
        self.sent.append(self._time.now)
        end = self._ends.pop(0)
        if isinstance(end, Exception):
            raise end
        return end

    def look(self, poll: Poll, search: Search) -> Flow[Look[Evidence | Lost] | None]:
        """The next look, as it is written down."""
        if search is not self._search:
            self._search, self._began = search, self._time.now
            self.searches.append((search.of_a_copy, search.settled_at - self._time.now))
        yield from poll.pause()
        self.looks.append(self._time.now)
        look = yield from poll.ask(Call(lambda _deadline: self._shown(self._time.now - self._began)))
        return look


class Once(Scripted):
    """One that leaves no trace once it is over."""

    silence_proves = False


class Harmless(Scripted):
    """One that may be sent any number of times."""

    may_repeat = True


class Task:
    """One task that sends such a call."""

    def __init__(self, *ends: Exception | str, kind: type[Scripted] = Scripted, **options: Any) -> None:
        shown, ahead, chance = (options.pop(name, None) for name in ("shown", "ahead", "chance"))
        self.time = Time(now=1.0, chance=chance or 0.0)
        client = client_with(ScriptedTransport(), self.time)
        client.ahead = ahead or 0.0
        self.told: list[tuple[str, Mapping[str, Any]]] = []
        self.pace = Pace(client, Timing(**{"state_lag": LAG, "settle_seconds": WINDOW, **options}))
        self.result = Result(tell=lambda kind, data: self.told.append((kind, data)))
        self.call = kind(self.time, *ends, shown=shown)

    def submit(self) -> None:
        """Send it. Raises Refused, Undecided."""
        run_one(submit(self.call, self.pace, self.result), self.time.clock)

    def end(self) -> str:
        """How that ends, in a word."""
        try:
            self.submit()
        except Refused as refused:
            return "exhausted" if refused.exhausted else "refused"
        except Undecided:
            return "undecided"
        return "adopted" if self.result.adopted else f"accepted as {self.result.request_id}"


def at(seconds: float, found: Evidence | Lost) -> Shown:
    """Nothing, until something is shown."""
    return lambda passed: found if passed >= seconds else Evidence.NOTHING


def unreadable(_passed: float) -> Evidence:
    raise api_error("ResourceUnavailable")


# --- each verdict, before and after a doubt


def test_the_scripted_errors_mean_what_they_are_named_after() -> None:
    expected: dict[Verdict, list[TencentCloudError]] = {
        Verdict.NOT_ACCEPTED: AGAIN,
        Verdict.REJECTED: [REJECTED],
        Verdict.BUSY: [BUSY],
        Verdict.UNKNOWN: [LOST, CUT, BROKEN],
        Verdict.REPLAYED: [REPLAYED],
    }
    assert set(expected) == set(Verdict)
    assert all(verdict(one) is meaning for meaning, errors in expected.items() for one in errors)


WHOLE, COPY = (False, WINDOW), (True, LAG)


@pytest.mark.parametrize(
    ("failure", "searches", "end"),
    [
        *((one, [COPY] if one is THROTTLED else [], "accepted as r-2") for one in AGAIN),
        *((one, [WHOLE], "accepted as r-2") for one in DOUBTFUL),
        (REJECTED, [], "refused"),
        (BUSY, [COPY], "refused"),
    ],
    ids=str,
)
def test_a_first_send_that_fails_and_shows_nothing(
    failure: Exception, searches: list[tuple[bool, float]], end: str
) -> None:
    task = Task(failure, "r-2")
    assert (task.end(), task.call.searches) == (end, searches)
    again = failure not in FINAL
    assert (len(task.call.sent), task.result.submissions, task.result.sent) == (1 + again, 1 + again, True)
    assert task.call.doubts == [None, failure if failure in DOUBTFUL else None][: 1 + again]


@pytest.mark.parametrize(
    ("failure", "searches", "end"),
    [
        *((one, [WHOLE, COPY] if one is THROTTLED else [WHOLE], "accepted as r-3") for one in AGAIN),
        *((one, [WHOLE, WHOLE], "accepted as r-3") for one in DOUBTFUL),
        *((one, [WHOLE, WHOLE], "refused") for one in FINAL),
    ],
    ids=str,
)
def test_after_a_doubt_a_refusal_may_complain_of_our_own_send(
    failure: Exception, searches: list[tuple[bool, float]], end: str
) -> None:
    task = Task(LOST, failure, "r-3")
    assert (task.end(), task.call.searches) == (end, searches)
    assert len(task.call.sent) == (2 if failure in FINAL else 3)
    assert task.call.doubts[1:] == [LOST, failure if failure in DOUBTFUL else LOST][: len(task.call.sent) - 1]


def test_one_that_was_throttled_is_looked_for_once_before_it_is_sent_again() -> None:
    """It may have been the second of two copies."""
    seen = Task(THROTTLED, "r-2", shown=lambda passed: Evidence.FOUND)
    assert (seen.end(), seen.result.submissions) == ("adopted", 1)
    unseen = Task(THROTTLED, THROTTLED, "r-3")
    assert (unseen.end(), unseen.result.submissions, len(unseen.call.looks)) == ("accepted as r-3", 3, 2)
    harmless = Task(THROTTLED, "r-2", kind=Harmless)
    assert (harmless.end(), harmless.call.looks) == ("accepted as r-2", [])


@pytest.mark.parametrize("failure", [*DOUBTFUL, BUSY], ids=str)
@pytest.mark.parametrize("after", [0.0, LAG - 1.0])
def test_what_shows_its_trace_is_never_sent_again(failure: Exception, after: float) -> None:
    task = Task(failure, shown=at(after, Evidence.FOUND))
    assert (task.end(), task.result.request_id, len(task.call.sent)) == ("adopted", None, 1)


@pytest.mark.parametrize("failure", FINAL, ids=str)
def test_a_refusal_by_our_own_send_is_no_refusal(failure: Exception) -> None:
    def shown(_passed: float) -> Evidence:
        return Evidence.FOUND if len(task.call.sent) == 2 else Evidence.NOTHING

    task = Task(LOST, failure, shown=shown)
    assert (task.end(), len(task.call.sent)) == ("adopted", 2)


# --- one that may be repeated


@pytest.mark.parametrize("failure", [*AGAIN, *DOUBTFUL, *FINAL], ids=str)
def test_one_that_may_be_repeated_needs_no_evidence(failure: Exception) -> None:
    task = Task(failure, "r-2", kind=Harmless)
    assert (task.end(), task.call.searches) == ("refused" if failure in FINAL else "accepted as r-2", [])
    assert (task.result.submissions, task.result.sent) == (0, True)


@pytest.mark.parametrize(
    ("ends", "doubt", "exhausted"),
    [
        ([REJECTED], None, False),
        ([BUSY], None, False),
        ([THROTTLED, REJECTED], None, False),
        ([LOST, REJECTED], LOST, False),
        ([LOST, CUT, BUSY], LOST, False),
        ([THROTTLED, REPLAYED, THROTTLED], REPLAYED, True),
        ([THROTTLED, NOT_SENT, THROTTLED], None, True),
    ],
)
def test_it_says_whether_an_earlier_one_may_have_taken_effect(
    ends: list[Exception], doubt: Exception | None, exhausted: bool
) -> None:
    task = Task(*ends, kind=Harmless, max_attempts=3)
    with pytest.raises(Refused) as caught:
        task.submit()
    assert (caught.value.error, caught.value.doubt, caught.value.exhausted) == (ends[-1], doubt, exhausted)


# --- how often, and when


@pytest.mark.parametrize("kind", [Scripted, Harmless])
@pytest.mark.parametrize("most", [1, 3])
def test_attempts_have_an_end(kind: type[Scripted], most: int) -> None:
    task = Task(*[NOT_SENT] * 9, kind=kind, max_attempts=most)
    assert (task.end(), len(task.call.sent)) == ("exhausted", most)


def test_sends_that_were_in_doubt_count_too() -> None:
    task = Task(*[LOST] * 9, max_attempts=2)
    assert (task.end(), len(task.call.sent), len(task.call.searches)) == ("exhausted", 2, 2)


def test_the_time_to_send_again_has_an_end() -> None:
    task = Task(*[THROTTLED] * 99, max_attempts=99, wait_timeout=10.0)
    assert task.end() == "exhausted"
    assert task.call.sent == [1.0, 2.0, 4.0, 8.0, 11.0]


def test_the_pauses_grow_up_to_a_cap_and_vary() -> None:
    task = Task(*[THROTTLED] * 8, "r-9", max_attempts=9)
    assert task.end() == "accepted as r-9"
    assert task.time.pauses == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]
    varied = Task(THROTTLED, THROTTLED, "r-3", chance=1.0)
    varied.submit()
    assert varied.time.pauses == [0.5, 1.0]


def test_the_time_to_wait_begins_with_the_first_send() -> None:
    task = Task(THROTTLED, "r-2", wait_timeout=100.0)
    assert task.pace.until == 101.0
    task.time.pass_by(60.0)
    task.submit()
    assert (task.call.sent, task.pace.until) == ([61.0, 62.0], 161.0)


def test_each_send_is_told() -> None:
    task = Task(THROTTLED, "r-2")
    task.submit()
    assert task.told == [
        ("sent", {"action": "Paint", "attempt": 1}),
        ("sent", {"action": "Paint", "attempt": 2}),
        ("accepted", {"request_id": "r-2", "go_on": "look at it before you run the task again."}),
    ]


def test_one_that_is_recognized_before_it_is_sent_again_is_adopted() -> None:
    task = Task("r-1")
    task.call.recognized_before = True
    assert (task.end(), task.call.sent, task.result.sent) == ("adopted", [], False)


def test_what_keeps_it_from_being_sent_is_raised() -> None:
    class Kept(Scripted):
        def prepare(self, pace: Pace, failure: Exception | None, doubt: Exception | None) -> Flow[bool]:
            yield from super().prepare(pace, failure, doubt)
            raise LookupError

    task = Task("r-1", kind=Kept)
    with pytest.raises(LookupError):
        task.submit()
    assert (task.call.sent, task.result.sent) == ([], False)


# --- evidence


def test_nothing_counts_only_at_the_end_of_the_window() -> None:
    task = Task(LOST, "r-2")
    task.submit()
    assert task.call.looks[-1] >= 1.0 + WINDOW > task.call.looks[-2]
    assert task.call.sent[1] == task.call.looks[-1] + 1.0


@pytest.mark.parametrize(("ahead", "end"), [(0.0, "accepted as r-2"), (60.0, "adopted")])
def test_the_window_is_longer_for_a_clock_that_is_ahead(ahead: float, end: str) -> None:
    task = Task(LOST, "r-2", ahead=ahead, shown=at(WINDOW + 20.0, Evidence.FOUND))
    assert (task.end(), task.call.searches) == (end, [(False, WINDOW + ahead)])


def test_a_copy_may_be_over_soon_so_it_is_looked_for_often() -> None:
    task = Task(BUSY)
    assert task.end() == "refused"
    assert max(after - before for before, after in zip(task.call.looks, task.call.looks[1:])) <= 3.0
    slow = Task(LOST, "r-2", wait_interval=20.0)
    slow.submit()
    later = slow.call.looks[1 + len(FIRST_PAUSES) :]
    assert later[-1] - later[0] > 300.0
    assert all(look % 20.0 == 0 for look in later)


def test_a_copy_is_awaited_for_as_long_as_a_list_is_late() -> None:
    task = Task(BUSY, state_lag=0.0)
    assert (task.end(), task.call.searches) == ("refused", [(True, 75.0)])


def test_for_one_that_leaves_no_trace_silence_proves_nothing() -> None:
    task = Task(LOST, "r-2", kind=Once)
    with pytest.raises(Undecided) as caught:
        task.submit()
    assert (caught.value.error, caught.value.why) == (LOST, "No trace of it was seen.")
    assert (len(task.call.sent), task.time.now >= 1.0 + WINDOW) == (1, True)


def test_a_copy_of_a_refused_call_would_still_be_under_way() -> None:
    assert Task(BUSY, kind=Once).end() == "refused"


@pytest.mark.parametrize("failure", [LOST, BUSY], ids=str)
def test_evidence_that_is_lost_decides_nothing(failure: Exception) -> None:
    task = Task(failure, "r-2", shown=at(20.0, Lost("Two may each be it.")))
    with pytest.raises(Undecided) as caught:
        task.submit()
    assert (caught.value.error, caught.value.why, len(task.call.sent)) == (failure, "Two may each be it.", 1)
    assert task.time.now < 1.0 + 30.0


@pytest.mark.parametrize(("failure", "end"), [(LOST, "accepted as r-2"), (BUSY, "refused")], ids=str)
@pytest.mark.parametrize("kind", [Scripted, Once])
def test_what_was_in_the_way_ends_the_search_at_once(kind: type[Scripted], failure: Exception, end: str) -> None:
    task = Task(failure, "r-2", kind=kind, shown=at(20.0, Evidence.REFUTED))
    assert task.end() == end
    assert task.call.looks[-1] < 1.0 + 30.0


@pytest.mark.parametrize("kind", [Scripted, Once])
@pytest.mark.parametrize("failure", [LOST, BUSY], ids=str)
def test_looks_that_prove_nothing_decide_nothing(kind: type[Scripted], failure: Exception) -> None:
    task = Task(failure, "r-2", kind=kind, shown=lambda passed: Evidence.UNCLEAR)
    with pytest.raises(Undecided) as caught:
        task.submit()
    assert caught.value.why == "It could not be determined within wait_timeout."
    assert (task.time.now, len(task.call.sent)) == (1801.0, 1)


def test_looks_that_fail_decide_nothing_and_are_told() -> None:
    task = Task(LOST, "r-2", shown=unreadable, wait_timeout=500.0)
    with pytest.raises(Undecided) as caught:
        task.submit()
    assert caught.value.why.startswith("It could not be determined within wait_timeout. A read failed: ")
    assert (task.time.now, len(task.call.sent)) == (501.0, 1)


@pytest.mark.parametrize("bad", [unreadable, lambda passed: Evidence.UNCLEAR])
def test_one_good_look_at_the_end_of_the_window_is_needed_and_enough(bad: Shown) -> None:
    until = WINDOW + 100.0
    task = Task(LOST, "r-2", shown=lambda passed: bad(passed) if passed < until else Evidence.NOTHING)
    assert task.end() == "accepted as r-2"
    assert task.call.sent[1] >= 1.0 + until


def test_a_window_that_wait_timeout_cuts_decides_nothing() -> None:
    task = Task(LOST, "r-2", wait_timeout=100.0)
    assert (task.end(), len(task.call.sent), task.time.now) == ("undecided", 1, 101.0)


@pytest.mark.parametrize(("seconds", "hidden"), [(30.0, 415.0), (-50.0, 335.0)])
def test_somebody_else_may_still_send_it(seconds: float, hidden: float) -> None:
    search = Task(ahead=10.0).pace.search(LOST, may_be_sent_for=seconds)
    assert (search.settled_at, search.failure) == (1.0 + hidden, LOST)


# --- what a result says of it


@pytest.mark.parametrize(
    ("ends", "options", "outcome", "reason"),
    [
        ([REJECTED], {}, "refused", f"Nothing was changed. {REJECTED} A value has the wrong form"),
        (
            [NOT_SENT] * 2,
            {"max_attempts": 2},
            "refused",
            f"Nothing was changed. Paint was sent 2 times and never accepted. {NOT_SENT}",
        ),
        (
            [LOST],
            {"shown": at(0.0, Lost("Two may each be it.")), "ahead": 5.0},
            "unknown",
            (
                f"It is unknown whether Paint took effect, and it was not sent again: {LOST} Two may each be it. It "
                "may still take effect until 380 seconds after the send: do not run the task again before. Look at "
                "the wall."
            ),
        ),
    ],
    ids=["refused", "exhausted", "undecided"],
)
def test_a_call_that_was_not_accepted_closes_the_result(
    ends: list[Exception], options: dict[str, Any], outcome: str, reason: str
) -> None:
    task = Task(*ends, **options)
    accepted = run_one(submitted(task.call, task.pace, task.result, "Look at the wall."), task.time.clock)
    assert (accepted, task.result.outcome, task.result.ok, task.result.error) == (False, outcome, False, ends[-1])
    assert task.result.reason.startswith(reason)


def test_one_that_was_accepted_leaves_the_result_open() -> None:
    task = Task("r-1")
    assert run_one(submitted(task.call, task.pace, task.result, "Look at the wall."), task.time.clock)
    assert (task.result.request_id, task.result.reason) == ("r-1", "")
