# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service cbs: cloud disks and their snapshots (version 2017-03-12, API 3.0 only).

Sources: the documents of the actions (362/15648, 362/15647, 362/15643, 362/15640, 362/16315) and "API Category"
(362/15634); which codes each can answer with is said by the vendor's SDK for Go.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..cvm.images import images_of, remove_images
from ..items import drop
from ..server.action import Action, Handler
from ..server.call import Call
from ..server.errors import ApiError
from ..server.listing import FILTERS_SCHEMA, TAG_FILTERS, Match, Record, equals, filters, page, selected
from ..state import State
from ..world import Item
from . import disks, snapshots
from .snapshot_rules import APPLY, CREATE, DELETE, Asked, check, deadline

VERSION = "2017-03-12"
# Document 362/15647: up to ten ids of disks.
VALUES_LIMIT = 10
WRONG = "InvalidParameterValue"


def _flag(name: str) -> Match:
    return lambda record, wanted: str(record.get(name)).lower() == wanted.lower()


def _of_instance(name: str) -> Match:
    """A field of the disk's instance, which is in the disk's record while the filters are applied."""
    return lambda record, wanted: wanted in record["_instance"].get(name, ())


SNAPSHOT_FILTERS: dict[str, Match] = {
    "snapshot-id": equals("SnapshotId"),
    "snapshot-name": equals("SnapshotName"),
    "snapshot-state": equals("SnapshotState"),
    "snapshot-type": equals("SnapshotType"),
    "disk-usage": equals("DiskUsage"),
    "disk-id": equals("DiskId"),
    "project-id": equals("Placement", "ProjectId"),
    "zone": equals("Placement", "Zone"),
    "encrypt": _flag("Encrypt"),
}
DISK_FILTERS: dict[str, Match] = {
    "disk-id": equals("DiskId"),
    "disk-name": equals("DiskName"),
    "disk-type": equals("DiskType"),
    "disk-usage": equals("DiskUsage"),
    "disk-state": equals("DiskState"),
    "disk-charge-type": equals("DiskChargeType"),
    "instance-id": equals("InstanceId"),
    "instance-name": _of_instance("names"),
    "instance-ip-address": _of_instance("addresses"),
    "portable": _flag("Portable"),
    "project-id": equals("Placement", "ProjectId"),
    "zone": equals("Placement", "Zone"),
    "dedicated-cluster-id": equals("Placement", "DedicatedClusterId"),
    "cluster-group-id": lambda record, wanted: False,
    **TAG_FILTERS,
}


def describe_disks(state: State, call: Call) -> dict[str, Any]:
    """The cloud disks of the region as readers see them."""
    owned = [{**record, "_instance": _owner(state, record)} for record in disks.seen(state, call.region)]
    part, total = _listed(call, owned, "DiskId", DISK_FILTERS)
    shown = [{name: value for name, value in record.items() if name != "_instance"} for record in part]
    return {"TotalCount": total, "DiskSet": shown}


def describe_snapshots(state: State, call: Call) -> dict[str, Any]:
    """The snapshots of the region as readers see them."""
    part, total = _listed(call, snapshots.seen(state, call.region), "SnapshotId", SNAPSHOT_FILTERS)
    return {"TotalCount": total, "SnapshotSet": part}


def create_snapshot(state: State, call: Call) -> dict[str, Any]:
    """Accept a snapshot; its end shows in DescribeSnapshots."""
    wanted = call.parameters
    asked = Asked(state, wanted, disks.find(state, wanted["DiskId"], call.region))
    check(CREATE, asked)
    source = snapshots.source_of(state, asked.disk, wanted.get("DiskUsage"))
    name, tags = wanted.get("SnapshotName", ""), wanted.get("Tags") or []
    call.log["accepted"] = True
    return {"SnapshotId": snapshots.begin_snapshot(state, source, name, deadline(wanted), tags, call.fails_with)}


def apply_snapshot(state: State, call: Call) -> dict[str, Any]:
    """Accept the rollback of a disk; its end shows in DescribeDisks."""
    wanted = call.parameters
    disk, kept = disks.find(state, wanted["DiskId"], call.region), _snapshot(state, call, wanted["SnapshotId"])
    asked = Asked(state, wanted, disk, kept)
    check(APPLY, asked)
    restarts = bool(wanted.get("AutoStartInstance"))
    rollback = snapshots.Rollback(state, asked.disk, asked.snapshot, call.request_id, restarts, call.fails_with)
    rollback.begin(bool(wanted.get("AutoStopInstance")))
    call.log["accepted"] = True
    return {}


def delete_snapshots(state: State, call: Call) -> dict[str, Any]:
    """Delete snapshots, and on request the images to which they belong; all or none."""
    names = list(dict.fromkeys(call.parameters["SnapshotIds"]))
    for name in names:
        check(DELETE, Asked(state, call.parameters, kept=_snapshot(state, call, name)))
    remove_images(state, [image for name in names for image in images_of(state, name)], with_snapshots=False)
    drop(state.snapshots, state.now, names)
    call.log["accepted"] = True
    return {}


def _snapshot(state: State, call: Call, name: str) -> Item | None:
    item = state.snapshots.latest.get(name)
    return item if item and item.attributes["region"] == call.region else None


def _listed(call: Call, records: Sequence[Record], id_name: str, known: dict[str, Match]) -> tuple[list[Record], int]:
    """The page of the records asked for, and how many there are on all pages."""
    wanted = call.parameters.get(f"{id_name}s")
    if wanted and call.parameters.get("Filters"):
        raise ApiError(WRONG, f"{id_name}s and Filters exclude each other.")
    order = call.parameters.get("Order", "ASC")
    if order not in ("ASC", "DESC"):
        raise ApiError(WRONG, "Order must be ASC or DESC.")
    named = [record for record in records if not wanted or record[id_name] in wanted]
    found = selected(named, filters(call), known, values_limit=VALUES_LIMIT, too_many=WRONG)
    found.sort(key=lambda record: str(record["CreateTime"]), reverse=order == "DESC")
    return page(found, call.parameters, (WRONG, WRONG)), len(found)


def _owner(state: State, record: Record) -> dict[str, list[str]]:
    instance = state.instances.get(record["InstanceId"])
    if instance is None:
        return {}
    shown = instance.records.latest
    addresses = [*(shown["PrivateIpAddresses"] or []), *(shown["PublicIpAddresses"] or [])]
    return {"names": [shown["InstanceName"]], "addresses": addresses}


_PAGE = {"Filters": FILTERS_SCHEMA, "Offset": int, "Limit": int, "Order": str, "OrderField": str}
_DISKS = {"DiskIds": [str], "ReturnBindAutoSnapshotPolicy": bool, **_PAGE}
_CREATE = {
    "DiskId": str,
    "SnapshotName": str,
    "Deadline": str,
    "DiskBackupId": str,
    "Tags": [{"Key": str, "Value": str}],
    "LocalSnap": bool,
    "DiskUsage": str,
}
_APPLY = {"SnapshotId": str, "DiskId": str, "AutoStopInstance": bool, "AutoStartInstance": bool}
_DELETE = {"SnapshotIds": [str], "DeleteBindImages": bool}


def _action(name: str, handler: Handler, rate: int, schema: dict[str, Any], required: tuple[str, ...] = ()) -> Action:
    return Action("cbs", VERSION, name, handler, rate, schema, required, generations=("v3",))


ACTIONS = (
    _action("DescribeDisks", describe_disks, 100, _DISKS),
    _action("DescribeSnapshots", describe_snapshots, 20, {"SnapshotIds": [str], **_PAGE}),
    _action("CreateSnapshot", create_snapshot, 20, _CREATE, ("DiskId",)),
    _action("ApplySnapshot", apply_snapshot, 20, _APPLY, ("SnapshotId", "DiskId")),
    _action("DeleteSnapshots", delete_snapshots, 20, _DELETE, ("SnapshotIds",)),
)
