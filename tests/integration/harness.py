# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the real `ansible` and `ansible-playbook` against a simulator, and reads what came of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.machines.tools import CACHE
from tests.simulator import Running

MODULE = "tencent.cloud.cvm_reset_instance"
SECRET_ID, SECRET_KEY = "AKIDsimulator", "simulator-secret-key"
REGION = "ap-guangzhou"
QUICK = {"wait_interval": 0.1, "settle_seconds": 300}
"""Options of the module that keep a test short."""
NOISE = ("[WARNING]", "[DEPRECATION WARNING]", "[ERROR]")
TIMEOUT_SECONDS = 120
HERE = Path(__file__).resolve().parent
BYTECODE = CACHE.with_name("bytecode")
"""What modules were compiled to, for all tests and for those that come later."""
MODULE_PYTHON = os.environ.get("TEST_MODULE_PYTHON", "")
"""What modules run on, if it is another Python than Ansible's."""
RUNS_MODULES = ("ansible", "ansible-playbook")

Task = Mapping[str, Any]


@dataclass(frozen=True)
class Run:
    """A finished command.

    Attributes:
        results: of the tasks, in their order, as they were registered.
        log: what Ansible wrote to its log file.
    """

    code: int
    out: str
    err: str
    log: str = ""
    results: list[dict[str, Any]] = field(default_factory=list)

    @property
    def result(self) -> dict[str, Any]:
        """The result of the only task."""
        (only,) = self.results
        return only

    @property
    def everything(self) -> str:
        """All that a person could read."""
        return f"{self.out}{self.err}{self.log}"

    @property
    def is_noisy(self) -> bool:
        """Whether it holds a warning."""
        return any(word in self.everything for word in NOISE)


class Ansible:
    """Ansible as a user would call it, with credentials and endpoint in the environment and in module_defaults."""

    def __init__(self, folder: Path, simulator: Running) -> None:
        self.simulator = simulator
        self.folder = folder
        self.timeout = TIMEOUT_SECONDS
        self.environment = {
            "TENCENTCLOUD_SECRET_ID": SECRET_ID,
            "TENCENTCLOUD_SECRET_KEY": SECRET_KEY,
            "TENCENTCLOUD_REGION": REGION,
        }
        self.defaults: dict[str, Any] = {"group/tencent.cloud.all": {"endpoint": simulator.url}, MODULE: dict(QUICK)}

    @property
    def resets(self) -> list[dict[str, Any]]:
        """Every ResetInstance that came to the simulator, accepted or not."""
        return [call for call in self.simulator.state()["calls"] if call["action"] == "ResetInstance"]

    def adhoc(self, options: Mapping[str, Any] | str, *arguments: str, module: str = MODULE, **environment: str) -> Run:
        """`ansible localhost -m`; options are given as JSON, or as a text of name=value."""
        if isinstance(options, Mapping):
            quick = QUICK if module == MODULE else {}
            options = json.dumps({"endpoint": self.simulator.url, **quick, **options})
        run = self.command("ansible", "localhost", "-m", module, "-a", options, *arguments, **environment)
        start = run.out.find("=> {")
        result = json.JSONDecoder().raw_decode(run.out[start + 3 :])[0] if start >= 0 else {}
        return Run(run.code, run.out, run.err, run.log, [result])

    def play(
        self,
        *tasks: Task,
        arguments: Sequence[str] = (),
        hosts: str = "localhost",
        stop: bool = True,
        variables: Mapping[str, Any] | None = None,
    ) -> Run:
        """A playbook with these tasks; it ends with the first failure only if ``stop``."""
        registered = [{**task, "register": task.get("register", f"result_{n}")} for n, task in enumerate(tasks)]
        if not stop:
            registered = [{"ignore_errors": True, **task} for task in registered]
        results = self.folder / "results.json"
        results.unlink(missing_ok=True)
        play = {
            "hosts": hosts,
            "gather_facts": False,
            "vars": dict(variables or {}),
            "module_defaults": self.defaults,
            "tasks": [{"block": registered, "always": [_keeping(results, registered)]}],
        }
        playbook = self.folder / "playbook.yml"
        playbook.write_text(yaml.safe_dump([play], sort_keys=False), encoding="utf-8")
        run = self.command("ansible-playbook", str(playbook), *arguments)
        kept = json.loads(results.read_text(encoding="utf-8")) if results.exists() else []
        return Run(run.code, run.out, run.err, run.log, [result for result in kept if result])

    def inventory(
        self, options: Mapping[str, Any] | None = None, *arguments: str, name: str = "cvm.yml", **environment: str
    ) -> tuple[Run, dict[str, dict[str, Any]]]:
        """`ansible-inventory --list` of a file with these options, or of one that is there: hosts, their variables."""
        file = self.folder / name
        if options is not None:
            file.write_text(yaml.safe_dump({"endpoint": self.simulator.url, **options}), encoding="utf-8")
        run = self.command("ansible-inventory", "-i", str(file), "--list", *arguments, **environment)
        listed = json.loads(run.out, object_hook=untagged) if run.out.startswith("{") else {}
        return run, listed.get("_meta", {}).get("hostvars", {})

    def command(self, name: str, *arguments: str, **environment: str) -> Run:
        """Any of Ansible's commands, from the environment of these tests."""
        self.log.unlink(missing_ok=True)
        ended = subprocess.run(
            **self.process(name, *arguments, **environment),
            capture_output=True,
            text=True,
            check=False,
            timeout=self.timeout,
        )
        return Run(ended.returncode, ended.stdout, ended.stderr, self.logged)

    @property
    def log(self) -> Path:
        """The file that Ansible logs to."""
        return self.folder / "ansible.log"

    @property
    def logged(self) -> str:
        """What the last command has logged so far."""
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    def process(self, name: str, *arguments: str, **environment: str) -> dict[str, Any]:
        """What a process is started with to be one of Ansible's commands."""
        # Ansible's own Python is the interpreter of a localhost that is in no inventory, unless told by a variable.
        side = ["-e", f"ansible_python_interpreter={MODULE_PYTHON}"] if MODULE_PYTHON and name in RUNS_MODULES else []
        return {
            "args": [str(Path(sys.executable).with_name(name)), *arguments, *side],
            "cwd": self.folder,
            "env": {**os.environ, **started(), "ANSIBLE_LOG_PATH": str(self.log), **self.environment, **environment},
            "stdin": subprocess.DEVNULL,
        }


def started() -> dict[str, str]:
    """What lets Python and Ansible start as tests need them."""
    BYTECODE.mkdir(parents=True, exist_ok=True)
    return {
        "PYTHONPATH": os.pathsep.join(filter(None, [str(HERE / "start"), os.environ.get("PYTHONPATH")])),
        "TEST_BYTECODE": str(BYTECODE),
        "ANSIBLE_FILTER_PLUGINS": str(HERE / "plugins"),
    }


def reset(instance_id: str = "ins-r8hr2upy", **options: Any) -> dict[str, Any]:
    """The task that resets an instance, with keys to log in unless the options say otherwise."""
    return {MODULE: {"instance_id": instance_id, "login_settings": {"key_ids": ["skey-b4vakk62"]}, **options}}


def untagged(value: dict[str, Any]) -> Any:
    """`ansible-inventory` marks a text that is no template; for an `object_hook` of JSON."""
    return value["__ansible_unsafe"] if set(value) == {"__ansible_unsafe"} else value


def _keeping(results: Path, tasks: Sequence[Task]) -> Task:
    names = ", ".join(f"{task['register']} | default({{}})" for task in tasks)
    # A module that writes would take as long as all the rest of a short play.
    return {
        "ansible.builtin.assert": {"that": f"[{names}] | to_json | written({json.dumps(str(results))})", "quiet": True},
        "no_log": True,
    }
