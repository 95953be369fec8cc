# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fails when the branch coverage in the report of the test run in this folder is below a floor."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(floor: float) -> int:
    """Print both coverages; return 1 when one of them is below the floor (per cent)."""
    totals = json.loads(Path(".cache/coverage/report.json").read_text())["totals"]
    rates = {kind: totals[f"percent_{kind}_covered"] for kind in ("statements", "branches")}
    for kind, rate in rates.items():
        print(f"coverage of {kind}: {rate:.1f} % (floor {floor:g} %)")
    return int(min(rates.values()) < floor)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
