# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags: written at once, seen late, and met by faults and other actors."""

from __future__ import annotations

from hashlib import md5
from typing import Any

import pytest

from tests.unit.support.bench import code
from tests.unit.support.tagger import ID, KEY, OTHER, READ, RESOURCE, Tagger, attached

TAGS = {"env": "production", "role": "web"}
NOT_ATTACHED = "ResourceNotFound.AttachedTagKeyNotFound"


def test_the_life_of_a_tag() -> None:
    sim = attached()
    assert sim.real == sim.read() == sim.shown == {**TAGS, KEY: "one"}
    assert code(sim.on("ModifyResourcesTagValue", KEY, "two")) is None
    assert sim.real == sim.read() == sim.shown == {**TAGS, KEY: "two"}
    assert code(sim.on("DetachResourcesTag", KEY)) is None
    assert sim.real == sim.read() == sim.shown == TAGS
    assert {entry["accepted"] for entry in sim.state["calls"][:3]} == {True}


def test_one_call_gives_changes_and_takes_tags() -> None:
    sim = Tagger(tag_lag_seconds=0)
    assert code(sim.modify(ansible_reset_once="never made before")) is None
    assert sim.real == sim.read() == sim.shown == {**TAGS, KEY: "never made before"}
    assert code(sim.modify(RESOURCE.replace("uin/", "uin/100000000001"), ansible_reset_once="two", env="x")) is None
    assert code(sim.modify(delete=("role",), more="m")) is None
    assert sim.real == sim.read() == {"env": "x", KEY: "two", "more": "m"}
    assert {entry["accepted"] for entry in sim.state["calls"] if entry["action"] == "ModifyResourceTags"} == {True}
    assert code(sim.tag("DeleteTag", TagKey=KEY, TagValue="never made before")) is None
    assert code(sim.tag("DeleteTag", TagKey=KEY, TagValue="two")) == "FailedOperation.TagAttachedResource"


def test_what_is_read() -> None:
    answer = attached().on(READ)
    assert (answer["TotalCount"], answer["Offset"], answer["Limit"]) == (3, 0, 15)
    assert answer["Tags"][2] == {
        "TagKey": KEY,
        "TagValue": "one",
        "ResourceId": ID,
        "TagKeyMd5": md5(KEY.encode()).hexdigest(),
        "TagValueMd5": md5(b"one").hexdigest(),
        "ServiceType": "cvm",
        "Category": "Custom",
    }


def test_pages_and_categories() -> None:
    sim = attached()
    assert sim.read(Offset=2, Limit=2) == {KEY: "one"}
    assert sim.read(Category="Custom") == sim.read(Category="All") == sim.real
    assert sim.read(Category="System") == {}
    for wrong, expected in (
        ({"Offset": 1, "Limit": 2}, "InvalidParameterValue.OffsetInvalid"),
        ({"Offset": -15}, "InvalidParameterValue.OffsetInvalid"),
        ({"Limit": 0}, "InvalidParameterValue"),
        ({"Category": "Mine"}, "InvalidParameterValue"),
    ):
        assert code(sim.on(READ, **wrong)) == expected


def test_readers_see_the_past_and_writers_do_not() -> None:
    sim = attached(tag_lag_seconds=10, lag_seconds=0)
    assert sim.read() == sim.shown == TAGS
    assert code(sim.on("AttachResourcesTag", KEY, "one")) == "ResourceInUse.TagKeyAttached"
    assert code(sim.tag("CreateTag", TagKey=KEY, TagValue="one")) == "ResourceInUse.TagDuplicate"
    sim.wait(4)
    sim.on("ModifyResourcesTagValue", KEY, "two")
    assert sim.real == {**TAGS, KEY: "two"}
    sim.wait(6)
    assert sim.read() == sim.shown == {**TAGS, KEY: "one"}
    sim.wait(4)
    assert sim.read() == sim.shown == {**TAGS, KEY: "two"}


def test_the_lag_of_tags_is_not_that_of_operations() -> None:
    sim = attached(lag_seconds=60, reset_seconds=1)
    sim.reset()
    assert (sim.shown, sim.seen()["LatestOperation"]) == ({**TAGS, KEY: "one"}, None)
    sim.wait(2)
    sim.on("ModifyResourcesTagValue", KEY, "two")
    sim.wait(60)
    assert (sim.shown, sim.seen()["LatestOperation"]) == ({**TAGS, KEY: "two"}, "ResetInstance")


def test_an_attached_key_may_be_overwritten() -> None:
    sim = attached(tag_attach="overwrite")
    assert code(sim.on("AttachResourcesTag", KEY, "two")) is None
    assert sim.real == {**TAGS, KEY: "two"}


def test_a_filter_finds_the_tag() -> None:
    filters = [{"Name": f"tag:{KEY}", "Values": ["one"]}]
    found = attached().call("DescribeInstances", {"Filters": filters})["InstanceSet"]
    assert [record["InstanceId"] for record in found] == [ID]


@pytest.mark.parametrize(("when", "value"), [("before", "one"), ("after", "two")])
def test_faults_meet_resources(when: str, value: str) -> None:
    sim = attached()
    sim.fault("drop", "ModifyResourcesTagValue", when=when, instance_id=ID)
    assert code(sim.on("ModifyResourcesTagValue", KEY, "two", ResourceIds=[OTHER])) == NOT_ATTACHED
    parameters = {"ServiceType": "cvm", "ResourcePrefix": "instance", "ResourceIds": [ID], "TagKey": KEY}
    more = {"ResourceRegion": "ap-guangzhou", "TagValue": "two"}
    place = {"host": "tag.tencentcloudapi.com", "version": "2018-08-13"}
    assert sim.raw("ModifyResourcesTagValue", {**parameters, **more}, **place).fate == "drop"
    assert (sim.real[KEY], sim.state["calls"][-1]["instance_id"]) == (value, ID)


def test_faults_meet_described_resources() -> None:
    sim = Tagger(tag_lag_seconds=0)
    sim.fault("error", "ModifyResourceTags", code="FailedOperation", instance_id=ID)
    assert code(sim.modify(RESOURCE.replace(ID, OTHER), key="value")) is None
    assert code(sim.modify(key="value")) == "FailedOperation"
    assert (sim.real, sim.state["calls"][-1]["instance_id"]) == (TAGS, ID)


def test_a_late_write() -> None:
    sim = attached()
    sim.fault("late", "ModifyResourcesTagValue", accept_after=30)
    assert code(sim.on("ModifyResourcesTagValue", KEY, "two")) is None
    sim.wait(29)
    assert sim.real[KEY] == "one"
    sim.wait(1)
    assert sim.real[KEY] == "two"


def test_a_stale_read() -> None:
    sim = attached()
    sim.on("ModifyResourcesTagValue", KEY, "two")
    sim.wait(100)
    sim.fault("stale", READ, instance_id=ID)
    assert sim.read()[KEY] == "one"
    sim.fault("stale", READ)
    assert sim.read()[KEY] == "one"
    assert sim.read()[KEY] == "two"


def test_another_actor_writes_the_tag() -> None:
    sim = attached()
    sim.fault("foreign", "ModifyResourcesTagValue", operation="tag", key=KEY, value="theirs")
    assert code(sim.on("ModifyResourcesTagValue", KEY, "two")) is None
    assert sim.read()[KEY] == "theirs"
    (foreign,) = sim.state["foreign"]
    assert (foreign["operation"], foreign["instance_id"], foreign["accepted"]) == ("tag", ID, True)
    assert code(sim.on("ModifyResourcesTagValue", KEY, "theirs")) is None


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"value": "theirs"}, "InvalidParameterValue.TagKeyEmpty"),
        ({"key": "fresh", "value": "theirs"}, "LimitExceeded.ResourceAttachedTags"),
    ],
)
def test_another_actor_is_refused(options: dict[str, Any], expected: str) -> None:
    sim = Tagger(tag_quota={"keys_per_resource": 2})
    sim.fault("foreign", "DescribeInstances", operation="tag", after_seconds=5, **options)
    sim.seen()
    sim.wait(5)
    assert sim.real == TAGS
    assert sim.state["foreign"][0]["code"] == expected
