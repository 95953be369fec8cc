# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Worlds: the built-in one is complete, and one's own may replace or extend it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.__main__ import main, parse
from tests.simulator.world import WorldError, load_world
from tests.unit.support.bench import Bench, code

OPERATION = {name for name in Bench().seen() if name.startswith("LatestOperation")}


def test_the_document_s_own_ids() -> None:
    world = load_world()
    instance, image = world.instances["ins-r8hr2upy"].record, world.images["img-pmqg1cw7"].record
    assert (instance["InstanceState"], instance["SystemDisk"]["DiskType"]) == ("RUNNING", "CLOUD_PREMIUM")
    assert (instance["SystemDisk"]["DiskSize"], instance["OsName"]) == (50, "CentOS 7.6 64bit")
    assert (image["ImageType"], image["ImageState"], image["Platform"]) == ("PUBLIC_IMAGE", "NORMAL", "Ubuntu")
    assert image["IsSupportCloudinit"] is True


def test_ids_are_well_formed_and_records_alike() -> None:
    world = load_world()
    for kind, items in (("ins", world.instances), ("img", world.images), ("skey", world.key_pairs)):
        assert all(re.fullmatch(rf"{kind}-[a-z0-9]{{8}}", name) for name in items)
        assert len({frozenset(item.record) for item in items.values()}) == 1


def test_one_instance_was_never_operated() -> None:
    seen = Bench().seen("ins-newborn1")
    assert {seen[name] for name in OPERATION} == {None}


def test_a_world_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "world.yaml"
    path.write_text("extends: builtin\nlag_seconds: 7\ninstances: {ins-r8hr2upy: {SystemDisk: {DiskSize: 20}}}\n")
    world = load_world(path, lag_seconds=1, reset_seconds=9)
    assert (world.lag_seconds, world.reset_seconds) == (7, 9)
    assert world.instances["ins-r8hr2upy"].record["SystemDisk"]["DiskType"] == "CLOUD_PREMIUM"
    assert world.instances["ins-r8hr2upy"].record["SystemDisk"]["DiskSize"] == 20
    assert len(world.instances) > 10


def test_a_world_may_replace_the_builtin_one() -> None:
    document = {"instances": {"ins-00000001": {"ImageId": "img-00000001"}}, "images": {"img-00000001": {}}}
    world = load_world(document, lag_seconds=0)
    assert (list(world.instances), list(world.images), world.lag_seconds) == (["ins-00000001"], ["img-00000001"], 0)
    sim = Bench({"extends": None, **document})
    assert sim.seen("ins-00000001")["OsName"] == "CentOS 7.6 64bit"
    assert code(sim.reset("ins-00000001")) is None


def test_an_image_may_be_gone() -> None:
    sim = Bench(instances={"ins-r8hr2upy": {"ImageId": "img-00000000"}})
    assert sim.seen()["OsName"] == ""
    assert code(sim.reset()) == "InvalidImageId.NotFound"
    assert code(sim.reset(ImageId="img-pmqg1cw7")) is None


def test_worlds_do_not_share_records() -> None:
    first, second = load_world(), load_world()
    first.instances["ins-r8hr2upy"].record["SystemDisk"]["DiskSize"] = 1
    assert second.instances["ins-r8hr2upy"].record["SystemDisk"]["DiskSize"] == 50


def test_instances_by_the_thousand() -> None:
    regions = ["ap-guangzhou", "ap-tokyo"]
    options = {"count": 300, "regions": regions, "tags": {"env": "test", "role": ["web", "db", "cache"]}, "CPU": 8}
    sim = Bench(generate=options)
    seen: dict[str, list[str]] = {region: [] for region in regions}
    for region in regions:
        filters = [{"Name": "tag:env", "Values": ["test"]}]
        for offset in (0, 100):
            answer = sim.call("DescribeInstances", {"Filters": filters, "Limit": 100, "Offset": offset}, region=region)
            assert answer["TotalCount"] == 150
            seen[region] += [record["InstanceId"] for record in answer["InstanceSet"]]
    assert len({name for names in seen.values() for name in names}) == 300
    records = [sim.state["instances"][name] for names in seen.values() for name in names]
    assert len({record["PrivateIpAddresses"][0] for record in records}) == 300
    assert {record["CPU"] for record in records} == {8}
    roles = [tag["Value"] for record in records for tag in record["Tags"] if tag["Key"] == "role"]
    assert {role: roles.count(role) for role in roles} == {"web": 100, "db": 100, "cache": 100}
    assert code(sim.reset(seen["ap-guangzhou"][0])) is None


def test_regions_of_the_world() -> None:
    sim = Bench(regions={"ap-tokyo": {"state": "UNAVAILABLE"}, "xx-own": {"mainland": False}})

    def regions(**parameters: str) -> dict[str, Any]:
        options: dict[str, Any] = {"host": "region.tencentcloudapi.com", "version": "2022-06-27", "region": ""}
        return sim.call("DescribeRegions", parameters, **options)

    found = {item["Region"]: item for item in regions(Product="cvm")["RegionSet"]}
    assert (found["ap-guangzhou"]["RegionName"], found["ap-guangzhou"]["RegionState"]) == (
        "South China (Guangzhou)",
        "AVAILABLE",
    )
    assert (found["xx-own"]["RegionName"], found["ap-tokyo"]["RegionState"]) == ("xx-own", "UNAVAILABLE")
    assert code(regions()) == "MissingParameter"
    assert code(regions(Product="tea")) == "InvalidParameter.ParameterError"


@pytest.mark.parametrize(
    "text",
    [
        "[1]",
        "a: [",
        "{colour: red}",
        "lag_seconds: soon",
        "tag_lag_seconds: true",
        "image_seconds: x",
        "images: [1]",
        "generate: [1]",
        "generate: {count: many}",
        "disks: [1]",
    ],
)
def test_unusable_files(tmp_path: Path, text: str) -> None:
    path = tmp_path / "world.yaml"
    path.write_text(text)
    with pytest.raises(WorldError):
        load_world(path)


def test_unusable_arguments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--world", str(tmp_path / "none.yaml")]) == 2
    assert "none.yaml" in capsys.readouterr().err
    for arguments in (
        ["--port", "70000"],
        ["--lag-seconds", "-1"],
        ["--reset-seconds", "soon"],
        ["--clock-origin", "0"],
        ["--clock-speed", "2"],
        ["--nothing"],
    ):
        with pytest.raises(SystemExit) as exit_info:
            parse(arguments)
        assert exit_info.value.code == 2
