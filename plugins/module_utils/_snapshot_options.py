# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The options of a task with a snapshot, checked before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from ansible_collections.tencent.cloud.plugins.module_utils._artifact_options import WAIT_SPEC
from ansible_collections.tencent.cloud.plugins.module_utils._errors import OptionError

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


def check_combination(options: Mapping[str, Any]) -> None:
    """Raises OptionError for options that do not go together, or lack another."""
    state, disk_id, instance_id = (options[name] for name in ("state", "disk_id", "instance_id"))
    by_name = state == "present" or (state == "restored" and options["snapshot_name"])
    if by_name and not (disk_id or instance_id):
        raise OptionError("disk_id", "it is not set, and neither is instance_id.", "Give the disk, or its instance.")
    if disk_id and instance_id:
        raise OptionError("disk_id", "it excludes instance_id, which means the system disk.", "Give one of them.")
    if options["auto_start"] and not options["auto_stop"]:
        raise OptionError("auto_start", "it needs auto_stop.", "Set auto_stop: true as well.")


def check_given(given: Mapping[str, Any]) -> None:
    """Refuse guards that a template emptied: without one, the snapshot of any disk would be deleted or restored.

    Args:
        given: the options as the task gives them; an option that is left out is not there.
    """
    guards = [name for name in ("disk_id", "instance_id") if name in given]
    if guards and given.get("state") in ("absent", "restored") and not any(given[name] for name in guards):
        raise OptionError(guards[0], "it has no value, and would guard nothing.", "Give one, or omit it.")


def expires(deadline: str | None) -> float | None:
    """The deadline in seconds since the epoch. Raises OptionError for what is no moment."""
    if deadline is None:
        return None
    text = re.sub(r"[zZ]$", "+00:00", deadline)
    try:
        moment = datetime.fromisoformat(text)
        # The year of some moments is beyond 9999, or before 1, in UTC.
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).astimezone(timezone.utc).timestamp()
    except (ValueError, OverflowError):
        raise OptionError(
            "deadline", f"{deadline!r} is no moment of ISO 8601.", "Give one such as 2030-01-08T09:47:55+00:00."
        ) from None
