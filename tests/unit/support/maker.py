# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Images and snapshots as tests make them and look at them."""

from __future__ import annotations

from typing import Any

from .bench import Bench

ID, DISK, DATA = "ins-r8hr2upy", "disk-r8hr2upy", "disk-data0001"
TAGS = [{"Key": "team", "Value": "web"}]
DONE = 3.0
"""Seconds after which an image or a snapshot is finished and seen so."""


def create_image(sim: Bench, name: str = "backup", **parameters: Any) -> dict[str, Any]:
    """The Response of a CreateImage."""
    return sim.call("CreateImage", {"ImageName": name, "InstanceId": ID, **parameters})


def image_tags(tags: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Tags for CreateImage."""
    return [{"ResourceType": "image", "Tags": tags}]


def snapshot(sim: Bench, disk_id: str = DISK, **parameters: Any) -> str:
    """The id of a finished snapshot."""
    made = sim.cbs("CreateSnapshot", {"DiskId": disk_id, **parameters})
    sim.wait(DONE)
    return str(made["SnapshotId"])


def disk(sim: Bench, disk_id: str = DISK) -> dict[str, Any]:
    """A disk as DescribeDisks shows it."""
    return dict(sim.cbs("DescribeDisks", {"DiskIds": [disk_id]})["DiskSet"][0])
