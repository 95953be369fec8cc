# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rolling a disk back to a snapshot: refused beforehand, sent once, followed to its end."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._api.transform import record
from ansible_collections.tencent.cloud.plugins.module_utils._backup.result import BackupResult
from ansible_collections.tencent.cloud.plugins.module_utils._services.cbs import Cbs
from tests.unit.support.backups import DISK, INSTANCE, LOST, accepted, fault, sent, snapshot
from tests.unit.support.simulated import Simulated, simulated

BACKUP = "snap-backup01"


def bench(**world: Any) -> Simulated:
    """A simulator with a snapshot of a system disk, whose rollbacks take a minute."""
    kept = {"SnapshotName": "backup", "DiskId": DISK, "region": "ap-guangzhou", "content": "as it was"}
    known = {BACKUP: {**kept, **world.pop("backup", {})}}
    return simulated(**{"rollback_seconds": 60, "power_seconds": 10, "lag_seconds": 1, "snapshots": known, **world})


def restore(bench: Simulated, *, check: bool = False, **options: Any) -> BackupResult:
    """Roll back, stopping and starting the instance."""
    named = {} if options.get("snapshot_name") else {"snapshot_id": BACKUP}
    desired = {"state": "restored", "auto_stop": True, "auto_start": True, **named, **options}
    return snapshot(bench, check=check, **desired)


def content(bench: Simulated) -> str:
    """What is on the disk."""
    return str(bench.simulator.snapshot()["disks"][DISK]["content"])


def state(bench: Simulated) -> str:
    """The real state of the instance."""
    return str(bench.simulator.snapshot()["instances"][INSTANCE]["InstanceState"])


# --- the ladder


@pytest.mark.parametrize(
    "named",
    [
        {},
        {"instance_id": INSTANCE},
        {"disk_id": DISK},
        {"snapshot_name": "backup", "instance_id": INSTANCE},
        {"snapshot_name": "backup", "disk_id": DISK},
    ],
)
@pytest.mark.parametrize("lag", [0, 15])
def test_check_mode_and_every_run_rolls_back(named: dict[str, Any], lag: float) -> None:
    world = bench(lag_seconds=lag)
    before = content(world)
    planned = restore(world, check=True, **named)
    assert (planned.outcome, planned.changed, planned.identity) == ("planned", True, BACKUP)
    assert (content(world), accepted(world, "ApplySnapshot")) == (before, 0)
    for count in (1, 2):
        done = restore(world, **named)
        assert (done.outcome, done.changed, done.submissions) == ("done", True, 1)
        assert (content(world), state(world), accepted(world, "ApplySnapshot")) == ("as it was", "RUNNING", count)
        assert (done.record or {})["snapshot_state"] == "NORMAL"
        assert done.extra["disk_id"] == DISK


def test_without_auto_start_the_instance_stays_off() -> None:
    world = bench()
    assert restore(world, auto_start=False).outcome == "done"
    assert (content(world), state(world)) == ("as it was", "STOPPED")
    again = restore(world, auto_start=False, auto_stop=False)
    assert again.outcome == "done"


def test_without_waiting_it_is_accepted() -> None:
    world = bench(lag_seconds=0)
    done = restore(world, wait=False)
    assert (done.outcome, done.ok, done.changed) == ("accepted", True, True)
    again = restore(world)
    assert "ResourceInUse.DiskRollbacking" in [problem.code for problem in again.problems]
    assert accepted(world, "ApplySnapshot") == 1


def test_a_rollback_that_was_seen_is_over_when_it_shows_so() -> None:
    done = restore(bench(rollback_seconds=20, power_seconds=2, lag_seconds=0))
    assert (done.outcome, done.waited_seconds < 60) == ("done", True)


def test_sights_of_an_older_state_one_at_a_time_do_not_end_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    world = bench(rollback_seconds=300, lag_seconds=0)
    cbs, sights = Cbs(world.cvm.client), 0
    old = {"disks": cbs.disks([DISK]), "snapshots": cbs.snapshots([BACKUP])}

    def show(name: str) -> None:
        read = getattr(Cbs, name)

        def shown(*asked: Any, **how: Any) -> Any:
            nonlocal sights
            sights += world.simulator.snapshot()["snapshots"][BACKUP]["SnapshotState"] == "ROLLBACKING"
            return old[name] if sights in (31, 32, 35, 36) else read(*asked, **how)

        monkeypatch.setattr(Cbs, name, shown)

    show("disks")
    show("snapshots")
    done = restore(world, auto_start=False)
    assert (done.outcome, sights > 36, done.waited_seconds > 300) == ("done", True, True)


def test_a_rollback_too_short_to_be_seen_is_believed_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    world = bench(rollback_seconds=0.1, power_seconds=0.1, lag_seconds=0)
    send = world.cvm.client.write

    def slow(*call: Any) -> Any:
        answer = send(*call)
        world.clock.sleep(2)
        return answer

    monkeypatch.setattr(world.cvm.client, "write", slow)
    done = restore(world)
    assert (done.outcome, content(world)) == ("done", "as it was")
    assert done.waited_seconds > 75


# --- refused beforehand


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("options", "world", "codes"),
    [
        ({"snapshot_id": "snap-nobody00"}, {}, ["InvalidSnapshotId.NotFound"]),
        ({"snapshot_name": "nothing", "disk_id": DISK}, {}, ["InvalidSnapshotId.NotFound"]),
        ({"instance_id": "ins-nobody00"}, {}, ["InvalidInstanceId.NotFound"]),
        ({"instance_id": "ins-keypair1"}, {}, ["InvalidSnapshot.NotSupported"]),
        ({"disk_id": "disk-data0001"}, {}, ["InvalidSnapshot.NotSupported"]),
        ({"auto_stop": False, "auto_start": False}, {}, ["InvalidDisk.Busy"]),
        ({}, {"backup": {"DiskSize": 20}}, ["InvalidParameter.DiskSizeNotMatch"]),
        (
            {"instance_id": INSTANCE, "auto_stop": False, "auto_start": False},
            {"backup": {"SnapshotState": "CREATING", "Percent": 10, "DiskSize": 20}},
            [
                "InvalidSnapshot.NotSupported",
                "InvalidParameter.DiskSizeNotMatch",
                "InvalidDisk.SnapshotCreating",
                "InvalidDisk.Busy",
            ],
        ),
        (
            {"instance_id": INSTANCE},
            {"backup": {"DiskId": "disk-goneaway"}},
            ["InvalidDiskId.NotFound", "InvalidSnapshot.NotSupported"],
        ),
    ],
)
def test_what_is_known_beforehand_is_refused_all_at_once(
    check: bool, options: dict[str, Any], world: dict[str, Any], codes: list[str]
) -> None:
    simulator = bench(**world)
    before = content(simulator)
    done = restore(simulator, check=check, **options)
    assert (done.outcome, done.ok, done.changed) == ("refused", False, False)
    assert [problem.code for problem in done.problems] == codes
    assert (sent(simulator, "ApplySnapshot"), content(simulator)) == (0, before)


@pytest.mark.parametrize(
    "options", [{}, {"instance_id": INSTANCE}, {"snapshot_name": "backup", "instance_id": INSTANCE}]
)
def test_after_a_switch_of_the_platform_an_image_is_the_way_back(options: dict[str, Any]) -> None:
    world = bench(instances={INSTANCE: {"SystemDisk": {"DiskSize": 100, "DiskId": DISK}, "Memory": 8}})
    login = {"Password": "Example-Passw0rd-7"}
    world.cvm.reset_instance({"InstanceId": INSTANCE, "ImageId": "img-win2019e", "LoginSettings": login})
    world.clock.sleep(3600)
    assert world.cvm.instances([INSTANCE])[INSTANCE]["latest_operation_state"] == "SUCCESS"
    done = restore(world, **options)
    assert (done.outcome, sent(world, "ApplySnapshot")) == ("refused", 0)
    assert "switch between Linux and Windows" in done.reason
    assert "image made of the instance is the way back" in done.reason


def test_a_disk_of_no_instance_has_nothing_to_stop() -> None:
    free = {"disk-free0001": {"region": "ap-guangzhou", "DiskSize": 50}}
    world = bench(disks=free, backup={"DiskId": "disk-free0001", "DiskUsage": "DATA_DISK"})
    done = restore(world)
    assert [problem.option for problem in done.problems] == ["auto_stop"]
    assert restore(world, auto_stop=False, auto_start=False).outcome == "done"


def test_what_only_the_api_knows_is_refused_with_advice() -> None:
    world = bench()
    fault(world, "ApplySnapshot", "error", code="InvalidParameter.DiskSizeNotMatch", message="Told so.")
    done = restore(world)
    assert (done.outcome, done.changed, done.submissions) == ("refused", False, 1)
    assert "has grown since" in done.reason


def test_a_documented_refusal_is_no_doubt() -> None:
    world = bench()
    fault(world, "ApplySnapshot", "error", code="ResourceUnavailable.NotSupported", message="Told so.")
    done = restore(world)
    assert (done.outcome, done.changed, done.submissions) == ("refused", False, 1)


# --- never twice


@pytest.mark.parametrize("lag", [0, 20])
@pytest.mark.parametrize("name", LOST)
def test_a_lost_answer_of_a_call_that_was_accepted(name: str, lag: float) -> None:
    world = bench(lag_seconds=lag)
    fault(world, "ApplySnapshot", name, when="after")
    done = restore(world)
    assert (done.outcome, done.changed, done.adopted, done.submissions) == ("done", True, True, 1)
    assert (accepted(world, "ApplySnapshot"), content(world), state(world)) == (1, "as it was", "RUNNING")


@pytest.mark.parametrize("name", LOST)
def test_a_lost_call_is_never_answered_by_a_second_one(name: str) -> None:
    world = bench()
    fault(world, "ApplySnapshot", name, when="before")
    done = restore(world)
    assert (done.outcome, done.ok, done.changed, done.submissions) == ("unknown", False, True, 1)
    assert (sent(world, "ApplySnapshot"), accepted(world, "ApplySnapshot")) == (1, 0)
    assert f"Look at the content of the disk {DISK}" in done.reason
    assert done.waited_seconds >= 375


def test_a_call_that_is_accepted_late() -> None:
    world = bench()
    fault(world, "ApplySnapshot", "drop", when="after", accept_after=295)
    done = restore(world)
    assert (done.outcome, done.adopted, accepted(world, "ApplySnapshot")) == ("done", True, 1)


def test_a_rollback_that_was_recognized_was_seen() -> None:
    """It is over before the next good look."""
    world = bench(rollback_seconds=15, power_seconds=1, lag_seconds=0)
    world.simulator.faults(
        [
            {"kind": "drop", "action": "ApplySnapshot", "when": "after"},
            {"kind": "http", "action": "DescribeSnapshots", "nth": 4, "times": 12},
            {"kind": "http", "action": "DescribeDisks", "nth": 2, "times": 12},
        ]
    )
    done = restore(world, auto_start=False)
    assert (done.outcome, done.adopted, done.waited_seconds < 75) == ("done", True, True)


def test_what_was_surely_not_accepted_is_sent_again_at_once() -> None:
    world = bench()
    fault(world, "ApplySnapshot", "throttle", times=2)
    done = restore(world)
    assert (done.outcome, done.submissions, accepted(world, "ApplySnapshot")) == ("done", 3, 1)


def test_a_copy_of_a_call_that_was_throttled_may_have_been_accepted() -> None:
    """A proxy repeats the request, and the limit of calls is reached between the two."""
    world = bench(lag_seconds=0)
    fault(world, "ApplySnapshot", "throttle", when="after")
    done = restore(world)
    assert (done.outcome, done.adopted, done.submissions, accepted(world, "ApplySnapshot")) == ("done", True, 1, 1)


# --- how it ends


def test_a_rollback_that_fails_says_why() -> None:
    world = bench()
    fault(world, "ApplySnapshot", "operation_failed", message="the storage broke")
    done = restore(world)
    assert (done.outcome, done.ok, done.changed) == ("failed", False, True)
    assert "the storage broke" in done.reason
    assert str(done.request_id) in done.reason


def test_an_error_of_an_earlier_rollback_is_not_this_one_s() -> None:
    world = bench(disks={DISK: {"ErrorPrompt": "an old story"}}, rollback_seconds=60)
    assert restore(world).outcome == "done"


def test_the_same_error_as_before_after_a_rollback_that_was_seen_is_this_one_s() -> None:
    world = bench(disks={DISK: {"ErrorPrompt": "the storage broke"}})
    fault(world, "ApplySnapshot", "operation_failed", message="the storage broke")
    assert restore(world).outcome == "failed"


def test_an_old_error_after_a_rollback_that_was_not_seen_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    world = bench()
    disk, shown = world.simulator.snapshot()["disks"][DISK], Cbs(world.cvm.client).snapshots([BACKUP])
    listed = Cbs.snapshots
    stale = {**record(disk), "error_prompt": "an old story"}
    monkeypatch.setattr(Cbs, "disks", lambda *asked, **how: {DISK: stale})
    monkeypatch.setattr(Cbs, "snapshots", lambda cbs, ids=(), **how: shown if ids else listed(cbs, **how))
    done = restore(world)
    assert (done.outcome, done.ok, done.changed) == ("unknown", False, True)
    assert "an old story" in done.reason


def test_a_timeout_shows_the_percent_and_what_a_run_again_would_do() -> None:
    world = bench(rollback_seconds=300, power_seconds=0)
    done = restore(world, wait_timeout=150)
    assert (done.outcome, done.ok, done.changed) == ("accepted", False, True)
    assert f"{DISK} is being rolled back (49 %)" in done.reason
    assert "rolls back again" in done.reason


def test_a_timeout_says_nothing_of_a_progress_that_was_not_seen() -> None:
    world = bench()
    reads = ("DescribeDisks", "DescribeSnapshots")
    world.simulator.faults([{"kind": "http", "action": action, "nth": 3, "times": 9999} for action in reads])
    done = restore(world, wait_timeout=150)
    assert (done.outcome, done.ok, done.changed) == ("accepted", False, True)
    assert f"The end of the rollback of the disk {DISK} was not seen." in done.reason
    assert "A read failed" in done.reason


def test_a_start_that_takes_too_long_is_accepted_and_no_success() -> None:
    world = bench(rollback_seconds=10, power_seconds=200)
    done = restore(world, wait_timeout=300)
    assert (done.outcome, done.ok) == ("accepted", False)
    assert "The disk was rolled back" in done.reason


def test_a_late_sight_of_the_instance_before_its_stop_does_not_end_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    world = bench(rollback_seconds=30, power_seconds=60)
    read, before = world.cvm.instances, world.cvm.instances([INSTANCE])

    def late(ids: Any, **how: Any) -> Any:
        shown = read(ids, **how)
        return before if shown[INSTANCE]["instance_state"] != "RUNNING" else shown

    monkeypatch.setattr(world.cvm, "instances", late)
    assert restore(world).outcome == "done"
    assert state(world) == "RUNNING"


def test_a_start_that_is_still_under_way_does_not_end_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    world = bench(rollback_seconds=30, power_seconds=60)
    read = world.cvm.instances
    torn = {"instance_state": "RUNNING", "latest_operation": "StartInstances", "latest_operation_state": "OPERATING"}

    def early(ids: Any, **how: Any) -> Any:
        shown = read(ids, **how)[INSTANCE]
        return {INSTANCE: shown if shown["instance_state"] in ("RUNNING", "STOPPING") else {**shown, **torn}}

    monkeypatch.setattr(world.cvm, "instances", early)
    assert restore(world).outcome == "done"
    assert state(world) == "RUNNING"


def test_broken_reads_do_not_end_a_wait() -> None:
    world = bench()
    world.simulator.faults(
        [{"kind": "http", "action": action, "nth": 3, "times": 12} for action in ("DescribeDisks", "DescribeSnapshots")]
    )
    assert restore(world).outcome == "done"
