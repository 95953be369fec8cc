# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What `compose`, `groups` and `keyed_groups` do with a host, step by step, each no more often than needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Optional

from .drafts import Draft
from .expressions import Expression, Inputs
from .group_names import Keyed

Run = Callable[[Any, Draft], None]
"""Has Ansible evaluate some of what the file gives for the host of a draft."""

Reads = Callable[[Any], Optional[Expression]]
"""What an expression depends on, where that can be told."""


class Recipe:
    """One step. Its result for one host holds for all hosts that have the same in what it reads."""

    def __init__(self, run: Run, given: Any, reads: Expression | None = None, entry: Keyed | None = None) -> None:
        """Take the step.

        Args:
            run: evaluates it.
            given: what the file gives for it.
            reads: what it depends on, where that can be told.
            entry: that of `keyed_groups`, if it is one.
        """
        self._run = run
        self._given = given
        self._reads = reads
        self._entry = entry
        self._outcomes: dict[Inputs, Draft] = {}

    def apply(self, draft: Draft) -> None:
        """Add the result for its host to a draft. Raises what Ansible does."""
        inputs = self._reads.inputs(draft.said) if self._reads else None
        if inputs is None:
            self._evaluate(draft)
            return
        if inputs not in self._outcomes:
            self._outcomes[inputs] = self._evaluate(draft.part())
        draft.take(self._outcomes[inputs])

    def _evaluate(self, draft: Draft) -> Draft:
        draft.entry = self._entry
        self._run(self._given, draft)
        return draft


def named(texts: Any, run: Run, reads: Reads) -> Iterator[Recipe]:
    """The recipes of `compose` or `groups`, name to expression.

    Those that Ansible has to evaluate come first and together: it shows them the host as it was before.
    """
    if not isinstance(texts, Mapping):
        return
    alone = {name: found for name, text in texts.items() if (found := reads(text))}
    rest = {name: text for name, text in texts.items() if name not in alone}
    if rest:
        yield Recipe(run, rest)
    for name, found in alone.items():
        yield Recipe(run, {name: texts[name]}, found)


def keyed(entries: Sequence[Keyed], run: Run, reads: Reads) -> Iterator[Recipe]:
    """The recipes of `keyed_groups`. A parent that is a template may depend on more than the key."""
    for entry in entries:
        is_plain = isinstance(entry.option, Mapping) and entry.parent_prefix is None
        yield Recipe(run, [entry.option], reads(entry.option.get("key")) if is_plain else None, entry)
