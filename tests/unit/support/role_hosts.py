# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts of the role as its tasks leave them: what was frozen, planned, judged and registered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.tencent.cloud.plugins.plugin_utils._role.memory import PREFIX, Memory
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.names import names_of
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.options import parsed

HOST, ID = "web1", "ins-web00001"
WAY = {
    "kind": "ssh",
    "address": "10.0.0.1",
    "user": "root",
    "port": 22,
    "arguments": "",
    "later_arguments": "",
    "private_key_file": "",
    "has_password": False,
    "host_key_checking": True,
    "program": "ssh",
    "is_indirect": False,
}
INSTANCE = {
    "instance_id": ID,
    "image_id": "img-old",
    "os_name": "CentOS 7",
    "instance_state": "RUNNING",
    "private_ip_addresses": ["10.0.0.1"],
    "system_disk": {"disk_id": "disk-1", "disk_size": 50},
    "data_disks": [{"disk_id": "disk-3"}, {"disk_id": "disk-2"}],
}
LINUX = {"platform": "Linux", "os_name": "CentOS 7", "image_id": "img-old", "system_disk": {"disk_size": 50}}
WINDOWS = {**LINUX, "platform": "Windows"}
LOGIN = {"keep_image_login": True}


def begun(host: str = HOST, instance_id: str = ID, at: float = 100.0, **options: Any) -> dict[str, Any]:
    """What was frozen of a host."""
    typed, problems = parsed({"login_settings": LOGIN, **options})
    assert problems == []
    return {
        "host": host,
        "instance_id": instance_id,
        "check": False,
        "options": typed,
        "way": dict(WAY),
        "password": "",
        "connection": {},
        "overruling": {"login": [], "passwords": []},
        "looks_in": True,
        "barred": [],
        "problems": [],
        "at": at,
    }


def of_instance(what: str, instance_id: str = ID, **answer: Any) -> dict[str, Any]:
    """What a loop over groups registers, with one group of one instance."""
    before, after = answer.pop("before", LINUX), answer.pop("after", LINUX)
    return {
        "results": [
            {
                "item": {"key": f"{what} {instance_id}", "value": {}},
                "results": [{"instance_id": instance_id, **answer}],
                "diff": [{"before_header": instance_id, "before": before, "after": after}],
            }
        ]
    }


def planned(instance_id: str = ID, **answer: Any) -> dict[str, Any]:
    """The plan of a reset, as it is registered."""
    record = {**INSTANCE, "instance_id": instance_id}
    return of_instance("plan", instance_id, **{"outcome": "planned", "instance": record, **answer})


def about(frozen: Mapping[str, Any], **other: Any) -> dict[str, Any]:
    """What preflight found out about a host for which all is well."""
    ssh = {"names": ["10.0.0.1"], "host": "10.0.0.1", "path": "/known_hosts", "entries": ["e"], "old_keys": ["k"]}
    return {
        "problems": [],
        "notes": [],
        "stage": "fresh",
        "log_state": "",
        "line": f"{frozen['host']} ({frozen['instance_id']}) is fresh",
        "do": {"before": False, "backup": False, **dict.fromkeys(("reset", "trust", "login", "verify", "after"), True)},
        "region": "",
        "hooks": {"before": [], "after": [], "failure": []},
        "names": names_of(frozen, "run", 1)._asdict(),
        "kept": {},
        "deadline": "",
        "instance": {**INSTANCE, "instance_id": frozen["instance_id"]},
        "is_proved": True,
        "is_windows": False,
        "to_windows": False,
        "enters": ["trust", "login"],
        "returns": [],
        "mark": "leave a mark",
        "second_look": "look again",
        "trusts": True,
        "injects": False,
        "user": "root",
        "port": 22,
        "ssh": ssh,
        **other,
    }


def registered(**found: Any) -> dict[str, Any]:
    """Variables of a host by what the tasks call them."""
    return {f"{PREFIX}{name}": value for name, value in found.items()}


def judged(frozen: Mapping[str, Any], **other: Any) -> dict[str, Any]:
    """What the task that judges has registered."""
    return {"hosts": {frozen["host"]: about(frozen, **other)}, "refused": [], "stops": False, "text": "", "at": 103.0}


def memory(frozen: Mapping[str, Any] | None = None, facts: Any = None, **found: Any) -> Memory:
    """The memory of a host that was looked at."""
    frozen = begun() if frozen is None else frozen
    confirmed = {"ids": {frozen["host"]: frozen["instance_id"]}, "run_id": "run", "use": 1, "at": 101.0}
    all_of_it = {"begun": frozen, "confirmed": confirmed, "judged": judged(frozen), **found}
    return Memory({"ansible_facts": facts or {}, **registered(**all_of_it)})
