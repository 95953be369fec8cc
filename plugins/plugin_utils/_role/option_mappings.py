# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Options that are mappings, from whatever people give them as. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from ...module_utils._errors import OptionError, TencentCloudError
from ...module_utils._not_text import text_problems
from ...module_utils._problems import InvalidOptions, Problem, invalid, kind_of, problems_of
from .option_kinds import GIB, SECRET, SECRET_SWITCH, SWITCH, TEXT, TEXTS, Kind, Read, short, unset
from .structured_text import NotYaml, from_yaml


def mapping(keys: Mapping[str, Kind], *, secret: bool = False, guards: bool = False) -> Kind:
    """A mapping, or JSON or YAML of one.

    Args:
        keys: what may be in it.
        secret: nothing of what is given is shown.
        guards: a key without a value is a problem, and not left out: it would guard nothing.
    """

    def read(name: str, value: Any) -> dict[str, Any]:
        given = _mapping_in(name, value, _any_of(keys))
        problems = [_unknown_key(name, key, keys, secret) for key in given if key not in keys]
        typed: dict[str, Any] = {}
        for key, kind in keys.items():
            full = f"{name}.{key}"
            before = len(problems)
            one = None if unset(given.get(key)) else attempt(kind.read, full, given[key], problems)
            if one not in ("", None, [], {}):
                typed[key] = one
            elif guards and key in given and len(problems) == before:
                problems.append(_guards_nothing(full))
        if problems:
            raise InvalidOptions(problems)
        return typed

    return Kind("mapping", read, dict)


def texts_by_key(keys: str) -> Kind:
    """A mapping with any keys, such as tags have; an empty text is a value of theirs, and null would guard nothing.

    Args:
        keys: what is in it, in words.
    """

    def read(name: str, value: Any) -> dict[str, str]:
        given = _mapping_in(name, value, keys)
        problems = [_guards_nothing(f"{name}.{key}") for key, one in given.items() if one is None]
        values = {key: one for key, one in given.items() if one is not None}
        problems += text_problems({key: {} for key in values}, values, f"{name}.")
        if problems:
            raise InvalidOptions(problems)
        return {key: str(one) for key, one in values.items()}

    return Kind("mapping", read, dict)


def attempt(read: Read, name: str, value: Any, problems: list[Problem]) -> Any:
    """The typed value; None after what is wrong with it has been added to the problems."""
    try:
        return read(name, value)
    except TencentCloudError as error:
        problems += problems_of(error)
        return None


def nearest(name: str, known: Mapping[str, Any]) -> str | None:
    """The name that was probably meant, if any."""
    return next(iter(get_close_matches(name.lower(), known, n=1)), None)


def _mapping_in(name: str, value: Any, keys: str) -> dict[str, Any]:
    fix = f"Give a mapping with {keys}, or JSON or YAML of one, or leave it out."
    try:
        found = from_yaml(value) if isinstance(value, str) else value
    except NotYaml as error:
        raise OptionError(name, f"It must be a mapping, and is text that {error}.", fix) from None
    found = {} if unset(found) else found
    if not isinstance(found, dict):
        kind = kind_of(found)
        said = f"{kind} as text" if kind and isinstance(value, str) else kind or "text"
        raise OptionError(name, f"It must be a mapping, and is {said}.", fix)
    return found


def _any_of(keys: Mapping[str, Any]) -> str:
    return ("any of " if len(keys) > 1 else "") + ", ".join(keys)


def _unknown_key(name: str, key: str, keys: Mapping[str, Any], secret: bool) -> Problem:
    likely = nearest(key, keys)
    fix = f"Did you mean {likely}?" if likely else f"Give {_any_of(keys)}."
    if secret:
        return invalid(name, "It has a key that does not exist.", fix)
    return invalid(f"{name}.{short(key)}", "There is no such key.", fix)


def _guards_nothing(name: str) -> Problem:
    return invalid(name, "It has no value, so it would guard nothing.", "Give one, or leave it out.")


TAGS = texts_by_key("the tags")
PLANS = texts_by_key("what a check has said of each instance, by its id")
SYSTEM_DISK = mapping({"disk_size": GIB})
LOGIN_SETTINGS = mapping({"password": SECRET, "key_ids": TEXTS, "keep_image_login": SECRET_SWITCH}, secret=True)
ENHANCED_SERVICE = mapping(dict.fromkeys(("security_service", "monitor_service", "automation_service"), SWITCH))
EXPECTED = mapping(
    {**dict.fromkeys(("instance_name", "image_id", "private_ip_address"), TEXT), "tags": TAGS}, guards=True
)
