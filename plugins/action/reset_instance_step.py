# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One step of the role reset_instance on the controller: what Ansible knows goes to plain Python, and comes back."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from ansible.playbook.helpers import load_list_of_tasks
from ansible.plugins.action import ActionBase
from ansible.release import __version__ as core_version
from ansible.utils.vars import load_extra_vars

from ..plugin_utils._role.begin import Surroundings
from ..plugin_utils._role.confirmation import NotConfirmed
from ..plugin_utils._role.judge import World
from ..plugin_utils._role.kept import KeptError
from ..plugin_utils._role.ssh import kind_of_way
from ..plugin_utils._role.ssh_keys import runner
from ..plugin_utils._role.steps import STEPS, Step

Result = dict[str, Any]
PROGRAM_SECONDS = 20
IGNORES = ("ignore_errors", "ignore_unreachable")
PROXIES = re.compile(r"ansible_(winrm|psrp|paramiko|paramiko_ssh)_(host|proxy|proxy_command)")
"""Other connections have names of their own for where they lead."""


class ActionModule(ActionBase):  # type: ignore[misc]
    """See `plugins/modules/reset_instance_step.py`."""

    TRANSFERS_FILES = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> Result:
        """Take the step that the option `step` names."""
        result: Result = super().run(tmp, task_vars)
        variables = task_vars or {}
        arguments = dict(self._task.args)
        call = Step(
            arguments=arguments,
            variables=variables,
            evaluate=self._templar.template,
            around=lambda: self._around(variables, arguments),
            world=self._world(),
            transport=str(self._connection.transport),
            now=time.time(),
            tags=[str(tag) for tag in self._task.tags],
        )
        try:
            return {**result, **STEPS[arguments["step"]](call)}
        except (KeptError, NotConfirmed) as refusal:
            return {**result, "failed": True, "msg": str(refusal)}

    # --- what only Ansible knows

    def _around(self, variables: Mapping[str, Any], arguments: Mapping[str, Any]) -> Surroundings:
        return Surroundings(
            host=str(variables["inventory_hostname"]),
            check=bool(self._task.check_mode),
            strategy=str(self._task.get_play().strategy),
            run_once=bool(self._task.run_once),
            way=self._way(variables),
            password=str(self._option("password") or ""),
            connection={name: value for name, value in arguments.items() if name != "step"},
            extra=load_extra_vars(self._loader),
            ignores=[name for name in IGNORES if getattr(self._task, name)],
        )

    def _way(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """How Ansible reaches the host: what the connection has made of variables, keywords, settings and options."""
        proxies = [name for name in variables if PROXIES.fullmatch(name)]
        later = (self._option(name) for name in ("ssh_common_args", "ssh_extra_args"))
        return {
            "kind": kind_of_way(str(self._connection.transport)),
            "address": str(self._option("host") or self._option("remote_addr") or variables["inventory_hostname"]),
            "user": str(self._option("remote_user") or ""),
            "port": int(self._option("port") or 0),
            "arguments": str(self._option("ssh_args") or ""),
            "later_arguments": " ".join(str(one) for one in later if one),
            "private_key_file": str(self._option("private_key_file") or ""),
            "has_password": bool(self._option("password")),
            "host_key_checking": bool(self._option("host_key_checking")),
            "program": str(self._option("ssh_executable") or "ssh"),
            "is_indirect": bool(proxies),
        }

    def _option(self, name: str) -> Any:
        """An option of the connection; None if it does not have it."""
        try:
            return self._connection.get_option(name)
        except KeyError:
            return None

    # --- what the controller can be asked

    def _world(self) -> World:
        major, minor = core_version.split(".")[:2]
        return World(run=runner(PROGRAM_SECONDS), read_tasks=self._loading(), core=(int(major), int(minor)))

    def _loading(self) -> Callable[[str], None]:
        play = self._task.get_play()

        def load(path: str) -> None:
            tasks = self._loader.load_from_file(path)
            load_list_of_tasks(
                [] if tasks is None else tasks,
                play,
                variable_manager=play.get_variable_manager(),
                loader=self._loader,
            )

        return load
