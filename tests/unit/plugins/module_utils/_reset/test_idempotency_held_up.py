# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policy once on a machine that is stopped at any moment of a run, while another one runs the same task."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import count
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._api.credentials import Credentials
from ansible_collections.tencent.cloud.plugins.module_utils._engine.timing import Timing
from ansible_collections.tencent.cloud.plugins.module_utils._errors import TencentCloudError
from ansible_collections.tencent.cloud.plugins.module_utils._reset import idempotency_log
from ansible_collections.tencent.cloud.plugins.module_utils._reset.desired import Desired
from ansible_collections.tencent.cloud.plugins.module_utils._reset.flow import Reset
from ansible_collections.tencent.cloud.plugins.module_utils._reset.idempotency_entry import Entry, find_entry
from tests.unit.support.machines import KINDS, Machine, Moment, World
from tests.unit.support.simulated import KEY

INSTANCE, IMAGE = "ins-r8hr2upy", "img-pmqg1cw7"

READ, WRITE, SEND = "DescribeResourceTagsByResourceIds", "ModifyResourceTags", "ResetInstance"

# How late a tag is read, at once or as late as the log allows for; and whether somebody had operated the instance.
EDITIONS = [(0, True), (5, False)]
# What stops the machine, for how many seconds, and how long after that another run begins.
STOPS = [
    ("suspend", 20, 0),
    ("suspend", 20, 10),
    ("suspend", 200, 0),
    ("suspend", 330, 320),
    ("suspend", 3000, 400),
    ("pause", 200, 0),
    ("pause", 3000, 400),
]
CASES = [(kind, *stop, *edition) for kind in KINDS[:3] for stop in STOPS for edition in EDITIONS]
CASES += [("clock", "suspend", 3000, 400, 3, True), ("clock", "pause", 200, 0, 3, False)]


def world(lag: int = 3, **options: Any) -> World:
    return World(**{"reset_seconds": 60, "lag_seconds": 5, "tag_lag_seconds": lag, **options})


def reset(machine: Machine, *, key: str = "K1", policy: str = "once", wait_until_idle: float = 0) -> str:
    """The outcome of a run; a read that is stopped on its way can fail one before anything was sent."""
    desired = Desired(INSTANCE, image_id=IMAGE, password="Qcloud@TestApi123++", policy=policy, idempotency_key=key)
    try:
        return (
            Reset(machine.cvm, machine.clock, desired, Timing(wait_interval=30, wait_until_idle=wait_until_idle))
            .run()
            .outcome
        )
    except TencentCloudError:
        return "failed to begin"


def accepted(everything: World) -> int:
    return int(everything.simulator.snapshot()["accepted"].get(INSTANCE, 0))


def logged(everything: World) -> Entry:
    tags = {tag["Key"]: tag["Value"] for tag in everything.simulator.snapshot()["instances"][INSTANCE]["Tags"]}
    entry = find_entry(tags, INSTANCE)[1]
    assert entry
    return entry


def assert_one_reset(everything: World, about: object) -> None:
    """However the runs ended, those that come later find one reset, and say that it is done."""
    outcomes = []
    while len(outcomes) < 4 and not {"done", "unchanged"} & set(outcomes):
        everything.sleep(idempotency_log.PENDING_SECONDS + 100)
        outcomes.append(reset(Machine(everything)))
    assert (accepted(everything), logged(everything).state) == (1, "done"), about


Rivals = Callable[[World], None]


def stopped_at(
    moment: Moment, how: str, seconds: float, rivals: Rivals, everything: World, *, wait_until_idle: float = 0
) -> list[bool]:
    """Stop a run at that moment, while rivals come. Whether it had read the log by then; nothing if it never came."""
    came = []

    def stop(machine: Machine, reached: Moment) -> None:
        if reached == moment:
            came.append(READ in dict(machine.calls))
            everything.start(lambda: rivals(everything))
            getattr(machine, how)(seconds)

    everything.start(lambda: reset(Machine(everything, stop), wait_until_idle=wait_until_idle))
    everything.run()
    return came


@pytest.mark.parametrize(("kind", "how", "seconds", "rival_after", "lag", "operated"), CASES)
def test_a_machine_that_is_stopped_at_any_moment_makes_no_second_reset(
    kind: str, how: str, seconds: float, rival_after: float, lag: int, operated: bool
) -> None:
    def rival(everything: World) -> None:
        everything.sleep(rival_after)
        reset(Machine(everything))

    for nth in count(1):
        everything = world(lag, operated=operated)
        if not stopped_at((kind, nth), how, seconds, rival, everything):
            break
        assert_one_reset(everything, nth)
    assert nth > 3


@pytest.mark.parametrize("kind", KINDS[:3])
@pytest.mark.parametrize(("how", "seconds"), [("suspend", 20), ("suspend", 330), ("pause", 200)])
def test_runs_that_wait_for_each_other_make_no_second_reset(kind: str, how: str, seconds: float) -> None:
    def rival(everything: World) -> None:
        ends.append(reset(Machine(everything), wait_until_idle=900))

    for nth in count(1):
        everything, ends = world(), list[str]()
        if not stopped_at((kind, nth), how, seconds, rival, everything, wait_until_idle=900):
            break
        assert (accepted(everything), logged(everything).state) == (1, "done"), nth
        assert ends[0] in ("done", "unchanged"), nth
    assert nth > 3


@pytest.mark.parametrize("kind", KINDS)
def test_a_machine_that_wakes_up_writes_over_nobody(kind: str) -> None:
    """While it sleeps, another run brings its reset to the end, or makes it, and then there is one with another key."""

    def rivals(everything: World) -> None:
        everything.sleep(400)
        reset(Machine(everything))
        everything.sleep(30)
        reset(Machine(everything), key="K2")

    for nth in count(1):
        everything = world()
        came = stopped_at((kind, nth), "suspend", 3000, rivals, everything)
        if came == [True]:
            assert (accepted(everything), logged(everything).key, logged(everything).state) == (2, "K2", "done"), nth
        if not came:
            break
    assert nth > 3


@pytest.mark.parametrize("policy", ["always", "once"])
def test_a_reset_is_sent_soon_after_the_last_look_or_not_at_all(policy: str) -> None:
    """Whatever stops the machine before it has signed; what stops it after that is no look's fault."""

    def stop(nth: int, came: list[bool], machine: Machine, reached: Moment) -> None:
        if reached == ("clock", nth):
            came.append(True)
            machine.suspend(100)

    for nth in count(1):
        came: list[bool] = []
        everything = world()
        machine = Machine(everything, partial(stop, nth, came))
        reset(machine, policy=policy)
        looks = [(action, at) for action, at in machine.calls if action in ("DescribeInstances", READ, SEND)]
        sent = [index for index, (action, _at) in enumerate(looks) if action == SEND]
        for index in sent:
            seen = {action: at for action, at in looks[:index] if action != SEND}
            assert all(looks[index][1] - at <= 5 for at in seen.values()), (nth, looks)
        if not came:
            break
    assert nth > 10
    assert sent


class Died(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("kind", ["before", "after"])
@pytest.mark.parametrize("seconds", [8, 17, 22, 40, 200])
@pytest.mark.parametrize("lag", [0, 5])
def test_a_claim_that_came_too_late_hides_no_reset_of_a_run_that_died(lag: int, seconds: float, kind: str) -> None:
    """The late run takes its own claim over like one of another run, so it finds the reset, or makes it. The claim is
    stopped on its way to the service while a rival claims the key, and perhaps sends the reset, and dies."""

    def rival(nth: int, everything: World) -> None:
        def die(_machine: Machine, reached: Moment) -> None:
            if reached == (kind, nth):
                died.append(True)
                raise Died

        with suppress(Died):
            reset(Machine(everything, die))

    def late(nth: int, everything: World, machine: Machine, reached: Moment) -> None:
        if reached[0] == "before" and machine.calls[-1][0] == WRITE and not late_runs:
            late_runs.append(machine)
            everything.start(partial(rival, nth, everything))
            machine.suspend(seconds)

    for nth in count(1):
        everything = world(lag)
        died: list[bool] = []
        late_runs: list[Machine] = []
        ends: list[str] = []
        machine = Machine(everything, partial(late, nth, everything))
        everything.start(lambda machine=machine, ends=ends: ends.append(reset(machine)))
        everything.run()
        assert late_runs
        assert (accepted(everything), ends[0] in ("done", "unchanged")) == (1, True), (nth, ends)
        if not died:
            break
    assert nth > 8


# --- credentials


def fetching(machine: Machine, fetched: Callable[[int], None]) -> None:
    """Have the machine get new credentials whenever it may, and tell the how many-th they are."""
    asked = count(1)

    def provider() -> Credentials:
        fetched(next(asked))
        return KEY

    machine.client.credentials = provider


def test_no_credentials_are_fetched_from_the_claim_to_the_record_of_the_reset() -> None:
    everything = world()
    machine = Machine(everything)
    fetches: list[int] = []
    fetching(machine, lambda _nth: fetches.append(len(machine.calls)))
    assert reset(machine) == "done"
    actions = [action for action, _at in machine.calls]
    claimed, sent = actions.index(WRITE), actions.index(SEND)
    # The look that the claim rests on is the call before it.
    assert not [at for at in fetches if claimed - 1 < at <= sent + 2]
    assert claimed - 1 in fetches


@pytest.mark.parametrize("seconds", [20, 400, 3000])
def test_credentials_that_hang_make_no_second_reset(seconds: float) -> None:

    def rival(everything: World) -> None:
        everything.sleep(min(310, seconds / 2))
        reset(Machine(everything))

    def hang(nth: int, came: list[bool], everything: World, fetch: int) -> None:
        if fetch == nth:
            came.append(True)
            everything.start(partial(rival, everything))
            everything.sleep(seconds)

    for nth in count(1):
        everything = world(reset_seconds=900)
        machine = Machine(everything)
        came: list[bool] = []
        fetching(machine, partial(hang, nth, came, everything))
        everything.start(lambda machine=machine: reset(machine))
        everything.run()
        assert_one_reset(everything, nth)
        if not came:
            break
    assert nth > 5
