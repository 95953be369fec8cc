# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists: ids, filters, pages, regions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.support.bench import Bench, code

SETS = {"DescribeInstances": "InstanceSet", "DescribeImages": "ImageSet", "DescribeKeyPairs": "KeyPairSet"}
IDS = {"DescribeInstances": "InstanceId", "DescribeImages": "ImageId", "DescribeKeyPairs": "KeyId"}


def found(action: str, parameters: dict[str, Any] | None = None, **options: Any) -> set[str]:
    answer = Bench().call(action, {"Limit": 100, **(parameters or {})}, **options)
    assert answer["TotalCount"] == len(answer[SETS[action]])
    return {record[IDS[action]] for record in answer[SETS[action]]}


def filtered(action: str, **filters: Any) -> set[str]:
    items = [{"Name": name.replace("_", "-"), "Values": values} for name, values in filters.items()]
    return found(action, {"Filters": items})


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"instance_name": ["web-01"]}, {"ins-r8hr2upy"}),
        ({"instance_name": ["web-01", "web-02"]}, {"ins-r8hr2upy", "ins-stopped1"}),
        ({"instance_name": ["web-01", "web-02"], "instance_state": ["STOPPED"]}, {"ins-stopped1"}),
        ({"tag:role": ["bastion"]}, {"ins-keypair1"}),
        ({"tag_key": ["role"], "tag_value": ["web"]}, {"ins-r8hr2upy", "ins-stopped1"}),
        ({"private_ip_address": ["172.16.32.86"]}, {"ins-protect1"}),
        ({"public_ip_address": ["203.0.113.10"]}, {"ins-r8hr2upy"}),
        ({"instance_charge_type": ["SPOTPAID"]}, {"ins-spotpaid"}),
        ({"instance_id": ["ins-winsmall"]}, {"ins-winsmall"}),
        ({"zone": ["ap-guangzhou-4"]}, set()),
        ({"zone": ["ap-guangzhou-3"], "instance_state": ["RESCUE_MODE"]}, {"ins-rescue01"}),
        ({"project_id": ["0"], "instance_state": ["SHUTDOWN"]}, {"ins-isolated"}),
        ({"creation_start_time": ["2030-01-01T00:00:00Z"]}, set()),
        ({"creation_end_time": ["2030-01-01T00:00:00Z"], "instance_name": ["db-01"]}, {"ins-protect1"}),
    ],
)
def test_filters_of_instances(filters: dict[str, list[str]], expected: set[str]) -> None:
    assert filtered("DescribeInstances", **filters) == expected


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"image_type": ["SHARED_IMAGE"]}, {"img-shared01"}),
        ({"image_name": ["golden"]}, {"img-qlzp4oea", "img-big100gb"}),
        ({"platform": ["windows"]}, {"img-win2019e", "img-win2012r", "img-win2byol"}),
        ({"image_id": ["img-pmqg1cw7"]}, {"img-pmqg1cw7"}),
        ({"tag:team": ["web"]}, {"img-qlzp4oea"}),
    ],
)
def test_filters_of_images(filters: dict[str, list[str]], expected: set[str]) -> None:
    assert filtered("DescribeImages", **filters) == expected


def test_filters_of_key_pairs() -> None:
    assert filtered("DescribeKeyPairs", key_name=["deploy"]) == {"skey-b4vakk62"}
    pairs = Bench().call("DescribeKeyPairs", {"KeyIds": ["skey-b4vakk62"]})["KeyPairSet"]
    assert pairs[0]["AssociatedInstanceIds"] == ["ins-keypair1"]
    assert pairs[0]["PublicKey"].startswith("ssh-")


def test_ids() -> None:
    assert found("DescribeInstances", {"InstanceIds": ["ins-r8hr2upy", "ins-00000000"]}) == {"ins-r8hr2upy"}
    assert found("DescribeImages", {"ImageIds": ["img-pmqg1cw7", "img-00000000"]}) == {"img-pmqg1cw7"}


def test_regions_show_their_own() -> None:
    financial: dict[str, Any] = {"region": "ap-shanghai-fsi", "host": "cvm.ap-shanghai-fsi.tencentcloudapi.com"}
    assert found("DescribeInstances", **financial) == {"ins-finance1"}
    assert "ins-finance1" not in found("DescribeInstances")
    sim = Bench(images={"img-qlzp4oea": {"regions": ["ap-tokyo"]}})
    assert sim.call("DescribeImages", {"ImageIds": ["img-qlzp4oea"]})["TotalCount"] == 0
    assert code(sim.reset(ImageId="img-qlzp4oea")) == "InvalidImageId.NotFound"


def test_images_of_an_instance_type() -> None:
    assert found("DescribeImages", {"InstanceType": "SR1.MEDIUM4"}) == {"img-arm64deb"}
    assert "img-arm64deb" not in found("DescribeImages", {"InstanceType": "SA5.MEDIUM2"})


@pytest.mark.parametrize("action", SETS)
def test_pages(action: str) -> None:
    sim = Bench()
    total = sim.call(action)["TotalCount"]
    seen: list[str] = []
    for offset in range(0, total, 2):
        page = sim.call(action, {"Offset": offset, "Limit": 2})
        assert page["TotalCount"] == total
        seen += [record[IDS[action]] for record in page[SETS[action]]]
    assert len(seen) == len(set(seen)) == total
    assert sim.call(action, {"Offset": total})[SETS[action]] == []


def ids(kind: str, count: int) -> list[str]:
    return [f"{kind}-{index:08}" for index in range(count)]


def many(filters: int, values: int) -> dict[str, Any]:
    return {"Filters": [{"Name": "tag-key", "Values": ["x"] * values}] * filters}


@pytest.mark.parametrize(
    ("action", "parameters", "expected"),
    [
        ("DescribeInstances", {"InstanceIds": ids("ins", 101)}, "InvalidParameterValue.LimitExceeded"),
        ("DescribeInstances", {"InstanceIds": ids("ins", 100)}, None),
        ("DescribeInstances", {"InstanceIds": ["ins-1122"]}, "InvalidInstanceId.Malformed"),
        ("DescribeInstances", {"InstanceIds": ids("ins", 1), **many(1, 1)}, "InvalidParameter"),
        ("DescribeInstances", {"Limit": 101}, "InvalidParameterValue.LimitExceeded"),
        ("DescribeInstances", {"Offset": -1}, "InvalidParameterValue"),
        ("DescribeInstances", many(11, 1), "InvalidFilterValue.LimitExceeded"),
        ("DescribeInstances", many(10, 5), None),
        ("DescribeInstances", many(1, 6), "InvalidFilterValue.LimitExceeded"),
        ("DescribeInstances", {"Filters": [{"Name": "colour", "Values": ["red"]}]}, "InvalidFilter"),
        ("DescribeImages", {"ImageIds": ["img-1"]}, "InvalidImageId.Malformed"),
        (
            "DescribeImages",
            {"ImageIds": ids("img", 1), **many(1, 1)},
            "InvalidParameter.InvalidParameterCoexistImageIdsFilters",
        ),
        ("DescribeImages", {"InstanceType": "big one"}, "InvalidInstanceType.Malformed"),
        ("DescribeImages", {"Limit": 0}, "InvalidParameterValue.InvalidParameterValueLimit"),
        ("DescribeKeyPairs", {"KeyIds": ["skey-1"]}, "InvalidKeyPairId.Malformed"),
        ("DescribeKeyPairs", {"Limit": 101}, "InvalidParameterValueLimit"),
        ("DescribeKeyPairs", {"Offset": -1}, "InvalidParameterValueOffset"),
    ],
)
def test_limits_of_lists(action: str, parameters: dict[str, Any], expected: str | None) -> None:
    assert code(Bench().call(action, parameters)) == expected
