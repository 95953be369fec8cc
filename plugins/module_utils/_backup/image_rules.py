# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Reasons not to make or delete an image, as far as the records show them: tables of rules. Pure.

Sources: the documents of CreateImage and DeleteImages (213/16726, 213/15716) and their error codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .._engine.rules import Rule
from .._errors import in_brackets

_STATES = ("RUNNING", "STOPPED")
_UNFINISHED = ("CREATING", "SYNCING", "IMPORTING")

Thing = Mapping[str, Any]


class ImageContext(NamedTuple):
    """All that a task with an image is judged by.

    Attributes:
        options: the options of the task.
        found: the instance to make an image of.
        image: to delete.
    """

    options: Mapping[str, Any]
    found: Thing | None = None
    image: Thing | None = None

    @property
    def instance(self) -> Thing:
        """The instance; empty if there is none."""
        return self.found or {}


# --- of an instance


def _unknown(s: ImageContext) -> str | None:
    missing = f"There is no instance {s.options['instance_id']} for this key and region."
    return missing if s.found is None else None


def _operating(s: ImageContext) -> str | None:
    if s.instance.get("latest_operation_state") != "OPERATING":
        return None
    operation, request_id = s.instance.get("latest_operation"), s.instance.get("latest_operation_request_id")
    return f"{operation or 'An operation'}{in_brackets(request_id)} is in progress."


def _state(s: ImageContext) -> str | None:
    state = s.instance.get("instance_state")
    return None if s.found is None or state in _STATES else f"The instance is {state}."


def _charges(s: ImageContext) -> str | None:
    mode = (s.instance.get("instance_state"), s.instance.get("stop_charging_mode"))
    return "The instance was stopped without charges." if mode == ("STOPPED", "STOP_CHARGING") else None


def _failed_reset(s: ImageContext) -> str | None:
    latest = (s.instance.get("latest_operation"), s.instance.get("latest_operation_state"))
    return "The last reinstallation of the instance failed." if latest == ("ResetInstance", "FAILED") else None


def _root_disk(s: ImageContext) -> str | None:
    system = (s.instance.get("system_disk") or {}).get("disk_id")
    named = system in (s.options["data_disk_ids"] or [])
    return f"{system} is the system disk, which belongs to the image anyway." if named else None


def _foreign_disks(s: ImageContext) -> str | None:
    if s.found is None:
        return None
    known = {disk.get("disk_id") for disk in s.instance.get("data_disks") or []}
    known.add((s.instance.get("system_disk") or {}).get("disk_id"))
    foreign = [disk for disk in s.options["data_disk_ids"] or [] if disk not in known]
    return f"The instance has no data disk {', '.join(foreign)}." if foreign else None


CREATE: tuple[Rule[ImageContext], ...] = (
    Rule(("InvalidInstanceId.NotFound",), "instance_id", _unknown, "Check instance_id and region."),
    Rule(("OperationDenied.InstanceOperationInProgress",), "instance_id", _operating, "Wait for its end."),
    Rule(("InvalidInstance.NotSupported",), "instance_id", _state, "It must be RUNNING or STOPPED."),
    Rule(
        ("UnsupportedOperation.StoppedModeStopCharging",),
        "instance_id",
        _charges,
        "Start it first: cvm_instance_power with state: running.",
    ),
    Rule(("UnsupportedOperation.InstanceReinstallFailed",), "instance_id", _failed_reset, "Reinstall it first."),
    Rule(("InvalidParameter.DataDiskIdContainsRootDisk",), "data_disk_ids", _root_disk, "Leave it out."),
    Rule(
        ("InvalidParameter.DataDiskNotBelongSpecifiedInstance",),
        "data_disk_ids",
        _foreign_disks,
        "Give data disks of this instance.",
    ),
)


# --- of an image to delete


def _shared(s: ImageContext) -> str | None:
    image = s.image or {}
    shared = f"{image.get('image_id')} is shared by another account, which alone can delete it."
    return shared if image.get("image_type") == "SHARED_IMAGE" else None


def _not_custom(s: ImageContext) -> str | None:
    image = s.image or {}
    kind = image.get("image_type")
    other = f"{image.get('image_id')} is a {kind}, and only custom images can be deleted."
    return None if kind in ("SHARED_IMAGE", "PRIVATE_IMAGE") else other


def _unfinished(s: ImageContext) -> str | None:
    image = s.image or {}
    state = image.get("image_state")
    unfinished = image.get("image_type") == "PRIVATE_IMAGE" and state in _UNFINISHED
    return f"{image.get('image_id')} is {state}." if unfinished else None


DELETE: tuple[Rule[ImageContext], ...] = (
    Rule(("InvalidParameterValue.InvalidImageIdIsShared",), "image_id", _shared, "Give an image of your own."),
    Rule(("InvalidParameterValue.InvalidImageId",), "image_id", _not_custom, "Give a custom image."),
    Rule(("InvalidImageId.IncorrectState",), "image_id", _unfinished, "Wait until it is made, then run again."),
)
