# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules on the image and on switching the platform: what breaks each, and what comes close."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._reset.rules_image import RULES, is_image_id
from tests.unit.support.situations import CURRENT, WINDOWS, Case, complaints, disk, idle, wants

MALFORMED = ("image_id", "InvalidImageId.Malformed")
UNKNOWN = ("image_id", "InvalidImageId.NotFound")
VALUE = ("image_id", "InvalidParameterValue")
STATE = ("image_id", "InvalidParameterValue.InvalidImageState")
UNFIT = ("image_id", "InvalidParameterValue.InvalidImageForGivenInstanceType")
LICENSE = ("image_id", "UnsupportedOperation.InvalidImageLicenseTypeForReset")
SWITCH = ("image_id", "InvalidInstance.NotSupported")
DISK_ID = ("image_id", "SystemDiskIdChanges")
MODERN = {"platform": "Windows", "os_name": "Windows Server 2019 DataCenter 64bit EN"}
IMAGE_2016 = {"platform": "Windows", "os_name": "Windows", "image_name": "own-2016 golden"}


def image(**fields: Any) -> Case:
    return Case(image=fields)


def in_windows(image: dict[str, Any], memory: float | None) -> Case:
    return Case(image=image, current=WINDOWS, instance={"memory": memory})


def switch(api: str, region: str = "ap-guangzhou", disk_type: str = "CLOUD_PREMIUM", *, back: bool = False) -> Case:
    current, target = (WINDOWS, {}) if back else ({}, WINDOWS)
    system_disk = disk(disk_type=disk_type)
    return Case(image=target, current=current, instance={"system_disk": system_disk}, api=api, region=region)


BROKEN = [
    *((wants(image_id=text), {MALFORMED}) for text in ("ami-00000000", "img-", "img-ABCDEFGH", "img_00000000")),
    (wants(image_id="img-target00\n"), {MALFORMED}),
    (wants(image_id="img-1122"), {MALFORMED}),
    (Case({"image_id": "img-000000001"}, image=None), {MALFORMED, UNKNOWN}),
    (Case(image=None), {UNKNOWN}),
    (Case({"image_id": None}, current=None), {UNKNOWN}),
    (image(image_size=51), {VALUE}),
    (Case({"disk_size": 60}, image={"image_size": 61}), {VALUE}),
    *((image(image_state=state), {STATE}) for state in ("CREATING", "CREATEFAILED", "SYNCING", "IMPORTING")),
    (image(image_state="IMPORTFAILED"), {STATE}),
    (image(image_deprecated=True), {VALUE}),
    (image(image_type="MARKET_IMAGE"), {VALUE}),
    (image(architecture="arm"), {UNFIT}),
    (image(architecture="arm64"), {UNFIT}),
    (Case(current={"architecture": "arm64"}), {UNFIT}),
    (image(license_type="BYOL"), {LICENSE}),
    (in_windows(MODERN, 2), {UNFIT}),
    (in_windows(MODERN, 1), {UNFIT}),
    (in_windows(IMAGE_2016, 2), {UNFIT}),
    *((switch(api), {DISK_ID}) for api in ("v2", "v3")),
    *((switch(api, back=True), {DISK_ID}) for api in ("v2", "v3")),
    *((switch(api, "ap-hongkong"), {DISK_ID, SWITCH}) for api in ("v2", "v3")),
    *((switch(api, disk_type="CLOUD_BSSD"), {DISK_ID, SWITCH}) for api in ("v2", "v3")),
    *((switch(api, disk_type="LOCAL_BASIC", back=True), {DISK_ID, SWITCH}) for api in ("v2", "v3")),
]
SOUND = [
    Case(),
    wants(image_id=None),
    wants(image_id=CURRENT),
    Case(current=None),
    image(image_size=50),
    image(image_size=None),
    Case({"disk_size": 60}, image={"image_size": 60}),
    Case(image={"image_size": 99}, instance={"system_disk": None}),
    image(image_state=None),
    image(image_deprecated=None),
    *(image(image_type=kind) for kind in ("PRIVATE_IMAGE", "SHARED_IMAGE", None)),
    image(architecture=None),
    image(architecture="i386"),
    Case(image={"architecture": "arm"}, current={"architecture": "arm64"}),
    Case(image={"architecture": "arm"}, current=None),
    image(license_type=None),
    Case(image={"license_type": "BYOL"}, instance={"license_type": "BYOL"}),
    Case(image={"license_type": "BYOL"}, instance={"license_type": None}),
    in_windows(MODERN, 2.1),
    in_windows(MODERN, 4),
    in_windows(MODERN, None),
    in_windows(WINDOWS, 1),
    Case(image={"os_name": "Ubuntu 2016", "platform": "Ubuntu"}, instance={"memory": 1}),
    *(Case(image=WINDOWS, current=WINDOWS, api=api, region="ap-hongkong") for api in ("v2", "v3")),
]


@pytest.mark.parametrize(("case", "expected"), BROKEN)
def test_what_breaks_a_rule(case: Case, expected: set[tuple[str, str]]) -> None:
    assert complaints(RULES, case) == expected


@pytest.mark.parametrize("case", SOUND)
def test_what_comes_close(case: Case) -> None:
    assert complaints(RULES, case) == set()


def test_every_rule_is_tried() -> None:
    assert idle(RULES, [case for case, expected in BROKEN]) == []


def test_what_no_current_document_confirms_only_warns() -> None:
    soft = [rule.find.__name__ for rule in RULES if not rule.hard]
    assert soft == ["_image_id_length", "_deprecated", "_image_type", "_switch_v3", "_switch_disk_id"]


@pytest.mark.parametrize("disk_type", ["CLOUD_BASIC", "CLOUD_PREMIUM", "CLOUD_SSD"])
@pytest.mark.parametrize("region", ["ap-guangzhou", "ap-beijing", "ap-shanghai-fsi", "ap-chongqing", "ap-zhongwei"])
def test_the_older_interface_switches_on_three_kinds_of_disk_in_the_mainland(disk_type: str, region: str) -> None:
    assert complaints(RULES, switch("v2", region, disk_type)) == {DISK_ID}


@pytest.mark.parametrize("region", ["ap-hongkong", "ap-taipei", "ap-singapore", "ap-tokyo", "na-ashburn"])
def test_and_nowhere_else(region: str) -> None:
    assert complaints(RULES, switch("v2", region)) == {DISK_ID, SWITCH}


def test_the_switch_is_refused_by_the_older_interface_and_warned_of_by_the_newer() -> None:
    for api, hard in (("v2", True), ("v3", False)):
        context = switch(api, "ap-hongkong", "CLOUD_HSSD").context
        rule = next(rule for rule in RULES if rule.codes[0] == SWITCH[1] and rule.find(context))
        text = rule.find(context) or ""
        assert rule.hard is hard
        assert all(word in text for word in ("Linux", "Windows", "CLOUD_HSSD", "ap-hongkong"))


def test_an_image_that_was_not_asked_for_is_not_missing() -> None:
    assert complaints(RULES, wants(image_id="ami-1")) == {MALFORMED}


def test_a_vanished_image_of_the_instance_itself_is_named_as_such() -> None:
    case = Case({"image_id": None}, current=None)
    text = next(filter(None, (rule.find(case.context) for rule in RULES)))
    assert "own image is gone" in text
    assert CURRENT in text


@pytest.mark.parametrize(("text", "good"), [("img-pmqg1cw7", True), ("img-x", True), ("img-", False), ("IMG-a", False)])
def test_the_form_of_image_ids(text: str, good: bool) -> None:
    assert is_image_id(text) is good
