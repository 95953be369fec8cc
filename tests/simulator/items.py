# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Images, snapshots and disks in time: a whole collection changes at a moment, and readers see an earlier one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import uuid4

from .timelines import Timeline
from .world import Item

Items = Mapping[str, Item]


def put(items: Timeline[Items], at: float, name: str, item: Item) -> None:
    """Add an entry at a moment, or put another in its place."""
    items.add(at, {**items.latest, name: item})


def change(items: Timeline[Items], at: float, name: str, **changes: Any) -> None:
    """Change fields of an entry that may be gone by now."""
    known = items.latest.get(name)
    if known is not None:
        put(items, at, name, Item({**known.record, **changes}, known.attributes))


def drop(items: Timeline[Items], at: float, names: Collection[str]) -> None:
    """Remove entries at a moment."""
    items.add(at, {name: item for name, item in items.latest.items() if name not in names})


def new_id(kind: str) -> str:
    """An id that no other resource has."""
    return f"{kind}-{uuid4().hex[:8]}"


def percent(item: Item, moment: float) -> int:
    """How far a task is that has ``began`` and ``ends``; below 100 as long as it runs."""
    began, ends = item.attributes["began"], item.attributes["ends"]
    return max(0, min(99, int(100 * (moment - began) / (ends - began)))) if ends > began else 99
