# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stage of the demonstration's second act: a server that can really be reinstalled, and how Ansible reaches it."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.machines import Fleet, Machine, machines
from tests.simulator import Running, running
from tests.simulator.world import OPERATED

SERVER, INSTANCE, KEY_PAIR, RUN = "web1", "ins-web00001", "skey-b4vakk62", "demo"
OLD, NEW = "img-9qabwvbn", "img-pmqg1cw7"
FLEET = {
    "machines": {INSTANCE: {"image": OLD, "host_name": SERVER}},
    "images": {OLD: {"name": "CentOS Linux", "version": "7.6"}, NEW: {"name": "Ubuntu", "version": "22.04"}},
}
# The simulator's operations take seconds: no need to wait as long as for the real API.
PACE = {
    "reset_instance_wait_interval": 1,
    "reset_instance_login_timeout": 60,
}


@dataclass(frozen=True)
class Stage:
    """What the playbook needs, and where the report will be.

    Attributes:
        environment: variables for ansible-playbook.
    """

    simulator: Running
    machine: Machine
    environment: Mapping[str, str]
    inventory: Path
    report: Path

    def look(self) -> dict[str, str]:
        """What distinguishes the present system from another, read without SSH."""
        key_type, key = next(key for key in self.machine.host_keys if key.startswith("ssh-ed25519")).split()
        digest = base64.b64encode(hashlib.sha256(base64.b64decode(key)).digest()).decode().rstrip("=")
        return {
            "system": self.machine.run(". /etc/os-release; echo $NAME $VERSION_ID").strip(),
            "host key": f"{key_type} SHA256:{digest}",
            "machine id": self.machine.machine_id,
        }


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """A server and its API for the time of a ``with`` block; report and state stay in the folder.

    Raises:
        MachinesError: the server cannot be started.
    """
    shutil.rmtree(folder, ignore_errors=True)
    place = folder / "fleet"
    place.mkdir(parents=True)
    # Paths of sockets are limited; the folder's own may be longer.
    with (
        tempfile.TemporaryDirectory(prefix="ssh") as sockets,
        machines(place, FLEET) as fleet,
        running(_world(fleet), on_reset=fleet.command) as simulator,
    ):
        environment = {
            "PATH": fleet.path,
            "ANSIBLE_HOST_KEY_CHECKING": "true",
            "ANSIBLE_SSH_CONTROL_PATH_DIR": sockets,
            "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "false",
        }
        inventory = _inventory(folder, fleet)
        report = folder / "reports" / RUN / "index.html"
        yield Stage(simulator, fleet[INSTANCE], environment, inventory, report)


def comparison(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Two looks at the server, one below the other: side by side they are wider than a terminal."""
    looks = {"before": before, "after": after}
    return "\n".join(f"{when:<8}{name:<12}{value}" for when, look in looks.items() for name, value in look.items())


def _world(fleet: Fleet) -> dict[str, Any]:
    return {
        "extends": "builtin",
        "instance_defaults": OPERATED,
        "key_pairs": {KEY_PAIR: {"PublicKey": fleet.public_key}},
        "instances": {
            INSTANCE: {
                "ImageId": OLD,
                "InstanceName": SERVER,
                "PrivateIpAddresses": [fleet[INSTANCE].address],
            }
        },
    }


def _inventory(folder: Path, fleet: Fleet) -> Path:
    known_hosts = folder / "known_hosts"
    known_hosts.write_text(fleet[INSTANCE].known_hosts, encoding="ascii")
    variables = {
        "ansible_user": "root",
        "ansible_ssh_private_key_file": str(fleet.private_key),
        "ansible_ssh_common_args": f"-o UserKnownHostsFile={known_hosts}",
        # Ansible's own folder of this computer means nothing to the server.
        "ansible_remote_tmp": "~/.ansible/tmp",
        "ansible_python_interpreter": "auto_silent",
        "reset_instance_known_hosts_file": str(known_hosts),
        "reset_instance_state_dir": str(folder / "state"),
        "reset_instance_report_dir": str(folder / "reports"),
        "reset_instance_run_id": RUN,
        **PACE,
    }
    host = {"ansible_host": fleet[INSTANCE].address, "cvm_instance_id": INSTANCE}
    path = folder / "inventory.json"
    path.write_text(json.dumps({"web": {"hosts": {SERVER: host}, "vars": variables}}, indent=2), encoding="utf-8")
    return path
