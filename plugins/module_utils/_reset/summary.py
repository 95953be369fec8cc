# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What a person should know of a reset that succeeded: what the instance does not show, and what became of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._engine.tracker import ExpectedState, is_on_its_way
from .desired import platform_family

Record = Mapping[str, Any]


def summary(expected_state: ExpectedState, before: Record, after: Record) -> str:
    """Sentences, each with a leading space; None if there is nothing to add.

    Args:
        expected_state: what was asked for.
        before: the instance before the reset.
        after: the instance after it.
    """
    sentences = (_unseen(expected_state, after), _state(after), _disk(before, after))
    return "".join(f" {sentence}" for sentence in sentences if sentence)


def _unseen(expected_state: ExpectedState, after: Record) -> str:
    names = ", ".join(expected_state.unseen(after))
    return f"Not verified, since the API does not show it: {names}." if names else ""


def _state(after: Record) -> str:
    return f"The instance is still {after['instance_state']}." if is_on_its_way(after) else ""


def _disk(before: Record, after: Record) -> str:
    """A switch between Linux and Windows may change the disk's id, to which snapshots are bound."""
    old, new = ((record.get("system_disk") or {}).get("disk_id") for record in (before, after))
    if not old or not new:
        return ""
    if old != new:
        return f"Its system disk is {new} now, and no longer {old}: snapshots of {old} do not go back to it."
    switched = platform_family(before.get("os_name")) != platform_family(after.get("os_name"))
    return f"Its system disk kept the id {old}." if switched and after.get("os_name") else ""
