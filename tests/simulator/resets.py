# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An accepted ResetInstance: what it changes."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from . import reset_rules
from .operations import Operation, operation_id, start
from .reset_checks import Reset
from .state import State
from .world import is_windows, login_user


def begin_reset(
    state: State,
    parameters: dict[str, Any],
    *,
    region: str,
    generation: str,
    request_id: str,
    at: float,
    seconds: float | None = None,
    fails_with: str | None = None,
) -> str:
    """Check a ResetInstance against the real state and begin it; returns the operation's id, raises ApiError."""
    found = state.instances.get(parameters.get("InstanceId", ""))
    if found is not None and found.region != region:
        found = None
    reset = Reset(state.world, generation, region, parameters, found)
    reset_rules.check(reset)
    world = state.world
    shown = {} if world.state_during_reset is None else {"InstanceState": world.state_during_reset}
    operation = Operation(
        "ResetInstance",
        operation_id(request_id, world.request_ids),
        world.reset_seconds if seconds is None else seconds,
        during=shown,
        effects=_effects(reset),
        fails_with=fails_with,
    )
    start(state.schedule, reset.instance, operation, at)
    return operation.request_id


def _effects(reset: Reset) -> dict[str, Any]:
    image, record = reset.target.record, reset.record
    disk = {**record["SystemDisk"], "DiskSize": reset.disk_size}
    if reset.windows != is_windows(record):
        # Document 213/9398: a switch between Linux and Windows changes the id of the system disk.
        disk["DiskId"] = f"disk-{uuid4().hex[:8]}"
    return {
        "ImageId": image["ImageId"],
        "OsName": image["OsName"],
        "SystemDisk": disk,
        "LoginSettings": {"KeyIds": reset.keys},
        "HostName": reset.parameters.get("HostName") or record["HostName"],
        "DefaultLoginUser": login_user(image),
        "DefaultLoginPort": 3389 if reset.windows else 22,
        "InstanceState": "RUNNING",
        "StopChargingMode": "NOT_APPLICABLE",
    }
