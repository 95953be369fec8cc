# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What a reset would do: from what is wanted and known to a plan. Pure."""

from __future__ import annotations

from typing import Any, NamedTuple

from .._engine.rules import broken
from .._problems import Problem
from .desired import RESET, SERVICES, Context, Desired, Facts
from .preflight import RULES

_LOGIN_TEXTS = {
    "password": "password",
    "key_ids": "key pairs {key_ids}",
    "keep_image_login": "as in the image",
}
_RANDOM_LOGIN = "random password, sent to the message centre"
_NOT_REPORTED = "not reported by the API"


class Plan(NamedTuple):
    """What would happen.

    Attributes:
        before: the instance as it is, in the terms of the diff.
        after: the instance as it will be.
        problems: why it would not work, all of them.
        warnings: what may not work, or may surprise.
        needed: false when the policy finds nothing to do.
    """

    before: dict[str, Any]
    after: dict[str, Any]
    problems: list[Problem]
    warnings: list[Problem]
    needed: bool


def make_plan(context: Context) -> Plan:
    """The plan for a situation; it asks nobody and changes nothing."""
    needed = _needed(context)
    problems = broken(RULES, context)
    if not needed:
        # A second run meets what the first one made; "expected" describes what was there before it.
        problems = [problem for problem in problems if problem.option != "expected"]
    before = _before(context)
    return Plan(
        before=before,
        after=_after(context) if needed else before,
        problems=problems,
        warnings=broken(RULES, context, hard=False) if needed else [],
        needed=needed,
    )


def problems_offline(desired: Desired, api: str) -> list[Problem]:
    """What is wrong by itself, whatever the API would say of the instance, the images and the keys."""
    return broken(RULES, Context(desired, Facts(api, "")))


def _needed(s: Context) -> bool:
    if s.desired.policy != "image_differs" or not s.facts.instance or s.current_image_id != s.desired.image_id:
        return True
    latest = (s.instance.get("latest_operation"), s.instance.get("latest_operation_state"))
    return latest == (RESET, "FAILED")


def _before(s: Context) -> dict[str, Any]:
    keys = (s.instance.get("login_settings") or {}).get("key_ids") or []
    return {
        "instance_state": s.instance.get("instance_state"),
        "image_id": s.current_image_id,
        "image_name": s.current_image.get("image_name"),
        "os_name": s.instance.get("os_name"),
        "platform": s.current_platform,
        "system_disk": {
            "disk_id": s.system_disk.get("disk_id"),
            "disk_size": s.system_disk.get("disk_size"),
            "content": "kept",
        },
        "host_name": s.instance.get("host_name"),
        "login": f"key pairs {', '.join(sorted(keys))}" if keys else _NOT_REPORTED,
        "enhanced_service": dict.fromkeys(SERVICES, _NOT_REPORTED),
    }


def _after(s: Context) -> dict[str, Any]:
    disk_id = s.system_disk.get("disk_id")
    if s.switches_platform:
        disk_id = f"perhaps another one; snapshots of {disk_id} could then not be restored to it"
    return {
        # A stopped one is started, too.
        "instance_state": "RUNNING",
        "image_id": s.target_image_id,
        "image_name": s.target_image.get("image_name"),
        "os_name": s.target_image.get("os_name") or s.instance.get("os_name"),
        "platform": s.target_platform,
        "system_disk": {"disk_id": disk_id, "disk_size": s.disk_size_after, "content": "wiped"},
        "host_name": s.desired.host_name or "left to the API",
        "login": _login(s),
        "enhanced_service": {name: _service(s, name) for name in SERVICES},
    }


def _login(s: Context) -> str:
    text = _LOGIN_TEXTS[s.login_methods[0]] if s.login_methods else _RANDOM_LOGIN
    return text.format(key_ids=", ".join(sorted(s.desired.key_ids)))


def _service(s: Context, name: str) -> str:
    """What the documents say of a service that is not asked for: the legacy one switches two on for every image,
    the present one only for public images and leaves the others as they are in the image."""
    if name in s.desired.enhanced_service:
        return "on" if s.desired.enhanced_service[name] else "off"
    if s.facts.api == "v2":
        return "not known to the legacy API" if name == "automation_service" else "on (default of the API)"
    public = s.target_image.get("image_type") == "PUBLIC_IMAGE"
    return "on (default of the API)" if public else "as in the image (default of the API)"
