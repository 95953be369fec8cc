# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Lists of the API: filters on the way in, pages on the way out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from .._clock import Deadline
from .._errors import ApiError, BadAnswer, OptionError
from .._problems import Problem, problems_of
from .client import Client, Service
from .transform import Record, record

PAGE = 100
"""Records per page, and ids per call: the API's maximum."""

FILTER_NAMES = 10
FILTER_VALUES = 5
"""The most filters per call, and the most values per filter."""

CALLS = 100
"""How many calls one set of filters may need."""

KNOWN_VALUES: dict[str, tuple[str, ...]] = {
    "instance-state": (
        *("PENDING", "LAUNCH_FAILED", "RUNNING", "STOPPED", "STARTING", "STOPPING", "REBOOTING", "SHUTDOWN"),
        *("TERMINATING", "ENTER_RESCUE_MODE", "RESCUE_MODE", "EXIT_RESCUE_MODE"),
        *("ENTER_SERVICE_LIVE_MIGRATE", "SERVICE_LIVE_MIGRATE", "EXIT_SERVICE_LIVE_MIGRATE"),
    ),
    "instance-charge-type": ("PREPAID", "POSTPAID_BY_HOUR", "CDHPAID", "SPOTPAID", "CDCPAID"),
    "image-type": ("PUBLIC_IMAGE", "PRIVATE_IMAGE", "SHARED_IMAGE", "MARKET_IMAGE"),
}
"""The values of filters that have a fixed set (DescribeInstances, DescribeImages); the API finds nothing by others."""


class Listing(NamedTuple):
    """How things of one kind are listed.

    Attributes:
        ids: the parameter that names them.
        result: the name of the list in the answer.
        key: the id of a record.
    """

    service: Service
    action: str
    ids: str
    result: str
    key: str


def find(
    client: Client,
    listing: Listing,
    ids: Sequence[str] = (),
    filters: Mapping[str, Any] | None = None,
    deadline: Deadline | None = None,
    **others: Any,
) -> dict[str, Record]:
    """Things by ids, or else by filters, or else all; keyed by id. Ids that name nothing are left out.

    Raises OptionError for filters that no call can have.

    Args:
        others: more parameters of each call.
    """
    asked = queries(listing.ids, ids, filters)
    found = [one for query in asked for one in _known(client, listing, {**query, **others}, deadline)]
    by_id = {str(one.get(listing.key)): one for one in found}
    return {one: by_id[one] for one in ids if one in by_id} if ids else by_id


def _known(client: Client, listing: Listing, query: Mapping[str, Any], deadline: Deadline | None) -> list[Record]:
    """What one query finds. For one unknown or malformed id, neither of which names anything, the API may refuse the
    others too: so they are split up."""
    ids = query.get(listing.ids, [])
    try:
        return listed(client, listing.service, listing.action, query, listing.result, deadline=deadline, most=len(ids))
    except ApiError as error:
        if not ids or not error.code.endswith((".NotFound", ".Malformed")):
            raise
    half = len(ids) // 2
    parts = (ids[:half], ids[half:]) if half else ()
    return [one for part in parts for one in _known(client, listing, {**query, listing.ids: part}, deadline)]


def listed(
    client: Client,
    service: Service,
    action: str,
    params: Mapping[str, Any],
    result: str,
    *,
    page: int = PAGE,
    most: int = 0,
    deadline: Deadline | None = None,
) -> list[Record]:
    """All records of an action that pages, in snake_case.

    A page that is shorter than asked for is not taken for the last: `TotalCount` says how many there are, and where it
    is missing an empty page is the end.

    Args:
        result: the name of the list in the answer.
        page: how many records to ask for at a time.
        most: how many there can be; 0 if not known.
    """
    records: list[Record] = []
    while True:
        answer = client.read(service, action, {**params, "Offset": len(records), "Limit": page}, deadline)
        found = answer.get(result)
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise BadAnswer(f"The answer has no {result}.", request_id=answer["RequestId"], action=action)
        records += (record(one) for one in found)
        total = answer.get("TotalCount")
        if not found or len(records) >= (total if isinstance(total, int) and total else most or math.inf):
            return records


def queries(parameter: str, ids: Sequence[str], filters: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The parameters of each call that together list what has the ids, or else what fits the filters, or else all.

    A call takes either ids or filters.

    Args:
        parameter: the name of the list of ids.
    """
    if ids:
        return [{parameter: part} for part in chunks(ids)]
    return [{"Filters": one} if one else {} for one in filter_sets(filters or {})]


def chunks(items: Sequence[str], size: int = PAGE) -> Iterator[list[str]]:
    """The distinct items, in their order, at most `size` at a time."""
    unique = list(dict.fromkeys(items))
    for start in range(0, len(unique), size):
        yield unique[start : start + size]


def filter_problems(filters: Mapping[str, Any] | None) -> Iterator[Problem]:
    """What is wrong with `filters`, for callers that report all problems at once."""
    try:
        filter_sets(filters or {})
    except OptionError as error:
        yield from problems_of(error)


def filter_sets(filters: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
    """The `Filters` of each call that together answer `filters`: name -> value or list of values.

    A call takes at most five values per filter; more are split over several calls, whose results add up. The filters
    themselves cannot be split, since all of them must hold.

    Raises OptionError for too many filters, and for values that are missing, not text, or not possible for the filter.
    """
    unnamed = [name for name in filters if not isinstance(name, str) or not name]
    if unnamed:
        raise OptionError("filters", f"{unnamed[0]!r} is not a name of a filter.", "Give a text as each name.")
    if len(filters) > FILTER_NAMES:
        raise OptionError("filters", f"There are {len(filters)}, and a call can have {FILTER_NAMES}.", "Give fewer.")
    split = [
        [{"Name": name, "Values": part} for part in chunks(_values(name, given), FILTER_VALUES)]
        for name, given in filters.items()
    ]
    calls = math.prod(len(parts) for parts in split)
    if calls > CALLS:
        raise OptionError("filters", f"their values would need {calls} calls.", "Give fewer values.")
    return [list(combination) for combination in product(*split)]


def _values(name: str, given: Any) -> list[str]:
    values = given if isinstance(given, (list, tuple)) else [given]
    texts = [_text(value) for value in values]
    if not texts or None in texts:
        raise OptionError(
            "filters",
            f"{name} has no value, or one that is not text.",
            "Give a text or a list of texts, and a date in quotes.",
        )
    return _valid(name, [text for text in texts if text is not None])


def _valid(name: str, values: list[str]) -> list[str]:
    """The values. Raises OptionError where the filter has a fixed set of them and some are not in it."""
    known = KNOWN_VALUES.get(name)
    wrong = [value for value in values if known and value not in known]
    if known and wrong:
        likely = [_likely(value.upper(), known) for value in wrong]
        fix = f"Did you mean {', '.join(one for (one,) in likely)}?" if all(likely) else f"Give {', '.join(known)}."
        raise OptionError("filters", f"{name} has no value {', '.join(map(repr, wrong))}.", fix)
    return values


def _likely(value: str, known: Sequence[str]) -> Sequence[str]:
    """The known value that was probably meant, if any."""
    # Costly to load, and hardly ever needed.
    import difflib

    longer = [one for one in known if value in one]
    return longer if len(longer) == 1 else difflib.get_close_matches(value, known, n=1)


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (str, int, float)) and str(value) else None
