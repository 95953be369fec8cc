# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Command line: `python3 -m tests.checks [NAME ...]`, where a name is a check's or a group's; none means all."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time

from . import tree
from .environments import NEWEST
from .paths import ROOT, CheckError
from .preparation import prepare
from .runner import FAILED, Result, Runner, summary
from .table import CHECKS, Check


def main() -> int:
    """Run the checks named on the command line and return the exit code."""
    parser = argparse.ArgumentParser(prog="tests.checks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--list", action="store_true", help="print the table of checks and stop")
    arguments = parser.parse_args()
    if arguments.list:
        print("\n".join(f"{check.name:<20} {check.group:<12} {check.proves}" for check in CHECKS))
        return 0
    # A stopped run must end its children too: let Python unwind.
    signal.signal(signal.SIGTERM, lambda *unused: sys.exit(143))
    started = time.monotonic()
    try:
        results = _run(_selected(arguments.names))
    except CheckError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    print(summary(results, time.monotonic() - started))
    return int(any(result.verdict == FAILED for result in results))


def _run(checks: list[Check]) -> list[Result]:
    os.chdir(ROOT)
    venvs = prepare({check.environment for check in checks})
    if any(check.installed for check in checks):
        print("Building and installing the collection", flush=True)
        tree.install(venvs[NEWEST])
    return Runner(venvs).run(checks)


def _selected(names: list[str]) -> list[Check]:
    known = {name for check in CHECKS for name in (check.name, check.group)}
    unknown = set(names) - known
    if unknown:
        raise CheckError(f"Unknown: {', '.join(sorted(unknown))}. Known: {', '.join(sorted(known))}.")
    return [check for check in CHECKS if not names or {check.name, check.group} & set(names)]


if __name__ == "__main__":
    sys.exit(main())
