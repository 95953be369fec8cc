# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One simulator process for the tests with the vendor's SDK."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulator import Running, running

WORLD = {"extends": "builtin", "rate_limits": False, "tag_lag_seconds": 0}


@pytest.fixture(scope="session")
def process() -> Iterator[Running]:
    """A simulator without lag whose resets end at once."""
    with running(reset_seconds=0, lag_seconds=0) as simulator:
        yield simulator


@pytest.fixture
def simulator(process: Running) -> Running:
    """The process with a fresh world."""
    process.world(WORLD)
    return process
