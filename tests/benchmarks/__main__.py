# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the benchmarks, and prints their results; never asserted, since times depend on the machine."""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path

from . import fleet, loops, playbook, role, single
from .measuring import ROOT, Bench
from .plot import picture
from .rows import Row, table

BENCHMARKS: dict[str, Callable[[Bench, int], list[Row]]] = {
    "single": single.rows,
    "playbook": playbook.rows,
    "fleet": fleet.rows,
    "loops": loops.rows,
    "role": role.rows,
}
"""In the order of the table. Each measures in so many rounds."""

LIBRARIES = ("ansible-core", "requests", "urllib3", "tencentcloud-sdk-python-cvm", "tccli")
RESULTS = ROOT / ".cache" / "benchmarks"
DOCUMENT = ROOT / "docs" / "performance.md"
PLOT = ROOT / "docs" / "performance.svg"
BEGIN, END = "<!-- results -->\n", "<!-- end of results -->"


def measure(name: str, rounds: int) -> None:
    """Run one benchmark, and keep its results."""
    with tempfile.TemporaryDirectory() as folder:
        found = BENCHMARKS[name](Bench(Path(folder)), rounds)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(found), encoding="utf-8")


def kept(name: str) -> list[Row]:
    """The results of the last run of a benchmark; none if there was none."""
    path = RESULTS / f"{name}.json"
    return [Row(*one) for one in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []


def machine() -> str:
    """On what this is measured."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {libraries}"


def write() -> None:
    """Put the results into the document, and draw the picture."""
    rows = [row for name in BENCHMARKS for row in kept(name)]
    before, _results, after = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    rest = after.partition(END)[2]
    lines = "\n".join([f"Measured on {date.today()}. The machine:", f"{machine()}.", "", *table(rows), "", ""])
    DOCUMENT.write_text(f"{before}{BEGIN}{lines}{END}{rest}", encoding="utf-8")
    ours, others = ([row for row in kept(name) if row.instances] for name in ("fleet", "loops"))
    PLOT.write_text(picture(ours, others), encoding="utf-8")


def main() -> None:
    """Measure what is asked for, all by default."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], help="which ones; all if none is named")
    parser.add_argument("--rounds", type=int, default=9, help="of those that are repeated")
    parser.add_argument("--write", action="store_true", help="put the last results of all into docs/performance.*")
    asked = parser.parse_args()
    for name in asked.names or BENCHMARKS:
        measure(name, asked.rounds)
        print("\n".join(table(kept(name))), flush=True)
    if asked.write:
        write()


if __name__ == "__main__":
    main()
