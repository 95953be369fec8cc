# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs modules from their options to their exit, on a simulator."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import pytest
from ansible.module_utils import basic

from ansible_collections.tencent.cloud.plugins.module_utils._api import connection
from ansible_collections.tencent.cloud.plugins.module_utils._interrupts import Interrupts
from tests.secrecy import leaks, named

from .simulated import KEY, Simulated, simulated

KEYS = {"secret_id": KEY.secret_id, "secret_key": KEY.secret_key, "region": "ap-guangzhou"}
ADDED = {"msg", "failed", "invocation", "warnings", "deprecations", "exception"}
"""Keys that Ansible adds to a result."""


class Modules:
    """Runs modules on a simulator."""

    def __init__(self, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.bench: Simulated = simulated()
        self._patch = patch
        self._capsys = capsys
        patch.setattr(connection, "Transport", lambda **options: self.bench.transport)
        patch.setattr(Interrupts, "clock", lambda interrupts: self.bench.clock)

    def __call__(
        self, tested: ModuleType, *, check: bool = False, diff: bool = False, **options: Any
    ) -> dict[str, Any]:
        """The result of one task that calls the API."""
        return self.run(tested, {**KEYS, **options}, check=check, diff=diff)

    def run(
        self, tested: ModuleType, options: Mapping[str, Any], *, check: bool = False, diff: bool = False
    ) -> dict[str, Any]:
        """The result of one task with these options alone; none of the secrets in them is shown."""
        arguments = {**options, "_ansible_check_mode": check, "_ansible_diff": diff}
        self._patch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode())
        # ansible-core 2.19 and later ask for it.
        self._patch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
        with pytest.raises(SystemExit) as ended:
            tested.main()
        shown = self._capsys.readouterr()
        assert not leaks("".join(shown).encode("utf-8", "surrogateescape"), named(options))
        result: dict[str, Any] = json.loads(shown.out)
        assert bool(ended.value.code) is bool(result.get("failed"))
        return result

    def ids(self, tested: ModuleType, key: str, **options: Any) -> list[str]:
        """The ids of what a task lists."""
        return [one[f"{key[:-1]}_id"] for one in self(tested, **options)[key]]
