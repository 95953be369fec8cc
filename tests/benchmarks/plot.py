# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The seconds of many resets over their number, as a picture (SVG) with logarithmic axes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from .fleet import RESET_SECONDS, bound
from .rows import Row

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 30, 50, 60
MOST_INSTANCES, LEAST_SECONDS, MOST_SECONDS = 1000, 10, 1000
STYLE = (
    "text{font:13px sans-serif;fill:#333}.title{font-size:16px}.grid{stroke:#ddd}"
    ".bound{stroke:#999;stroke-dasharray:6 4;fill:none}.ours{stroke:#0a66c2;stroke-width:2;fill:none}"
    "circle{fill:#0a66c2}rect.other{fill:#c2410c}"
)


def x_of(instances: float) -> float:
    """Where a number of instances is."""
    return LEFT + (WIDTH - LEFT - RIGHT) * math.log10(instances) / math.log10(MOST_INSTANCES)


def y_of(seconds: float) -> float:
    """Where a number of seconds is."""
    share = math.log10(seconds / LEAST_SECONDS) / math.log10(MOST_SECONDS / LEAST_SECONDS)
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share


def picture(ours: Sequence[Row], others: Sequence[Row]) -> str:
    """The picture: one task of each size as a line, over the least that the API allows; other ways as squares."""
    counts = [10 ** (step / 20) for step in range(61)]
    bounds = _line("bound", [(count, bound(count, RESET_SECONDS)) for count in counts])
    line = _line("ours", [(row.instances, row.took) for row in ours])
    dots = [f'<circle cx="{x_of(row.instances):.1f}" cy="{y_of(row.took):.1f}" r="4"/>' for row in ours]
    labels = [_text(x_of(row.instances), y_of(row.took) + 20, f"{row.took:.0f} s") for row in ours]
    squares = [_square(row) for row in others]
    title = _text(WIDTH / 2, 24, "Seconds for many resets: one task, and what the API allows", "title")
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-label="Seconds of resets over the number of instances">'
    )
    background = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
    parts = [head, f"<style>{STYLE}</style>", background, title, *_axes(), bounds, line, *dots, *labels, *squares]
    return "\n".join([*parts, *_legend(bool(others)), "</svg>", ""])


def _axes() -> list[str]:
    parts = []
    for count in (1, 10, 100, 1000):
        parts.append(_grid(x_of(count), TOP, x_of(count), HEIGHT - BOTTOM))
        parts.append(_text(x_of(count), HEIGHT - BOTTOM + 20, str(count)))
    for seconds in (10, 100, 1000):
        parts.append(_grid(LEFT, y_of(seconds), WIDTH - RIGHT, y_of(seconds)))
        parts.append(_text(LEFT - 10, y_of(seconds) + 4, f"{seconds} s", anchor="end"))
    return [*parts, _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 16, "instances")]


def _legend(others: bool) -> list[str]:
    lines: list[tuple[str, Callable[[float], str]]] = [
        ("one task of cvm_reset_instances", lambda y: _mark("ours", y)),
        (f"the bound: instances / 10 + {RESET_SECONDS:g} s of reset", lambda y: _mark("bound", y)),
    ]
    if others:
        square = f'<rect class="other" x="{LEFT + 30}" width="9" height="9"'
        lines.append(("other ways, without waiting for the end", lambda y: f'{square} y="{y - 4.5:.1f}"/>'))
    parts = []
    for place, (text, mark) in enumerate(lines):
        y = TOP + 20 + 20 * place
        parts += [mark(y), _text(LEFT + 58, y + 4, text, anchor="start")]
    return parts


def _mark(kind: str, y: float) -> str:
    return f'<path class="{kind}" d="M{LEFT + 20} {y}h30"/>'


def _grid(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<path class="grid" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"/>'


def _line(kind: str, points: Sequence[tuple[float, float]]) -> str:
    path = "L".join(f"{x_of(count):.1f} {y_of(seconds):.1f}" for count, seconds in points)
    return f'<path class="{kind}" d="M{path}"/>'


def _square(row: Row) -> str:
    x, y = x_of(row.instances), y_of(row.took)
    square = f'<rect class="other" x="{x - 4.5:.1f}" y="{y - 4.5:.1f}" width="9" height="9"/>'
    return square + _text(
        x + 10, y + 4, f"{row.what.split(' by ')[1].split(', ')[0]}: {row.took:.0f} s".replace("`", ""), anchor="start"
    )


def _text(x: float, y: float, text: str, kind: str = "", *, anchor: str = "middle") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'
