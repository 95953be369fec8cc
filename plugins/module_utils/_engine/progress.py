# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What a task that waits says meanwhile: its events in words. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Any

from .result import OnEvent, Outcome

Say = Callable[[str, str], None]
"""Takes what a line is about, which is empty for the task as a whole, and the line."""

_WORDS = {
    "waiting": "it waits. {why}",
    "sent": "{action} was sent",
    "accepted": "accepted (RequestId {request_id}). If this run is interrupted, {go_on}",
    "adopted": "recognized by its trace (RequestId {request_id}). If this run is interrupted, {go_on}",
    "polled": "{state}",
}
_OF_ONE_ALONE = ("sent", "polled")
"""What would be too much to say of each of many."""
_BEGINS = ("accepted", "adopted")
_DONE = (Outcome.DONE, Outcome.UNCHANGED)


class StatusLines:
    """What becomes of one thing, or of many side by side.

    Of one thing every change is said. Of many it is said how each was begun, and how many of them are done.

    Args:
        say: takes a line that differs from the last one about the same.
        names: what the task is about; more than one for a fleet.
    """

    def __init__(self, say: Say, names: Collection[str]) -> None:
        self._say = say
        self._number = len(names)
        left_out = _OF_ONE_ALONE if len(names) > 1 else ()
        self._words = {kind: words for kind, words in _WORDS.items() if kind not in left_out}
        self._said: dict[str, str] = {}
        self._begun = 0
        self._ended: Counter[str] = Counter()

    def about(self, name: str) -> OnEvent:
        """Takes the events of one thing."""

        def tell(kind: str, data: Mapping[str, Any]) -> None:
            if kind in self._words:
                self._tell(name, self._words[kind].format(**data))
            self._begun += kind in _BEGINS
            self._ended.update([data["outcome"]] if kind == "ended" else [])
            if self._begun and self._number > 1:
                self._tell("", self._count())

        return tell

    def _count(self) -> str:
        """How many of all have ended well, and how many otherwise."""
        done = sum(self._ended[one.value] for one in _DONE)
        others = [f", {times} {one}" for one, times in self._ended.items() if one not in _DONE]
        return f"{done} of {self._number} done{''.join(others)}"

    def _tell(self, about: str, line: str) -> None:
        if self._said.get(about) != line:
            self._said[about] = line
            self._say(about, line)


def lines_about(name: str, say: Say) -> OnEvent:
    """Says what becomes of the one thing that a task is about."""
    return StatusLines(say, [name]).about(name)
