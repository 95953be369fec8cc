# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An accepted CreateImage, and the end of images."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timezone
from typing import Any

from ..cbs.disks import find
from ..cbs.snapshots import Source, make, source_of
from ..items import change, drop, new_id, put
from ..state import State
from ..world import Item
from .image_checks import Making, tags
from .instances import Record
from .operations import Operation, operation_id, start

_SYSTEM = ("OsName", "Platform", "Architecture", "LicenseType", "IsSupportCloudinit")


def begin_image(making: Making, request_id: str, fails_with: str | None) -> str:
    """Begin to make an image that no rule refuses; returns its id."""
    state, image_id = making.state, new_id("img")
    sources = _sources(making)
    put(state.images, state.now, image_id, _item(making, image_id, sources))

    def ended(at: float, succeeded: bool) -> None:
        if succeeded:
            bound = [source.snapshot_id or make(state, source, at, "") for source in sources]
            parts = [state.snapshots.latest[name].record for name in bound if name in state.snapshots.latest]
            change(state.images, at, image_id, ImageState="NORMAL", SnapshotSet=[_bound(part) for part in parts])
        else:
            change(state.images, at, image_id, ImageState="CREATEFAILED")

    if making.instance is None:
        state.schedule.add(state.now + state.world.image_seconds, lambda at: ended(at, fails_with is None))
        return image_id
    # No document says in which state an instance is shown, or left, that is powered off to make an image.
    off = making.flags[0] == "true" and making.record["InstanceState"] == "RUNNING"
    operation = Operation(
        "CreateImage",
        operation_id(request_id, state.world.request_ids),
        state.world.image_seconds,
        stages=({"InstanceState": "STOPPED"},) if off else (),
        effects={"InstanceState": "RUNNING"} if off else {},
        fails_with=fails_with,
        ended=ended,
    )
    start(state.schedule, making.instance, operation, state.now)
    return image_id


def remove_images(state: State, names: Collection[str], *, with_snapshots: bool) -> None:
    """Delete images, and on request the snapshots that belong to them."""
    gone = [state.images.latest[name].record for name in names]
    drop(state.images, state.now, names)
    if with_snapshots:
        drop(state.snapshots, state.now, {part["SnapshotId"] for record in gone for part in record["SnapshotSet"]})


def images_of(state: State, snapshot_id: str) -> list[str]:
    """The images that a snapshot belongs to."""
    return [
        name
        for name, item in state.images.latest.items()
        if any(part["SnapshotId"] == snapshot_id for part in item.record["SnapshotSet"])
    ]


def _sources(making: Making) -> list[Source]:
    if making.instance is None:
        return [Source.of_snapshot(item) for item in making.snapshots if item]
    names = [making.record["SystemDisk"]["DiskId"], *making.disk_ids]
    disks = [find(making.state, name, making.region) for name in names]
    return [source_of(making.state, disk) for disk in disks if disk]


def _item(making: Making, image_id: str, sources: list[Source]) -> Item:
    state, parameters = making.state, making.parameters
    system = next((source for source in sources if source.usage == "SYSTEM_DISK"), None)
    # An image can also be made of a local system disk, which is not a cloud disk and has no snapshots.
    local = making.record.get("SystemDisk", {})
    of, size = (system.system, system.size) if system else (making.record, local["DiskSize"])
    content = system.content if system else state.contents.of(local["DiskId"])
    record = {
        **state.world.image_defaults,
        **_operating_system(state, of),
        "ImageId": image_id,
        "ImageName": parameters["ImageName"],
        "ImageDescription": parameters.get("ImageDescription") or "",
        "ImageFamily": parameters.get("ImageFamily"),
        "ImageType": "PRIVATE_IMAGE",
        "ImageSource": "CREATE_IMAGE",
        "ImageCreator": state.world.account_id,
        "ImageSize": size,
        "ImageState": "CREATING",
        "CreatedTime": f"{datetime.fromtimestamp(state.server_time, timezone.utc):%Y-%m-%dT%H:%M:%SZ}",
        "SnapshotSet": [],
        "Tags": tags(parameters),
    }
    return Item(record, {"regions": [making.region], "content": content})


def _operating_system(state: State, of: Record) -> dict[str, Any]:
    """What an image says of its system: as the image says from which it was installed, or as far as it is known."""
    origin = state.images.latest.get(of.get("ImageId", ""))
    if origin is not None:
        return {name: origin.record[name] for name in _SYSTEM}
    name = of.get("OsName") or "Others Linux"
    return {"OsName": name, "Platform": name.split()[0]}


def _bound(record: Record) -> dict[str, Any]:
    return {name: record[name] for name in ("SnapshotId", "DiskUsage", "DiskSize")}
