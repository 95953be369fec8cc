# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What has to be done so that instances run, are stopped, or are restarted, and what stands in the way. Pure.

Sources: the documents of StartInstances, StopInstances and RebootInstances, their error codes, and document 213/19918
on stopping without charges.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from .._errors import in_brackets
from .._ids import id_fix
from .._problems import Problem

RUNNING, STOPPED = "RUNNING", "STOPPED"
IDS_LIMIT = 100

Instance = Mapping[str, Any]


class PowerChange(NamedTuple):
    """How a state is brought about.

    Attributes:
        action: the API's.
        target: the state of the instance afterwards.
    """

    action: str
    target: str


CHANGES = {
    "running": PowerChange("StartInstances", RUNNING),
    "stopped": PowerChange("StopInstances", STOPPED),
    "restarted": PowerChange("RebootInstances", RUNNING),
}

_LEADS_TO = {change.action: change.target for change in CHANGES.values()} | {"ResetInstance": RUNNING}
_ON_THE_WAY = {"PENDING": RUNNING, "STARTING": RUNNING, "REBOOTING": RUNNING, "STOPPING": STOPPED}


class DesiredPower(NamedTuple):
    """What a task asks for.

    Attributes:
        state: `running`, `stopped` or `restarted`.
        stop_type: the API's word for how to stop.
        stopped_mode: the API's word for whether stopped instances are charged for; None leaves that to the API.
    """

    state: str
    stop_type: str = "SOFT"
    stopped_mode: str | None = None

    @property
    def change(self) -> PowerChange:
        """The call, and where it leads."""
        return CHANGES[self.state]

    def parameters(self, instance_ids: Sequence[str]) -> dict[str, Any]:
        """The parameters of the call by the API's names."""
        wire = {
            "InstanceIds": list(instance_ids),
            "StopType": None if self.state == "running" else self.stop_type,
            "StoppedMode": self.stopped_mode,
        }
        return {name: value for name, value in wire.items() if value is not None}


class PowerPlan(NamedTuple):
    """What a task amounts to.

    Attributes:
        to_call: the instances that the call is for.
        under_way: those that somebody's operation is bringing there, or that an operation has to leave as they are.
        problems: what stands in the way; nothing may be sent then.
    """

    to_call: tuple[str, ...]
    under_way: tuple[str, ...]
    problems: list[Problem]


def is_operating(instance: Instance) -> bool:
    """Whether an operation runs."""
    return bool(instance.get("latest_operation_state") == "OPERATING")


def heading(instance: Instance) -> Any:
    """The state that an instance comes to, or stays in."""
    if is_operating(instance) and instance.get("latest_operation") in _LEADS_TO:
        return _LEADS_TO[instance["latest_operation"]]
    return _ON_THE_WAY.get(str(instance.get("instance_state")), instance.get("instance_state"))


def is_there(desired: DesiredPower, instance: Instance) -> bool:
    """Whether an instance is as it should be and stays so."""
    return instance.get("instance_state") == desired.change.target and not is_operating(instance)


def plan_of(desired: DesiredPower, instance_ids: Sequence[str], found: Mapping[str, Instance]) -> PowerPlan:
    """What to do about these instances, of which `found` holds those that exist."""
    to_call, under_way = [], []
    for one in instance_ids:
        instance = found.get(one, {})
        if desired.state == "restarted" or heading(instance) != desired.change.target:
            to_call.append(one)
        elif not is_there(desired, instance):
            under_way.append(one)
    return PowerPlan(tuple(to_call), tuple(under_way), _problems(desired, instance_ids, to_call, found))


# --- what stands in the way


class _Objection(NamedTuple):
    code: str
    message: str
    fix: str


_Rule = Callable[[DesiredPower, Instance], "_Objection | None"]

_WAIT = "Wait for its end, then run the task again."


def _malformed(instance_ids: Sequence[str]) -> list[str]:
    return [one for one in instance_ids if not re.fullmatch(r"ins-[0-9a-z]{8}", one)]


def well_formed(instance_ids: Sequence[str]) -> list[str]:
    """The ids that can be asked for."""
    return [one for one in instance_ids if one not in _malformed(instance_ids)]


def _problems(
    desired: DesiredPower, instance_ids: Sequence[str], to_call: Sequence[str], found: Mapping[str, Instance]
) -> list[Problem]:
    """All problems of all instances; one that several have is listed once."""
    grouped: dict[_Objection, list[str]] = {}
    for one in instance_ids:
        for objection in _objections(desired, one, found.get(one), called=one in to_call):
            grouped.setdefault(objection, []).append(one)
    problems = [
        Problem(objection.code, "instance_ids", f"{', '.join(ids)}: {objection.message}", objection.fix)
        for objection, ids in grouped.items()
    ]
    if len(instance_ids) > IDS_LIMIT:
        many = f"{len(instance_ids)} instances are more than the {IDS_LIMIT} of one call."
        limit = Problem("InvalidParameterValue.LimitExceeded", "instance_ids", many, "Use several tasks.")
        return [limit, *problems]
    return problems


def _objections(
    desired: DesiredPower, instance_id: str, instance: Instance | None, *, called: bool
) -> list[_Objection]:
    if _malformed([instance_id]):
        return [_Objection("InvalidInstanceId.Malformed", "it is not a valid id.", id_fix("ins"))]
    if instance is None:
        missing = "there is no such instance for this key and region."
        return [_Objection("InvalidInstanceId.NotFound", missing, "Check the id, the region and the key.")]
    rules = (*_WHEN_CALLED, *_ALWAYS) if called else _ALWAYS
    return [objection for rule in rules if (objection := rule(desired, instance))]


def _busy(desired: DesiredPower, instance: Instance) -> _Objection | None:
    state = instance.get("instance_state")
    if is_operating(instance):
        name = instance.get("latest_operation") or "An operation"
        running = f"{name}{in_brackets(instance.get('latest_operation_request_id'))}"
        return _Objection("OperationDenied.InstanceOperationInProgress", f"{running} is in progress.", _WAIT)
    return _in_state(state, _WAIT) if state in _ON_THE_WAY else None


def _state(desired: DesiredPower, instance: Instance) -> _Objection | None:
    state = instance.get("instance_state")
    if state in (RUNNING, STOPPED, *_ON_THE_WAY):
        return None
    return _in_state(state, "It must be RUNNING or STOPPED. Bring it there first.")


def _stopped(desired: DesiredPower, instance: Instance) -> _Objection | None:
    if desired.state != "restarted" or instance.get("instance_state") != STOPPED:
        return None
    return _in_state(STOPPED, "Use state: running to start it; what is stopped is not restarted.")


def _in_state(state: Any, fix: str) -> _Objection:
    camel = "".join(part.capitalize() for part in str(state).split("_"))
    code = f"UnsupportedOperation.InstanceState{camel}" if state != "LAUNCH_FAILED" else "InvalidInstance.NotSupported"
    return _Objection(code, f"it is in the state {state}.", fix)


def _failed_reset(desired: DesiredPower, instance: Instance) -> _Objection | None:
    latest = (instance.get("latest_operation"), instance.get("latest_operation_state"))
    if latest != ("ResetInstance", "FAILED"):
        return None
    failed = "its last reinstallation failed."
    return _Objection("UnsupportedOperation.InstanceReinstallFailed", failed, "Reinstall it first.")


def _isolated(desired: DesiredPower, instance: Instance) -> _Objection | None:
    state = instance.get("restrict_state")
    if state in (None, "", "NORMAL"):
        return None
    isolated = f"it is isolated or expired (RestrictState {state})."
    return _Objection("UnsupportedOperation.InstanceStateIsolating", isolated, "Renew it or pay what is due first.")


def _always_charged(desired: DesiredPower, instance: Instance) -> _Objection | None:
    if desired.stopped_mode != "STOP_CHARGING":
        return None
    disks = [instance.get("system_disk") or {}, *(instance.get("data_disks") or [])]
    local = any(str(disk.get("disk_type")).startswith("LOCAL_") for disk in disks)
    if not local and instance.get("instance_charge_type") in (None, "POSTPAID_BY_HOUR"):
        return None
    charged = "it is charged for while it is stopped: only pay-as-you-go instances without local disks need not be."
    return _Objection(_STOP_CHARGING, charged, "Use stopped_mode: keep_charging for it.")


def _stopped_otherwise(desired: DesiredPower, instance: Instance) -> _Objection | None:
    """A stopped instance stays in the mode in which it was stopped."""
    mode, shown = desired.stopped_mode, instance.get("stop_charging_mode")
    if mode is None or heading(instance) != STOPPED or shown in (None, mode):
        return None
    if mode == "KEEP_CHARGING" and shown != "STOP_CHARGING":
        return None
    otherwise = f"it is stopped already, in the mode {shown}."
    return _Objection(_STOP_CHARGING, otherwise, f"Start it first to stop it in the mode {mode}, or omit stopped_mode.")


_STOP_CHARGING = "UnsupportedOperation.StoppedModeStopCharging"
_WHEN_CALLED: tuple[_Rule, ...] = (_busy, _state, _stopped, _failed_reset, _isolated, _always_charged)
_ALWAYS: tuple[_Rule, ...] = (_stopped_otherwise,)
