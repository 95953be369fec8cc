# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Custom images: made of instances and snapshots, listed, used, deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.support.bench import Bench, code
from tests.unit.support.maker import DONE, ID, TAGS, create_image, image_tags


def image(sim: Bench, image_id: str) -> dict[str, Any] | None:
    found = sim.call("DescribeImages", {"ImageIds": [image_id]})["ImageSet"]
    return found[0] if found else None


def state_of(sim: Bench, image_id: str) -> str | None:
    found = image(sim, image_id)
    return found["ImageState"] if found else None


def finished(sim: Bench, name: str = "backup", **parameters: Any) -> str:
    image_id = create_image(sim, name, **parameters)["ImageId"]
    sim.wait(DONE)
    return str(image_id)


def test_an_image_is_made_step_by_step() -> None:
    sim = Bench(lag_seconds=1, image_seconds=60)
    image_id = create_image(sim, ImageDescription="before", ImageFamily="web", TagSpecification=image_tags(TAGS))[
        "ImageId"
    ]
    assert state_of(sim, image_id) is None
    sim.wait(1)
    assert state_of(sim, image_id) == "CREATING"
    seen = sim.seen()
    assert (seen["LatestOperation"], seen["LatestOperationState"]) == ("CreateImage", "OPERATING")
    assert code(sim.reset(ImageId=image_id)) == "OperationDenied.InstanceOperationInProgress"
    assert code(sim.reset("ins-keypair1", ImageId=image_id)) == "InvalidParameterValue.InvalidImageState"
    sim.wait(60)
    made = image(sim, image_id)
    assert made is not None
    assert {
        name: made[name] for name in ("ImageName", "ImageState", "ImageType", "OsName", "Platform", "ImageSize")
    } == {
        "ImageName": "backup",
        "ImageState": "NORMAL",
        "ImageType": "PRIVATE_IMAGE",
        "OsName": "CentOS 7.6 64bit",
        "Platform": "CentOS",
        "ImageSize": 50,
    }
    assert (made["ImageDescription"], made["ImageFamily"], made["Tags"]) == ("before", "web", TAGS)
    assert made["CreatedTime"] == "2025-10-09T08:53:20Z"
    assert sim.seen()["LatestOperationState"] == "SUCCESS"
    assert sim.state["accepted_calls"] == {"CreateImage": 1}
    assert sim.state["accepted"] == {}


def test_an_image_brings_back_what_was_on_the_disk() -> None:
    sim = Bench(reset_seconds=1)
    disk = sim.seen()["SystemDisk"]["DiskId"]
    content = sim.state["disks"][disk]["content"]
    image_id = finished(sim)
    sim.reset(ImageId="img-pmqg1cw7")
    sim.wait(2)
    assert sim.state["disks"][disk]["content"] != content
    assert code(sim.reset(ImageId=image_id, LoginSettings={"KeepImageLogin": "TRUE"})) is None
    sim.wait(2)
    assert sim.state["disks"][disk]["content"] == content
    assert (sim.seen()["ImageId"], sim.seen()["OsName"]) == (image_id, "CentOS 7.6 64bit")


def test_an_image_has_snapshots_of_all_its_disks() -> None:
    sim = Bench()
    image_id = finished(sim, InstanceId="ins-protect1", DataDiskIds=["disk-data0001"])
    parts = (image(sim, image_id) or {})["SnapshotSet"]
    assert [(part["DiskUsage"], part["DiskSize"]) for part in parts] == [("SYSTEM_DISK", 50), ("DATA_DISK", 200)]
    names = [part["SnapshotId"] for part in parts]
    shown = sim.cbs("DescribeSnapshots", {"SnapshotIds": names})["SnapshotSet"]
    assert [item["Images"] for item in shown] == [[{"ImageId": image_id, "ImageName": "backup"}]] * 2
    bound = sim.cbs("DeleteSnapshots", {"SnapshotIds": names})
    assert code(bound) == "UnsupportedOperation.SnapshotHasBindedImage"
    assert code(sim.cbs("DeleteSnapshots", {"SnapshotIds": names, "DeleteBindImages": True})) is None
    assert image_id not in sim.state["images"]


def test_an_image_of_snapshots() -> None:
    sim = Bench()
    disk = sim.seen()["SystemDisk"]["DiskId"]
    snapshot_id = sim.cbs("CreateSnapshot", {"DiskId": disk})["SnapshotId"]
    sim.wait(DONE)
    made = sim.call("CreateImage", {"ImageName": "of-snapshot", "SnapshotIds": [snapshot_id]})
    sim.wait(DONE)
    shown = image(sim, made["ImageId"]) or {}
    assert (shown["ImageState"], shown["OsName"]) == ("NORMAL", "CentOS 7.6 64bit")
    assert [part["SnapshotId"] for part in shown["SnapshotSet"]] == [snapshot_id]
    assert sim.seen()["LatestOperation"] is None


def test_an_image_of_a_local_disk_has_no_snapshots() -> None:
    sim = Bench()
    shown = image(sim, finished(sim, InstanceId="ins-localssd")) or {}
    assert (shown["ImageState"], shown["SnapshotSet"], shown["ImageSize"]) == ("NORMAL", [], 50)


def test_an_image_that_fails() -> None:
    sim = Bench()
    sim.fault("operation_failed", "CreateImage", message="no room")
    image_id = finished(sim)
    assert state_of(sim, image_id) == "CREATEFAILED"
    seen = sim.seen()
    assert (seen["LatestOperationState"], seen["LatestOperationErrorMsg"]) == ("FAILED", "no room")
    assert code(sim.reset(ImageId=image_id)) == "InvalidParameterValue.InvalidImageId"
    assert code(sim.call("DeleteImages", {"ImageIds": [image_id]})) is None


@pytest.mark.parametrize(("force", "during"), [("TRUE", "STOPPED"), ("false", "RUNNING")])
def test_power(force: str, during: str) -> None:
    sim = Bench(lag_seconds=0)
    create_image(sim, ForcePoweroff=force)
    assert sim.seen()["InstanceState"] == during
    sim.wait(DONE)
    assert sim.seen()["InstanceState"] == "RUNNING"


@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
def test_a_lost_answer(when: str, made: int) -> None:
    sim = Bench()
    sim.fault("drop", "CreateImage", when=when, instance_id=ID)
    assert sim.raw("CreateImage", {"ImageName": "backup", "InstanceId": ID}).fate == "drop"
    assert sim.state["accepted_calls"].get("CreateImage", 0) == made
    sim.wait(DONE)
    named = {"Filters": [{"Name": "image-name", "Values": ["backup"]}]}
    assert sim.call("DescribeImages", named)["TotalCount"] == made


def test_a_late_acceptance() -> None:
    sim = Bench()
    sim.fault("drop", "CreateImage", accept_after=20)
    sim.raw("CreateImage", {"ImageName": "backup", "InstanceId": ID})
    assert create_image(sim)["ImageId"]
    sim.wait(30)
    assert sim.state["accepted_calls"] == {"CreateImage": 1}
    assert [call["code"] for call in sim.state["calls"]] == ["InvalidImageName.Duplicate", None]


def test_a_dry_run_changes_nothing() -> None:
    sim = Bench()
    assert set(create_image(sim, DryRun=True)) == {"RequestId"}
    assert code(create_image(sim, "golden-centos", DryRun=True)) == "InvalidImageName.Duplicate"
    assert set(sim.call("DeleteImages", {"ImageIds": ["img-qlzp4oea"], "DryRun": True})) == {"RequestId"}
    assert sim.state["accepted_calls"] == {}
    assert "img-qlzp4oea" in sim.state["images"]


def test_images_are_deleted_all_or_none() -> None:
    sim = Bench()

    def delete(*names: str, **more: Any) -> str | None:
        return code(sim.call("DeleteImages", {"ImageIds": list(names), **more}))

    before = sim.state["images"]
    assert delete("img-qlzp4oea", "img-creating") == "InvalidImageId.IncorrectState"
    assert delete("img-qlzp4oea", "img-00000000") == "InvalidImageId.NotFound"
    assert delete("img-qlzp4oea", "img-1") == "InvalidImageId.Malformed"
    assert delete("img-qlzp4oea", "img-pmqg1cw7") == "InvalidParameterValue.InvalidImageId"
    assert delete("img-shared01") == "InvalidParameterValue.InvalidImageIdIsShared"
    assert delete(*(f"img-{index:08}" for index in range(101))) == "InvalidParameterValue.LimitExceeded"
    assert sim.state["images"] == before
    assert delete("img-qlzp4oea", "img-big100gb") is None
    assert state_of(sim, "img-qlzp4oea") == "NORMAL"
    sim.wait(1)
    assert state_of(sim, "img-qlzp4oea") is None
    assert code(sim.reset(ImageId="img-qlzp4oea")) == "InvalidImageId.NotFound"
    assert "snap-gqa37j2p" in sim.state["snapshots"]


def test_a_shared_image_and_the_snapshots_of_a_deleted_one() -> None:
    sim = Bench(images={"img-big100gb": {"shared_with": ["100000000002"]}})
    assert code(sim.call("DeleteImages", {"ImageIds": ["img-big100gb"]})) == "InvalidImageId.InShared"
    assert code(sim.call("DeleteImages", {"ImageIds": ["img-qlzp4oea"], "DeleteBindedSnap": True})) is None
    assert "snap-gqa37j2p" not in sim.state["snapshots"]


def test_images_by_the_hundred() -> None:
    sim = Bench(generate_images={"count": 130, "Platform": "Ubuntu", "Tags": [{"Key": "a", "Value": "b"}]})
    filters = [{"Name": "tag:a", "Values": ["b"]}, {"Name": "platform", "Values": ["ubuntu"]}]
    pages = [
        sim.call("DescribeImages", {"Filters": filters, "Limit": 50, "Offset": offset}) for offset in (0, 50, 100, 150)
    ]
    assert [len(page["ImageSet"]) for page in pages] == [50, 50, 30, 0]
    found = [record for page in pages for record in page["ImageSet"]]
    assert len({record["ImageId"] for record in found}) == len({record["CreatedTime"] for record in found}) == 130
    assert code(sim.reset(ImageId=found[0]["ImageId"])) is None


def test_rates() -> None:
    sim = Bench(rate_limits=True)
    for action, rate in (("CreateImage", 10), ("DeleteImages", 10), ("RebootInstances", 10), ("DescribeImages", 40)):
        codes = [code(sim.call(action)) for _index in range(rate + 1)]
        assert codes.index("RequestLimitExceeded") == rate
