# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service cvm: images (version 2017-03-12)."""

from __future__ import annotations

import re
from typing import Any

from ..server.action import Action
from ..server.call import Call
from ..server.errors import ApiError
from ..server.listing import FILTERS_SCHEMA, TAG_FILTERS, Match, contains, equals, filters, ids, page, selected
from ..state import State
from ..world import Item
from .image_checks import Making
from .image_rules import check, check_deletable
from .images import begin_image, remove_images

VERSION = "2017-03-12"
ARM_FAMILIES = ("SR", "SK")

IMAGE_FILTERS: dict[str, Match] = {
    "image-id": equals("ImageId"),
    "image-type": equals("ImageType"),
    "image-name": contains("ImageName"),
    "platform": contains("Platform"),
    "dedicated-cluster-id": lambda record, wanted: False,
    "cdc-cache-status": equals("CdcCacheStatus"),
    **TAG_FILTERS,
}


def describe_images(state: State, call: Call) -> dict[str, Any]:
    """The images that the region offers as readers see them, optionally those that an instance type can run."""
    both = "InvalidParameter.InvalidParameterCoexistImageIdsFilters"
    wanted = ids(call, "ImageIds", "img", "InvalidImageId.Malformed", both)
    architecture = _architecture(call.parameters.get("InstanceType"))
    images = [
        item.record
        for name, item in state.images.seen(state.now).items()
        if (wanted is None or name in wanted)
        and _offered(item, call)
        and architecture in (None, item.record["Architecture"])
    ]
    records = selected(images, filters(call), IMAGE_FILTERS)
    codes = ("InvalidParameterValue", "InvalidParameterValue.InvalidParameterValueLimit")
    return {"TotalCount": len(records), "ImageSet": page(records, call.parameters, codes)}


def create_image(state: State, call: Call) -> dict[str, Any]:
    """Accept an image of an instance or of snapshots; its end shows in DescribeImages."""
    making = Making(state, call.region, call.parameters)
    check(making)
    if call.parameters.get("DryRun"):
        return {}
    call.log["accepted"] = True
    return {"ImageId": begin_image(making, call.request_id, call.fails_with)}


def delete_images(state: State, call: Call) -> dict[str, Any]:
    """Delete custom images, and on request their snapshots; all or none."""
    wanted = ids(call, "ImageIds", "img", "InvalidImageId.Malformed") or []
    found = [(name, state.images.latest.get(name)) for name in dict.fromkeys(wanted)]
    missing = [name for name, item in found if item is None or not _offered(item, call)]
    if missing:
        raise ApiError("InvalidImageId.NotFound", f"The image cannot be found: {', '.join(missing)}.")
    for _name, item in found:
        if item is not None:
            check_deletable(item)
    if not call.parameters.get("DryRun"):
        remove_images(
            state, [name for name, _item in found], with_snapshots=bool(call.parameters.get("DeleteBindedSnap"))
        )
        call.log["accepted"] = True
    return {}


def _offered(item: Item, call: Call) -> bool:
    return call.region in item.attributes.get("regions", [call.region])


def _architecture(instance_type: str | None) -> str | None:
    if instance_type is None:
        return None
    if re.fullmatch(r"[A-Z][A-Za-z0-9]*\.[A-Z0-9]+", instance_type) is None:
        raise ApiError("InvalidInstanceType.Malformed", f"The instance type `{instance_type}` is malformed.")
    return "arm64" if instance_type.startswith(ARM_FAMILIES) else "x86_64"


_LIST = {"ImageIds": [str], "InstanceType": str, "Filters": FILTERS_SCHEMA, "Offset": int, "Limit": int}
_CREATE = {
    "ImageName": str,
    "InstanceId": str,
    "SnapshotIds": [str],
    "ImageDescription": str,
    "ForcePoweroff": str,
    "Sysprep": str,
    "DataDiskIds": [str],
    "DryRun": bool,
    "TagSpecification": [{"ResourceType": str, "Tags": [{"Key": str, "Value": str}]}],
    "ImageFamily": str,
}
_DELETE = {"ImageIds": [str], "DeleteBindedSnap": bool, "DryRun": bool}

ACTIONS = (
    Action("cvm", VERSION, "DescribeImages", describe_images, 40, _LIST),
    # In the older generation both belong to another host, with other parameters (documents 213/9415, 213/1274).
    Action("cvm", VERSION, "CreateImage", create_image, 10, _CREATE, ("ImageName",), generations=("v3",)),
    Action("cvm", VERSION, "DeleteImages", delete_images, 10, _DELETE, ("ImageIds",), generations=("v3",)),
)
