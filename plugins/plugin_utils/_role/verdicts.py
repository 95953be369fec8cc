# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""How each phase ended for a host: what its tasks found out, judged by this host alone. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from .confirmation import NOT_LOOKED_AT, lie
from .facts import forbidden
from .failure import aftermath
from .memory import Memory
from .options import module_problems

_FORBIDDEN = "OnceRefused"
"""The code of a log that forbids what is asked of it."""

_READ_FIRST = (
    "Read the log before you run the play again (cvm_reset_log): without a record of this reset the server is reset "
    "again."
)


class Ending(NamedTuple):
    """How a phase ended.

    Attributes:
        text: what happened, in a line.
        failed: whether the host goes no further.
        changed: whether something was changed.
        found: what later tasks need.
    """

    text: str
    failed: bool = False
    changed: bool = False
    found: Mapping[str, Any] = {}


def preflight(memory: Memory) -> Ending:
    """Whether the host may be touched, and what is to be done. What stops a whole batch is told once for all of it."""
    judged, whole, host = memory.judged, memory.get("judged"), str(memory.begun["host"])
    if not judged:
        return Ending(NOT_LOOKED_AT, failed=True)
    if whole.get("stops"):
        first = next(iter(whole["hosts"]))
        return Ending(str(whole["text"]) if host == first else f"Nothing was touched: see {first}.", failed=True)
    if judged.get("problems"):
        return Ending(" ".join(judged["problems"]), failed=True)
    others = [one for one in whole.get("refused") or () if one != host]
    if others and memory.options["stop_batch"]:
        return Ending(
            f"Nothing was touched, since other hosts of the batch have problems ({', '.join(others)}). "
            "Set reset_instance_stop_batch to false to go on without them.",
            failed=True,
        )
    would_change = bool(memory.begun["check"]) and memory.plan.get("outcome") == "planned"
    return Ending(str(judged.get("line") or ""), changed=would_change, found=_diff(memory) if would_change else {})


def _diff(memory: Memory) -> dict[str, Any]:
    """What --diff shows: the instance before and after."""
    return {"diff": memory.plan.get("changes") or {}}


def reset(memory: Memory) -> Ending:
    """How the reset ended, and how to log in to what it left."""
    answer, judged = memory.answer, memory.judged
    if judged.get("stage") == "rollback":
        return Ending(_goes_on_with_rollback(memory), failed=True)
    outcome = str(answer.get("outcome") or "")
    if memory.kept.get("error"):
        return Ending(f"Nothing was sent: {memory.kept['error']}", failed=True)
    if not answer:
        lies = forbidden(memory.facts)
        return Ending(lie(lies) if lies else "It is not what was confirmed any more: nothing was sent.", failed=True)
    if outcome not in ("done", "unchanged"):
        text = module_problems(answer, memory.options)
        text = text or "The reset was cut off, and what it has sent goes on."
        return Ending(text, failed=True, changed=bool(answer.get("changed", outcome == "")))
    named = f", RequestId {answer['request_id']}" if answer.get("request_id") else ""
    waited = answer.get("waited_seconds")
    return Ending(
        f"{memory.instance_id}: {outcome}{named}{f', after {waited} s' if waited else ''}",
        changed=bool(answer.get("changed")),
        found={"is_new": True, **_new_login(memory), **_diff(memory)},
    )


def _goes_on_with_rollback(memory: Memory) -> str:
    begun = (
        "The reset of an earlier run with this key failed"
        if memory.judged.get("log_state") == "failed"
        else "An earlier run with this key began to roll back"
    )
    if memory.options["rollback"]:
        return f"{begun}, and this one goes on with that."
    return f"{begun}, and reset_instance_rollback is not true. Set it, and run again."


def _new_login(memory: Memory) -> dict[str, Any]:
    """The user and the port of the new system. The default port of Windows is its desktop's, where no task runs."""
    options, instance, judged = memory.options, memory.answer.get("instance") or {}, memory.judged
    port = "" if judged.get("to_windows") else instance.get("default_login_port")
    return {
        "user": options["login_user"] or instance.get("default_login_user") or judged.get("user") or "",
        "port": int(options["login_port"] or port or judged.get("port") or 22),
    }


def login(memory: Memory) -> Ending:
    """Whether the new system was reached, is the instance's, and is a new one."""
    marker, gathered = memory.get("marker"), memory.get("gathered")
    said = said_by(marker)
    lost = next((one for one in (marker, gathered) if one.get("unreachable")), None)
    lies = forbidden(memory.facts)
    # What an earlier run has kept may be lost; the mark that it left has the same name.
    nonce = str(memory.kept.get("nonce") or memory.judged["names"]["nonce"])
    if lost is not None:
        return Ending(f"The host answered and then was not reachable any more: {lost.get('msg') or ''}", failed=True)
    if memory.options["verify_address"] and not _is_own(memory, said.get("instance_id", "")):
        named = said.get("instance_id") or "none"
        return Ending(
            f"ansible_host: the new system is not proved to be {memory.instance_id}: its address does not lead "
            f"straight to the instance, and its metadata service names {named}.",
            failed=True,
        )
    if nonce in str(marker.get("stdout") or ""):
        return Ending(
            "The host answers, but it was rebooted, not reinstalled: the mark that was left on the old system is still "
            f"there ({memory.options['marker_path']}). Look at the instance before anything else is done to it.",
            failed=True,
        )
    if lies:
        return Ending(lie(lies), failed=True)
    found = memory.get("reset_ended")
    return Ending(f"Logged in as {found.get('user')}, port {found.get('port')}")


def said_by(answer: Mapping[str, Any]) -> dict[str, str]:
    """What a server said, by name: its lines are of the form `name=value`."""
    lines = [line.strip().partition("=") for line in answer.get("stdout_lines") or ()]
    return {name: value.strip() for name, _equals, value in lines}


def _is_own(memory: Memory, named: str) -> bool:
    """What the metadata service says decides; where it does not answer, what was proved before the reset counts."""
    return named == memory.instance_id if named else bool(memory.judged.get("is_proved"))


def verify(memory: Memory) -> Ending:
    """Whether the instance and its system are what was asked for."""
    # Read when the reset had ended.
    now = memory.answer.get("instance")
    if now is None:
        return Ending(f"{memory.instance_id} was not read, so that its data disks are not known.", failed=True)
    before, after = _data_disks(memory.kept.get("before") or memory.judged.get("instance") or {}), _data_disks(now)
    if before != after:
        then, since = ", ".join(before) or "none", ", ".join(after) or "none"
        return Ending(f"The data disks differ: {then} before the reset, {since} after it.", failed=True)
    facts = memory.variables.get("ansible_facts") or {}
    if not memory.options["login"]:
        return Ending("The data disks are the same.")
    names = ("distribution", "distribution_version")
    wanted = [str(memory.options[name] or "") for name in names]
    found = [str(facts.get(name) or "") for name in names]
    if any(want not in ("", is_now) for want, is_now in zip(wanted, found)):
        return Ending(
            f"The new system is {' '.join(found)}, and not {' '.join(wanted).strip()} "
            "(reset_instance_distribution, _version).",
            failed=True,
        )
    return Ending(f"The new system is {' '.join(found).strip() or 'not looked at'}; the data disks are the same.")


def _data_disks(instance: Mapping[str, Any]) -> list[str]:
    return sorted(str(disk.get("disk_id")) for disk in instance.get("data_disks") or ())


def after(memory: Memory) -> Ending:
    """Whether the server is in service again, and the log says so."""
    lies = forbidden(memory.facts)
    if lies:
        return Ending(lie(lies), failed=True)
    written = [group for group in memory.get("logs").get("results") or () if isinstance(group, Mapping)]
    entries = [one for group in written for one in group.get("results") or ()]
    entry = next((one for one in entries if one.get("instance_id") == memory.instance_id), None)
    if memory.options["policy"] == "once" and (entry is None or entry.get("error")):
        error = (entry or {}).get("error") or {}
        why = error.get("message") or next(
            (group["msg"] for group in written if group.get("msg")), "Nothing was written."
        )
        # A log that forbids it may have no record of this reset any more.
        forbids = error.get("code") == _FORBIDDEN
        advice = _READ_FIRST if forbids else "Run the play again with this key: it goes on, and resets nothing."
        return Ending(
            f"The server is as it should be, but its log could not be brought to its end. {advice} {why}",
            failed=True,
            found={"is_in_order": True},
        )
    return Ending(f"{memory.begun['host']} is in service again.", found={"is_done": True})


def failure(memory: Memory) -> Ending:
    """What was done about a failure. What failed has been shown before."""
    noted = memory.get("failure")
    done = aftermath(memory, str(noted.get("phase") or ""), goes_back_=bool(noted.get("goes_back")))
    # Without a task nothing failed on this host, so that Ansible has shown no reason.
    shown = "" if noted.get("task") else str(noted.get("message") or "")
    words = [f"Failed in phase {noted.get('phase')}.", shown, done, *(memory.get("warned").get("texts") or ())]
    return Ending(" ".join(filter(None, words)), failed=True)


VERDICTS: Mapping[str, Callable[[Memory], Ending]] = {
    "preflight": preflight,
    "reset": reset,
    "login": login,
    "verify": verify,
    "after": after,
    "failure": failure,
}
