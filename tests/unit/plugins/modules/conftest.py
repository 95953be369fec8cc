# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules, ready to run."""

from __future__ import annotations

import importlib
from contextlib import suppress

import pytest

from tests.unit.support.modules import Modules


@pytest.fixture(autouse=True)
def _without_controller(monkeypatch: pytest.MonkeyPatch) -> None:
    """Warn as a module does, though tests of other plugins have loaded a controller into this process."""
    # ansible-core 2.18 and older make no difference.
    with suppress(ImportError):
        internal = importlib.import_module("ansible.module_utils._internal")
        monkeypatch.setattr(internal, "is_controller", False, raising=False)


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Modules:
    """The modules, ready to run."""
    return Modules(monkeypatch, capsys)
