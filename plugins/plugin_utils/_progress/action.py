# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What runs a module that waits: as Ansible does, and meanwhile shows what it waits for."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from ansible import constants
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action.normal import ActionModule

from ...module_utils._channel import ARGUMENT
from .listener import listening

Result = dict[str, Any]


class WaitingAction(ActionModule):  # type: ignore[misc]
    """The action of a module that waits. The module does all the work; without a pipe it does the same in silence."""

    _pipe: str | None = None

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> Result:
        """Run the module, and show what it waits for."""
        if not self._shows:
            return dict(super().run(tmp, task_vars))
        host = str((task_vars or {}).get("inventory_hostname"))
        with listening(constants.DEFAULT_LOCAL_TMP, self._shown_for(host)) as self._pipe:
            return dict(super().run(tmp, task_vars))

    def _execute_module(self, module_name: str | None = None, module_args: Any = None, **others: Any) -> Result:
        if module_name is None and self._pipe:
            module_args = {**(module_args or self._task.args), ARGUMENT: self._pipe}
        return dict(super()._execute_module(module_name=module_name, module_args=module_args, **others))

    @property
    def _shows(self) -> bool:
        """Whether lines are wanted: a task may say no, and a program that reads the output wants none."""
        # As a text, since this is no place to refuse what is no boolean: the module does.
        wanted = boolean(str(self._task.args.get("progress", True)), strict=False)
        for_a_program = "json" in str(constants.DEFAULT_STDOUT_CALLBACK)
        # In check mode nothing is waited for.
        barred = for_a_program or self._task.no_log or self._task.async_val or self._task.check_mode
        return bool(wanted and not barred)

    def _shown_for(self, host: str) -> Any:
        delegate = self._task.delegate_to
        where = f"{host} -> {delegate}" if delegate else host

        def show(about: str, line: str, seconds: float) -> None:
            # The run may be ending already.
            with suppress(OSError, ValueError):
                self._display.display(f"waiting: [{where}] {about and f'{about} '}after {elapsed(seconds)}: {line}")

        return show


def elapsed(seconds: float) -> str:
    """A time for a person."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
