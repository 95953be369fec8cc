# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the collection runs with: the rows of the compatibility matrix. Every file that says a part of it is tested."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements.txt"


def lower_bounds() -> tuple[str, ...]:
    """The oldest libraries that `requirements.txt` allows, as requirements."""
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    return tuple(line.replace(">=", "==") for line in lines if line and not line.startswith("#"))


class Core(NamedTuple):
    """An ansible-core.

    Attributes:
        pythons: those that can hold it, the preferred first; the newest ones differ, so that all are tried.
        libraries: what modules import; the newest if empty.
    """

    pythons: tuple[str, ...]
    libraries: tuple[str, ...] = ()


class ModuleSide(NamedTuple):
    """A Python that runs modules and nothing else.

    Attributes:
        core: the ansible-core whose modules it runs.
        libraries: as with `Core`.
    """

    core: str
    libraries: tuple[str, ...] = ()


NEWEST = "newest"
CORES = {
    NEWEST: Core(("3.14", "3.13", "3.12")),
    "2.20": Core(("3.13", "3.12", "3.14")),
    "2.19": Core(("3.12", "3.11", "3.13")),
    "2.18": Core(("3.11", "3.12", "3.13")),
    # The libraries of Ubuntu 22.04 and RHEL 9; that urllib3 does not run on Python 3.12.
    "2.17": Core(("3.10", "3.11"), ("requests == 2.25.1", "urllib3 == 1.26.5")),
    # What automation controllers ship.
    "2.16": Core(("3.11", "3.12", "3.10")),
}
"""The supported releases of ansible-core, the newest first. All have a check of units, integration, role and sanity."""

UNITS_ONLY = {"2.15": Core(("3.9",), lower_bounds())}
"""Not supported, but the last to run on the oldest Python of modules, where the unit tests need some ansible-core."""

MODULE_SIDES = {
    "3.9": ModuleSide(NEWEST, lower_bounds()),
    "3.10": ModuleSide("2.20"),
    "3.11": ModuleSide("2.19"),
    "3.12": ModuleSide("2.16"),
    "3.13": ModuleSide("2.18"),
}
"""The supported Pythons of modules, the oldest first, each with an ansible-core that runs on another one itself."""


class Environment(NamedTuple):
    """What is installed where.

    Attributes:
        pythons: as with `Core`.
        requirements: what pip is asked for.
    """

    pythons: tuple[str, ...]
    requirements: tuple[str, ...]


def environments() -> dict[str, Environment]:
    """Return every environment by its name: those with an ansible-core, and those that modules run in."""
    made = {}
    for name, core in (CORES | UNITS_ONLY).items():
        release = "ansible-core" if name == NEWEST else f"ansible-core ~= {name}.0"
        files = ("tests", "tools") if name == NEWEST else ("tests",)
        lists = (f"--requirements=tests/requirements/{file}.txt" for file in files)
        made[f"core-{name}"] = Environment(core.pythons, (release, *lists, *core.libraries))
    for version, side in MODULE_SIDES.items():
        made[f"modules-{version}"] = Environment((version,), side.libraries or ("--requirements=requirements.txt",))
    return made
