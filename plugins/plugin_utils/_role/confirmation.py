# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Which instances the hosts of a play are, and whether exactly these were confirmed. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ...module_utils._problems import named

CLEAR_FACTS = (
    "A server answered so, or a play has kept them (set_fact with cacheable). Remove them from the cache "
    "(--flush-cache, meta: clear_facts), ask why the server says so, and give such variables in the inventory or the "
    "play."
)
NOT_WHOLE = (
    "tasks_from: no file of this role can be used by itself, since nobody would have confirmed what it does. "
    "Use the role without tasks_from, and choose phases by --tags."
)

NOT_LOOKED_AT = (
    "Nobody has looked at this server in this run, so that nothing may be touched. "
    "Do not use --start-at-task or --skip-tags with this role: choose phases by --tags, which look first."
)


class NotConfirmed(Exception):
    """What is about to be changed is not what was confirmed."""


def lie(names: Collection[str]) -> str:
    """The refusal of a server with facts of these names."""
    return (
        "There are facts of this server that pass for variables that no server may give: "
        f"{', '.join(names)}. {CLEAR_FACTS}"
    )


def refused(batch: Iterable[Mapping[str, Any]], ids: Mapping[str, str], lying: Mapping[str, Collection[str]]) -> str:
    """Why a batch may not begin; empty if it may. Each host must have been told of all that the play has.

    Args:
        batch: what was frozen of each of its hosts. In check mode the confirmation alone is not asked for.
        ids: as for `refusal`, with `lying`.
    """
    said = {(bool(one["check"]), tuple(one["options"]["confirm"]), one["options"]["job_slice"]) for one in batch}
    if len({check for check, _confirmed, _is_slice in said}) > 1:
        return (
            "check_mode: some hosts of the batch are only to be checked, and others are not, and are planned together. "
            "Give the keyword the same value for all of them, or use --check."
        )
    texts = (refusal(ids, ids.values() if check else own, lying, slice_only=part) for check, own, part in sorted(said))
    return next(filter(None, texts), "")


def refusal(
    ids: Mapping[str, str], confirmed: Collection[str], lying: Mapping[str, Collection[str]], *, slice_only: bool
) -> str:
    """Why the play may not begin; empty if it may.

    Args:
        ids: the instance of each host of the play; empty where none is known.
        confirmed: the instances that were named.
        lying: the forbidden facts of hosts that have not begun yet.
        slice_only: whether the play has only a part of what was confirmed.
    """
    if lying:
        told = ", ".join(f"{host} {' '.join(names)}" for host, names in lying.items())
        return (
            "Of other hosts of the play there are facts that pass for variables that no server may give: "
            f"{told}. {CLEAR_FACTS}"
        )
    nameless = [host for host, one in ids.items() if not one]
    if nameless:
        return (
            f"reset_instance_instance_id: it is not known of {', '.join(nameless)}. Give it as a variable of the host "
            "or its groups in the inventory, where the role can read it of all hosts of the play (the inventory plugin "
            "tencent.cloud.cvm sets cvm_instance_id, which does)."
        )
    repeated = [one for one, times in Counter(ids.values()).items() if times > 1]
    if repeated:
        return (
            f"reset_instance_instance_id: {', '.join(repeated)} belongs to more than one host of the play. "
            "Give each host its own, and run the play once for each server."
        )
    return _unconfirmed(ids, list(dict.fromkeys(confirmed)), slice_only)


def _unconfirmed(ids: Mapping[str, str], confirmed: list[str], slice_only: bool) -> str:
    missing = [one for one in ids.values() if one not in confirmed]
    absent = [] if slice_only else [one for one in confirmed if one not in ids.values()]
    if not missing and not absent:
        return ""
    words = ["reset_instance_confirm: it must name exactly the instances of this play, and nothing was touched."]
    if not confirmed:
        words.append("It is empty.")
    if missing:
        words.append(f"Not confirmed: {', '.join(missing)}.")
    if absent:
        words.append(f"Confirmed, but not in the play: {', '.join(absent)}.")
    words.append(f"The play has {', '.join(f'{host} = {one}' for host, one in sorted(ids.items()))}.")
    words.append("Correct the list or --limit, or give")
    words.append(f"-e {words_to_confirm(ids.values())}")
    return " ".join(words)


def words_to_confirm(ids: Iterable[str]) -> str:
    """What confirms these instances, to be pasted behind `-e`."""
    return f"reset_instance_confirm={','.join(ids)}"


def confirming(plans: Mapping[str, str]) -> dict[str, Any]:
    """The variables that confirm what a check has planned, and nothing else that could be done to these instances.

    Args:
        plans: what would be done, by instance.
    """
    return {"reset_instance_confirm": list(plans), "reset_instance_confirm_plans": dict(plans)}


def guarded_id(host: str, begun: Mapping[str, Any], confirmed: Mapping[str, Any], forbidden: Collection[str]) -> str:
    """The instance of a host, asked for before each change. Raises NotConfirmed unless it is what was confirmed.

    Args:
        host: its name in the inventory.
        begun: what was frozen of it.
        confirmed: what the whole play was confirmed to be.
        forbidden: the names of its facts that no server may give.
    """
    if forbidden:
        raise NotConfirmed(lie(forbidden))
    own = str(begun.get("instance_id") or "")
    if not own or begun.get("host") != host or (confirmed.get("ids") or {}).get(host) != own:
        raise NotConfirmed(f"{host} is not the server that was confirmed. Nothing was sent for it.")
    return own


def mistaken(begun: Mapping[str, Mapping[str, Any]]) -> str:
    """The refusal when one host has begun for others (`run_once` on the role); empty if each has for itself."""
    wrong = [host for host, one in begun.items() if one and one.get("host") != host]
    if not wrong:
        return ""
    begun_for = f"run_once: the role must be run for each host, and one has begun for {named(wrong)}."
    return f"{begun_for} Remove run_once from the role."


def other_accounts(begun: Iterable[Mapping[str, Any]]) -> str:
    """The refusal of hosts that need other options of the API than their neighbours; empty if all share one call.

    One task asks for the whole batch; only the region may differ.
    """
    connections = [dict(one.get("connection") or {}) for one in begun]
    names = {name for one in connections for name in one if name != "region"}
    differing = sorted(name for name in names if len({repr(one.get(name)) for one in connections}) > 1)
    if not differing:
        return ""
    return (
        f"module_defaults: {', '.join(differing)} of the group tencent.cloud.all differs between hosts, and one call "
        "is made for all of a batch. Give it once for the play, or run a play for each account."
    )
