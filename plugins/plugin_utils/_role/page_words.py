# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What the page of a run says: a table for each kind of word, and times as people read them. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo


class Standing(NamedTuple):
    """What a status is called, its tone, and its place among those that need somebody (0: needs nobody)."""

    word: str
    tone: str
    tier: int


class Advice(NamedTuple):
    """What a situation means, and what to do next: with an idempotency key, and without one."""

    meaning: str
    keyed: str
    keyless: str


STATUSES = {
    "done": Standing("done", "good", 0),
    "finished": Standing("already finished", "good", 0),
    "planned": Standing("planned", "plain", 0),
    "failed": Standing("failed", "bad", 1),
    "running": Standing("lost", "bad", 1),
    "lost": Standing("lost", "bad", 2),
    "rolled_back": Standing("rolled back", "warn", 3),
    "incomplete": Standing("incomplete", "warn", 4),
    "waiting": Standing("waiting", "plain", 0),
}
UNTOUCHED_TIER = 5
"""The last place: a server that failed, and on which nothing happened."""

STAGES = {
    "fresh": "no earlier run",
    "resume": "an earlier run had begun",
    "rollback": "an earlier run is to be rolled back",
    "finished": "nothing was left to do",
}
OUTCOMES = {
    "done": "done",
    "unchanged": "nothing to do",
    "planned": "only planned",
    "accepted": "accepted, may still run",
    "failed": "failed after it was accepted",
    "refused": "refused, nothing was reset",
    "unknown": "unknown whether it took place",
}
FACTS = {
    "image_id": "Image",
    "os_name": "System",
    "disk_id": "System disk",
    "disk_size": "Disk size in GiB",
    "data_disks": "Data disks",
    "instance_name": "Instance name",
    "host_name": "Host name",
    "instance_state": "State",
    "private_ip_addresses": "Private addresses",
}
OF_THE_SYSTEM = ("image_id", "os_name")
"""The facts that a rollback brings back."""

HOST_KEYS = {"scan": "trusted on first use", "inject": "made by the controller"}

# --- what to do next, by situation
_MEND = "Correct what the message says and run again."
_LOOK = "Do not run again yet. Look at the latest operation of the instance first."
_DECIDE = f"{_LOOK} What to decide is in the collection, in docs/docsite/rst/guide_network_failures.rst."
ADVICE = {
    "untouched": Advice("This run touched nothing on the server.", _MEND, _MEND),
    "prepared": Advice(
        "The server was not reset, but it may be out of service: hooks may have drained it or silenced its monitoring.",
        _MEND,
        _MEND,
    ),
    "reset_refused": Advice(
        "The server was not reset, but it may be out of service: hooks may have drained it.", _MEND, _MEND
    ),
    "reset_accepted": Advice(
        "The reset was accepted and had not ended when the time was up. It may still run. Start no other.",
        "Run again with the same idempotency key: the run waits for this reset and sends no other.",
        "Run again with reset_instance_attach set to the RequestId: the run waits for this reset and sends no other.",
    ),
    "reset_failed": Advice(
        "The reset was accepted and then failed. Treat the system disk as wiped.",
        "Fix the cause and run again with a new idempotency key, or restore a backup.",
        "Fix the cause and run again, or restore a backup.",
    ),
    "reset_unknown": Advice("A reset was sent, and nobody can tell whether it took place.", _DECIDE, _DECIDE),
    "reset": Advice("The reset left no result, so it is not known here whether one was sent.", _LOOK, _LOOK),
    "renewed": Advice(
        "The server has its new system, but it is not back in service.",
        "Fix the cause and run again with the same idempotency key: the run goes on from there and resets "
        "nothing twice.",
        "Fix the cause and finish by hand. A new run may reinstall the server once more, since there is no "
        "idempotency key.",
    ),
    "rollback": Advice(
        "An earlier run was to be rolled back, and that has not ended well.",
        "Run again with the same idempotency key and reset_instance_rollback set to true.",
        "Restore the backup by hand.",
    ),
    "running": Advice(
        "The server or the run was lost in this phase or a later one, so there is no error message. "
        "The disk may be wiped.",
        "Look at the latest operation of the instance. Then run again with the same idempotency key: "
        "the run resets nothing twice.",
        _LOOK,
    ),
    "lost": Advice(
        "The server was unreachable, or it failed before the role could write anything.",
        "Read what the run printed about it, mend that and run again with the same idempotency key.",
        "Read what the run printed about it before you run again.",
    ),
    "rolled_back": Advice(
        "The server was brought back to its backup.",
        "Check that it works. Fix the cause and run again with a new idempotency key.",
        "Check that it works. Fix the cause and run again.",
    ),
    "incomplete": Advice(
        "Only some phases were asked for, so the server is not through.",
        "Run again without tags, with the same idempotency key.",
        "Do the rest by hand. A new run may reinstall the server once more, since there is no idempotency key.",
    ),
}
PHASES = {
    "begin": "untouched",
    "confirm": "untouched",
    "preflight": "untouched",
    "before": "prepared",
    "backup": "prepared",
    "reset": "reset",
}
"""The situation of a server that failed in a phase; after these it has its new system."""


def situation(status: str, stage: str, phase: str, outcome: str) -> str:
    """Which advice a server needs: by its status, and after a failure by the phase and by what its reset came to."""
    if status != "failed":
        return status
    if stage == "rollback" and phase == "reset":
        return "rollback"
    found = PHASES.get(phase, "renewed") if phase else "lost"
    return f"reset_{outcome}" if found == "reset" and f"reset_{outcome}" in ADVICE else found


# --- values from outside, and times
# A page cannot be written with half of a surrogate pair, nor read with a mark that turns the direction of the text.
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_WRITTEN = "%Y-%m-%dT%H:%M:%SZ"
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def text(value: Any) -> str:
    """A value as printable text; empty for what is empty, and for zero. Lists are joined."""
    if isinstance(value, (list, tuple)):
        return ", ".join(filter(None, map(text, value)))
    return _UNREADABLE.sub("\ufffd", str(value)) if value else ""


def number(value: Any) -> float:
    """A finite number that is not below zero, or zero."""
    try:
        found = float(value or 0)
    except (TypeError, ValueError, OverflowError):
        return 0.0
    return max(found, 0.0) if math.isfinite(found) else 0.0


def at(value: Any, *path: str) -> str:
    """The text of a value within mappings; empty if one of them is missing."""
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return text(value)


def span(seconds: Any) -> str:
    """A length of time."""
    exact = number(seconds)
    whole = round(exact)
    if exact < 10:
        return f"{round(exact, 1)} s"
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def instant(value: Any) -> datetime | None:
    """A time, from seconds since 1970 or from the text of a report; None if it is none."""
    try:
        if isinstance(value, str) and value.endswith("Z"):
            return datetime.strptime(value, _WRITTEN).replace(tzinfo=timezone.utc)
        return _EPOCH + timedelta(seconds=number(value)) if number(value) else None
    except (ValueError, OverflowError):
        return None


def moment(value: Any, zone: str = "") -> str:
    """A time in UTC, and in the zone of that name if it is known and another one. What is no time stays as it is."""
    found = instant(value)
    if found is None:
        return text(value) if isinstance(value, str) else ""
    local = _local(found, zone)
    form = "%H:%M:%S" if local.date() == found.date() else "%Y-%m-%d %H:%M:%S"
    beside = f" ({local:{form}} in {zone})" if local.utcoffset() else ""
    return f"{found:%Y-%m-%d %H:%M:%S} UTC{beside}"


def _local(time: datetime, zone: str) -> datetime:
    try:
        return time.astimezone(ZoneInfo(zone)) if zone else time
    except (KeyError, ValueError, OSError, OverflowError):
        return time


def servers(count: int) -> str:
    """So many servers."""
    return f"{count} {'server' if count == 1 else 'servers'}"
