# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service cvm: instances and keys (version 2017-03-12)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..server.action import Action
from ..server.call import Call
from ..server.errors import ApiError
from ..server.listing import FILTERS_SCHEMA, TAG_FILTERS, Match, equals, filters, ids, page, selected
from ..state import State
from .instances import OPERATION_FIELDS, Instance, Record
from .operations import check_power, check_stop_charging, operation_id, power_operation, start
from .resets import begin_reset

VERSION = "2017-03-12"

INSTANCE_FILTERS: dict[str, Match] = {
    "zone": equals("Placement", "Zone"),
    "project-id": equals("Placement", "ProjectId"),
    "host-id": equals("Placement", "HostId"),
    "dedicated-cluster-id": equals("DedicatedClusterId"),
    "vpc-id": equals("VirtualPrivateCloud", "VpcId"),
    "subnet-id": equals("VirtualPrivateCloud", "SubnetId"),
    "instance-id": equals("InstanceId"),
    "uuid": equals("Uuid"),
    "security-group-id": equals("SecurityGroupIds"),
    "instance-name": equals("InstanceName"),
    "instance-charge-type": equals("InstanceChargeType"),
    "instance-state": equals("InstanceState"),
    "private-ip-address": equals("PrivateIpAddresses"),
    "public-ip-address": equals("PublicIpAddresses"),
    "ipv6-address": equals("IPv6Addresses"),
    "creation-start-time": lambda record, wanted: str(record.get("CreatedTime")) >= wanted,
    "creation-end-time": lambda record, wanted: str(record.get("CreatedTime")) <= wanted,
    **TAG_FILTERS,
}
KEY_FILTERS: dict[str, Match] = {"project-id": equals("ProjectId"), "key-name": equals("KeyName"), **TAG_FILTERS}


def describe_instances(state: State, call: Call) -> dict[str, Any]:
    """The instances of the region as readers see them: some seconds ago, or as a fault has them."""
    wanted = ids(call, "InstanceIds", "ins", "InvalidInstanceId.Malformed")
    # The order is that of the region: nothing promises that it is that of the ids.
    names = [name for name in state.instances if wanted is None or name in wanted]
    shown = [_shown(state.instances[name], call, state.now) for name in names if _in_region(state, name, call)]
    records = selected([record for record in shown if record is not None], filters(call), INSTANCE_FILTERS)
    part = page(records, call.parameters, ("InvalidParameterValue", "InvalidParameterValue.LimitExceeded"))
    return {"TotalCount": len(records), "InstanceSet": part}


def describe_key_pairs(state: State, call: Call) -> dict[str, Any]:
    """The key pairs of the account with the instances that use them."""
    wanted = ids(call, "KeyIds", "skey", "InvalidKeyPairId.Malformed")
    pairs = [item.record for name, item in state.world.key_pairs.items() if wanted is None or name in wanted]
    records = selected(pairs, filters(call), KEY_FILTERS)
    part = page(records, call.parameters, ("InvalidParameterValueOffset", "InvalidParameterValueLimit"))
    uses = [(name, instance.seen(state.now)) for name, instance in state.instances.items()]
    return {
        "TotalCount": len(records),
        "KeyPairSet": [{**pair, "AssociatedInstanceIds": _users(pair["KeyId"], uses)} for pair in part],
    }


def reset_instance(state: State, call: Call) -> dict[str, Any]:
    """Accept a reinstallation; its end shows in DescribeInstances."""
    begin_reset(
        state,
        call.parameters,
        region=call.region,
        generation=call.generation,
        request_id=call.request_id,
        at=state.now,
        fails_with=call.fails_with,
    )
    state.accepted[call.parameters["InstanceId"]] += 1
    call.log["accepted"] = True
    return {}


def start_instances(state: State, call: Call) -> dict[str, Any]:
    """Start stopped instances; all or none."""
    return _power(state, call, "StartInstances", StopChargingMode="NOT_APPLICABLE")


def stop_instances(state: State, call: Call) -> dict[str, Any]:
    """Stop running instances; all or none."""
    _check_way(call, "ForceStop")
    mode = call.parameters.get("StoppedMode", "KEEP_CHARGING")
    if mode not in ("KEEP_CHARGING", "STOP_CHARGING"):
        raise ApiError("InvalidParameterValue", "StoppedMode must be KEEP_CHARGING or STOP_CHARGING.")
    extra = check_stop_charging if mode == "STOP_CHARGING" else None
    return _power(state, call, "StopInstances", extra, StopChargingMode=mode)


def reboot_instances(state: State, call: Call) -> dict[str, Any]:
    """Reboot running instances; all or none."""
    _check_way(call, "ForceReboot")
    return _power(state, call, "RebootInstances")


def _check_way(call: Call, older: str) -> None:
    """Raises InvalidParameterCombination or InvalidParameterValue for a wrong way to stop."""
    if older in call.parameters and "StopType" in call.parameters:
        raise ApiError("InvalidParameterCombination", f"{older} and StopType exclude each other.")
    if call.parameters.get("StopType", "SOFT") not in ("SOFT", "HARD", "SOFT_FIRST"):
        raise ApiError("InvalidParameterValue", "StopType must be SOFT, HARD or SOFT_FIRST.")


def _power(
    state: State, call: Call, name: str, check: Callable[[Instance], None] | None = None, **effects: Any
) -> dict[str, Any]:
    wanted = ids(call, "InstanceIds", "ins", "InvalidInstanceId.Malformed") or []
    missing = [item for item in wanted if not _in_region(state, item, call)]
    if missing:
        raise ApiError("InvalidInstanceId.NotFound", f"No instance found: {', '.join(missing)}.")
    instances = [state.instances[item] for item in dict.fromkeys(wanted)]
    for instance in instances:
        check_power(name, instance)
        if check is not None:
            check(instance)
    request_id = operation_id(call.request_id, state.world.request_ids)
    for instance in instances:
        operation = power_operation(name, request_id, state.world.power_seconds, **effects)
        start(state.schedule, instance, replace(operation, fails_with=call.fails_with), state.now)
    call.log["accepted"] = True
    return {}


def _in_region(state: State, name: str, call: Call) -> bool:
    return name in state.instances and state.instances[name].region == call.region


def _shown(instance: Instance, call: Call, now: float) -> Record | None:
    seen = instance.seen(now)
    view = next((kind for kind, name in call.views if name in (None, seen["InstanceId"])), None)
    record = seen if view is None else _VIEWS[view](instance, seen)
    return None if record is None else _without(instance, record)


def _without(instance: Instance, record: Record) -> Record:
    """The record as it is answered: without the fields that the world says it lacks."""
    missing = set(instance.attributes.get("missing") or [])
    if (record["LatestOperation"], record["LatestOperationState"]) == ("ResetInstance", "SUCCESS"):
        missing.update(instance.attributes.get("missing_after_reset") or [])
    return {name: value for name, value in record.items() if name not in missing}


def _torn(instance: Instance, seen: Record) -> Record:
    names = ("LatestOperation", "LatestOperationRequestId")
    return {**instance.before, **{name: instance.record[name] for name in names}, "Tags": seen["Tags"]}


_VIEWS: dict[str, Callable[[Instance, Record], Record | None]] = {
    "torn": _torn,
    "stale": lambda instance, seen: {**instance.before, "Tags": seen["Tags"]},
    "null": lambda instance, seen: {**seen, **dict.fromkeys(OPERATION_FIELDS)},
    "vanished": lambda instance, seen: None,
}


def _users(key_id: str, instances: list[tuple[str, Record]]) -> list[str]:
    return [name for name, record in instances if key_id in ((record["LoginSettings"] or {}).get("KeyIds") or [])]


_PAGE = {"Filters": FILTERS_SCHEMA, "Offset": int, "Limit": int}
_LEGACY_RESET = {
    "InstanceId": str,
    "ImageId": str,
    "SystemDisk": {"DiskType": str, "DiskId": str, "DiskSize": int},
    "LoginSettings": {"Password": str, "KeyIds": [str], "KeepImageLogin": str},
    "EnhancedService": {"SecurityService": {"Enabled": bool}, "MonitorService": {"Enabled": bool}},
}
_RESET = {
    **_LEGACY_RESET,
    "SystemDisk": {
        "DiskType": str,
        "DiskId": str,
        "DiskSize": int,
        "CdcId": str,
        "DiskName": str,
        "Encrypt": bool,
        "KmsKeyId": str,
    },
    "EnhancedService": {name: {"Enabled": bool} for name in ("SecurityService", "MonitorService", "AutomationService")},
    "HostName": str,
    "UserData": str,
}
_IDS = {"InstanceIds": [str]}
_STOP = {**_IDS, "ForceStop": bool, "StopType": str, "StoppedMode": str}
_REBOOT = {**_IDS, "ForceReboot": bool, "StopType": str}

ACTIONS = (
    Action("cvm", VERSION, "DescribeInstances", describe_instances, 40, {**_IDS, **_PAGE}),
    Action("cvm", VERSION, "DescribeKeyPairs", describe_key_pairs, 40, {"KeyIds": [str], **_PAGE}),
    Action("cvm", VERSION, "ResetInstance", reset_instance, 10, _RESET, ("InstanceId",), _LEGACY_RESET),
    Action("cvm", VERSION, "StartInstances", start_instances, 10, _IDS, ("InstanceIds",)),
    Action("cvm", VERSION, "StopInstances", stop_instances, 10, _STOP, ("InstanceIds",)),
    Action("cvm", VERSION, "RebootInstances", reboot_instances, 10, _REBOOT, ("InstanceIds",)),
)
