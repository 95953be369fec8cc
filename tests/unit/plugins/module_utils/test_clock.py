# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pauses grow, are capped, vary, and end with their deadline; nothing here sleeps."""

from __future__ import annotations

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils import _clock
from ansible_collections.tencent.cloud.plugins.module_utils._clock import Backoff, Clock, Deadline
from tests.unit.support.doubles import Time


def test_pauses_grow_up_to_the_cap() -> None:
    time = Time()
    backoff = Backoff(time.clock, first=0.5, cap=4.0)
    assert all(backoff.pause() for number in range(6))
    assert time.pauses == [0.5, 1.0, 2.0, 4.0, 4.0, 4.0]


def test_the_first_pause_is_capped_too() -> None:
    time = Time()
    assert Backoff(time.clock, first=9.0, cap=4.0).pause()
    assert time.pauses == [4.0]


@pytest.mark.parametrize(("chance", "pause"), [(0.0, 2.0), (0.5, 1.5), (1.0, 1.0)])
def test_chance_takes_up_to_a_half_off(chance: float, pause: float) -> None:
    time = Time(chance=chance)
    assert Backoff(time.clock, first=2.0, cap=9.0).pause()
    assert time.pauses == [pause]


def test_jitter_does_not_slow_the_growth() -> None:
    time = Time(chance=1.0)
    backoff = Backoff(time.clock, first=1.0, cap=9.0)
    assert all(backoff.pause() for number in range(3))
    assert time.pauses == [0.5, 1.0, 2.0]


def test_the_last_pause_ends_at_the_deadline_and_none_follows() -> None:
    time = Time()
    backoff = Backoff(time.clock, first=2.0, cap=2.0, deadline=Deadline(time.clock, 5.0))
    assert [backoff.pause() for number in range(4)] == [True, True, True, False]
    assert time.pauses == [2.0, 2.0, 1.0]
    assert time.now == 5.0


def test_a_deadline_is_monotonic_and_never_negative() -> None:
    time = Time()
    deadline = Deadline(time.clock, 10.0)
    time.wall += 1000.0
    assert deadline.remaining == 10.0
    seen = []
    for seconds in (9.5, 0.5, 3.0):
        time.pass_by(seconds)
        seen.append((deadline.expired, deadline.remaining))
    assert seen == [(False, 0.5), (True, 0.0), (True, 0.0)]


def test_a_clock_of_its_own_is_the_real_one() -> None:
    clock = Clock()
    assert clock.monotonic() <= clock.monotonic()
    assert clock.wall() > 1_700_000_000
    assert 0.0 <= clock.chance() < 1.0
    assert clock.boottime() <= clock.boottime()


@pytest.mark.parametrize("broken", ["missing", "refused"])
def test_without_a_clock_that_counts_suspension_the_time_of_day_tells(
    monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    times = {"monotonic": 100.0, "time": 5000.0}
    monkeypatch.setattr(_clock.time, "monotonic", lambda: times["monotonic"])
    monkeypatch.setattr(_clock.time, "time", lambda: times["time"])
    if broken == "missing":
        monkeypatch.delattr(_clock.time, "CLOCK_BOOTTIME")
    else:
        monkeypatch.setattr(_clock.time, "clock_gettime", refuse)
    clock = Clock()
    seen = []
    for monotonic, wall in ((0.0, 0.0), (1.0, 1.0), (0.0, 3600.0), (1.0, -9000.0)):
        times["monotonic"] += monotonic
        times["time"] += wall
        seen.append(clock.boottime())
    assert seen == [0.0, 1.0, 3601.0, 3602.0]


def refuse(_clock: int) -> float:
    raise OSError
