# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Images and snapshots in plays: before a reset, and the way back."""

from __future__ import annotations

from typing import Any

import pytest

from .harness import Ansible, reset

IMAGE, SNAPSHOT = "tencent.cloud.cvm_image", "tencent.cloud.cbs_snapshot"
INSTANCE, DISK = "ins-r8hr2upy", "disk-r8hr2upy"
WAIT = {"wait_interval": 0.1, "wait_timeout": 60}


@pytest.fixture
def ansible(leaping: Ansible) -> Ansible:
    """Making and restoring takes seconds, for which nobody has to wait."""
    return leaping


def image(**options: Any) -> dict[str, Any]:
    """A task with an image."""
    return {IMAGE: {"image_name": "backup", **WAIT, **options}}


def snapshot(**options: Any) -> dict[str, Any]:
    """A task with a snapshot."""
    return {SNAPSHOT: {"instance_id": INSTANCE, "snapshot_name": "backup", **WAIT, **options}}


def content(ansible: Ansible) -> str:
    """What is on the disk."""
    return str(ansible.simulator.state()["disks"][DISK]["content"])


def accepted(ansible: Ansible) -> dict[str, int]:
    """The calls that changed something."""
    return dict(ansible.simulator.state()["accepted_calls"])


def test_an_image_is_the_way_back_from_a_reset(ansible: Ansible) -> None:
    before = content(ansible)
    run = ansible.play(
        image(instance_id=INSTANCE, tags={"team": "web"}),
        reset(image_id="img-pmqg1cw7"),
        reset(image_id="{{ result_0.image_id }}"),
        image(state="absent"),
    )
    assert run.code == 0, run.everything
    assert not run.is_noisy
    assert [result["outcome"] for result in run.results] == ["done"] * 4
    assert (run.results[0]["image"]["tags"], content(ansible)) == ({"team": "web"}, before)


def test_a_snapshot_is_the_way_back_within_a_platform(ansible: Ansible) -> None:
    before = content(ansible)
    run = ansible.play(
        snapshot(),
        reset(image_id="img-pmqg1cw7"),
        snapshot(state="restored", auto_stop=True, auto_start=True),
        snapshot(state="absent"),
    )
    assert run.code == 0, run.everything
    assert not run.is_noisy
    assert [result["changed"] for result in run.results] == [True] * 4
    assert content(ansible) == before
    assert accepted(ansible)["ApplySnapshot"] == 1


@pytest.mark.parametrize("task", [image(instance_id=INSTANCE), snapshot()], ids=["image", "snapshot"])
def test_check_mode_with_a_diff_changes_nothing(ansible: Ansible, task: dict[str, Any]) -> None:
    run = ansible.play(task, arguments=["--check", "--diff"])
    assert (run.code, run.result["outcome"], run.result["changed"]) == (0, "planned", True)
    assert "+++ after" in run.out
    assert accepted(ansible) == {}


@pytest.mark.parametrize(
    ("task", "action"),
    [(image(instance_id=INSTANCE), "CreateImage"), (snapshot(), "CreateSnapshot")],
    ids=["image", "snapshot"],
)
def test_a_lost_answer_makes_no_second_one(ansible: Ansible, task: dict[str, Any], action: str) -> None:
    ansible.simulator.faults([{"action": action, "kind": "reset", "when": "after"}])
    run = ansible.play(task, task)
    assert run.code == 0, run.everything
    assert [(result["outcome"], result["adopted"]) for result in run.results] == [("done", True), ("unchanged", False)]
    assert accepted(ansible) == {action: 1}


def test_a_failure_says_all_of_it(ansible: Ansible) -> None:
    run = ansible.play(image(instance_id="ins-nocharge", data_disk_ids=["disk-nobody00"]))
    assert run.code != 0
    assert (run.result["outcome"], len(run.result["problems"])) == ("refused", 2)
    assert "for 2 problems" in run.result["msg"]
    assert accepted(ansible) == {}
