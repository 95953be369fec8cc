# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The API's names and records in this collection's spelling."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._api.transform import record, snake_case


@pytest.mark.parametrize(
    ("name", "snake"),
    [
        ("InstanceId", "instance_id"),
        ("CPU", "cpu"),
        ("GPUInfo", "gpu_info"),
        ("OsName", "os_name"),
        ("IPv6Addresses", "ipv6_addresses"),
        ("PublicIPv6Addresses", "public_ipv6_addresses"),
        ("VirtualPrivateCloud", "virtual_private_cloud"),
        ("LatestOperationRequestId", "latest_operation_request_id"),
        ("DisableApiTermination", "disable_api_termination"),
        ("Uuid", "uuid"),
        ("already_snake", "already_snake"),
    ],
)
def test_names(name: str, snake: str) -> None:
    assert snake_case(name) == snake


def test_every_depth_and_no_value_is_changed() -> None:
    given = {
        "SystemDisk": {"DiskSize": 50, "CdcId": None},
        "DataDisks": [{"DiskId": "disk-1"}],
        "PrivateIpAddresses": ["10.0.0.1"],
        "InstanceName": "InstanceName",
    }
    assert record(given) == {
        "system_disk": {"disk_size": 50, "cdc_id": None},
        "data_disks": [{"disk_id": "disk-1"}],
        "private_ip_addresses": ["10.0.0.1"],
        "instance_name": "InstanceName",
    }


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (
            [{"Key": "TeamName", "Value": "DiskOps"}, {"Key": "empty", "Value": ""}],
            {"TeamName": "DiskOps", "empty": ""},
        ),
        ([{"Key": "bare"}, {"Key": "null", "Value": None}], {"bare": "", "null": ""}),
        ([], {}),
        (None, {}),
    ],
)
def test_tags_are_a_dict_whose_keys_stay_as_they_are(tags: Any, expected: dict[str, str]) -> None:
    assert record({"Tags": tags}) == {"tags": expected}
    assert record([{"Tags": tags}]) == [{"tags": expected}]
