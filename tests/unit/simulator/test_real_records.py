# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What answers of the live API have that no document says: fields, orders, texts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.world import OPERATED
from tests.unit.support.bench import Bench, code

ID = "ins-r8hr2upy"
NOBODY = dict.fromkeys(OPERATED)


def operation(record: dict[str, Any]) -> dict[str, Any]:
    return {name: record[name] for name in OPERATED}


def test_an_instance_that_nobody_has_operated_shows_no_operation() -> None:
    sim = Bench(instances={"ins-keypair1": OPERATED})
    assert operation(sim.seen()) == NOBODY
    assert operation(sim.seen("ins-keypair1")) == OPERATED
    assert operation(Bench(instance_defaults=OPERATED).seen()) == OPERATED


def test_a_record_lacks_what_the_world_says() -> None:
    sim = Bench(lag_seconds=0, instances={"ins-keypair1": {"missing": ["ImageId"], "HostName": "bastion"}})
    assert "HostName" not in sim.seen()
    assert sim.state["instances"][ID]["HostName"] == "web-01"
    seen = sim.seen("ins-keypair1")
    assert ("ImageId" in seen, seen["HostName"]) == (False, "bastion")
    assert code(sim.reset("ins-keypair1")) is None


def test_a_record_may_lose_its_image_by_a_reset() -> None:
    sim = Bench(lag_seconds=0, instance_defaults={"missing_after_reset": ["ImageId"]})
    sim.reset(ImageId="img-pmqg1cw7")
    assert sim.seen()["ImageId"] == "img-9qabwvbn"
    sim.wait(2)
    seen = sim.seen()
    assert ("ImageId" in seen, seen["OsName"]) == (False, "Ubuntu Server 22.04 LTS 64bit")
    assert sim.state["instances"][ID]["ImageId"] == "img-pmqg1cw7"


def test_tags_have_both_spellings() -> None:
    sim = Bench()
    assert sim.seen()["Tags"][0] == {"Key": "env", "Value": "production", "tagKey": "env", "tagValue": "production"}
    filters = [{"Name": "tag:env", "Values": ["staging"]}]
    found = sim.call("DescribeInstances", {"Filters": filters})["InstanceSet"]
    assert [record["InstanceId"] for record in found] == ["ins-nocharge"]


def test_fields_that_no_document_of_the_action_lists() -> None:
    seen = Bench().seen("ins-localssd")
    fields = ("PlatformProjectId", "InstanceFamily", "BootMode", "CpuTopology")
    assert [seen[name] for name in fields] == [None, "IT5", "Legacy BIOS", None]
    assert {"OperatorUin", "ImageType", "ApplicationRole"} <= set(seen)


@pytest.mark.parametrize(
    ("instance_id", "login"),
    [(ID, {}), ("ins-newborn1", {"KeyIds": None}), ("ins-keypair1", {"KeyIds": ["skey-b4vakk62"]})],
)
def test_login_settings_come_in_three_forms(instance_id: str, login: dict[str, Any]) -> None:
    sim = Bench(lag_seconds=0)
    assert sim.seen(instance_id)["LoginSettings"] == login
    sim.reset(instance_id)
    sim.wait(2)
    assert sim.seen(instance_id)["LoginSettings"] == {}


def test_the_order_is_not_that_of_the_ids() -> None:
    wanted = ["ins-keypair1", "ins-stopped1", ID, ID]
    found = Bench().call("DescribeInstances", {"InstanceIds": wanted})
    assert [record["InstanceId"] for record in found["InstanceSet"]] == [ID, "ins-stopped1", "ins-keypair1"]
    assert found["TotalCount"] == 3


THROTTLED = {
    "": "Your current request times equals to `3` in a second, which exceeds the frequency limit `2` for a second. "
    "Please reduce the frequency of calls.",
    "zh-CN": "\u60a8\u5f53\u524d\u6bcf\u79d2\u8bf7\u6c42 `3` \u6b21\uff0c\u8d85\u8fc7\u4e86\u6bcf\u79d2"
    "\u9891\u7387\u4e0a\u9650 `2`\uff0c\u8bf7\u7a0d\u540e\u91cd\u8bd5\u3002",
}


@pytest.mark.parametrize("language", THROTTLED)
def test_the_text_of_throttling(language: str) -> None:
    sim = Bench(rate_limits=True, request_limits={"DescribeInstances": 2})
    answers = [sim.call("DescribeInstances", X_TC_Language=language) for _time in range(3)]
    assert answers[2]["Error"] == {"Code": "RequestLimitExceeded", "Message": THROTTLED[language]}
    sim.fault("throttle", "DescribeImages")
    assert sim.call("DescribeImages", X_TC_Language=language)["Error"]["Message"][:4] == THROTTLED[language][:4]


def test_the_texts_of_a_busy_instance() -> None:
    rejecting = {"ins-winlarge": "InvalidInstance.NotSupported", "ins-winsmall": "MutexOperation.TaskRunning"}
    sim = Bench(lag_seconds=0, instances={name: {"rejects": refusal} for name, refusal in rejecting.items()})
    sim.reset()
    sim.call("StopInstances", {"InstanceIds": ["ins-keypair1"]})
    messages = [
        sim.reset()["Error"]["Message"],
        sim.call("StopInstances", {"InstanceIds": ["ins-keypair1"]})["Error"]["Message"],
        sim.call("CreateImage", {"InstanceId": ID, "ImageName": "x"})["Error"]["Message"],
        sim.reset("ins-winlarge")["Error"]["Message"],
        sim.reset("ins-winsmall")["Error"]["Message"],
    ]
    assert messages == [
        f"The instance `{ID}` already has operation in progress. Please try again later.",
        "The instance `ins-keypair1` already has operation in progress. Please try again later.",
        f"The instance `{ID}` already has operation in progress. Please try again later.",
        "The request does not support the instances `ins-winlarge` which are in operation or in a special state.",
        "Mutex task is running, please try later",
    ]


@pytest.mark.parametrize(("region", "mainland"), [("ap-zhongwei", True), ("me-saudi-arabia", False)])
def test_regions_that_appeared_later(region: str, mainland: bool) -> None:
    sim = Bench()
    assert code(sim.call("DescribeInstances", region=region)) is None
    assert sim.simulator._current().world.regions[region]["mainland"] is mainland
