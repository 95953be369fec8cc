# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What the modules are asked for: once for the hosts of a batch that can share a call, or for one host. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ...module_utils._errors import TencentCloudError
from .._user_data import with_host_key
from . import looks
from .backups import old_images
from .confirmation import NOT_LOOKED_AT, NOT_WHOLE, NotConfirmed, guarded_id
from .facts import forbidden
from .memory import Memory, memories
from .names import names_of
from .sample_key import sample_key
from .server import Server

Request = dict[str, Any]
ForBatch = Callable[[Iterable[Memory]], dict[str, Request]]

_OF_AN_INSTANCE = (
    *("image_id", "system_disk", "login_settings", "enhanced_service", "host_name", "user_data"),
    *("policy", "idempotency_key", "expected", "override_protection"),
)
_OF_THE_TASK = ("wait_until_idle", "wait_timeout", "wait_interval", "settle_seconds", "progress")


# --- for a batch


def _plans(batch: Iterable[Memory]) -> dict[str, Request]:
    """The plans of the resets, and of those that would follow upon a failure."""
    usable = [memory for memory in batch if not memory.begun["problems"]]
    # Only an image can tell whether its own logins can be kept.
    back = [
        memory
        for memory in usable
        if Server(memory).goes_back_to_image and not memory.options["rollback_login_settings"].get("keep_image_login")
    ]
    return {
        **_resets("plan", ((memory, _entry(memory, sample_key() if _injects(memory) else None)) for memory in usable)),
        **_resets("rollback", ((memory, _entry_of_way_back(memory)) for memory in back)),
    }


def _requested(batch: Iterable[Memory]) -> dict[str, Request]:
    """The resets themselves, of hosts that are what was confirmed."""
    chosen = [memory for memory in batch if memory.is_to_be_reset and memory.judged["stage"] != "rollback"]
    allowed = [memory for memory in chosen if _is_guarded(memory) and not memory.kept.get("error")]
    return _resets("reset", ((memory, _entry(memory, _own_key(memory))) for memory in allowed))


def _resets(what: str, entries: Iterable[tuple[Memory, Request]]) -> dict[str, Request]:
    """One task for all that share what belongs to a task, by a name that lists the instances."""
    groups: list[tuple[Request, list[Request], dict[str, str]]] = []
    for memory, entry in entries:
        options = memory.options
        attach = str(options["attach"] or "") if what != "rollback" else ""
        shared = {"region": region_of(memory), **{name: options[name] for name in _OF_THE_TASK}}
        key = {**shared, "attaches": bool(attach)}
        group = next((one for one in groups if one[0] == key), None)
        if group is None:
            group = (key, [], {})
            groups.append(group)
        group[1].append(entry)
        if attach:
            group[2][entry["instance_id"]] = attach
    return {
        " ".join([what, *(entry["instance_id"] for entry in instances)]): {
            **{name: value for name, value in key.items() if name != "attaches"},
            "instances": instances,
            **({"attach": attach} if attach else {}),
        }
        for key, instances, attach in groups
    }


def _entry(memory: Memory, host_key: tuple[str, str] | None) -> Request:
    """The options of one instance. User data that cannot take the host key is left for the module to judge."""
    options = memory.options
    entry = {name: options[name] for name in _OF_AN_INSTANCE if options.get(name) not in ("", None, {}, [])}
    if host_key:
        entry["user_data"] = with_host_key(options["user_data"] or None, *host_key)
    return {"instance_id": memory.instance_id, **entry}


def _entry_of_way_back(memory: Memory) -> Request:
    return {"instance_id": memory.instance_id, "login_settings": dict(memory.options["rollback_login_settings"])}


def _injects(memory: Memory) -> bool:
    return Server(memory).injects and not user_data_problem(memory)


def user_data_problem(memory: Memory) -> str:
    """Why the user data cannot take a host key; empty if it can."""
    try:
        with_host_key(memory.options["user_data"] or None, *sample_key())
    except TencentCloudError as error:
        return str(error)
    return ""


def _own_key(memory: Memory) -> tuple[str, str] | None:
    key = memory.kept.get("host_key")
    return (str(key[0]), str(key[1])) if key else None


def _key_pairs(batch: Iterable[Memory]) -> dict[str, Request]:
    """The key pairs whose public keys are to be compared with those of this controller."""
    found: dict[str, list[str]] = {}
    for memory in batch:
        if not memory.begun["problems"] and Server(memory).logs_in:
            found.setdefault(region_of(memory), []).extend(Server(memory).key_ids)
    return {
        f"key pairs {region}".strip(): {"region": region, "key_ids": list(dict.fromkeys(ids))}
        for region, ids in found.items()
        if ids
    }


def _images(batch: Iterable[Memory]) -> dict[str, Request]:
    """The images that an earlier run with the same key may have begun to make. Meanwhile nothing can be reset."""
    found: dict[str, list[Memory]] = {}
    for memory in batch:
        if memory.options and memory.options["backup"] == "image":
            found.setdefault(region_of(memory), []).append(memory)
    return {
        f"images {region}".strip(): {
            "region": region,
            "names": [_names(memory) for memory in members],
            "seconds": max(memory.options["backup_timeout"] for memory in members),
        }
        for region, members in found.items()
        if not members[0].begun["check"]
    }


def _names(memory: Memory) -> str:
    confirmed = memory.get("confirmed")
    return names_of(memory.begun, confirmed["run_id"], confirmed["use"]).backup


def _logs(batch: Iterable[Memory]) -> dict[str, Request]:
    """The logs in which it is to be said that the server is in service again."""
    found: dict[tuple[str, str], list[str]] = {}
    for memory in batch:
        if memory.options["policy"] == "once" and memory.get("reset_ended").get("is_new") and _is_guarded(memory):
            key = (region_of(memory), str(memory.options["idempotency_key"]))
            found.setdefault(key, []).append(memory.instance_id)
    return {
        " ".join(["log", *ids]): {"region": region, "idempotency_key": key, "instance_ids": ids}
        for (region, key), ids in found.items()
    }


def region_of(memory: Memory) -> str:
    """The region of a host's instance; empty for the one that the modules find by themselves."""
    return str((memory.begun.get("connection") or {}).get("region") or "")


def _groups(calls: ForBatch) -> ForBatch:
    """The same without the instances, which have secrets: what a loop goes over is shown."""

    def shown(batch: Iterable[Memory]) -> dict[str, Request]:
        return {
            name: {option: value for option, value in call.items() if option != "instances"}
            for name, call in calls(batch).items()
        }

    return shown


FOR_A_BATCH: Mapping[str, ForBatch] = {
    "plans": _plans,
    "plan_groups": _groups(_plans),
    "key_pairs": _key_pairs,
    "images": _images,
    "resets": _requested,
    "reset_groups": _groups(_requested),
    "logs": _logs,
}


def for_batch(hostvars: Any, what: str, hosts: Iterable[str], *, whole: bool) -> dict[str, Request]:
    """What a module is asked for some hosts, by a name for each call; raises NotConfirmed.

    Nothing is asked for a host that failed, also where it is rescued only when the others are done.

    Args:
        whole: whether the role is used as a whole.
    """
    if not whole:
        raise NotConfirmed(NOT_WHOLE)
    left = [one for one in memories(hostvars, hosts).values() if one.begun and not one.has_failed]
    return FOR_A_BATCH[what](left)


# --- for one host


def _id(memory: Memory) -> str:
    return guarded_id(str(memory.begun["host"]), memory.begun, memory.get("confirmed"), forbidden(memory.facts))


def _is_guarded(memory: Memory) -> bool:
    try:
        return bool(_id(memory))
    except NotConfirmed:
        return False


def _trust(memory: Memory) -> list[Request]:
    """What is entered into known_hosts: nothing for the port of the old system, the new keys for that of the new."""
    judged, port = memory.judged, memory.get("reset_ended").get("port")
    if not judged.get("trusts") or not judged["ssh"]["path"]:
        return []
    key = memory.kept.get("host_key")
    entered = {"state": "present", "host_keys": [key[1]]} if key else {"state": "scanned"}
    old_port = memory.kept.get("port") or judged["port"]
    removed = [{"state": "absent", "port": old_port}] if old_port != port else []
    return [*removed, {**entered, "port": port}]


def _guarded(find: Callable[[Memory], list[Any]]) -> Callable[[Memory], list[Any]]:
    """The same for a host that is what was confirmed; for another one NotConfirmed, unless there is nothing to do."""

    def found(memory: Memory) -> list[Any]:
        todo = find(memory)
        if todo:
            _id(memory)
        return todo

    return found


FOR_A_HOST: Mapping[str, Callable[[Memory], Any]] = {
    "id": _id,
    "own": lambda memory: memory.judged,
    "look": looks.first_look,
    "trust": _guarded(_trust),
    "renewed_keys": _guarded(looks.renewed_keys),
    "old_images": _guarded(old_images),
    "kept": lambda memory: memory.kept,
}


def for_host(hostvars: Any, what: str, host: str, *, whole: bool) -> Any:
    """What is asked of a host, or of a module for it; raises NotConfirmed. The arguments are those of `for_batch`."""
    if not whole:
        raise NotConfirmed(NOT_WHOLE)
    found = memories(hostvars, [host])[host] if host else Memory({})
    if what != "look" and not found.judged:
        raise NotConfirmed(NOT_LOOKED_AT)
    return FOR_A_HOST[what](found)
