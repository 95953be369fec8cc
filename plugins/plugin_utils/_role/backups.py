# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Backups of earlier resets: which are too old to be kept, where that was asked for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from .memory import Memory


def deadline(days: int, now: float) -> str:
    """When the service deletes a snapshot that is made soon, in ISO 8601; empty if it is to stay.

    An hour more than the days, since the service takes no deadline that is less than a day away.

    Args:
        days: how long backups are kept; 0 for ever.
        now: seconds since the epoch.
    """
    return (_at(now) + timedelta(days=days, hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ") if days else ""


def old_images(memory: Memory) -> list[Mapping[str, Any]]:
    """The images of this instance that the role has made, other than that of this run, and that are too old.

    One whose age or name is not understood is kept.
    """
    days, own = memory.options["backup_keep_days"], memory.judged["names"]["backup"]
    if not days:
        return []
    oldest = _at(memory.begun["at"]) - timedelta(days=days)
    prefix = f"reset-{memory.instance_id}-"
    named = [
        one
        for one in memory.get("backups").get("images") or ()
        if str(one.get("image_name") or "").startswith(prefix) and one["image_name"] != own
    ]
    return [one for one in named if (made := _moment(one.get("created_time"))) and made < oldest]


def _moment(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)
