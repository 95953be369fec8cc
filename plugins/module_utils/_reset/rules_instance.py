# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Preflight rules on the instance and its system disk. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .._engine.rules import Rule
from .._errors import in_brackets
from .._ids import id_fix, is_id
from .desired import Context

_OTHER_STATES = ("RUNNING", "STOPPED", "LAUNCH_FAILED")
_REFUSING_STATES = {
    "PENDING": "Pending",
    "STARTING": "Starting",
    "STOPPING": "Stopping",
    "REBOOTING": "Rebooting",
    "SHUTDOWN": "Shutdown",
    "TERMINATING": "Terminating",
    "TERMINATED": "Terminated",
    "FREEZING": "Freezing",
    "ISOLATING": "Isolating",
    "CORRUPTED": "Corrupted",
    "ENTER_RESCUE_MODE": "EnterRescueMode",
    "RESCUE_MODE": "RescueMode",
    "EXIT_RESCUE_MODE": "ExitRescueMode",
    "ENTER_SERVICE_LIVE_MIGRATE": "EnterServiceLiveMigrate",
    "SERVICE_LIVE_MIGRATE": "ServiceLiveMigrate",
    "EXIT_SERVICE_LIVE_MIGRATE": "ExitServiceLiveMigrate",
}


def is_instance_id(text: str) -> bool:
    """Whether it has the form `ins-xxxxxxxx`."""
    return is_id("ins", text)


def _instance_id(s: Context) -> str | None:
    return None if is_instance_id(s.desired.instance_id) else f"{s.desired.instance_id!r} is not a valid id."


def _unknown_instance(s: Context) -> str | None:
    missing = "instance" in s.facts.asked and s.facts.instance is None
    return f"There is no instance {s.desired.instance_id} in {s.facts.region}." if missing else None


def _state(s: Context) -> str:
    return str(s.instance.get("instance_state"))


def _in_state(state: str) -> Callable[[Context], str | None]:
    return lambda s: f"The instance is in the state {state}." if _state(s) == state else None


def _unknown_state(s: Context) -> str | None:
    unlisted = s.instance and _state(s) not in (*_REFUSING_STATES, *_OTHER_STATES)
    return f"The instance is in the state {_state(s)}, which no document of ResetInstance names." if unlisted else None


def _in_progress(s: Context) -> str | None:
    if s.instance.get("latest_operation_state") != "OPERATING":
        return None
    operation, request_id = s.instance.get("latest_operation"), s.instance.get("latest_operation_request_id")
    return f"{operation or 'An operation'}{in_brackets(request_id)} is still running on the instance."


def _stop_charging(s: Context) -> str | None:
    stopped = _state(s) == "STOPPED" and s.instance.get("stop_charging_mode") == "STOP_CHARGING"
    return "The instance was stopped without charges." if stopped else None


def _starts(s: Context) -> str | None:
    starts = _state(s) == "STOPPED" and not _stop_charging(s)
    return "The instance is stopped, and the reset starts it." if starts else None


def _isolated(s: Context) -> str | None:
    state = s.instance.get("restrict_state")
    return (
        f"The instance is isolated or expired (RestrictState {state})." if state not in (None, "", "NORMAL") else None
    )


def _spot(s: Context) -> str | None:
    spot = s.instance.get("instance_charge_type") == "SPOTPAID"
    return "It is a spot instance, and spot instances cannot be reinstalled." if spot else None


def _protected(s: Context) -> str | None:
    protected = s.instance.get("disable_api_termination") and not s.desired.override_protection
    return "The instance is protected against termination (DisableApiTermination)." if protected else None


def _unexpected(s: Context) -> str | None:
    if not s.instance:
        return None
    wrong = "; ".join(_differences(s.instance, s.desired.expected))
    return f"The instance is not the expected one: {wrong}." if wrong else None


def _differences(instance: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[str]:
    """What is not as expected, and what it is instead."""
    for name in ("instance_name", "image_id"):
        if expected.get(name) not in (None, instance.get(name)):
            yield f"{name} is {instance.get(name)!r} and not {expected[name]!r}"
    address, addresses = expected.get("private_ip_address"), instance.get("private_ip_addresses") or []
    if address is not None and address not in addresses:
        yield f"private_ip_addresses are {', '.join(map(repr, addresses)) or 'none'}, without {address!r}"
    tags = instance.get("tags") or {}
    for key, value in (expected.get("tags") or {}).items():
        if tags.get(key) != str(value):
            found = f"is {tags[key]!r} and not" if key in tags else "is missing, and should be"
            yield f"the tag {key!r} {found} {str(value)!r}"


def _shrinks(s: Context) -> str | None:
    size, now = s.desired.disk_size, s.system_disk.get("disk_size")
    shrinks = size is not None and now is not None and size < now
    return f"The system disk has {now} GiB and cannot shrink to {size}." if shrinks else None


def _disk_size(s: Context) -> str | None:
    size = s.desired.disk_size
    return f"A disk cannot have {size} GiB." if size is not None and size < 1 else None


def _local_disk(s: Context) -> str | None:
    kind = str(s.system_disk.get("disk_type") or "")
    local = s.desired.disk_size is not None and kind and not kind.startswith("CLOUD_")
    grows = local and s.desired.disk_size != s.system_disk.get("disk_size")
    return f"The system disk is of type {kind}; only cloud disks can grow." if grows else None


# --- policy once


def _idempotency_key(s: Context) -> str | None:
    key = s.desired.idempotency_key
    if s.desired.policy != "once" or (key and re.fullmatch(r"[A-Za-z0-9._:-]{1,64}", key)):
        return None
    return f"{key!r} cannot be used as a key." if key else "The policy once needs it."


def _once_in_v2(s: Context) -> str | None:
    return "The legacy API cannot support policy once." if s.desired.policy == "once" and s.facts.api == "v2" else None


def _no_image_to_compare(s: Context) -> str | None:
    silent = s.desired.policy == "image_differs" and s.instance and not s.current_image_id
    return "The API does not show which image the instance runs, so they cannot be compared." if silent else None


RULES = (
    Rule(
        ("InvalidInstanceId.Malformed", "InvalidParameterValue.InstanceIdMalformed"),
        "instance_id",
        _instance_id,
        id_fix("ins"),
    ),
    Rule(
        ("InvalidInstanceId.NotFound",),
        "instance_id",
        _unknown_instance,
        "Check instance_id, region and the account of the key.",
    ),
    *(
        Rule(
            (f"UnsupportedOperation.InstanceState{name}",),
            "instance_id",
            _in_state(state),
            "Wait until it is RUNNING or STOPPED, or bring it there.",
        )
        for state, name in _REFUSING_STATES.items()
    ),
    Rule(
        ("InvalidInstance.NotSupported",),
        "instance_id",
        _in_state("LAUNCH_FAILED"),
        "It was never created; launch another one.",
    ),
    Rule(("UnsupportedOperation",), "instance_id", _unknown_state, "The API may refuse it.", hard=False),
    Rule(
        ("OperationDenied.InstanceOperationInProgress", "MutexOperation.TaskRunning", "ResourceInUse"),
        "instance_id",
        _in_progress,
        "Wait for it to end, or set wait_until_idle; for a reset of yours, use attach with its RequestId.",
    ),
    Rule(
        ("UnsupportedOperation.StoppedModeStopCharging",),
        "instance_id",
        _stop_charging,
        "Start it first: cvm_instance_power with state: running.",
    ),
    Rule(("InstanceStarts",), "instance_id", _starts, "Stop it again afterwards if it must not run.", hard=False),
    Rule(
        ("UnsupportedOperation.InstanceStateIsolating", "UnsupportedOperation.InstanceStateShutdown"),
        "instance_id",
        _isolated,
        "Renew it or pay what is due first.",
    ),
    Rule(
        ("UnsupportedOperation.InstanceChargeType",), "instance_id", _spot, "Launch a new one from the image instead."
    ),
    Rule(
        ("ProtectedInstance",),
        "override_protection",
        _protected,
        "Set override_protection to true to reinstall it all the same.",
    ),
    Rule(("UnexpectedInstance",), "expected", _unexpected, "Check instance_id, or correct expected."),
    Rule(("InvalidParameterValue",), "system_disk.disk_size", _disk_size, "Give a positive number of GiB."),
    Rule(
        ("InvalidParameterValue",),
        "system_disk.disk_size",
        _shrinks,
        "Give at least the present size, or leave it out.",
    ),
    Rule(
        ("UnsupportedOperation", "InvalidParameterValue"), "system_disk.disk_size", _local_disk, "Leave disk_size out."
    ),
    Rule(
        ("InvalidParameterValue",),
        "idempotency_key",
        _idempotency_key,
        "Give 1 to 64 letters, digits and . _ : - such as a change number.",
    ),
    Rule(("UnsupportedOperation",), "policy", _once_in_v2, "Use api v3, or another policy."),
    Rule(("UnsupportedOperation",), "policy", _no_image_to_compare, "Use another policy to reset it all the same."),
)
