# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several regions at once: which are asked, by whose keys, and what becomes of one that fails."""

from __future__ import annotations

import dataclasses
import threading
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._api import connection
from ansible_collections.tencent.cloud.plugins.module_utils._api.client import Client
from ansible_collections.tencent.cloud.plugins.module_utils._api.connection import CONNECTION_SPEC
from ansible_collections.tencent.cloud.plugins.module_utils._errors import BadAnswer, OptionError
from ansible_collections.tencent.cloud.plugins.module_utils._services.region import available_regions
from ansible_collections.tencent.cloud.plugins.plugin_utils._inventory.regions import ANY_REGION, census, clients_from
from tests.unit.support.simulated import KEY, Simulated, simulated

ARN = "qcs::cam::uin/100000000001:roleName/reinstaller"
REGIONS = ("ap-tokyo", "ap-singapore", "eu-frankfurt")
WORLD = {"generate": {"count": 9, "regions": list(REGIONS), "tags": {"role": ["web", "db", "web"]}}}
OPTIONS: dict[str, Any] = {
    **{name: option.get("default") for name, option in CONNECTION_SPEC.items()},
    "secret_id": KEY.secret_id,
    "secret_key": KEY.secret_key,
    "region": "ap-tokyo",
    "regions": None,
}


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Simulated:
    """A simulator with three instances in each of three regions, which clients from options call."""
    bench = simulated(WORLD)
    monkeypatch.setattr(connection, "Transport", lambda **options: bench.transport)
    return bench


def clients(bench: Simulated, *regions: str) -> dict[str, Client]:
    return {region: dataclasses.replace(bench.cvm.client, region=region) for region in regions}


def regions_called(bench: Simulated) -> set[str]:
    return {call["region"] for call in bench.simulator.snapshot()["calls"] if call["action"] == "DescribeInstances"}


# --- the region service


def test_available_regions_alone_are_listed() -> None:
    regions = {"ap-tokyo": {}, "ap-mumbai": {"state": "UNAVAILABLE"}, "ap-seoul": {}}
    bench = simulated({"extends": None, "regions": regions, "instances": {}, "images": {}})
    assert available_regions(bench.cvm.client, "cvm") == ["ap-tokyo", "ap-seoul"]


@pytest.mark.parametrize("answer", [{}, {"RegionSet": None}, {"RegionSet": ["x"]}, {"RegionSet": [{}]}])
def test_an_answer_without_regions_is_none(monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any]) -> None:
    bench = simulated()
    monkeypatch.setattr(bench.cvm.client, "read", lambda *call: {"RequestId": "r-1", **answer}, raising=False)
    with pytest.raises(BadAnswer, match="r-1"):
        available_regions(bench.cvm.client, "cvm")


# --- which regions


@pytest.mark.parametrize("regions", [None, [], [""]])
def test_without_regions_the_region_of_the_connection_is_asked(bench: Simulated, regions: Any) -> None:
    assert list(clients_from({**OPTIONS, "regions": regions}, bench.clock)) == ["ap-tokyo"]
    assert bench.calls == []


def test_regions_are_asked_once_each_and_no_others(bench: Simulated) -> None:
    found = clients_from({**OPTIONS, "regions": ["eu-frankfurt", "ap-singapore", "eu-frankfurt"]}, bench.clock)
    assert list(found) == ["eu-frankfurt", "ap-singapore"]
    census(found, None)
    assert regions_called(bench) == {"eu-frankfurt", "ap-singapore"}


def test_all_are_those_of_the_region_service(bench: Simulated) -> None:
    found = clients_from({**OPTIONS, "region": None, "regions": ["all"]}, bench.clock)
    assert set(REGIONS) < set(found)
    assert bench.calls == ["DescribeRegions"]
    assert bench.simulator.snapshot()["calls"][0]["region"] == ANY_REGION


def test_an_empty_region_beside_others_is_refused(bench: Simulated) -> None:
    with pytest.raises(OptionError, match=r"regions: one of them is empty\."):
        clients_from({**OPTIONS, "regions": ["ap-tokyo", ""]}, bench.clock)
    assert bench.calls == []


def test_all_of_no_regions_is_no_inventory(monkeypatch: pytest.MonkeyPatch) -> None:
    regions = {"ap-mumbai": {"state": "UNAVAILABLE"}}
    bench = simulated({"extends": None, "regions": regions, "instances": {}, "images": {}})
    monkeypatch.setattr(connection, "Transport", lambda **options: bench.transport)
    with pytest.raises(OptionError, match="reports no region as available"):
        clients_from({**OPTIONS, "regions": ["all"]}, bench.clock)


def test_all_stands_alone(bench: Simulated) -> None:
    with pytest.raises(OptionError, match="all is combined with other regions"):
        clients_from({**OPTIONS, "regions": ["all", "ap-tokyo"]}, bench.clock)
    assert bench.calls == []


@pytest.mark.parametrize(
    ("region", "problem"), [("ap-tokyo-1", "is an availability zone"), ("Tokyo", "is not a valid region")]
)
def test_each_region_is_judged_before_anything_is_sent(bench: Simulated, region: str, problem: str) -> None:
    role = {"role_arn": ARN, "role_session_name": None, "duration_seconds": None, "external_id": None, "policy": None}
    with pytest.raises(OptionError, match=f"regions: '{region}' {problem}"):
        clients_from({**OPTIONS, "assume_role": role, "regions": ["ap-tokyo", region]}, bench.clock)
    assert bench.calls == []


def test_a_role_is_taken_on_once_for_all_regions(bench: Simulated) -> None:
    role = {"role_arn": ARN, "role_session_name": None, "duration_seconds": None, "external_id": None, "policy": None}
    found = census(clients_from({**OPTIONS, "assume_role": role, "regions": [*REGIONS]}, bench.clock), None).found
    assert len(found) == len(REGIONS)
    assert bench.calls.count("AssumeRole") == 1


def test_each_region_has_its_own_host_where_it_is_financial(bench: Simulated) -> None:
    found = clients_from({**OPTIONS, "regions": ["ap-shanghai-fsi", "ap-tokyo"]}, bench.clock)
    hosts = [client.endpoint.host for client in found.values()]
    assert hosts == ["{service}.ap-shanghai-fsi.tencentcloudapi.com", "{service}.tencentcloudapi.com"]


# --- what they have


def test_every_region_is_listed(bench: Simulated) -> None:
    found, failed = census(clients(bench, *REGIONS), {"tag:role": "web"})
    assert {region: len(instances) for region, instances in found.items()} == dict.fromkeys(REGIONS, 2)
    assert failed == {}


def test_eight_regions_are_asked_at_the_same_time(monkeypatch: pytest.MonkeyPatch, bench: Simulated) -> None:
    everyone = threading.Barrier(8, timeout=5)
    asked = clients(bench, *(f"region-{number}" for number in range(8)))

    def read(*call: Any) -> dict[str, Any]:
        everyone.wait()
        return {"RequestId": "r-1", "InstanceSet": [], "TotalCount": 0}

    for client in asked.values():
        monkeypatch.setattr(client, "read", read, raising=False)
    assert census(asked, None) == ({region: [] for region in asked}, {})


def test_a_region_that_fails_leaves_the_others(bench: Simulated) -> None:
    bench.fault("error", "DescribeInstances", region="ap-tokyo", code="UnauthorizedOperation", times=9)
    found, failed = census(clients(bench, *REGIONS), None)
    assert list(found) == ["ap-singapore", "eu-frankfurt"]
    assert list(failed) == ["ap-tokyo"]
    assert failed["ap-tokyo"].code == "UnauthorizedOperation"
    assert failed["ap-tokyo"].request_id


def test_filters_that_no_call_can_have_are_refused_before_anything_is_sent(bench: Simulated) -> None:
    with pytest.raises(OptionError, match="filters"):
        census(clients(bench, *REGIONS), {"tag:role": []})
    assert bench.calls == []


def test_an_instance_without_an_id_is_no_answer(bench: Simulated, monkeypatch: pytest.MonkeyPatch) -> None:
    (client,) = clients(bench, "ap-tokyo").values()
    answer = {"RequestId": "r-1", "InstanceSet": [{"InstanceName": "x"}], "TotalCount": 1}
    monkeypatch.setattr(client, "read", lambda *call: answer, raising=False)
    assert census({"ap-tokyo": client}, None).failed["ap-tokyo"].code == "BadAnswer"
