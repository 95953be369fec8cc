# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What kind of thing an image or a snapshot is. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .._api.transform import Record
from .._clock import Deadline


@dataclass(frozen=True)
class ResourceKind:
    """Images or snapshots, and how to read it.

    Attributes:
        noun: `image` or `snapshot`, as the keys of results begin.
        ready: the states in which it can be used; the first is what a wait names.
        failed: the states that it never leaves for a better one.
        progress: the field that says how many percent are done.
        shown: the fields that a diff shows.
        get: one by its id, or none.
        named: those of the wanted name.
    """

    noun: str
    ready: tuple[str, ...]
    failed: tuple[str, ...]
    progress: str
    shown: tuple[str, ...]
    get: Callable[[str, Deadline], Record | None]
    named: Callable[[Deadline | None], list[Record]]

    def identity(self, record: Mapping[str, Any]) -> str:
        """The id."""
        return str(record[f"{self.noun}_id"])

    def state(self, record: Mapping[str, Any]) -> str:
        """The state."""
        return str(record.get(f"{self.noun}_state"))

    def in_diff(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """What a diff shows of it, whether it is there or planned: the same keys."""
        return {name: record.get(name) for name in self.shown}

    def described(self, record: Mapping[str, Any] | None) -> str:
        """The state for a person, with the percent where there is one."""
        if record is None:
            return "not shown"
        percent = record.get(self.progress)
        return self.state(record) if percent is None else f"{self.state(record)} ({percent} %)"
