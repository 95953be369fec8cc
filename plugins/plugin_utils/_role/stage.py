# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""How far an earlier run came, and what is left to do in this one. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

PHASES = ("confirm", "preflight", "before", "backup", "reset", "trust", "login", "verify", "after")
"""The phases of the role, in their order."""

ENDED = ("done", "unchanged", "failed")
"""Outcomes after which the reset of an instance is over: another operation may be begun."""

AFTERWARDS = PHASES[PHASES.index("reset") + 1 :]

_TAG = "reset_instance_"

_STAGES = {
    "pending": "resume",
    "accepted": "resume",
    "done": "resume",
    "finished": "finished",
    "rolling_back": "rollback",
}
"""What the log of the instance says about a reset with this key, and what that leaves to do."""


def log_state(options: Mapping[str, Any], plan: Mapping[str, Any]) -> str:
    """What the log says about the reset with this key; empty when it says nothing about it."""
    log = plan.get("log") or {}
    key = str(options.get("idempotency_key") or "")
    return str(log.get("state") or "") if key and str(log.get("key") or "") == key else ""


def stage_of(options: Mapping[str, Any], plan: Mapping[str, Any]) -> str:
    """`fresh`, `resume`, `rollback` or `finished`: by the log, and where it says nothing by the plan.

    Args:
        options: the options of the role for this host.
        plan: the result of planning its reset.
    """
    state = log_state(options, plan)
    if state == "failed":
        return "rollback" if options.get("rollback") else "fresh"
    by_plan = "resume" if options.get("attach") else "finished" if plan.get("outcome") == "unchanged" else "fresh"
    return _STAGES.get(state, by_plan)


def phases_tags(run: Collection[str], own: Collection[str]) -> list[str]:
    """The tags that choose phases; `all` where the role was chosen as a whole.

    Args:
        run: those that the run was called with.
        own: those of a task of the role: of its phases, and what the play, the role or a block around it gives to all.
    """
    given = {tag for tag in own if not tag.startswith(_TAG)}
    named = [tag for tag in run if tag.startswith(_TAG)]
    is_whole = {"all", "tagged"} & set(run) or given & set(run) or ("always" in given and not named)
    return ["all"] if is_whole else named


def phases_to_do(
    stage: str, state: str, options: Mapping[str, Any], tags: Collection[str], *, check: bool
) -> dict[str, bool]:
    """Which of the phases a host goes through; those after the reset only if it ends well.

    Args:
        stage: as `stage_of` tells.
        state: as `log_state` tells.
        tags: as `phases_tags` tells.
    """

    def chosen(*phases: str) -> bool:
        return "all" in tags or any(f"{_TAG}{phase}" in tags for phase in phases)

    fresh = stage == "fresh"
    # What was perhaps never sent could be sent now, for which only the tag of the reset itself asks.
    taken_up = stage == "resume" and state != "pending" and chosen(*AFTERWARDS)
    return {
        "before": fresh and bool(options.get("before_tasks")) and chosen("before"),
        "backup": fresh and options.get("backup") != "none" and chosen("backup", "reset"),
        "reset": not check and ((stage in ("fresh", "resume", "rollback") and chosen("reset")) or taken_up),
        **{phase: chosen(phase) for phase in AFTERWARDS},
    }
