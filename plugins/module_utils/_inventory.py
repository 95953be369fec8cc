# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""From instances to hosts of an inventory: their names, variables and addresses. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.tencent.cloud.plugins.module_utils._errors import OptionError
from ansible_collections.tencent.cloud.plugins.module_utils._records import Record

PREFIX = "cvm_"
TAG = "tag:"
SHOWN = 5
"""How many names a warning has."""

ADDRESSES: dict[str, str | None] = {
    "public": "public_ip_addresses",
    "private": "private_ip_addresses",
    "none": None,
}
"""The field with the address to connect to, for each value of C(connect_with)."""

# A name goes into patterns of hosts, paths of host_vars and the command line of ssh; nothing in it may act there.
_HOST_NAME = re.compile(r"[^\W_][\w.-]*")
# They mean the controller, or groups that Ansible makes itself.
_RESERVED = ("localhost", "127.0.0.1", "all", "ungrouped")

_NOBODY = ""


@dataclass(frozen=True)
class Host:
    """One instance as a host; what the API said in its variables is not to be trusted as a template."""

    name: str
    variables: dict[str, Any]


def is_sound(found: Any) -> bool:
    """Whether this is instances by region, each with an id, as a cache may or may not hold."""
    return isinstance(found, dict) and all(
        isinstance(instances, list) and all(isinstance(one, dict) and _is_instance(one) for one in instances)
        for instances in found.values()
    )


def _is_instance(one: Record) -> bool:
    return isinstance(one.get("instance_id"), str) and isinstance(one.get("tags") or {}, dict)


def hosts_of(
    found: Mapping[str, Sequence[Record]], hostnames: Sequence[str], connect_with: str, taken: Mapping[str, str]
) -> tuple[list[Host], list[str]]:
    """The hosts, and warnings about values that could not be names.

    Args:
        found: instances by region.
        hostnames: fields, or C(tag:KEY), the preferred first.
        connect_with: a key of C(ADDRESSES).
        taken: the ids of instances by the host names that they already have in the inventory.
    """
    names, warnings = host_names([one for instances in found.values() for one in instances], hostnames, taken)
    hosts = [
        Host(names[one["instance_id"]], _variables(one, region, ADDRESSES[connect_with]))
        for region, instances in found.items()
        for one in instances
    ]
    return hosts, warnings


def _variables(instance: Record, region: str, address: str | None) -> dict[str, Any]:
    variables = {f"{PREFIX}{field}": value for field, value in instance.items()}
    variables[f"{PREFIX}region"] = region
    addresses = instance.get(address) if address else None
    return {**variables, "ansible_host": addresses[0]} if addresses else variables


# --- names


def host_names(
    instances: Sequence[Record], hostnames: Sequence[str], taken: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """A host name for each instance id, no name twice, and warnings.

    A value that several instances have names none of them: which one came first could change from run to run. They
    go on to the next preference, and at last to the id. A value that is another instance's id is no name either.

    Raises OptionError for a field that no instance has.
    """
    _check(instances, hostnames)
    owners = {**taken, **{one["instance_id"]: one["instance_id"] for one in instances}}
    names: dict[str, str] = {}
    warnings: list[str] = []
    for preference in hostnames:
        unnamed = [one for one in instances if one["instance_id"] not in names]
        candidates = _candidates(unnamed, preference)
        unfit = {name: ids for name, ids in candidates.items() if not _is_host_name(name)}
        shared = {
            name: ids
            for name, ids in candidates.items()
            if name not in unfit and (len(ids) > 1 or owners.get(name, ids[0]) != ids[0])
        }
        names.update({ids[0]: name for name, ids in candidates.items() if name not in unfit and name not in shared})
        owners.update({name: _NOBODY for name in shared if name not in owners})
        owners.update({name: one for one, name in names.items()})
        warnings += _warnings(preference, unfit, "can be no host names")
        warnings += _warnings(preference, shared, "belong to several instances")
    return {**{one["instance_id"]: one["instance_id"] for one in instances}, **names}, warnings


def _check(instances: Sequence[Record], hostnames: Iterable[str]) -> None:
    fields = [name for name in hostnames if not name.startswith(TAG)]
    unknown = [name for name in fields if instances and not any(name in one for one in instances)]
    if unknown:
        raise OptionError(
            "hostnames", f"no instance has a field {unknown[0]!r}.", "Give one such as instance_name, or tag:KEY."
        )


def _candidates(instances: Iterable[Record], preference: str) -> dict[str, list[str]]:
    """The ids of instances by the name that they would have."""
    candidates: dict[str, list[str]] = defaultdict(list)
    for one in instances:
        name = _value(one, preference)
        if name:
            candidates[name].append(one["instance_id"])
    return candidates


def _value(instance: Record, preference: str) -> str:
    """What an instance has for a preference; of a list, the first; empty where there is nothing."""
    if preference.startswith(TAG):
        value = (instance.get("tags") or {}).get(preference[len(TAG) :])
    else:
        value = instance.get(preference)
    if isinstance(value, list):
        value = value[0] if value else None
    return value if isinstance(value, str) else ""


def _is_host_name(name: str) -> bool:
    return bool(_HOST_NAME.fullmatch(name)) and name.lower() not in _RESERVED


def _warnings(preference: str, values: Mapping[str, Sequence[str]], problem: str) -> list[str]:
    if not values:
        return []
    named = ", ".join(f"{name!r} ({_some(ids)})" for name, ids in list(values.items())[:SHOWN])
    more = f" and {len(values) - SHOWN} more" if len(values) > SHOWN else ""
    next_name = "whose hosts are named by the next of hostnames, at last by their ids"
    return [f"hostnames: values of {preference} {problem}, {next_name}: {named}{more}."]


def _some(ids: Sequence[str]) -> str:
    return ", ".join(ids[:SHOWN]) + (f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else "")
