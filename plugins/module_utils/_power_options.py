# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The options of a task with the power of instances, checked before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.tencent.cloud.plugins.module_utils._artifact_options import WAIT_SPEC
from ansible_collections.tencent.cloud.plugins.module_utils._errors import OptionError
from ansible_collections.tencent.cloud.plugins.module_utils._power_plan import CHANGES, Wanted

POWER_SPEC: dict[str, Any] = {
    "instance_ids": {"type": "list", "elements": "str", "required": True},
    "state": {"type": "str", "choices": list(CHANGES), "required": True},
    "stop_type": {"type": "str", "choices": ["soft", "hard", "soft_first"], "default": "soft"},
    "stopped_mode": {"type": "str", "choices": ["keep_charging", "stop_charging"]},
    **WAIT_SPEC,
}


def wanted(options: Mapping[str, Any]) -> Wanted:
    """What the task asks for. Raises OptionError for options that do not go together, or name nothing."""
    if not options["instance_ids"]:
        raise OptionError("instance_ids", "it names no instance.", "Give at least one.")
    mode = options["stopped_mode"]
    if mode and options["state"] != "stopped":
        raise OptionError("stopped_mode", f"it means nothing with state: {options['state']}.", "Leave it out.")
    return Wanted(options["state"], options["stop_type"].upper(), mode.upper() if mode else None)
