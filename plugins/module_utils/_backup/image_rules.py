# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Reasons not to make or delete an image, as far as the records show them: pure tables of questions.

Sources: the documents of CreateImage and DeleteImages (213/16726, 213/15716) and their error codes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._errors import in_brackets
from .._problems import Problem

_STATES = ("RUNNING", "STOPPED")
_UNFINISHED = ("CREATING", "SYNCING", "IMPORTING")

Instance = Mapping[str, Any]
Options = Mapping[str, Any]


def _operating(options: Options, instance: Instance) -> Problem | None:
    if instance.get("latest_operation_state") != "OPERATING":
        return None
    operation, request_id = instance.get("latest_operation"), instance.get("latest_operation_request_id")
    running = f"{operation or 'An operation'}{in_brackets(request_id)} is in progress."
    return Problem("OperationDenied.InstanceOperationInProgress", "instance_id", running, "Wait for its end.")


def _state(options: Options, instance: Instance) -> Problem | None:
    state = instance.get("instance_state")
    if state in _STATES:
        return None
    return Problem(
        "InvalidInstance.NotSupported", "instance_id", f"The instance is {state}.", "It must be RUNNING or STOPPED."
    )


def _charges(options: Options, instance: Instance) -> Problem | None:
    if instance.get("instance_state") != "STOPPED" or instance.get("stop_charging_mode") != "STOP_CHARGING":
        return None
    return Problem(
        "UnsupportedOperation.StoppedModeStopCharging",
        "instance_id",
        "The instance was stopped without charges.",
        "Start it first: cvm_instance_power with state: running.",
    )


def _failed_reset(options: Options, instance: Instance) -> Problem | None:
    latest = (instance.get("latest_operation"), instance.get("latest_operation_state"))
    if latest != ("ResetInstance", "FAILED"):
        return None
    return Problem(
        "UnsupportedOperation.InstanceReinstallFailed",
        "instance_id",
        "The last reinstallation of the instance failed.",
        "Reinstall it first.",
    )


def _root_disk(options: Options, instance: Instance) -> Problem | None:
    system = (instance.get("system_disk") or {}).get("disk_id")
    if system not in (options["data_disk_ids"] or []):
        return None
    return Problem(
        "InvalidParameter.DataDiskIdContainsRootDisk",
        "data_disk_ids",
        f"{system} is the system disk, which belongs to the image anyway.",
        "Leave it out.",
    )


def _foreign_disks(options: Options, instance: Instance) -> Problem | None:
    known = {disk.get("disk_id") for disk in instance.get("data_disks") or []}
    known.add((instance.get("system_disk") or {}).get("disk_id"))
    foreign = [disk for disk in options["data_disk_ids"] or [] if disk not in known]
    if not foreign:
        return None
    return Problem(
        "InvalidParameter.DataDiskNotBelongSpecifiedInstance",
        "data_disk_ids",
        f"The instance has no data disk {', '.join(foreign)}.",
        "Give data disks of this instance.",
    )


RULES: tuple[Callable[[Options, Instance], Problem | None], ...] = (
    _operating,
    _state,
    _charges,
    _failed_reset,
    _root_disk,
    _foreign_disks,
)


def creating_problems(options: Options, instance: Instance | None) -> list[Problem]:
    """All reasons not to make an image of this instance."""
    if instance is None:
        missing = f"There is no instance {options['instance_id']} for this key and region."
        return [Problem("InvalidInstanceId.NotFound", "instance_id", missing, "Check instance_id and region.")]
    return [problem for rule in RULES if (problem := rule(options, instance))]


def deleting_problems(image: Mapping[str, Any]) -> list[Problem]:
    """All reasons not to delete this image."""
    kind, state, name = image.get("image_type"), image.get("image_state"), image.get("image_id")
    if kind == "SHARED_IMAGE":
        return [
            Problem(
                "InvalidParameterValue.InvalidImageIdIsShared",
                "image_id",
                f"{name} is shared by another account, which alone can delete it.",
                "Give an image of your own.",
            )
        ]
    if kind != "PRIVATE_IMAGE":
        return [
            Problem(
                "InvalidParameterValue.InvalidImageId",
                "image_id",
                f"{name} is a {kind}, and only custom images can be deleted.",
                "Give a custom image.",
            )
        ]
    if state in _UNFINISHED:
        return [
            Problem(
                "InvalidImageId.IncorrectState",
                "image_id",
                f"{name} is {state}.",
                "Wait until it is made, then run again.",
            )
        ]
    return []
