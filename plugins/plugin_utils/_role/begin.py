# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What is frozen of a host when the role begins: its options, how it is reached, and what bars it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from ...module_utils._problems import Problem, as_data, invalid
from .confirmation import lie
from .facts import forbidden
from .options import OPTIONS, PREFIX, parsed, unknown
from .structured_text import plain

LOGIN_NAMES = ("ansible_user", "ansible_ssh_user", "ansible_port", "ansible_ssh_port")
PASSWORD_NAMES = ("ansible_password", "ansible_ssh_pass", "ansible_ssh_password")
_LINEAR = ("linear", "ansible.builtin.linear", "debug", "ansible.builtin.debug")
_SECRET = ("login_settings", "rollback_login_settings", "user_data")

Evaluate = Callable[[Any], Any]


class Surroundings(NamedTuple):
    """What only Ansible knows of the task in which the role begins.

    Attributes:
        host: the name in the inventory.
        check: whether nothing may be changed, by `--check` or by a keyword.
        run_once: whether one host begins for all.
        way: how Ansible reaches the host, the fields of `ssh.Way`.
        password: that of the old system; empty if there is none.
        connection: the options of the API's connection, from module_defaults.
        extra: the extra variables, as they were given.
        ignores: the keywords by which a failed task would not end the host.
    """

    host: str
    check: bool
    strategy: str
    run_once: bool
    way: Mapping[str, Any]
    password: str
    connection: Mapping[str, Any]
    extra: Mapping[str, Any]
    ignores: Collection[str] = ()


def begun(variables: Mapping[str, Any], evaluate: Evaluate, around: Surroundings) -> dict[str, Any]:
    """What is frozen of a host.

    Args:
        variables: all that the host has, none of them evaluated.
        evaluate: gives the value of one of them.
    """
    raw, faults = _evaluated(variables, evaluate)
    options, wrong = parsed(raw)
    own = str(options["instance_id"] or _quietly(evaluate, variables.get("cvm_instance_id")) or "").strip()
    names = [name for name in variables if name.startswith(PREFIX)]
    facts = variables.get("ansible_facts")
    return {
        "host": around.host,
        "instance_id": own,
        "check": around.check,
        "options": options,
        "way": dict(around.way),
        "password": around.password,
        "connection": plain(around.connection),
        "overruling": _overruling(around.extra, evaluate, options),
        "looks_in": bool(options["login"] or (options["before_needs_login"] and options["before_tasks"])),
        "barred": _bars(variables, forbidden(facts if isinstance(facts, Mapping) else ()), around),
        "problems": as_data([*faults, *wrong, *unknown(names)]),
    }


def _evaluated(variables: Mapping[str, Any], evaluate: Evaluate) -> tuple[dict[str, Any], list[Problem]]:
    """The value of each option, and those that have none."""
    values: dict[str, Any] = {}
    faults = []
    for name in OPTIONS:
        if f"{PREFIX}{name}" not in variables:
            continue
        value = variables[f"{PREFIX}{name}"]
        try:
            # Conditions are evaluated when it is time.
            values[name] = value if name == "verify_that" and not isinstance(value, str) else evaluate(value)
        except Exception as error:
            why = "" if name in _SECRET else f": {error}"
            faults.append(invalid(f"{PREFIX}{name}", f"It cannot be evaluated{why}.", "Correct its template."))
    return values, faults


def _quietly(evaluate: Evaluate, value: Any) -> Any:
    """The value, or None where it cannot be evaluated: the host is then one without an id."""
    try:
        return evaluate(value)
    except Exception:
        return None


def _overruling(extra: Mapping[str, Any], evaluate: Evaluate, options: Mapping[str, Any]) -> dict[str, list[str]]:
    """Extra variables that would overrule how to log in to the new system; passwords by their names alone."""
    meant = {
        **dict.fromkeys(LOGIN_NAMES[:2], str(options["login_user"] or "")),
        **dict.fromkeys(LOGIN_NAMES[2:], str(options["login_port"] or "")),
    }
    given = {name: str(_quietly(evaluate, extra[name])) for name in (*LOGIN_NAMES, *PASSWORD_NAMES) if name in extra}
    password = options["login_settings"].get("password")
    return {
        "login": [f"{name}={given[name]}" for name in LOGIN_NAMES if name in given and given[name] != meant[name]],
        "passwords": [name for name in PASSWORD_NAMES if name in given and password not in (None, given[name])],
    }


def _bars(variables: Mapping[str, Any], lies: Collection[str], around: Surroundings) -> list[str]:
    """Why the role cannot even look: it is used in a way in which a confirmation would not hold."""
    found = [lie(lies)] if lies else []
    if [tag for tag in variables.get("ansible_skip_tags") or () if tag == "always" or tag.startswith(PREFIX)]:
        found.append(
            "--skip-tags cannot leave out a phase of reset_instance, nor what has the tag always. "
            "Choose phases by --tags, or set the variable of the phase."
        )
    if "ansible_loop_var" in variables or "_ansible_item_label" in variables:
        found.append(
            "loop: the role is used within a loop, and one confirmation would count for each round. "
            "Use it without a loop, and run the play once for each reset."
        )
    if around.run_once:
        found.append("run_once: the role must be run for each host. Remove run_once from the role.")
    if around.ignores:
        found.append(
            f"{', '.join(around.ignores)}: a server whose hook or backup failed would be reset all the same. "
            "Take it from the role, the block and the play around it; a task of a hook may have it."
        )
    if around.strategy not in _LINEAR:
        found.append(
            f"strategy: the hosts of a batch are looked at together, which {around.strategy} does not do. "
            "Use strategy: linear, the default."
        )
    return found
