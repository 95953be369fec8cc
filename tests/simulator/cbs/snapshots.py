# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Snapshots of disks: how they come to be, and the rollback of a disk to one.

No document says whether a rollback is an operation of the instance: here only its stop and start are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from ..cvm.installs import Install
from ..cvm.instances import Instance, Record
from ..cvm.operations import operation_id, power_operation, start
from ..items import change, drop, new_id, percent, put
from ..state import State
from ..world import Item
from .disks import Disk

# What an instance says of the system on its disk.
SYSTEM = ("ImageId", "OsName", "DefaultLoginUser", "DefaultLoginPort")
DEFAULT_NAME = "\u672a\u547d\u540d"


@dataclass(frozen=True)
class Source:
    """What a snapshot or an image is made of, at the moment of the call."""

    disk_id: str
    usage: str
    size: int
    region: str
    content: str
    copied: dict[str, Any] = field(default_factory=dict)
    system: dict[str, Any] = field(default_factory=dict)
    snapshot_id: str | None = None

    @classmethod
    def of_snapshot(cls, item: Item) -> Source:
        """A snapshot as the source of an image."""
        record, attributes = item.record, item.attributes
        return cls(
            disk_id=record["DiskId"],
            usage=record["DiskUsage"],
            size=record["DiskSize"],
            region=attributes["region"],
            content=attributes["content"],
            system=attributes.get("system", {}),
            snapshot_id=record["SnapshotId"],
        )


def source_of(state: State, disk: Disk, usage: str | None = None) -> Source:
    """A disk as the source of a snapshot; ``usage``: what it is to be used as."""
    record, instance = disk.record, disk.instance
    owner = instance.records.latest if instance and disk.system else {}
    return Source(
        disk_id=record["DiskId"],
        usage=usage or record["DiskUsage"],
        size=record["DiskSize"],
        region=instance.region if instance else state.disks.latest[record["DiskId"]].attributes["region"],
        content=state.contents.of(record["DiskId"]),
        copied={name: record[name] for name in ("Placement", "Encrypt")},
        system={name: owner[name] for name in SYSTEM if name in owner},
    )


def make(state: State, source: Source, at: float, name: str, **fields: Any) -> str:
    """A finished snapshot; returns its id. ``fields`` are laid over its record."""
    snapshot_id = new_id("snap")
    record = {
        **state.world.snapshot_defaults,
        **source.copied,
        "SnapshotId": snapshot_id,
        "SnapshotName": name or DEFAULT_NAME,
        "DiskId": source.disk_id,
        "DiskUsage": source.usage,
        "DiskSize": source.size,
        "CreateTime": stamp(at + state.world.clock_skew),
        **fields,
    }
    attributes = {"region": source.region, "content": source.content, "system": source.system}
    put(state.snapshots, at, snapshot_id, Item(record, attributes))
    return snapshot_id


def begin_snapshot(
    state: State, source: Source, name: str, deadline: float | None, tags: list[dict[str, str]], fails_with: str | None
) -> str:
    """Begin to make a snapshot; returns its id. One that fails is gone: no document has a state for it."""
    seconds = state.world.snapshot_seconds
    fields = {
        "SnapshotState": "CREATING",
        "Percent": 0,
        "Tags": tags,
        "IsPermanent": deadline is None,
        "DeadlineTime": "" if deadline is None else stamp(deadline),
    }
    snapshot_id = make(state, source, state.now, name, **fields)
    state.snapshots.latest[snapshot_id].attributes.update(began=state.now, ends=state.now + seconds)

    def ended(at: float) -> None:
        if fails_with is None:
            change(state.snapshots, at, snapshot_id, SnapshotState="NORMAL", Percent=100)
        else:
            drop(state.snapshots, at, [snapshot_id])

    state.schedule.add(state.now + seconds, ended)
    if deadline is not None:
        state.schedule.add(deadline - state.world.clock_skew, lambda at: drop(state.snapshots, at, [snapshot_id]))
    return snapshot_id


def seen(state: State, region: str) -> list[Record]:
    """The snapshots of a region as readers see them."""
    moment, images = state.now - state.world.lag_seconds, state.images.seen(state.now).values()
    bound = [(part["SnapshotId"], item.record) for item in images for part in item.record["SnapshotSet"]]
    result = []
    for name, item in state.snapshots.seen(state.now).items():
        if item.attributes["region"] == region:
            mine = [
                {"ImageId": record["ImageId"], "ImageName": record["ImageName"]} for id_, record in bound if id_ == name
            ]
            running = item.record["SnapshotState"] == "CREATING" and "ends" in item.attributes
            shown = {"Percent": percent(item, moment)} if running else {}
            result.append({**item.record, **shown, "Images": mine, "ImageCount": len(mine)})
    return result


def stamp(moment: float) -> str:
    """A moment as the service cbs writes it; that it means UTC is not documented."""
    return f"{datetime.fromtimestamp(moment, timezone.utc):%Y-%m-%d %H:%M:%S}"


@dataclass(frozen=True)
class Rollback:
    """One accepted ApplySnapshot."""

    state: State
    disk: Disk
    snapshot: Item
    request_id: str
    restarts: bool
    fails_with: str | None

    @property
    def disk_id(self) -> str:
        """The disk that is rolled back."""
        return str(self.disk.record["DiskId"])

    def begin(self, stops: bool) -> None:
        """Mark all that takes part; with ``stops`` the instance is stopped first."""
        state, instance = self.state, self.disk.instance
        running = instance is not None and instance.record["InstanceState"] == "RUNNING"
        ends = state.now + state.world.rollback_seconds + (state.world.power_seconds if stops and running else 0)
        self._mark(state.now, "ROLLBACKING", True, began=state.now, ends=ends)
        change(state.snapshots, state.now, self.snapshot.record["SnapshotId"], SnapshotState="ROLLBACKING")
        if instance is not None:
            instance.rolling_back = True
        state.schedule.add(ends, self._due)
        if instance is not None and stops and running:
            self._power(instance, "StopInstances", state.now, StopChargingMode="KEEP_CHARGING")

    def _due(self, at: float) -> None:
        instance = self.disk.instance
        gate = None
        if instance is not None and self.disk.system and self.fails_with is None:
            gate = self.state.gate_of(self._install(instance))
        if gate is None:
            self._end(at, self.fails_with)
        else:
            gate(at, self._end)

    def _end(self, at: float, reason: str | None) -> None:
        state, instance = self.state, self.disk.instance
        self._mark(at, "ATTACHED" if instance else "UNATTACHED", False, prompt=reason or "")
        change(state.snapshots, at, self.snapshot.record["SnapshotId"], SnapshotState="NORMAL")
        if reason is None:
            state.contents.write(self.disk_id, self.snapshot.attributes["content"])
        if instance is None:
            return
        instance.rolling_back = False
        if reason is None:
            instance.change(at, **self._system)
            if self.restarts:
                self._power(instance, "StartInstances", at, StopChargingMode="NOT_APPLICABLE")

    @property
    def _system(self) -> dict[str, Any]:
        return dict(self.snapshot.attributes.get("system", {})) if self.disk.system else {}

    def _mark(self, at: float, disk_state: str, running: bool, *, prompt: str = "", **attributes: float) -> None:
        known = self.state.disks.latest.get(self.disk_id, Item({"DiskId": self.disk_id}, {}))
        record = {
            **known.record,
            "DiskState": disk_state,
            "Rollbacking": running,
            "RollbackPercent": 0 if running else 100,
            "ErrorPrompt": prompt,
        }
        put(self.state.disks, at, self.disk_id, Item(record, {**known.attributes, **attributes}))

    def _power(self, instance: Instance, name: str, at: float, **effects: Any) -> None:
        request_id = operation_id(self.request_id, self.state.world.request_ids)
        operation = power_operation(name, request_id, self.state.world.power_seconds, **effects)
        start(self.state.schedule, instance, operation, at)

    def _install(self, instance: Instance) -> Install:
        record = {**instance.record, **self._system}
        return Install(
            "restore",
            instance_id=record["InstanceId"],
            image_id=record["ImageId"],
            content=self.snapshot.attributes["content"],
            host_name=record["HostName"] or "",
            login_user=record["DefaultLoginUser"],
            key_ids=tuple((record["LoginSettings"] or {}).get("KeyIds") or []),
        )
