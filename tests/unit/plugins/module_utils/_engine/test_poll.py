# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looking again and again: when the looks come, what ends them, and that many flows look together."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import chain, repeat
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tencent.cloud.plugins.module_utils._clock import Deadline
from ansible_collections.tencent.cloud.plugins.module_utils._engine.driver import Driver, run_one
from ansible_collections.tencent.cloud.plugins.module_utils._engine.flow import Call, Flow, Look, sleep
from ansible_collections.tencent.cloud.plugins.module_utils._engine.poll import FIRST_PAUSES, Poll, TimedOut, next_tick
from ansible_collections.tencent.cloud.plugins.module_utils._engine.reading import Reader
from ansible_collections.tencent.cloud.plugins.module_utils._errors import TencentCloudError
from tests.unit.support.doubles import Time

BROKEN = TencentCloudError("Not now.", code="InternalError")
GONE = TencentCloudError("Not here.", code="ResourceNotFound")

eighths = st.integers(1, 80_000).map(lambda number: number / 8)
"""Numbers of which multiples are exact."""


class Watched:
    """A thing that is looked at until time is over.

    Args:
        errors: of the looks, one after the other; None for a good one, and the last for ever.
        seconds: how long a look takes.
        exists: whether there is such a thing.
        first: the first pauses.
    """

    def __init__(
        self,
        *errors: Exception | None,
        start: float = 0.0,
        interval: float = 5.0,
        wait: float = 22.0,
        seconds: float = 0.0,
        exists: bool = True,
        first: Sequence[float] = (),
    ) -> None:
        self.time = Time(now=start)
        self.looks: list[float] = []
        self.patience: list[float] = []
        self.found: list[Any] = []
        self._errors = chain(errors, repeat(errors[-1] if errors else None))
        self._seconds = seconds
        self._exists = exists
        self.poll = Poll(lambda: self.time.now, interval, start + wait, first=first)

    def _read(self, ids: Sequence[str], deadline: Deadline | None) -> dict[str, dict[str, Any]]:
        assert (list(ids), deadline is None) == (["a"], False)
        self.looks.append(self.time.now)
        self.patience.append(deadline.remaining if deadline else math.inf)
        self.time.pass_by(self._seconds)
        error = next(self._errors)
        if error:
            raise error
        return {"a": {"id": "a"}} if self._exists else {}

    def _flow(self, most: int) -> Flow[None]:
        while len(self.found) < most:
            self.found.append((yield from self.poll.look("thing", "a")))

    def run(self, most: int = 1000) -> Watched:
        """Look so often at most. Raises TimedOut."""
        run_one(self._flow(most), self.time.clock, {"thing": Reader(100, self._read)})
        return self

    def out_of_time(self) -> Watched:
        """Look until time is over."""
        with pytest.raises(TimedOut):
            self.run()
        return self


# --- when


@given(now=st.one_of(st.just(0.0), eighths), interval=eighths)
def test_the_next_tick_is_the_first_multiple_of_the_interval(now: float, interval: float) -> None:
    tick = next_tick(now, interval)
    assert now < tick <= now + interval
    assert Fraction(tick) % Fraction(interval) == 0


@given(start=st.floats(0, 1e7), interval=st.floats(0.1, 3600), seconds=st.sampled_from([0.0, 0.03, 2.5, 400.0]))
def test_a_pause_is_half_to_one_and_a_half_of_the_interval(start: float, interval: float, seconds: float) -> None:
    watched = Watched(start=start, interval=interval, wait=math.ldexp(1, 40), seconds=seconds).run(most=6)
    assert watched.looks[0] == start
    pauses = [later - earlier - seconds for earlier, later in zip(watched.looks, watched.looks[1:])]
    assert all(0.499 * interval <= pause <= 1.501 * interval for pause in pauses)
    assert all(abs(look / interval - round(look / interval)) < 1e-6 for look in watched.looks[1:])


def test_it_looks_at_once_and_at_the_ticks_and_at_the_end() -> None:
    assert Watched().out_of_time().looks == [0.0, 5.0, 10.0, 15.0, 20.0, 22.0]
    assert Watched(start=3.0).out_of_time().looks == [3.0, 10.0, 15.0, 20.0, 25.0]
    assert Watched(start=2.0).out_of_time().looks == [2.0, 5.0, 10.0, 15.0, 20.0, 24.0]


def test_it_looks_soon_at_first_and_then_at_the_ticks() -> None:
    assert Watched(first=FIRST_PAUSES).out_of_time().looks == [0.0, 1.0, 2.0, 6.0, 10.0, 15.0, 20.0, 22.0]
    assert Watched(first=FIRST_PAUSES, start=3.5).out_of_time().looks[:5] == [3.5, 5.0, 6.0, 9.0, 15.0]
    assert Watched(first=FIRST_PAUSES, interval=0.5, wait=1.5).out_of_time().looks == [0.0, 0.5, 1.0, 1.5]


def test_the_first_look_may_be_one_that_is_waited_for() -> None:
    time, looks = Time(now=3.0), []
    poll = Poll(lambda: time.now, 5.0, 21.0, at_once=False, first=())

    def looking() -> Flow[None]:
        while True:
            yield from poll.pause()
            looks.append(time.now)

    with pytest.raises(TimedOut):
        run_one(looking(), time.clock)
    assert looks == [10.0, 15.0, 20.0, 21.0]


def test_the_last_look_is_at_the_end_and_none_comes_after_it() -> None:
    watched = Watched(start=1.0, wait=300.0).out_of_time()
    assert (watched.looks[-1], watched.time.now) == (301.0, 301.0)
    with pytest.raises(TimedOut):
        watched.run()
    assert watched.looks[-1] == 301.0


@pytest.mark.parametrize(("wait", "seconds"), [(0.0, 0.0), (-5.0, 0.0), (10.0, 15.0)])
def test_without_time_it_still_looks_once(wait: float, seconds: float) -> None:
    watched = Watched(wait=wait, seconds=seconds).out_of_time()
    assert (watched.looks, watched.time.pauses) == ([0.0], [])


def test_a_look_is_tried_until_time_is_over() -> None:
    assert Watched().out_of_time().patience == [22.0, 17.0, 12.0, 7.0, 2.0, 0.0]


def test_a_look_that_takes_longer_than_the_interval_misses_ticks() -> None:
    assert Watched(seconds=6.0, wait=40.0).out_of_time().looks == [0.0, 10.0, 20.0, 30.0, 40.0]


# --- what


def test_what_is_found_and_when_it_was_asked_for() -> None:
    watched = Watched(seconds=1.0, wait=5.0).out_of_time()
    assert watched.found == [Look({"id": "a"}, 0.0), Look({"id": "a"}, 5.0)]
    assert (watched.poll.last_error, watched.poll.failure) == (None, "")


def test_what_does_not_exist_is_no_failed_look() -> None:
    assert Watched(exists=False).run(most=1).found == [Look(None, 0.0)]


def test_a_failed_look_does_not_end_the_wait_and_the_last_error_is_kept() -> None:
    watched = Watched(BROKEN, None, GONE, None).out_of_time()
    assert [look is None for look in watched.found] == [True, False, True, False, False, False]
    assert watched.looks == [0.0, 5.0, 10.0, 15.0, 20.0, 22.0]
    assert watched.poll.last_error is GONE
    assert watched.poll.failure == f" A read failed: {GONE}"


def test_a_defect_ends_the_wait() -> None:
    with pytest.raises(ValueError, match="a defect"):
        Watched(None, ValueError("a defect")).run()


def test_any_command_can_be_asked() -> None:
    time = Time()
    poll = Poll(lambda: time.now, 5.0, 20.0)

    def failing(deadline: Deadline | None) -> str:
        raise BROKEN

    def asking() -> Flow[list[Any]]:
        return [(yield from poll.ask(Call(lambda deadline: "fine"))), (yield from poll.ask(Call(failing)))]

    assert run_one(asking(), time.clock) == [Look("fine", 0.0), None]
    assert poll.last_error is BROKEN


# --- many

FLOWS, BATCH, INTERVAL = 1000, 100, 5.0


def test_a_thousand_flows_look_together() -> None:
    """They began ten at a time within 100 seconds, as calls are sent, and wait one to five minutes each."""
    chance, time = random.Random(7), Time()
    begins = [begin for begin in (chance.uniform(0, 100) for _ten in range(FLOWS // 10)) for _flow in range(10)]
    arrives = [begin + chance.uniform(60, 300) for begin in begins]
    reads: list[float] = []
    looks: dict[str, list[float]] = {str(number): [] for number in range(FLOWS)}

    def read(ids: Sequence[str], deadline: Deadline | None) -> dict[str, dict[str, Any]]:
        assert len(ids) <= BATCH
        reads.append(time.now)
        return {one: {"arrived": time.now >= arrives[int(one)]} for one in ids}

    def waiting(name: str, begin: float) -> Flow[float]:
        yield from sleep(begin)
        poll = Poll(lambda: time.now, INTERVAL, begin + 1800)
        while True:
            look = yield from poll.look("instance", name)
            looks[name].append(time.now)
            if look and look.found and look.found["arrived"]:
                return time.now

    driver: Driver[float] = Driver(time.clock, {"instance": Reader(BATCH, read)})
    ends = driver.run({str(number): waiting(str(number), begin) for number, begin in enumerate(begins)})
    assert all(0 <= end - arrived <= 1.5 * INTERVAL for end, arrived in zip(ends.values(), arrives))
    looking = Counter(moment for one in looks.values() for moment in one)
    assert Counter(reads) == {moment: math.ceil(flows / BATCH) for moment, flows in looking.items()}
    polls = max(len(one) for one in looks.values())
    assert len(reads) <= 1.1 * FLOWS / BATCH * polls
