# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What a run says of each server, one line for a phase. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .confirmation import words_to_confirm
from .server import Server

_STAGES = {
    "resume": "goes on after the reset that an earlier run has sent",
    "rollback": "goes on with the rollback that an earlier run began",
    "finished": "nothing is left to do",
}
_DISK = "system disk {before} -> {after} GiB, wiped"


def plan_line(s: Server) -> str:
    """What will be done with a server."""
    head = f"{s.memory.begun['host']} ({s.memory.instance_id}) is {s.stage}"
    reason = str(s.plan.get("reason") or "")
    if not s.is_fresh:
        return f"{head}: {_STAGES[s.stage]}. {reason}".strip()
    parts = [f"{_system(s.before)} -> {_system(s.after)}", _disk(s), f"login: {s.after.get('login')}"]
    parts += [f"{name}: {value}" for name, value in _choices(s.options).items()]
    return f"{head}: {'; '.join(parts)}. {reason}".strip()


def _system(side: Mapping[str, Any]) -> str:
    return f"{side.get('os_name') or side.get('image_name') or 'unknown system'} ({side.get('image_id')})"


def _disk(s: Server) -> str:
    before, after = ((side.get("system_disk") or {}).get("disk_size") for side in (s.before, s.after))
    return _DISK.format(before=before, after=after)


def _choices(options: Mapping[str, Any]) -> dict[str, str]:
    hooks = {name: options[f"{name}_tasks"] for name in ("before", "after", "failure")}
    key = options["idempotency_key"]
    return {
        "backup": options["backup"],
        "rollback": "yes" if options["rollback"] else "no",
        "hooks": "; ".join(f"{name} {', '.join(files)}" for name, files in hooks.items() if files) or "none",
        "policy": f"{options['policy']} ({key})" if key else str(options["policy"]),
    }


def confirm_line(ids: Iterable[str]) -> str:
    """What confirms the whole play."""
    return f"To do it, give -e {words_to_confirm(ids)}"
