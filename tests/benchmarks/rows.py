# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The results of the benchmarks as lines of a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

HEAD = ("what", "of", "it took", "against", "ratio", "goal")


class Row(NamedTuple):
    """One comparison.

    Attributes:
        what: is measured.
        of: which quantity: `CPU`, `wall`, `calls` or `memory`.
        took: the measured value.
        against: what it is compared with.
        measure: the value of that.
        unit: of both values.
        goal: the ratio that is aimed at; none for what is only told.
        instances: of how many instances, where that is what differs.
    """

    what: str
    of: str
    took: float
    against: str
    measure: float
    unit: str
    goal: float | None = None
    instances: int = 0

    @property
    def ratio(self) -> float:
        """How many times as much it took."""
        return self.took / self.measure

    def cells(self) -> tuple[str, ...]:
        """The columns of `HEAD`."""
        goal = "" if self.goal is None else f"at most {self.goal:g}"
        against = f"{self.against}: {_shown(self.measure, self.unit)}"
        return (self.what, self.of, _shown(self.took, self.unit), against, f"{self.ratio:.2f}", goal)


def table(rows: Sequence[Row]) -> Iterator[str]:
    """The lines of a table in Markdown."""
    for cells in (HEAD, ["---"] * len(HEAD), *(row.cells() for row in rows)):
        yield f"| {' | '.join(cells)} |"


def _shown(value: float, unit: str) -> str:
    number = f"{value:.2f}" if unit == "s" and value < 10 else f"{value:.0f}"
    return f"{number} {unit}".rstrip()
