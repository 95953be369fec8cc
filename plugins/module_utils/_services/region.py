# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The region service (2022-06-27): where a product is offered."""

from __future__ import annotations

from .._api.client import REGION, Client
from .._errors import BadAnswer

AVAILABLE = "AVAILABLE"


def available_regions(client: Client, product: str) -> list[str]:
    """The regions in which a product can be used now (DescribeRegions), whichever region the client calls.

    Args:
        product: its name there, such as `cvm`.
    """
    answer = client.read(REGION, "DescribeRegions", {"Product": product})
    listed = answer.get("RegionSet")
    if not isinstance(listed, list) or not all(isinstance(one, dict) and one.get("Region") for one in listed):
        raise BadAnswer("The answer has no RegionSet.", request_id=answer["RequestId"], action="DescribeRegions")
    return [str(one["Region"]) for one in listed if one.get("RegionState") == AVAILABLE]
