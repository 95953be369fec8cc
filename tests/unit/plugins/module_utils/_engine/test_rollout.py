# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who begins when: the turns by themselves, in any order of ends, and the driver that gives them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tencent.cloud.plugins.module_utils._engine import flow as flows
from ansible_collections.tencent.cloud.plugins.module_utils._engine.driver import Driver
from ansible_collections.tencent.cloud.plugins.module_utils._engine.flow import Flow, Stopped
from ansible_collections.tencent.cloud.plugins.module_utils._engine.rollout import LATE, Rollout, Turns
from tests.unit.support.doubles import Time

ALL = Rollout(sends_per_second=100.0)


def names_of(count: int) -> list[str]:
    return [f"i{number:03}" for number in range(count)]


def asking(rollout: Rollout, count: int) -> Turns:
    """The turns of so many that all ask, the last one first."""
    names = names_of(count)
    turns = Turns(rollout, names)
    for name in reversed(names):
        turns.ask(name)
    return turns


# --- the turns by themselves


def test_nothing_begins_before_all_is_planned() -> None:
    turns = Turns(ALL, ["a", "b", "c", "d"])
    turns.ask("a")
    turns.plan("b")
    turns.end("c", ok=True)
    assert (turns.give(0.0), turns.next_at, turns.stopped()) == ([], math.inf, None)
    turns.ask("d")
    assert turns.next_at <= 0.0
    assert turns.give(0.0) == ["a", "d"]


def test_they_begin_in_their_order_whoever_asked_first() -> None:
    turns = asking(Rollout(sends_per_second=3), 5)
    assert turns.give(0.0) == ["i000", "i001", "i002"]
    assert turns.give(1.0) == ["i003", "i004"]


@pytest.mark.parametrize(
    ("per_second", "moments"),
    [
        (10.0, [0.7] * 10 + [2.0] * 10 + [3.0] * 5),
        (2.5, [0.7] * 2 + [2.0] * 2 + [3.0] * 2 + [4.0] * 2),
        (1.0, [0.7, 2.0, 3.0, 4.0]),
        (0.5, [0.7, 3.0, 5.0, 7.0]),
        (100.0, [0.7] * 25),
    ],
)
def test_so_many_begin_in_a_second_and_the_later_ones_at_its_ticks(per_second: float, moments: list[float]) -> None:
    turns, now, begun = asking(Rollout(sends_per_second=per_second), len(moments)), 0.7, []
    while len(begun) < len(moments):
        given = turns.give(now)
        assert given or turns.next_at > now
        begun += [now] * len(given)
        now = max(now, turns.next_at)
    assert begun == pytest.approx(moments)


def test_a_late_one_does_not_make_room_for_too_many_after_it() -> None:
    """Ten at the end of a second and ten at the beginning of the next one would be twenty in no time."""
    turns = asking(Rollout(sends_per_second=10, concurrency=10), 30)
    assert len(turns.give(0.0)) == 10
    for name in names_of(10):
        turns.end(name, ok=True)
    assert len(turns.give(8.9)) == 10
    for name in names_of(20):
        turns.end(name, ok=True)
    assert (turns.give(9.0), turns.next_at) == ([], 9.9)
    assert len(turns.give(9.9)) == 10


def test_a_turn_that_comes_a_moment_late_does_not_move_the_later_ones() -> None:
    turns, begun = asking(Rollout(sends_per_second=1), 4), []
    for late in (0.0, 0.06, 0.09, 0.5):
        now = max(1.0, turns.next_at) + late
        assert len(turns.give(now)) == 1
        begun.append(now)
    assert (begun, turns.next_at) == ([1.0, 2.06, 3.09, 4.5], math.inf)


def test_another_begins_when_one_under_way_has_ended() -> None:
    turns = asking(Rollout(sends_per_second=100, concurrency=2), 4)
    assert turns.give(0.0) == ["i000", "i001"]
    assert (turns.give(5.0), turns.next_at) == ([], math.inf)
    turns.end("i001", ok=False)
    assert (turns.next_at, turns.give(5.0)) == (-math.inf, ["i002"])


def test_what_another_task_began_is_under_way_too() -> None:
    turns = Turns(Rollout(concurrency=2), ["a", "b", "c", "d"])
    turns.plan("a", under_way=True)
    turns.plan("b")
    turns.ask("c")
    turns.ask("d")
    assert turns.give(0.0) == ["c"]
    turns.end("b", ok=True)
    assert turns.give(0.0) == []
    turns.end("a", ok=True)
    assert turns.give(0.0) == ["d"]


def test_canaries_wait_for_nobody_that_another_task_began() -> None:
    turns = Turns(Rollout(), ["a", "b"])
    turns.plan("a", under_way=True)
    turns.ask("b")
    assert turns.give(0.0) == ["b"]


def test_the_others_begin_when_all_canaries_have_ended_well() -> None:
    turns = asking(Rollout(canary=2), 5)
    assert turns.give(0.0) == ["i000", "i001"]
    turns.end("i001", ok=True)
    assert (turns.give(9.0), turns.next_at) == ([], math.inf)
    turns.end("i000", ok=True)
    assert turns.give(9.0) == ["i002", "i003", "i004"]


@pytest.mark.parametrize("last_ok", [True, False])
def test_no_other_begins_after_a_canary_that_failed(last_ok: bool) -> None:
    turns = asking(Rollout(canary=2), 5)
    turns.give(0.0)
    turns.end("i000", ok=False)
    assert turns.stopped() == "A canary failed before it."
    turns.end("i001", ok=last_ok)
    assert (turns.give(9.0), turns.withdraw()) == ([], ["i002", "i003", "i004"])


def test_only_the_first_are_canaries() -> None:
    turns = asking(Rollout(canary=1), 3)
    turns.give(0.0)
    turns.end("i000", ok=True)
    turns.give(2.0)
    turns.end("i001", ok=False)
    assert turns.stopped() is None


def test_canaries_keep_to_the_concurrency() -> None:
    turns = asking(Rollout(canary=3, concurrency=2), 5)
    assert turns.give(0.0) == ["i000", "i001"]
    turns.end("i000", ok=True)
    assert turns.give(0.0) == ["i002"]
    turns.end("i001", ok=True)
    assert turns.give(0.0) == []
    turns.end("i002", ok=True)
    assert turns.give(0.0) == ["i003", "i004"]


@pytest.mark.parametrize("most", [0, 1, 3])
def test_after_more_failures_than_may_be_nothing_begins(most: int) -> None:
    turns = asking(Rollout(max_failures=most), 10)
    turns.give(0.0)
    for number in range(most):
        turns.end(f"i{number:03}", ok=False)
    assert turns.stopped() is None
    turns.end(f"i{most:03}", ok=False)
    assert turns.stopped() == f"{most + 1} failed before it, and at most {most} may fail."


def test_those_that_waited_in_vain_are_not_among_the_failures() -> None:
    turns = asking(Rollout(sends_per_second=1, max_failures=0), 5)
    turns.give(0.0)
    turns.end("i000", ok=False)
    for name in turns.withdraw():
        turns.end(name, ok=False)
    assert turns.stopped() == "1 failed before it, and at most 0 may fail."


def test_one_that_is_refused_stops_all_unless_it_may_be_skipped() -> None:
    for skip in (True, False):
        turns = Turns(Rollout(skip_refused=skip, max_failures=0), ["a", "b", "c"])
        turns.ask("a")
        turns.end("b", ok=False)
        assert turns.stopped() is None, "It is not known yet how many are refused."
        turns.end("c", ok=False)
        assert turns.give(0.0) == (["a"] if skip else [])
        refused = "Another instance was refused (2 in all), and skip_refused is not set."
        assert turns.stopped() == (None if skip else refused)


# --- any order of ends

rollouts = st.builds(
    Rollout,
    sends_per_second=st.sampled_from([0.01, 0.3, 0.5, 1.0, 1.5, 2.0, 3.7, 10.0, 100.0]),
    concurrency=st.none() | st.integers(1, 6),
    canary=st.integers(0, 6),
    max_failures=st.none() | st.integers(0, 4),
    skip_refused=st.booleans(),
)
_FATES = ("ask", "follow", "wait and ask", "refused", "unchanged")


class Drive:
    """Leads instances through their turns, and watches that every promise is kept."""

    def __init__(self, rollout: Rollout, fates: list[str], now: float) -> None:
        self.rollout, self.now = rollout, now
        self.names = names_of(len(fates))
        self.turns = Turns(rollout, self.names)
        self.fates = dict(zip(self.names, fates))
        self.asked: list[str] = []
        self.followed: set[str] = set()
        self.idle: list[str] = []
        self.begun: dict[str, float] = {}
        self.ended: dict[str, bool] = {}

    @property
    def under_way(self) -> list[str]:
        return [name for name in self.begun if name not in self.ended]

    def plan(self, name: str) -> None:
        fate = self.fates[name]
        if fate == "ask":
            self.ask(name)
        elif fate == "follow":
            self.turns.plan(name, under_way=True)
            self.followed.add(name)
        elif fate == "wait and ask":
            self.turns.plan(name)
            self.idle.append(name)
        else:
            self.turns.end(name, ok=fate == "unchanged")
            self.ended[name] = fate == "unchanged"

    def ask(self, name: str) -> None:
        self.turns.ask(name)
        self.asked.append(name)

    def end(self, name: str, *, ok: bool) -> None:
        self.turns.end(name, ok=ok)
        self.followed.discard(name)
        self.ended[name] = ok

    def give(self) -> None:
        before = len(self.under_way) + len(self.followed)
        given = self.turns.give(self.now)
        if not given:
            return
        assert self.turns.stopped() is None
        assert given == sorted(self.asked)[: len(given)]
        most = self.rollout.concurrency
        assert most is None or before + len(given) <= most
        self.asked = [name for name in self.asked if name not in given]
        for name in given:
            canaries = list(self.begun)[: self.rollout.canary]
            if len(self.begun) >= self.rollout.canary:
                assert all(self.ended.get(canary) for canary in canaries), "A canary has not ended well."
            self.begun[name] = self.now
        window = max(1.0, 1.0 / self.rollout.sends_per_second)
        recent = [at for at in self.begun.values() if at + window - LATE > self.now]
        assert len(recent) <= max(1, self.rollout.sends_per_second)

    def stop(self) -> None:
        """End those that wait in vain, if nothing begins any more."""
        if self.turns.stopped():
            for name in self.turns.withdraw():
                self.asked.remove(name)
                self.end(name, ok=False)
            assert not self.asked

    def move(self, data: st.DataObject) -> None:
        """One of the things that can happen; there always is one."""
        self.stop()
        self.give()
        open_ones = [*self.under_way, *self.followed, *self.idle]
        if len(self.ended) == len(self.names):
            return
        due = self.turns.next_at
        assert due > self.now or self.turns.stopped()
        assert open_ones or due < math.inf or self.turns.stopped(), "Nobody can go on."
        if open_ones and (due == math.inf or data.draw(st.booleans())):
            name = data.draw(st.sampled_from(sorted(open_ones)))
            if name in self.idle:
                self.idle.remove(name)
                self.ask(name)
            else:
                self.end(name, ok=data.draw(st.sampled_from([True, True, False])))
        elif due < math.inf:
            self.now = due
        self.now += data.draw(st.sampled_from([0.0, 0.0, 0.3, 1.0, 7.9]))


@given(
    rollout=rollouts,
    fates=st.lists(st.sampled_from(["ask"] * 6 + list(_FATES)), min_size=1, max_size=14),
    now=st.sampled_from([0.0, 0.7, 1003.7, 86_399.123]),
    data=st.data(),
)
@settings(max_examples=300, deadline=None)
def test_in_any_order_of_ends_all_promises_are_kept_and_nobody_waits_for_ever(
    rollout: Rollout, fates: list[str], now: float, data: st.DataObject
) -> None:
    drive = Drive(rollout, fates, now)
    for name in data.draw(st.permutations(drive.names)):
        drive.give()
        assert not drive.begun, "Not all are planned."
        drive.plan(name)
    for _step in range(8 * len(fates)):
        drive.move(data)
    assert len(drive.ended) == len(fates)
    refused = [name for name, fate in drive.fates.items() if fate == "refused"]
    assert not (refused and drive.begun and not rollout.skip_refused)
    if rollout.max_failures is None and not drive.turns.stopped():
        assert set(drive.begun) == {name for name, fate in drive.fates.items() if "ask" in fate}


# --- the driver that gives them


class Course:
    """Runs flows that tell when they begin and end."""

    def __init__(self) -> None:
        self.time = Time()
        self.told: list[tuple[str, float]] = []

    def tell(self, name: str) -> None:
        self.told.append((name, self.time.now))

    def changing(
        self, name: str, *, plans: float = 0.0, lasts: float = 20.0, ok: bool = True, asks: bool = True
    ) -> Flow[str]:
        """Plan for some seconds, begin, and end some seconds later."""
        yield from flows.sleep(plans)
        if not asks:
            return "unchanged" if ok else "refused"
        try:
            yield from flows.turn()
        except Stopped as stopped:
            return str(stopped)
        yield from flows.call(lambda: self.tell(f"{name} begins"))
        yield from flows.sleep(self.time.now + lasts)
        self.tell(f"{name} ends")
        return "done" if ok else "failed"

    def following(self, name: str, lasts: float) -> Flow[str]:
        """Wait for what another task began."""
        yield from flows.planned(under_way=True)
        yield from flows.sleep(self.time.now + lasts)
        self.tell(f"{name} ends")
        return "done"

    def run(self, rollout: Rollout, **flows_by_name: Flow[str]) -> dict[str, str]:
        """What the flows return."""
        driver: Driver[str] = Driver(
            self.time.clock, {}, rollout=rollout, ended_well=lambda result: result in ("done", "unchanged")
        )
        return driver.run(flows_by_name)


def test_the_driver_begins_nothing_before_the_slowest_is_planned() -> None:
    course = Course()
    ended = course.run(
        Rollout(), a=course.changing("a"), b=course.changing("b", plans=30.0), c=course.changing("c", asks=False)
    )
    assert ended == {"a": "done", "b": "done", "c": "unchanged"}
    assert course.told == [("a begins", 30.0), ("b begins", 30.0), ("a ends", 50.0), ("b ends", 50.0)]


def test_the_driver_keeps_to_the_pace_and_to_the_concurrency() -> None:
    course = Course()
    course.run(
        Rollout(sends_per_second=2, concurrency=3), **{name: course.changing(name, lasts=10.0) for name in "abcde"}
    )
    begun = [(name[0], at) for name, at in course.told if "begins" in name]
    assert begun == [("a", 0.0), ("b", 0.0), ("c", 1.0), ("d", 10.0), ("e", 10.0)]


def test_those_that_wait_in_vain_are_told_why_and_send_nothing() -> None:
    course = Course()
    ended = course.run(
        Rollout(canary=1), a=course.changing("a", ok=False), b=course.changing("b"), c=course.following("c", 90.0)
    )
    assert ended == {"a": "failed", "b": "A canary failed before it.", "c": "done"}
    assert course.told == [("a begins", 0.0), ("a ends", 20.0), ("c ends", 90.0)]


def test_one_that_asks_after_the_stop_is_told_as_well() -> None:
    def late() -> Flow[str]:
        yield from flows.planned()
        return (yield from course.changing("late", plans=60.0))

    course = Course()
    ended = course.run(Rollout(sends_per_second=1, max_failures=0), a=course.changing("a", ok=False), late=late())
    assert ended == {"a": "failed", "late": "1 failed before it, and at most 0 may fail."}


def test_what_others_began_is_waited_for_before_another_begins() -> None:
    course = Course()
    course.run(Rollout(concurrency=1), a=course.changing("a"), b=course.following("b", 33.0))
    assert course.told == [("b ends", 33.0), ("a begins", 33.0), ("a ends", 53.0)]


def test_a_flow_may_end_at_the_moment_of_its_turn() -> None:
    def at_once(answer: str) -> Flow[str]:
        try:
            yield from flows.turn()
        except Stopped:
            return "stopped"
        return answer

    rollout = Rollout(canary=1, concurrency=1, sends_per_second=0.5)
    course = Course()
    good = course.run(rollout, **{name: at_once("done") for name in "abc"})
    assert (good, course.time.now) == (dict.fromkeys("abc", "done"), 4.0)
    bad = Course().run(rollout, **{name: at_once("failed") for name in "abc"})
    assert bad == {"a": "failed", "b": "stopped", "c": "stopped"}


@given(
    rollout=rollouts,
    ends=st.lists(st.tuples(st.sampled_from([0.0, 0.4, 3.0, 11.0]), st.booleans()), min_size=1, max_size=10),
)
@settings(deadline=None)
def test_the_driver_brings_every_fleet_to_its_end(rollout: Rollout, ends: list[tuple[float, bool]]) -> None:
    course = Course()
    fleet = {
        name: course.changing(name, plans=index % 3, lasts=lasts, ok=ok)
        for index, (name, (lasts, ok)) in enumerate(zip(names_of(len(ends)), ends))
    }
    results = course.run(rollout, **fleet)
    assert list(results) == list(fleet)
    begun = [name for name, _at in course.told if "begins" in name]
    assert begun == sorted(begun)
    assert len(begun) == sum(result in ("done", "failed") for result in results.values())


def test_a_turn_that_was_of_no_use_is_given_back() -> None:
    turns = Turns(Rollout(concurrency=1, canary=1), ["a", "b"])
    turns.ask("a")
    turns.ask("b")
    assert turns.give(0.0) == ["a"]
    turns.plan("a")
    assert turns.give(1.0) == ["b"]
    turns.ask("a")
    assert turns.give(2.0) == []
    turns.end("b", ok=True)
    assert turns.give(3.0) == ["a"]
    turns.ask("a")
    assert turns.give(4.0) == ["a"]
