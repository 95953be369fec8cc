# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tag service refuses, and with which code."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.tag.actions import ACTIONS
from tests.unit.support.bench import Bench, code
from tests.unit.support.tagger import ABROAD, ID, KEY, OTHER, READ, RESOURCE, Tagger, attached

NAMES = [action.name for action in ACTIONS]
RESOURCEFUL = [action.name for action in ACTIONS if "ResourceIds" in action.required]

CHARACTERS = "InvalidParameterValue.Tag{}CharacterIllegal"
REGION = "InvalidParameterValue.RegionInvalid"
PREFIX = "InvalidParameterValue.ResourcePrefixInvalid"
UNKNOWN = "InvalidParameterValue.ResourceIdInvalid"
NO_PAIR = "ResourceNotFound.TagNonExist"
NOT_ATTACHED = "ResourceNotFound.AttachedTagKeyNotFound"


@pytest.mark.parametrize("value", ["x" * 255, "a b", "\u91cd\u88c5 1", "+-=._:/@()[]"])
def test_good_values(value: str) -> None:
    sim = attached()
    sim.made(value)
    assert code(sim.on("ModifyResourcesTagValue", KEY, value)) is None
    assert sim.read()[KEY] == value


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("", "v", "InvalidParameterValue.TagKeyEmpty"),
        ("k" * 128, "v", "InvalidParameterValue.TagKeyLengthExceeded"),
        ("k*", "v", CHARACTERS.format("Key")),
        (" k", "v", CHARACTERS.format("Key")),
        ("project-x", "v", "InvalidParameter.ReservedTagKey"),
        ("k", "", "InvalidParameterValue.TagValueEmpty"),
        ("k", "v" * 256, "InvalidParameterValue.TagValueLengthExceeded"),
        ("k", "v{}", CHARACTERS.format("Value")),
        ("k", "v ", CHARACTERS.format("Value")),
        ("env", "production", "ResourceInUse.TagDuplicate"),
        ("k" * 127, "v", None),
    ],
)
def test_pairs(key: str, value: str, expected: str | None) -> None:
    assert code(Tagger().tag("CreateTag", TagKey=key, TagValue=value)) == expected


@pytest.mark.parametrize(
    ("action", "pair", "expected"),
    [
        ("AttachResourcesTag", ("fresh", "v"), NO_PAIR),
        ("AttachResourcesTag", (KEY, "three"), NO_PAIR),
        ("AttachResourcesTag", (KEY, "v" * 256), NO_PAIR),
        ("AttachResourcesTag", (KEY, "v|"), CHARACTERS.format("Value")),
        ("AttachResourcesTag", ("", "v"), "InvalidParameterValue.TagKeyEmpty"),
        ("AttachResourcesTag", ("qcs:x", "v"), "InvalidParameter.ReservedTagKey"),
        ("AttachResourcesTag", (KEY, "two"), "ResourceInUse.TagKeyAttached"),
        ("ModifyResourcesTagValue", (KEY, "three"), NO_PAIR),
        ("ModifyResourcesTagValue", ("fresh", "v"), NOT_ATTACHED),
        ("ModifyResourcesTagValue", (KEY, "v" * 256), "InvalidParameterValue.TagValueLengthExceeded"),
        ("ModifyResourcesTagValue", (KEY, "v|"), CHARACTERS.format("Value")),
        ("DetachResourcesTag", ("fresh",), NOT_ATTACHED),
        ("DetachResourcesTag", ("fresh|",), CHARACTERS.format("Key")),
    ],
)
def test_refused_writes(action: str, pair: tuple[str, ...], expected: str) -> None:
    sim = attached()
    before = sim.real
    assert code(sim.on(action, *pair)) == expected
    assert sim.real == before
    assert not sim.state["calls"][-1]["accepted"]


@pytest.mark.parametrize("action", RESOURCEFUL)
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"ServiceType": "cos"}, "InvalidParameterValue.ServiceTypeInvalid"),
        ({"ServiceType": None}, "MissingParameter"),
        ({"ResourcePrefix": "image"}, PREFIX),
        ({"ResourceRegion": "ap-nowhere"}, REGION),
        ({"ResourceRegion": "ap-hongkong"}, UNKNOWN),
        ({"ResourceIds": ["ins-00000000"]}, UNKNOWN),
        ({"ResourceIds": [ID, ABROAD]}, UNKNOWN),
        ({"ResourceIds": []}, "MissingParameter"),
        ({"ResourceIds": [ID] * 51}, "LimitExceeded.ResourceNumPerRequest"),
    ],
)
def test_refused_resources(action: str, change: dict[str, Any], expected: str) -> None:
    pair = {"DetachResourcesTag": ("env",), READ: ()}.get(action, ("env", "production"))
    assert code(Tagger().on(action, *pair, **change)) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"resource": ID, "k": "v"}, "InvalidParameterValue.ResourceDescriptionError"),
        ({"resource": RESOURCE.replace("cvm", "cos"), "k": "v"}, "InvalidParameterValue.ResourceDescriptionError"),
        ({"resource": RESOURCE.replace(ID, ABROAD), "k": "v"}, "InvalidParameterValue.ResourceDescriptionError"),
        ({"resource": "", "k": "v"}, "MissingParameter"),
        ({}, "InvalidParameter.Tag"),
        ({f"k{number}": "v" for number in range(11)}, "InvalidParameter.Tag"),
        ({"k": "v", "delete": ("k",)}, "InvalidParameterValue.DeleteTagsParamError"),
        ({"": "v"}, "InvalidParameterValue.TagKeyEmpty"),
        ({"k" * 128: "v"}, "InvalidParameterValue.TagKeyLengthExceeded"),
        ({"k*": "v"}, CHARACTERS.format("Key")),
        ({"qcs:x": "v"}, "InvalidParameter.ReservedTagKey"),
        ({"k": "v" * 256}, "InvalidParameterValue.TagValueLengthExceeded"),
        ({"k": "v|"}, CHARACTERS.format("Value")),
    ],
)
def test_refused_changes(change: dict[str, Any], expected: str) -> None:
    sim = attached()
    before = sim.real
    assert code(sim.modify(**change)) == expected
    assert sim.real == before
    assert not sim.state["calls"][-1]["accepted"]


@pytest.mark.parametrize("action", ["ModifyResourcesTagValue", "DetachResourcesTag"])
def test_writes_are_all_or_nothing(action: str) -> None:
    sim = attached()
    pair = (KEY, "two")[: 1 if action == "DetachResourcesTag" else 2]
    assert code(sim.on(action, *pair, ResourceIds=[ID, OTHER])) == NOT_ATTACHED
    assert sim.real[KEY] == "one"


@pytest.mark.parametrize(
    ("quota", "key", "expected"),
    [
        ({"keys": 3}, "fresh", "LimitExceeded.TagKey"),
        ({"keys": 3}, "env", None),
        ({"values_per_key": 2}, "env", "LimitExceeded.TagValue"),
        ({"values_per_key": 2}, "fresh", None),
    ],
)
def test_quotas_of_pairs(quota: dict[str, int], key: str, expected: str | None) -> None:
    """The built-in world has three keys, and two values of env."""
    assert code(Tagger(tag_quota=quota).tag("CreateTag", TagKey=key, TagValue="v")) == expected
    assert code(Tagger(tag_quota=quota).modify(**{key: "v"})) == expected


def test_the_quota_of_a_resource() -> None:
    sim = Tagger(tag_quota={"keys_per_resource": 2}, tag_attach="overwrite")
    sim.made("one")
    sim.made("staging-2", key="env")
    assert code(sim.on("AttachResourcesTag", KEY, "one", ResourceIds=[ABROAD, ID])) == UNKNOWN
    assert code(sim.on("AttachResourcesTag", KEY, "one", ResourceIds=["ins-winlarge", ID])) == (
        "LimitExceeded.ResourceAttachedTags"
    )
    assert sim.state["instances"]["ins-winlarge"]["Tags"] == []
    assert code(sim.on("AttachResourcesTag", "env", "staging-2")) is None
    assert code(sim.modify(ansible_reset_once="one")) == "LimitExceeded.ResourceAttachedTags"
    assert code(sim.modify(env="one")) is None


def test_rates() -> None:
    sim = Tagger(rate_limits=True)
    for action, rate in zip(NAMES, (20, 20, 20, 20, 20, 20, 100), strict=True):
        codes = [code(sim.on(action)) for _index in range(rate + 1)]
        assert codes.index("RequestLimitExceeded") == rate


@pytest.mark.parametrize("action", NAMES)
def test_permissions(action: str) -> None:
    sim = Tagger(denied_actions=[f"name/tag:{action}"])
    answer = sim.on(action)
    assert code(answer) == "AuthFailure.UnauthorizedOperation"
    assert f"(tag:{action})" in answer["Error"]["Message"]


def test_the_older_generation_has_no_tags() -> None:
    sim = Bench()
    pair = {"TagKey": KEY, "TagValue": "one"}
    answer = sim.legacy("CreateTag", pair, host="tag.api.qcloud.com", Version="2018-08-13")
    assert code(answer) == "InvalidAction.NotFound"
