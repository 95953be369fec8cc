# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Custom images: made once, whatever the network does; deleted, refused, awaited."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._errors import NoAnswer
from tests.unit.support.backups import INSTANCE, LOST, accepted, fault, image, sent
from tests.unit.support.simulated import Simulated, simulated

SHARED = {"ImageType": "PRIVATE_IMAGE", "ImageName": "given-away", "shared_with": ["100000000009"]}


def bench(**world: Any) -> Simulated:
    """A simulator whose images take a minute."""
    return simulated(**{"image_seconds": 60, "lag_seconds": 1, **world})


def real(bench: Simulated, image_id: str | None) -> dict[str, Any]:
    """The real state of an image."""
    return dict(bench.simulator.snapshot()["images"][str(image_id)])


# --- the ladder


def test_from_check_mode_to_absent() -> None:
    world = bench()
    options = {"image_description": "The way back", "tags": {"team": "web", "number": 7, "empty": None}}
    planned = image(world, check=True, **options)
    assert (planned.outcome, planned.changed, planned.identity) == ("planned", True, None)
    assert accepted(world, "CreateImage") == 0
    made = image(world, **options)
    assert (made.outcome, made.changed, made.submissions, made.adopted) == ("done", True, 1, False)
    assert (made.request_id is not None, made.previous) == (True, None)
    assert made.record is not None
    assert made.record["image_state"] == "NORMAL"
    assert made.record["tags"] == {"team": "web", "number": "7", "empty": ""}
    assert real(world, made.identity)["ImageDescription"] == "The way back"
    again = image(world)
    assert (again.outcome, again.changed, again.identity) == ("unchanged", False, made.identity)
    assert again.record == again.previous
    planned = image(world, check=True, state="absent", image_name="backup")
    assert (planned.outcome, planned.changed) == ("planned", True)
    assert made.identity in world.simulator.snapshot()["images"]
    gone = image(world, state="absent", image_id=made.identity)
    assert (gone.outcome, gone.changed, gone.record) == ("done", True, None)
    assert gone.previous is not None
    assert made.identity not in world.simulator.snapshot()["images"]
    nothing = image(world, state="absent", image_name="backup")
    assert (nothing.outcome, nothing.changed) == ("unchanged", False)
    assert (accepted(world, "CreateImage"), accepted(world, "DeleteImages")) == (1, 1)


def test_force_poweroff_sysprep_and_data_disks_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    world, asked = bench(), []
    send = world.cvm.create_image

    def noted(parameters: dict[str, Any]) -> Any:
        asked.append(parameters)
        return send(parameters)

    monkeypatch.setattr(world.cvm, "create_image", noted)
    image(world, image_name="plain")
    made = image(world, instance_id="ins-protect1", force_poweroff=True, sysprep=True, data_disk_ids=["disk-data0001"])
    assert asked == [
        {"InstanceId": INSTANCE, "ImageName": "plain"},
        {
            "InstanceId": "ins-protect1",
            "ImageName": "backup",
            "ForcePoweroff": "true",
            "Sysprep": "true",
            "DataDiskIds": ["disk-data0001"],
        },
    ]
    usages = [part["disk_usage"] for part in (made.record or {})["snapshot_set"]]
    assert sorted(usages) == ["DATA_DISK", "SYSTEM_DISK"]


def test_without_waiting_it_is_accepted() -> None:
    world = bench(lag_seconds=0)
    made = image(world, wait=False)
    assert (made.outcome, made.ok, made.changed) == ("accepted", True, True)
    assert real(world, made.identity)["ImageState"] == "CREATING"
    again = image(world, wait=False)
    assert (again.outcome, again.changed) == ("unchanged", False)
    waited = image(world)
    assert (waited.outcome, waited.changed, waited.identity) == ("unchanged", False, made.identity)
    assert (waited.record or {})["image_state"] == "NORMAL"
    assert waited.waited_seconds > 30
    assert accepted(world, "CreateImage") == 1


def test_a_part_of_a_name_is_no_name() -> None:
    world = bench()
    image(world, image_name="backup-2")
    assert image(world).outcome == "done"


def test_only_custom_images_count_for_the_name() -> None:
    assert image(bench(), image_name="CentOS 7.6 64bit").outcome == "done"


# --- what fails


def test_an_image_that_fails_is_failed_and_says_how_to_go_on() -> None:
    world = bench()
    fault(world, "CreateImage", "operation_failed", message="no space")
    made = image(world)
    assert (made.outcome, made.ok, made.changed) == ("failed", False, True)
    assert f"state: absent and image_id: {made.identity}" in made.reason
    assert str(made.request_id) in made.reason
    again = image(world)
    assert (again.outcome, again.changed, again.identity) == ("failed", False, made.identity)
    assert image(world, check=True).outcome == "failed"
    assert image(world, state="absent", image_id=made.identity).outcome == "done"
    assert image(world).outcome == "done"


def test_a_wait_that_ends_too_early_is_accepted_and_no_success() -> None:
    world = bench(image_seconds=600)
    made = image(world, wait_timeout=60)
    assert (made.outcome, made.ok, made.changed) == ("accepted", False, True)
    assert made.error is not None
    assert made.error.code == "WaitTimeout"
    assert "CREATING" in made.reason
    later = image(world, wait_timeout=60)
    assert (later.outcome, later.ok, later.changed) == ("accepted", False, False)
    assert (image(world).outcome, accepted(world, "CreateImage")) == ("unchanged", 1)


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ({"instance_id": "ins-nobody00"}, ["InvalidInstanceId.NotFound"]),
        ({"instance_id": "ins-rescue01"}, ["InvalidInstance.NotSupported"]),
        (
            {"instance_id": "ins-nocharge", "data_disk_ids": ["disk-nocharge", "disk-nobody00"]},
            [
                "UnsupportedOperation.StoppedModeStopCharging",
                "InvalidParameter.DataDiskIdContainsRootDisk",
                "InvalidParameter.DataDiskNotBelongSpecifiedInstance",
            ],
        ),
    ],
)
def test_what_is_known_beforehand_is_refused_all_at_once(
    check: bool, options: dict[str, Any], codes: list[str]
) -> None:
    world = bench()
    made = image(world, check=check, **options)
    assert (made.outcome, made.ok, made.changed) == ("refused", False, False)
    assert [problem.code for problem in made.problems] == codes
    assert sent(world, "CreateImage") == 0


def test_an_image_that_is_never_shown_is_called_so() -> None:
    world = bench(lag_seconds=1000)
    made = image(world, wait_timeout=50)
    assert (made.outcome, made.ok, made.changed) == ("accepted", False, True)
    assert f"{made.identity} is not shown" in made.reason


def test_an_operation_in_progress_is_refused() -> None:
    world = bench(lag_seconds=0)
    image(world, wait=False)
    made = image(world, image_name="other")
    assert [problem.code for problem in made.problems] == ["OperationDenied.InstanceOperationInProgress"]


@pytest.mark.parametrize("check", [True, False])
def test_what_only_the_api_knows_is_refused_in_check_mode_too(check: bool) -> None:
    world = bench(account={"insufficient_balance": True})
    made = image(world, check=check)
    assert (made.outcome, made.changed) == ("refused", False)
    assert made.error is not None
    assert (made.error.code, accepted(world, "CreateImage")) == ("InvalidAccount.InsufficientBalance", 0)
    assert "Settle the account" in made.reason
    assert str(made.error.request_id) in made.reason


def test_a_quota_says_what_to_do() -> None:
    made = image(bench(image_quota=0))
    assert "Delete an image" in made.reason


# --- never twice


@pytest.mark.parametrize("lag", [0, 70])
@pytest.mark.parametrize("name", LOST)
def test_a_lost_answer_of_a_call_that_was_accepted(name: str, lag: float) -> None:
    world = bench(lag_seconds=lag)
    fault(world, "CreateImage", name, when="after")
    made = image(world)
    assert (made.outcome, made.changed, made.adopted, made.submissions) == ("done", True, True, 1)
    assert (accepted(world, "CreateImage"), sent(world, "CreateImage")) == (1, 1)


@pytest.mark.parametrize("delay", [30, 290])
@pytest.mark.parametrize("lag", [0, 70])
def test_a_call_that_is_accepted_late(delay: float, lag: float) -> None:
    world = bench(lag_seconds=lag)
    fault(world, "CreateImage", "drop", when="after", accept_after=delay)
    made = image(world)
    assert (made.outcome, made.adopted, accepted(world, "CreateImage")) == ("done", True, 1)


@pytest.mark.parametrize("name", LOST)
def test_a_lost_call_is_sent_again_only_when_it_can_have_no_effect_any_more(name: str) -> None:
    world = bench()
    fault(world, "CreateImage", name, when="before")
    made = image(world)
    assert (made.outcome, made.adopted, made.submissions) == ("done", False, 2)
    assert accepted(world, "CreateImage") == 1
    assert made.waited_seconds > 375


def test_the_window_is_longer_for_a_clock_that_is_ahead() -> None:
    world = bench(clock_skew=-100)
    fault(world, "CreateImage", "drop", when="after", accept_after=395)
    made = image(world)
    assert (made.outcome, made.adopted, accepted(world, "CreateImage")) == ("done", True, 1)


def test_what_was_surely_not_accepted_is_sent_again_at_once() -> None:
    world = bench()
    fault(world, "CreateImage", "throttle", times=2)
    made = image(world)
    assert (made.outcome, made.submissions, accepted(world, "CreateImage")) == ("done", 3, 1)
    assert made.waited_seconds < 90
    world.transport.unreachable("CreateImage", times=2)
    other = image(world, image_name="other")
    assert (other.outcome, other.submissions) == ("done", 3)


def test_attempts_have_an_end() -> None:
    world = bench()
    world.transport.unreachable("CreateImage", times=9)
    made = image(world)
    assert (made.outcome, made.changed, made.submissions) == ("refused", False, 5)
    assert "was sent 5 times and never accepted" in made.reason


def test_a_rejection_is_final() -> None:
    world = bench()
    fault(world, "CreateImage", "error", code="InvalidImageName.Duplicate", message="Taken.")
    made = image(world)
    assert (made.outcome, made.changed, made.submissions) == ("refused", False, 1)
    assert "choose another image_name" in made.reason


def test_a_rejection_after_a_doubt_is_looked_into() -> None:
    """The second send meets the first, which comes through only then."""
    world = bench(clock_skew=0)
    world.simulator.faults(
        [
            {"kind": "drop", "action": "CreateImage", "when": "before"},
            {"kind": "error", "action": "CreateImage", "nth": 2, "code": "MutexOperation.TaskRunning", "when": "after"},
        ]
    )
    made = image(world)
    assert (made.outcome, made.adopted, accepted(world, "CreateImage")) == ("done", True, 1)


def test_what_cannot_be_decided_is_unknown_and_never_sent_again() -> None:
    world = bench()
    fault(world, "CreateImage", "drop", when="before")
    made = image(world, wait_timeout=100)
    assert (made.outcome, made.ok, made.changed, made.submissions) == ("unknown", False, True, 1)
    assert "Look for an image named 'backup'" in made.reason
    assert "unknown whether CreateImage took effect" in made.reason


def test_unreadable_lists_do_not_prove_that_nothing_happened() -> None:
    world = bench()
    world.simulator.faults(
        [
            {"kind": "drop", "action": "CreateImage", "when": "after"},
            {"kind": "http", "action": "DescribeImages", "nth": 2, "times": 10_000},
        ]
    )
    made = image(world)
    assert (made.outcome, made.changed, sent(world, "CreateImage")) == ("unknown", True, 1)
    assert "A read failed" in made.reason


def test_broken_reads_do_not_end_a_wait() -> None:
    world = bench()
    world.simulator.faults([{"kind": "drop", "action": "DescribeImages", "nth": 2, "times": 20}])
    assert image(world).outcome == "done"


def test_reads_that_break_for_longer_than_a_list_is_late_do_not_make_an_image_missing() -> None:
    world = bench()
    world.simulator.faults([{"kind": "drop", "action": "DescribeImages", "nth": 2, "times": 80}])
    made = image(world)
    assert (made.outcome, made.waited_seconds > 2 * 75) == ("done", True)


def test_one_list_without_an_image_that_was_shown_does_not_make_it_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    world, looks = bench(image_seconds=200), 0
    read = world.cvm.images

    def shown(ids: Any = (), **how: Any) -> Any:
        nonlocal looks
        looks += bool(ids)
        return {} if looks == 30 else read(ids, **how)

    monkeypatch.setattr(world.cvm, "images", shown)
    made = image(world)
    assert (made.outcome, looks > 30, made.waited_seconds > 200) == ("done", True, True)


def test_the_time_to_wait_for_an_image_that_is_there_begins_with_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    world = bench(lag_seconds=0, image_seconds=150)
    image(world, wait=False)
    read = world.cvm.own_images

    def slow(*asked: Any) -> Any:
        world.clock.sleep(100)
        return read(*asked)

    monkeypatch.setattr(world.cvm, "own_images", slow)
    assert image(world, wait_timeout=80).outcome == "unchanged"


def test_a_defect_after_the_send_keeps_the_request_id(monkeypatch: pytest.MonkeyPatch) -> None:
    world = bench()
    read = world.cvm.images

    def broken(ids: Any = (), **how: Any) -> Any:
        if ids:
            raise ZeroDivisionError
        return read(**how)

    monkeypatch.setattr(world.cvm, "images", broken)
    made = image(world)
    assert (made.outcome, made.changed) == ("unknown", True)
    assert str(made.request_id) in made.reason


# --- two of one name, and deletion


def test_a_name_that_two_images_have_is_refused() -> None:
    twin = {"ImageType": "PRIVATE_IMAGE", "ImageName": "backup"}
    world = bench(images={"img-twin0001": twin, "img-twin0002": twin})
    for state in ("present", "absent"):
        done = image(world, state=state, image_name="backup")
        assert [problem.code for problem in done.problems] == ["Ambiguous"]
        assert "img-twin0001, img-twin0002" in done.reason
    assert sent(world, "CreateImage") + sent(world, "DeleteImages") == 0


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("image_id", "code"),
    [
        ("img-pmqg1cw7", "InvalidParameterValue.InvalidImageId"),
        ("img-shared01", "InvalidParameterValue.InvalidImageIdIsShared"),
        ("img-creating", "InvalidImageId.IncorrectState"),
    ],
)
def test_what_cannot_be_deleted_is_refused_beforehand(check: bool, image_id: str, code: str) -> None:
    world = bench()
    done = image(world, check=check, state="absent", image_id=image_id)
    assert [problem.code for problem in done.problems] == [code]
    assert (done.changed, sent(world, "DeleteImages")) == (False, 0)


@pytest.mark.parametrize("check", [True, False])
def test_an_image_that_is_shared_is_refused_by_the_api(check: bool) -> None:
    world = bench(images={"img-shared77": SHARED})
    done = image(world, check=check, state="absent", image_name="given-away")
    assert (done.outcome, done.changed) == ("refused", False)
    assert "Stop sharing it" in done.reason
    assert "InvalidImageId.InShared" in done.reason


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("name", LOST)
def test_a_deletion_may_be_repeated(name: str, when: str) -> None:
    world = bench()
    fault(world, "DeleteImages", name, when=when)
    done = image(world, state="absent", image_id="img-qlzp4oea")
    assert (done.outcome, done.changed, accepted(world, "DeleteImages")) == ("done", True, 1)


def test_a_deletion_of_which_nothing_is_known_is_unknown() -> None:
    world = bench()
    fault(world, "DeleteImages", "drop", when="before", times=99)
    done = image(world, state="absent", image_id="img-qlzp4oea")
    assert (done.outcome, done.changed, sent(world, "DeleteImages")) == ("unknown", True, 5)
    assert 375 < done.waited_seconds < 450
    assert "img-qlzp4oea is still there. Run the task again: deleting again does no harm." in done.reason


NO_MORE = pytest.mark.parametrize(
    "then",
    [{"kind": "throttle"}, {"kind": "error", "code": "MutexOperation.TaskRunning"}],
    ids=["throttled", "refused"],
)


@NO_MORE
def test_a_repetition_that_is_turned_away_does_not_deny_the_deletion(then: dict[str, Any]) -> None:
    world = bench()
    world.simulator.faults(
        [
            {"kind": "drop", "action": "DeleteImages", "when": "after"},
            {"action": "DeleteImages", "nth": 2, "times": 99, **then},
        ]
    )
    done = image(world, state="absent", image_id="img-qlzp4oea")
    assert (done.outcome, done.changed, accepted(world, "DeleteImages")) == ("done", True, 1)


@NO_MORE
def test_a_doubt_is_not_settled_by_a_repetition_that_is_turned_away(then: dict[str, Any]) -> None:
    world = bench()
    world.simulator.faults(
        [
            {"kind": "drop", "action": "DeleteImages", "when": "before"},
            {"action": "DeleteImages", "nth": 2, "times": 99, **then},
        ]
    )
    done = image(world, state="absent", image_id="img-qlzp4oea")
    assert (done.outcome, done.changed, 375 < done.waited_seconds < 450) == ("unknown", True, True)
    assert done.error is not None
    assert done.error.code == "NoAnswer"
    assert f"The last try: DeleteImages failed with {then.get('code', 'RequestLimitExceeded')}" in done.reason


@pytest.mark.parametrize("wait", [True, False])
def test_a_deletion_that_meets_a_copy_of_itself_is_done(wait: bool) -> None:
    world = bench(lag_seconds=20)
    fault(world, "DeleteImages", "error", code="MutexOperation.TaskRunning", when="after")
    done = image(world, state="absent", image_id="img-qlzp4oea", wait=wait)
    assert (done.outcome, done.changed, sent(world, "DeleteImages")) == ("done", True, 1)


@pytest.mark.parametrize("wait", [True, False])
def test_a_deletion_that_meets_something_else_is_refused(wait: bool) -> None:
    world = bench()
    fault(world, "DeleteImages", "error", code="MutexOperation.TaskRunning", when="before")
    done = image(world, state="absent", image_id="img-qlzp4oea", wait=wait)
    assert (done.outcome, done.changed, sent(world, "DeleteImages")) == ("refused", False, 1)
    assert 75 <= done.waited_seconds < 90
    assert "Nothing was deleted" in done.reason


def test_a_deletion_that_was_surely_not_accepted_is_refused_after_all_attempts() -> None:
    world = bench()
    fault(world, "DeleteImages", "throttle", times=99)
    done = image(world, state="absent", image_id="img-qlzp4oea")
    assert (done.outcome, done.changed, sent(world, "DeleteImages")) == ("refused", False, 5)
    assert "Nothing was deleted" in done.reason


def test_a_doubt_without_a_good_read_says_nothing_of_what_is_there() -> None:
    world = bench()
    world.simulator.faults(
        [
            {"kind": "drop", "action": "DeleteImages", "when": "after", "times": 99},
            {"kind": "http", "action": "DescribeImages", "nth": 2, "times": 9999},
        ]
    )
    done = image(world, state="absent", image_id="img-qlzp4oea")
    assert (done.outcome, done.changed) == ("unknown", True)
    assert "still there" not in done.reason
    assert "A read failed" in done.reason


def test_deletion_without_waiting_and_in_time() -> None:
    world = bench(lag_seconds=20)
    assert image(world, state="absent", image_id="img-qlzp4oea", wait=False).outcome == "accepted"
    late = image(world, state="absent", image_id="img-big100gb", wait_timeout=10)
    assert (late.outcome, late.ok) == ("accepted", False)
    gone = image(world, state="absent", image_id="img-big100gb")
    assert gone.outcome in ("done", "unchanged")


# --- options


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"instance_id": "web-01"}, "instance_id"),
        ({"instance_id": ""}, "instance_id"),
        ({"image_name": ""}, "image_name"),
        ({"image_name": "x" * 61}, "image_name"),
        ({"image_name": "backup\n"}, "image_name"),
        ({"image_name": " backup"}, "image_name"),
        ({"image_name": "back\x00up"}, "image_name"),
        ({"image_description": "x" * 257}, "image_description"),
        ({"image_description": "\udcff"}, "image_description"),
        ({"data_disk_ids": ["disk-data0001", "disk-1"]}, "data_disk_ids"),
        ({"tags": {"": "x"}}, "tags"),
        ({"tags": {"a": ["b"]}}, "tags"),
        ({"tags": {"k" * 128: "x"}}, "tags"),
        ({"tags": {"a": "x" * 256}}, "tags"),
        ({"tags": {"a": "\udcff"}}, "tags"),
        ({"tags": {str(number): "x" for number in range(51)}}, "tags"),
        ({"wait_timeout": 0}, "wait_timeout"),
        ({"wait_interval": 0.01}, "wait_interval"),
        ({"state": "absent", "image_id": "ubuntu"}, "image_id"),
    ],
)
def test_an_option_that_cannot_be_used(options: dict[str, Any], option: str) -> None:
    world = bench()
    told = image(world, **options)
    assert (told.outcome, told.ok, told.changed) == ("refused", False, False)
    assert option in [problem.option for problem in told.problems]
    assert {"CreateImage", "DeleteImages"}.isdisjoint(world.calls)


def test_problems_of_options_and_of_records_stand_in_one_list() -> None:
    world = bench()
    told = image(world, instance_id="ins-nocharge", wait_timeout=0, wait_interval=0, tags={"a": []})
    assert [problem.option for problem in told.problems] == ["tags", "wait_timeout", "wait_interval", "instance_id"]
    assert told.problems[-1].code == "UnsupportedOperation.StoppedModeStopCharging"
    assert "for 4 problems: (1) tags:" in told.reason
    again = image(world, check=True, wait_timeout=0)
    assert [problem.option for problem in again.problems] == ["wait_timeout"]
    assert "CreateImage" not in world.calls


def test_what_cannot_be_read_hides_no_problem_with_an_option() -> None:
    world = bench()
    world.transport.unreachable("DescribeImages", times=9)
    told = image(world, wait_timeout=0)
    assert [problem.option for problem in told.problems] == ["wait_timeout"]
    assert "More may be wrong: DescribeImages failed" in told.reason
    assert told.error is not None


def test_without_an_id_to_read_by_nothing_is_asked() -> None:
    world = bench()
    told = image(world, instance_id="web-01", wait_timeout=0)
    assert [problem.option for problem in told.problems] == ["instance_id", "wait_timeout"]
    assert world.calls == []


def test_a_read_that_fails_before_the_send_is_raised() -> None:
    world = bench()
    world.transport.unreachable("DescribeImages", times=9)
    with pytest.raises(NoAnswer):
        image(world)
    assert sent(world, "CreateImage") == 0


@pytest.mark.parametrize("name", ["drop", "http", "throttle"])
def test_a_dry_run_without_an_answer_is_no_refusal(name: str) -> None:
    world = bench()
    fault(world, "CreateImage", name, when="before", times=99)
    told = image(world, check=True)
    assert (told.outcome, told.ok, told.changed) == ("refused", False, False)
    assert "it gave no verdict" in told.reason
