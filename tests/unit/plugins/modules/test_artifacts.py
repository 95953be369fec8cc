# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules of images and snapshots, from their options to their exit, on a simulator."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
import yaml

from ansible_collections.tencent.cloud.plugins.modules import cbs_snapshot, cvm_image
from tests.unit.support.modules import ADDED, Modules

BOTH = pytest.mark.parametrize(
    ("tested", "noun", "action"),
    [(cvm_image, "image", "CreateImage"), (cbs_snapshot, "snapshot", "CreateSnapshot")],
    ids=["image", "snapshot"],
)


def names(result: dict[str, Any]) -> set[str]:
    """The keys that the module itself returns."""
    return set(result) - ADDED - {"diff"}


def making(noun: str, **options: Any) -> dict[str, Any]:
    """The options that make one."""
    return {"instance_id": "ins-r8hr2upy", f"{noun}_name": "backup", **options}


@BOTH
def test_missing_options(modules: Modules, tested: ModuleType, noun: str, action: str) -> None:
    assert "missing" in modules(tested)["msg"]
    assert "missing" in modules(tested, state="absent")["msg"]
    both = modules(tested, state="absent", **{f"{noun}_id": "x", f"{noun}_name": "y"})
    assert "mutually exclusive" in both["msg"]
    assert modules.bench.calls == []


@BOTH
@pytest.mark.parametrize("empty", [None, ""])
@pytest.mark.parametrize(
    ("state", "key", "told"),
    [
        ("present", "name", "{0}_name: It has no value. Give {0}_name."),
        ("absent", "name", "{0}_id: One of {0}_id and {0}_name needs a value. Give {0}_id or {0}_name."),
        ("absent", "id", "{0}_id: One of {0}_id and {0}_name needs a value. Give {0}_id or {0}_name."),
    ],
    ids=["present", "absent-by-name", "absent-by-id"],
)
def test_an_id_or_a_name_without_a_value_is_refused(
    modules: Modules, tested: ModuleType, noun: str, action: str, empty: str | None, state: str, key: str, told: str
) -> None:
    result = modules(tested, state=state, instance_id="ins-r8hr2upy", **{f"{noun}_{key}": empty})
    assert (result["outcome"], result["problems"][0]["code"]) == ("refused", "InvalidOption")
    assert told.format(noun) in result["msg"]
    assert modules.bench.calls == []


@BOTH
def test_every_end_has_the_documented_keys(modules: Modules, tested: ModuleType, noun: str, action: str) -> None:
    documented = set(yaml.safe_load(tested.RETURN))
    ends = [
        (modules(tested, check=True, **making(noun)), "planned", True),
        (modules(tested, **making(noun)), "done", True),
        (modules(tested, **making(noun)), "unchanged", False),
        (modules(tested, **making(noun, instance_id="ins-nobody00", **{f"{noun}_name": "x"})), "refused", False),
        (modules(tested, **making(noun, wait_timeout=0)), "refused", False),
        (modules(tested, **making(noun, secret_key="wrong")), "refused", False),
        (modules(tested, state="absent", **{f"{noun}_name": "backup"}), "done", True),
    ]
    for result, outcome, changed in ends:
        assert names(result) == documented, outcome
        assert (result["reason"] is None) is bool(result.get("failed"))
        assert result["outcome"] == outcome
        assert result["changed"] is changed
    assert modules.bench.calls.count(action) <= 2


@BOTH
def test_a_refusal_names_option_problem_and_fix(modules: Modules, tested: ModuleType, noun: str, action: str) -> None:
    result = modules(tested, **making(noun, instance_id="web-01"))
    assert result["msg"] == (
        "Nothing was sent, for 1 problem: (1) instance_id: 'web-01' is not a valid id. An id is ins- and eight "
        "lower-case letters or digits. To find it by the name, use cvm_instance_info with filters: "
        "{instance-name: NAME}."
    )
    assert (result["problems"][0]["code"], result["error"], modules.bench.calls) == ("InvalidOption", None, [])


@BOTH
def test_a_diff_has_the_same_keys_before_and_after(
    modules: Modules, tested: ModuleType, noun: str, action: str
) -> None:
    options = making(noun, tags={"team": "web"})
    planned = modules(tested, check=True, diff=True, **options)
    assert (planned["diff"]["before"], planned["diff"]["after"][f"{noun}_id"]) == ({}, None)
    made = modules(tested, diff=True, **options)
    assert made["diff"]["before"] == {}
    assert made["diff"]["after"] == {**planned["diff"]["after"], f"{noun}_id": made[f"{noun}_id"]}
    again = modules(tested, diff=True, **options)
    assert again["diff"]["before"] == again["diff"]["after"] == made["diff"]["after"]
    gone = modules(tested, diff=True, state="absent", **{f"{noun}_id": again[f"{noun}_id"]})
    assert (gone["diff"]["before"], gone["diff"]["after"]) == (again["diff"]["after"], {})


@BOTH
def test_a_diff_after_a_run_is_what_was_made(modules: Modules, tested: ModuleType, noun: str, action: str) -> None:
    modules.bench.fault("error", action, code="InvalidParameterValue")
    refused = modules(tested, diff=True, **making(noun))
    assert (refused["outcome"], refused["diff"]["after"]) == ("refused", {})
    unseen = modules(tested, diff=True, wait=False, **making(noun))
    assert unseen["outcome"] == "accepted"
    assert unseen[f"{noun}_id"]
    assert unseen["diff"]["after"][f"{noun}_id"] == unseen[f"{noun}_id"]
    modules.bench.clock.sleep(1)
    waited = modules(tested, diff=True, **making(noun))
    states = [waited["diff"][when][f"{noun}_state"] for when in ("before", "after")]
    assert (waited["outcome"], states) == ("unchanged", ["CREATING", "NORMAL"])


@BOTH
def test_what_is_unknown_is_no_success_and_changed(
    modules: Modules, tested: ModuleType, noun: str, action: str
) -> None:
    modules.bench.fault("drop", action, when="before")
    result = modules(tested, **making(noun, wait_timeout=60))
    assert (result["failed"], result["outcome"], result["changed"]) == (True, "unknown", True)
    assert (result[noun], result[f"{noun}_id"], result["error"]["code"]) == (None, None, "NoAnswer")
    assert modules.bench.calls.count(action) == 1


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("options", [making("image"), {"state": "absent", "image_id": "img-qlzp4oea"}])
def test_no_image_by_the_older_interface(modules: Modules, options: dict[str, Any], check: bool) -> None:
    result = modules(cvm_image, check=check, api="v2", **options)
    assert (result["failed"], result["outcome"], result["changed"]) == (True, "refused", False)
    assert result["msg"].endswith("Set api: v3.")
    assert modules.bench.calls == []


def test_a_snapshot_is_restored(modules: Modules) -> None:
    made = modules(cbs_snapshot, **making("snapshot"))
    options = {"state": "restored", "snapshot_id": made["snapshot_id"], "auto_stop": True, "auto_start": True}
    planned = modules(cbs_snapshot, check=True, diff=True, **options)
    assert (planned["outcome"], planned["diff"]["after"]["disk_id"]) == ("planned", "disk-r8hr2upy")
    done = modules(cbs_snapshot, **options)
    assert (done["outcome"], done["changed"], done["disk_id"]) == ("done", True, "disk-r8hr2upy")
    assert names(done) == set(yaml.safe_load(cbs_snapshot.RETURN))


@pytest.mark.parametrize("state", ["absent", "restored"])
@pytest.mark.parametrize("guard", ["disk_id", "instance_id"])
def test_a_guard_without_a_value_is_refused(modules: Modules, state: str, guard: str) -> None:
    for value in (None, ""):
        told = modules(cbs_snapshot, state=state, snapshot_id="snap-kept0001", **{guard: value})
        assert (told["outcome"], told["problems"][0]["code"]) == ("refused", "InvalidOption")
        assert told["msg"].startswith(f"Nothing was sent, for 1 problem: (1) {guard}: It has no value")
    assert modules.bench.calls == []


def test_one_of_two_guards_is_enough(modules: Modules) -> None:
    modules(cbs_snapshot, **making("snapshot"))
    options = {"state": "absent", "snapshot_name": "backup", "disk_id": None, "instance_id": "ins-r8hr2upy"}
    assert modules(cbs_snapshot, **options)["outcome"] == "done"


@BOTH
def test_nothing_is_said_twice(modules: Modules, tested: ModuleType, noun: str, action: str) -> None:
    made = modules(tested, **making(noun))
    assert (made[noun][f"{noun}_id"], made["previous"]) == (made[f"{noun}_id"], None)
    again = modules(tested, **making(noun))
    assert (again["outcome"], again[noun], again["previous"]) == ("unchanged", made[noun], None)
    gone = modules(tested, state="absent", **{f"{noun}_name": "backup"})
    assert (gone[noun], gone["previous"]) == (None, made[noun])
