# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ends a wait before its time. The signals are real ones of this process; no time passes."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._errors import Interrupted
from ansible_collections.tencent.cloud.plugins.module_utils._interrupts import SIGNALS, SLICE, Interrupts
from ansible_collections.tencent.cloud.plugins.module_utils._lineage import StarterGone

NAMES = {signal.SIGINT: "SIGINT", signal.SIGTERM: "SIGTERM"}


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What was slept; the time passes with it."""
    seconds: list[float] = []
    now = time.monotonic()
    monkeypatch.setattr(time, "sleep", seconds.append)
    monkeypatch.setattr(time, "monotonic", lambda: now + sum(seconds))
    return seconds


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_is_noted_and_ends_the_next_wait(number: signal.Signals, slept: list[float]) -> None:
    interrupts = Interrupts()
    with interrupts.noted():
        interrupts.check()
        os.kill(os.getpid(), number)
        # A call that is under way goes on: nothing is raised where nobody waits.
        with pytest.raises(Interrupted, match=NAMES[number]):
            interrupts.clock().sleep(1800)
    assert slept == []


def test_a_wait_that_has_begun_ends_within_a_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    interrupts, seconds = Interrupts(), list[float]()

    def sleep(part: float) -> None:
        seconds.append(part)
        if len(seconds) == 3:
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(time, "sleep", sleep)
    with interrupts.noted(), pytest.raises(Interrupted):
        interrupts.clock().sleep(1800)
    assert seconds == [SLICE] * 3
    assert SLICE < 1


def test_a_wait_that_nobody_interrupts_lasts_as_long_as_it_should(slept: list[float]) -> None:
    Interrupts().clock().sleep(1.1)
    assert sum(slept) == pytest.approx(1.1)


def test_a_wait_ends_when_nobody_waits_for_the_module(slept: list[float]) -> None:
    def gone() -> None:
        if slept:
            raise StarterGone

    with pytest.raises(StarterGone):
        Interrupts(gone).clock().sleep(1800)
    assert slept == [SLICE]


def test_a_second_signal_has_its_usual_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    came: list[Any] = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: came.append(number))
    try:
        with Interrupts().noted():
            os.kill(os.getpid(), signal.SIGTERM)
            assert came == []
            os.kill(os.getpid(), signal.SIGTERM)
            assert came == [signal.SIGTERM]
    finally:
        signal.signal(signal.SIGTERM, before)


def test_what_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        interrupts = Interrupts()
        with interrupts.noted():
            os.kill(os.getpid(), signal.SIGINT)
            interrupts.check()
    finally:
        signal.signal(signal.SIGINT, before)


def test_afterwards_all_is_as_it_was() -> None:
    before = [signal.getsignal(one) for one in SIGNALS]
    with Interrupts().noted():
        assert [signal.getsignal(one) for one in SIGNALS] != before
    assert [signal.getsignal(one) for one in SIGNALS] == before
