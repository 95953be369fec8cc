# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What is reported of a host. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from .memory import Memory
from .stage import PHASES

_OF_THE_INSTANCE = ("image_id", "os_name", "host_name", "instance_name", "instance_state", "private_ip_addresses")
_OF_THE_RESET = ("outcome", "request_id", "waited_seconds", "submissions", "adopted")


def report_of(memory: Memory, now: float, run_id: str, status: str = "") -> dict[str, Any]:
    """The report of a host.

    Args:
        now: seconds since the epoch.
        status: what to say while the run goes on; by default how it ended.
    """
    judged, failure = memory.judged, _failure(memory)
    phases = _phases(memory, now)
    return {
        "host": memory.begun["host"],
        "instance_id": memory.instance_id,
        "run_id": run_id,
        "key": (judged.get("names") or {}).get("key", ""),
        "stage": judged.get("stage", ""),
        "status": status or _status(memory, failure),
        "began_at": _moment(memory.begun["at"]),
        "ended_at": _moment(now),
        "phases": phases,
        "seconds": round(now - memory.begun["at"], 1),
        "failure": failure or None,
        "before": _shown(memory.kept.get("before") or judged.get("instance") or {}),
        "after": _shown(memory.answer.get("instance") or {}),
        "reset": _reset(memory),
        "backup": _backup(memory),
        "trust": _trust(memory),
        "login": _login(memory),
        "rollback": dict(memory.get("rollback")) or None,
        "warnings": _warnings(memory),
        "notes": _notes(memory),
    }


def _status(memory: Memory, failure: Mapping[str, Any]) -> str:
    if failure:
        return "rolled_back" if memory.get("rollback") else "failed"
    if memory.begun["check"]:
        return "planned"
    if memory.judged.get("stage") == "finished":
        return "finished"
    return "done" if memory.get("after_ended").get("is_done") else "incomplete"


def _failure(memory: Memory) -> dict[str, str]:
    """What the rescue noted; before it, what the confirmation or preflight refused."""
    noted = memory.get("failure")
    if noted:
        return {name: str(noted.get(name) or "") for name in ("phase", "task", "message")}
    if memory.get("confirmed").get("failed"):
        return {"phase": "confirm", "task": "", "message": str(memory.get("confirmed").get("msg") or "")}
    ended, problems = memory.get("preflight_ended"), memory.judged.get("problems") or []
    others = memory.get("judged").get("refused") and memory.options["stop_batch"]
    if ended.get("failed") or ((problems or others) and not ended):
        message = " ".join(problems) or str(ended.get("msg") or "Other hosts of the batch were refused.")
        return {"phase": "preflight", "task": "", "message": message}
    return {}


def _phases(memory: Memory, now: float) -> list[dict[str, Any]]:
    """The phases that the host went through, each with when it began and how long it took.

    Only some ends are noted; between them lie the waits that modules measure.
    """
    begun = float(memory.begun["at"])
    ends: dict[str, float] = {"confirm": float(memory.get("confirmed").get("at") or now)}
    ends["preflight"] = float(memory.get("judged").get("at") or now)
    do, waited = memory.judged.get("do") or {}, _waited(memory)
    kept = float(memory.get("kept").get("at") or now)
    if do.get("before"):
        ends["before"] = max(ends["preflight"], kept - waited["backup"])
    if do.get("backup"):
        ends["backup"] = kept
    if memory.get("kept") and do.get("reset"):
        ends["reset"] = float(memory.get("reset_ended").get("at") or now)
    if memory.get("trusted"):
        ends["trust"] = ends.get("reset", kept) + waited["trust"]
    for phase in ("login", "verify", "after"):
        if memory.get(f"{phase}_ended"):
            ends[phase] = float(memory.get(f"{phase}_ended").get("at") or now)
    failed = _failure(memory).get("phase")
    if failed in PHASES:
        ends = {phase: end for phase, end in ends.items() if PHASES.index(phase) < PHASES.index(failed)}
        ends[failed] = now
    return _spans(begun, {phase: ends[phase] for phase in PHASES if phase in ends})


def _spans(begun: float, ends: Mapping[str, float]) -> list[dict[str, Any]]:
    spans, at = [], begun
    for phase, end in ends.items():
        spans.append({"name": phase, "began_at": at, "seconds": round(max(0.0, end - at), 1)})
        at = max(at, end)
    return spans


def _waited(memory: Memory) -> dict[str, float]:
    backup = [memory.get(name).get("waited_seconds") or 0.0 for name in ("snapshot", "image")]
    trusted = [one.get("waited_seconds") or 0.0 for one in memory.get("trusted").get("results") or ()]
    return {"backup": sum(backup), "trust": sum(trusted)}


def _reset(memory: Memory) -> dict[str, Any] | None:
    answer = memory.answer or (memory.plan if memory.begun["check"] or memory.judged.get("problems") else {})
    if not answer:
        return None
    return {name: answer.get(name) for name in _OF_THE_RESET} | {
        "reason": answer.get("reason") or answer.get("msg") or ""
    }


def _backup(memory: Memory) -> dict[str, Any] | None:
    made = made_backup(memory) or dict(memory.kept.get("backup") or {})
    return made or None


def made_backup(memory: Memory) -> dict[str, Any]:
    """The backup that this run has made; empty if it has not."""
    found = memory.get("snapshot").get("snapshot_id") or memory.get("image").get("image_id")
    if not found:
        return {}
    return {"kind": memory.options["backup"], "name": memory.judged["names"]["backup"], "id": found}


def _trust(memory: Memory) -> dict[str, Any] | None:
    entered = [one for one in memory.get("trusted").get("results") or () if one.get("fingerprints")]
    if not entered:
        return None
    return {"host_keys": memory.options["host_keys"], "fingerprints": list(entered[-1]["fingerprints"])}


def _login(memory: Memory) -> dict[str, Any] | None:
    ended = memory.get("reset_ended")
    if not memory.get("login_ended") and not memory.get("gathered"):
        return None
    return {"user": ended.get("user"), "port": ended.get("port")}


def _warnings(memory: Memory) -> list[str]:
    kept = [str(one["item"]["image_name"]) for one in memory.get("tidied").get("results") or () if one.get("error")]
    left = [f"Old backups could not be deleted: {', '.join(kept)}."] if kept else []
    return [*(memory.get("warned").get("texts") or ()), *(memory.kept.get("warnings") or ()), *left]


def _notes(memory: Memory) -> list[str]:
    notes = list(memory.judged.get("notes") or [])
    trust = _trust(memory)
    if trust and trust["host_keys"] == "scan":
        notes.append(f"The host key was trusted on first use: {', '.join(trust['fingerprints'])}")
    renewed = memory.get("renewed").get("fingerprints")
    if renewed:
        notes.append(f"cloud-init has made other host keys since, read over the login: {', '.join(renewed)}")
    return notes


def _shown(instance: Mapping[str, Any]) -> dict[str, Any] | None:
    if not instance:
        return None
    disk = instance.get("system_disk") or {}
    disks = [one.get("disk_id") for one in instance.get("data_disks") or ()]
    return {**{name: instance.get(name) for name in _OF_THE_INSTANCE}, **disk, "data_disks": disks}


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
