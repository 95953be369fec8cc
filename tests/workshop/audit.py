# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asks pip-audit whether what is installed has known vulnerabilities, and whether it would know.

The advisories come from PyPI itself. A mirror of PyPI has none, and pip-audit then finds nothing and calls that a
success; so a release with an advisory that is years old is asked for first, and must be found.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

KNOWN = "urllib3==1.24.1"
"""It has advisories, CVE-2019-11324 among them."""
NOBODY_KNOWS = (
    "The service that knows of vulnerabilities (https://pypi.org) cannot be asked from here, or is a mirror without "
    "advisories. Nothing was audited. Run this where the internet is."
)

Asked = Callable[[Sequence[str]], list[dict[str, Any]]]


def asked(arguments: Sequence[str]) -> list[dict[str, Any]]:
    """What pip-audit says of each package; nothing when it fails."""
    words = [sys.executable, "-m", "pip_audit", "--format=json", "--progress-spinner=off", *arguments]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except ValueError:
        return []
    return found


def _vulnerable(found: Sequence[dict[str, Any]]) -> list[str]:
    """The packages with vulnerabilities, with their ids."""
    ids = {f"{one['name']} {one.get('version')}": [each["id"] for each in one.get("vulns", [])] for one in found}
    return [f"{package}: {', '.join(known)}" for package, known in ids.items() if known]


def main(folders: Sequence[str], ask: Asked = asked) -> int:
    """Print what was found in environments (folders of packages): 0 nothing, 1 something, 2 it could not be asked."""
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder, "known.txt")
        requirements.write_text(f"{KNOWN}\n", encoding="utf-8")
        known = ask(["--no-deps", "--disable-pip", "--requirement", str(requirements)])
    found = ask([f"--path={one}" for one in folders]) if _vulnerable(known) else []
    if not found:
        print(NOBODY_KNOWS)
        return 2
    unknown = sorted(one["name"] for one in found if "skip_reason" in one)
    bad = _vulnerable(found)
    print(f"{len(found) - len(unknown)} packages audited, {len(bad)} with known vulnerabilities.", *bad, sep="\n")
    if unknown:
        print("Not audited, since PyPI does not know them:", *unknown)
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
