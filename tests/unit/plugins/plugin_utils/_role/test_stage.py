# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far an earlier run came, and which phases a run goes through; no choice of tags widens what is done."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.plugin_utils._role.stage import (
    AFTERWARDS,
    PHASES,
    log_state,
    phases_tags,
    phases_to_do,
    stage_of,
)

KEYED = {"idempotency_key": "k", "policy": "once"}
OPTIONS = {"before_tasks": ["/drain.yml"], "backup": "image"}
"""With something to do in every phase."""


@pytest.mark.parametrize(
    ("options", "log", "expected"),
    [
        (KEYED, {"key": "k", "state": "done"}, "done"),
        ({"idempotency_key": 5}, {"key": "5", "state": "done"}, "done"),
        # The log is about another reset, or about none.
        (KEYED, {"key": "other", "state": "done"}, ""),
        (KEYED, {"key": "", "state": "done"}, ""),
        (KEYED, {"state": "done"}, ""),
        (KEYED, {"key": "k", "state": None}, ""),
        (KEYED, None, ""),
        ({}, {"key": "", "state": "done"}, ""),
        ({"idempotency_key": ""}, {"key": None, "state": "done"}, ""),
        ({"idempotency_key": None}, {"key": "None", "state": "done"}, ""),
    ],
)
def test_the_log_counts_only_for_its_own_key(options: dict[str, Any], log: Any, expected: str) -> None:
    assert log_state(options, {"log": log}) == expected


@pytest.mark.parametrize(
    ("state", "options", "plan", "expected"),
    [
        ("", {}, {}, "fresh"),
        ("", {}, {"outcome": "planned"}, "fresh"),
        ("", {}, {"outcome": "refused"}, "fresh"),
        ("", {}, {"outcome": "unchanged"}, "finished"),
        ("", {"attach": "request-0"}, {"outcome": "unchanged"}, "resume"),
        ("pending", {}, {}, "resume"),
        ("accepted", {}, {}, "resume"),
        ("done", {}, {"outcome": "unchanged"}, "resume"),
        ("finished", {}, {"outcome": "planned"}, "finished"),
        ("rolling_back", {}, {}, "rollback"),
        ("rolling_back", {"rollback": True}, {}, "rollback"),
        ("failed", {"rollback": True}, {}, "rollback"),
        ("failed", {"rollback": False}, {}, "fresh"),
        # A state that this release does not know: the plan decides, which refuses what it must.
        ("rolled_back", {}, {"outcome": "planned"}, "fresh"),
        ("another", {"attach": "request-0"}, {}, "resume"),
    ],
)
def test_the_stage(state: str, options: dict[str, Any], plan: dict[str, Any], expected: str) -> None:
    log = {"key": "k", "state": state} if state else {}
    assert stage_of({**KEYED, **options}, {**plan, "log": log}) == expected


def do(stage: str = "fresh", *tags: str, state: str = "", check: bool = False, **options: Any) -> set[str]:
    """The phases that are gone through: those after the reset if it ends well."""
    found = phases_to_do(stage, state, {**OPTIONS, **options}, tags or ("all",), check=check)
    assert tuple(found) == PHASES[2:]
    return {phase for phase, chosen in found.items() if chosen}


@pytest.mark.parametrize(
    ("stage", "state", "tags", "expected"),
    [
        ("fresh", "", ["all"], {"before", "backup", "reset", *AFTERWARDS}),
        ("fresh", "", ["reset_instance_before"], {"before"}),
        ("fresh", "", ["reset_instance_backup"], {"backup"}),
        ("fresh", "", ["reset_instance_reset"], {"backup", "reset"}),
        ("fresh", "", ["reset_instance_confirm", "reset_instance_preflight"], set()),
        ("resume", "pending", ["all"], {"reset", *AFTERWARDS}),
        ("resume", "done", ["reset_instance_before", "reset_instance_backup"], set()),
        ("rollback", "failed", ["all"], {"reset", *AFTERWARDS}),
        ("rollback", "failed", ["reset_instance_reset"], {"reset"}),
        ("rollback", "failed", ["reset_instance_after"], {"after"}),
        ("finished", "finished", ["all"], {*AFTERWARDS}),
        ("another", "", ["all"], {*AFTERWARDS}),
        # Without a reset nothing comes after it: what is chosen here is done to a system that it left.
        *[("fresh", "", [f"reset_instance_{phase}"], {phase}) for phase in AFTERWARDS],
        *[("resume", "done", [f"reset_instance_{phase}"], {"reset", phase}) for phase in AFTERWARDS],
        *[("resume", "accepted", [f"reset_instance_{phase}"], {"reset", phase}) for phase in AFTERWARDS],
        # What was perhaps never sent could be sent now.
        *[("resume", "pending", [f"reset_instance_{phase}"], {phase}) for phase in AFTERWARDS],
        *[("finished", "finished", [f"reset_instance_{phase}"], {phase}) for phase in AFTERWARDS],
        # Nothing that only looks like a tag of the role.
        *[
            ("fresh", "", [tag], set())
            for tag in ("reset", "reset_instance_", "reset_instance_reset_", "always", "web")
        ],
        ("fresh", "", [], set()),
    ],
)
def test_phases(stage: str, state: str, tags: list[str], expected: set[str]) -> None:
    found = phases_to_do(stage, state, OPTIONS, tags, check=False)
    assert {phase for phase, chosen in found.items() if chosen} == expected


def test_nothing_is_reset_in_check_mode_whatever_is_chosen() -> None:
    tags = ["all", *(f"reset_instance_{phase}" for phase in PHASES)]
    for stage, state, tag in product(("fresh", "resume", "rollback", "finished"), ("", "done", "failed"), tags):
        assert "reset" not in do(stage, tag, state=state, check=True)
    assert do(check=True) == {"before", "backup", *AFTERWARDS}


def test_without_a_backup_none_is_made() -> None:
    assert do(backup="none") == {"before", "reset", *AFTERWARDS}


@pytest.mark.parametrize("tasks", [[], None])
def test_without_hooks_none_are_run(tasks: Any) -> None:
    assert do(before_tasks=tasks) == {"backup", "reset", *AFTERWARDS}
    assert do("fresh", "reset_instance_before", before_tasks=tasks) == set()


# --- tags

PHASE_TAGS = [f"reset_instance_{phase}" for phase in PHASES]


@pytest.mark.parametrize(
    ("run", "given", "expected"),
    [
        (["all"], [], ["all"]),
        (["tagged"], [], ["all"]),
        (["reset_instance_backup"], [], ["reset_instance_backup"]),
        (["reset_instance_backup", "reset_instance_after"], [], ["reset_instance_backup", "reset_instance_after"]),
        # By a tag of the role or of the play all its tasks run.
        (["web"], ["web"], ["all"]),
        (["web", "reset_instance_backup"], ["web"], ["all"]),
        (["other"], ["always"], ["all"]),
        # A tag of something else does not widen what was chosen, nor does one that always holds.
        (["web", "reset_instance_backup"], [], ["reset_instance_backup"]),
        (["reset_instance_preflight"], ["web"], ["reset_instance_preflight"]),
        (["reset_instance_preflight"], ["always"], ["reset_instance_preflight"]),
        (["web"], [], []),
        (["untagged"], ["web"], []),
    ],
)
def test_the_tags_that_choose_phases(run: list[str], given: list[str], expected: list[str]) -> None:
    assert phases_tags(run, [*given, *PHASE_TAGS]) == expected
