# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The paths by which a test steers the simulator. They are not part of the API and are not signed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .wire import HttpRequest, Reply, json_reply

if TYPE_CHECKING:
    from ..core import Simulator

PREFIX = "/_control/"


def answer(simulator: Simulator, request: HttpRequest) -> Reply:
    """Carry out one control request; 400 with the reason when it makes no sense."""
    command = _COMMANDS.get((request.method, request.path[len(PREFIX) :]))
    if command is None:
        return json_reply({"error": f"no such control path: {request.method} {request.path}"}, 404)
    try:
        body = json.loads(request.body) if request.body else None
        return json_reply(command(simulator, body))
    except (ValueError, TypeError, AttributeError) as error:
        return json_reply({"error": str(error)}, 400)


def _faults(simulator: Simulator, body: Any) -> Any:
    simulator.faults(body or [])
    return {"planned": len(body or [])}


def _hold(simulator: Simulator, body: Any) -> Any:
    for entry in body if isinstance(body, list) else [body]:
        simulator.hold(entry)
    return {}


def _release(simulator: Simulator, body: Any) -> Any:
    body = body or {}
    return {"released": simulator.release(body.get("id"), discard=bool(body.get("discard", False)))}


def _world(simulator: Simulator, body: Any) -> Any:
    simulator.replace_world(body)
    return {}


_COMMANDS: dict[tuple[str, str], Callable[[Simulator, Any], Any]] = {
    ("GET", "state"): lambda simulator, body: simulator.snapshot(),
    ("POST", "faults"): _faults,
    ("POST", "hold"): _hold,
    ("POST", "release"): _release,
    ("POST", "world"): _world,
}
