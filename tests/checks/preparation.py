# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands ready before the first check: interpreters found, environments made, gaps told."""

from __future__ import annotations

import os

from . import environments
from .environments import ENVIRONMENTS, MODERN, NEWEST, Venv
from .interpreters import Interpreter, Version, find_interpreters
from .paths import CheckError


def prepare(names: set[str]) -> dict[str, Venv]:
    """Return the environments of these names, as far as the machine has a Python for them, and the newest always."""
    found = find_interpreters()
    print("Pythons: " + ", ".join(f"{found[version].release} ({found[version].path})" for version in sorted(found)))
    _note_gaps(names, found)
    uv = environments.bootstrap(found)
    venvs = {}
    for name in sorted(names | {NEWEST}):
        interpreter = environments.choose(name, found)
        if interpreter:
            venvs[name] = environments.create(name, interpreter, uv)
            print(f"Environment {name}: {venvs[name]}", flush=True)
    environments.place_pip_bootstrap(venvs[NEWEST])
    return venvs


def _note_gaps(names: set[str], found: dict[Version, Interpreter]) -> None:
    """Say what this machine cannot check. In CI that is an error: nobody would read the note."""
    gaps = [
        f"No Python {_listed(ENVIRONMENTS[name].pythons)}: no checks on ansible-core {name}."
        for name in sorted(names)
        if not environments.choose(name, found)
    ]
    if max(found, default=MODERN) < MODERN:
        gaps.append(f"No Python {_listed((MODERN,))} or later: the newest ansible-core cannot run here.")
    if gaps and os.environ.get("CI") == "true":
        raise CheckError("\n".join(gaps))
    for gap in gaps:
        print(f"NOTE: {gap}")


def _listed(versions: tuple[Version, ...]) -> str:
    return ", ".join(".".join(map(str, version)) for version in versions)
