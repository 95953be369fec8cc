# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policy once for many instances and for several runs side by side: values of tags, reads in batches, and waiting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._engine.driver import Driver
from ansible_collections.tencent.cloud.plugins.module_utils._engine.flow import Flow, planned, sleep
from ansible_collections.tencent.cloud.plugins.module_utils._engine.readers import readers
from ansible_collections.tencent.cloud.plugins.module_utils._engine.rollout import Rollout
from ansible_collections.tencent.cloud.plugins.module_utils._engine.timing import Timing
from ansible_collections.tencent.cloud.plugins.module_utils._reset.desired import Desired
from ansible_collections.tencent.cloud.plugins.module_utils._reset.fleet import Fleet, Member
from ansible_collections.tencent.cloud.plugins.module_utils._reset.flow import Reset
from ansible_collections.tencent.cloud.plugins.module_utils._reset.idempotency_entry import (
    SHARDS,
    TAG_KEY,
    Entry,
    OnceError,
    find_entry,
    tag_key_of,
)
from ansible_collections.tencent.cloud.plugins.module_utils._reset.instance_log import TAG_LAG
from ansible_collections.tencent.cloud.plugins.module_utils._reset.result import ResetResult
from ansible_collections.tencent.cloud.plugins.module_utils._services.tag import InstanceTag
from tests.simulator.world import OPERATED
from tests.unit.support.simulated import Simulated, simulated

INSTANCE, IMAGE = "ins-r8hr2upy", "img-pmqg1cw7"
LOG = tag_key_of(INSTANCE)
BASELINE = OPERATED["LatestOperationRequestId"]
GENERATED = [f"ins-g{index:07}" for index in range(1000)]
SIBLINGS = [one for one in GENERATED if tag_key_of(one) == tag_key_of(GENERATED[0])][:8]
READ, WRITE = "DescribeResourceTagsByResourceIds", "ModifyResourceTags"


def world(*, values: int = 1000, **options: Any) -> Simulated:
    quota = {"keys": 1000, "values_per_key": values, "keys_per_resource": 50}
    given = {"operated": True, "reset_seconds": 60, "lag_seconds": 5, "tag_lag_seconds": 3, "tag_quota": quota}
    return simulated(**{**given, **options})


def fleet(count: int, **options: Any) -> Simulated:
    return world(generate={"count": count, "ImageId": IMAGE}, **options)


def task(service: Simulated, instance_id: str = INSTANCE, key: str = "K1", **timing: Any) -> Reset:
    desired = Desired(instance_id, image_id=IMAGE, password="Qcloud@TestApi123++", policy="once", idempotency_key=key)
    return Reset(service.cvm, service.clock, desired, Timing(wait_interval=10, **timing))


def later(service: Simulated, run: Reset, seconds: float) -> Flow[ResetResult]:
    # The runs are tasks by themselves: none has to be planned before another begins.
    yield from planned()
    yield from sleep(service.clock.monotonic() + seconds)
    return (yield from run.flow(check=False))


def side_by_side(service: Simulated, runs: Sequence[Reset], after: float = 0) -> list[ResetResult]:
    """The results of runs that begin so many seconds after each other."""
    driver: Driver[ResetResult] = Driver(service.clock, readers(service.cvm))
    flows = {str(nth): later(service, run, nth * after) for nth, run in enumerate(runs)}
    return list(driver.run(flows).values())


def tags(service: Simulated, instance_id: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in service.simulator.snapshot()["instances"][instance_id]["Tags"]}


def logged(service: Simulated, instance_id: str = INSTANCE) -> Entry:
    entry = find_entry(tags(service, instance_id), instance_id)[1]
    assert entry
    return entry


def values(service: Simulated) -> dict[str, int]:
    """How many values each tag key of the logs has."""
    counts = service.simulator.snapshot()["tag_values"]
    return {key: number for key, number in counts.items() if key.startswith(TAG_KEY)}


def entry_of(**fields: Any) -> Entry:
    entry = {"key": "K1", "instance_id": INSTANCE, "state": "pending", "nonce": "another", "expires_at": 0}
    return Entry(**{**entry, "baseline_id": BASELINE, **fields})


def write(service: Simulated, tag_key: str = LOG, **fields: Any) -> None:
    """Leave an entry behind, as an earlier run would have."""
    entry = entry_of(**fields)
    InstanceTag(service.cvm.client, entry.instance_id, tag_key).set(entry.as_value())
    service.clock.sleep(10)


def accepted(service: Simulated, instance_id: str = INSTANCE) -> int:
    return service.accepted.get(instance_id, 0)


# --- the tag of a log


def test_the_tag_of_a_log_stays_the_same() -> None:
    assert [tag_key_of(one) for one in (INSTANCE, "ins-keypair1")] == ["ansible-reset-once-00", "ansible-reset-once-27"]


def test_logs_are_spread_evenly() -> None:
    spread = Counter(tag_key_of(f"ins-{index:08x}") for index in range(100 * SHARDS))
    assert len(spread) == SHARDS
    assert max(spread.values()) < 150


STATES = [
    ("pending", "done", 1),
    ("accepted", "accepted", 0),
    ("done", "unchanged", 0),
    ("failed", "failed", 0),
    ("rejected", "done", 1),
    ("finished", "unchanged", 0),
    ("rolling_back", "refused", 0),
    ("rolled_back", "refused", 0),
]


@pytest.mark.parametrize("tag_key", [TAG_KEY, LOG])
@pytest.mark.parametrize(("state", "outcome", "resets"), STATES)
def test_a_log_that_stands_in_the_former_tag_counts_and_stays_there(
    state: str, outcome: str, resets: int, tag_key: str
) -> None:
    service = world()
    write(service, tag_key, state=state, request_id="" if state == "pending" else "r")
    assert (task(service).run().outcome, accepted(service)) == (outcome, resets)
    assert [key for key in tags(service, INSTANCE) if key.startswith(TAG_KEY)] == [tag_key]
    assert logged(service).state == ("done" if resets else state)


def test_a_clone_of_a_log_in_the_former_tag_is_none() -> None:
    service = world()
    write(service, state="done")
    InstanceTag(service.cvm.client, INSTANCE, TAG_KEY).set(entry_of(instance_id="ins-stopped1").as_value())
    service.clock.sleep(10)
    assert task(service).run().outcome == "unchanged"


@pytest.mark.parametrize("former", ["pending", "done", "rejected"])
@pytest.mark.parametrize("present", ["accepted", "done", "rejected"])
def test_of_two_logs_none_is_overlooked(former: str, present: str) -> None:
    service = world()
    write(service, TAG_KEY, state=former)
    write(service, LOG, key="K2", state=present)
    for key in ("K1", "K2", "K3"):
        with pytest.raises(OnceError, match=f"two logs: .*'K1' is {former}.*'K2' is {present}"):
            task(service, key=key).run()
    assert service.accepted == {}


def test_a_second_log_that_appears_during_the_claim_is_not_overlooked() -> None:
    service = world()
    other = {"key": TAG_KEY, "value": entry_of(key="K2").as_value(), "operation": "tag", "instance_id": INSTANCE}
    service.simulator.faults([{"kind": "foreign", "action": WRITE, "after_seconds": 1, **other}])
    result = task(service).run()
    assert (result.outcome, accepted(service)) == ("refused", 0)
    assert "two logs" in result.reason


# --- the number of values


def test_a_log_needs_two_values_at_most_and_keeps_one() -> None:
    service = world(values=2)
    for key in range(20):
        assert task(service, key=f"K{key}").run().outcome == "done"
        assert values(service) == {LOG: 1}


def test_sixty_instances_have_a_value_each_under_a_quota_of_ten() -> None:
    service = fleet(60, values=10)
    for one in GENERATED[:60]:
        result = task(service, one).run()
        assert (result.outcome, result.warnings) == ("done", [])
    assert {logged(service, one).state for one in GENERATED[:60]} == {"done"}
    assert sum(values(service).values()) == 60


def test_eight_instances_whose_logs_share_a_key_of_ten_values_leave_pending_side_by_side() -> None:
    service = fleet(1000, values=10)
    results = side_by_side(service, [task(service, one) for one in SIBLINGS])
    assert [(result.outcome, result.warnings) for result in results] == [("done", [])] * 8
    assert {logged(service, one).state for one in SIBLINGS} == {"done"}
    assert values(service) == {tag_key_of(SIBLINGS[0]): 8}


def test_a_value_is_deleted_only_when_no_late_read_can_show_it() -> None:
    service = world(tag_lag_seconds=TAG_LAG)
    for key in ("K1", "K2"):
        task(service, key=key).run()
    written: dict[str, float] = {}
    deleted = []
    for call in service.simulator.snapshot()["calls"]:
        if call["action"] == WRITE:
            written["at"] = call["at"]
        if call["action"] == "DeleteTag":
            deleted.append(call["at"] - written["at"])
    assert len(deleted) == 5
    assert all(seconds >= TAG_LAG for seconds in deleted)


def test_a_run_that_loses_the_claim_gives_its_value_back() -> None:
    service = world()
    first, second = (task(service, wait_until_idle=900) for _run in range(2))
    side_by_side(service, [first, second])
    assert values(service) == {LOG: 1}


def test_what_a_run_that_died_left_behind_is_given_back_by_the_one_that_goes_on() -> None:
    service = world()
    task(service, wait=False).run()
    accepted_entry = logged(service)
    InstanceTag(service.cvm.client, INSTANCE, LOG).set(
        accepted_entry._replace(state="pending", request_id="").as_value()
    )
    InstanceTag(service.cvm.client, INSTANCE, LOG).set(accepted_entry.as_value())
    service.clock.sleep(10)
    assert task(service).run().outcome == "done"
    assert values(service) == {LOG: 1}


def test_a_value_that_another_instance_has_is_left_alone() -> None:
    service = world()
    task(service).run()
    clone = logged(service).as_value()
    InstanceTag(service.cvm.client, "ins-keypair1", LOG).set(clone)
    assert task(service, key="K2").run().outcome == "done"
    assert tags(service, "ins-keypair1")[LOG] == clone


# --- reading together


def test_the_logs_of_a_fleet_are_read_together_and_claims_wait_together() -> None:
    service = fleet(60)
    begun_at = service.clock.monotonic()
    results = side_by_side(service, [task(service, one) for one in GENERATED[:60]])
    assert {result.outcome for result in results} == {"done"}
    assert service.calls[: service.calls.index(WRITE)].count(READ) == 2 + 1
    assert service.clock.monotonic() - begun_at < 15 + 60 + 60


# --- waiting for another run


def outcomes(results: Sequence[ResetResult]) -> list[str]:
    return [result.outcome.value for result in results]


@pytest.mark.parametrize("request_ids", ["equal", "unequal"])
@pytest.mark.parametrize("after", [0, 1, 4, 16, 40])
def test_a_second_run_with_the_key_waits_for_the_first(after: float, request_ids: str) -> None:
    service = world(request_ids=request_ids)
    results = side_by_side(service, [task(service, wait_until_idle=900) for _run in range(2)], after)
    assert (accepted(service), logged(service).state) == (1, "done")
    assert set(outcomes(results)) <= {"done", "unchanged"}
    assert sorted(result.submissions for result in results) == [0, 1]


@pytest.mark.parametrize("after", [0, 4])
def test_without_the_option_the_second_run_is_refused_at_once(after: float) -> None:
    service = world()
    results = side_by_side(service, [task(service), task(service)], after)
    assert (sorted(outcomes(results)), accepted(service)) == (["done", "refused"], 1)
    assert "another run" in next(result.reason for result in results if not result.ok).lower()


def test_many_runs_with_a_key_make_one_reset() -> None:
    service = world()
    results = side_by_side(service, [task(service, wait_until_idle=900) for _run in range(6)], 3)
    assert (set(outcomes(results)) <= {"done", "unchanged"}, accepted(service)) == (True, 1)


@pytest.mark.parametrize(("after", "resets"), [(0, 1), (40, 2)])
def test_of_runs_with_other_keys_one_comes_next_and_overtakes_the_rest(after: float, resets: int) -> None:
    """Two that wait for the same end begin at once then, as three do that begin at once."""
    service = world()
    runs = [task(service, key=f"K{number}", wait_until_idle=900) for number in range(3)]
    results = side_by_side(service, runs, after)
    assert sorted(outcomes(results)) == ["done"] * resets + ["refused"] * (3 - resets)
    assert accepted(service) == resets
    assert values(service) == {LOG: 1}


def test_a_key_is_waited_for_until_its_reset_has_ended() -> None:
    service = world()
    runs = [task(service, key=key, wait_until_idle=900) for key in ("K1", "K2")]
    assert outcomes(side_by_side(service, runs, 20)) == ["done", "done"]
    assert (accepted(service), logged(service).key) == (2, "K2")


def test_another_keys_reset_that_takes_too_long_refuses_with_what_the_log_says_then() -> None:
    service = world(reset_seconds=600)
    runs = [task(service, key="K1"), task(service, key="K2", wait_until_idle=60)]
    results = side_by_side(service, runs, 4)
    assert (outcomes(results), accepted(service)) == (["done", "refused"], 1)
    assert "'K1' is accepted" in results[1].reason
    assert results[1].log is not None
    assert (results[1].log.key, results[1].log.state) == ("K1", "accepted")


def test_a_claim_that_outlasts_the_option_refuses_and_says_for_how_long() -> None:
    service = world()
    write(service, expires_at=int(service.clock.wall()) + 300)
    begun_at = service.clock.monotonic()
    result = task(service, wait_until_idle=100).run()
    assert (result.outcome, service.clock.monotonic() - begun_at, accepted(service)) == ("refused", 100, 0)
    assert "expires in 190 seconds" in result.reason


def test_a_claim_that_expires_meanwhile_is_taken_over() -> None:
    service = world()
    write(service, expires_at=int(service.clock.wall()) + 300)
    result = task(service, wait_until_idle=400, wait_timeout=500).run()
    assert (result.outcome, result.submissions, accepted(service)) == ("done", 1, 1)


def test_a_claim_is_kept_while_it_is_found_out_what_became_of_an_interrupted_run() -> None:
    """That takes longer than a claim lasts: of many that wait, none takes it from the one that has begun."""
    service = world()
    write(service, expires_at=int(service.clock.wall()) + 300)
    results = side_by_side(service, [task(service, wait_until_idle=900) for _run in range(4)], 1)
    assert (set(outcomes(results)) <= {"done", "unchanged"}, accepted(service)) == (True, 1)
    assert values(service) == {LOG: 1}


READ_FAILS = {"kind": "error", "action": READ, "code": "InternalError"}
RENEWALS = [
    ([{**READ_FAILS, "nth": 4, "times": 5}], "done"),
    ([{"kind": "hang", "action": WRITE, "nth": 2, "seconds": 8, "when": "after"}], "done"),
    ([{"kind": "foreign", "action": WRITE, "after_seconds": 100, "value": "K1"}], "refused"),
    ([{"kind": "foreign", "action": WRITE, "after_seconds": 100, "value": "K2"}], "refused"),
]


@pytest.mark.parametrize(("faults", "outcome"), RENEWALS)
def test_a_claim_that_is_not_kept_makes_no_second_reset(faults: list[dict[str, Any]], outcome: str) -> None:
    service = world()
    write(service, expires_at=int(service.clock.wall()) + 5)
    rival = {"key": LOG, "operation": "tag", "instance_id": INSTANCE}
    expires_at = int(service.clock.wall()) + 400
    for fault in faults:
        if "value" in fault:
            claim = entry_of(key=fault["value"], nonce="rival", expires_at=expires_at)
            fault = {**fault, **rival, "value": claim.as_value()}
        service.simulator.faults([fault])
    result = task(service).run()
    assert (result.outcome, accepted(service)) == (outcome, int(outcome == "done"))


FIRST_ENDS = [
    ({"kind": "operation_failed", "message": "no stock"}, ["failed", "failed"], 1),
    ({"kind": "error", "code": "InvalidAccount.UnpaidOrder", "message": "pay"}, ["refused", "done"], 1),
    ({"kind": "drop", "when": "after"}, ["done", "done"], 1),
]


@pytest.mark.parametrize(("fault", "ends", "resets"), FIRST_ENDS)
def test_what_became_of_the_first_decides_the_second(fault: dict[str, Any], ends: list[str], resets: int) -> None:
    service = world()
    service.simulator.faults([{"action": "ResetInstance", **fault}])
    results = side_by_side(service, [task(service, wait_until_idle=900) for _run in range(2)], 4)
    assert (outcomes(results), accepted(service)) == (ends, resets)


def test_another_reset_that_was_made_while_it_waited_refuses() -> None:
    """Before it the reset of this run's own key may have been made."""
    service = world()
    write(service, key="K2", state="accepted", request_id="r")
    other = {"key": LOG, "operation": "tag", "instance_id": INSTANCE, "action": READ, "after_seconds": 30}
    newer = entry_of(key="K3", state="done", nonce="newer", request_id="s")
    service.simulator.faults([{"kind": "foreign", **other, "value": newer.as_value()}])
    result = task(service, wait_until_idle=900).run()
    assert (result.outcome, accepted(service)) == ("refused", 0)
    assert "reset with the key 'K3' since this run began" in result.reason


def test_what_stands_in_the_way_itself_is_told_at_once() -> None:
    service = world()
    write(service, key="K2", state="accepted", request_id="r")
    begun_at = service.clock.monotonic()
    desired = Desired(INSTANCE, image_id=IMAGE, disk_size=1, policy="once", idempotency_key="K1")
    result = Reset(service.cvm, service.clock, desired, Timing(wait_until_idle=900)).run()
    assert (result.outcome, service.clock.monotonic()) == ("refused", begun_at)


@pytest.mark.parametrize("key", ["K1", "K2"])
def test_check_mode_does_not_wait(key: str) -> None:
    service = world()
    write(service, expires_at=int(service.clock.wall()) + 300)
    begun_at = service.clock.monotonic()
    assert task(service, key=key, wait_until_idle=900).run(check=True).outcome == "refused"
    assert service.clock.monotonic() == begun_at


def test_a_look_that_fails_does_not_end_the_wait() -> None:
    service = world()
    write(service, expires_at=int(service.clock.wall()) + 300)
    service.simulator.faults([{"kind": "error", "action": READ, "nth": 2, "times": 5, "code": "InternalError"}])
    assert (task(service, wait_until_idle=400).run().outcome, accepted(service)) == ("done", 1)


def test_what_waited_long_for_its_turn_still_finds_out_what_became_of_an_interrupted_run() -> None:
    service = fleet(1)
    one = GENERATED[0]
    write(service, tag_key_of(one), instance_id=one, expires_at=int(service.clock.wall()) - 1)
    members = {name: Member(task(service, name, wait_timeout=300)) for name in (INSTANCE, one)}
    ended = Fleet(service.cvm, members, Rollout(sends_per_second=1 / 310)).run().results
    assert [(result.outcome, result.submissions) for result in ended] == [("done", 1), ("done", 1)]
