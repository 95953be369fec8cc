# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The options of the role: every one with its kind, its default and its phase; what is given, typed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ...module_utils._problems import Problem, invalid
from ...module_utils._text import printable
from . import option_kinds as kinds
from . import option_mappings as mappings
from .option_kinds import Kind, unset
from .structured_text import plain

PREFIX = "reset_instance_"

ANSWERS = {"failure"}
"""Variables of the role that are no options: what its hooks are told."""

_GONE = {
    "delegate_to": (
        "there is no such option any more, since the keys of the API do not leave the controller.",
        "Remove it. The API is called from the host that runs Ansible.",
    ),
    "wait": ("There is no such option, since the role always waits.", "Remove it."),
}


class Option(NamedTuple):
    """An option of the role.

    Attributes:
        phase: the phase that it is for.
        kind: what reads it.
        default: what it is when it is not given, as it would be given.
        may_be_empty: whether an empty text is a value: "none", and not "the default".
    """

    phase: str
    kind: Kind
    default: Any = ""
    may_be_empty: bool = False


OPTIONS: dict[str, Option] = {
    "instance_id": Option("confirm", kinds.TEXT),
    "confirm": Option("confirm", kinds.TEXTS, []),
    "confirm_plans": Option("confirm", mappings.PLANS, {}),
    "job_slice": Option("confirm", kinds.SWITCH, False),
    "expected": Option("preflight", mappings.EXPECTED, {}),
    "override_protection": Option("preflight", kinds.SWITCH, False),
    "stop_batch": Option("preflight", kinds.SWITCH, True),
    "allow_stopped": Option("preflight", kinds.SWITCH, False),
    "verify_address": Option("preflight", kinds.SWITCH, True),
    "before_tasks": Option("before", kinds.FILES, []),
    "before_needs_login": Option("before", kinds.SWITCH, True),
    "backup": Option("backup", kinds.choice("none", "snapshot", "image"), "none"),
    "backup_force_poweroff": Option("backup", kinds.SWITCH, False),
    "backup_timeout": Option("backup", kinds.WHOLE_SECONDS, 3600),
    "backup_keep_days": Option("backup", kinds.DAYS, 0),
    "rollback": Option("backup", kinds.SWITCH, False),
    "rollback_login_settings": Option("backup", mappings.LOGIN_SETTINGS, {"keep_image_login": True}),
    "image_id": Option("reset", kinds.TEXT),
    "system_disk": Option("reset", mappings.SYSTEM_DISK, {}),
    "login_settings": Option("reset", mappings.LOGIN_SETTINGS, {}),
    "enhanced_service": Option("reset", mappings.ENHANCED_SERVICE, {}),
    "host_name": Option("reset", kinds.TEXT),
    "user_data": Option("reset", kinds.SECRET),
    "policy": Option("reset", kinds.choice("always", "image_differs", "once"), "always"),
    "idempotency_key": Option("reset", kinds.TEXT),
    "attach": Option("reset", kinds.TEXT),
    "wait_until_idle": Option("reset", kinds.WHOLE_SECONDS, 0),
    "wait_timeout": Option("reset", kinds.WHOLE_SECONDS, 1800),
    "wait_interval": Option("reset", kinds.SECONDS, 5),
    "settle_seconds": Option("reset", kinds.WHOLE_SECONDS, 375),
    "progress": Option("reset", kinds.SWITCH, True),
    "host_keys": Option("trust", kinds.choice("scan", "inject", "none"), "scan"),
    "host_key_names": Option("trust", kinds.TEXTS, []),
    "host_key_timeout": Option("trust", kinds.SECONDS, 300),
    "host_key_stable_seconds": Option("trust", kinds.SECONDS, 10),
    "known_hosts_file": Option("trust", kinds.PATH),
    "login": Option("login", kinds.SWITCH, True),
    "login_user": Option("login", kinds.TEXT),
    "login_port": Option("login", kinds.PORT),
    "login_timeout": Option("login", kinds.WHOLE_SECONDS, 600),
    "marker_path": Option("login", kinds.TEXT, "/var/tmp/.reset_instance"),
    "distribution": Option("verify", kinds.TEXT),
    "distribution_version": Option("verify", kinds.TEXT),
    "verify_that": Option("verify", kinds.CONDITIONS, []),
    "after_tasks": Option("after", kinds.FILES, []),
    "failure_tasks": Option("after", kinds.FILES, []),
    "state_dir": Option("report", kinds.PATH, "~/.ansible/reset_instance"),
    "report_dir": Option("report", kinds.PATH, "~/.ansible/reset_instance/reports", may_be_empty=True),
    "run_id": Option("report", kinds.TEXT),
}
"""By their names without the role's prefix. The path of the mark is one of the server, so it is text here."""


def parsed(raw: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Every option in its type, and all that is wrong with them; an option that is wrong has its default.

    Args:
        raw: what is given, by the names of OPTIONS. An option that is not there is not given; what is no option is
            for `unknown`.
    """
    problems: list[Problem] = []
    typed = {name: _typed(name, option, raw, problems) for name, option in OPTIONS.items()}
    return typed, [problem._replace(option=f"{PREFIX}{printable(problem.option)}") for problem in problems]


def unknown(names: Iterable[str]) -> list[Problem]:
    """Variables that begin like an option of the role and are none, so that no slip of the pen goes unseen."""
    return [problem for name in sorted(set(names)) if name.startswith(PREFIX) for problem in _stranger(name)]


def _typed(name: str, option: Option, raw: Mapping[str, Any], problems: list[Problem]) -> Any:
    given = plain(raw.get(name))
    if not unset(given):
        found = mappings.attempt(option.kind.read, name, given, problems)
        if found not in (None, "", [], {}):
            return found
    elif option.may_be_empty and name in raw:
        return option.kind.empty()
    return option.kind.empty() if unset(option.default) else option.kind.read(name, option.default)


def _stranger(full: str) -> Iterator[Problem]:
    name = full[len(PREFIX) :]
    if name in _GONE:
        yield invalid(full, *_GONE[name])
    elif name not in OPTIONS and name not in ANSWERS:
        likely = mappings.nearest(name, OPTIONS)
        fix = f"Did you mean {PREFIX}{likely}?" if likely else "Rename it: names that begin like that are the role's."
        yield invalid(printable(full), "There is no such option.", fix)


def module_problems(answer: Mapping[str, Any], options: Mapping[str, Any]) -> str:
    """Why a module of this collection failed, with its options called as the role calls them."""
    problems = answer.get("problems") or ()
    texts = [f"{_called(one['option'], options)}: {one['message']} {one['fix']}" for one in problems]
    return " ".join(texts) if texts else str(answer.get("msg") or answer.get("reason") or "")


def _called(option: str, options: Mapping[str, Any]) -> str:
    return f"{PREFIX}{option}" if option.partition(".")[0] in options else option
