# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What a reset is asked to do, and what is known before it: the input of the rules and of the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .request import ResetRequest

Record = Mapping[str, Any]

RESET = "ResetInstance"
"""The action, and the name of its operation."""

SERVICES = ("security_service", "monitor_service", "automation_service")


@dataclass(frozen=True)
class Desired(ResetRequest):
    """What the task asks for: the request, and when it may be sent. None, and an empty value, mean "not given".

    Attributes:
        idempotency_key: with the policy `once`, what identifies the reset.
        expected: what the instance must be like before it is touched.
    """

    policy: str = "always"
    idempotency_key: str | None = None
    expected: Mapping[str, Any] = field(default_factory=dict)
    override_protection: bool = False


class Facts(NamedTuple):
    """What was read. A thing that could not be asked for, since its id is malformed, is missing.

    Attributes:
        instance: None if the API knows no such instance, or it was not asked.
        images: the target and the current image by id, those that exist.
        key_pairs: those of the wanted key pairs that exist, by id.
        asked: what was asked for: `instance`, image ids, key ids.
        read_at: when the instance was asked for (seconds of `boottime`).
    """

    api: str
    region: str
    instance: Record | None = None
    images: Mapping[str, Record] = {}
    key_pairs: Mapping[str, Record] = {}
    asked: frozenset[str] = frozenset()
    read_at: float = 0.0


class Context(NamedTuple):
    """What is desired and what is known together, with the questions that rules and plan ask of them."""

    desired: Desired
    facts: Facts

    @property
    def instance(self) -> Record:
        """The instance, empty when unknown."""
        return self.facts.instance or {}

    @property
    def current_image_id(self) -> str | None:
        """The image the instance runs."""
        return self.instance.get("image_id")

    @property
    def target_image_id(self) -> str | None:
        """The image it will run: the wanted one, or else the current one."""
        return self.desired.image_id or self.current_image_id

    @property
    def current_image(self) -> Record:
        """The image the instance runs, empty when it is gone."""
        return self.facts.images.get(self.current_image_id or "", {})

    @property
    def target_image(self) -> Record:
        """The image it will run, empty when it is unknown."""
        return self.facts.images.get(self.target_image_id or "", {})

    @property
    def current_platform(self) -> str | None:
        """`Windows` or `Linux`, from the current image or, when that is gone, from the instance's OS name."""
        return platform_family(self.current_image.get("platform") or self.instance.get("os_name"))

    @property
    def target_platform(self) -> str | None:
        """`Windows` or `Linux`, of the image to come."""
        if not self.desired.image_id or self.desired.image_id == self.current_image_id:
            return self.current_platform
        return platform_family(self.target_image.get("platform") or self.target_image.get("os_name"))

    @property
    def switches_platform(self) -> bool:
        """Whether it goes from Linux to Windows or back."""
        return None not in (self.current_platform, self.target_platform) and (
            self.current_platform != self.target_platform
        )

    @property
    def system_disk(self) -> Record:
        """The instance's system disk, empty when unknown."""
        return self.instance.get("system_disk") or {}

    @property
    def disk_size_after(self) -> int | None:
        """GiB of the system disk after the reset."""
        return self.desired.disk_size if self.desired.disk_size is not None else self.system_disk.get("disk_size")

    @property
    def login_methods(self) -> list[str]:
        """The options among the three exclusive ones that are really set."""
        given = {
            "password": self.desired.password,
            "key_ids": self.desired.key_ids,
            "keep_image_login": self.desired.keep_image_login,
        }
        return [name for name, value in given.items() if value]


def platform_family(name: Any) -> str | None:
    """`Windows` or `Linux`, by the name of a platform or an operating system; None without one."""
    if not name:
        return None
    return "Windows" if "windows" in str(name).lower() else "Linux"
