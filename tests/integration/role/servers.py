# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real servers that the role carries through a reinstall: machines, the API that reinstalls them, and a controller."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from tests.integration.harness import Ansible, Run
from tests.integration.reinstalled import REMOTE_TMP
from tests.machines import Fleet, Machine, machines
from tests.simulator import Running, running
from tests.simulator.world import OPERATED

OLD, NEW, OTHER = "img-9qabwvbn", "img-pmqg1cw7", "img-6n21msk1"
"""CentOS with the user root, which the servers begin with; Ubuntu with the user ubuntu; TencentOS with root."""
IMAGES: dict[str, Any] = {
    OLD: {"name": "CentOS Linux", "version": "7.6", "user": "root"},
    NEW: {"name": "Ubuntu", "version": "22.04", "user": "ubuntu"},
    OTHER: {"name": "TencentOS Server", "version": "4", "user": "root"},
}
SERVERS = {f"web{number}": f"ins-web{number:05}" for number in range(1, 21)}
KEY_PAIR = "skey-b4vakk62"
SPEED = {
    "lag_seconds": 0,
    "tag_lag_seconds": 0,
    "reset_seconds": 0.4,
    "image_seconds": 0.5,
    "snapshot_seconds": 0.5,
    "rollback_seconds": 0.5,
}
ROLE = "tencent.cloud.reset_instance"
QUICK = {
    "wait_interval": 0.1,
    "settle_seconds": 300,
    "host_key_stable_seconds": 1,
    "host_key_timeout": 15,
    "login_timeout": 15,
}
"""Variables of the role that keep a test short."""

SOON = {
    "tencent.cloud.cbs_snapshot": {"wait_interval": 0.1},
    "tencent.cloud.cvm_image": {"wait_interval": 0.1},
    "tencent.cloud.ssh_host_key": {"scan_interval": 0.2},
}
"""Options of modules that the role leaves as they are: operations of these servers take less than a second."""


def prefixed(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Variables by their names in the role."""
    return {f"reset_instance_{name}": value for name, value in variables.items()}


class Controller(Ansible):
    """Ansible with an inventory of real servers, strict host key checking, and files of its own."""

    def __init__(
        self, folder: Path, simulator: Running, fleet: Fleet, servers: Mapping[str, str], world: Any, sockets: str
    ) -> None:
        super().__init__(folder, simulator)
        self.world = world
        self.timeout = 400
        self.fleet = fleet
        self.servers = servers
        self.known_hosts = folder / "known_hosts"
        self.known_hosts.write_text("".join(fleet[one].known_hosts for one in servers.values()), encoding="ascii")
        self.environment |= {"ANSIBLE_HOST_KEY_CHECKING": "true", "PATH": fleet.path, "HOME": str(folder)}
        # A path in the folder of a test may be longer than that of a socket may be.
        self.environment["ANSIBLE_SSH_CONTROL_PATH_DIR"] = sockets
        # By ssh alone: on the controller a module that comes through a pipe starts later than one in a file.
        self.environment["ANSIBLE_SSH_PIPELINING"] = "true"
        self.defaults |= SOON
        self.variables = prefixed(
            {
                **QUICK,
                "image_id": NEW,
                "login_settings": {"key_ids": [KEY_PAIR]},
                "known_hosts_file": str(self.known_hosts),
                "state_dir": str(folder / "state"),
                "report_dir": str(folder / "reports"),
                "run_id": "run",
            }
        )

    def __getitem__(self, name: str) -> Machine:
        """The machine of a server."""
        return self.fleet[self.servers[name]]

    @property
    def confirmation(self) -> str:
        """What confirms all servers, as a survey would."""
        return ", ".join(self.servers.values())

    def carry(self, *arguments: str, **options: Any) -> Run:
        """Run the role for all servers, with the options of `prepare`."""
        return self.command(*self.prepare(*arguments, **options))

    def prepare(
        self,
        *arguments: str,
        serial: int | None = None,
        play: Mapping[str, Any] | None = None,
        extra: Mapping[str, Any] | None = None,
        each: Mapping[str, Mapping[str, Any]] | None = None,
        host_variables: Mapping[str, Mapping[str, Any]] | None = None,
        **variables: Any,
    ) -> tuple[str, ...]:
        """Write inventory and playbook, and return the command that runs the role.

        Args:
            play: other keywords of the play.
            extra: extra variables.
            each: variables of the role for single servers; like ``variables`` without their prefix.
            host_variables: other variables of single servers.
        """
        options = f"-o UserKnownHostsFile={self.known_hosts} -o ConnectTimeout=3"
        inventory = {
            "servers": {
                "hosts": {
                    name: {
                        "ansible_host": self[name].address,
                        "cvm_instance_id": instance_id,
                        **prefixed((each or {}).get(name, {})),
                        **(host_variables or {}).get(name, {}),
                    }
                    for name, instance_id in self.servers.items()
                },
                "vars": {
                    **self.variables,
                    **prefixed({"confirm": self.confirmation, **variables}),
                    "ansible_user": "root",
                    "ansible_python_interpreter": "/usr/bin/python3",
                    "ansible_ssh_private_key_file": str(self.fleet.private_key),
                    "ansible_ssh_common_args": options,
                    "ansible_remote_tmp": REMOTE_TMP,
                },
            }
        }
        frame = {
            "hosts": "servers",
            "gather_facts": False,
            "module_defaults": self.defaults,
            "roles": [ROLE],
            **({"serial": serial} if serial else {}),
            **(play or {}),
        }
        self._write("inventory.yml", inventory)
        self._write("site.yml", [frame])
        self._write("extra.yml", dict(extra or {}))
        forks = ("--forks", str(len(self.servers)))
        return ("ansible-playbook", "-i", "inventory.yml", "site.yml", "-e", "@extra.yml", *forks, *arguments)

    def report(self, name: str) -> dict[str, Any]:
        """What the role reported of a server."""
        path = self.folder / "reports" / "run" / f"{name}.json"
        return dict(json.loads(path.read_text(encoding="utf-8")))

    @property
    def reports(self) -> list[dict[str, Any]]:
        """What the role reported of all servers, in the order of their instances."""
        found = self.folder.glob("reports/*/*.json")
        reports = [json.loads(path.read_text(encoding="utf-8")) for path in found]
        return sorted(reports, key=lambda report: report["instance_id"])

    @property
    def page(self) -> str:
        """The report of the run."""
        (page,) = self.folder.glob("reports/*/index.html")
        return page.read_text(encoding="utf-8")

    @property
    def accepted(self) -> dict[str, int]:
        """How many resets were accepted, by instance."""
        return dict(self.simulator.state()["accepted"])

    def tag(self, name: str) -> str:
        """The log of a server's resets."""
        tags = self.simulator.state()["instances"][self.servers[name]]["Tags"]
        return str(next((one["Value"] for one in tags if one["Key"].startswith("ansible-reset-once")), ""))

    def hook(self, name: str, *tasks: Mapping[str, Any]) -> str:
        """A file of tasks, for a hook."""
        self._write(name, list(tasks))
        return str(self.folder / name)

    def ssh(self, name: str, user: str) -> subprocess.CompletedProcess[str]:
        """Log in as a person would, with strict host key checking and what the role has made of known_hosts."""
        options = ["StrictHostKeyChecking=yes", f"UserKnownHostsFile={self.known_hosts}", "BatchMode=yes"]
        words = ["ssh", "-F", "/dev/null", "-i", str(self.fleet.private_key), "-p", str(self[name].port)]
        words += [word for option in options for word in ("-o", option)]
        return subprocess.run(
            [*words, f"{user}@{self[name].address}", "id -un"], capture_output=True, text=True, check=False, timeout=30
        )

    def _write(self, name: str, document: Any) -> None:
        (self.folder / name).write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")


@contextmanager
def servers(
    folder: Path, names: int | Iterable[str] = 1, images: Mapping[str, Any] | None = None, **world: Any
) -> Iterator[Controller]:
    """Servers of these names, or so many, for the time of a ``with`` block; ``images`` is laid over those above."""
    ids = list(SERVERS.values())
    wanted = dict(list(SERVERS.items())[:names]) if isinstance(names, int) else dict(zip(names, ids))
    with _placed(folder, wanted, images or {}, world) as controlled:
        yield controlled("controller", wanted)


@contextmanager
def lone_servers(folder: Path, count: int, **world: Any) -> Iterator[list[Controller]]:
    """So many servers, each named web by a controller of its own, for the time of a ``with`` block."""
    wanted = dict(list(SERVERS.items())[:count])
    with _placed(folder, wanted, {}, world) as controlled:
        yield [controlled(name, {"web": instance_id}) for name, instance_id in wanted.items()]


@contextmanager
def _placed(
    folder: Path, wanted: Mapping[str, str], images: Mapping[str, Any], world: Mapping[str, Any]
) -> Iterator[Callable[[str, Mapping[str, str]], Controller]]:
    """Machines and their API, and what makes a controller of some of them in a folder of that name."""
    described = {name: {**IMAGES.get(name, {}), **images.get(name, {})} for name in (*IMAGES, *images)}
    place = folder / "fleet"
    place.mkdir()
    first = {one: {"image": OLD} for one in wanted.values()}
    with (
        tempfile.TemporaryDirectory(prefix="ssh") as sockets,
        machines(place, {"images": described, "machines": first}) as fleet,
        running(on_reset=fleet.command) as simulator,
    ):
        laid_over = {
            "extends": "builtin",
            "rate_limits": False,
            "instance_defaults": OPERATED,
            **SPEED,
            "key_pairs": {KEY_PAIR: {"PublicKey": fleet.public_key}},
            "instances": {one: {"ImageId": OLD, "InstanceName": name} for name, one in wanted.items()},
            **world,
        }
        for one, values in laid_over["instances"].items():
            laid_over["instances"][one] = {"PrivateIpAddresses": [fleet[one].address], **values}
        simulator.world(laid_over)

        def controlled(name: str, some: Mapping[str, str]) -> Controller:
            own = folder / name
            own.mkdir()
            return Controller(own, simulator, fleet, some, laid_over, sockets)

        yield controlled
