# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Mappings, and lists of them, that are given as something else. Pure.

Ansible reads text where a mapping is wanted, but cuts that of a list of mappings at its commas; and what it says of
text that it cannot read names no option.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ._problems import Problem, invalid, kind_of, of_entries

Readers = Mapping[type, Callable[[str], Any]]
"""What reads a `dict` and a `list` from text; both raise TypeError or ValueError."""


def in_shape(spec: Mapping[str, Any], given: Mapping[str, Any], readers: Readers) -> dict[str, Any]:
    """The options with each mapping, and each list of mappings, that is given as text read from it; what cannot be
    read stays.

    Args:
        spec: an argument spec of Ansible's.
        given: the options as the task gives them.
    """
    return {name: _in_shape(spec.get(name, {}), value, readers) for name, value in given.items()}


def shape_problems(spec: Mapping[str, Any], given: Mapping[str, Any], prefix: str = "") -> Iterator[Problem]:
    """Each option that must be a mapping, or a list of them, and is not; the values themselves are not shown.

    Args:
        given: as `in_shape` returns it.
        prefix: the option that these are suboptions of, with a dot.
    """
    for name in [name for name in spec if name in given]:
        option, value, full = spec[name], given[name], f"{prefix}{name}"
        if value is None and not option.get("required"):
            continue
        if _is_list(option):
            yield from _list_problems(option, value, full)
        elif option.get("type") == "dict":
            yield from _mapping_problems(option, value, full)


def _is_list(option: Mapping[str, Any]) -> bool:
    return option.get("type") == "list" and option.get("elements") == "dict"


def _in_shape(option: Mapping[str, Any], value: Any, readers: Readers) -> Any:
    if _is_list(option):
        listed = _as(list, readers, value) if value != "" else []
        return [_mapping(option, one, readers) for one in listed] if isinstance(listed, list) else value
    return _mapping(option, value, readers) if option.get("type") == "dict" else value


def _mapping(option: Mapping[str, Any], value: Any, readers: Readers) -> Any:
    found = _as(dict, readers, value)
    return in_shape(option.get("options") or {}, found, readers) if isinstance(found, dict) else value


def _as(kind: type, readers: Readers, value: Any) -> Any:
    """What text says, if that is of a kind; else the value itself."""
    try:
        found = readers[kind](value) if isinstance(value, str) else value
    except (TypeError, ValueError):
        return value
    return found if isinstance(found, kind) else value


def _list_problems(option: Mapping[str, Any], value: Any, full: str) -> Iterator[Problem]:
    if isinstance(value, list):
        found = ((place, one) for place, entry in enumerate(value) for one in _mapping_problems(option, entry, full))
        yield from of_entries(full, found)
    else:
        yield invalid(full, f"It must be a list, and is {_kind(value)}.", f"Give a list of mappings{_such(option)}.")


def _mapping_problems(option: Mapping[str, Any], value: Any, full: str) -> Iterator[Problem]:
    if isinstance(value, Mapping):
        yield from shape_problems(option.get("options") or {}, value, f"{full}.")
    else:
        yield invalid(full, f"It must be a mapping, and is {_kind(value)}.", f"Give a mapping{_such(option)}.")


def _kind(value: Any) -> str:
    return kind_of(value) or "text"


def _such(option: Mapping[str, Any]) -> str:
    """An example of a mapping, by the suboptions that it needs."""
    needed = [name for name, inner in (option.get("options") or {}).items() if inner.get("required")]
    return f", such as {{{', '.join(f'{name}: ...' for name in needed)}}}" if needed else ""
