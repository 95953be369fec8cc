# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The CAM actions that are documented to be needed: the table of the guide on authentication, read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from tests.documents import table
from tests.simulator.server.table import TABLE

GUIDE = "docs/docsite/rst/guide_authentication.rst"
EVERYBODY = "all of these"
INVENTORY = "inventory plugin cvm"
FREE = {"sts:GetCallerIdentity"}
"""What no policy has to allow, as the guide says."""


class Permission(NamedTuple):
    """An action, and the words of the guide on when it is needed; nothing: always."""

    action: str
    only: str

    def is_needed(self, options: Mapping[str, Any]) -> bool:
        """Whether it is, with these options."""
        word, _blank, condition = self.only.partition(" ")
        if not word:
            return True
        holds = any(_holds(one, options) for one in condition.split(" or "))
        return {"with": holds, "without": not holds}[word]


def _holds(condition: str, options: Mapping[str, Any]) -> bool:
    """`name` of an option wherever it stands, or `name: value`."""
    name, _colon, value = condition.partition(": ")
    given = _anywhere(name, options)
    return bool(given) and (not value or str(given).replace("'", "") == value)


def _anywhere(name: str, options: Mapping[str, Any]) -> Any:
    inner = (value for value in options.values() if isinstance(value, Mapping))
    return options.get(name) or next(filter(None, (_anywhere(name, one) for one in inner)), None)


@cache
def permissions() -> dict[str, list[Permission]]:
    """The permissions by what needs them: modules, `INVENTORY`, `EVERYBODY`."""
    found: dict[str, list[Permission]] = {}
    names: list[str] = []
    for who, action, only in table(GUIDE, "permissions"):
        names = who.split(", ") if who else names
        for name in names:
            found.setdefault(name, []).append(Permission(action, only))
    return found


def needed(who: str, options: Mapping[str, Any]) -> set[str]:
    """The actions that are needed with these options."""
    every = [*permissions().get(who, []), *permissions()[EVERYBODY]]
    return {permission.action for permission in every if permission.is_needed(options)}


def called(calls: Iterable[Mapping[str, Any]]) -> set[str]:
    """The actions that a simulator has seen, as CAM names them."""
    services = {name: service for service, _version, name in TABLE}
    return {f"{services[call['action']]}:{call['action']}" for call in calls} - FREE
