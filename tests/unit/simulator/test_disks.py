# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of disks and snapshots: filters, pages, limits."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.support.bench import Bench, code
from tests.unit.support.maker import DATA, DISK, disk, snapshot


def ids(sim: Bench, action: str, filters: dict[str, list[str]], **more: Any) -> list[str]:
    kind = action.removeprefix("Describe").rstrip("s")
    items = [{"Name": name.replace("_", "-"), "Values": values} for name, values in filters.items()]
    answer = sim.cbs(action, {"Limit": 100, **({"Filters": items} if items else {}), **more})
    return [record[f"{kind}Id"] for record in answer[f"{kind}Set"]]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"instance_id": ["ins-protect1"]}, ["disk-protect1", DATA]),
        ({"disk_usage": ["DATA_DISK"]}, [DATA]),
        ({"disk_id": [DISK, "disk-00000000"]}, [DISK]),
        ({"disk_name": ["data"], "disk_type": ["CLOUD_SSD"], "disk_state": ["ATTACHED"]}, [DATA]),
        ({"instance_name": ["web-01"]}, [DISK]),
        ({"instance_ip_address": ["203.0.113.10"]}, [DISK]),
        ({"disk_charge_type": ["PREPAID"]}, ["disk-protect1", DATA]),
        ({"portable": ["TRUE"]}, []),
    ],
)
def test_filters_of_disks(filters: dict[str, list[str]], expected: list[str]) -> None:
    assert ids(Bench(), "DescribeDisks", filters) == expected


def test_filters_and_pages_of_snapshots() -> None:
    sim = Bench()
    first, second = snapshot(sim, SnapshotName="one"), snapshot(sim, DATA, SnapshotName="two")
    action = "DescribeSnapshots"
    assert ids(sim, action, {"snapshot_name": ["one"]}) == [first]
    assert ids(sim, action, {"disk_usage": ["DATA_DISK"], "snapshot_state": ["NORMAL"]}) == [second]
    assert ids(sim, action, {"snapshot_id": [first], "encrypt": ["false"], "project_id": ["0"]}) == [first]
    assert ids(sim, action, {"snapshot_type": ["SHARED_SNAPSHOT"]}) == []
    assert ids(sim, action, {}) == ["snap-gqa37j2p", first, second]
    assert ids(sim, action, {}, Order="DESC", Limit=1, Offset=1) == [first]
    assert disk(sim)["SnapshotCount"] == 1


@pytest.mark.parametrize(
    "parameters",
    [
        {"Limit": 101},
        {"Offset": -1},
        {"Order": "RANDOM"},
        {"Filters": [{"Name": "disk-id", "Values": ["x"] * 11}]},
        {"SnapshotIds": ["snap-gqa37j2p"], "Filters": [{"Name": "disk-id", "Values": ["x"]}]},
    ],
)
def test_limits_of_lists(parameters: dict[str, Any]) -> None:
    assert code(Bench().cbs("DescribeSnapshots", parameters)) == "InvalidParameterValue"


def test_an_unknown_filter() -> None:
    parameters = {"Filters": [{"Name": "colour", "Values": ["red"]}]}
    assert code(Bench().cbs("DescribeDisks", parameters)) == "InvalidFilter"
