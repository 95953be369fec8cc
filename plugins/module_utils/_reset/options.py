# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The options of a reset, and what they mean to the engine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .._engine.timing import WAIT_SPEC, time_problems
from .._problems import Problem, invalid
from .desired import SERVICES, Desired

RESET_SPEC: dict[str, Any] = {
    "instance_id": {"type": "str", "required": True},
    "image_id": {"type": "str"},
    "system_disk": {"type": "dict", "options": {"disk_size": {"type": "int"}}},
    "login_settings": {
        "type": "dict",
        "options": {
            "password": {"type": "str", "no_log": True},
            "key_ids": {"type": "list", "elements": "str", "no_log": False},
            "keep_image_login": {"type": "bool", "default": False},
        },
    },
    "enhanced_service": {"type": "dict", "options": {name: {"type": "bool"} for name in SERVICES}},
    "host_name": {"type": "str"},
    "user_data": {"type": "str", "no_log": True},
    "policy": {"type": "str", "choices": ["always", "image_differs", "once"], "default": "always"},
    "idempotency_key": {"type": "str", "no_log": False},
    "attach": {"type": "str"},
    "expected": {
        "type": "dict",
        "options": {
            "instance_name": {"type": "str"},
            "image_id": {"type": "str"},
            "private_ip_address": {"type": "str"},
            "tags": {"type": "dict"},
        },
    },
    "override_protection": {"type": "bool", "default": False},
    **WAIT_SPEC,
    "settle_seconds": {"type": "int", "default": 375},
    "wait_until_idle": {"type": "int", "default": 0},
}


def option_problems(options: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[Problem]:
    """All that is wrong with the options and is not left to the preflight rules; the arguments are those of
    `request_problems`."""
    yield from request_problems(options, given)
    yield from time_problems(options)


def request_problems(options: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with the options that say what is asked of one instance.

    Args:
        options: as Ansible completes them.
        given: as the task gives them; an option that is left out is not there.
    """
    if options["policy"] == "image_differs" and not options["image_id"]:
        yield invalid(
            "image_id", "It is empty, and policy image_differs compares with it.", "Give the image to install."
        )
    if options["idempotency_key"] and options["policy"] != "once":
        yield invalid("idempotency_key", "It has no effect with this policy.", "Set policy: once, or leave it out.")
    yield from _emptied(given)
    login = options["login_settings"] or {}
    texts = {"login_settings.password": login.get("password"), "host_name": options["host_name"]}
    for name, text in {**texts, "user_data": options["user_data"]}.items():
        if not _can_be_sent(str(text), "surrogateescape" if name == "user_data" else "strict"):
            yield invalid(name, "It contains an invalid character.", "Give text that is valid Unicode.")


def _emptied(given: Mapping[str, Any]) -> Iterator[Problem]:
    """Guards that a template emptied: without them the task would do what they are there to prevent."""
    attach = given.get("attach")
    if "attach" in given and not re.fullmatch(r"[0-9A-Za-z-]{8,}", str(attach or "")):
        yield invalid(
            "attach",
            "It is empty or not a RequestId, and without one the instance would be reset.",
            "Give the request_id of the reset to wait for.",
        )
    expected = given.get("expected")
    if "expected" in given and not expected:
        yield invalid("expected", "It is empty, so it would guard nothing.", "Give what is expected, or leave it out.")
    empty = [name for name, value in expected.items() if value in (None, {})] if isinstance(expected, Mapping) else []
    for name in empty:
        yield invalid(f"expected.{name}", "It has no value, so it would guard nothing.", "Give one, or leave it out.")


def _can_be_sent(text: str, errors: str) -> bool:
    try:
        text.encode(errors=errors)
    except UnicodeEncodeError:
        return False
    return True


def desired(options: Mapping[str, Any]) -> Desired:
    """What is asked for."""
    login = options["login_settings"] or {}
    services = options["enhanced_service"] or {}
    return Desired(
        instance_id=options["instance_id"],
        image_id=options["image_id"] or None,
        disk_size=(options["system_disk"] or {}).get("disk_size"),
        password=login.get("password"),
        key_ids=tuple(login.get("key_ids") or ()),
        keep_image_login=bool(login.get("keep_image_login")),
        enhanced_service={name: enabled for name, enabled in services.items() if enabled is not None},
        host_name=options["host_name"],
        user_data=options["user_data"],
        policy=options["policy"],
        idempotency_key=options["idempotency_key"],
        expected={name: value for name, value in (options["expected"] or {}).items() if value is not None},
        override_protection=options["override_protection"],
    )
