# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The result of a reset: the same keys whatever happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from ansible_collections.tencent.cloud.plugins.module_utils._engine.result import Result, nobody
from ansible_collections.tencent.cloud.plugins.module_utils._engine.tracker import Operation
from ansible_collections.tencent.cloud.plugins.module_utils._errors import ApiError
from ansible_collections.tencent.cloud.plugins.module_utils._problems import InvalidOptions, Problem
from ansible_collections.tencent.cloud.plugins.modules import cvm_reset_instance

ID = "ins-r8hr2upy"
PROBLEM = Problem("InvalidParameterValue", "system_disk.disk_size", "It cannot shrink.", "Leave it out.")


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
def test_what_an_outcome_means(outcome: str, ok: bool, changed: bool) -> None:
    result = Result(ID).end(outcome, "So it was.")
    assert (result.ok, result.as_dict()["changed"]) == (ok, changed)
    assert (result.reason, result.as_dict()["reason"]) == ("So it was.", "So it was." if ok else None)


def test_a_success_may_be_a_failure_all_the_same() -> None:
    assert not Result(ID).end("accepted", "It did not end in time.", ok=False).ok


def test_the_keys_are_those_of_the_documentation() -> None:
    assert set(Result(ID).as_dict()) == set(yaml.safe_load(cvm_reset_instance.RETURN))


def test_a_result_without_anything() -> None:
    assert Result(ID).as_dict() == {
        "changed": False,
        "outcome": "refused",
        "request_id": None,
        "instance_id": ID,
        "instance": None,
        "previous": None,
        "operation": None,
        "waited_seconds": 0.0,
        "submissions": 0,
        "adopted": False,
        "reason": None,
        "problems": [],
        "error": None,
    }


def test_a_result_with_everything() -> None:
    error = ApiError("No.", code="InvalidParameterValue", request_id="r-1", action="ResetInstance")
    result = Result(ID, operation=Operation("ResetInstance", "FAILED", "r-0", "No disk."), waited_seconds=1.26)
    shown = result.end("failed", "It failed.", error=error).as_dict()
    assert shown["operation"] == {
        "name": "ResetInstance",
        "state": "FAILED",
        "request_id": "r-0",
        "error_message": "No disk.",
    }
    assert shown["error"] == {
        "code": "InvalidParameterValue",
        "message": "No.",
        "request_id": "r-1",
        "action": "ResetInstance",
    }
    assert shown["waited_seconds"] == 1.3


def test_an_instance_without_operations_shows_none() -> None:
    assert Result(ID, operation=Operation()).as_dict()["operation"] is None


@pytest.mark.parametrize(("problems", "count"), [([PROBLEM], "1 problem:"), ([PROBLEM] * 2, "2 problems:")])
def test_a_refusal_names_every_problem(problems: list[Problem], count: str) -> None:
    result = Result(ID).refuse(problems)
    assert result.outcome == "refused"
    assert f"for {count}" in result.reason
    assert f"({len(problems)}) system_disk.disk_size: It cannot shrink. Leave it out." in result.reason
    assert result.as_dict()["problems"] == [problem._asdict() for problem in problems]


def test_what_kept_the_rest_from_being_judged_is_told() -> None:
    error = ApiError("Come back.", code="InternalError", request_id="r-1", action="DescribeInstances")
    result = Result(ID).refuse([PROBLEM], error)
    assert result.reason.endswith(f"Leave it out. More may be wrong: {error}")
    assert result.as_dict()["error"] == error.as_dict()


def test_an_error_with_options_is_a_refusal_for_problems() -> None:
    stopped = Result(ID).stop(InvalidOptions([PROBLEM]))
    assert (stopped.problems, stopped.error, stopped.outcome) == ([PROBLEM], None, "refused")
    error = ApiError("No.", code="AuthFailure", action="DescribeInstances")
    other = Result(ID).stop(error)
    assert (other.problems, other.error, other.reason) == ([], error, str(error))


def test_what_was_read_once_is_returned_once() -> None:
    read, again = {"instance_id": ID}, {"instance_id": ID}
    assert Result(ID, instance=read, previous=read).as_dict()["previous"] is None
    assert Result(ID, instance=again, previous=read).as_dict()["previous"] is read


def test_the_end_is_told() -> None:
    told: list[tuple[str, Mapping[str, Any]]] = []
    Result(ID, tell=lambda kind, data: told.append((kind, data))).end("done", "It is.")
    nobody("ended", {})
    assert told == [("ended", {"outcome": "done", "reason": "It is."})]
