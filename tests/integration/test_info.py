# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who calls, and listing instances, images and key pairs: in a play, ad hoc, in check mode, and by the thousand."""

from __future__ import annotations

import pytest

from .harness import Ansible, reset

INSTANCES, IMAGES = "tencent.cloud.cvm_instance_info", "tencent.cloud.cvm_image_info"
KEY_PAIRS = "tencent.cloud.cvm_key_pair_info"
CALLER = "tencent.cloud.sts_caller_identity_info"
COUNT = 2_500


@pytest.mark.parametrize("arguments", [[], ["--check"]], ids=["run", "check"])
def test_in_a_play(ansible: Ansible, arguments: list[str]) -> None:
    run = ansible.play(
        {INSTANCES: {"filters": {"tag:role": ["web"], "instance-state": "RUNNING"}}},
        {IMAGES: {"image_ids": ["{{ result_0.instances[0].image_id }}"]}},
        {KEY_PAIRS: {"filters": {"tag:team": "web"}}},
        arguments=arguments,
    )
    assert run.code == 0
    assert not run.is_noisy
    instances, images, key_pairs = run.results
    assert [one["instance_id"] for one in instances["instances"]] == ["ins-r8hr2upy"]
    assert instances["instances"][0]["tags"] == {"env": "production", "role": "web"}
    assert [one["image_id"] for one in images["images"]] == ["img-9qabwvbn"]
    assert [one["key_id"] for one in key_pairs["key_pairs"]] == ["skey-1q8j7b93"]
    assert not any(result["changed"] or result["error"] for result in run.results)


def test_ad_hoc(ansible: Ansible) -> None:
    run = ansible.adhoc({"instance_ids": ["ins-stopped1"]}, module=INSTANCES)
    assert run.code == 0
    assert run.result["instances"][0]["instance_state"] == "STOPPED"
    named = ansible.adhoc(f"instance_ids=ins-r8hr2upy,ins-keypair1 endpoint={ansible.simulator.url}", module=INSTANCES)
    assert len(named.result["instances"]) == 2


def test_who_calls(ansible: Ansible) -> None:
    run = ansible.adhoc({}, module=CALLER)
    assert run.code == 0
    assert not run.is_noisy
    assert (run.result["account_id"], run.result["type"]) == ("100000000001", "CAMUser")
    wrong = ansible.adhoc({"secret_id": "AKIDnobody", "secret_key": "secret-of-nobody"}, module=CALLER)
    assert wrong.code != 0
    assert (wrong.result["error"]["code"], wrong.result["account_id"]) == ("AuthFailure.SecretIdNotFound", None)
    assert "secret-of-nobody" not in wrong.everything


def test_malformed_ids_ad_hoc(ansible: Ansible) -> None:
    run = ansible.adhoc({"image_ids": ["ubuntu", "img-pmqg1cw7", "IMG-1"]}, module=IMAGES)
    assert run.code != 0
    assert [problem["option"] for problem in run.result["problems"]] == ["image_ids"] * 2
    assert ansible.simulator.state()["calls"] == []


def test_the_newest_ubuntu_is_what_a_reset_installs(ansible: Ansible) -> None:
    filters = {"image-type": "PUBLIC_IMAGE", "image-name": "Ubuntu Server 24.04"}
    run = ansible.play({IMAGES: {"filters": filters}}, reset(image_id="{{ result_0.images[0].image_id }}"))
    assert run.code == 0
    assert run.results[1]["instance"]["image_id"] == "img-ubuntu24"


def test_all_of_a_large_region(ansible: Ansible) -> None:
    """More calls than a second may have: throttled ones are asked again."""
    ansible.simulator.world(
        {
            "extends": "builtin",
            "lag_seconds": 0,
            "request_limits": {"DescribeInstances": 10},
            "generate": {"count": COUNT, "regions": ["ap-tokyo"]},
        }
    )
    run = ansible.play({INSTANCES: {"region": "ap-tokyo", "max_attempts": 20}})
    assert run.code == 0
    assert len({one["instance_id"] for one in run.result["instances"]}) == COUNT
