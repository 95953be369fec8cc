# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Snapshots: made once, whatever the network does; deleted, refused, awaited."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._errors import NoAnswer
from tests.unit.support.backups import DISK, INSTANCE, LOST, accepted, fault, image, sent, snapshot
from tests.unit.support.simulated import NOW, Simulated, simulated

FAR = "2099-01-08T09:47:55+00:00"


def bench(**world: Any) -> Simulated:
    """A simulator whose snapshots take a minute."""
    return simulated(**{"snapshot_seconds": 60, "lag_seconds": 1, **world})


def kept(name: str = "backup", **fields: Any) -> dict[str, Any]:
    """A snapshot of the world."""
    return {"SnapshotName": name, "DiskId": DISK, "region": "ap-guangzhou", **fields}


# --- the ladder


@pytest.mark.parametrize("of", [{}, {"disk_id": DISK}])
def test_from_check_mode_to_absent(of: dict[str, Any]) -> None:
    world = bench()
    options = {"deadline": FAR, "tags": {"team": "web"}, **of}
    planned = snapshot(world, check=True, **options)
    assert (planned.outcome, planned.changed, planned.identity) == ("planned", True, None)
    assert accepted(world, "CreateSnapshot") == 0
    made = snapshot(world, **options)
    assert (made.outcome, made.changed, made.submissions, made.adopted) == ("done", True, 1, False)
    record = made.record or {}
    assert (record["snapshot_state"], record["percent"], record["disk_id"]) == ("NORMAL", 100, DISK)
    assert (record["tags"], record["deadline_time"]) == ({"team": "web"}, "2099-01-08 09:47:55")
    assert made.extra["disk_id"] == DISK
    again = snapshot(world, **options)
    assert (again.outcome, again.changed, again.identity) == ("unchanged", False, made.identity)
    planned = snapshot(world, check=True, state="absent", snapshot_name="backup", disk_id=DISK)
    assert (planned.outcome, planned.identity) == ("planned", made.identity)
    gone = snapshot(world, state="absent", snapshot_id=made.identity)
    assert (gone.outcome, gone.changed, gone.record) == ("done", True, None)
    assert made.identity not in world.simulator.snapshot()["snapshots"]
    assert snapshot(world, state="absent", snapshot_name="backup").outcome == "unchanged"
    assert (accepted(world, "CreateSnapshot"), accepted(world, "DeleteSnapshots")) == (1, 1)


def test_the_name_counts_together_with_the_disk() -> None:
    world = bench()
    assert snapshot(world, disk_id="disk-data0001").outcome == "done"
    assert snapshot(world).outcome == "done"
    both = snapshot(world, state="absent", snapshot_name="backup")
    assert [problem.code for problem in both.problems] == ["Ambiguous"]
    assert snapshot(world, state="absent", snapshot_name="backup", disk_id=DISK).outcome == "done"


def test_without_waiting_it_is_accepted() -> None:
    world = bench(lag_seconds=0)
    made = snapshot(world, wait=False)
    assert (made.outcome, made.ok, made.changed) == ("accepted", True, True)
    waited = snapshot(world)
    assert (waited.outcome, waited.changed, waited.identity) == ("unchanged", False, made.identity)
    assert waited.waited_seconds > 30


# --- what fails


def test_a_timeout_shows_the_percent() -> None:
    world = bench(snapshot_seconds=200)
    made = snapshot(world, wait_timeout=100)
    assert (made.outcome, made.ok, made.changed) == ("accepted", False, True)
    assert "CREATING (49 %)" in made.reason
    assert made.error is not None
    assert made.error.code == "WaitTimeout"
    assert (snapshot(world).outcome, accepted(world, "CreateSnapshot")) == ("unchanged", 1)


def test_a_snapshot_that_vanishes_is_failed() -> None:
    world = bench()
    fault(world, "CreateSnapshot", "operation_failed", message="no space")
    made = snapshot(world)
    assert (made.outcome, made.ok, made.changed, made.record) == ("failed", False, True, None)
    assert str(made.request_id) in made.reason
    assert snapshot(world).outcome == "done"


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("options", "world", "codes"),
    [
        ({"instance_id": "ins-nobody00"}, {}, ["InvalidInstanceId.NotFound"]),
        ({"disk_id": "disk-nobody00"}, {}, ["InvalidDiskId.NotFound"]),
        ({"instance_id": "ins-localssd"}, {}, ["InvalidDiskId.NotFound"]),
        (
            {"deadline": "2020-01-01T00:00:00Z"},
            {
                "disks": {DISK: {"SnapshotAbility": False, "DiskState": "ROLLBACKING"}},
                "snapshots": {"snap-running1": kept("other", SnapshotState="CREATING")},
            },
            [
                "InvalidDisk.NotSupportSnapshot",
                "ResourceInUse.DiskRollbacking",
                "InvalidDisk.SnapshotCreating",
                "InvalidParameterValue",
            ],
        ),
    ],
)
def test_what_is_known_beforehand_is_refused_all_at_once(
    check: bool, options: dict[str, Any], world: dict[str, Any], codes: list[str]
) -> None:
    simulator = bench(**world)
    made = snapshot(simulator, check=check, **options)
    assert (made.outcome, made.ok, made.changed) == ("refused", False, False)
    assert [problem.code for problem in made.problems] == codes
    assert sent(simulator, "CreateSnapshot") == 0


def test_a_snapshot_that_is_about_to_go_is_none_to_keep() -> None:
    made = snapshot(bench(snapshots={"snap-kept0001": kept(SnapshotState="TORECYCLE")}))
    assert (made.outcome, made.changed) == ("refused", False)
    assert "about to be deleted" in made.reason


def test_what_only_the_api_knows_is_refused_with_advice() -> None:
    made = snapshot(bench(snapshot_quota=0))
    assert (made.outcome, made.changed) == ("refused", False)
    assert "Delete a snapshot" in made.reason


def test_a_deadline_that_has_come_near_does_not_matter_to_a_snapshot_that_is_there() -> None:
    world = bench()
    snapshot(world)
    assert snapshot(world, deadline="2020-01-01T00:00:00Z").outcome == "unchanged"


# --- never twice


@pytest.mark.parametrize("lag", [0, 70])
@pytest.mark.parametrize("name", LOST)
def test_a_lost_answer_of_a_call_that_was_accepted(name: str, lag: float) -> None:
    world = bench(lag_seconds=lag)
    fault(world, "CreateSnapshot", name, when="after")
    made = snapshot(world)
    assert (made.outcome, made.changed, made.adopted, made.submissions) == ("done", True, True, 1)
    assert (accepted(world, "CreateSnapshot"), sent(world, "CreateSnapshot")) == (1, 1)


@pytest.mark.parametrize("name", LOST)
def test_a_lost_call_is_sent_again_only_when_it_can_have_no_effect_any_more(name: str) -> None:
    world = bench()
    fault(world, "CreateSnapshot", name, when="before")
    made = snapshot(world)
    assert (made.outcome, made.adopted, made.submissions) == ("done", False, 2)
    assert (accepted(world, "CreateSnapshot"), made.waited_seconds > 375) == (1, True)


@pytest.mark.parametrize("lag", [0, 70])
def test_a_call_that_is_accepted_late(lag: float) -> None:
    world = bench(lag_seconds=lag)
    fault(world, "CreateSnapshot", "drop", when="after", accept_after=295)
    made = snapshot(world)
    assert (made.outcome, made.adopted, accepted(world, "CreateSnapshot")) == ("done", True, 1)


def test_what_was_surely_not_accepted_is_sent_again_at_once() -> None:
    world = bench()
    fault(world, "CreateSnapshot", "throttle", times=2)
    made = snapshot(world)
    assert (made.outcome, made.submissions, accepted(world, "CreateSnapshot")) == ("done", 3, 1)
    assert made.waited_seconds < 90


def test_a_copy_of_a_call_that_was_throttled_may_have_been_accepted() -> None:
    """A proxy repeats the request, and the limit of calls is reached between the two."""
    world = bench(lag_seconds=0, snapshot_seconds=0.1)
    fault(world, "CreateSnapshot", "throttle", when="after")
    made = snapshot(world)
    assert (made.outcome, made.adopted, made.submissions, accepted(world, "CreateSnapshot")) == ("done", True, 1, 1)


def test_an_answer_without_an_id_is_cleared_up_by_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The document allows SnapshotId to be null."""
    world = bench()
    write = world.cvm.client.write
    monkeypatch.setattr(world.cvm.client, "write", lambda *call: {**write(*call), "SnapshotId": None})
    made = snapshot(world)
    assert (made.outcome, made.adopted, accepted(world, "CreateSnapshot")) == ("done", True, 1)


def test_what_cannot_be_decided_is_unknown_and_never_sent_again() -> None:
    world = bench()
    fault(world, "CreateSnapshot", "drop", when="before")
    made = snapshot(world, wait_timeout=100)
    assert (made.outcome, made.ok, made.changed, made.submissions) == ("unknown", False, True, 1)
    assert f"Look for a snapshot of {DISK} named 'backup'" in made.reason


def test_two_that_appear_after_a_doubt_are_none_to_adopt(monkeypatch: pytest.MonkeyPatch) -> None:
    world = bench()
    fault(world, "CreateSnapshot", "drop", when="before")
    twins = simulated(snapshots={"snap-twin0001": kept(), "snap-twin0002": kept()})
    read = world.cvm.client.read

    def late(service: Any, action: str, *rest: Any) -> Any:
        after = sent(world, "CreateSnapshot") and action == "DescribeSnapshots"
        return twins.cvm.client.read(service, action, *rest) if after else read(service, action, *rest)

    monkeypatch.setattr(world.cvm.client, "read", late)
    made = snapshot(world)
    assert (made.outcome, made.changed, sent(world, "CreateSnapshot")) == ("unknown", True, 1)
    assert "snap-twin0001" in made.reason


# --- deletion


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"SnapshotState": "CREATING"}, "InvalidSnapshot.NotSupported"),
        ({"ShareReference": 2}, "UnsupportedOperation.SnapHasShared"),
    ],
)
@pytest.mark.parametrize("check", [True, False])
def test_what_cannot_be_deleted_is_refused_beforehand(check: bool, fields: dict[str, Any], code: str) -> None:
    world = bench(snapshots={"snap-kept0001": kept(**fields)})
    done = snapshot(world, check=check, state="absent", snapshot_id="snap-kept0001")
    assert [problem.code for problem in done.problems] == [code]
    assert sent(world, "DeleteSnapshots") == 0


@pytest.mark.parametrize(
    ("named", "option"), [({"disk_id": "disk-data0001"}, "disk_id"), ({"instance_id": "ins-keypair1"}, "instance_id")]
)
@pytest.mark.parametrize("check", [True, False])
def test_a_snapshot_of_another_disk_than_the_named_one_is_not_deleted(
    check: bool, named: dict[str, str], option: str
) -> None:
    world = bench(snapshots={"snap-kept0001": kept()})
    done = snapshot(world, check=check, state="absent", snapshot_id="snap-kept0001", **named)
    assert [(problem.code, problem.option) for problem in done.problems] == [("InvalidSnapshot.NotSupported", option)]
    assert (done.changed, sent(world, "DeleteSnapshots"), done.extra["disk_id"]) == (False, 0, DISK)


@pytest.mark.parametrize("named", [{}, {"disk_id": DISK}, {"instance_id": INSTANCE}])
def test_a_deletion_says_of_which_disk_the_snapshot_was(named: dict[str, str]) -> None:
    world = bench(snapshots={"snap-kept0001": kept()})
    done = snapshot(world, state="absent", snapshot_id="snap-kept0001", **named)
    assert (done.outcome, done.extra["disk_id"]) == ("done", DISK)


def test_a_name_that_only_another_disk_has_is_told() -> None:
    """A switch of the platform leaves the snapshots of the former system disk behind."""
    world = bench(snapshots={"snap-kept0001": kept(DiskId="disk-former01"), "snap-kept0002": kept("backup-2")})
    done = snapshot(world, state="absent", snapshot_name="backup", instance_id=INSTANCE)
    assert (done.outcome, done.changed) == ("unchanged", False)
    assert f"Snapshots of this name are of disk-former01, and not of {DISK}." in done.reason
    nothing = snapshot(world, state="absent", snapshot_name="backup-3", instance_id=INSTANCE)
    assert nothing.reason == "There is no snapshot backup-3."


def test_a_snapshot_that_is_about_to_go_is_not_waited_for() -> None:
    world = bench(snapshots={"snap-kept0001": kept(SnapshotState="TORECYCLE")})
    for state in ("absent", "restored"):
        fix = snapshot(world, state=state, snapshot_id="snap-kept0001").problems[0].fix
        assert "about to delete it" in fix
        assert "Wait" not in fix


def test_a_snapshot_of_an_image_is_refused() -> None:
    world = bench()
    made = image(world)
    name = (made.record or {})["snapshot_set"][0]["snapshot_id"]
    done = snapshot(world, state="absent", snapshot_id=name)
    assert [problem.code for problem in done.problems] == ["UnsupportedOperation.SnapshotHasBindedImage"]
    assert str(made.identity) in done.reason


def test_a_shared_snapshot_that_does_not_show_it_is_refused_by_the_api() -> None:
    world = bench(snapshots={"snap-kept0001": kept(shared_with=["100000000009"])})
    done = snapshot(world, state="absent", snapshot_id="snap-kept0001")
    assert (done.outcome, done.changed) == ("refused", False)
    assert "Stop sharing it" in done.reason


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("name", LOST)
def test_a_deletion_may_be_repeated(name: str, when: str) -> None:
    world = bench(snapshots={"snap-kept0001": kept()})
    fault(world, "DeleteSnapshots", name, when=when)
    done = snapshot(world, state="absent", snapshot_id="snap-kept0001")
    assert (done.outcome, done.changed, accepted(world, "DeleteSnapshots")) == ("done", True, 1)


# --- options


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"instance_id": "web-01"}, "instance_id"),
        ({"instance_id": None}, "disk_id"),
        ({"instance_id": "", "disk_id": None}, "disk_id"),
        ({"disk_id": DISK, "instance_id": "ins-r8hr2upy"}, "disk_id"),
        ({"snapshot_name": ""}, "snapshot_name"),
        ({"snapshot_name": "x" * 61}, "snapshot_name"),
        ({"deadline": "tomorrow"}, "deadline"),
        ({"snapshot_name": "backup\n"}, "snapshot_name"),
        ({"deadline": ""}, "deadline"),
        ({"deadline": "9999-12-31T23:59:59-01:00"}, "deadline"),
        ({"deadline": "0001-01-01T00:00:00+01:00"}, "deadline"),
        ({"tags": {"a": {}}}, "tags"),
        ({"auto_start": True}, "auto_start"),
        ({"state": "absent", "snapshot_id": "backup"}, "snapshot_id"),
        ({"state": "restored", "snapshot_name": "backup"}, "disk_id"),
        ({"state": "restored", "snapshot_name": None, "disk_id": DISK}, "snapshot_id"),
    ],
)
def test_an_option_that_cannot_be_used(options: dict[str, Any], option: str) -> None:
    world = bench()
    told = snapshot(world, **options)
    assert (told.outcome, told.ok, told.changed) == ("refused", False, False)
    assert option in [problem.option for problem in told.problems]
    assert {"CreateSnapshot", "DeleteSnapshots", "ApplySnapshot"}.isdisjoint(world.calls)


def test_problems_of_options_and_of_records_stand_in_one_list() -> None:
    world = bench(disks={DISK: {"SnapshotAbility": False}})
    told = snapshot(world, wait_timeout=0, deadline="tomorrow")
    assert [problem.option for problem in told.problems] == ["deadline", "wait_timeout", "disk_id"]
    assert "CreateSnapshot" not in world.calls


@pytest.mark.parametrize("text", [FAR, "2099-01-08T09:47:55Z", "2099-01-08T17:47:55+08:00", "2099-01-08T09:47:55"])
def test_deadlines_of_every_spelling(text: str) -> None:
    world = bench()
    assert (snapshot(world, deadline=text).record or {})["deadline_time"] == "2099-01-08 09:47:55"


def test_a_snapshot_is_gone_after_its_deadline() -> None:
    world = bench()
    snapshot(world, deadline="2025-10-11T00:00:00Z")
    world.clock.sleep(1_760_140_800.0 - NOW)
    assert snapshot(world, check=True).outcome == "planned"


def test_a_read_that_fails_before_the_send_is_raised() -> None:
    world = bench()
    world.transport.unreachable("DescribeSnapshots", times=9)
    with pytest.raises(NoAnswer):
        snapshot(world)
    assert sent(world, "CreateSnapshot") == 0


def test_a_local_system_disk_is_told_from_a_wrong_id() -> None:
    world = bench()
    local, missing = snapshot(world, instance_id="ins-localssd"), snapshot(world, disk_id="disk-nobody00")
    assert [one.option for one in (*local.problems, *missing.problems)] == ["instance_id", "disk_id"]
    assert "is not a cloud disk" in local.reason
    assert "cvm_image" in local.reason
