# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One API call on its way through the simulator."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import uuid4

from .credentials import Key
from .wire import HttpRequest

Generation = Literal["v3", "legacy"]


@dataclass
class Call:
    """A request read as an API call, and what is known of its end.

    ``parameters`` are nested and, after the check against the action's schema, typed. ``key`` is what signed it, once
    that is verified. ``fails_with`` and ``views`` come from the plan of faults: how the operation ends, and how readers
    see instances; ``repeated``: a copy comes first.
    ``log`` is the entry that the state shows: names and codes, never values.
    """

    request: HttpRequest
    generation: Generation
    signed_form: dict[str, str]
    action: str
    version: str
    region: str
    token: str
    timestamp: str
    service: str
    parameters: dict[str, Any] = field(default_factory=dict)
    key: Key | None = None
    request_id: str = field(default_factory=lambda: str(uuid4()))
    at: float = 0.0
    fails_with: str | None = None
    views: list[tuple[str, str | None]] = field(default_factory=list)
    repeated: bool = False
    log: dict[str, Any] = field(default_factory=dict)

    @property
    def coded_as_form(self) -> bool:
        """Whether every value arrived as text (query or form body)."""
        return bool(self.signed_form) or self.request.method == "GET"

    @property
    def language(self) -> str:
        """The language that the texts of errors are wanted in, or nothing."""
        return self.request.header("x-tc-language") or self.signed_form.get("Language", "")

    @property
    def instance_ids(self) -> list[str]:
        """The instances that the call names; the tag service calls them resources, and describes them in segments."""
        described = resource_of(self.parameters.get("Resource"))
        lists = [item for name in ("InstanceIds", "ResourceIds") for item in _as_list(self.parameters.get(name))]
        named = [self.parameters.get("InstanceId"), described and described[0], *lists]
        return [value for value in named if isinstance(value, str)]


def resource_of(description: Any) -> tuple[str, str] | None:
    """The instance and the region that ``qcs::cvm:REGION:uin/ACCOUNT:instance/ID`` names; None for anything else."""
    found = re.fullmatch(r"qcs::cvm:([a-z0-9-]+):uin/\d*:instance/(ins-\w+)", str(description))
    return (found[2], found[1]) if found else None


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
