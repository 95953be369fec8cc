# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules run on the Python, and with the libraries, that a row of the compatibility matrix says."""

from __future__ import annotations

import subprocess

import pytest
from packaging.requirements import Requirement

from tests.workshop.compatibility import MODULE_SIDES

from .harness import MODULE_PYTHON, Ansible

INSTALLED = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"

pytestmark = pytest.mark.skipif(not MODULE_PYTHON, reason="Modules run on the Python of this ansible-core.")


def test_modules_run_on_the_python_of_the_row(ansible: Ansible) -> None:
    """Only what a module says of itself counts, and not what Ansible was told."""
    run = ansible.adhoc("gather_subset=!all,!min,python", module="ansible.builtin.setup")
    assert run.code == 0, run.everything
    python = run.result["ansible_facts"]["ansible_python"]
    assert python["executable"] == MODULE_PYTHON
    version = python["version"]
    side = MODULE_SIDES[f"{version['major']}.{version['minor']}"]
    required = [Requirement(library) for library in side.libraries]
    names = [requirement.name for requirement in required]
    command = [python["executable"], "-c", INSTALLED, *names]
    installed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert len(installed) == len(required)
    for requirement, found in zip(required, installed):
        assert requirement.specifier.contains(found), (requirement, found)
