# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a sequence of looks at an instance says about a reset; every look is five seconds after the one before."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._engine.tracker import (
    ExpectedState,
    Observation,
    Operation,
    Tracker,
)
from ansible_collections.tencent.cloud.plugins.module_utils._reset.desired import RESET

INTERVAL = 5.0
LAG = 20.0

NOTHING, HIDDEN, RUNNING, SUCCEEDED, FAILED, OVERWRITTEN = Observation

OLD, NEW = "img-old00000", "img-new00000"


def shown(
    name: str | None = "ResetInstance",
    state: str | None = "OPERATING",
    request_id: str | None = "ours",
    image: str = OLD,
    error: str | None = "",
) -> dict[str, Any]:
    return {
        "image_id": image,
        "latest_operation": name,
        "latest_operation_state": state,
        "latest_operation_request_id": request_id,
        "latest_operation_error_msg": error,
    }


BEFORE = shown("StopInstances", "SUCCESS", "earlier")
RUNS = shown()
DONE = shown(state="SUCCESS", image=NEW)
TORN = shown(state="SUCCESS", image=OLD)
FAILS = shown(state="FAILED", error="no stock")
NULL = shown(None, None, None)
FOREIGN_STOP = shown("StopInstances", "OPERATING", "foreign")
FOREIGN_RESET = shown(request_id="foreign")


def sights(
    looks: list[dict[str, Any]], *, image: str = NEW, before: dict[str, Any] | None = None, **options: Any
) -> list[Observation]:
    options = {"request_id": "ours", "state_lag": LAG, **options}
    tracker = Tracker(before or BEFORE, ExpectedState(image_id=image), name=RESET, **options)
    return [tracker.see(look, number * INTERVAL) for number, look in enumerate(looks)]


CASES = {
    "the usual course": ([BEFORE, RUNS, DONE], [NOTHING, RUNNING, SUCCEEDED]),
    "a stale SUCCESS of the operation before is no end": ([BEFORE] * 5, [NOTHING] * 5),
    "null fields say nothing": ([NULL, RUNS, NULL, DONE], [HIDDEN, RUNNING, HIDDEN, SUCCEEDED]),
    "a torn record is no end": ([TORN, RUNS, DONE], [RUNNING, RUNNING, SUCCEEDED]),
    "a torn record after OPERATING is no end": ([RUNS, TORN, DONE], [RUNNING, RUNNING, SUCCEEDED]),
    "SUCCESS without OPERATING needs two looks": ([DONE, DONE], [RUNNING, SUCCEEDED]),
    "two looks in a row, not just two": ([DONE, BEFORE, DONE, DONE], [RUNNING, NOTHING, RUNNING, SUCCEEDED]),
    "SUCCESS without the effect ends when the lag is over": ([RUNS, *[TORN] * 5], [RUNNING] * 5 + [SUCCEEDED]),
    "FAILED": ([RUNS, FAILS], [RUNNING, FAILED]),
    "FAILED without OPERATING needs two looks": ([FAILS, FAILS], [RUNNING, FAILED]),
    "somebody else's operation": ([RUNS, FOREIGN_STOP], [RUNNING, OVERWRITTEN]),
    "somebody else's reset after ours was seen": ([RUNS, FOREIGN_RESET], [RUNNING, OVERWRITTEN]),
    "ours comes back after a look at something else": ([FOREIGN_STOP, RUNS], [OVERWRITTEN, RUNNING]),
    "a foreign reset before ours is told by the id": ([FOREIGN_RESET, RUNS, DONE], [RUNNING, RUNNING, SUCCEEDED]),
}


@pytest.mark.parametrize("case", CASES)
def test_an_accepted_reset(case: str) -> None:
    looks, expected = CASES[case]
    assert sights(looks) == expected


def test_ids_need_not_be_equal() -> None:
    assert sights([BEFORE, RUNS, DONE], request_id="answered") == [NOTHING, RUNNING, SUCCEEDED]


def test_a_lost_answer_adopts_a_new_reset() -> None:
    assert sights([BEFORE, RUNS, DONE], request_id=None) == [NOTHING, RUNNING, SUCCEEDED]


def test_a_lost_answer_does_not_adopt_another_operation() -> None:
    assert sights([FOREIGN_STOP], request_id=None) == [OVERWRITTEN]


def test_attach_takes_that_id_only() -> None:
    assert sights([FOREIGN_RESET, RUNS], exact=True) == [OVERWRITTEN, RUNNING]


def test_the_same_image_again_shows_no_effect_so_success_must_last() -> None:
    again = shown(state="SUCCESS")
    assert sights([again] * 5, image=OLD) == [RUNNING] * 4 + [SUCCEEDED]
    assert sights([RUNS, again], image=OLD) == [RUNNING, SUCCEEDED]


def test_a_state_that_no_torn_record_can_show_needs_no_lag() -> None:
    failed_before = shown("ResetInstance", "FAILED", "earlier")
    again = shown(state="SUCCESS")
    assert sights([again, again], image=OLD, before=failed_before) == [RUNNING, SUCCEEDED]


def test_a_stale_failed_must_last_too() -> None:
    failed_before = shown("ResetInstance", "FAILED", "earlier")
    assert sights([FAILS] * 5, before=failed_before) == [RUNNING] * 4 + [FAILED]
    assert sights([RUNS, FAILS, FAILS], before=failed_before) == [RUNNING, RUNNING, FAILED]


def test_an_instance_that_nobody_has_operated_shows_nothing_before_it_shows_a_reset() -> None:
    assert sights([NULL, RUNS, NULL, DONE], before=NULL) == [NOTHING, RUNNING, NOTHING, SUCCEEDED]
    torn = shown(state=None)
    assert sights([torn, torn, shown(state="SUCCESS")], image=OLD, before=NULL)[:2] == [RUNNING, RUNNING]
    assert sights([shown(state="SUCCESS")] * 2, image=OLD, before=NULL) == [RUNNING, SUCCEEDED]
    assert sights([FAILS] * 2, before=NULL) == [RUNNING, FAILED]


def test_what_is_attached_to_may_be_any_earlier_reset() -> None:
    again = [shown(state="SUCCESS")] * 5
    assert sights(again, image=OLD, before=NULL, exact=True) == [RUNNING] * 4 + [SUCCEEDED]
    assert sights([NULL], before=NULL, exact=True) == [HIDDEN]


def test_it_remembers_whether_anything_came_between() -> None:
    tracker = Tracker(BEFORE, ExpectedState(), request_id=None, state_lag=LAG, name=RESET)
    tracker.see(BEFORE, 0.0)
    tracker.see(NULL, 5.0)
    assert tracker.undisturbed
    tracker.see(FOREIGN_STOP, 10.0)
    tracker.see(BEFORE, 15.0)
    assert not tracker.undisturbed


@pytest.mark.parametrize(
    ("expected_state", "instance", "different"),
    [
        (ExpectedState(image_id=NEW), {"image_id": OLD}, {"image_id": (NEW, OLD)}),
        (ExpectedState(disk_size=60), {"system_disk": {"disk_size": 50}}, {"disk_size": (60, 50)}),
        (ExpectedState(disk_size=60), {"system_disk": None}, {}),
        (ExpectedState(key_ids=("b", "a")), {"login_settings": {"key_ids": ["a", "b"]}}, {}),
        (ExpectedState(key_ids=("a",)), {"login_settings": {"key_ids": []}}, {"key_ids": (["a"], [])}),
        (ExpectedState(key_ids=("a",)), {"login_settings": {"key_ids": None}}, {}),
        (ExpectedState(key_ids=("a",)), {"login_settings": None}, {}),
        (ExpectedState(host_name="Web-1"), {"host_name": "web-1"}, {}),
        (ExpectedState(host_name="web-1"), {"host_name": "web-2"}, {"host_name": ("web-1", "web-2")}),
        (ExpectedState(), {"image_id": OLD, "host_name": "x"}, {}),
    ],
)
def test_the_effect_is_compared_where_both_sides_are_known(
    expected_state: ExpectedState, instance: dict[str, Any], different: dict[str, Any]
) -> None:
    assert expected_state.differences(instance) == different


def test_an_operation_prints_without_gaps() -> None:
    assert str(Operation.of(RUNS)) == "ResetInstance OPERATING (RequestId ours)"
    assert str(Operation.of(NULL)) == "no operation"
    assert str(Operation(request_id="earlier")) == "an operation (RequestId earlier)"
