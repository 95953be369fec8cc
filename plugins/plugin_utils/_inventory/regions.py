# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The instances of several regions, asked for at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from ...module_utils._api.client import CVM, Client
from ...module_utils._api.connection import Tell, check_region, client_from, nobody, sources_from
from ...module_utils._api.paging import filter_sets
from ...module_utils._api.transform import Record
from ...module_utils._clock import Clock
from ...module_utils._errors import BadAnswer, OptionError, TencentCloudError
from ...module_utils._services.cvm import Cvm
from ...module_utils._services.region import available_regions
from .hosts import is_sound

WORKERS = 8
"""How many regions are asked at the same time."""

ALL = "all"
ANY_REGION = "ap-guangzhou"
"""Where the region service is asked, which answers the same everywhere."""


class RegionalInstances(NamedTuple):
    """The instances of each region that answered, and the error of each that did not."""

    found: dict[str, list[Record]]
    failed: dict[str, TencentCloudError]


def clients_from(
    options: Mapping[str, Any], clock: Clock, *, hide: Tell = nobody, warn: Tell = nobody
) -> dict[str, Client]:
    """A client for each region that `regions` names, or else for the region of the connection options.

    They share the credentials, which are fetched here once; each has connections of its own. `hide` is called with
    every secret that is found, and `warn` with what the user should know.

    Raises TencentCloudError for options, credentials, or an answer of the region service that cannot be used.
    """
    asked = _asked(options["regions"])
    first = client_from({**options, "region": _first(asked) or options["region"]}, clock, hide=hide, warn=warn)
    first.credentials()
    try:
        regions = _all(first) if asked == [ALL] else asked or [first.region]
    finally:
        first.transport.close()
    return {region: client_from({**options, "region": region}, clock, first.credentials) for region in regions}


def asked_of(options: Mapping[str, Any]) -> dict[str, Any]:
    """Which regions these options ask, and as whom, as far as it can be told without a call. It holds no key.

    Raises TencentCloudError for options or credentials that cannot be used.
    """
    sources = sources_from(options)
    return {"regions": _asked(options["regions"]) or [sources.region()], "identity": sources.identity()}


def _asked(regions: Sequence[str] | None) -> list[str]:
    """Each region once; a single empty text is treated as unset."""
    asked = list(dict.fromkeys(regions or []))
    if asked == [""]:
        return []
    if "" in asked:
        raise OptionError("regions", "one of them is empty.", "Leave it out.")
    if ALL in asked and len(asked) > 1:
        raise OptionError("regions", f"{ALL} is combined with other regions.", f"Give regions, or {ALL} alone.")
    for region in asked:
        check_region("regions", region)
    return asked


def _all(client: Client) -> list[str]:
    regions = available_regions(client, CVM.name)
    if not regions:
        raise OptionError("regions", "the service region reports no region as available for CVM.", "Name them instead.")
    return regions


def _first(asked: Sequence[str]) -> str | None:
    return ANY_REGION if asked == [ALL] else next(iter(asked), None)


def census(clients: Mapping[str, Client], filters: Mapping[str, Any] | None) -> RegionalInstances:
    """The instances that fit the filters, of every region; up to `WORKERS` are asked at a time.

    Raises OptionError for filters that no call can have, before anything is sent.
    """
    filter_sets(filters or {})
    with ThreadPoolExecutor(WORKERS) as workers:
        answers = dict(zip(clients, workers.map(lambda client: _instances(client, filters), clients.values())))
    return RegionalInstances(
        {region: answer for region, answer in answers.items() if isinstance(answer, list)},
        {region: answer for region, answer in answers.items() if isinstance(answer, TencentCloudError)},
    )


def _instances(client: Client, filters: Mapping[str, Any] | None) -> list[Record] | TencentCloudError:
    try:
        found = list(Cvm(client).instances(filters=filters).values())
        if not is_sound({client.region: found}):
            raise BadAnswer("There is an instance without an id.", action="DescribeInstances")
        return found
    except TencentCloudError as error:
        return error
    finally:
        client.transport.close()
