# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules that list instances, images and key pairs, from their options to their exit, on a simulator."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
import yaml

from ansible_collections.tencent.cloud.plugins.modules import cvm_image_info, cvm_instance_info, cvm_key_pair_info
from tests.unit.support.modules import ADDED, Modules
from tests.unit.support.simulated import simulated

EACH = pytest.mark.parametrize(
    ("tested", "option", "key"),
    [
        (cvm_instance_info, "instance_ids", "instances"),
        (cvm_image_info, "image_ids", "images"),
        (cvm_key_pair_info, "key_ids", "key_pairs"),
    ],
    ids=["instances", "images", "key_pairs"],
)
ACTIONS = {"instances": "DescribeInstances", "images": "DescribeImages", "key_pairs": "DescribeKeyPairs"}


# --- what they have in common


@EACH
def test_ids_and_filters_exclude_each_other(modules: Modules, tested: ModuleType, option: str, key: str) -> None:
    result = modules(tested, **{option: ["x"], "filters": {"a": "b"}})
    assert f"mutually exclusive: {option}|filters" in result["msg"]
    assert modules.bench.calls == []


@EACH
def test_malformed_ids_are_all_named_and_nothing_is_sent(
    modules: Modules, tested: ModuleType, option: str, key: str
) -> None:
    result = modules(tested, **{option: ["web-1", "", "INS-R8HR2UPY"]})
    assert result["failed"]
    assert [problem["option"] for problem in result["problems"]] == [option] * 3
    assert all(f"{option}: {name!r} is not a valid id." in result["msg"] for name in ("web-1", "", "INS-R8HR2UPY"))
    assert f"{tested.__name__.rpartition('.')[2]} with filters: {{" in result["problems"][0]["fix"]
    assert (result["error"]["code"], result[key], result["changed"]) == ("InvalidOption", [], False)
    assert modules.bench.calls == []


@EACH
@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ({"filters": {"tag:role": []}}, "InvalidOption", "tag:role has no value"),
        ({"filters": {"tag:role": None}}, "InvalidOption", "tag:role has no value"),
        (
            {"filters": {f"tag:{number}": "x" for number in range(11)}},
            "InvalidOption",
            "filters: There are 11",
        ),
        ({"filters": {"colour": "blue"}}, "InvalidFilter", "colour"),
        ({"region": ""}, "InvalidOption", "region"),
        ({"secret_key": "wrong"}, "AuthFailure.SignatureFailure", "failed with"),
    ],
)
def test_what_fails_has_the_documented_keys(
    modules: Modules, tested: ModuleType, option: str, key: str, options: dict[str, Any], code: str, words: str
) -> None:
    result = modules(tested, **options)
    assert result["failed"]
    assert (result["error"]["code"], result[key], result["changed"]) == (code, [], False)
    assert words in result["msg"]
    assert set(result) - ADDED == set(yaml.safe_load(tested.RETURN))


@EACH
@pytest.mark.parametrize("check", [True, False])
def test_what_is_found_has_the_documented_keys(
    modules: Modules, tested: ModuleType, option: str, key: str, check: bool
) -> None:
    result = modules(tested, check=check)
    documented = yaml.safe_load(tested.RETURN)
    assert set(result) - ADDED == set(documented)
    assert (result["changed"], result["error"]) == (False, None)
    assert result[key]
    for one in result[key]:
        assert set(one) >= set(documented[key]["contains"])
        assert isinstance(one["tags"], dict)


@EACH
@pytest.mark.parametrize("none", ["ids", "filters", "nothing"])
def test_empty_options_are_as_good_as_none(
    modules: Modules, tested: ModuleType, option: str, key: str, none: str
) -> None:
    options: dict[str, Any] = {"ids": {option: []}, "filters": {"filters": {}}, "nothing": {}}[none]
    assert len(modules(tested, **options)[key]) > 2


@EACH
def test_the_older_interface_lists_the_same(modules: Modules, tested: ModuleType, option: str, key: str) -> None:
    names = {"instances": "instance-name", "images": "image-name", "key_pairs": "key-name"}
    values = ["web-01", "web-02", "golden-centos", "deploy"]
    found = modules(tested, filters={names[key]: values})[key]
    assert found
    assert modules(tested, filters={names[key]: values}, api="v2")[key] == found
    ids = [one[option[:-1]] for one in found]
    assert modules(tested, **{option: ids}, api="v2")[key] == found


@EACH
def test_a_read_is_repeated(modules: Modules, tested: ModuleType, option: str, key: str) -> None:
    modules.bench.fault("drop", ACTIONS[key])
    assert modules(tested)[key]
    assert len(modules.bench.calls) == 2


# --- instances


def test_instances_by_their_ids(modules: Modules) -> None:
    asked = ["ins-stopped1", "ins-nobody00", "ins-r8hr2upy", "ins-hongkong"]
    assert set(modules.ids(cvm_instance_info, "instances", instance_ids=asked)) == {"ins-stopped1", "ins-r8hr2upy"}


def test_one_id_needs_no_list(modules: Modules) -> None:
    assert modules.ids(cvm_instance_info, "instances", instance_ids="ins-r8hr2upy") == ["ins-r8hr2upy"]


def test_nothing_found_is_no_failure(modules: Modules) -> None:
    assert modules.ids(cvm_instance_info, "instances", instance_ids=["ins-nobody00"]) == []
    assert modules.ids(cvm_instance_info, "instances", filters={"zone": "ap-guangzhou-99"}) == []


def test_everything_of_an_instance_in_snake_case(modules: Modules) -> None:
    (found,) = modules(cvm_instance_info, instance_ids=["ins-r8hr2upy"])["instances"]
    (real,) = [modules.bench.simulator.snapshot()["instances"]["ins-r8hr2upy"]]
    del real["HostName"]  # It is documented, and no record has it.
    assert len(found) == len(real)
    assert found["tags"] == {"env": "production", "role": "web"}
    assert found["system_disk"]["disk_size"] == 50
    assert found["private_ip_addresses"] == ["172.16.32.78"]


def test_instances_by_filters(modules: Modules) -> None:
    filters = {"tag:role": ["web", "bastion"], "instance-state": "RUNNING"}
    assert modules.ids(cvm_instance_info, "instances", filters=filters) == ["ins-r8hr2upy", "ins-keypair1"]
    names = ["a", "b", "c", "d", "web-01", "e", "web-02"]
    assert set(modules.ids(cvm_instance_info, "instances", filters={"instance-name": names})) == {
        "ins-r8hr2upy",
        "ins-stopped1",
    }


# --- images


def test_the_newest_image_is_the_first(modules: Modules) -> None:
    times = [one["created_time"] for one in modules(cvm_image_info)["images"]]
    assert times == sorted(times, reverse=True)
    assert len(set(times)) > 1


def test_images_of_one_time_are_always_in_the_same_order(modules: Modules) -> None:
    images = modules(cvm_image_info)["images"]
    order = [(one["created_time"], one["image_id"]) for one in images]
    assert order == sorted(order, reverse=True)


def test_an_image_without_a_time_is_the_last(modules: Modules) -> None:
    modules.bench = simulated(images={"img-notime00": {"CreatedTime": None}})
    assert modules.ids(cvm_image_info, "images")[-1] == "img-notime00"


def test_the_newest_public_ubuntu(modules: Modules) -> None:
    filters = {"image-type": "PUBLIC_IMAGE", "image-name": "Ubuntu Server 24.04"}
    found = modules.ids(cvm_image_info, "images", filters=filters, instance_type="S5.MEDIUM4")
    assert found == ["img-ubuntu24", "img-ubuntu2o"]


def test_images_by_their_ids(modules: Modules) -> None:
    asked = ["img-pmqg1cw7", "img-nobody00", "img-arm64deb"]
    assert set(modules.ids(cvm_image_info, "images", image_ids=asked)) == {"img-pmqg1cw7", "img-arm64deb"}
    assert modules.ids(cvm_image_info, "images", image_ids=asked, instance_type="S5.MEDIUM4") == ["img-pmqg1cw7"]


def test_a_malformed_instance_type_is_the_api_s_to_refuse(modules: Modules) -> None:
    result = modules(cvm_image_info, instance_type="medium")
    assert result["error"]["code"] == "InvalidInstanceType.Malformed"


def test_tags_of_an_image_are_a_dictionary(modules: Modules) -> None:
    (found,) = modules(cvm_image_info, filters={"tag:team": "web"})["images"]
    assert (found["image_id"], found["tags"]) == ("img-qlzp4oea", {"team": "web"})


# --- key pairs


def test_key_pairs_by_their_ids(modules: Modules) -> None:
    found = modules(cvm_key_pair_info, key_ids=["skey-b4vakk62", "skey-nobody00", "skey-1q8j7b93"])["key_pairs"]
    assert {one["key_id"] for one in found} == {"skey-b4vakk62", "skey-1q8j7b93"}


def test_a_key_pair_with_its_public_key_and_instances(modules: Modules) -> None:
    (found,) = modules(cvm_key_pair_info, filters={"key-name": "deploy"})["key_pairs"]
    assert found["public_key"].startswith("ssh-ed25519 AAAA")
    assert found["associated_instance_ids"] == ["ins-keypair1"]
    assert found["tags"] == {}


def test_key_pairs_by_a_tag(modules: Modules) -> None:
    (found,) = modules(cvm_key_pair_info, filters={"tag:team": "web"})["key_pairs"]
    assert (found["key_id"], found["tags"]) == ("skey-1q8j7b93", {"team": "web"})


def test_more_key_pairs_than_a_page(modules: Modules) -> None:
    pairs = {f"skey-{number:08}": {"KeyName": f"key-{number}"} for number in range(230)}
    modules.bench = simulated(key_pairs=pairs)
    found = [one["key_id"] for one in modules(cvm_key_pair_info)["key_pairs"]]
    assert set(found) >= set(pairs)
    assert len(set(found)) == len(found)
    assert len(modules.bench.calls) == 3
