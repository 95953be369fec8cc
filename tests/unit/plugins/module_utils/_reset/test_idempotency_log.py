# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policy once: one accepted reset a key, over crashes, re-runs, rivals and a tag service with its own ways."""

from __future__ import annotations

import string
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tencent.cloud.plugins.module_utils._api.transport import HttpAnswer, HttpRequest
from ansible_collections.tencent.cloud.plugins.module_utils._engine.driver import run_one
from ansible_collections.tencent.cloud.plugins.module_utils._engine.timing import Timing
from ansible_collections.tencent.cloud.plugins.module_utils._errors import ApiError, HeldUp, TencentCloudError
from ansible_collections.tencent.cloud.plugins.module_utils._reset import idempotency_log
from ansible_collections.tencent.cloud.plugins.module_utils._reset.desired import Desired
from ansible_collections.tencent.cloud.plugins.module_utils._reset.flow import Reset
from ansible_collections.tencent.cloud.plugins.module_utils._reset.idempotency_entry import (
    NEXT_STATES,
    Entry,
    KeyStatus,
    OnceError,
    find_entry,
    next_state,
    says_more,
    shown,
    status_for,
    tag_key_of,
)
from ansible_collections.tencent.cloud.plugins.module_utils._reset.result import ResetResult
from ansible_collections.tencent.cloud.plugins.module_utils._services.tag import InstanceTag
from tests.simulator.world import OPERATED
from tests.unit.support.simulated import Simulated, simulated

INSTANCE, IMAGE, OTHER_IMAGE = "ins-r8hr2upy", "img-pmqg1cw7", "img-6n21msk1"
BASELINE = OPERATED["LatestOperationRequestId"]
NOW = 1000
LOG = tag_key_of(INSTANCE)


def world(**options: Any) -> Simulated:
    return simulated(**{"operated": True, "reset_seconds": 60, "lag_seconds": 5, "tag_lag_seconds": 3, **options})


def task(service: Simulated, *, key: str = "K1", image: str = IMAGE, timing: Timing | None = None) -> Reset:
    desired = Desired(INSTANCE, image_id=image, password="Qcloud@TestApi123++", policy="once", idempotency_key=key)
    return Reset(service.cvm, service.clock, desired, timing or Timing(wait_interval=10))


def reset(service: Simulated, **options: Any) -> ResetResult:
    return task(service, **options).run()


def accepted(service: Simulated) -> int:
    return service.accepted.get(INSTANCE, 0)


def logged(service: Simulated) -> Entry:
    tags = {tag["Key"]: tag["Value"] for tag in service.simulator.snapshot()["instances"][INSTANCE]["Tags"]}
    entry = find_entry(tags, INSTANCE)[1]
    assert entry
    return entry


def write(service: Simulated, **fields: Any) -> None:
    """Leave an entry behind, as an earlier run would have."""
    entry = {
        "key": "K1",
        "instance_id": INSTANCE,
        "state": "pending",
        "nonce": "another",
        "expires_at": int(service.clock.wall()) + 300,
        "baseline_id": BASELINE,
        **fields,
    }
    InstanceTag(service.cvm.client, INSTANCE, LOG).set(Entry(**entry).as_value())
    service.clock.sleep(10)


# --- entries


@given(
    key=st.text(string.ascii_letters + string.digits + "._:-", min_size=1, max_size=64),
    state=st.sampled_from(("pending", "accepted", "done", "failed", "rejected", *NEXT_STATES)),
    expires_at=st.integers(0, 2**34),
    ids=st.tuples(st.uuids().map(str), st.sampled_from(("", "a0a66377-b79f-4a21-846c-d997d6022968"))),
)
def test_an_entry_survives_the_tag(key: str, state: str, expires_at: int, ids: tuple[str, str]) -> None:
    entry = Entry(key, INSTANCE, state, "0123456789ab", expires_at, *ids)
    value = entry.as_value()
    assert Entry.of(value) == entry
    assert len(value) <= 255
    assert set(value) <= set(string.ascii_letters + string.digits + "+-=._:/@()[] ")


@pytest.mark.parametrize(
    "value", ["", "x", "2/K1/i/done/n/1/b/r", "1/K1/i/odd/n/1/b/r", "1/K1/i/done/n/soon/b/r", "1/K1"]
)
def test_what_is_no_entry_is_refused(value: str) -> None:
    with pytest.raises(OnceError, match="ansible-reset-once"):
        Entry.of(value)


STANDINGS = [
    (None, KeyStatus.FREE),
    (("K1", "pending", NOW + 1), KeyStatus.BUSY),
    (("K1", "pending", NOW), KeyStatus.BUSY),
    (("K1", "pending", NOW - 1), KeyStatus.EXPIRED),
    (("K1", "accepted", NOW - 1), KeyStatus.ACCEPTED),
    (("K1", "done", NOW - 1), KeyStatus.DONE),
    (("K1", "failed", NOW - 1), KeyStatus.FAILED),
    (("K1", "rejected", NOW + 1), KeyStatus.FREE),
    (("K1", "finished", NOW - 1), KeyStatus.DONE),
    (("K1", "rolling_back", NOW - 1), KeyStatus.UNDONE),
    (("K1", "rolled_back", NOW - 1), KeyStatus.UNDONE),
    (("K2", "pending", NOW - 1), KeyStatus.OTHER),
    (("K2", "accepted", NOW - 1), KeyStatus.OTHER),
    (("K2", "done", NOW + 1), KeyStatus.FREE),
    (("K2", "failed", NOW + 1), KeyStatus.FREE),
    (("K2", "rejected", NOW + 1), KeyStatus.FREE),
    (("K2", "finished", NOW + 1), KeyStatus.FREE),
    (("K2", "rolling_back", NOW + 1), KeyStatus.OTHER),
    (("K2", "rolled_back", NOW + 1), KeyStatus.FREE),
]


@pytest.mark.parametrize(("found", "expected"), STANDINGS)
def test_the_standing_of_every_state(found: tuple[str, str, int] | None, expected: KeyStatus) -> None:
    entry = Entry(found[0], INSTANCE, found[1], "n", found[2], BASELINE) if found else None
    assert status_for(entry, "K1", NOW) is expected


RANKS = (("pending", "rejected"), ("accepted",), ("done", "failed"), ("finished", "rolling_back"), ("rolled_back",))


@pytest.mark.parametrize("nonce", ["ours", "another"])
def test_what_became_of_a_reset_is_not_written_over_what_says_more(nonce: str) -> None:
    for rank, states in enumerate(RANKS):
        for found in states:
            shown = Entry("K1", INSTANCE, found, nonce, NOW, BASELINE, "r")
            for state, ours in (("accepted", 1), ("done", 2), ("failed", 2)):
                entry = Entry("K1", INSTANCE, state, "ours", NOW, BASELINE, "r")
                assert says_more(entry, shown) is (ours > rank), (state, found)


@pytest.mark.parametrize("baseline", [BASELINE, ""])
@pytest.mark.parametrize("state", [state for states in RANKS for state in states])
def test_another_keys_entry_is_written_over_only_where_it_is_a_claim_that_came_too_late(
    state: str, baseline: str
) -> None:
    entry = Entry("K1", INSTANCE, "done", "ours", NOW, baseline, "r")
    late = Entry("K2", INSTANCE, state, "another", NOW, baseline)
    assert says_more(entry, late) is (state == "pending")
    assert not says_more(entry, late._replace(baseline_id="r"))


def test_what_is_not_known_to_be_accepted_is_written_over_the_own_claim_alone() -> None:
    entry = Entry("K1", INSTANCE, "rejected", "ours", NOW, BASELINE)
    assert says_more(entry, entry._replace(state="pending"))
    assert not says_more(entry, entry._replace(state="pending", nonce="another"))
    assert not says_more(entry, None)
    assert says_more(entry._replace(state="done", request_id="r"), None)


@pytest.mark.parametrize(("late", "kept_back"), [(0, False), (1, True)])
def test_no_reset_is_sent_with_a_timestamp_after_the_expiry(late: int, kept_back: bool) -> None:
    """That bounds how long the service may accept it, however far this machine's clock is ahead."""
    service = world(clock_skew=-200)
    log = idempotency_log.IdempotencyLog(service.cvm.client, [].append, instance_id=INSTANCE, key="K1")
    assert [run_one(log.claim(BASELINE), service.clock) for _time in range(2)] == [False, True]
    expires_at = logged(service).expires_at
    assert expires_at >= service.clock.wall()
    with pytest.raises(HeldUp, match="expired") if kept_back else nullcontext():
        log.check(expires_at + late)


def test_a_look_that_grew_old_keeps_the_reset_back() -> None:
    service = world()
    log = idempotency_log.IdempotencyLog(service.cvm.client, [].append, instance_id=INSTANCE, key="K1")
    assert [run_one(log.claim(BASELINE), service.clock) for _time in range(2)] == [False, True]
    service.clock.sleep(idempotency_log.WRITE_SECONDS)
    log.check(0)
    service.clock.sleep(1)
    with pytest.raises(HeldUp, match="since the log was read"):
        log.check(0)


@pytest.mark.parametrize(("age", "renewed"), [(100, False), (200, True)])
def test_a_claim_that_is_kept_is_not_trusted_before_it_can_be_seen(age: float, renewed: bool) -> None:
    service = world()
    log = idempotency_log.IdempotencyLog(service.cvm.client, [].append, instance_id=INSTANCE, key="K1")
    run_one(log.claim(BASELINE), service.clock)
    claimed = logged(service)
    service.clock.sleep(age)
    begun_at = service.clock.monotonic()
    run_one(log.keep(), service.clock)
    assert (logged(service) != claimed) is renewed
    assert service.clock.monotonic() - begun_at == (idempotency_log.READ_BACK_AFTER if renewed else 0)
    assert run_one(log.claim(BASELINE), service.clock)


@pytest.mark.parametrize("state", list(NEXT_STATES))
@pytest.mark.parametrize(
    "found", ["pending", "accepted", "done", "failed", "rejected", "finished", "rolling_back", "rolled_back"]
)
def test_a_sequel_follows_only_what_it_can_follow(found: str, state: str) -> None:
    entry = Entry("K1", INSTANCE, found, "n", NOW, BASELINE, "r")
    if found in NEXT_STATES[state]:
        assert next_state(entry, "K1", state) == entry._replace(state=state)
    else:
        with pytest.raises(OnceError, match=f"is {found}"):
            next_state(entry, "K1", state)


@pytest.mark.parametrize("found", [None, Entry("K2", INSTANCE, "done", "n", NOW, BASELINE)])
def test_a_sequel_is_of_the_reset_that_the_log_speaks_of(found: Entry | None) -> None:
    with pytest.raises(OnceError, match="no reset of the key 'K1'"):
        next_state(found, "K1", "finished")


@pytest.mark.parametrize("state", ["rolling_back", "rolled_back"])
def test_what_was_rolled_back_is_not_reset_again_with_its_key(state: str) -> None:
    service = world()
    write(service, state=state)
    result = reset(service)
    assert (result.outcome, accepted(service)) == ("refused", 0)
    assert f"is {state}" in result.reason
    assert "another idempotency_key" in result.reason


def test_another_key_waits_for_the_end_of_a_rollback() -> None:
    service = world()
    write(service, state="rolling_back")
    assert reset(service, key="K2").outcome == "refused"
    write(service, state="rolled_back")
    assert reset(service, key="K2").outcome == "done"


def test_a_reset_that_is_finished_is_not_made_again() -> None:
    service = world()
    write(service, state="finished")
    assert (reset(service).outcome, accepted(service)) == ("unchanged", 0)


# --- one run


def test_the_log_is_written_ahead_and_closed() -> None:
    service = world()
    result = reset(service)
    assert (result.outcome, accepted(service)) == ("done", 1)
    entry = logged(service)
    assert (entry.key, entry.state, entry.request_id, entry.baseline_id) == ("K1", "done", result.request_id, BASELINE)
    assert service.calls.index("ModifyResourceTags") < service.calls.index("ResetInstance")
    assert not result.warnings


def test_the_claim_is_read_back_when_it_can_be_seen_and_again_before_the_send() -> None:
    service = world()
    reset(service)
    sent = service.calls.index("ResetInstance")
    assert service.calls[sent - 1] == "DescribeResourceTagsByResourceIds"
    calls = service.simulator.snapshot()["calls"]
    written = next(call for call in calls if call["action"] == "ModifyResourceTags")
    assert calls[sent]["at"] - written["at"] >= idempotency_log.READ_BACK_AFTER


def test_outdated_values_are_deleted() -> None:
    service = world()
    for key in ("K1", "K2", "K3"):
        assert reset(service, key=key).outcome == "done"
        service.clock.sleep(100)
    assert service.calls.count("DeleteTag") == 8
    assert all(call["code"] is None for call in service.simulator.snapshot()["calls"] if call["action"] == "DeleteTag")


def test_a_second_run_finds_it_done_and_writes_nothing() -> None:
    service = world()
    first = reset(service)
    service.clock.sleep(10)
    count = len(service.calls)
    second = reset(service, image=OTHER_IMAGE)
    assert (second.outcome, second.ok, second.request_id) == ("unchanged", True, first.request_id)
    assert accepted(service) == 1
    assert service.calls[count:] == ["DescribeInstances", "DescribeImages", "DescribeResourceTagsByResourceIds"]


def test_what_was_expected_is_not_asked_of_a_reset_that_was_made() -> None:
    service = world()
    desired = Desired(
        INSTANCE,
        image_id=IMAGE,
        password="Qcloud@TestApi123++",
        policy="once",
        idempotency_key="K1",
        expected={"image_id": "img-9qabwvbn"},
    )
    outcomes = []
    for _run in range(2):
        outcomes.append(Reset(service.cvm, service.clock, desired).run().outcome)
        service.clock.sleep(10)
    assert outcomes == ["done", "unchanged"]


def test_the_last_key_alone_is_remembered() -> None:
    service = world()
    outcomes = []
    for key in ("K1", "K1", "K2", "K1"):
        outcomes.append(reset(service, key=key).outcome)
        service.clock.sleep(10)
    assert outcomes == ["done", "unchanged", "done", "done"]
    assert accepted(service) == 3


def test_a_failed_reset_fails_until_the_key_changes() -> None:
    service = world()
    service.fault("operation_failed", message="no stock")
    for _run in range(2):
        result = reset(service)
        assert (result.outcome, result.ok) == ("failed", False)
        assert "no stock" in result.reason
        service.clock.sleep(10)
    assert accepted(service) == 1
    assert reset(service, key="K2").outcome == "done"


def test_a_failure_whose_reason_is_gone_is_still_a_failure() -> None:
    service = world()
    write(service, state="failed", request_id="a0a66377-b79f-4a21-846c-d997d6022968")
    result = reset(service)
    assert result.outcome == "failed"
    assert "not shown any more" in result.reason


def test_a_rejected_reset_is_tried_anew() -> None:
    service = world()
    service.fault("error", code="InvalidAccount.UnpaidOrder", message="pay")
    assert reset(service).outcome == "refused"
    assert logged(service).state == "rejected"
    service.clock.sleep(10)
    assert reset(service).outcome == "done"
    assert accepted(service) == 1


def test_throttling_to_the_end_leaves_the_key_free() -> None:
    service = world()
    service.fault("throttle", times=5)
    assert reset(service).outcome == "refused"
    assert logged(service).state == "rejected"


def test_without_wait_the_next_run_waits() -> None:
    service = world()
    started = reset(service, timing=Timing(wait=False))
    assert (started.outcome, logged(service).state) == ("accepted", "accepted")
    service.clock.sleep(10)
    result = reset(service)
    assert (result.outcome, result.adopted, result.submissions, result.request_id) == (
        "done",
        True,
        0,
        started.request_id,
    )
    assert (accepted(service), logged(service).state) == (1, "done")


def test_ids_need_not_be_equal_for_a_later_run() -> None:
    service = world(request_ids="unequal")
    reset(service, timing=Timing(wait=False))
    service.clock.sleep(10)
    assert (reset(service).outcome, accepted(service)) == ("done", 1)


def test_a_lost_answer_is_recorded_once_it_is_recognized() -> None:
    service = world()
    service.fault("drop", when="after")
    result = reset(service)
    assert (result.outcome, result.adopted) == ("done", True)
    assert (logged(service).state, logged(service).request_id) == ("done", result.request_id)


def test_an_unknown_end_leaves_the_claim_and_the_next_run_finds_out() -> None:
    service = world()
    service.fault("drop", when="before")
    assert reset(service, timing=Timing(wait_timeout=100)).outcome == "unknown"
    assert logged(service).state == "pending"
    assert reset(service).outcome == "refused"
    service.clock.sleep(400)
    result = reset(service)
    assert (result.outcome, result.adopted, result.submissions, accepted(service)) == ("done", False, 1, 1)


# --- others


def test_a_claim_of_another_run_refuses_and_says_until_when() -> None:
    service = world()
    write(service)
    result = reset(service)
    assert (result.outcome, accepted(service)) == ("refused", 0)
    assert "expires in 2" in result.reason
    assert result.error is not None
    assert result.error.code == "OnceRefused"


@pytest.mark.parametrize("state", ["pending", "accepted"])
def test_another_key_that_is_not_finished_refuses(state: str) -> None:
    service = world()
    write(service, key="K2", state=state, expires_at=0)
    result = reset(service)
    assert (result.outcome, accepted(service)) == ("refused", 0)
    assert "'K2'" in result.reason


def test_a_cloned_tag_is_not_ours() -> None:
    service = world()
    write(service, instance_id="ins-stopped1", state="done")
    assert (reset(service).outcome, logged(service).instance_id) == ("done", INSTANCE)


def test_a_tag_that_is_not_the_modules_is_refused() -> None:
    service = world()
    InstanceTag(service.cvm.client, INSTANCE, LOG).set("whatever")
    service.clock.sleep(10)
    with pytest.raises(OnceError, match="remove it"):
        reset(service)
    assert accepted(service) == 0


def foreign_tag(service: Simulated, after_seconds: float, **fields: Any) -> dict[str, Any]:
    entry = Entry(
        **{
            "key": "K1",
            "instance_id": INSTANCE,
            "state": "pending",
            "nonce": "rival",
            "expires_at": int(service.clock.wall()) + 300,
            "baseline_id": BASELINE,
            **fields,
        }
    )
    return {
        "kind": "foreign",
        "action": "ModifyResourceTags",
        "instance_id": INSTANCE,
        "operation": "tag",
        "key": LOG,
        "value": entry.as_value(),
        "after_seconds": after_seconds,
    }


@pytest.mark.parametrize("after", [0, 1, 5, 9])
def test_who_is_overwritten_before_the_read_back_does_not_send(after: float) -> None:
    service = world(tag_lag_seconds=5)
    service.simulator.faults([foreign_tag(service, after)])
    result = reset(service)
    assert (result.outcome, accepted(service)) == ("refused", 0)


def test_a_rival_that_comes_during_throttling_is_respected() -> None:
    service = world(tag_lag_seconds=0)
    service.simulator.faults(
        [{"kind": "throttle", "action": "ResetInstance"}, {**foreign_tag(service, 0), "action": "ResetInstance"}]
    )
    result = reset(service)
    assert (result.outcome, result.submissions, accepted(service)) == ("refused", 1, 0)
    assert logged(service).nonce == "rival"


def answer_slowly(service: Simulated, action: str, seconds: float, *, after: int = 0, times: int = 99) -> None:
    """Have so many answers of an action come so late, once that many resets were sent."""
    left = [times]
    transport, deliver = service.transport, service.transport.send

    def send(request: HttpRequest, **options: Any) -> HttpAnswer:
        answer = deliver(request, **options)
        sent = service.calls.count("ResetInstance")
        if left[0] and sent >= after and request.headers["X-TC-Action"] == action:
            left[0] -= 1
            service.clock.sleep(seconds)
        return answer

    transport.send = send


SLOW_READ = {"kind": "hang", "action": "DescribeResourceTagsByResourceIds", "seconds": 8}
SLOW_WRITE = {"kind": "hang", "action": "ModifyResourceTags", "seconds": 8}


@pytest.mark.parametrize("taken_over", [False, True])
def test_a_claim_that_is_held_up_before_it_is_written_is_made_anew_at_once(taken_over: bool) -> None:
    service = world()
    if taken_over:
        write(service, expires_at=0)
    service.simulator.faults([{**SLOW_READ, "nth": 2}])
    begun_at = service.clock.monotonic()
    assert (reset(service).outcome, accepted(service)) == ("done", 1)
    assert taken_over or service.clock.monotonic() - begun_at < 120


@pytest.mark.parametrize("taken_over", [False, True])
def test_claims_that_are_always_held_up_come_to_an_end(taken_over: bool) -> None:
    service = world()
    if taken_over:
        write(service, expires_at=0)
    written = service.calls.count("ModifyResourceTags")
    answer_slowly(service, "DescribeResourceTagsByResourceIds", 8)
    assert (reset(service).outcome, accepted(service)) == ("refused", 0)
    assert service.calls.count("ModifyResourceTags") == written


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_claim_that_was_written_slowly_is_taken_over_when_it_has_expired(when: str) -> None:
    """Whether it arrived or not; it may have hidden the claim of another run."""
    service = world()
    service.simulator.faults([{**SLOW_WRITE, "when": when}])
    assert (reset(service).outcome, accepted(service), logged(service).state) == ("done", 1, "done")
    calls = {call["action"]: call["at"] for call in reversed(service.simulator.snapshot()["calls"])}
    assert calls["ResetInstance"] - calls["ModifyResourceTags"] > idempotency_log.PENDING_SECONDS


def test_a_slow_take_over_is_taken_over_in_its_turn() -> None:
    service = world()
    write(service, expires_at=0)
    service.simulator.faults([{**SLOW_WRITE, "when": "after"}])
    assert (reset(service).outcome, accepted(service), logged(service).state) == ("done", 1, "done")


def test_claims_that_are_always_slow_come_to_an_end() -> None:
    service = world()
    service.simulator.faults([{**SLOW_WRITE, "when": "after", "times": 999}])
    result = reset(service)
    assert (result.outcome, accepted(service), logged(service).state) == ("refused", 0, "pending")
    assert "more than 5 seconds" in result.reason
    assert service.calls.count("ModifyResourceTags") == idempotency_log.MOST_SLOW_CLAIMS
    service.simulator.faults([])
    service.clock.sleep(400)
    assert (reset(service).outcome, accepted(service)) == ("done", 1)


def test_a_renewal_that_is_held_up_before_it_is_written_is_made_anew_at_once() -> None:
    service = world()
    service.fault("drop", when="before")
    answer_slowly(service, "DescribeResourceTagsByResourceIds", 8, after=1, times=1)
    result = reset(service)
    assert (result.outcome, result.submissions, accepted(service)) == ("done", 2, 1)


def test_a_slow_renewal_of_the_claim_ends_the_run() -> None:
    """What was sent and refused before is not begun anew: it would be sent more often than it may."""
    service = world()
    service.simulator.faults(
        [
            {"kind": "drop", "action": "ResetInstance", "when": "before"},
            {**SLOW_WRITE, "nth": 2, "when": "after"},
        ]
    )
    result = reset(service)
    assert (result.outcome, result.submissions, accepted(service)) == ("refused", 1, 0)


@pytest.mark.parametrize("key", ["K1", "K2"])
def test_a_claim_that_came_too_late_does_not_hide_the_reset(key: str) -> None:
    """A rival that stalled between its look and its write wipes out the record of a reset that runs."""
    service = world(tag_lag_seconds=0)
    service.simulator.faults([{**foreign_tag(service, 10, key=key), "action": "ResetInstance"}])
    assert reset(service).outcome == "done"
    assert (logged(service).key, logged(service).state) == ("K1", "done")
    service.clock.sleep(10)
    assert (reset(service).outcome, accepted(service)) == ("unchanged", 1)


def test_a_newer_reset_of_another_key_is_not_written_over() -> None:
    service = world(tag_lag_seconds=0)
    newer = foreign_tag(service, 10)
    entry = Entry("K2", INSTANCE, "accepted", "rival", 0, BASELINE, "r")
    service.simulator.faults([{**newer, "action": "ResetInstance", "value": entry.as_value()}])
    assert reset(service).outcome == "done"
    assert (logged(service).key, logged(service).state) == ("K2", "accepted")


def test_a_claim_is_renewed_before_it_expires() -> None:
    service = world()
    service.simulator.faults([{"kind": "drop", "action": "ResetInstance", "when": "before"}])
    result = reset(service)
    assert (result.outcome, result.submissions, accepted(service)) == ("done", 2, 1)
    # Two claims, and what became of it.
    assert service.calls.count("ModifyResourceTags") == 2 + 2


def test_a_changed_baseline_is_written_before_the_next_send() -> None:
    service = world(lag_seconds=0, power_seconds=0)
    service.simulator.faults(
        [
            {"kind": "throttle", "action": "ResetInstance"},
            {"kind": "foreign", "action": "ResetInstance", "operation": "RebootInstances"},
        ]
    )
    result = reset(service)
    assert (result.outcome, result.submissions, accepted(service)) == ("done", 2, 1)
    assert logged(service).baseline_id not in ("", BASELINE)


# --- permissions and failures of the tag service


@pytest.mark.parametrize("action", ["DescribeResourceTagsByResourceIds", "ModifyResourceTags"])
def test_a_missing_permission_is_named_before_anything_is_sent(action: str) -> None:
    service = world(denied_actions=[f"name/tag:{action}"])
    try:
        result = reset(service)
    except ApiError as error:
        told = str(error)
    else:
        assert result.outcome == "refused"
        told = result.reason
    assert f"tag:{action}" in told
    assert accepted(service) == 0


def test_a_quota_refuses_before_anything_is_sent() -> None:
    service = world(tag_quota={"keys": 1000, "values_per_key": 0, "keys_per_resource": 50})
    result = reset(service)
    assert (result.outcome, accepted(service)) == ("refused", 0)
    assert "LimitExceeded.TagValue" in result.reason


def test_a_tag_that_cannot_be_written_after_the_send_warns_of_what_a_rerun_does() -> None:
    service = world()
    service.simulator.faults(
        [{"kind": "error", "action": "ModifyResourceTags", "nth": 2, "times": 99, "code": "InternalError"}]
    )
    result = reset(service)
    assert (result.outcome, result.ok, accepted(service)) == ("done", True, 1)
    assert len(result.warnings) == 2
    assert "Another run with this key would" in result.warnings[0]
    service.simulator.faults([])
    service.clock.sleep(1000)
    assert (reset(service).outcome, accepted(service)) == ("done", 1)


def test_what_cannot_be_read_is_not_written_over() -> None:
    service = world()
    service.simulator.faults(
        [
            {
                "kind": "error",
                "action": "DescribeResourceTagsByResourceIds",
                "nth": 5,
                "times": 99,
                "code": "InternalError",
            }
        ]
    )
    result = reset(service)
    assert (result.outcome, result.ok, logged(service).state) == ("done", True, "accepted")
    assert "look for the end of the reset once more, and send nothing" in result.warnings[0]
    service.simulator.faults([])
    assert (reset(service).outcome, logged(service).state, accepted(service)) == ("done", "done", 1)


def test_a_tag_service_that_hangs_after_the_send_holds_up_nothing_for_long() -> None:
    service = world()
    hang = {"kind": "hang", "times": 99, "seconds": 60}
    service.simulator.faults([{**hang, "action": "ModifyResourceTags", "nth": 2}, {**hang, "action": "DeleteTag"}])
    result = reset(service)
    assert (result.outcome, accepted(service)) == ("done", 1)
    assert result.waited_seconds < 60 + 4 * 30


def test_the_claim_does_not_count_as_waiting() -> None:
    service = world(reset_seconds=1)
    assert reset(service, timing=Timing(wait_timeout=12, wait_interval=1)).outcome == "done"


# --- check mode


def test_check_mode_reads_the_log_and_writes_none() -> None:
    service = world()
    result = task(service).run(check=True)
    assert result.outcome == "planned"
    assert service.calls == ["DescribeInstances", "DescribeImages", "DescribeResourceTagsByResourceIds"]


@pytest.mark.parametrize(
    ("entry", "outcome"),
    [
        ({"state": "done"}, "unchanged"),
        ({"state": "failed"}, "failed"),
        ({"state": "rejected"}, "planned"),
        ({"state": "accepted", "request_id": "r"}, "planned"),
        ({"state": "pending"}, "refused"),
        ({"state": "pending", "expires_at": 0}, "planned"),
        ({"key": "K2", "state": "accepted"}, "refused"),
    ],
)
def test_check_mode_answers_as_a_real_run_would(entry: dict[str, Any], outcome: str) -> None:
    service = world()
    write(service, **entry)
    assert task(service).run(check=True).outcome == outcome


# --- what the result says of the log


SAID: list[tuple[dict[str, Any], str]] = [
    ({"state": "pending"}, "refused"),
    ({"state": "done", "request_id": "r"}, "unchanged"),
    ({"state": "finished", "request_id": "r"}, "unchanged"),
    ({"state": "failed"}, "failed"),
    ({"state": "rolling_back"}, "refused"),
    ({"state": "rolled_back"}, "refused"),
    ({"key": "K2", "state": "accepted"}, "refused"),
]


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(("entry", "outcome"), SAID)
def test_the_result_says_what_the_log_said(entry: dict[str, Any], outcome: str, check: bool) -> None:
    service = world()
    write(service, **entry)
    result = task(service).run(check=check)
    assert (result.outcome, result.as_dict()["log"]) == (outcome, shown(logged(service)))


@pytest.mark.parametrize("check", [True, False])
def test_the_result_says_what_the_log_said_before_the_reset(check: bool) -> None:
    service = world()
    write(service, key="K0", state="finished")
    found = logged(service)
    result = task(service).run(check=check)
    assert (result.outcome, result.log) == ("planned" if check else "done", found)


def test_the_result_says_what_the_log_said_when_something_else_refuses() -> None:
    service = world()
    write(service, key="K0", state="finished")
    result = task(service, image="img-unknown1").run()
    assert (result.outcome, [problem.option for problem in result.problems]) == ("refused", ["image_id"])
    assert result.log == logged(service)


def test_without_a_log_the_result_says_nothing_of_it() -> None:
    service = world()
    assert task(service).run(check=True).as_dict()["log"] is None
    write(service, state="done")
    desired = Desired(INSTANCE, image_id=IMAGE, password="Qcloud@TestApi123++")
    assert Reset(service.cvm, service.clock, desired).run(check=True).as_dict()["log"] is None


# --- what once cannot be kept with


def test_the_legacy_api_is_refused_with_all_other_problems() -> None:
    service = world(api="v2")
    result = reset(service, key="not a key")
    assert result.outcome == "refused"
    assert [problem.option for problem in result.problems] == ["idempotency_key", "policy"]
    assert service.calls == ["DescribeInstances", "DescribeImages"]


# --- a server that nobody has operated


def never_operated(**options: Any) -> Simulated:
    """The instance shows no operation until it is reset."""
    return world(operated=False, **options)


@pytest.mark.parametrize("when", [None, "before", "after"])
def test_an_instance_that_nobody_has_operated_has_an_empty_baseline(when: str | None) -> None:
    service = never_operated()
    if when:
        service.fault("drop", when=when)
    result = reset(service)
    assert (result.outcome, accepted(service)) == ("done", 1)
    assert (logged(service).state, logged(service).baseline_id) == ("done", "")
    service.clock.sleep(10)
    assert (reset(service).outcome, accepted(service)) == ("unchanged", 1)


def test_a_claim_with_an_empty_baseline_that_came_too_late_does_not_hide_the_reset() -> None:
    service = never_operated(tag_lag_seconds=0)
    service.simulator.faults([{**foreign_tag(service, 10, key="K2", baseline_id=""), "action": "ResetInstance"}])
    assert reset(service).outcome == "done"
    assert (logged(service).key, logged(service).state) == ("K1", "done")


@pytest.mark.parametrize("request_ids", ["equal", "unequal"])
def test_a_reset_is_taken_over_from_an_empty_baseline(request_ids: str) -> None:
    service = never_operated(request_ids=request_ids)
    service.fault("drop", when="after")
    assert reset(service, timing=Timing(wait_timeout=1, wait_interval=1)).outcome == "unknown"
    assert (logged(service).state, logged(service).baseline_id) == ("pending", "")
    service.clock.sleep(400)
    result = reset(service)
    assert (result.outcome, result.adopted, result.submissions, accepted(service)) == ("done", True, 0, 1)
    assert (logged(service).state, logged(service).request_id) == ("done", result.request_id)


@pytest.mark.parametrize(("when", "sent"), [("before", 2), ("after", 1)])
def test_an_expired_claim_with_an_empty_baseline_is_cleared_up(when: str, sent: int) -> None:
    service = never_operated()
    service.fault("drop", when=when)
    assert reset(service, timing=Timing(wait_timeout=1)).outcome == "unknown"
    assert (logged(service).state, logged(service).baseline_id) == ("pending", "")
    service.clock.sleep(301)
    assert (reset(service).outcome, accepted(service)) == ("done", 1)
    assert service.calls.count("ResetInstance") == sent


# --- a run that dies


class Killed(BaseException):
    """The process is gone."""


def die_at(service: Simulated, call: int, when: str) -> None:
    """Let the process die before or after its n-th call reaches the service."""
    transport, deliver = service.transport, service.transport.send
    left = [call]

    def send(request: HttpRequest, **options: Any) -> HttpAnswer:
        left[0] -= 1
        if left[0] == 0 and when == "before":
            raise Killed
        answer = deliver(request, **options)
        if left[0] == 0:
            raise Killed
        return answer

    transport.send = send


def revive(service: Simulated) -> None:
    del service.transport.send


def _killed(service: Simulated, call: int, when: str, run: Callable[[], ResetResult]) -> bool:
    die_at(service, call, when)
    try:
        run()
    except Killed:
        return True
    finally:
        revive(service)
    return False


@pytest.mark.parametrize("operated", [True, False])
@pytest.mark.parametrize("request_ids", ["equal", "unequal"])
@pytest.mark.parametrize("pause", [0, 100, 310, 2000])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_run_killed_at_any_call_is_followed_by_one_that_resets_nothing_twice(
    when: str, pause: float, request_ids: str, operated: bool
) -> None:
    call = 0
    while True:
        call += 1
        service = world(request_ids=request_ids, operated=operated)
        if not _killed(service, call, when, lambda service=service: reset(service)):
            break
        service.clock.sleep(pause)
        outcomes = []
        for _run in range(6):
            outcomes.append(reset(service).outcome)
            if outcomes[-1] != "refused":
                break
            service.clock.sleep(100)
        assert outcomes[-1] in ("done", "unchanged"), (call, outcomes)
        assert accepted(service) == 1, (call, outcomes)
        assert reset(service).outcome in ("unchanged", "done")
        assert accepted(service) == 1
    assert call > 20


def test_a_run_killed_twice_still_resets_once() -> None:
    for first in range(4, 14):
        for second in range(4, 16):
            service = world()
            _killed(service, first, "after", lambda service=service: reset(service))
            service.clock.sleep(310)
            _killed(service, second, "after", lambda service=service: reset(service))
            service.clock.sleep(310)
            outcome = reset(service).outcome
            assert outcome in ("done", "unchanged"), (first, second)
            assert accepted(service) == 1, (first, second)


def test_a_rerun_after_an_interruption_fails_where_the_reset_failed() -> None:
    service = world()
    service.fault("operation_failed", message="no stock")
    _killed(service, 9, "after", lambda: reset(service))
    service.clock.sleep(400)
    result = reset(service)
    assert accepted(service) <= 1
    assert result.outcome in ("failed", "done")


def test_errors_of_the_log_are_errors_of_this_collection() -> None:
    assert issubclass(OnceError, TencentCloudError)


def test_a_reset_of_somebody_else_that_was_taken_for_ours_is_unknown_to_later_runs_too() -> None:
    service = world(operated=True, lag_seconds=2, reset_seconds=40)
    foreign = {"kind": "foreign", "operation": "ResetInstance", "after_seconds": 3, "image_id": "img-6n21msk1"}
    service.simulator.faults([{"action": "ResetInstance", **fault} for fault in ({"kind": "drop"}, foreign)])
    for _run in range(3):
        result = reset(service)
        assert (result.outcome, accepted(service)) == ("unknown", 0)
        assert "it may be somebody else's" in result.reason
        service.clock.sleep(500)
