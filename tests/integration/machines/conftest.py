# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A machine of its own for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.reinstalled import Controller, require_machines
from tests.machines import Fleet, Machine, machines

from .common import DESCRIPTION, ID


@pytest.fixture(scope="session", autouse=True)
def _possible() -> None:
    require_machines()


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    """One machine, root on CentOS."""
    folder = tmp_path / "fleet"
    folder.mkdir()
    with machines(folder, DESCRIPTION) as started:
        yield started


@pytest.fixture
def machine(fleet: Fleet) -> Machine:
    """The machine of the fleet."""
    return fleet[ID]


@pytest.fixture
def controller(fleet: Fleet, tmp_path: Path) -> Controller:
    """Knows the machine as it is at the start."""
    knowing = Controller(fleet, tmp_path)
    knowing.trust(fleet[ID])
    return knowing
