# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers of the role reset_instance with a key pair, and what makes one of them another: on top of `role_hosts`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.tencent.cloud.plugins.plugin_utils._role.memory import Memory
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.names import names_of
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.server import Server
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.stage import PHASES

from . import role_hosts
from .role_hosts import HOST

INSTANCE_ID, RUN = role_hosts.ID, "run"
PASSWORD = "Correct-Horse-7"
KEY_PAIR = "skey-b4vakk62"
WAY: Mapping[str, Any] = {**role_hosts.WAY, "port": 0}
LINUX = {**role_hosts.LINUX, "os_name": "CentOS 7.6"}
UBUNTU = {**LINUX, "os_name": "Ubuntu 22.04", "image_id": "img-new", "login": "key pairs skey-b4vakk62"}
WINDOWS = {**UBUNTU, "platform": "Windows", "os_name": "Windows Server 2019", "image_id": "img-win"}


def begun(host: str = HOST, instance_id: str = INSTANCE_ID, **changes: Any) -> dict[str, Any]:
    """What is frozen of a host; what is no part of that is an option."""
    parts = {*role_hosts.begun()} - {"at"}
    own = {name: changes.pop(name) for name in list(changes) if name in parts}
    options = {"login_settings": {"key_ids": [KEY_PAIR]}, "state_dir": "/s", "report_dir": "/r", "at": 1000.0}
    return {**role_hosts.begun(host, instance_id, **{**options, **changes}), "way": dict(WAY), **own}


def planned(instance_id: str = INSTANCE_ID, what: str = "plan", **changes: Any) -> dict[str, Any]:
    """What the task that plans has registered for an instance.

    Args:
        changes: of its result; with `before` and `after`, the two systems.
    """
    instance = {"instance_id": instance_id, "instance_state": "RUNNING", "private_ip_addresses": ["10.0.0.1"]}
    own = {"outcome": "planned", "reason": "", "instance": instance, "before": LINUX, "after": UBUNTU}
    return role_hosts.of_instance(what, instance_id, **{**own, **changes})


def variables(frozen: Mapping[str, Any] | None = None, **registered: Any) -> dict[str, Any]:
    """The variables of a host that was confirmed and may be reset.

    Args:
        registered: other variables of the role, or `ansible_facts`.
    """
    own = dict(begun() if frozen is None else frozen)
    facts = registered.pop("ansible_facts", {})
    confirmed = {"ids": {own["host"]: own["instance_id"]}, "batch": [own["host"]], "run_id": RUN, "use": 1}
    found = {
        "begun": own,
        "confirmed": {**confirmed, "at": 1001.0},
        "judged": role_hosts.judged(own, do=dict.fromkeys(PHASES, True)),
        "arrived": {"after_hooks": True},
        **registered,
    }
    return {**role_hosts.registered(**found), "ansible_facts": facts}


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
