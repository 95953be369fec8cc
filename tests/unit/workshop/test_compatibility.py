# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every file that says what the collection runs with says what the compatibility matrix tries."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tencent.cloud.plugins.doc_fragments.connection import ModuleDocFragment
from tests.workshop.compatibility import CORES, MODULE_SIDES, NEWEST, UNITS_ONLY, environments, lower_bounds

ROOT = Path(__file__).resolve().parents[3]
OLDEST_CORE, OLDEST_PYTHON = list(CORES)[-1], next(iter(MODULE_SIDES))


def loaded(path: str) -> Any:
    """A YAML file of the collection."""
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def number(version: str) -> tuple[int, ...]:
    """A version to compare."""
    return tuple(map(int, version.split(".")))


def required() -> list[str]:
    """The lines of `requirements.txt` that are no comment."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_the_oldest_core_is_the_one_that_is_required() -> None:
    assert loaded("meta/runtime.yml")["requires_ansible"] == f">={OLDEST_CORE}.0"
    assert loaded("roles/reset_instance/meta/main.yml")["galaxy_info"]["min_ansible_version"] == OLDEST_CORE


def test_no_core_between_the_oldest_and_the_newest_is_left_out() -> None:
    numbers = [number(name) for name in CORES if name != NEWEST]
    first, last = numbers[-1][1], numbers[0][1]
    assert numbers == [(2, minor) for minor in range(last, first - 1, -1)]


def test_the_oldest_python_of_modules_is_the_one_that_is_checked() -> None:
    assert loaded("tests/config.yml")["modules"]["python_requires"] == f">={OLDEST_PYTHON}"
    short = OLDEST_PYTHON.replace(".", "")
    assert f'target-version = "py{short}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert [core.pythons for core in UNITS_ONLY.values()] == [(OLDEST_PYTHON,)]


def test_no_python_between_the_oldest_and_the_newest_is_left_out() -> None:
    numbers = [number(version) for version in MODULE_SIDES]
    assert numbers == [(3, minor) for minor in range(numbers[0][1], numbers[-1][1] + 1)]
    assert {core.pythons[0] for core in CORES.values()} >= set(MODULE_SIDES) - {OLDEST_PYTHON}


def test_modules_run_on_another_python_than_their_core() -> None:
    for version, side in MODULE_SIDES.items():
        assert CORES[side.core].pythons[0] != version


def test_the_libraries_are_named_as_they_are_required() -> None:
    assert yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["requirements"] == required()
    assert loaded("meta/execution-environment.yml")["dependencies"]["python"] == "requirements.txt"


def test_the_oldest_libraries_are_tried_by_modules_and_by_the_unit_tests() -> None:
    assert lower_bounds() == tuple(line.replace(">=", "==") for line in required())
    assert [re.split(r" *== *", bound)[0] for bound in lower_bounds()] == ["requests", "urllib3"]
    for name in (f"modules-{OLDEST_PYTHON}", *(f"core-{name}" for name in UNITS_ONLY)):
        assert set(lower_bounds()) <= set(environments()[name].requirements)


@pytest.mark.parametrize("name", [*CORES, *MODULE_SIDES])
def test_the_contributors_are_told_what_is_supported(name: str) -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.split("\n## Compatibility\n")[1].split("\n## ")[0]
    assert f"| {name} |" in section
