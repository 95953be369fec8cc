# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an action is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..state import State
from .call import Call
from .parameters import Schema

Handler = Callable[[State, Call], dict[str, Any]]


@dataclass(frozen=True)
class Action:
    """One line of the table of actions. ``rate`` is in calls a second; the older generation may know less."""

    service: str
    version: str
    name: str
    handler: Handler
    rate: int
    schema: Schema
    required: tuple[str, ...] = ()
    legacy_schema: Schema | None = None
    regional: bool = True
    generations: tuple[str, ...] = ("v3", "legacy")

    def schema_for(self, generation: str) -> Schema:
        """The parameters that a generation knows."""
        return self.legacy_schema if generation == "legacy" and self.legacy_schema is not None else self.schema
