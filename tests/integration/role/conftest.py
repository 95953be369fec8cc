# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers for tests that reset none of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.reinstalled import require_machines

from .servers import Controller, servers


@pytest.fixture(scope="package", autouse=True)
def _able() -> None:
    require_machines()


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Controller]:
    """Two servers."""
    with servers(tmp_path_factory.mktemp("two"), 2) as controller:
        yield controller


@pytest.fixture
def pair(two: Controller) -> Controller:
    """Two servers of which nothing was asked yet."""
    two.simulator.world(two.world)
    return two
