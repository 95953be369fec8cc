# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters and pages of the Describe actions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..cvm.reset_checks import identifier
from .call import Call
from .errors import ApiError

FILTERS_LIMIT = 10
VALUES_LIMIT = 5
IDS_LIMIT = 100
PAGE_LIMIT = 100
PAGE_DEFAULT = 20

Record = Mapping[str, Any]
Match = Callable[[Record, str], bool]

FILTERS_SCHEMA = [{"Name": str, "Values": [str]}]


def equals(*path: str) -> Match:
    """The field at this path equals the wanted value; of a list, one item does."""

    def match(record: Record, wanted: str) -> bool:
        value: Any = record
        for name in path:
            value = (value or {}).get(name)
        values = value if isinstance(value, list) else [value]
        return wanted in [str(item) for item in values if item is not None]

    return match


def contains(name: str) -> Match:
    """The field contains the wanted text."""
    return lambda record, wanted: wanted.lower() in str(record.get(name) or "").lower()


def tagged(part: str) -> Match:
    """A tag has the wanted key or value."""
    return lambda record, wanted: any(tag[part] == wanted for tag in record.get("Tags") or [])


TAG_FILTERS: dict[str, Match] = {"tag-key": tagged("Key"), "tag-value": tagged("Value")}


def ids(call: Call, name: str, kind: str, malformed: str, with_filters: str = "InvalidParameter") -> list[str] | None:
    """The ids of a call, checked; None when it names none. The codes are those of the action."""
    wanted: list[str] | None = call.parameters.get(name) or None
    if wanted is None:
        return None
    if call.parameters.get("Filters"):
        raise ApiError(with_filters, f"{name} and Filters exclude each other.")
    if len(wanted) > IDS_LIMIT:
        raise ApiError("InvalidParameterValue.LimitExceeded", f"At most {IDS_LIMIT} {name} are allowed.")
    for value in wanted:
        if not identifier(kind, value):
            raise ApiError(malformed, f"The ID `{value}` is malformed.")
    return wanted


def filters(call: Call) -> list[dict[str, Any]]:
    """The filters of a call."""
    return call.parameters.get("Filters") or []


def selected(
    records: Iterable[Record],
    wanted: list[dict[str, Any]],
    known: Mapping[str, Match],
    *,
    values_limit: int = VALUES_LIMIT,
    too_many: str = "InvalidFilterValue.LimitExceeded",
) -> list[Record]:
    """The records that match all filters, each by one of its values; raises InvalidFilter and the limits' code."""
    if len(wanted) > FILTERS_LIMIT or any(len(item.get("Values") or []) > values_limit for item in wanted):
        raise ApiError(too_many, f"At most {FILTERS_LIMIT} filters of {values_limit} values each are allowed.")
    tests = [(_match(item.get("Name", ""), known), item.get("Values") or []) for item in wanted]
    return [record for record in records if all(any(test(record, value) for value in values) for test, values in tests)]


def page(records: list[Record], parameters: Mapping[str, Any], codes: tuple[str, str]) -> list[Record]:
    """The page that Offset and Limit ask for; ``codes`` are the action's codes for a wrong offset and limit."""
    offset, limit = parameters.get("Offset", 0), parameters.get("Limit", PAGE_DEFAULT)
    if offset < 0:
        raise ApiError(codes[0], "Offset must not be negative.")
    if not 1 <= limit <= PAGE_LIMIT:
        raise ApiError(codes[1], f"Limit must be from 1 to {PAGE_LIMIT}.")
    return records[offset : offset + limit]


def _match(name: str, known: Mapping[str, Match]) -> Match:
    if name.startswith("tag:"):
        key = name[4:]
        return lambda record, wanted: any(
            (tag["Key"], tag["Value"]) == (key, wanted) for tag in record.get("Tags") or []
        )
    if name not in known:
        raise ApiError("InvalidFilter", f"The filter `{name}` is not supported.")
    return known[name]
