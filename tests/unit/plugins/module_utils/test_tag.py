# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tags of instances, and one that is set by one call; what the service refuses is told with what to do about it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._clock import Deadline
from ansible_collections.tencent.cloud.plugins.module_utils._errors import ApiError, HeldUp
from ansible_collections.tencent.cloud.plugins.module_utils._services import tag
from ansible_collections.tencent.cloud.plugins.module_utils._services.tag import InstanceTag, tags_of
from tests.unit.support.simulated import Simulated, simulated

INSTANCE, KEY = "ins-r8hr2upy", "log"


def tag_of(service: Simulated) -> InstanceTag:
    return InstanceTag(service.cvm.client, INSTANCE, KEY)


def value_of(service: Simulated) -> str | None:
    return tags_of(service.cvm.client, [INSTANCE])[INSTANCE].get(KEY)


@pytest.mark.parametrize("attach", ["error", "overwrite"])
def test_one_call_sets_a_tag_whatever_was_there(attach: str) -> None:
    """Whether AttachResourcesTag refuses a key that is attached, as some editions of the service do, is no matter."""
    service = simulated(tag_lag_seconds=0, tag_attach=attach)
    log = tag_of(service)
    assert value_of(service) is None
    for value in ("one", "two", "one"):
        log.set(value)
        assert value_of(service) == value
    assert service.calls.count("ModifyResourceTags") == len([call for call in service.calls if "Describe" not in call])
    tags = {item["Key"] for item in service.simulator.snapshot()["instances"][INSTANCE]["Tags"]}
    assert tags == {"env", "role", KEY}


def test_a_value_that_no_resource_has_is_deleted_and_no_other() -> None:
    service = simulated(tag_lag_seconds=0)
    log = tag_of(service)
    log.set("one")
    with pytest.raises(ApiError, match="TagAttachedResource"):
        log.forget("one", Deadline(service.clock, 30))
    log.set("two")
    log.forget("one", Deadline(service.clock, 30))
    assert value_of(service) == "two"
    # What a clone still has is no reason to try again.
    assert service.calls.count("DeleteTag") == 2


# --- the tags of many

GENERATED = [f"ins-g{index:07}" for index in range(50)]


def fleet(**options: Any) -> Simulated:
    return simulated(generate={"count": 50, "tags": {"nth": [str(index) for index in range(50)]}}, **options)


def test_the_tags_of_many_instances_are_read_by_one_call() -> None:
    service = fleet()
    found = tags_of(service.cvm.client, GENERATED)
    assert found == {one: {"nth": str(index)} for index, one in enumerate(GENERATED)}
    assert service.calls == ["DescribeResourceTagsByResourceIds"]


def test_an_instance_without_tags_is_known_and_one_that_does_not_exist_is_none() -> None:
    service = simulated(generate={"count": 3})
    asked = [GENERATED[0], "ins-nowhere1", *GENERATED[1:3], "ins-nowhere2"]
    assert tags_of(service.cvm.client, asked) == {one: {} for one in GENERATED[:3]}
    assert tags_of(service.cvm.client, ["ins-nowhere1"]) == {}


def test_a_refusal_of_another_kind_is_one_of_all() -> None:
    service = fleet()
    service.fault("error", "DescribeResourceTagsByResourceIds", code="UnauthorizedOperation", message="no")
    with pytest.raises(ApiError, match="UnauthorizedOperation"):
        tags_of(service.cvm.client, GENERATED)


@pytest.mark.parametrize("shown", [None, "", "INS-G0000000"])
def test_a_tag_of_which_it_is_not_said_whose_it_is_is_nobody_elses(shown: str | None, monkeypatch: Any) -> None:
    """What is not known to be of an instance must not make its log seem empty."""

    def listed(_client: Any, _service: Any, _action: str, asked: Any, *_more: Any, **_options: Any) -> list[Any]:
        return [{"resource_id": shown, "tag_key": "of", "tag_value": one} for one in asked["ResourceIds"]]

    monkeypatch.setattr(tag, "listed", listed)
    assert tags_of(simulated().cvm.client, GENERATED) == {one: {"of": one} for one in GENERATED}


# --- refusals

REFUSALS = [
    ("FailedOperation.ResourceTagProcessing", 5, "run the task again in a moment"),
    ("FailedOperation.PolicyEnforcedInvalid", 1, "A tag policy of the account forbids this value. Allow the key log"),
    ("FailedOperation.TagAttachedQuota", 1, "Unbind the key log from it"),
    ("LimitExceeded.ResourceAttachedTags", 1, "Take a tag from the instance"),
    ("LimitExceeded.TagKey", 1, "Delete tag keys that are not used"),
    ("LimitExceeded.TagValue", 1, "Delete values of the key log that no resource has"),
]


@pytest.mark.parametrize(("code", "calls", "words"), REFUSALS)
def test_a_refusal_says_what_to_do(code: str, calls: int, words: str) -> None:
    service = simulated()
    service.fault("error", "ModifyResourceTags", code=code, times=99)
    with pytest.raises(ApiError) as caught:
        tag_of(service).set("one")
    assert (caught.value.code, service.calls.count("ModifyResourceTags")) == (code, calls)
    assert words in str(caught.value)


def test_tags_that_are_being_changed_are_tried_again() -> None:
    service = simulated(tag_lag_seconds=0)
    service.fault("error", "ModifyResourceTags", code="FailedOperation.ResourceTagProcessing", times=2)
    tag_of(service).set("one")
    assert value_of(service) == "one"


def test_a_last_look_keeps_a_write_back() -> None:
    service = simulated()
    looks: list[Any] = []

    def look(timestamp: int) -> None:
        looks.append((timestamp, service.clock.wall()))
        raise HeldUp("Too late.")

    with pytest.raises(HeldUp):
        tag_of(service).set("one", before_sending=look)
    assert service.calls == []
    assert looks == [(int(service.clock.wall()), service.clock.wall())]
