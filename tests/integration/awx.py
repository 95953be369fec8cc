# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWX makes of templates, credentials, surveys and inventories before it starts a job; in the words of its source.

By AWX 24.6.1: `awx/main/models/credential.py`, `mixins.py` and `workflow.py`, `awx/main/tasks/jobs.py`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from jinja2.sandbox import ImmutableSandboxedEnvironment

from .harness import Ansible
from .runner import Runner, events

PLAYBOOK = [{"import_playbook": "tencent.cloud.awx.reinstall"}]
"""That of the project."""


class Unsafe(yaml.SafeDumper):
    """Writes texts so that Ansible takes none for a template."""

    def represent_data(self, data: Any) -> yaml.Node:
        """A text is marked, as a key too."""
        return self.represent_scalar("!unsafe", data) if isinstance(data, str) else super().represent_data(data)


class Awx:
    """The assets of the installed collection, and how AWX uses them.

    Args:
        collection: its folder.
        inputs: those of the credential that all jobs have.
        extra_vars: those of the templates.
    """

    def __init__(
        self, ansible: Ansible, collection: Path, inputs: Mapping[str, str], extra_vars: Mapping[str, Any]
    ) -> None:
        self._ansible = ansible
        self._assets = collection / "playbooks" / "awx"
        self._inputs = dict(inputs)
        self._extra_vars = dict(extra_vars)
        self._jobs = 0

    @property
    def environment(self) -> dict[str, str]:
        """What the credential injects. An empty input is no variable of the templates."""
        injectors = self.asset("credential_type")["injectors"]["env"]
        namespace = {name: value for name, value in self._inputs.items() if value}
        sandbox = ImmutableSandboxedEnvironment()
        return {name: sandbox.from_string(template).render(namespace) for name, template in injectors.items()}

    def asset(self, name: str) -> Any:
        """What a file says."""
        return yaml.safe_load((self._assets / f"{name}.yml").read_text(encoding="utf-8"))

    def synchronized(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """The inventory that an update makes of a file of the project."""
        (self._ansible.folder / "servers.cvm.yml").write_text(yaml.safe_dump(dict(options)), encoding="utf-8")
        arguments = ("-i", "servers.cvm.yml", "--list", "--export")
        self._ansible.environment = {}
        run = self._ansible.command("ansible-inventory", *arguments, **self.environment)
        assert run.code == 0, run.everything
        found: dict[str, Any] = json.loads(run.out)
        return found

    def job(
        self,
        inventory: Mapping[str, Any],
        answers: Mapping[str, Any],
        *arguments: str,
        artifacts: Mapping[str, Any] | None = None,
    ) -> Runner:
        """A job that is launched, by itself or by a workflow.

        Args:
            answers: to the survey. Those that are not given have the defaults of the questions.
            arguments: of `ansible-playbook`.
            artifacts: of the nodes before it in the workflow, over which the answers to the survey of that win.
        """
        self._jobs += 1
        survey = self.asset("survey")
        questions = [*survey["survey_questions"], survey["survey_confirmation"]]
        defaults = {one["variable"]: one["default"] for one in questions if one.get("default") is not None}
        meta = {f"{name}_job_id": self._jobs for name in ("awx", "tower")} | {"awx_user_name": "operator"}
        extra = {**self._extra_vars, **defaults, **(artifacts or {}), **answers, **meta}
        script = f"#! /usr/bin/env python3\nprint({json.dumps(inventory)!r})\n"
        return Runner(
            self._ansible,
            PLAYBOOK,
            {**self.environment, "ANSIBLE_HOST_KEY_CHECKING": "False"},
            yaml.dump(extra, Dumper=Unsafe),
            inventory=script,
            arguments=" ".join(arguments),
            name=f"job{self._jobs}",
        )


def artifacts_of(folder: Path) -> dict[str, Any]:
    """What a job hands over to later nodes of its workflow."""
    (data,) = [event.get("artifact_data") or {} for event in events(folder, "playbook_on_stats")]
    return dict(data)


def sliced(inventory: Mapping[str, Any], number: int, count: int) -> dict[str, Any]:
    """The inventory of one of the jobs of a template that is sliced; it has no other hosts."""
    variables = inventory["_meta"]["hostvars"]
    kept = sorted(variables)[number - 1 :: count]
    groups = {
        name: {**group, "hosts": [host for host in group.get("hosts", ()) if host in kept]}
        for name, group in inventory.items()
        if name != "_meta"
    }
    return {**groups, "_meta": {"hostvars": {host: variables[host] for host in kept}}}
