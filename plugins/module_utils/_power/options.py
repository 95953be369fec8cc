# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The options of a task that changes the power of instances, checked before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .._engine.timing import WAIT_SPEC, time_problems
from .._problems import Problem, invalid
from .plan import CHANGES, DesiredPower

POWER_SPEC: dict[str, Any] = {
    "instance_ids": {"type": "list", "elements": "str", "required": True},
    "state": {"type": "str", "choices": list(CHANGES), "required": True},
    "stop_type": {"type": "str", "choices": ["soft", "hard", "soft_first"], "default": "soft"},
    "stopped_mode": {"type": "str", "choices": ["keep_charging", "stop_charging"]},
    **WAIT_SPEC,
}


def option_problems(options: Mapping[str, Any]) -> Iterator[Problem]:
    """All that is wrong with the options by themselves."""
    if not options["instance_ids"]:
        yield invalid("instance_ids", "It names no instance.", "Give at least one.")
    if options["stopped_mode"] and options["state"] != "stopped":
        yield invalid("stopped_mode", f"It has no effect with state: {options['state']}.", "Leave it out.")
    yield from time_problems(options)


def desired(options: Mapping[str, Any]) -> DesiredPower:
    """What the task asks for."""
    mode = options["stopped_mode"]
    return DesiredPower(options["state"], options["stop_type"].upper(), mode.upper() if mode else None)
