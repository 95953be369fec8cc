# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task that waits says: one line for each change, and none twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._engine.progress import StatusLines
from ansible_collections.tencent.cloud.plugins.module_utils._engine.result import Outcome, Result
from ansible_collections.tencent.cloud.plugins.module_utils._reset.result import ResetResult

Event = tuple[str, dict[str, Any]]
PLANNED: Event = ("planned", {"before": {}, "after": {"user_data": "secret"}})
SENT: Event = ("sent", {"action": "ResetInstance", "attempt": 1})
ACCEPTED: Event = ("accepted", {"request_id": "r-1", "go_on": "go on waiting with attach: r-1"})
GO_ON = "If this run is interrupted, go on waiting with attach: r-1"
ENDED: Event = ("ended", {"outcome": "done", "reason": ""})


def polled(state: str) -> Event:
    return "polled", {"state": state}


def said(*events: tuple[str, Event], names: Sequence[str]) -> list[tuple[str, str]]:
    """The lines about these events, each of the thing that is named."""
    lines: list[tuple[str, str]] = []
    status = StatusLines(lambda about, line: lines.append((about, line)), names)
    tell = {name: status.about(name) for name in names}
    for name, (kind, data) in events:
        tell[name](kind, data)
    return lines


def test_of_one_thing_every_change_is_said_once() -> None:
    events = [PLANNED, SENT, ACCEPTED, polled("OPERATING"), polled("OPERATING"), polled("SUCCESS"), ENDED]
    assert said(*(("ins-1", event) for event in events), names=["ins-1"]) == [
        ("ins-1", "ResetInstance was sent"),
        ("ins-1", f"accepted (RequestId r-1). {GO_ON}"),
        ("ins-1", "OPERATING"),
        ("ins-1", "SUCCESS"),
    ]


def test_of_many_it_is_said_how_each_was_begun_and_how_many_are_done() -> None:
    failed: Event = ("ended", {"outcome": "failed", "reason": ""})
    events = [
        *(("a", event) for event in (SENT, ACCEPTED, polled("OPERATING"))),
        *(("b", event) for event in (SENT, ACCEPTED, ENDED)),
        ("a", failed),
        ("c", ("ended", {"outcome": "unchanged", "reason": ""})),
    ]
    assert said(*events, names=["a", "b", "c"]) == [
        ("a", f"accepted (RequestId r-1). {GO_ON}"),
        ("", "0 of 3 done"),
        ("b", f"accepted (RequestId r-1). {GO_ON}"),
        ("", "1 of 3 done"),
        ("", "1 of 3 done, 1 failed"),
        ("", "2 of 3 done, 1 failed"),
    ]


def test_of_many_none_of_which_is_begun_nothing_is_said() -> None:
    """A plan, or a refusal, says in its result what there is to say."""
    refused: Event = ("ended", {"outcome": "refused", "reason": ""})
    assert said(("a", PLANNED), ("a", refused), ("b", refused), names=["a", "b"]) == []


def test_what_is_waited_for_before_a_send_is_said_of_each() -> None:
    waiting: Event = ("waiting", {"why": "StopInstances OPERATING (RequestId r-9) is to end first."})
    line = "it waits. StopInstances OPERATING (RequestId r-9) is to end first."
    assert said(("a", waiting), names=["a"]) == said(("a", waiting), names=["a", "b"]) == [("a", line)]


@pytest.mark.parametrize(
    ("sent", "in_doubt", "adopted", "request_id", "outcome", "words"),
    [
        (False, False, False, None, Outcome.REFUSED, "Nothing was sent."),
        (False, True, False, None, Outcome.UNKNOWN, "It is unknown whether ResetInstance took effect"),
        (True, True, False, None, Outcome.UNKNOWN, "It is unknown whether ResetInstance took effect"),
        (True, False, False, None, Outcome.REFUSED, "Nothing was changed: ResetInstance was not accepted."),
        (True, True, False, "r-1", Outcome.ACCEPTED, "ResetInstance was accepted (RequestId r-1) and goes on."),
        (True, False, True, None, Outcome.ACCEPTED, "ResetInstance was accepted and goes on."),
        (False, False, True, "r-1", Outcome.ACCEPTED, "ResetInstance was accepted (RequestId r-1) and goes on."),
    ],
)
def test_an_interrupted_task_says_what_it_knows(
    sent: bool, in_doubt: bool, adopted: bool, request_id: str | None, outcome: Outcome, words: str
) -> None:
    result = Result(sent=sent, in_doubt=in_doubt, adopted=adopted, request_id=request_id)
    result.interrupt("The task was interrupted (SIGTERM).", "ResetInstance")
    assert (result.outcome, result.ok) == (outcome, False)
    assert result.reason.startswith(f"The task was interrupted (SIGTERM). {words}")
    assert result.error is not None
    assert (result.error.code, result.error.request_id) == ("Interrupted", request_id)


@pytest.mark.parametrize("kind", [Result, ResetResult])
def test_without_a_request_id_none_is_named(kind: type[Result]) -> None:
    """The deletion of what is gone has none, nor has what was recognized by its effect alone."""
    told: list[str] = []
    result = kind(tell=lambda event, data: told.append(event), sent=True, adopted=True)
    result.tell_accepted()
    assert told == []
    result.interrupt("The task was interrupted (SIGTERM).", "ResetInstance")
    assert "None" not in result.reason
    assert result.again in result.reason
