# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Why some of many did not succeed, told by reason. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .._problems import named

LINES = 10
"""How many lines of reasons a message has, at most."""


class Reason(NamedTuple):
    """Why one of them did not succeed.

    Attributes:
        follows: whether it only follows from the others.
    """

    name: str
    text: str
    follows: bool = False


def by_reason(reasons: Iterable[Reason]) -> Iterator[str]:
    """A line for each reason: first those that concern most, and last what only follows from the others."""
    names: dict[tuple[bool, str], list[str]] = {}
    for one in reasons:
        names.setdefault((one.follows, one.text), []).append(one.name)
    groups = sorted(names.items(), key=lambda group: (group[0][0], -len(group[1])))
    for (_follows, text), concerned in groups[:LINES]:
        yield f"{named(concerned)}: {text}"
    if len(groups) > LINES:
        yield f"{len(groups) - LINES} more reasons are in results."
