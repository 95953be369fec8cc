# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The options of a reset, and what they mean to the engine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.tencent.cloud.plugins.module_utils._errors import OptionError
from ansible_collections.tencent.cloud.plugins.module_utils._identity_advice import TIMESTAMP_VALID_SECONDS
from ansible_collections.tencent.cloud.plugins.module_utils._reset_facts import SERVICES, Wanted
from ansible_collections.tencent.cloud.plugins.module_utils._reset_follow import Timing

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
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 1800},
    "wait_interval": {"type": "float", "default": 5.0},
    "settle_seconds": {"type": "int", "default": 375},
    "wait_until_idle": {"type": "int", "default": 0},
}

_SECONDS = {
    "wait_timeout": (1, 604800),
    "wait_interval": (0.1, 3600),
    "settle_seconds": (1, 86400),
    "wait_until_idle": (0, 604800),
}
"""The least and the most of each time."""


def wanted(options: Mapping[str, Any]) -> Wanted:
    """What is asked for. Raises OptionError where an empty image_id would make another task of it."""
    if options["policy"] == "image_differs" and not options["image_id"]:
        raise OptionError(
            "image_id", "it is empty, and policy image_differs compares with it.", "Give the image to install."
        )
    if options["idempotency_key"] and options["policy"] != "once":
        raise OptionError(
            "idempotency_key", "it counts for nothing here, and every run would reset.", "Set policy: once."
        )
    login = options["login_settings"] or {}
    _check_texts({**login, "host_name": options["host_name"], "user_data": options["user_data"]})
    services = options["enhanced_service"] or {}
    return Wanted(
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


def check_given(given: Mapping[str, Any]) -> None:
    """Refuse guards that a template emptied: without them the task would do what they are there to prevent.

    Args:
        given: the options as the task gives them; an option that is left out is not there.
    """
    attach = given.get("attach")
    if "attach" in given and not re.fullmatch(r"[0-9A-Za-z-]{8,}", str(attach or "")):
        raise OptionError(
            "attach", "it is empty or no RequestId, and without one the instance would be reset.", "Give one."
        )
    expected = given.get("expected")
    empty = [name for name, value in expected.items() if value in (None, {})] if isinstance(expected, Mapping) else []
    if empty:
        raise OptionError(
            "expected", f"{', '.join(empty)} has no value, and would guard nothing.", "Give one, or omit it."
        )


def _check_texts(texts: Mapping[str, Any]) -> None:
    for name, text in texts.items():
        try:
            str(text).encode(errors="surrogateescape" if name == "user_data" else "strict")
        except UnicodeEncodeError:
            raise OptionError(name, "it holds something that is no character.", "Give text.") from None


def timing(options: Mapping[str, Any]) -> Timing:
    """How long to wait. Raises OptionError for times that would break a promise, or are none."""
    if options["settle_seconds"] < TIMESTAMP_VALID_SECONDS:
        raise OptionError(
            "settle_seconds",
            f"{options['settle_seconds']} is less than the {TIMESTAMP_VALID_SECONDS} seconds for which a sent request "
            "can still be accepted: a reset could run twice.",
            f"Give {TIMESTAMP_VALID_SECONDS} or more.",
        )
    for name, (least, most) in _SECONDS.items():
        if not least <= options[name] <= most:
            raise OptionError(name, "it is no time to wait.", f"Give {least:g} to {most:g} seconds.")
    return Timing(
        wait=options["wait"],
        wait_timeout=options["wait_timeout"],
        wait_interval=options["wait_interval"],
        settle_seconds=options["settle_seconds"],
        state_lag=options["settle_seconds"] - TIMESTAMP_VALID_SECONDS,
        max_attempts=options["max_attempts"],
        wait_until_idle=options["wait_until_idle"],
    )
