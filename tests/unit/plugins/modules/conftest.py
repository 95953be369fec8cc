# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules, ready to run."""

from __future__ import annotations

import pytest

from tests.unit.plugins.modules.running import Modules


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Modules:
    """The modules, ready to run."""
    return Modules(monkeypatch, capsys)
