# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts of the role reset_instance as they are between its tasks: an everyday one, and what makes it another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.tencent.cloud.plugins.plugin_utils._role.memory import Memory
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.names import names_of
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.options import parsed
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.server import Server
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.stage import PHASES

HOST, INSTANCE_ID, RUN = "web1", "ins-web00001", "run"
PASSWORD = "Correct-Horse-7"
KEY_PAIR = "skey-b4vakk62"
WAY: Mapping[str, Any] = {
    "kind": "ssh",
    "address": "10.0.0.1",
    "user": "root",
    "port": 0,
    "arguments": "",
    "later_arguments": "",
    "private_key_file": "",
    "has_password": False,
    "host_key_checking": True,
    "program": "ssh",
    "is_indirect": False,
}
LINUX = {"platform": "Linux", "os_name": "CentOS 7.6", "image_id": "img-old", "system_disk": {"disk_size": 50}}
UBUNTU = {**LINUX, "os_name": "Ubuntu 22.04", "image_id": "img-new", "login": "key pairs skey-b4vakk62"}
WINDOWS = {**UBUNTU, "platform": "Windows", "os_name": "Windows Server 2019", "image_id": "img-win"}


def options(**given: Any) -> dict[str, Any]:
    """The typed options of a role with a key pair."""
    typed, problems = parsed(
        {"login_settings": {"key_ids": [KEY_PAIR]}, "state_dir": "/s", "report_dir": "/r", **given}
    )
    assert problems == []
    return typed


def begun(host: str = HOST, instance_id: str = INSTANCE_ID, **changes: Any) -> dict[str, Any]:
    """What is frozen of a host; what is no part of that is an option."""
    frozen = {
        "host": host,
        "instance_id": instance_id,
        "check": False,
        "way": dict(WAY),
        "password": "",
        "connection": {},
        "overruling": {"login": [], "passwords": []},
        "looks_in": True,
        "barred": [],
        "problems": [],
        "at": 1000.0,
    }
    own = {name: changes.pop(name) for name in list(changes) if name in frozen}
    return {**frozen, **own, "options": options(**changes)}


def planned(instance_id: str = INSTANCE_ID, what: str = "plan", **changes: Any) -> dict[str, Any]:
    """What the task that plans has registered for an instance.

    Args:
        changes: of its result; with `before` and `after`, the two systems.
    """
    sides = {name: changes.pop(name, side) for name, side in (("before", LINUX), ("after", UBUNTU))}
    instance = {"instance_id": instance_id, "instance_state": "RUNNING", "private_ip_addresses": ["10.0.0.1"]}
    own = {"instance_id": instance_id, "outcome": "planned", "reason": "", "instance": instance, **changes}
    diff = [{"before_header": instance_id, **sides}]
    item = {"key": f"{what} {instance_id}", "value": {}}
    return {"results": [{"item": item, "results": [own], "diff": diff}]}


def variables(frozen: Mapping[str, Any] | None = None, **registered: Any) -> dict[str, Any]:
    """The variables of a host that was confirmed and may be reset.

    Args:
        registered: other variables of the role, or `ansible_facts`.
    """
    own = dict(begun() if frozen is None else frozen)
    host, instance_id = own["host"], own["instance_id"]
    facts = registered.pop("ansible_facts", {})
    judged = {
        "problems": [],
        "stage": "fresh",
        "log_state": "",
        "do": dict.fromkeys(PHASES, True),
        "names": names_of(own, RUN, 1)._asdict(),
        "kept": {},
        "trusts": True,
        "injects": False,
        "user": "root",
        "port": 22,
        "ssh": {"host": "10.0.0.1", "names": ["10.0.0.1"], "path": "/known", "entries": [], "old_keys": []},
    }
    found = {
        "begun": own,
        "confirmed": {"ids": {host: instance_id}, "batch": [host], "run_id": RUN, "use": 1, "at": 1001.0},
        "judged": {"hosts": {host: judged}, "at": 1002.0},
        "arrived": {"after_hooks": True},
        **registered,
    }
    return {**{f"__reset_instance_{name}": value for name, value in found.items()}, "ansible_facts": facts}


def server(
    frozen: Mapping[str, Any] | None = None, *, plans: Any = None, look: Any = None, back: Any = None, **found: Any
) -> Server:
    """A server of which all is known, and which may be reset.

    Args:
        plans: what the task that plans has registered.
        look: what the login to the present system has registered.
        back: the same as `plans`, of the way back.
        found: what the controller has found out otherwise.
    """
    seen = {"rc": 0, "stdout_lines": [f"instance_id={INSTANCE_ID}"]} if look is None else look
    told = planned() if plans is None else plans
    both = {"results": [*told.get("results", []), *(back or {}).get("results", [])]}
    memory = Memory(variables(frozen, plans=both, look=seen))
    keys = {"controller_keys": {"AAAA"}, "pair_keys": {KEY_PAIR: "AAAA"}, "is_address_own": True}
    return Server(memory, **{"names": names_of(memory.begun, RUN, 1), **keys, **found})
