# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One tag of one instance: set by one call, and what the service refuses is told with what to do about it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._clock import Deadline
from ansible_collections.tencent.cloud.plugins.module_utils._errors import ApiError, HeldUp
from ansible_collections.tencent.cloud.plugins.module_utils._services.tag import InstanceTag
from tests.unit.support.simulated import Simulated, simulated

INSTANCE, KEY = "ins-r8hr2upy", "log"


def tag_of(service: Simulated) -> InstanceTag:
    return InstanceTag(service.cvm.client, INSTANCE, KEY)


@pytest.mark.parametrize("attach", ["error", "overwrite"])
def test_one_call_sets_a_tag_whatever_was_there(attach: str) -> None:
    """Whether AttachResourcesTag refuses a key that is attached, as some editions of the service do, is no matter."""
    service = simulated(tag_lag_seconds=0, tag_attach=attach)
    tag = tag_of(service)
    assert tag.value() is None
    for value in ("one", "two", "one"):
        tag.set(value)
        assert tag.value() == value
    assert service.calls.count("ModifyResourceTags") == len([call for call in service.calls if "Describe" not in call])
    tags = {item["Key"] for item in service.simulator.snapshot()["instances"][INSTANCE]["Tags"]}
    assert tags == {"env", "role", KEY}


def test_a_value_that_no_resource_has_is_deleted_and_no_other() -> None:
    service = simulated(tag_lag_seconds=0)
    tag = tag_of(service)
    tag.set("one")
    with pytest.raises(ApiError, match="TagAttachedResource"):
        tag.forget("one", Deadline(service.clock, 30))
    tag.set("two")
    tag.forget("one", Deadline(service.clock, 30))
    assert tag.value() == "two"
    # What a clone still has is no reason to try again.
    assert service.calls.count("DeleteTag") == 2


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
    assert tag_of(service).value() == "one"


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
