# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cloud disks: those of the instances, as their records describe them, and those that the world has besides.

Source of the fields: the data type Disk (document 362/15669). Local disks are not cloud disks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..cvm.instances import Instance, Record
from ..items import Items, percent
from ..state import State
from ..world import World

_COPIED = ("DiskId", "DiskType", "DiskSize", "DiskName", "Encrypt", "KmsKeyId", "DeleteWithInstance")


@dataclass(frozen=True)
class Disk:
    """One disk in its real state and the instance that has it."""

    record: Record
    instance: Instance | None

    @property
    def system(self) -> bool:
        """Whether an instance starts from it."""
        return bool(self.record["DiskUsage"] == "SYSTEM_DISK")


def find(state: State, disk_id: str, region: str) -> Disk | None:
    """The real disk of this id, when the region has it."""
    for instance in state.instances.values():
        if instance.region == region:
            record = instance.records.latest
            for usage, part in attached(record):
                if part["DiskId"] == disk_id:
                    return Disk(_of_instance(state.world, record, usage, part, state.disks.latest), instance)
    free = _free(state.world, state.disks.latest, region).get(disk_id)
    return Disk(free, None) if free else None


def attached(record: Record) -> Iterator[tuple[str, dict[str, Any]]]:
    """The cloud disks of an instance: usage and the instance's own description."""
    parts = [("SYSTEM_DISK", record["SystemDisk"]), *(("DATA_DISK", part) for part in record["DataDisks"] or [])]
    return ((usage, part) for usage, part in parts if not part["DiskType"].startswith("LOCAL_"))


def seen(state: State, region: str) -> list[Record]:
    """All disks of a region as readers see them."""
    records = [instance.seen(state.now) for instance in state.instances.values() if instance.region == region]
    shown = _counted(_all(state.world, records, state.disks.seen(state.now), region), state.snapshots.seen(state.now))
    for record in shown:
        if record["Rollbacking"]:
            item = state.disks.seen(state.now)[record["DiskId"]]
            record["RollbackPercent"] = percent(item, state.now - state.world.lag_seconds)
    return shown


def real(state: State) -> dict[str, Record]:
    """The real state of all disks, each with its ``content``."""
    free = {item.attributes.get("region") for item in state.disks.latest.values()}
    shown: list[Record] = []
    for region in {instance.region for instance in state.instances.values()} | free:
        records = [instance.record for instance in state.instances.values() if instance.region == region]
        shown += _all(state.world, records, state.disks.latest, str(region))
    counted = _counted(shown, state.snapshots.latest)
    return {record["DiskId"]: {**record, "content": state.contents.of(record["DiskId"])} for record in counted}


def _all(world: World, records: list[Record], items: Items, region: str) -> list[Record]:
    mine = [_of_instance(world, record, usage, part, items) for record in records for usage, part in attached(record)]
    known = {record["DiskId"] for record in mine}
    return mine + [record for name, record in _free(world, items, region).items() if name not in known]


def _of_instance(world: World, record: Record, usage: str, part: dict[str, Any], items: Items) -> Record:
    overlay = items.get(part["DiskId"])
    return {
        **world.disk_defaults,
        **{name: part[name] for name in _COPIED if name in part},
        "DiskUsage": usage,
        "DiskState": "ATTACHED",
        "Attached": True,
        "InstanceId": record["InstanceId"],
        "LastAttachInsId": record["InstanceId"],
        "Placement": {**world.disk_defaults["Placement"], "Zone": record["Placement"]["Zone"]},
        "DiskChargeType": "PREPAID" if record["InstanceChargeType"] == "PREPAID" else "POSTPAID_BY_HOUR",
        "CreateTime": record["CreatedTime"].replace("T", " ").rstrip("Z"),
        **(overlay.record if overlay else {}),
    }


def _free(world: World, items: Items, region: str) -> dict[str, Record]:
    return {
        name: {**world.disk_defaults, **item.record}
        for name, item in items.items()
        if item.attributes.get("region") == region
    }


def _counted(records: list[Record], snapshots: Items) -> list[Record]:
    sizes: dict[str, list[int]] = defaultdict(list)
    for item in snapshots.values():
        sizes[item.record["DiskId"]].append(item.record["DiskSize"])
    return [
        {
            **record,
            "SnapshotCount": len(sizes[record["DiskId"]]),
            "SnapshotSize": sum(sizes[record["DiskId"]]) << 10,
        }
        for record in records
    ]
