# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operations that take time: they start, show OPERATING, and end with effects or with a reason.

Nothing runs in the background: whatever is due is caught up with when the clock is read next.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any, Optional
from uuid import uuid4

from ..server.errors import IN_PROGRESS, MUTEX, SPECIAL_STATE, ApiError
from .instances import Instance, Record

Due = Callable[[float], None]
# Called at the end: with the moment, and whether it went well.
Ended = Callable[[float, bool], None]
# Called when the time is over, with the moment and what to call with the real moment and a reason to fail, or None.
Gate = Callable[[float, Callable[[float, Optional[str]], None]], None]


class Schedule:
    """Things that happen at a moment of the injected clock, in the order of their time."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Due]] = []
        self._order = count()

    def add(self, at: float, action: Due) -> None:
        """Have ``action`` called with its own moment once that is reached."""
        heapq.heappush(self._due, (at, next(self._order), action))

    def advance(self, now: float) -> None:
        """Call everything that is due."""
        while self._due and self._due[0][0] <= now:
            at, _order, action = heapq.heappop(self._due)
            action(at)


@dataclass(frozen=True)
class Operation:
    """An accepted operation: ``stages`` show in turn while it runs, ``effects`` when it succeeds (all are fields).

    ``gate`` may keep it running when its time is over, and fail it; ``ended`` is called at the end.
    """

    name: str
    request_id: str
    seconds: float
    stages: Sequence[Record] = ()
    effects: dict[str, Any] = field(default_factory=dict)
    fails_with: str | None = None
    gate: Gate | None = None
    ended: Ended = lambda at, succeeded: None


def start(schedule: Schedule, instance: Instance, operation: Operation, at: float) -> None:
    """Begin an accepted operation and plan its end."""
    instance.before = instance.record
    instance.ends = at + operation.seconds
    instance.change(
        at,
        LatestOperation=operation.name,
        LatestOperationState="OPERATING",
        LatestOperationRequestId=operation.request_id,
        LatestOperationErrorMsg="",
    )
    for number, stage in enumerate(operation.stages):
        moment = at + operation.seconds * number / len(operation.stages)
        _at(schedule, at, moment, lambda when, shown=stage: instance.change(when, **shown))  # type: ignore[misc]
    schedule.add(instance.ends, lambda moment: _due(schedule, instance, operation, moment))


def _at(schedule: Schedule, now: float, moment: float, action: Due) -> None:
    """Have something done at a moment; what is due already is done at once, before anybody reads."""
    if moment > now:
        schedule.add(moment, action)
    else:
        action(now)


def _due(schedule: Schedule, instance: Instance, operation: Operation, at: float) -> None:
    if operation.gate is None or operation.fails_with is not None:
        _end(schedule, instance, operation, at, operation.fails_with)
    else:
        operation.gate(at, lambda moment, reason: _end(schedule, instance, operation, moment, reason))


def _end(schedule: Schedule, instance: Instance, operation: Operation, at: float, reason: str | None) -> None:
    def free(_moment: float) -> None:
        # Another operation cannot have begun: until now this one is refused as still running.
        instance.ends = None

    _at(schedule, at, at + instance.busy_seconds, free)
    if reason is None:
        effects = dict(operation.effects)
        arrived = {name: effects.pop(name) for name in ("InstanceState",) if name in effects}
        instance.change(at, LatestOperationState="SUCCESS", **effects)
        _at(schedule, at, at + instance.settling_seconds, partial(instance.change, **arrived))
    else:
        restored = {name: instance.before[name] for stage in operation.stages for name in stage}
        instance.change(at, LatestOperationState="FAILED", LatestOperationErrorMsg=reason, **restored)
    operation.ended(at, reason is None)


def operation_id(request_id: str, request_ids: str) -> str:
    """The LatestOperationRequestId of a call: no document promises that it equals the call's RequestId."""
    return request_id if request_ids == "equal" else str(uuid4())


@dataclass(frozen=True)
class Power:
    """An operation on the power of an instance: the state that it needs, shows and leaves."""

    needs: str
    during: str
    after: str


POWER = {
    "StartInstances": Power("STOPPED", "STARTING", "RUNNING"),
    "StopInstances": Power("RUNNING", "STOPPING", "STOPPED"),
    "RebootInstances": Power("RUNNING", "REBOOTING", "RUNNING"),
}

# What else takes the one place of an instance's latest operation, as recorded and documented: the field that it
# changes, if any.
OTHERS = {
    "RenewInstances": None,
    "ResetInstancesPassword": None,
    "ResetInstancesType": None,
    "FailoverMigrateInstance": None,
    "RollbackInstanceSnapshot": None,
    "ModifyInstancesAttribute.InstanceName": "InstanceName",
    "ModifyInstancesAttribute.SecurityGroups": None,
    "ModifyInstancesAttribute.CamRoleName": "CamRoleName",
}


def check_free(instance: Instance) -> None:
    """Raises OperationDenied.InstanceOperationInProgress while an operation runs, MutexOperation in a rollback."""
    if instance.ends is not None:
        raise ApiError(
            "OperationDenied.InstanceOperationInProgress",
            IN_PROGRESS.format(instance.record["InstanceId"]),
        )
    if instance.rolling_back:
        raise ApiError("MutexOperation.TaskRunning", MUTEX)


# Code, message and condition, in order; {} of a code is the state.
_POWER_RULES: tuple[tuple[str, str, Callable[[Record, Power], bool]], ...] = (
    ("InvalidInstance.NotSupported", SPECIAL_STATE, lambda record, power: record["InstanceState"] == "LAUNCH_FAILED"),
    (
        "UnsupportedOperation.InstanceReinstallFailed",
        "The instance `{}` is in a failed OS reinstallation state.",
        lambda record, power: (
            (record["LatestOperation"], record["LatestOperationState"]) == ("ResetInstance", "FAILED")
        ),
    ),
    (
        "UnsupportedOperation.InstanceState{}",
        "The instance `{}` in the `{}` status is not supported.",
        lambda record, power: record["InstanceState"] != power.needs,
    ),
    (
        "UnsupportedOperation.InstanceStateIsolating",
        "The instance `{}` is isolated.",
        lambda record, power: record["RestrictState"] != "NORMAL",
    ),
)


def check_power(name: str, instance: Instance) -> None:
    """Raises the documented code when an instance cannot be started, stopped or rebooted now."""
    check_free(instance)
    if name in POWER:
        for code, message, applies in _POWER_RULES:
            if applies(instance.record, POWER[name]):
                state = instance.record["InstanceState"]
                camel = "".join(part.capitalize() for part in state.split("_"))
                raise ApiError(code.format(camel), message.format(instance.record["InstanceId"], state))


def check_stop_charging(instance: Instance) -> None:
    """Raises UnsupportedOperation.StoppedModeStopCharging when an instance is charged for while it is stopped.

    Document 213/19918: that takes a pay-as-you-go instance without local disks.
    """
    record = instance.record
    disks = [record["SystemDisk"], *(record["DataDisks"] or [])]
    local = any(disk["DiskType"].startswith("LOCAL_") for disk in disks)
    if local or record["InstanceChargeType"] != "POSTPAID_BY_HOUR":
        raise ApiError(
            "UnsupportedOperation.StoppedModeStopCharging",
            f"The instance `{record['InstanceId']}` does not support no charges when shut down.",
        )


def power_operation(name: str, request_id: str, seconds: float, **effects: Any) -> Operation:
    """The operation of a power action, or of any other action that leaves the state as it is."""
    power = POWER.get(name)
    if power is None:
        return Operation(name, request_id, seconds, effects=effects)
    return Operation(
        name,
        request_id,
        seconds,
        stages=({"InstanceState": power.during},),
        effects={"InstanceState": power.after, **effects},
    )
