# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The options of a task with a snapshot, checked before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import Any

from .._engine.timing import WAIT_SPEC, time_problems
from .._problems import Problem, invalid
from .options import all_id_problems, name_problems, needed_problems, tag_problems

SNAPSHOT_SPEC: dict[str, Any] = {
    "state": {"type": "str", "choices": ["present", "absent", "restored"], "default": "present"},
    "snapshot_id": {"type": "str"},
    "snapshot_name": {"type": "str"},
    "disk_id": {"type": "str"},
    "instance_id": {"type": "str"},
    "deadline": {"type": "str"},
    "tags": {"type": "dict"},
    "auto_stop": {"type": "bool", "default": False},
    "auto_start": {"type": "bool", "default": False},
    **WAIT_SPEC,
}

_ONE = (("snapshot_id", "snapshot_name"),)
NEEDED = {"present": (("snapshot_name",),), "absent": _ONE, "restored": _ONE}
"""Which options each state needs."""


def option_problems(options: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[Problem]:
    """All that is wrong with the options by themselves.

    Args:
        options: as Ansible completes them.
        given: as the task gives them; an option that is left out is not there.
    """
    yield from needed_problems(options, NEEDED)
    yield from all_id_problems(options)
    yield from name_problems(options, "snapshot_name")
    yield from _combination_problems(options, given)
    if options["deadline"] is not None and expires(options["deadline"]) is None:
        yield invalid(
            "deadline",
            f"{options['deadline']!r} is not an ISO 8601 time between the years 1 and 9999.",
            "Give one such as 2030-01-08T09:47:55+00:00.",
        )
    yield from tag_problems(options)
    yield from time_problems(options)


def _combination_problems(options: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[Problem]:
    state, disk_id, instance_id = (options[name] for name in ("state", "disk_id", "instance_id"))
    # A guard that a template emptied: without it, the snapshot of any disk would be deleted or restored.
    guards = [name for name in ("disk_id", "instance_id") if name in given]
    by_name = state == "present" or (state == "restored" and options["snapshot_name"])
    if disk_id and instance_id:
        yield invalid("disk_id", "It excludes instance_id, which means the system disk.", "Give one of them.")
    elif not (disk_id or instance_id) and guards and state != "present":
        yield invalid(guards[0], "It has no value, so it would guard nothing.", "Give one, or leave it out.")
    elif not (disk_id or instance_id) and by_name:
        yield invalid("disk_id", "It is not set, and neither is instance_id.", "Give the disk, or its instance.")
    if options["auto_start"] and not options["auto_stop"]:
        yield invalid("auto_start", "It needs auto_stop.", "Set auto_stop: true as well.")


def expires(deadline: str | None) -> float | None:
    """The deadline in seconds since the epoch; None if there is none, or it is not a valid time."""
    if deadline is None:
        return None
    text = re.sub(r"[zZ]$", "+00:00", deadline)
    try:
        moment = datetime.fromisoformat(text)
        # The year of some moments is beyond 9999, or before 1, in UTC.
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).astimezone(timezone.utc).timestamp()
    except (ValueError, OverflowError):
        return None
