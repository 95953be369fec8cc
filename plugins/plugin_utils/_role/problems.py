# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What preflight refuses, beside what the modules refuse by themselves: all rules in one table. Pure."""

from __future__ import annotations

from ...module_utils._engine.rules import Rule
from ...module_utils._problems import Problem
from ...module_utils._text import printable
from .lines import plan_line
from .options import PREFIX, module_problems
from .server import Server

_HOOKS = f"{PREFIX}before_tasks, {PREFIX}after_tasks, {PREFIX}failure_tasks"
_LOGIN = f"{PREFIX}login_settings"
_OR_NO_LOGIN = f"or set {PREFIX}login to false."


def _hooks(s: Server) -> str | None:
    return " ".join(s.hooks) or None


def _other_plan(s: Server) -> str | None:
    """What an earlier run has begun is not planned anew: its key stands for what was confirmed then."""
    confirmed = s.options["confirm_plans"]
    if not (confirmed and s.plan and s.is_fresh) or s.memory.begun["check"]:
        return None
    then, now = confirmed.get(s.memory.instance_id, ""), plan_line(s)
    if then.split() == now.split():
        return None
    return f"What would be done is not what was confirmed. Now: {now} Confirmed: {printable(then) or 'nothing'}"


def _not_proved(s: Server) -> str | None:
    if not (s.is_fresh and s.contacts and s.options["verify_address"]) or s.is_proved:
        return None
    asked = f"and the metadata service of the server that answers names {s.named_id or 'none'}"
    return (
        f"{s.connects_to} is not proved to be {s.memory.instance_id}. It is not an address of the instance "
        f"that leads straight to it, {asked}."
    )


def _no_login_now(s: Server) -> str | None:
    if not (s.is_fresh and s.contacts and s.options["before_needs_login"]) or s.was_reached is not False:
        return None
    why = " ".join(str(s.look.get("msg") or s.look.get("stderr") or "").split()).removeprefix("Task failed: ")
    return f"The login to the present system fails, and nothing was done.{_other_user(s)} {why}".strip()


def _other_user(s: Server) -> str:
    """The inventory may still have the user of the system before this one."""
    named = str(s.instance.get("default_login_user") or "")
    if not named or named == s.way.user:
        return ""
    return (
        f" The API names the user {named} for the image that it runs, and ansible_user is {s.way.user or 'not set'}: "
        'set ansible_user: "{{ cvm_default_login_user }}".'
    )


def _local(s: Server) -> str | None:
    return "ansible_connection is local: this controller would be taken for the new system." if _is_local(s) else None


def _is_local(s: Server) -> bool:
    return s.logs_in and s.way.kind == "local"


def _overruled(s: Server) -> str | None:
    found = s.memory.begun["overruling"]["login"] if s.logs_in else []
    return f"Extra variables would overrule how to log in to the new system: {', '.join(found)}." if found else None


def _password_overruled(s: Server) -> str | None:
    found = s.memory.begun["overruling"]["passwords"] if s.logs_in else []
    return f"Extra variables would overrule the password of the new system: {', '.join(found)}." if found else None


def _nobody(s: Server) -> str | None:
    login = s.options["login_settings"]
    if not (s.logs_in and s.is_fresh) or any(login.get(name) for name in ("password", "key_ids", "keep_image_login")):
        return None
    return "Nobody could log in: it has no password, no key_ids and no keep_image_login."


def _no_private_key(s: Server) -> str | None:
    """Of several pairs one is enough, but the new system and one that is rolled back to are opened by their own."""
    for ids in s.key_pairs:
        known = {s.pair_keys[one] for one in ids if one in s.pair_keys}
        if s.logs_in and s.is_ssh and known and not known & set(s.controller_keys):
            return (
                f"This controller could not log in: it has the private key of none of {', '.join(ids)} "
                "(it looked at the agent, ansible_ssh_private_key_file and the identity files of ssh)."
            )
    return None


def _no_sshpass(s: Server) -> str | None:
    by_password = s.logs_in and s.is_ssh and "password" in s.options["login_settings"]
    if not by_password or s.can_type_passwords:
        return None
    return "This controller could not log in by password: the program sshpass is missing."


def _stopped(s: Server) -> str | None:
    stopped = s.is_fresh and s.instance.get("instance_state") == "STOPPED" and not s.options["allow_stopped"]
    return "The instance is stopped, and a reset starts it." if stopped else None


def _snapshots(s: Server) -> bool:
    return s.is_fresh and s.options["backup"] == "snapshot"


def _lost_snapshot(s: Server) -> str | None:
    if not _snapshots(s) or s.before.get("platform") == s.after.get("platform"):
        return None
    return (
        "The reset switches between Linux and Windows: the system disk may get another id, "
        "and its snapshot would then be lost."
    )


def _grown_disk(s: Server) -> str | None:
    sizes = [(side.get("system_disk") or {}).get("disk_size") for side in (s.before, s.after)]
    if not (_snapshots(s) and s.options["rollback"]) or sizes[0] == sizes[1]:
        return None
    return "The reset changes the size of the system disk, after which a snapshot of it cannot be restored."


def _nothing_to_go_back_to(s: Server) -> str | None:
    missing = s.options["rollback"] and s.options["backup"] == "none"
    return "Nothing could be rolled back without a backup." if missing else None


def _no_way_back(s: Server) -> str | None:
    """What an earlier run has begun is not stopped: the system that is there now need not be the one to go back to."""
    way = s.memory.way_back if s.is_fresh else {}
    found = [one for one in way.get("problems") or () if one["option"].startswith("login_settings")]
    if found:
        return "It would not work: " + " ".join(f"{one['message']} {one['fix']}" for one in found)
    return f"It would not work: {way['msg']}" if way.get("msg") and not way.get("problems") else None


def _inject_into_windows(s: Server) -> str | None:
    return "A host key cannot be injected into Windows." if s.injects and s.to_windows else None


def _user_data(s: Server) -> str | None:
    return s.user_data if s.injects and s.user_data else None


def _key_elsewhere(s: Server) -> str | None:
    gone = s.injects and s.stage == "resume" and not s.has_injected_key
    return "The host key that an earlier run injected is not on this controller." if gone else None


def _other_connection(s: Server) -> str | None:
    """One connection plugin cannot speak to both systems."""
    if not s.logs_in or not s.after or s.is_windows == s.to_windows or s.stage not in ("fresh", "resume"):
        return None
    system = "Windows" if s.to_windows else "Linux"
    return f"The new system is {system}, and ansible_connection ({s.way.kind}) leads to the present one."


def _files(s: Server) -> str | None:
    return " ".join(s.files) or None


def _conditions(s: Server) -> str | None:
    return " ".join(s.conditions) or None


RULES: tuple[Rule[Server], ...] = (
    Rule(("Files",), f"{PREFIX}state_dir, {PREFIX}report_dir", _files, "Give folders of your own."),
    Rule(("Hook",), _HOOKS, _hooks, "Correct the option or the file; a relative path begins at the playbook's folder."),
    Rule(("Condition",), f"{PREFIX}verify_that", _conditions, "Write conditions as for ansible.builtin.assert."),
    Rule(("OtherPlan",), f"{PREFIX}confirm_plans", _other_plan, "Check again, and confirm what that check says."),
    Rule(("Local",), "ansible_connection", _local, f"Correct it, {_OR_NO_LOGIN}"),
    Rule(
        ("NoLogin",),
        "ansible_host",
        _no_login_now,
        f"Correct the login, or set {PREFIX}before_needs_login to false for a server that is broken.",
    ),
    Rule(
        ("NotProved",),
        "ansible_host",
        _not_proved,
        "Correct ansible_host or the id. Behind address translation, where the server cannot be asked, set "
        f"{PREFIX}verify_address to false.",
    ),
    Rule(
        ("Overruled",),
        f"{PREFIX}login_user, {PREFIX}login_port",
        _overruled,
        "Leave them out, or set these to the same.",
    ),
    Rule(("Overruled",), _LOGIN, _password_overruled, "Leave them out, or give the same password."),
    Rule(("NobodyLogsIn",), _LOGIN, _nobody, f"Give one, {_OR_NO_LOGIN}"),
    Rule(("NoPrivateKey",), _LOGIN, _no_private_key, f"Give a key pair whose private key it has, {_OR_NO_LOGIN}"),
    Rule(("NoSshpass",), _LOGIN, _no_sshpass, "Install it, or give key_ids."),
    Rule(
        ("OtherConnection",),
        f"{PREFIX}login",
        _other_connection,
        f"Set {PREFIX}login to false, and go on with a play of its own that has the connection of the new system.",
    ),
    Rule(("Stopped",), f"{PREFIX}allow_stopped", _stopped, "Set it to true if that is meant."),
    Rule(("LostSnapshot",), f"{PREFIX}backup", _lost_snapshot, "Set it to image."),
    Rule(("GrownDisk",), f"{PREFIX}backup", _grown_disk, "Set it to image."),
    Rule(("NoBackup",), f"{PREFIX}rollback", _nothing_to_go_back_to, f"Set {PREFIX}backup to snapshot or image."),
    Rule(("NoWayBack",), f"{PREFIX}rollback_login_settings", _no_way_back, "Correct it."),
    Rule(("Windows",), f"{PREFIX}host_keys", _inject_into_windows, "Set it to scan or none."),
    Rule(("UserData",), f"{PREFIX}user_data", _user_data, f"Correct it, or set {PREFIX}host_keys to scan or none."),
    Rule(("NoInjectedKey",), f"{PREFIX}host_keys", _key_elsewhere, "Set it to scan."),
)


def plan_problems(s: Server) -> list[str]:
    """Why the module would not make the reset, with its options called as the role calls them."""
    if s.stage == "rollback" or s.plan.get("outcome") in ("planned", "unchanged"):
        return []
    return [module_problems(s.plan, s.options) or "The reset could not be planned."]


def told(problem: Problem) -> str:
    """A problem in a sentence or more."""
    return f"{problem.option}: {problem.message} {problem.fix}"
