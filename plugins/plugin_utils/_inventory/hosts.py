# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""From instances to hosts of an inventory: their names, variables and addresses. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...module_utils._api.transform import Record
from ...module_utils._errors import OptionError
from .group_names import GroupNames, some
from .host_names import host_names

PREFIX = "cvm_"
"""The prefix of every variable that a host gets, except its address and its login."""

ADDRESSES: dict[str, str | None] = {
    "public": "public_ip_addresses",
    "private": "private_ip_addresses",
    "none": None,
}
"""The field with the address to connect to, for each value of `connect_with`."""

ID = f"{PREFIX}instance_id"
"""The variable that tells whose host it is; every host has it."""

REGION = "region"
"""The variable of this field is made here, and is not a field of an instance."""

ADDRESS = "ansible_host"
"""The variable with the address to connect to; without it Ansible connects to the name of the host."""

USER, PORT = "ansible_user", "ansible_port"
"""The variables with the login of the image, where it is asked for."""

# RFC 6761: no name below it has an address. The dot at the end keeps search domains away.
_NOWHERE = ".no-address.invalid."


@dataclass(frozen=True)
class Host:
    """One instance as a host; what the API said in its variables is not to be trusted as a template."""

    name: str
    variables: dict[str, Any]

    @property
    def instance_id(self) -> str:
        """Of the instance."""
        return str(self.variables[ID])


def is_sound(found: Any) -> bool:
    """Whether this is instances by region, each with an id, as a cache may or may not hold."""
    return isinstance(found, dict) and all(
        isinstance(instances, list) and all(isinstance(one, dict) and _is_instance(one) for one in instances)
        for instances in found.values()
    )


def _is_instance(one: Record) -> bool:
    return isinstance(one.get("instance_id"), str) and isinstance(one.get("tags") or {}, dict)


def build_hosts(
    found: Mapping[str, Sequence[Record]],
    hostnames: Sequence[str],
    connect_with: Sequence[str],
    taken: Mapping[str, str],
    groups: GroupNames,
    *,
    with_login: bool = False,
) -> tuple[list[Host], list[str]]:
    """The hosts, and warnings about values that could not be names.

    Args:
        found: instances by region.
        hostnames: fields, or `tag:KEY`, the preferred first.
        connect_with: keys of `ADDRESSES`, the preferred first.
        taken: the hosts that the inventory has, by name, each with the id of its instance, or empty.
        groups: what is known of the names of groups.
        with_login: whether the user and the port of the image are variables too.
    """
    names, warnings = host_names([one for instances in found.values() for one in instances], hostnames, taken, groups)
    hosts = [
        Host(names[one["instance_id"]], _variables(one, region, connect_with) | (_login(one) if with_login else {}))
        for region, instances in found.items()
        for one in instances
        if one["instance_id"] in names
    ]
    return hosts, warnings


def kept_variables(found: Mapping[str, Sequence[Record]], fields: Sequence[str] | None) -> frozenset[str] | None:
    """The variables that hosts have when `variables` names these fields; None for all that there are.

    Raises OptionError for a field that no instance has.
    """
    if fields is None:
        return None
    known = {REGION, *(field for instances in found.values() for one in instances for field in one)}
    unknown = [field for field in fields if field not in known]
    if unknown and any(found.values()):
        raise OptionError("variables", f"no instance has a field {unknown[0]!r}.", _advice(unknown[0], sorted(known)))
    return frozenset((ID, ADDRESS, USER, PORT, *(f"{PREFIX}{field}" for field in fields)))


def _advice(field: str, known: Sequence[str]) -> str:
    likely = difflib.get_close_matches(field.replace(PREFIX, "", 1).lower(), known, n=1)
    return f"Did you mean {likely[0]}?" if likely else "Give one such as instance_name, tags or region."


def _variables(instance: Record, region: str, connect_with: Sequence[str]) -> dict[str, Any]:
    variables = {PREFIX + field: value for field, value in instance.items()}
    variables[PREFIX + REGION] = region
    address = _address(instance, connect_with)
    return {**variables, ADDRESS: address} if address else variables


def _login(instance: Record) -> dict[str, Any]:
    """Whom to log in as, and by which port, as far as the API says it. The port of Windows is that of its desktop,
    where no task can be run."""
    user, port = instance.get("default_login_user"), instance.get("default_login_port")
    is_windows = "windows" in str(instance.get("os_name") or "").lower()
    login = {USER: user, PORT: None if is_windows else port}
    return {name: value for name, value in login.items() if value}


def _address(instance: Record, connect_with: Sequence[str]) -> str | None:
    """Where to connect to: a name without an address if there is nothing, and None for the name of the host."""
    for preference in connect_with:
        field = ADDRESSES[preference]
        if field is None:
            return None
        address = next(filter(None, instance.get(field) or []), None)
        if address:
            return str(address)
    return f"{instance['instance_id']}{_NOWHERE}"


def without_address(hosts: Mapping[str, Mapping[str, Any]], connect_with: Sequence[str]) -> list[str]:
    """A warning about the hosts that nothing connects to, where there are some.

    Args:
        hosts: the variables of each by its name, those of `compose` included.
    """
    lost = [name for name, variables in hosts.items() if str(variables.get(ADDRESS, "")).endswith(_NOWHERE)]
    if not lost:
        return []
    kinds = " or ".join(connect_with) or "such"
    warning = (
        f"connect_with: {len(lost)} of {len(hosts)} hosts have no {kinds} address, and nothing can connect to them"
    )
    return [f"{warning}: {some(lost)}. Add another kind to connect_with, or set {ADDRESS} by compose."]
