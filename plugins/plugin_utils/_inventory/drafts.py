# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Hosts between their instances and the inventory: their variables and groups are known, their names may still change.

It knows Ansible's inventory by the methods that it calls, and nothing else of Ansible.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from .group_names import GroupNames, Keyed, shown
from .hosts import ADDRESS, Host

Known = Callable[[], Mapping[str, Any]]


class Draft:
    """One host while its expressions are evaluated. It stands in for the inventory, and notes their results.

    Ansible's helpers fill the inventory as they evaluate, and there a name is a group's before it is a host's. Here
    nothing goes by the name of the host, so that this can be chosen when the groups of all hosts are known.

    Attributes:
        name: of the host.
        instance_id: of the instance.
        said: the variables of the host, before `compose`.
        variables: these, with those of `compose`.
        composed: those of `compose`.
        groups: those that it joins.
        made: those among them that values have made.
        edges: groups that values have made, each with the parent that the file gives it.
        refused: names that its values must not have as groups.
        entry: the entry of `keyed_groups` that is evaluated; None for anything else.
    """

    def __init__(self, name: str, said: Mapping[str, Any], names: GroupNames, known: Known) -> None:
        """Begin with what is known.

        Args:
            known: tells what Ansible knows of the host besides its variables, for expressions.
        """
        self.name = name
        self.said = said
        self.variables = dict(said)
        self.composed: dict[str, Any] = {}
        self.groups: set[str] = set()
        self.made: set[str] = set()
        self.edges: set[tuple[str, str]] = set()
        self.refused: set[str] = set()
        self.entry: Keyed | None = None
        self._names = names
        self._known = known
        self._child: str | None = None

    def part(self) -> Draft:
        """A draft of the same host without any results yet."""
        return Draft(self.name, self.said, self._names, self._known)

    def take(self, part: Draft) -> None:
        """Add the results of another draft."""
        self.variables.update(part.composed)
        self.composed.update(part.composed)
        self.groups |= part.groups
        self.made |= part.made
        self.edges |= part.edges
        self.refused |= part.refused

    # What Ansible's helpers call. The host that they name is always this one.

    def get_host(self, _name: str) -> Draft:
        """The host, whose variables a helper asks for."""
        return self

    def get_vars(self) -> dict[str, Any]:
        """The variables of the host, those that Ansible adds included."""
        known = self._known()
        groups = self.groups.union(known.get("group_names", ()))
        return {**known, **self.variables, "group_names": sorted(groups)}

    def set_variable(self, _name: str, variable: str, value: Any) -> None:
        """Note a result of `compose`. An empty address must not lead back to the name."""
        if value or variable != ADDRESS:
            self.variables[variable] = self.composed[variable] = value

    def add_group(self, group: str) -> str:
        """A group is made when a host joins it."""
        return group

    def add_host(self, _name: str, group: str) -> None:
        """The host joins the group of a value."""
        self._child = group if self._joined(group, self.entry.prefix if self.entry else "") else None

    def add_child(self, group: str, child: str) -> None:
        """The host joins a group by a condition; or a group that a value has made gets a parent.

        A parent whose name is a template comes from one instance, and holds for that alone. The same is true where
        the value makes no group.
        """
        if self.entry is None:
            self.groups.add(group)
        elif self.entry.parent_prefix is not None:
            self._joined(group, self.entry.parent_prefix)
        elif child == self._child:
            self.edges.add((group, child))
        else:
            self.groups.add(group)

    def _joined(self, group: str, prefix: str) -> bool:
        may = bool(group) and self._names.may_make(group, prefix)
        if may:
            self.made.add(group)
            self.groups.add(group)
        elif group:
            self.refused.add(group)
        return may


def settled(hosts: Iterable[Host], drafted: Callable[[Host], Draft]) -> tuple[list[Draft], dict[str, str]]:
    """The draft of every host; and the names that were given up for those of groups, with their ids.

    Which groups there are shows when all expressions were evaluated, and these may ask for the name of their host. So
    a host whose name turns out to be a group's is drafted again under its id, which is no group's. What is given up
    depends on the set of hosts, and not on their order.
    """
    drafts: dict[str, Draft] = {}
    clashes: dict[str, str] = {}
    pending = list(hosts)
    named = {one.name: one for one in pending}
    while pending:
        fresh = {one.instance_id: drafted(one) for one in pending}
        drafts.update(fresh)
        groups = {group for draft in fresh.values() for group in draft.groups}
        clashing = [named.pop(name) for name in sorted(groups & named.keys())]
        clashes.update({one.name: one.instance_id for one in clashing})
        pending = [Host(one.instance_id, one.variables) for one in clashing]
    return list(drafts.values()), clashes


def fill(inventory: Any, drafts: Iterable[Draft], kept: Collection[str] | None = None) -> None:
    """Put the hosts into the inventory. No name of theirs is a group's, so what goes by name is theirs.

    Args:
        kept: the variables to set besides those of `compose`; all if None.
    """
    edges: dict[tuple[str, str], list[str]] = {}
    for draft in drafts:
        _set_variables(inventory, draft, kept)
        for group in sorted(draft.groups):
            inventory.add_host(draft.name, inventory.add_group(group))
        for edge in draft.edges:
            edges.setdefault(edge, []).append(draft.name)
    for (parent, child), members in sorted(edges.items()):
        _set_parent(inventory, parent, child, members)


def _set_variables(inventory: Any, draft: Draft, kept: Collection[str] | None) -> None:
    """Set the variables of a host.

    `set_variable` copies and marks every value, which costs more than all the rest. A host that is new needs none of
    that for what the API said: it is plain, nobody else has it, and there is nothing to merge it with.
    """
    is_new = draft.name not in inventory.hosts
    inventory.add_host(draft.name)
    names = (draft.variables.keys() if kept is None else draft.variables.keys() & kept) - draft.composed.keys()
    said = {name: value for name, value in draft.variables.items() if name in names}
    if is_new:
        inventory.hosts[draft.name].vars.update(said)
    for name, value in (draft.composed if is_new else {**said, **draft.composed}).items():
        inventory.set_variable(draft.name, name, value)


def _set_parent(inventory: Any, parent: str, child: str, members: Iterable[str]) -> None:
    """Make a group the parent of another; where that would be a loop, the members join it themselves."""
    above = inventory.groups[inventory.add_group(parent)]
    below = inventory.groups[child]
    if below is above or below in above.get_ancestors():
        for member in members:
            inventory.add_host(member, parent)
    else:
        inventory.add_child(parent, child)


def refused(drafts: Iterable[Draft]) -> list[str]:
    """A warning about the groups that values could not make, where they would have led to more than there is."""
    names: dict[str, list[str]] = {}
    for draft in drafts:
        for group in sorted(draft.refused - draft.groups):
            names.setdefault(group, []).append(draft.name)
    if not names:
        return []
    warning = (
        f"keyed_groups: values cannot make groups of these names, which already mean something else: {shown(names)}."
    )
    return [f"{warning} Give the entry a prefix that nothing else has."]
