# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The API's CamelCase records as the snake_case ones of this collection's results."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

Record = dict[str, Any]

_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@lru_cache(maxsize=4096)
def snake_case(name: str) -> str:
    """`InstanceId` -> `instance_id`, `CPU` -> `cpu`, `IPv6Addresses` -> `ipv6_addresses`."""
    return _BOUNDARY.sub("_", name.replace("IPv6", "Ipv6")).lower()


def record(value: Any) -> Any:
    """A decoded answer with snake_case keys at every depth; `Tags` lists become a dict of key and value."""
    if isinstance(value, dict):
        return {snake_case(key): _tags(item) if key == "Tags" else record(item) for key, item in value.items()}
    if isinstance(value, list):
        return [record(item) for item in value]
    return value


def _tags(tags: Any) -> dict[str, str]:
    listed = tags if isinstance(tags, list) else []
    return {str(tag["Key"]): tag.get("Value") or "" for tag in listed if isinstance(tag, dict) and "Key" in tag}
