# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Preflight rules on the image and on the switch between Linux and Windows. Pure."""

from __future__ import annotations

import re

from .._engine.rules import Rule
from .._ids import id_fix, is_id
from .desired import Context

_MAINLAND = (
    "ap-beijing ap-beijing-fsi ap-chengdu ap-chongqing ap-guangzhou ap-guangzhou-open ap-guiyang ap-nanjing "
    "ap-qingyuan ap-shanghai ap-shanghai-fsi ap-shenzhen ap-shenzhen-fsi ap-tianjin ap-xian-ec ap-zhongwei"
).split()
_SWITCHABLE_DISKS = ("CLOUD_BASIC", "CLOUD_PREMIUM", "CLOUD_SSD")
_IMAGE_TYPES = ("PUBLIC_IMAGE", "PRIVATE_IMAGE", "SHARED_IMAGE")


def is_image_id(text: str) -> bool:
    """Whether it has the prefix and the alphabet of image ids."""
    return is_id("img", text)


def _image_id(s: Context) -> str | None:
    desired = s.desired.image_id
    return f"{desired!r} is not a valid id." if desired and not is_image_id(desired) else None


def _image_id_length(s: Context) -> str | None:
    desired = s.desired.image_id
    odd = desired and is_image_id(desired) and len(desired) != len("img-xxxxxxxx")
    return f"{desired!r} does not have the usual length of an image id." if odd else None


def _unknown_image(s: Context) -> str | None:
    target = s.target_image_id
    if target not in s.facts.asked or s.target_image:
        return None
    which = "" if s.desired.image_id else "The instance's own image is gone: "
    return f"{which}There is no image {target} in {s.facts.region} that this key may use."


def _too_small(s: Context) -> str | None:
    needed, size = s.target_image.get("image_size"), s.disk_size_after
    small = needed is not None and size is not None and needed > size
    return f"The image needs {needed} GiB and the system disk has {size}." if small else None


def _image_state(s: Context) -> str | None:
    state = s.target_image.get("image_state")
    return f"The image is in the state {state}." if state not in (None, "NORMAL") else None


def _deprecated(s: Context) -> str | None:
    return f"The image {s.target_image_id} is deprecated." if s.target_image.get("image_deprecated") else None


def _image_type(s: Context) -> str | None:
    kind = s.target_image.get("image_type")
    unlisted = kind is not None and kind not in _IMAGE_TYPES
    return f"The image is of type {kind}, which the documents do not list." if unlisted else None


def _architecture(s: Context) -> str | None:
    now, then = s.current_image.get("architecture"), s.target_image.get("architecture")
    differs = now and then and ("arm" in now) != ("arm" in then)
    return f"The image is for {then} and the instance runs {now}." if differs else None


def _license(s: Context) -> str | None:
    now, then = s.instance.get("license_type"), s.target_image.get("license_type")
    return f"The image's licence type is {then}, the instance's {now}." if now and then and now != then else None


def _windows_memory(s: Context) -> str | None:
    name = f"{s.target_image.get('os_name')} {s.target_image.get('image_name')}"
    memory = s.instance.get("memory")
    small = s.target_platform == "Windows" and re.search(r"\b20(16|19)\b", name) and memory and memory <= 2
    return f"Windows Server 2016 and 2019 need more than 2 GB of memory; the instance has {memory}." if small else None


def _switch_v2(s: Context) -> str | None:
    reason = _switch_restriction(s)
    return reason if reason and s.facts.api == "v2" else None


def _switch_v3(s: Context) -> str | None:
    reason = _switch_restriction(s)
    return reason if reason and s.facts.api != "v2" else None


def _switch_restriction(s: Context) -> str | None:
    if not s.switches_platform:
        return None
    reasons = []
    if s.system_disk.get("disk_type") not in _SWITCHABLE_DISKS:
        reasons.append(f"its system disk is of type {s.system_disk.get('disk_type')}")
    if s.facts.region not in _MAINLAND:
        reasons.append(f"{s.facts.region} is outside mainland China")
    switch = f"from {s.current_platform} to {s.target_platform}"
    return f"The instance may not be switched {switch}: {' and '.join(reasons)}." if reasons else None


def _switch_disk_id(s: Context) -> str | None:
    if not s.switches_platform:
        return None
    switch = f"from {s.current_platform} to {s.target_platform}"
    return f"Switching {switch} may change the id of the system disk: snapshots of it could then not be restored to it."


RULES = (
    Rule(("InvalidImageId.Malformed",), "image_id", _image_id, id_fix("img")),
    Rule(("InvalidImageId.Malformed",), "image_id", _image_id_length, "Check that nothing is cut off.", hard=False),
    Rule(
        ("InvalidImageId.NotFound",),
        "image_id",
        _unknown_image,
        "Give an image of this region that the account owns, shares or may buy.",
    ),
    Rule(
        ("InvalidParameterValue", "InvalidParameterValue.InvalidImageIdForRetsetInstance"),
        "image_id",
        _too_small,
        "Give a larger system_disk.disk_size, or another image.",
    ),
    Rule(
        ("InvalidParameterValue.InvalidImageState", "InvalidParameterValue.InvalidImageId"),
        "image_id",
        _image_state,
        "Wait until the image is NORMAL, or give another one.",
    ),
    Rule(("InvalidParameterValue",), "image_id", _deprecated, "Move to a newer image soon.", hard=False),
    Rule(("InvalidParameterValue",), "image_id", _image_type, "The API may refuse it.", hard=False),
    Rule(
        ("InvalidParameterValue.InvalidImageForGivenInstanceType",),
        "image_id",
        _architecture,
        "Give an image of the instance's architecture.",
    ),
    Rule(
        ("UnsupportedOperation.InvalidImageLicenseTypeForReset",),
        "image_id",
        _license,
        "Give an image of the instance's licence type.",
    ),
    Rule(
        ("InvalidParameterValue.InvalidImageForGivenInstanceType",),
        "image_id",
        _windows_memory,
        "Give another image, or resize the instance first.",
    ),
    Rule(
        ("InvalidInstance.NotSupported", "InvalidParameterValue.ZoneNotSupported"),
        "image_id",
        _switch_v2,
        "Give an image of the present platform, or use api v3.",
    ),
    Rule(
        ("InvalidInstance.NotSupported",),
        "image_id",
        _switch_v3,
        "Older documents forbid it and newer ones are silent; the API may refuse.",
        hard=False,
    ),
    Rule(
        ("SystemDiskIdChanges",),
        "image_id",
        _switch_disk_id,
        "Make a custom image first if the old system must be recoverable.",
        hard=False,
    ),
)
