# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The conditions under which CreateImage refuses, each a question about one request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..cbs.disks import attached
from ..state import State
from ..world import Item
from .instances import Instance, Record

NAME_LENGTH, DESCRIPTION_LENGTH = 60, 256
TAGS_LIMIT = 50


@dataclass(frozen=True)
class Making:
    """One CreateImage with all that it is judged by; a rule may rely on what the rules above it made sure."""

    state: State
    region: str
    parameters: dict[str, Any]

    @property
    def instance(self) -> Instance | None:
        """The instance of the region that the call names."""
        found = self.state.instances.get(self.parameters.get("InstanceId", ""))
        return found if found and found.region == self.region else None

    @property
    def record(self) -> Record:
        """The instance's real state; empty for an image of snapshots."""
        return self.instance.record if self.instance else {}

    @property
    def snapshots(self) -> list[Item | None]:
        """The snapshots that the call names; None for one that the region does not have."""
        found = [self.state.snapshots.latest.get(name) for name in self.parameters.get("SnapshotIds") or []]
        return [item if item and item.attributes["region"] == self.region else None for item in found]

    @property
    def system_snapshots(self) -> list[Item]:
        """Those of system disks."""
        return [item for item in self.snapshots if item and item.record["DiskUsage"] == "SYSTEM_DISK"]

    @property
    def own_images(self) -> list[Record]:
        """The custom images of the region."""
        items = self.state.images.latest.values()
        return [item.record for item in items if item.record["ImageType"] == "PRIVATE_IMAGE" and self._here(item)]

    @property
    def disk_ids(self) -> list[str]:
        """The data disks that the call names."""
        return list(self.parameters.get("DataDiskIds") or [])

    @property
    def flags(self) -> list[str]:
        """The switches that are texts."""
        return [str(self.parameters.get(name, "false")).lower() for name in ("ForcePoweroff", "Sysprep")]

    def longer(self, name: str, limit: int) -> bool:
        """Whether a text is too long."""
        return len(self.parameters.get(name) or "") > limit

    def disks(self, usage: str) -> Mapping[str, dict[str, Any]]:
        """The instance's cloud disks of this usage."""
        return {part["DiskId"]: part for kind, part in attached(self.record) if kind == usage}

    def _here(self, item: Item) -> bool:
        return self.region in item.attributes.get("regions", [self.region])


Check = Callable[[Making], bool]


def account(name: str) -> Check:
    """The account has this attribute."""
    return lambda making: bool(making.state.world.account.get(name))


def operating(making: Making, name: str | None = None) -> bool:
    """An operation of the instance runs, or the one of this name."""
    busy = making.instance is not None and making.instance.ends is not None
    return busy and name in (None, making.record["LatestOperation"])


def both(making: Making) -> bool:
    """Two things to make an image of."""
    return bool(making.parameters.get("InstanceId") and making.parameters.get("SnapshotIds"))


def neither(making: Making) -> bool:
    """Nothing to make an image of."""
    return not making.parameters.get("InstanceId") and not making.parameters.get("SnapshotIds")


def too_long(making: Making) -> bool:
    """The name or the description is too long."""
    return making.longer("ImageName", NAME_LENGTH) or making.longer("ImageDescription", DESCRIPTION_LENGTH)


def foreign_disk(making: Making) -> bool:
    """A data disk that the instance does not have."""
    mine = {part["DiskId"] for part in making.record.get("DataDisks") or []}
    return any(name not in mine for name in making.disk_ids)


def local_disk(making: Making) -> bool:
    """A data disk that is not a cloud disk."""
    return any(name not in making.disks("DATA_DISK") for name in making.disk_ids)


def snapshot_unfinished(making: Making) -> bool:
    """A snapshot that is still being made."""
    return any(item and item.record["SnapshotState"] == "CREATING" for item in making.snapshots)


def failed_reset(making: Making) -> bool:
    """The latest operation is a reset that failed."""
    record = making.record
    return record.get("LatestOperation") == "ResetInstance" and record.get("LatestOperationState") == "FAILED"


def uncharged(making: Making) -> bool:
    """The instance was stopped in the mode that frees its resources."""
    record = making.record
    return record.get("InstanceState") == "STOPPED" and record.get("StopChargingMode") == "STOP_CHARGING"


def unfit(making: Making) -> bool:
    """A state without a code of its own."""
    record = making.record
    odd = record.get("InstanceState") in ("PENDING", "LAUNCH_FAILED", "SHUTDOWN", "TERMINATED", "CORRUPTED")
    return odd or record.get("RestrictState", "NORMAL") != "NORMAL"


def name_taken(making: Making) -> bool:
    """A custom image of the region has the name."""
    return any(record["ImageName"] == making.parameters["ImageName"] for record in making.own_images)


def tags(parameters: Mapping[str, Any]) -> list[dict[str, str]]:
    """The tags that the image shall have."""
    listed = parameters.get("TagSpecification") or []
    return [tag for entry in listed if entry.get("ResourceType") == "image" for tag in entry.get("Tags") or []]
