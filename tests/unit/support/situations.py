# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Situations for the tests of rules and plan: an everyday one, and what makes it another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.tencent.cloud.plugins.module_utils._engine.rules import Rule
from ansible_collections.tencent.cloud.plugins.module_utils._reset.desired import Context, Desired, Facts
from ansible_collections.tencent.cloud.plugins.module_utils._reset.rules_image import is_image_id
from ansible_collections.tencent.cloud.plugins.module_utils._reset.rules_login import is_key_id

INSTANCE_ID = "ins-00000001"
CURRENT = "img-current0"
TARGET = "img-target00"
KEY_ID = "skey-00000001"
PASSWORD = "Correct-Horse-7"

_INSTANCE = {
    "instance_id": INSTANCE_ID,
    "instance_name": "web-1",
    "instance_state": "RUNNING",
    "restrict_state": "NORMAL",
    "instance_charge_type": "POSTPAID_BY_HOUR",
    "stop_charging_mode": "NOT_APPLICABLE",
    "image_id": CURRENT,
    "os_name": "CentOS 7.6 64bit",
    "memory": 4,
    "license_type": "TencentCloud",
    "system_disk": {"disk_type": "CLOUD_PREMIUM", "disk_size": 50, "disk_id": "disk-00000001"},
    "private_ip_addresses": ["10.0.0.1", "10.0.0.2"],
    "tags": {"env": "test", "role": "web"},
    "disable_api_termination": False,
    "host_name": "web-1",
    "login_settings": {"key_ids": []},
    "latest_operation": "RunInstances",
    "latest_operation_state": "SUCCESS",
    "latest_operation_request_id": "request-0",
}
_IMAGE = {
    "image_name": "plain",
    "os_name": "CentOS 7.6 64bit",
    "platform": "CentOS",
    "image_type": "PUBLIC_IMAGE",
    "image_state": "NORMAL",
    "image_size": 20,
    "architecture": "x86_64",
    "license_type": "TencentCloud",
    "is_support_cloudinit": True,
    "image_deprecated": False,
}
WINDOWS = {"platform": "Windows", "os_name": "Windows Server 2012 R2 DataCenter 64bit EN"}


@dataclass(frozen=True)
class Case:
    """How a situation differs from the everyday one; ``instance``, ``image`` and ``current`` are laid over it.

    Attributes:
        desired: the arguments of Desired.
        image: the target image; None if there is none with that id.
        current: likewise, the image that the instance runs.
        key_pairs: the ids of those that exist.
    """

    desired: Mapping[str, Any] = field(default_factory=dict)
    instance: Mapping[str, Any] | None = field(default_factory=dict)
    image: Mapping[str, Any] | None = field(default_factory=dict)
    current: Mapping[str, Any] | None = field(default_factory=dict)
    key_pairs: tuple[str, ...] = (KEY_ID,)
    api: str = "v3"
    region: str = "ap-guangzhou"

    @property
    def context(self) -> Context:
        """The everyday situation, a reset to another image with a password, with the differences."""
        login = {} if {"password", "key_ids", "keep_image_login"} & set(self.desired) else {"password": PASSWORD}
        desired = Desired(**{"instance_id": INSTANCE_ID, "image_id": TARGET, **login, **self.desired})
        images = {desired.image_id or CURRENT: self.image, CURRENT: self.current}
        facts = Facts(
            self.api,
            self.region,
            instance=None if self.instance is None else {**_INSTANCE, **self.instance},
            images={name: {**_IMAGE, **image} for name, image in images.items() if image is not None},
            key_pairs={name: {"key_id": name} for name in self.key_pairs},
            asked=frozenset(["instance", *filter(is_image_id, images), *filter(is_key_id, desired.key_ids)]),
        )
        return Context(desired, facts)


def wants(**desired: Any) -> Case:
    """The everyday situation, with other wishes."""
    return Case(desired)


def windows(**desired: Any) -> Case:
    """Likewise, from Windows to Windows."""
    return Case(desired, current=WINDOWS, image=WINDOWS)


def is_(**instance: Any) -> Case:
    """Likewise, with another instance."""
    return Case(instance=instance)


def disk(**system_disk: Any) -> dict[str, Any]:
    """The system disk of the instance with some fields changed."""
    return {**_INSTANCE["system_disk"], **system_disk}  # type: ignore[dict-item]


def complaints(rules: tuple[Rule, ...], case: Case) -> set[tuple[str, str]]:
    """The options and codes of which these rules complain."""
    return {(rule.option, rule.codes[0]) for rule in rules if rule.find(case.context)}


def idle(rules: tuple[Rule, ...], cases: list[Case]) -> list[tuple[str, str]]:
    """The rules that none of the cases breaks."""
    return [(rule.option, rule.codes[0]) for rule in rules if not any(rule.find(case.context) for case in cases)]
