# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The driver: what it reads together, in which order flows go on, and whom an error reaches. Time passes by hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Event
from time import sleep
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tencent.cloud.plugins.module_utils._clock import Deadline
from ansible_collections.tencent.cloud.plugins.module_utils._engine import flow as flows
from ansible_collections.tencent.cloud.plugins.module_utils._engine.driver import Driver, run_one
from ansible_collections.tencent.cloud.plugins.module_utils._engine.flow import Call, Command, Flow, Look, Read, Sleep
from ansible_collections.tencent.cloud.plugins.module_utils._engine.reading import Reader
from ansible_collections.tencent.cloud.plugins.module_utils._engine.rollout import Rollout
from ansible_collections.tencent.cloud.plugins.module_utils._errors import Interrupted, TencentCloudError
from ansible_collections.tencent.cloud.plugins.module_utils._lineage import StarterGone
from tests.unit.support.doubles import Time

BROKEN = TencentCloudError("Not now.", code="InternalError")


class World:
    """Things to read, each of which says its id, and a driver of flows that read them.

    Args:
        seconds: how long a read takes.
        missing: what does not exist.
        broken: what makes a read of it fail.
    """

    def __init__(
        self, *, batch: int = 100, seconds: float = 0.0, missing: str = "", broken: Sequence[str] = ()
    ) -> None:
        self.time = Time()
        self.reads: list[list[str]] = []
        self.read_at: list[float] = []
        self.patience: list[float | None] = []
        self._seconds = seconds
        self._missing = missing
        self._broken = broken
        self.readers = {kind: Reader(batch, self._read) for kind in ("instance", "image")}

    def _read(self, ids: Sequence[str], deadline: Deadline | None) -> dict[str, dict[str, Any]]:
        self.reads.append(list(ids))
        self.read_at.append(self.time.now)
        self.patience.append(deadline and deadline.remaining)
        self.time.pass_by(self._seconds)
        if set(ids) & set(self._broken):
            raise BROKEN
        return {one: {"id": one} for one in ids if one not in self._missing}

    def run(self, *run: Flow[Any], **options: Any) -> list[Any]:
        """What the flows return, by a driver with these options."""
        driver: Driver[Any] = Driver(self.time.clock, self.readers, **options)
        results = driver.run({str(number): flow for number, flow in enumerate(run)})
        assert list(results) == [str(number) for number in range(len(run))]
        return list(results.values())


def answers(*commands: Command) -> Flow[list[Any]]:
    """What each of the commands found, or the error that it met."""
    found: list[Any] = []
    for command in commands:
        try:
            look = yield command
        except TencentCloudError as error:
            found.append(error)
        else:
            found.append(look.found if isinstance(look, Look) else look)
    return found


def reading(*ids: str, until: float = float("inf"), kind: str = "instance") -> Flow[Any]:
    """What a read of these ids finds, or the error that it meets."""
    (found,) = yield from answers(Read(kind, ids, until))
    return found if isinstance(found, TencentCloudError) else list(found)


# --- reading


def test_what_several_flows_want_is_read_together_and_equal_things_once() -> None:
    world = World()
    assert world.run(reading("a", "b"), reading("b"), reading("c", "a")) == [["a", "b"], ["b"], ["c", "a"]]
    assert world.reads == [["a", "b", "c"]]


def test_a_call_names_as_many_as_it_can() -> None:
    world = World(batch=100)
    names = [f"i{number}" for number in range(250)]
    assert world.run(*(reading(name) for name in names)) == [[name] for name in names]
    assert world.reads == [names[:100], names[100:200], names[200:]]


def test_things_of_two_kinds_are_read_apart() -> None:
    world = World()
    assert world.run(reading("a"), reading("a", kind="image"), reading("b")) == [["a"], ["a"], ["b"]]
    assert world.reads == [["a", "b"], ["a"]]


def test_flows_that_are_due_go_on_before_anything_is_read() -> None:
    def late(moment: float) -> Flow[Any]:
        yield from flows.sleep(moment)
        return (yield from reading("b"))

    world = World()
    assert world.run(reading("a"), late(0.0), late(-5.0)) == [["a"], ["b"], ["b"]]
    assert world.reads == [["a", "b"]]


def test_what_does_not_exist_is_left_out() -> None:
    world = World(missing="x")
    assert world.run(reading("a", "x"), flows.read("instance", "x"), flows.read("instance", "a")) == [
        ["a"],
        None,
        {"id": "a"},
    ]


def test_nothing_is_asked_for_nothing() -> None:
    world = World()
    assert (world.run(reading()), world.reads) == ([[]], [])


def test_a_failed_batch_fails_those_alone_who_asked_for_one_of_its_things() -> None:
    world = World(batch=2, broken=["b"])
    wanted = (("a",), ("c", "a"), ("b",), ("a", "d"), ("e", "c"))
    assert world.run(*(reading(*ids) for ids in wanted)) == [["a"], ["c", "a"], BROKEN, BROKEN, ["e", "c"]]
    assert world.reads == [["a", "c"], ["b", "d"], ["e"]]


@pytest.mark.parametrize(
    ("moments", "patience"),
    [([30.0], 30.0), ([30.0, 90.0, 60.0], 90.0), ([30.0, float("inf")], None), ([-5.0], 0.0)],
)
@pytest.mark.parametrize("things", ["aaa", "abc"])
def test_a_read_is_tried_as_long_as_one_of_its_flows_has_time(
    moments: list[float], patience: float | None, things: str
) -> None:
    world = World()
    world.run(*(reading(thing, until=until) for thing, until in zip(things, moments)))
    assert world.patience == [patience]


def test_a_flow_knows_when_its_read_was_asked_for() -> None:
    def moments() -> Flow[list[float]]:
        looks = []
        for _count in range(2):
            look = yield from flows.look_at(Read("instance", ("a",)))
            looks.append(look.asked_at)
        return looks

    assert World(seconds=3.0).run(moments()) == [[0.0, 3.0]]


def test_only_so_many_batches_are_read_in_a_second() -> None:
    world = World(batch=2)
    names = [f"i{number}" for number in range(7)]
    assert world.run(*(reading(name) for name in names), reads_per_second=2) == [[name] for name in names]
    assert world.read_at == [0.0, 0.5, 1.0, 1.5]
    assert max(map(len, world.reads)) == 2


# --- calling and sleeping


def test_calls_that_change_something_are_spread_over_the_second_and_others_do_not_wait() -> None:
    world, sent = World(), list[float]()

    def changing() -> Flow[None]:
        for _time in range(2):
            yield from flows.departure()
            yield from flows.call(lambda: sent.append(world.time.now))

    def asking() -> Flow[float]:
        return (yield from flows.call(lambda: world.time.now))

    begun_at = world.time.now
    *_others, asked_at = world.run(*(changing() for _flow in range(3)), asking(), rollout=Rollout(sends_per_second=4))
    assert asked_at == begun_at
    assert len(sent) == 6
    assert all(0.25 <= later - earlier < 0.26 for earlier, later in zip(sent, sent[1:]))


def test_without_a_rollout_no_call_waits() -> None:
    world, sent = World(), list[float]()

    def changing() -> Flow[None]:
        yield from flows.departure()
        yield from flows.call(lambda: sent.append(world.time.now))

    begun_at = world.time.now
    world.run(*(changing() for _flow in range(3)))
    assert sent == [begun_at] * 3


def test_calls_are_made_one_after_the_other() -> None:
    world, made = World(), []

    def making(name: str) -> Callable[[Deadline | None], str]:
        def make(deadline: Deadline | None) -> str:
            made.append((name, world.time.now, deadline and deadline.remaining))
            world.time.pass_by(2.0)
            return name

        return make

    found = world.run(
        reading("a"), answers(Call(making("one")), Call(making("three"))), answers(Call(making("two"), until=10.0))
    )
    assert found == [["a"], ["one", "three"], ["two"]]
    assert made == [("one", 0.0, None), ("two", 2.0, 8.0), ("three", 4.0, None)]


def test_calls_may_go_to_threads_side_by_side() -> None:
    together = Barrier(3, timeout=20)
    calls = [flows.call(together.wait) for _flow in range(3)]
    with ThreadPoolExecutor(3) as workers:
        assert sorted(World().run(*calls, reading("a"), workers=workers)[:3]) == [0, 1, 2]


def test_an_error_of_a_call_reaches_its_own_flow() -> None:
    def failing() -> None:
        raise BROKEN

    world = World()
    failed = Call(lambda deadline: failing())
    assert world.run(answers(failed, Read("instance", ("a",))), flows.call(lambda: "fine")) == [
        [BROKEN, {"a": {"id": "a"}}],
        "fine",
    ]
    with pytest.raises(TencentCloudError, match="Not now"):
        run_one(flows.call(failing), world.time.clock)


def test_sleepers_go_on_in_the_order_of_their_moments_and_then_of_falling_asleep() -> None:
    world, woken = World(), []

    def sleeping(name: str, *moments: float) -> Flow[None]:
        for moment in moments:
            yield from flows.sleep(moment)
            woken.append((name, world.time.now))

    world.run(sleeping("a", 5.0, 7.0), sleeping("b", 2.0, 7.0), sleeping("c", 5.0), sleeping("d", -1.0, 9.0))
    assert woken == [
        *(("d", 0.0), ("b", 2.0), ("a", 5.0), ("c", 5.0), ("b", 7.0), ("a", 7.0), ("d", 9.0)),
    ]
    assert world.time.pauses == [2.0, 3.0, 2.0, 2.0]


def test_nobody_sleeps_while_there_is_something_to_do() -> None:
    world = World(seconds=4.0)

    def busy() -> Flow[float]:
        for _count in range(3):
            yield Read("instance", ("a",))
        return world.time.now

    def sleeping() -> Flow[float]:
        yield from flows.sleep(5.0)
        return world.time.now

    assert world.run(sleeping(), busy()) == [8.0, 12.0]
    assert world.time.pauses == []


def test_a_read_that_waits_for_its_time_is_as_fresh_as_its_call() -> None:
    world = World(batch=1)

    def looking(*ids: str) -> Flow[tuple[float, float, float]]:
        look = yield Read("instance", ids)
        return look.asked_at, look.boottime, world.time.now

    run = world.run(looking("a"), looking("b"), looking("b", "c"), reads_per_second=0.1)
    assert run == [(0.0, 0.0, 0.0), (10.0, 10.0, 10.0), (10.0, 10.0, 20.0)]


# --- the end


def test_what_a_flow_lets_out_ends_the_run() -> None:
    world, reached = World(), []

    def waiting() -> Flow[None]:
        yield from flows.sleep(10.0)
        reached.append("the end")

    def breaking() -> Flow[None]:
        yield from flows.sleep(5.0)
        raise ValueError("a defect")

    with pytest.raises(ValueError, match="a defect"):
        world.run(waiting(), breaking())
    assert (reached, world.time.now) == ([], 5.0)


@pytest.mark.parametrize("of_a_read", [True, False])
@pytest.mark.parametrize("in_threads", [True, False])
def test_a_starter_that_is_gone_ends_the_run_and_is_told_to_no_flow(of_a_read: bool, in_threads: bool) -> None:
    world, told = World(), []

    def gone(*_arguments: object) -> dict[str, Any]:
        raise StarterGone

    def deaf() -> Flow[None]:
        try:
            yield Read("instance", ("a",)) if of_a_read else Call(gone)
        except BaseException as error:
            told.append(type(error))
            raise

    world.readers["instance"] = Reader(100, gone)
    run = deaf()
    with ThreadPoolExecutor(1) as threads, pytest.raises(StarterGone):
        world.run(run, reading("b"), workers=threads if in_threads else None)
    run.close()
    assert told == [GeneratorExit]


@pytest.mark.parametrize("of_reads", [True, False])
def test_an_interruption_that_several_calls_notice_ends_every_flow_and_loses_no_answer(of_reads: bool) -> None:
    """A thread that waits to read again notices it as well; another has its answer only later."""
    together, told = Barrier(3, timeout=20), Event()

    def interrupted(*_arguments: object) -> dict[str, Any]:
        together.wait()
        told.set()
        raise Interrupted("SIGTERM")

    def slow() -> str:
        together.wait()
        sleep(1.0)
        return "answered"

    def check() -> None:
        if told.is_set():
            raise Interrupted("SIGTERM")

    def ending(*commands: Command) -> Flow[list[Any]]:
        found = []
        try:
            for command in commands:
                found.append((yield command).found)
        except Interrupted:
            found.append("interrupted")
        return found

    world = World()
    world.readers = {kind: Reader(100, interrupted) for kind in world.readers}
    commands = [Read(kind, ("a",)) if of_reads else Call(interrupted) for kind in world.readers]
    runs = {str(number): ending(command) for number, command in enumerate(commands)}
    with ThreadPoolExecutor(3) as threads:
        driver: Driver[Any] = Driver(replace(world.time.clock, check=check), world.readers, workers=threads)
        ended = driver.run({**runs, "slow": ending(Call(lambda _deadline: slow()), Sleep(math.inf))})
    assert ended == {"0": ["interrupted"], "1": ["interrupted"], "slow": ["answered", "interrupted"]}


def test_a_read_that_waits_for_a_worker_is_not_made_after_an_interruption() -> None:
    both_wait, told, made = Barrier(2, timeout=20), Event(), list[object]()

    class Worker(ThreadPoolExecutor):
        """One alone, whose first call goes on when the second waits for it."""

        calls = 0

        def submit(self, *call: Any, **options: Any) -> Any:
            future = super().submit(*call, **options)
            self.calls += 1
            if self.calls == 2:
                both_wait.wait()
            return future

    def slow(_deadline: object) -> None:
        both_wait.wait()
        told.set()

    def check() -> None:
        if told.is_set():
            raise Interrupted("SIGTERM")

    def ending(command: Command) -> Flow[str]:
        try:
            yield command
        except Interrupted:
            return "interrupted"
        return "answered"

    readers = {"thing": Reader(100, lambda *asked: made.append(asked) or {})}
    with Worker(1) as worker:
        driver: Driver[Any] = Driver(replace(World().time.clock, check=check), readers, workers=worker)
        ended = driver.run({"slow": ending(Call(slow)), "read": ending(Read("thing", ("a",)))})
    assert (ended["read"], made) == ("interrupted", [])


def test_no_flows_no_results() -> None:
    assert World().run() == []


def test_one_flow_returns_by_itself() -> None:
    def done() -> Flow[str]:
        yield from ()
        return "done"

    assert run_one(done(), Time().clock) == "done"


# --- any order

_ids = st.lists(st.sampled_from("abcdefgx"), max_size=4, unique=True).map(tuple)
_steps = st.one_of(
    st.tuples(st.just("sleep"), st.floats(-5, 20)),
    st.tuples(st.just("instance"), _ids),
    st.tuples(st.just("image"), _ids),
    st.tuples(st.just("call"), st.integers(0, 99)),
)


def scripted(world: World, steps: Sequence[tuple[str, Any]]) -> Flow[list[Any]]:
    """Do these things, and return what each came to. A call with an even number fails."""
    came: list[Any] = []

    def make(number: int) -> int:
        world.time.pass_by(number / 10)
        if number % 2 == 0:
            raise TencentCloudError(f"{number}", code="Even")
        return number

    for kind, what in steps:
        if kind == "sleep":
            until = world.time.now + what
            yield Sleep(until)
            came.append(world.time.now >= until)
        elif kind == "call":
            came += yield from answers(Call(lambda _deadline, number=what: make(number)))  # type: ignore[misc]
        else:
            came += yield from answers(Read(kind, what))
    return [str(one) for one in came]


@given(
    scripts=st.lists(st.lists(_steps, max_size=8), min_size=2, max_size=5),
    batch=st.integers(1, 4),
    seconds=st.sampled_from([0.0, 1.0, 7.0]),
)
def test_a_flow_finds_what_it_would_find_alone(
    scripts: list[list[tuple[str, Any]]], batch: int, seconds: float
) -> None:
    alone = []
    for script in scripts:
        world = World(missing="x")
        alone += world.run(scripted(world, script))
    world = World(batch=batch, seconds=seconds, missing="x")
    assert world.run(*(scripted(world, script) for script in scripts)) == alone
    assert all(0 < len(ids) <= batch and len(set(ids)) == len(ids) for ids in world.reads)
