# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What the role keeps of a host from task to task: the variables that its tasks register, by their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

PREFIX = "__reset_instance_"

Facts = Mapping[str, Any]


class Memory:
    """The variables of one host.

    Args:
        variables: as they are, without evaluating any. What a task registers is a plain value.
    """

    def __init__(self, variables: Facts) -> None:
        self.variables = variables

    def get(self, name: str) -> Facts:
        """What a task registered under a name; empty when it did not run, or was skipped.

        What a server has said in facts stands under the same name until a task registers something, and is nothing.
        """
        full = f"{PREFIX}{name}"
        found = self.variables.get(full)
        if not isinstance(found, Mapping) or found.get("skipped") or self._is_said(full, found):
            return {}
        return found

    def _is_said(self, full: str, found: Facts) -> bool:
        said = self.variables.get("ansible_facts")
        return isinstance(said, Mapping) and full in said and said[full] == found

    @property
    def begun(self) -> Facts:
        """What was frozen when the role began for this host; empty if `when` left it out, or it could not begin."""
        found = self.get("begun")
        return found if "options" in found else {}

    @property
    def has_failed(self) -> bool:
        """Whether a task of this host failed, and nothing has dealt with that yet.

        Ansible counts a host that waits for its rescue among those of the batch, and rescues it when the others are
        done. What it was brought there by stands in a variable, which the role empties after each rescue of its own.
        """
        return bool(self.variables.get("ansible_failed_result") or self.get("failure"))

    @property
    def is_to_be_reset(self) -> bool:
        """Whether preflight has found that the host is to be reset, and no hook before it took it out of the role."""
        do = self.judged.get("do") or {}
        return bool(do.get("reset") and (self.get("arrived") or not do.get("before")))

    @property
    def options(self) -> Facts:
        """The options of the role, complete and of their types."""
        return self.begun.get("options") or {}

    @property
    def instance_id(self) -> str:
        """The instance of this host."""
        return str(self.begun.get("instance_id") or "")

    @property
    def judged(self) -> Facts:
        """What preflight found out about this host."""
        hosts = self.get("judged").get("hosts") or {}
        return hosts.get(self.begun.get("host")) or {}

    @property
    def kept(self) -> Facts:
        """What is kept for a rollback and for a later run: by this run, or else by an earlier one."""
        hosts = self.get("kept").get("hosts") or {}
        return hosts.get(self.begun.get("host")) or self.judged.get("kept") or {}

    @property
    def plan(self) -> Facts:
        """The result of planning the reset."""
        return result_of(self.get("plans"), self.instance_id, "plan")

    @property
    def way_back(self) -> Facts:
        """The result of planning the reset to a backup."""
        return result_of(self.get("plans"), self.instance_id, "rollback")

    @property
    def answer(self) -> Facts:
        """The result of the reset."""
        return result_of(self.get("resets"), self.instance_id, "reset")

    @property
    def facts(self) -> Iterable[str]:
        """The names of the facts that this host has given."""
        found = self.variables.get("ansible_facts")
        return list(found) if isinstance(found, Mapping) else []


def result_of(registered: Facts, instance_id: str, what: str) -> Facts:
    """The result of an instance in what a loop over groups of instances has registered.

    A group that ended before it had results speaks for each of its instances by its own message.

    Args:
        what: the kind of the groups that count.
    """
    for group in registered.get("results") or ():
        name = str((group.get("item") or {}).get("key") or "")
        if name.partition(" ")[0] != what or instance_id not in name.split(" "):
            continue
        own = next((one for one in group.get("results") or () if one.get("instance_id") == instance_id), None)
        if own is None:
            # What the module itself ended with was before anything was sent; what was cut off may have sent.
            ended = {"outcome": "refused" if "results" in group else ""}
            return {**ended, **{key: group.get(key) for key in ("msg", "problems", "error")}}
        diff = group.get("diff") or ()
        return {**own, "changes": next((one for one in diff if one.get("before_header") == instance_id), {})}
    return {}


def memories(hostvars: Any, hosts: Iterable[str]) -> dict[str, Memory]:
    """The memory of each of some hosts.

    Args:
        hostvars: Ansible's variable of that name. Reading it raw evaluates nothing, which would take long.
    """
    read = getattr(hostvars, "raw_get", None) or hostvars.__getitem__
    return {host: Memory(read(host)) for host in hosts}
