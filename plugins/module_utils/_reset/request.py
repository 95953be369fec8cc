# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What ResetInstance is asked for, and how it goes over the wire."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_SERVICES = {
    "security_service": "SecurityService",
    "monitor_service": "MonitorService",
    "automation_service": "AutomationService",
}


@dataclass(frozen=True)
class ResetRequest:
    """The one copy of what is asked for; None, and an empty value, leave it to the API.

    Attributes:
        disk_size: GiB of the system disk.
        enhanced_service: the services to switch on or off; the others keep the API's default.
        user_data: plain text, encoded on the way.
    """

    instance_id: str
    image_id: str | None = None
    disk_size: int | None = None
    password: str | None = field(default=None, repr=False)
    key_ids: tuple[str, ...] = ()
    keep_image_login: bool = False
    enhanced_service: Mapping[str, bool] = field(default_factory=dict)
    host_name: str | None = None
    user_data: str | None = field(default=None, repr=False)

    def as_wire(self) -> dict[str, Any]:
        """The parameters by the API's names. `KeepImageLogin` is a string there, the services are booleans."""
        login: dict[str, Any] = {}
        if self.password:
            login["Password"] = self.password
        if self.key_ids:
            login["KeyIds"] = list(self.key_ids)
        if self.keep_image_login:
            login["KeepImageLogin"] = "TRUE"
        wire: dict[str, Any] = {
            "InstanceId": self.instance_id,
            "ImageId": self.image_id,
            "SystemDisk": {"DiskSize": self.disk_size} if self.disk_size is not None else None,
            "LoginSettings": login or None,
            "EnhancedService": {
                _SERVICES[name]: {"Enabled": enabled} for name, enabled in self.enhanced_service.items()
            },
            "HostName": self.host_name,
            "UserData": encoded_user_data(self.user_data) if self.user_data else None,
        }
        return {name: value for name, value in wire.items() if value not in (None, {})}


def encoded_user_data(text: str) -> str:
    """User data as the API takes it: base64."""
    return base64.b64encode(text.encode(errors="surrogateescape")).decode()
