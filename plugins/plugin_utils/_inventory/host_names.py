# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Names of hosts: unique, harmless, and not the name of anything else. Pure.

Whoever may name or tag an instance chooses them. A name must not be that of a group, of another host, or the address of
another machine, and must not act where names are used.
"""

from __future__ import annotations

import ipaddress
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ...module_utils._api.transform import Record
from ...module_utils._errors import OptionError
from ...module_utils._ids import is_id
from .group_names import GroupNames, shown

TAG = "tag:"
ADDRESS_FIELDS = ("public_ip_addresses", "private_ip_addresses")

# A name goes into patterns of hosts, paths of host_vars and the command line of ssh; nothing in it may act there.
_HOST_NAME = re.compile(r"[^\W_][\w.-]*")
# Names of the controller; one that ends in a dot means the same.
_LOCALHOST = re.compile(r"(.*\.)?localhost(\..*)?", re.IGNORECASE)

_NOBODY = ""

_UNFIT = "cannot be host names"
_GROUP = "are names of groups"
_SHARED = "belong to other hosts too"
_NEXT = "whose hosts are named by the next of hostnames, at last by their ids"
_PROBLEMS = {_UNFIT: _NEXT, _GROUP: "whose hosts are named by their ids", _SHARED: _NEXT}
"""Why a value names nobody, and what its hosts are named by instead."""


def host_names(
    instances: Sequence[Record], hostnames: Sequence[str], taken: Mapping[str, str], groups: GroupNames
) -> tuple[dict[str, str], list[str]]:
    """A host name for each instance id, no name twice and none that is a group's, and warnings.

    A value that several instances have names none of them: which one came first could change from run to run. They
    go on to the next preference, and at last to the id. A value that is another instance's id is not a name either.
    An instance whose id is the name of a group has no name left, and is not there.

    Raises OptionError for a field that no instance has.
    """
    _check(instances, hostnames)
    every = [one["instance_id"] for one in instances]
    owners = {**taken, **{one: one for one in every}}
    holders = _holders(instances)
    names: dict[str, str] = {}
    warnings: list[str] = []
    for preference in hostnames:
        judged: dict[str | None, dict[str, list[str]]] = defaultdict(dict)
        for name, ids in _candidates((one for one in instances if one["instance_id"] not in names), preference).items():
            judged[_problem(name, ids, owners, holders, groups)][name] = ids
        names.update({name if name in ids else ids[0]: name for name, ids in judged[None].items()})
        names.update({one: one for ids in judged[_GROUP].values() for one in ids})
        owners.update({name: _NOBODY for name in judged[_SHARED] if name not in owners})
        owners.update({name: one for one, name in names.items()})
        warnings += [_warning(preference, problem, judged[problem]) for problem in _PROBLEMS if judged[problem]]
    lost = {one: [one] for one in every if groups.has(names.get(one, one))}
    warnings += [f"Left out, since groups are named like these ids: {', '.join(lost)}."] if lost else []
    return {one: names.get(one, one) for one in every if one not in lost}, warnings


def renamed(names: Mapping[str, str]) -> list[str]:
    """A warning about hosts that are named by their ids, since values have made groups of their names.

    Args:
        names: those names, each with the id of its instance.
    """
    return [_warning("these instances", _GROUP, {name: [one] for name, one in names.items()})] if names else []


def _problem(
    name: str, ids: Sequence[str], owners: Mapping[str, str], holders: Mapping[str, set[str]], groups: GroupNames
) -> str | None:
    """Why a value cannot name the one of the instances that have it; an id names that instance, whoever else has it."""
    if name in ids:
        return None
    if groups.could_have(name):
        return _GROUP
    if not _HOST_NAME.fullmatch(name) or _LOCALHOST.fullmatch(name) or is_id("ins", name.lower()):
        return _UNFIT
    if len(ids) > 1 or owners.get(name, ids[0]) != ids[0] or _is_address_of_others(name, ids[0], holders):
        return _SHARED
    return None


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


def _warning(preference: str, problem: str, values: Mapping[str, Sequence[str]]) -> str:
    return f"hostnames: values of {preference} {problem}, {_PROBLEMS[problem]}: {shown(values)}."


# --- addresses


def _holders(instances: Iterable[Record]) -> dict[str, set[str]]:
    """The ids of the instances that have each address."""
    holders: dict[str, set[str]] = defaultdict(set)
    for one in instances:
        for field in ADDRESS_FIELDS:
            for address in one.get(field) or []:
                holders[address].add(one["instance_id"])
    return holders


def _is_address_of_others(name: str, one: str, holders: Mapping[str, set[str]]) -> bool:
    """Whether a name is an address, in any way of writing it, and not that of this instance alone."""
    address = _ipv4(name)
    found = holders.get(address, set()) if address else set()
    return (address == name or bool(found)) and found != {one}


def _ipv4(name: str) -> str | None:
    """The address that programs take a name for: `10.5` and `167772165` are `10.0.0.5` to them (inet_aton(3))."""
    parts = name.split(".")
    try:
        *heads, last = [int(part, _base(part)) for part in parts]
    except ValueError:
        return None
    if len(parts) > 4 or any(head > 255 for head in heads) or last >= 256 ** (5 - len(parts)):
        return None
    return str(ipaddress.IPv4Address(last + sum(head << (24 - 8 * place) for place, head in enumerate(heads))))


def _base(part: str) -> int:
    if part.lower().startswith("0x"):
        return 16
    return 8 if part.startswith("0") else 10
