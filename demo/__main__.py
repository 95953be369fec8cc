# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make demo`: builds and installs the collection, and shows it at work in two acts (`acts.py`)."""

from __future__ import annotations

import os
import sys

from tests.checks import tree
from tests.checks.environments import NEWEST, Venv
from tests.checks.paths import INSTALLED, ROOT, CheckError
from tests.checks.preparation import prepare


def main() -> None:
    """Prepare the environment, and go on in it."""
    os.chdir(ROOT)
    try:
        venv = _prepare()
    except CheckError as error:
        sys.exit(f"\n{error}")
    # The acts need packages that only the environment has. Being the same process, they get its signals.
    os.execve(venv.python, [str(venv.python), "-m", "demo.acts"], tree.variables(venv))


def _prepare() -> Venv:
    print("\n== 1/4 Preparing the environment (a minute the first time)", flush=True)
    venv = prepare(set())[NEWEST]
    print("\n== 2/4 Building the collection and installing it", flush=True)
    tree.install(venv)
    print(f"{tree.build().relative_to(ROOT)} -> {INSTALLED.relative_to(ROOT)}", flush=True)
    return venv


if __name__ == "__main__":
    main()
