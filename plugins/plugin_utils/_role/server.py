# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What preflight knows of one server when it judges. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .memory import Memory
from .names import Names
from .ssh import Settings, Way
from .stage import log_state, stage_of
from .verdicts import said_by


@dataclass(frozen=True)
class Server:
    """One server, and what the controller has found out for it.

    Attributes:
        names: what it calls the things that outlive the run.
        kept: what an earlier run has kept.
        hooks: what is wrong with the task files.
        settings: what ssh would do; None if ssh is not used or cannot tell.
        is_address_own: whether every address that is connected to is one of the instance.
        controller_keys: the public keys of this controller, as base64.
        pair_keys: those of the key pairs, by id.
        can_type_passwords: whether Ansible can log in by password from here.
        files: what is wrong with the folders for the state and the report.
        conditions: what is wrong with the conditions.
        has_injected_key: whether the host key that an earlier run injected is here.
        user_data: why it cannot take a host key.
    """

    memory: Memory
    names: Names | None = None
    kept: Mapping[str, Any] = field(default_factory=dict)
    hooks: Sequence[str] = ()
    settings: Settings | None = None
    is_address_own: bool = False
    controller_keys: Collection[str] = ()
    pair_keys: Mapping[str, str] = field(default_factory=dict)
    can_type_passwords: bool = True
    files: Sequence[str] = ()
    conditions: Sequence[str] = ()
    has_injected_key: bool = False
    user_data: str = ""

    @property
    def options(self) -> Mapping[str, Any]:
        """The options of the role."""
        return self.memory.options

    @property
    def way(self) -> Way:
        """How Ansible reaches the server."""
        found = dict(self.memory.begun["way"])
        found.pop("is_indirect", None)
        return Way(**found)

    @property
    def plan(self) -> Mapping[str, Any]:
        """The result of planning the reset."""
        return self.memory.plan

    @property
    def before(self) -> Mapping[str, Any]:
        """The system as it is, by the plan."""
        return self._changes("before")

    @property
    def after(self) -> Mapping[str, Any]:
        """The system as it will be, by the plan."""
        return self._changes("after")

    def _changes(self, side: str) -> Mapping[str, Any]:
        found = (self.plan.get("changes") or {}).get(side)
        return found if isinstance(found, Mapping) else {}

    @property
    def instance(self) -> Mapping[str, Any]:
        """The record of the instance before the reset."""
        return self.plan.get("previous") or self.plan.get("instance") or {}

    @property
    def stage(self) -> str:
        """How far an earlier run came."""
        return stage_of(self.options, self.plan)

    @property
    def log_state(self) -> str:
        """What the log says of this key."""
        return log_state(self.options, self.plan)

    @property
    def is_fresh(self) -> bool:
        """Whether no earlier run has begun."""
        return self.stage == "fresh"

    @property
    def logs_in(self) -> bool:
        """Whether the role logs in afterwards."""
        return bool(self.options["login"])

    @property
    def is_ssh(self) -> bool:
        """Whether it is reached by a program or library that checks host keys."""
        return self.way.kind in ("ssh", "paramiko")

    @property
    def to_windows(self) -> bool:
        """Whether the new system is Windows."""
        return self.after.get("platform") == "Windows"

    @property
    def is_windows(self) -> bool:
        """Whether the present system is Windows."""
        return self.before.get("platform") == "Windows"

    @property
    def contacts(self) -> bool:
        """Whether something is done on the host itself. A host that nothing is done on needs no proof."""
        return self.logs_in or bool(self.options["before_needs_login"] and self.options["before_tasks"])

    @property
    def trusts(self) -> bool:
        """Whether host keys are to be entered."""
        return self.logs_in and self.is_ssh and self.options["host_keys"] != "none"

    @property
    def injects(self) -> bool:
        """Whether a host key is handed over in the user data."""
        return self.trusts and self.options["host_keys"] == "inject"

    @property
    def look(self) -> Mapping[str, Any]:
        """What the server said when it was logged in to; empty if it was not tried."""
        return self.memory.get("look")

    @property
    def was_reached(self) -> bool | None:
        """Whether the login to the present system works; None if it was not tried."""
        if not self.look:
            return None
        return not self.look.get("unreachable") and self.look.get("rc", 1) == 0

    @property
    def said(self) -> Mapping[str, str]:
        """What it said, by name."""
        return said_by(self.look)

    @property
    def named_id(self) -> str:
        """The instance that the metadata service of the server names."""
        return self.said.get("instance_id", "")

    @property
    def connects_to(self) -> str:
        """Where ssh would connect to."""
        return self.settings.host_name if self.settings else self.way.address

    @property
    def is_proved(self) -> bool:
        """Whether the host of the play is the instance.

        What the metadata service says decides, since a private address may be in use in another network as well. Where
        it is not asked, or does not answer, the addresses must do.
        """
        if self.named_id:
            return self.named_id == self.memory.instance_id
        return self.is_address_own

    @property
    def key_pairs(self) -> list[list[str]]:
        """The key pairs that open the new system, and those that open one that is rolled back to, if any do."""
        back = self.options["rollback_login_settings"] if self.goes_back_to_image else {}
        return [ids for login in (self.options["login_settings"], back) if (ids := list(login.get("key_ids") or ()))]

    @property
    def key_ids(self) -> list[str]:
        """All of them, each once."""
        return list(dict.fromkeys(one for ids in self.key_pairs for one in ids))

    @property
    def goes_back_to_image(self) -> bool:
        """Whether a failure leads to a reset to an image."""
        return bool(self.options["rollback"]) and self.options["backup"] == "image"
