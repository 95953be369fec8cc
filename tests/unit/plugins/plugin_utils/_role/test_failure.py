# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""After a failure: its phase, its words, and what may be done about it without making it worse."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.plugin_utils._role.failure import (
    aftermath,
    failure_of,
    goes_back,
    has_backup,
    may_run,
    message_of,
    outcome_of,
)
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.memory import Memory
from tests.unit.support.role_hosts import begun, judged, memory, of_instance

SNAPSHOT = {"backup": "snapshot", "rollback": True}
SKIPPED = {"skipped": True, "changed": False}
REGISTERED = {"rc": 0}


def host(options: dict[str, Any] | None = None, about: dict[str, Any] | None = None, **found: Any) -> Memory:
    frozen = begun(**(options or {}))
    return memory(frozen, judged=judged(frozen, **(about or {})), **found)


def answered(outcome: str) -> dict[str, Any]:
    return {"resets": of_instance("reset", outcome=outcome)}


# --- what went wrong


@pytest.mark.parametrize(
    ("task", "result", "message"),
    [
        ({}, {}, "The play was ended for all hosts, since another one failed."),
        ({"name": "T"}, {"msg": " It is broken. "}, "It is broken."),
        ({"name": "T"}, {"failed": True}, "The task failed without a message."),
        ({"no_log": True}, {"msg": "secret"}, "Its message is hidden by no_log."),
        (
            {},
            {"msg": "One or more items failed", "results": [{"msg": "fine"}, {"failed": True, "msg": "A."}]},
            "A.",
        ),
        ({}, {"results": [{"failed": True, "msg": "A."}, {"unreachable": True, "msg": "B."}]}, "A. B."),
        ({}, {"msg": "All.", "results": []}, "All."),
        ({}, {"failed": True, "msg": ["a", "list"]}, "['a', 'list']"),
        ({}, {"failed": True, "results": ["text"], "msg": "All."}, "All."),
    ],
)
def test_the_words_of_a_failure(task: dict[str, Any], result: dict[str, Any], message: str) -> None:
    assert message_of(task, result) == message


@pytest.mark.parametrize(
    ("tags", "found", "phase"),
    [
        (["reset_instance_login"], {}, "login"),
        (["always", "reset_instance_login"], {}, "login"),
        (["mine", "reset_instance_after", "reset_instance_reset"], {}, "reset"),
        (["reset_instance_backup", "reset_instance_reset"], {"kept": REGISTERED}, "backup"),
        (["reset_instance_mine"], {"kept": REGISTERED}, "reset"),
        ([], {}, "before"),
        # Whoever is rescued has been through it.
        (None, {"preflight_ended": REGISTERED}, "before"),
        (None, {"snapshot": REGISTERED}, "backup"),
        (None, {"image": REGISTERED}, "backup"),
        (None, {"snapshot": SKIPPED, "image": SKIPPED}, "before"),
        (None, {"resets": REGISTERED, "snapshot": REGISTERED}, "reset"),
        (None, {"trusted": REGISTERED, "resets": REGISTERED}, "trust"),
        (None, {"waited": REGISTERED}, "login"),
        (None, {"login_ended": REGISTERED}, "login"),
        (None, {"verify_ended": SKIPPED, "login_ended": REGISTERED}, "login"),
        (None, {"verify_ended": REGISTERED}, "verify"),
        (None, {"after_ended": REGISTERED}, "after"),
    ],
)
def test_the_phase_of_a_failure(tags: list[str] | None, found: dict[str, Any], phase: str) -> None:
    noted = failure_of(host(**found), {"name": "Do it", "tags": tags}, {"msg": "M."})
    assert noted == {"phase": phase, "task": "Do it", "message": "M."}


# --- what may still run


@pytest.mark.parametrize(
    ("found", "phase", "runs"),
    [
        ({}, "before", False),
        ({}, "reset", False),
        (answered("accepted"), "reset", True),
        (answered("unknown"), "reset", True),
        (answered("unknown"), "login", True),
        (answered("done"), "login", False),
        (answered("failed"), "reset", False),
        (answered("refused"), "reset", False),
        (answered(""), "reset", True),
        # The whole task ended before it began with any.
        ({"resets": {"failed": True, "msg": "M."}}, "reset", False),
        # Others of the batch were reset, and this one was left out of the call.
        ({"resets": of_instance("reset", "ins-other", outcome="done")}, "reset", False),
        (
            {"resets": {"results": [{"item": {"key": "reset ins-web00001"}, "failed": True, "msg": "Timed out."}]}},
            "reset",
            True,
        ),
        (
            {"resets": {"results": [{"item": {"key": "reset ins-web00001"}, "failed": True, "results": []}]}},
            "reset",
            False,
        ),
    ],
)
def test_what_was_cut_off_may_still_run(found: dict[str, Any], phase: str, runs: bool) -> None:
    assert may_run(host(**found), phase) is runs


def test_the_outcome_is_that_of_the_own_instance() -> None:
    assert outcome_of(host(**answered("done"))) == "done"
    assert outcome_of(host(resets=of_instance("reset", "ins-other", outcome="done"))) == ""


# --- going back


@pytest.mark.parametrize(
    ("phase", "backup", "has"),
    [
        ("before", "snapshot", False),
        ("backup", "snapshot", False),
        ("reset", "none", False),
        ("reset", "snapshot", True),
        ("after", "image", True),
    ],
)
def test_there_is_a_backup_once_it_is_made(phase: str, backup: str, has: bool) -> None:
    assert has_backup(host({"backup": backup}), phase) is has


ROLLING_BACK = {"stage": "rollback"}


@pytest.mark.parametrize(
    ("options", "about", "outcome", "phase", "itself", "back"),
    [
        (SNAPSHOT, {}, "done", "login", True, True),
        (SNAPSHOT, {}, "failed", "reset", True, True),
        (SNAPSHOT, {}, "unchanged", "verify", True, True),
        (SNAPSHOT, {}, "done", "login", False, False),
        (SNAPSHOT, {}, "accepted", "reset", True, False),
        (SNAPSHOT, {}, "unknown", "reset", True, False),
        (SNAPSHOT, {}, "refused", "reset", True, False),
        (SNAPSHOT, {}, "", "reset", True, False),
        (SNAPSHOT, {}, "done", "backup", True, False),
        (SNAPSHOT, ROLLING_BACK, "", "reset", True, True),
        (SNAPSHOT, ROLLING_BACK, "", "reset", False, False),
        ({"backup": "snapshot"}, {}, "done", "login", True, False),
        ({"backup": "snapshot"}, ROLLING_BACK, "", "reset", True, False),
        ({"rollback": True}, {}, "done", "login", True, False),
    ],
)
def test_it_is_rolled_back_only_when_that_is_meant_and_safe(
    options: dict[str, Any], about: dict[str, Any], outcome: str, phase: str, itself: bool, back: bool
) -> None:
    assert goes_back(host(options, about, **answered(outcome)), phase, failed_itself=itself) is back


def test_nothing_is_rolled_back_in_check_mode() -> None:
    frozen = {**begun(**SNAPSHOT), "check": True}
    assert not goes_back(memory(frozen, **answered("done")), "login", failed_itself=True)


# --- in words

NAME = judged(begun())["hosts"]["web1"]["names"]["backup"]
ROLLED_BACK = {"rollback": {"kind": "snapshot"}}


@pytest.mark.parametrize(
    ("options", "found", "back", "words"),
    [
        (SNAPSHOT, ROLLED_BACK, True, f"It was rolled back to the snapshot {NAME}."),
        (SNAPSHOT, {}, True, "It was NOT rolled back."),
        (SNAPSHOT, answered("unknown"), False, "Nothing was rolled back, since the operation may still run."),
        (SNAPSHOT, answered("done"), False, f"The backup {NAME} was kept."),
        ({}, answered("done"), False, ""),
    ],
)
def test_what_was_done_about_it(options: dict[str, Any], found: dict[str, Any], back: bool, words: str) -> None:
    assert aftermath(host(options, **found), "login", goes_back_=back) == words
