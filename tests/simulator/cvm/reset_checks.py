# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The conditions under which ResetInstance refuses, each a question about one request."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..world import Item, World, is_windows
from .instances import Instance

SWITCHABLE_DISKS = ("CLOUD_BASIC", "CLOUD_PREMIUM", "CLOUD_SSD")
BUSY_IMAGE = ("CREATING", "SYNCING", "IMPORTING")
BROKEN_IMAGE = ("CREATEFAILED", "IMPORTFAILED")


@dataclass(frozen=True)
class Reset:
    """One ResetInstance with all that it is judged by; a rule may rely on what the rules above it made sure."""

    world: World
    generation: str
    region: str
    parameters: dict[str, Any]
    found: Instance | None

    @property
    def instance(self) -> Instance:
        """The instance; only for rules below InvalidInstanceId.NotFound."""
        assert self.found is not None
        return self.found

    @property
    def record(self) -> dict[str, Any]:
        """The instance's real state."""
        return self.instance.record

    @property
    def image_id(self) -> str:
        """The image asked for, or the current one."""
        return str(self.parameters.get("ImageId") or self.record["ImageId"])

    @property
    def image(self) -> Item | None:
        """The target image when it exists in this region."""
        item = self.world.images.get(self.image_id)
        return item if item and self.region in item.attributes.get("regions", [self.region]) else None

    @property
    def target(self) -> Item:
        """The target image; only for rules below InvalidImageId.NotFound."""
        assert self.image is not None
        return self.image

    @property
    def windows(self) -> bool:
        """Whether the target is a Windows image."""
        return is_windows(self.target.record)

    @property
    def login(self) -> dict[str, Any]:
        """LoginSettings."""
        return dict(self.parameters.get("LoginSettings") or {})

    @property
    def keys(self) -> list[str]:
        """The ids of the keys asked for."""
        return list(self.login.get("KeyIds") or [])

    @property
    def keeps_login(self) -> bool:
        """Whether the image's own login is to be kept."""
        return str(self.login.get("KeepImageLogin") or "").lower() == "true"

    @property
    def disk(self) -> dict[str, Any]:
        """SystemDisk as asked for."""
        return dict(self.parameters.get("SystemDisk") or {})

    @property
    def disk_size(self) -> int:
        """The size of the system disk afterwards, in GiB."""
        return int(self.disk.get("DiskSize") or self.record["SystemDisk"]["DiskSize"])


Check = Callable[[Reset], bool]


def account(name: str, value: object = True) -> Check:
    """The account has this attribute."""
    return lambda reset: bool(reset.world.account.get(name) == value)


def attribute(name: str) -> Check:
    """The instance has this attribute."""
    return lambda reset: bool(reset.instance.attributes.get(name))


def image_attribute(name: str, value: object = True) -> Check:
    """The target image has this attribute."""
    return lambda reset: bool(reset.target.attributes.get(name) == value)


def rejects(code: str) -> Check:
    """The instance, the target image or the account is marked to be refused with this code."""

    def check(reset: Reset) -> bool:
        marks = [reset.instance.attributes, reset.target.attributes, reset.world.account]
        return any(code in _listed(mark.get("rejects")) for mark in marks)

    return check


def state(name: str) -> Check:
    """The instance is in this InstanceState."""
    return lambda reset: bool(reset.record["InstanceState"] == name)


def either(*checks: Check) -> Check:
    """One of several conditions."""
    return lambda reset: any(check(reset) for check in checks)


def identifier(kind: str, value: str) -> bool:
    """Whether an id has its prefix and eight lower-case letters or digits."""
    return re.fullmatch(rf"{kind}-[a-z0-9]{{8}}", value) is not None


def instance_id_length(reset: Reset) -> bool:
    """The id has another prefix or length (`ins-1122`)."""
    return re.fullmatch(r"ins-.{8}", reset.parameters["InstanceId"], re.DOTALL) is None


def instance_id_alphabet(reset: Reset) -> bool:
    """The id has other characters than lower-case letters and digits."""
    return not identifier("ins", reset.parameters["InstanceId"])


def operation_in_progress(reset: Reset) -> bool:
    """An operation runs; this asks the real state, not the one that readers see."""
    return reset.instance.ends is not None


def rolling_back(reset: Reset) -> bool:
    """A disk of the instance is being rolled back to a snapshot."""
    return reset.instance.rolling_back


def isolated(reset: Reset) -> bool:
    """The instance is isolated or expired without being shut down."""
    return bool(reset.record["InstanceState"] == "ISOLATING" or reset.record["RestrictState"] != "NORMAL")


def stopped_uncharged(reset: Reset) -> bool:
    """The instance was stopped in the mode that frees its resources."""
    return bool(reset.record["InstanceState"] == "STOPPED" and reset.record["StopChargingMode"] == "STOP_CHARGING")


def image_busy(reset: Reset) -> bool:
    """The image is being made, copied or imported."""
    return str(reset.target.record["ImageState"]) in BUSY_IMAGE


def image_broken(reset: Reset) -> bool:
    """The image was never finished."""
    return str(reset.target.record["ImageState"]) in BROKEN_IMAGE


def image_unfit_for_type(reset: Reset) -> bool:
    """Another architecture than the instance's, or Windows 2016 and later in no more than 2 GiB."""
    current = reset.world.images.get(reset.record["ImageId"])
    wanted = reset.instance.attributes.get("architecture") or (current and current.record["Architecture"])
    if wanted and reset.target.record["Architecture"] != wanted:
        return True
    modern = re.search(r"20(16|19|22|25)", reset.target.record["OsName"]) is not None
    return bool(reset.windows and modern and reset.record["Memory"] <= 2)


def image_larger_than_disk(reset: Reset) -> bool:
    """The image does not fit on the disk as it will be."""
    return int(reset.target.record["ImageSize"]) > reset.disk_size


def regional_image_elsewhere(reset: Reset) -> bool:
    """The image belongs to one region only, which is another one."""
    return bool(reset.target.attributes.get("home_region", reset.region) != reset.region)


def licence_differs(reset: Reset) -> bool:
    """Image and instance have different licence types."""
    return bool(reset.target.record["LicenseType"] != reset.record["LicenseType"])


def platform_switch_refused(reset: Reset) -> bool:
    """The older interface switches between Linux and Windows on three disk types in mainland regions only."""
    if reset.generation != "legacy" or reset.windows == is_windows(reset.record):
        return False
    mainland = reset.world.regions.get(reset.region, {}).get("mainland", True)
    return not mainland or reset.record["SystemDisk"]["DiskType"] not in SWITCHABLE_DISKS


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])
