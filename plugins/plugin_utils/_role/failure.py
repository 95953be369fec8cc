# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""After a failure: in which phase it was, what went wrong, and what may be done about it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .memory import Memory
from .stage import ENDED, PHASES

_PREFIX = "reset_instance_"
_REGISTERED = {
    "backup": ("snapshot", "image"),
    "reset": ("kept", "resets"),
    "trust": ("trusted",),
    "login": ("waited",),
}
"""What shows that a phase has begun, for a host on which nothing failed."""


def failure_of(memory: Memory, task: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, str]:
    """What went wrong.

    Args:
        task: what failed; empty for a host that the play ended since another one failed.
        result: what it returned.
    """
    return {
        "phase": _phase(memory, task),
        "task": str(task.get("name") or ""),
        "message": message_of(task, result),
    }


def message_of(task: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """The words of a failed task. What Ansible hides in its own output stands in the result all the same."""
    if not result:
        return "The play was ended for all hosts, since another one failed."
    if task.get("no_log"):
        return "Its message is hidden by no_log."
    failed = [one for one in result.get("results") or [result] if isinstance(one, Mapping) and _is_bad(one)]
    words = [str(one.get("msg") or "").strip() for one in failed or [result]]
    return " ".join(filter(None, words)) or "The task failed without a message."


def _is_bad(result: Mapping[str, Any]) -> bool:
    return bool(result.get("failed") or result.get("unreachable"))


def _phase(memory: Memory, task: Mapping[str, Any]) -> str:
    """The first phase whose tag the task has; without a task, the last that has begun."""
    tags = [tag[len(_PREFIX) :] for tag in _texts(task.get("tags")) if tag.startswith(_PREFIX)]
    tagged = [phase for phase in PHASES if phase in tags]
    if tagged:
        return tagged[0]
    begun = [phase for phase, names in _REGISTERED.items() if any(memory.get(name) for name in names)]
    # Every host that is rescued has been through preflight.
    ended = [phase for phase in PHASES if phase != "preflight" and memory.get(f"{phase}_ended")]
    return max([*begun, *ended], key=PHASES.index, default="before")


def _texts(value: Any) -> Iterable[str]:
    return [str(one) for one in value] if isinstance(value, (list, tuple)) else []


def outcome_of(memory: Memory) -> str:
    """How the reset ended; empty if it was not asked for, or was cut off."""
    return str(memory.answer.get("outcome") or "")


def may_run(memory: Memory, phase: str) -> bool:
    """Whether the reset may still run, or may still be sent. A task that was cut off has no outcome."""
    cut_off = phase == "reset" and bool(memory.answer) and not outcome_of(memory)
    return outcome_of(memory) in ("accepted", "unknown") or cut_off


def has_backup(memory: Memory, phase: str) -> bool:
    """Whether there is something to go back to."""
    return memory.options["backup"] != "none" and phase not in ("before", "backup")


def goes_back(memory: Memory, phase: str, *, failed_itself: bool) -> bool:
    """Whether the backup is to be restored. A server that is in order is not given up for its log.

    Args:
        failed_itself: false for a host that any_errors_fatal brought here: what it has is not to be thrown away.
    """
    ended = outcome_of(memory) in ENDED or memory.judged.get("stage") == "rollback"
    return bool(
        failed_itself
        and not memory.begun["check"]
        and memory.options["rollback"]
        and has_backup(memory, phase)
        and ended
        and not memory.get("after_ended").get("is_in_order")
    )


def aftermath(memory: Memory, phase: str, *, goes_back_: bool) -> str:
    """What was done about the failure."""
    options, backup = memory.options, memory.judged.get("names", {}).get("backup", "")
    if memory.get("rollback"):
        return f"It was rolled back to the {options['backup']} {backup}."
    if goes_back_:
        return "It was NOT rolled back."
    if may_run(memory, phase):
        return "Nothing was rolled back, since the operation may still run."
    return f"The backup {backup} was kept." if has_backup(memory, phase) else ""
