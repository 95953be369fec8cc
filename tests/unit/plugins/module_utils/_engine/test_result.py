# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every result says: the same keys whatever happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._engine.driver import run_one
from ansible_collections.tencent.cloud.plugins.module_utils._engine.flow import Flow, call, sleep
from ansible_collections.tencent.cloud.plugins.module_utils._engine.result import (
    Outcome,
    Result,
    guarded,
    judged,
    nobody,
)
from ansible_collections.tencent.cloud.plugins.module_utils._errors import ApiError, TencentCloudError
from ansible_collections.tencent.cloud.plugins.module_utils._problems import InvalidOptions, Problem
from tests.unit.support.doubles import Time

PROBLEM = Problem("InvalidParameterValue", "system_disk.disk_size", "It cannot shrink.", "Leave it out.")
OTHER = Problem("InvalidInstance.NotSupported", "instance_id", "The instance is SHUTDOWN.", "Start it.")


@dataclass
class SomeResult(Result):
    """The least that a module adds."""

    NOTHING_DONE: ClassVar[str] = "Nothing was painted"

    colour: str | None = None

    def about(self) -> dict[str, Any]:
        """The key of the module."""
        return {"colour": self.colour}


@pytest.mark.parametrize("sent", [False, True])
@pytest.mark.parametrize(
    ("outcome", "ok", "changed"),
    [
        ("done", True, True),
        ("accepted", True, True),
        ("unchanged", True, False),
        ("planned", True, True),
        ("failed", False, True),
        ("refused", False, False),
        ("unknown", False, True),
    ],
)
def test_what_an_outcome_means(outcome: str, ok: bool, changed: bool, sent: bool) -> None:
    result = SomeResult(sent=sent).end(Outcome(outcome), " So it was. ")
    assert (result.ok, result.as_dict()["outcome"]) == (ok, outcome)
    assert result.as_dict()["changed"] is (changed and (sent or outcome == "planned"))
    assert (result.reason, result.as_dict()["reason"]) == ("So it was.", "So it was." if ok else None)


def test_a_success_may_be_a_failure_all_the_same() -> None:
    assert not SomeResult().end(Outcome.ACCEPTED, "It did not end in time.", ok=False).ok


def test_a_result_without_anything() -> None:
    assert SomeResult().as_dict() == {
        "changed": False,
        "outcome": "refused",
        "request_id": None,
        "colour": None,
        "waited_seconds": 0.0,
        "submissions": 0,
        "adopted": False,
        "reason": None,
        "problems": [],
        "error": None,
    }


def test_a_result_with_everything() -> None:
    error = ApiError("No.", code="InvalidParameterValue", request_id="r-1", action="ResetInstance")
    result = SomeResult(request_id="r-1", colour="red", waited_seconds=1.26, submissions=2, adopted=True, sent=True)
    assert result.end(Outcome.FAILED, "It failed.", error=error).as_dict() == {
        "changed": True,
        "outcome": "failed",
        "request_id": "r-1",
        "colour": "red",
        "waited_seconds": 1.3,
        "submissions": 2,
        "adopted": True,
        "reason": None,
        "problems": [],
        "error": {
            "code": "InvalidParameterValue",
            "message": "No.",
            "request_id": "r-1",
            "action": "ResetInstance",
        },
    }


@pytest.mark.parametrize(("problems", "count"), [([PROBLEM], "1 problem:"), ([PROBLEM] * 2, "2 problems:")])
def test_a_refusal_names_every_problem(problems: list[Problem], count: str) -> None:
    result = SomeResult().refuse(problems)
    assert result.outcome == "refused"
    assert result.reason.startswith(f"Nothing was sent, for {count}")
    assert f"({len(problems)}) system_disk.disk_size: It cannot shrink. Leave it out." in result.reason
    assert result.as_dict()["problems"] == [problem._asdict() for problem in problems]


def test_a_refusal_after_a_send_says_what_was_not_done() -> None:
    assert SomeResult(sent=True).refuse([PROBLEM]).reason.startswith("Nothing was painted, for 1 problem:")


def test_what_kept_the_rest_from_being_judged_is_told() -> None:
    error = ApiError("Come back.", code="InternalError", request_id="r-1", action="DescribeInstances")
    result = SomeResult().refuse([PROBLEM], error)
    assert result.reason.endswith(f"Leave it out. More may be wrong: {error}")
    assert result.as_dict()["error"] == error.as_dict()


def test_an_error_with_options_is_a_refusal_for_problems() -> None:
    stopped = SomeResult().stop(InvalidOptions([PROBLEM]))
    assert (stopped.problems, stopped.error, stopped.outcome) == ([PROBLEM], None, "refused")
    error = ApiError("No.", code="AuthFailure", action="DescribeInstances")
    other = SomeResult().stop(error)
    assert (other.problems, other.error, other.reason) == ([], error, str(error))


def test_the_end_is_told() -> None:
    told: list[tuple[str, Mapping[str, Any]]] = []
    SomeResult(tell=lambda kind, data: told.append((kind, data))).end(Outcome.DONE, "It is.")
    nobody("ended", {})
    assert told == [("ended", {"outcome": "done", "reason": "It is."})]


# --- flows around a result


def judging(result: SomeResult, *found: Problem, error: TencentCloudError | None = None) -> Flow[SomeResult]:
    """A plan that finds problems, or cannot be made."""
    yield from sleep(0)
    if error:
        raise error
    return result.refuse(found)


def test_problems_with_options_and_with_records_are_told_together() -> None:
    result = SomeResult()
    assert run_one(judged(result, [PROBLEM], judging(result, OTHER)), Time().clock) is result
    assert (result.outcome, result.problems) == ("refused", [PROBLEM, OTHER])
    same = OTHER._replace(option=PROBLEM.option)
    assert run_one(judged(result, [PROBLEM], judging(result, same)), Time().clock).problems == [PROBLEM]


def test_records_that_cannot_be_read_hide_no_problem_with_an_option() -> None:
    result, error = SomeResult(), ApiError("Come back.", code="InternalError")
    run_one(judged(result, [PROBLEM], judging(result, error=error)), Time().clock)
    assert (result.problems, result.error) == ([PROBLEM], error)
    assert result.reason.endswith(f"More may be wrong: {error}")


def test_nothing_is_read_by_an_option_that_is_wrong() -> None:
    result = SomeResult()
    run_one(judged(result, [OTHER], judging(result, error=ApiError("Read all the same."))), Time().clock)
    assert (result.problems, result.error) == ([OTHER], None)


def working(result: SomeResult, *, sent: bool, bug: Exception | None) -> Flow[object]:
    """Work of ten seconds, which a defect may end."""
    result.sent, result.request_id = sent, "r-1" if sent else None
    yield from sleep(10.0)
    if bug:
        yield from call(lambda: throw(bug))
    return result.end(Outcome.DONE, "It is.")


def throw(error: Exception) -> None:
    raise error


def test_work_is_measured() -> None:
    result, time = SomeResult(), Time()
    assert run_one(guarded(result, time.clock, "Paint", working(result, sent=True, bug=None)), time.clock) is result
    assert (result.outcome, result.waited_seconds) == ("done", 10.0)


def test_a_defect_after_the_send_is_unknown_and_keeps_the_request_id() -> None:
    result, time = SomeResult(), Time()
    run_one(guarded(result, time.clock, "Paint", working(result, sent=True, bug=ZeroDivisionError())), time.clock)
    assert (result.outcome, result.ok, result.changed, result.waited_seconds) == ("unknown", False, True, 10.0)
    assert result.error is not None
    assert (result.error.code, result.error.request_id, result.error.action) == ("Broken", "r-1", "Paint")
    assert result.reason.startswith("Paint was sent, and then this module broke: ")


def test_a_defect_before_the_send_is_raised() -> None:
    result, time = SomeResult(), Time()
    with pytest.raises(ZeroDivisionError):
        run_one(guarded(result, time.clock, "Paint", working(result, sent=False, bug=ZeroDivisionError())), time.clock)
