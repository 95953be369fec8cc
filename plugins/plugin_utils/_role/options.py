# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The options of the role: their values as they are now, what is wrong with them, and what they are called. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

PREFIX = "reset_instance_"

_SWITCHES = (
    *("override_protection", "stop_batch", "allow_stopped", "verify_address", "before_needs_login"),
    *("backup_force_poweroff", "rollback", "login"),
)
_SECONDS = ("wait_interval", "host_key_timeout", "host_key_stable_seconds")
_WHOLE_SECONDS = ("wait_until_idle", "wait_timeout", "settle_seconds", "backup_timeout", "login_timeout")
_FORMS = {
    **dict.fromkeys(_SWITCHES, (r"(?i)true|false|yes|no|on|off|1|0", "true or false")),
    **dict.fromkeys(_SECONDS, (r"[0-9]+([.][0-9]+)?", "a number of seconds")),
    **dict.fromkeys(_WHOLE_SECONDS, (r"[0-9]+", "a whole number of seconds")),
    "login_port": (r"[1-9][0-9]{0,4}", "a port number"),
    "policy": ("always|image_differs|once", "always, image_differs or once"),
    "backup": ("none|snapshot|image", "none, snapshot or image"),
    "host_keys": ("scan|inject|none", "scan, inject or none"),
}
"""What the text of an option must match, and the same in words. An empty one is left out, as in a survey."""


def frozen(options: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Options by their names without the role's prefix, each value a copy of plain types.

    What is not of a JSON type, such as a date or a text that was in a vault, becomes its text.
    """
    return {name[len(PREFIX) :]: plain(value) for name, value in options}


def plain(value: Any) -> Any:
    """A copy without templates that are still to be evaluated, and without types of Ansible's own."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return str(value)


def option_problems(options: Mapping[str, Any]) -> list[str]:
    """What is wrong with options that an argument spec cannot check, since a survey may leave them empty."""
    given = {name: str(options.get(name)) for name in _FORMS if options.get(name) not in (None, "")}
    return [
        f"{PREFIX}{name}: give {words}, or leave it out."
        for name, (form, words) in _FORMS.items()
        if name in given and not re.fullmatch(form, given[name])
    ]


def module_problems(answer: Mapping[str, Any], options: Mapping[str, Any]) -> str:
    """Why a module of this collection failed, with its options called as the role calls them."""
    problems = answer.get("problems") or ()
    texts = [f"{_called(one['option'], options)}: {one['message']} {one['fix']}" for one in problems]
    return " ".join(texts) if texts else str(answer.get("msg") or "")


def _called(option: str, options: Mapping[str, Any]) -> str:
    return f"{PREFIX}{option}" if option.partition(".")[0] in options else option
