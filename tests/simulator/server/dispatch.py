# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way of one call from its signature to its result."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from ..state import State
from . import signatures, table
from .action import Action
from .call import Call
from .errors import GatewayError, throttled
from .gateway import is_loopback
from .parameters import checked, require


def process(state: State, call: Call) -> dict[str, Any]:
    """The result of a call; raises ApiError."""
    action = table.find(call)
    call.key = signatures.verify(call, state.keys, state.nonces, state.server_time)
    if action.regional:
        _check_region(state, call)
    _check_permission(state, call, action)
    _check_rate(state, call, action)
    call.parameters = checked(action.schema_for(call.generation), call.parameters, text=call.coded_as_form)
    require(call.parameters, action.required)
    result = action.handler(state, call)
    if call.log["accepted"]:
        state.accepted_calls[call.action] += 1
    return result


def _check_region(state: State, call: Call) -> None:
    if not call.region:
        raise GatewayError("MissingParameter", "The request is missing the parameter `Region`.")
    region = state.world.regions.get(call.region)
    if region is None:
        raise GatewayError("UnsupportedRegion", f"The region `{call.region}` is not supported.")
    host = call.request.host
    if region.get("financial") and call.region not in host and not is_loopback(host):
        raise GatewayError("UnsupportedRegion", f"The region `{call.region}` has a domain of its own.")


def _check_permission(state: State, call: Call, action: Action) -> None:
    name = f"{action.service}:{action.name}"
    denied = [pattern.rpartition("/")[2] for pattern in state.world.denied_actions]
    if not any(fnmatchcase(name, pattern) or pattern == action.name for pattern in denied):
        return
    resource = f"instance/{call.instance_ids[0]}" if call.instance_ids else "*"
    raise GatewayError(
        "AuthFailure.UnauthorizedOperation",
        f"[request id:{call.request_id}] you are not authorized to perform operation ({name}) on resource "
        f"(qcs::{action.service}:{call.region}:uin/{state.world.account_id}:{resource}), has no permission.",
    )


def _check_rate(state: State, call: Call, action: Action) -> None:
    rate = state.world.request_limits.get(action.name, action.rate)
    if state.world.rate_limits and not state.limiter.admit(f"{action.service}:{action.name}", rate, state.now):
        raise throttled(call.language, rate)
