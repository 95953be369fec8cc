# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for new host keys: what ends it, what it says when it gives up; nothing here sleeps."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tencent.cloud.plugins.module_utils._errors import TencentCloudError
from ansible_collections.tencent.cloud.plugins.module_utils._ssh.stable_keys import (
    Keys,
    NotSettled,
    ScanTiming,
    Settled,
    wait_for_stable_keys,
)
from tests.unit.support.doubles import Time
from tests.unit.support.host_keys import NEW, OLD, OTHER

PATIENCE = ScanTiming(interval=2, stable=5, timeout=60)


def run(
    *answers: Keys,
    patience: ScanTiming = PATIENCE,
    seconds: float = 0.0,
    old: Sequence[str] = (OLD,),
    start: float = 0.0,
) -> Settled:
    """Scan a server that answers like this, the last answer for ever."""
    time, script = Time(now=start), list(answers)

    def scan(limit: float) -> Keys:
        assert limit == max(0.0, start + patience.timeout - time.now)
        time.pass_by(seconds)
        return script.pop(0) if len(script) > 1 else script[0]

    return wait_for_stable_keys(scan, old, patience, time.clock, "10.0.0.5 (port 22)")


def test_equal_answers_for_long_enough() -> None:
    assert run((NEW,)) == Settled((NEW,), 6.0)


def test_silence_and_the_old_key_are_waited_for() -> None:
    assert run((), (), (OLD,), (OLD,), (NEW,)) == Settled((NEW,), 14.0)


def test_one_old_key_among_new_ones_does_not_count() -> None:
    assert run((OLD, NEW), (OTHER, NEW)).keys == (OTHER, NEW)


def test_a_change_or_a_gap_starts_anew() -> None:
    assert run((OTHER,), (OTHER,), (NEW,)).waited == 10.0
    assert run((NEW,), (NEW,), (), (NEW,)).waited == 12.0


def test_an_answer_that_grows_is_another_one() -> None:
    assert run((NEW,), (NEW, OTHER)) == Settled((NEW, OTHER), 8.0)


def test_one_answer_is_never_enough() -> None:
    assert run((NEW,), patience=ScanTiming(2, 0, 60)).waited == 2.0


def test_the_time_of_scans_counts() -> None:
    assert run((NEW,), seconds=4.0) == Settled((NEW,), 10.0)


@given(start=st.floats(0, 1e7), stable=st.floats(0, 20), interval=st.floats(0.1, 10))
def test_it_may_begin_at_any_moment(start: float, stable: float, interval: float) -> None:
    """Equal for long enough, and looked at often enough to notice that soon."""
    waited = run((NEW,), patience=ScanTiming(interval, stable, 600), start=start).waited
    assert max(stable, 0.49 * interval) <= waited <= max(stable, 0.51 * interval) + 1.01 * interval


def test_a_scan_that_cannot_be_made_ends_the_wait() -> None:
    time = Time()

    def scan(limit: float) -> Keys:
        raise TencentCloudError("There is no ssh-keyscan on this machine.", code="NoProgram")

    with pytest.raises(TencentCloudError, match="There is no ssh-keyscan"):
        wait_for_stable_keys(scan, (), PATIENCE, time.clock, "10.0.0.5 (port 22)")
    assert time.pauses == []


@pytest.mark.parametrize(
    ("answers", "code", "words"),
    [
        ([()], "NoHostKey", "10.0.0.5 (port 22) did not answer with a host key. Check that"),
        ([(NEW,), ()], "NoHostKey", "At the end, within 60 seconds"),
        ([(OLD,)], "OldHostKey", "custom image with a host key baked in"),
        ([(NEW,), (OTHER, OLD)], "OldHostKey", "not reinstalled"),
        ([(NEW,), (OTHER,)] * 40, "UnstableHostKey", "kept changing: 2 different answers within 60 seconds"),
        ([()] * 29 + [(NEW,)], "UnstableHostKey", "must be equal for 5 seconds"),
    ],
)
def test_giving_up_says_what_was_seen(answers: list[Keys], code: str, words: str) -> None:
    with pytest.raises(NotSettled) as caught:
        run(*answers)
    assert caught.value.code == code
    assert words in caught.value.message
    assert "10.0.0.5 (port 22)" in caught.value.message
    assert (caught.value.keys, caught.value.waited) == (answers[min(len(answers), 31) - 1], 60.0)


def test_without_time_it_still_looks_once() -> None:
    with pytest.raises(TencentCloudError, match="did not answer"):
        run((), patience=ScanTiming(2, 0, 0))
