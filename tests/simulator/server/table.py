# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of all actions. A new one is a line in its service's file and one function."""

from __future__ import annotations

from ..cbs import actions as cbs
from ..cvm import actions as cvm
from ..cvm import image_actions
from ..region import actions as region
from ..sts import actions as sts
from ..tag import actions as tag
from .action import Action
from .call import Call
from .errors import GatewayError

_ALL = (*cvm.ACTIONS, *image_actions.ACTIONS, *cbs.ACTIONS, *region.ACTIONS, *sts.ACTIONS, *tag.ACTIONS)
TABLE: dict[tuple[str, str, str], Action] = {(action.service, action.version, action.name): action for action in _ALL}
_SERVICES = {service for service, _version, _name in TABLE}
_VERSIONS = {(service, version) for service, version, _name in TABLE}
_BY_VERSION = {(version, name): action for (_service, version, name), action in TABLE.items()}


def find(call: Call) -> Action:
    """The action that a call names; raises GatewayError. Without a service (loopback) version and name decide."""
    for name, value in (("Action", call.action), ("Version", call.version)):
        if not value:
            raise GatewayError("MissingParameter", f"The request is missing the parameter `{name}`.")
    if not call.service:
        action = _BY_VERSION.get((call.version, call.action))
    else:
        if call.service not in _SERVICES:
            raise GatewayError("NoSuchProduct", f"The product `{call.service}` does not exist.")
        if (call.service, call.version) not in _VERSIONS:
            raise GatewayError("NoSuchVersion", f"The version `{call.version}` does not exist.")
        action = TABLE.get((call.service, call.version, call.action))
    if action is None or call.generation not in action.generations:
        raise GatewayError("InvalidAction", f"The requested action `{call.action}` is invalid or not found.")
    return action
