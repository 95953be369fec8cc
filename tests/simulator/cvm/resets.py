# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An accepted ResetInstance: what it changes."""

from __future__ import annotations

from typing import Any

from ..items import drop, new_id
from ..state import State
from ..world import World, is_windows, login_user
from . import reset_rules
from .installs import Install
from .operations import Operation, operation_id, start
from .reset_checks import Reset


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
    world = state.world_now
    reset = Reset(world, generation, region, parameters, found)
    reset_rules.check(reset)
    effects = _effects(reset)
    disk_id, old_id = effects["SystemDisk"]["DiskId"], reset.record["SystemDisk"]["DiskId"]
    # The image of a disk brings back what was on the disk.
    content = str(reset.target.attributes.get("content") or state.contents.fresh(disk_id))

    def ended(moment: float, succeeded: bool) -> None:
        if succeeded:
            state.contents.write(disk_id, content)
            if disk_id != old_id:
                drop(state.disks, moment, [old_id])

    operation = Operation(
        "ResetInstance",
        operation_id(request_id, world.request_ids),
        world.reset_seconds if seconds is None else seconds,
        stages=[{"InstanceState": state} for state in _states(world, reset.record["InstanceState"])],
        effects=effects,
        fails_with=fails_with,
        gate=state.gate_of(_install(reset, effects, content)),
        ended=ended,
    )
    start(state.schedule, reset.instance, operation, at)
    return operation.request_id


def _states(world: World, state: str) -> list[str]:
    """The states that InstanceState goes through, from the present one on if it is among them."""
    states = world.states_during_reset
    return states[states.index(state) :] if state in states else states


def _effects(reset: Reset) -> dict[str, Any]:
    image, record = reset.target.record, reset.record
    disk = {**record["SystemDisk"], "DiskSize": reset.disk_size}
    if reset.windows != is_windows(record) and reset.world.disk_on_switch == "changed":
        # Document 213/9398 says that a switch between Linux and Windows changes the id; one printed record kept it.
        disk["DiskId"] = new_id("disk")
    return {
        "ImageId": image["ImageId"],
        "OsName": image["OsName"],
        "SystemDisk": disk,
        "LoginSettings": {"KeyIds": reset.keys} if reset.keys else {},
        "HostName": reset.parameters.get("HostName") or record["HostName"],
        "DefaultLoginUser": login_user(image),
        "DefaultLoginPort": 3389 if reset.windows else 22,
        "InstanceState": "RUNNING",
        "StopChargingMode": "NOT_APPLICABLE",
    }


def _install(reset: Reset, effects: dict[str, Any], content: str) -> Install:
    return Install(
        "reset",
        instance_id=reset.record["InstanceId"],
        image_id=effects["ImageId"],
        content=content,
        host_name=effects["HostName"] or "",
        login_user=effects["DefaultLoginUser"],
        user_data=reset.parameters.get("UserData") or "",
        password=reset.login.get("Password") or "",
        key_ids=tuple(reset.keys),
        public_keys=tuple(reset.world.key_pairs[name].record["PublicKey"] for name in reset.keys),
        keeps_login=reset.keeps_login,
    )
