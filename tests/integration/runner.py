# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs as an automation controller runs them: by `ansible-runner`, here and on another node."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from .harness import TIMEOUT_SECONDS, Ansible

LOCAL = "localhost ansible_connection=local ansible_python_interpreter='{{ ansible_playbook_python }}'\n"


class Runner:
    """A folder as a controller prepares it for a job, and the commands that run the job.

    Args:
        variables: those of the environment, besides what the tests themselves need.
        extra: the file of extra variables.
        arguments: of `ansible-playbook`.
    """

    def __init__(
        self,
        ansible: Ansible,
        playbook: list[dict[str, Any]],
        variables: dict[str, str],
        extra: str,
        *,
        inventory: str = LOCAL,
        arguments: str = "",
        name: str = "job",
    ) -> None:
        self.folder = ansible.folder / name
        self._ansible = ansible
        ansible.environment = {}
        self._write("project/site.yml", yaml.safe_dump(playbook))
        self._write("inventory/hosts", inventory).chmod(0o700 if inventory.startswith("#!") else 0o600)
        self._write("env/envvars", yaml.safe_dump(variables))
        self._write("env/extravars", extra)
        if arguments:
            self._write("env/cmdline", arguments)

    def _write(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def process(self, *arguments: str) -> dict[str, Any]:
        """What a process is started with to be one of the commands of `ansible-runner`."""
        return self._ansible.process("ansible-runner", *arguments)

    def __call__(self, *arguments: str, given: bytes = b"", code: int = 0) -> bytes:
        """What a command of `ansible-runner` answers, which must end with this code."""
        process = self.process(*arguments) | {"stdin": None}
        ended = subprocess.run(**process, input=given, capture_output=True, check=False, timeout=TIMEOUT_SECONDS)
        assert ended.returncode == code, ended.stdout + ended.stderr
        return ended.stdout

    def run(self, *arguments: str, code: int = 0) -> Path:
        """Run the job here; where its artifacts are."""
        self("run", str(self.folder), "-p", "site.yml", *arguments, code=code)
        return self.folder / "artifacts"

    def run_elsewhere(self, *arguments: str) -> Path:
        """Run the job on another node; where its artifacts are, which come back from there."""
        here, there = (self.folder.with_name(f"{self.folder.name}-{side}") for side in ("here", "there"))
        for folder in (here, there):
            folder.mkdir()
        job = self("transmit", str(self.folder), "-p", "site.yml", *arguments)
        answers = self("worker", "--private-data-dir", str(there), given=job)
        self("process", str(here), given=answers)
        return here / "artifacts"


def events(artifacts: Path, kind: str) -> Iterator[dict[str, Any]]:
    """The data of each event of a kind that a job has told."""
    for file in artifacts.rglob("job_events/*.json"):
        event = json.loads(file.read_text(encoding="utf-8"))
        if event["event"] == kind:
            yield event["event_data"]


def shown(artifacts: Path) -> Iterator[str]:
    """All that a job shows; only `command` has the environment, which is the runner's."""
    files = [file for file in artifacts.rglob("*") if file.is_file() and file.name != "command"]
    assert {"stdout", "stderr", "rc"} < {file.name for file in files}
    return (file.read_text(encoding="utf-8") for file in files)
