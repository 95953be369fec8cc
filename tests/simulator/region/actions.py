# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service region: where a product is offered (version 2022-06-27, API 3.0 only).

Sources: the documents "DescribeRegions" and "API Category" of the region management system (1271/71915).
"""

from __future__ import annotations

from typing import Any

from ..server.action import Action
from ..server.call import Call
from ..server.errors import ApiError
from ..state import State

PRODUCTS = ("cvm", "cbs")


def describe_regions(state: State, call: Call) -> dict[str, Any]:
    """The regions of the world, each ``AVAILABLE`` unless its ``state`` says otherwise."""
    if call.parameters["Product"] not in PRODUCTS:
        raise ApiError("InvalidParameter.ParameterError", "The product is not known.")
    regions = [
        {
            "Region": name,
            "RegionName": entry.get("name", name),
            "RegionState": entry.get("state", "AVAILABLE"),
            **dict.fromkeys(("RegionTypeMC", "LocationMC", "RegionNameMC", "RegionIdMC")),
        }
        for name, entry in state.world.regions.items()
    ]
    return {"TotalCount": len(regions), "RegionSet": regions}


ACTIONS = (
    Action(
        "region",
        "2022-06-27",
        "DescribeRegions",
        describe_regions,
        50,
        {"Product": str, "Scene": int},
        ("Product",),
        regional=False,
        generations=("v3",),
    ),
)
