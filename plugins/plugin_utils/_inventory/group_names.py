# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Who the name of a group belongs to. Pure.

Whoever may tag an instance chooses names of groups. Such a name must not be one that already means something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

SHOWN = 5
"""How many names a warning has."""

SPECIAL = frozenset(("all", "ungrouped"))
"""Groups of Ansible's own."""

CONTROLLER = "localhost"

_TEMPLATE = re.compile(r"\{[{%#]")


class Keyed(NamedTuple):
    """An entry of `keyed_groups`.

    Attributes:
        option: the entry as it was given.
        prefix: what all of its names begin with; empty where a value is the whole name.
        parent: the name of its parent, if it has one that is not a template.
        parent_prefix: what the names of its parents begin with, where they come from a template.
    """

    option: Any
    prefix: str = ""
    parent: str | None = None
    parent_prefix: str | None = None


def keyed_entries(option: Any, leading_separator: bool, safe: Callable[[str], str]) -> list[Keyed]:
    """The entries of `keyed_groups`; what is not an entry at all is left to Ansible to refuse.

    Args:
        leading_separator: the option of that name.
        safe: makes a text the name of a group, character by character.
    """
    return [_keyed(entry, leading_separator, safe) for entry in option] if isinstance(option, list) else []


def _keyed(entry: Any, leading_separator: bool, safe: Callable[[str], str]) -> Keyed:
    if not isinstance(entry, Mapping):
        return Keyed(entry)
    prefix = entry.get("prefix", "")
    separator = entry.get("separator", "_") if prefix != "" or leading_separator else ""
    start = safe(f"{prefix}{separator}")
    parent = str(entry.get("parent_group") or "")
    literal = _TEMPLATE.split(parent)[0]
    if literal != parent:
        return Keyed(entry, start, parent_prefix=safe(literal))
    return Keyed(entry, start, parent=safe(parent) or None)


class GroupNames:
    """What is known of the names of groups before any instance is looked at."""

    def __init__(
        self,
        keyed: Sequence[Keyed] = (),
        *,
        conditional: Iterable[str] = (),
        earlier: Iterable[str] = (),
        valued: Iterable[str] = (),
        hosts: Iterable[str] = (),
    ) -> None:
        """Take what other sources and the options say.

        Args:
            keyed: the entries of `keyed_groups`.
            conditional: the names that `groups` gives.
            earlier: the groups that the inventory has from what was read before.
            valued: those of the earlier groups that values of instances have made.
            hosts: the hosts from what was read before, less those of this plugin.
        """
        own = {*conditional, *(entry.parent for entry in keyed if entry.parent)}
        prefixes = {start for entry in keyed for start in (entry.prefix, entry.parent_prefix) if start}
        self._prefixes = tuple(sorted(prefixes, key=len, reverse=True))
        self._known = {*SPECIAL, *own, *earlier}
        self._named_by_user = own | set(earlier) - set(valued)
        self._never = {*SPECIAL, CONTROLLER, *hosts}

    def has(self, name: str) -> bool:
        """Whether there is a group of this name, or the file speaks of one."""
        return name in self._known

    def could_have(self, name: str) -> bool:
        """Whether a value may ever make a group of this name, or of a name that one pattern takes together with it."""
        return name in self._known or name.lower() in SPECIAL or name.startswith(self._prefixes)

    def may_make(self, name: str, prefix: str) -> bool:
        """Whether a value may put its instance into a group of this name.

        A name belongs to the longest prefix that it begins with. Without a prefix the value is the whole name, and
        must not be one that the user has given to another group.

        Args:
            prefix: that of the entry that makes the name.
        """
        longest = next((start for start in self._prefixes if name.startswith(start)), "")
        is_free = bool(prefix) or name not in self._named_by_user
        return longest == prefix and is_free and name not in self._never


def shown(values: Mapping[str, Sequence[str]]) -> str:
    """Names with the ids of their instances, for a warning."""
    return some([f"{name!r} ({some(ids)})" for name, ids in values.items()])


def some(texts: Sequence[str]) -> str:
    """The first few of them, and how many more there are."""
    return ", ".join(texts[:SHOWN]) + (f" and {len(texts) - SHOWN} more" if len(texts) > SHOWN else "")
