# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One reset through all its turns: sent, refused, lost, adopted, overtaken, waited for."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import formatdate
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._api.transport import HttpAnswer, HttpRequest
from ansible_collections.tencent.cloud.plugins.module_utils._engine.timing import Timing
from ansible_collections.tencent.cloud.plugins.module_utils._errors import ApiError, TencentCloudError
from ansible_collections.tencent.cloud.plugins.module_utils._reset.desired import Desired
from ansible_collections.tencent.cloud.plugins.module_utils._reset.flow import Reset
from ansible_collections.tencent.cloud.plugins.module_utils._reset.result import ResetResult
from tests.unit.support.simulated import Simulated, simulated

INSTANCE, IMAGE, OTHER_IMAGE = "ins-r8hr2upy", "img-pmqg1cw7", "img-6n21msk1"
NEVER_OPERATED = "ins-newborn1"
PASSWORD = "Qcloud@TestApi123++"


def world(**options: Any) -> Simulated:
    return simulated(**{"operated": True, "reset_seconds": 60, "lag_seconds": 5, **options})


def reset(service: Simulated, *, desired: Mapping[str, Any] | None = None, **timing: Any) -> ResetResult:
    options = {"instance_id": INSTANCE, "image_id": IMAGE, "password": PASSWORD, **(desired or {})}
    return Reset(service.cvm, service.clock, Desired(**options), Timing(**timing)).run()


def accepted(service: Simulated, instance: str = INSTANCE) -> int:
    return service.accepted.get(instance, 0)


def sends(service: Simulated) -> int:
    return service.calls.count("ResetInstance")


def test_the_usual_course() -> None:
    service = world()
    result = reset(service)
    assert (result.outcome, result.ok, result.submissions, result.adopted) == ("done", True, 1, False)
    assert accepted(service) == 1
    assert result.previous is not None
    assert result.instance is not None
    assert (result.previous["image_id"], result.instance["image_id"]) == ("img-9qabwvbn", IMAGE)
    assert result.operation is not None
    assert result.operation.request_id == result.request_id
    assert 60 <= result.waited_seconds <= 75


def test_events_tell_the_course() -> None:
    service, events = world(), list[str]()
    desired = Desired(INSTANCE, image_id=IMAGE, password=PASSWORD)
    Reset(service.cvm, service.clock, desired, on_event=lambda kind, data: events.append(f"{kind} {data}")).run()
    kinds = [event.split()[0] for event in events]
    assert kinds[:3] == ["planned", "sent", "accepted"]
    assert set(kinds[3:-1]) == {"polled"}
    assert kinds[-1] == "ended"
    assert PASSWORD not in "".join(events)


def test_without_wait_it_ends_with_the_acceptance() -> None:
    service = world()
    result = reset(service, wait=False)
    assert (result.outcome, result.ok, result.waited_seconds) == ("accepted", True, 0.0)
    assert result.request_id


def test_without_wait_a_lost_answer_is_still_cleared_up() -> None:
    service = world()
    service.fault("drop", when="after")
    result = reset(service, wait=False)
    assert (result.outcome, result.ok, result.adopted, accepted(service)) == ("accepted", True, True, 1)
    assert result.waited_seconds < 60


def test_a_lost_answer_is_adopted_and_waited_for() -> None:
    service = world()
    service.fault("drop", when="after")
    result = reset(service)
    assert (result.outcome, result.adopted, result.submissions, accepted(service)) == ("done", True, 1, 1)
    assert result.request_id == service.simulator.snapshot()["instances"][INSTANCE]["LatestOperationRequestId"]


def test_what_stayed_without_effect_for_the_whole_window_is_sent_again() -> None:
    service = world()
    service.fault("drop", when="before")
    result = reset(service)
    assert (result.outcome, result.adopted, result.submissions, accepted(service)) == ("done", False, 2, 1)
    assert result.waited_seconds >= 375


def test_the_window_is_longer_by_what_our_clock_is_ahead() -> None:
    service = world(clock_skew=-200, reset_seconds=10, lag_seconds=0)
    service.fault("drop", accept_after=490)
    result = reset(service)
    assert (result.outcome, result.submissions, accepted(service)) == ("done", 1, 1)


def test_the_clock_of_a_proxy_does_not_shorten_the_window() -> None:
    """A gateway's error page carries the gateway's time, which may be as wrong as ours."""
    service = world(clock_skew=-200, reset_seconds=10, lag_seconds=0)
    service.fault("http", status=504, accept_after=490)
    deliver = service.transport.send

    def by_a_proxy(request: HttpRequest, **options: Any) -> HttpAnswer:
        answer = deliver(request, **options)
        ours = {**answer.headers, "date": formatdate(service.clock.wall(), usegmt=True)}
        return answer if answer.status == 200 else HttpAnswer(answer.status, ours, answer.body)

    service.transport.send = by_a_proxy
    result = reset(service)
    assert (result.outcome, result.submissions, accepted(service)) == ("done", 1, 1)


def test_a_defect_after_the_send_keeps_the_request_id() -> None:
    service, looks = world(), []

    def broken(kind: str, data: Mapping[str, Any]) -> None:
        if kind == "polled":
            looks.append(data)
            raise RecursionError

    desired = Desired(INSTANCE, image_id=IMAGE, password=PASSWORD)
    result = Reset(service.cvm, service.clock, desired, on_event=broken).run()
    assert (result.outcome, result.ok, len(looks), accepted(service)) == ("unknown", False, 1, 1)
    assert result.request_id
    assert str(result.request_id) in result.reason


def test_a_defect_before_the_send_is_no_result() -> None:
    service = world()

    def broken(kind: str, data: Mapping[str, Any]) -> None:
        raise RecursionError

    with pytest.raises(RecursionError):
        Reset(service.cvm, service.clock, Desired(INSTANCE, image_id=IMAGE), on_event=broken).run()
    assert sends(service) == 0


def test_an_instance_that_shows_no_operation_any_more_proves_nothing() -> None:
    service = world()
    service.simulator.faults(
        [
            {"action": "ResetInstance", "kind": "drop"},
            {"action": "DescribeInstances", "kind": "null", "nth": 2, "times": 999},
        ]
    )
    result = reset(service)
    assert (result.outcome, result.ok, result.submissions) == ("unknown", False, 1)
    assert "shows no operation at all" in result.reason
    assert sends(service) == 1


# --- an instance that nobody has operated


@pytest.mark.parametrize(("when", "submissions"), [("before", 2), ("after", 1)])
@pytest.mark.parametrize("lag", [0, 60])
def test_a_lost_answer_of_an_instance_that_nobody_has_operated(when: str, submissions: int, lag: float) -> None:
    service = world(lag_seconds=lag)
    service.fault("drop", when=when)
    result = reset(service, desired={"instance_id": NEVER_OPERATED})
    assert (result.outcome, result.submissions, accepted(service, NEVER_OPERATED)) == ("done", submissions, 1)
    assert result.adopted is (submissions == 1)
    if submissions == 2:
        assert result.waited_seconds >= 375


def test_one_look_without_an_operation_is_none_to_believe() -> None:
    """The first look was one that showed nothing; the next one shows what was there."""
    service = world()
    service.simulator.faults(
        [
            {"action": "DescribeInstances", "kind": "null"},
            {"action": "ResetInstance", "kind": "drop"},
            {"action": "DescribeInstances", "kind": "null", "nth": 3, "times": 999},
        ]
    )
    result = reset(service)
    assert (result.outcome, sends(service)) == ("unknown", 1)
    assert "StartInstances" in result.reason


def test_an_operation_that_was_shown_is_not_forgotten() -> None:
    """The look before the send shows none, and neither do those after it."""
    service = world()
    service.simulator.faults(
        [
            {"action": "ResetInstance", "kind": "throttle"},
            {"action": "ResetInstance", "kind": "drop", "nth": 2},
            {"action": "DescribeInstances", "kind": "null", "nth": 2, "times": 999},
        ]
    )
    result = reset(service)
    assert (result.outcome, sends(service)) == ("unknown", 2)


def test_two_looks_come_before_the_send_to_an_instance_that_shows_none() -> None:
    service = world()
    reset(service, desired={"instance_id": NEVER_OPERATED})
    assert service.calls[: service.calls.index("ResetInstance")].count("DescribeInstances") == 2


def test_what_cannot_be_decided_in_time_is_unknown_and_not_sent_again() -> None:
    service = world()
    service.fault("drop", when="before")
    result = reset(service, wait_timeout=200)
    assert (result.outcome, result.submissions, sends(service)) == ("unknown", 1, 1)
    assert "NoAnswer" in result.reason
    assert "StartInstances SUCCESS" in result.reason
    assert result.error is not None
    assert result.error.code == "NoAnswer"
    assert result.as_dict()["changed"]


@pytest.mark.parametrize(
    "code", ["InvalidInstance.NotSupported", "AuthFailure.UnauthorizedOperation", "MissingParameter"]
)
def test_a_refusal_of_a_first_send_is_final(code: str) -> None:
    service = world()
    service.fault("error", code=code, message="no")
    result = reset(service)
    assert (result.outcome, result.ok, result.submissions, accepted(service)) == ("refused", False, 1, 0)
    assert result.as_dict()["changed"] is False
    assert result.error is not None
    assert result.error.as_dict() == {
        "code": code,
        "message": result.error.message,
        "request_id": result.error.request_id,
        "action": "ResetInstance",
    }
    assert str(result.error.request_id) in result.reason


def test_a_refusal_after_a_send_in_doubt_may_be_our_own_doing() -> None:
    """The first reset is accepted so late that only the refusal of the second one tells of it."""
    service = world(lag_seconds=100)
    service.simulator.faults(
        [
            {"action": "ResetInstance", "kind": "drop", "accept_after": 299},
            {
                "action": "ResetInstance",
                "kind": "error",
                "code": "MutexOperation.TaskRunning",
                "nth": 2,
                "message": "no",
            },
        ]
    )
    result = reset(service, settle_seconds=350)
    assert (result.outcome, result.adopted, result.submissions, accepted(service)) == ("done", True, 2, 1)


def test_a_refusal_after_a_send_in_doubt_stands_when_nothing_appears() -> None:
    service = world()
    service.simulator.faults(
        [
            {"action": "ResetInstance", "kind": "drop"},
            {
                "action": "ResetInstance",
                "kind": "error",
                "code": "InvalidAccount.UnpaidOrder",
                "nth": 2,
                "message": "no",
            },
        ]
    )
    result = reset(service)
    assert (result.outcome, result.submissions, accepted(service)) == ("refused", 2, 0)
    assert result.error is not None
    assert result.error.code == "InvalidAccount.UnpaidOrder"
    assert "balance" in result.reason


def test_throttling_is_waited_out() -> None:
    service = world()
    service.fault("throttle", times=3)
    result = reset(service)
    assert (result.outcome, result.submissions, accepted(service)) == ("done", 4, 1)


def test_throttling_ends_with_the_attempts() -> None:
    service = world()
    service.fault("throttle", times=9)
    result = reset(service, max_attempts=3)
    assert (result.outcome, result.submissions, accepted(service)) == ("refused", 3, 0)
    assert "sent 3 times and never accepted" in result.reason
    assert "too often" in result.reason


def test_throttling_ends_with_the_deadline() -> None:
    service = world()
    service.fault("throttle", times=99)
    result = reset(service, wait_timeout=10, max_attempts=50)
    assert (result.outcome, accepted(service)) == ("refused", 0)
    assert result.submissions < 10


def test_a_service_out_of_reach_is_tried_again() -> None:
    service = world()
    service.transport.unreachable("ResetInstance", times=2)
    result = reset(service)
    assert (result.outcome, result.submissions, accepted(service)) == ("done", 3, 1)


def test_every_send_but_a_quick_first_one_has_a_fresh_baseline() -> None:
    service = world()
    service.fault("throttle")
    reset(service)
    before = service.calls[: len(service.calls) - service.calls[::-1].index("ResetInstance")]
    # After the throttled one: a look for what a copy of it did, and the baseline.
    again = ["DescribeInstances", "DescribeInstances", "ResetInstance"]
    assert before == ["DescribeInstances", "DescribeImages", "ResetInstance", *again]


def test_a_slow_plan_is_followed_by_a_fresh_baseline() -> None:
    service = world()
    service.fault("throttle", action="DescribeImages", times=3)
    reset(service)
    assert service.calls[service.calls.index("ResetInstance") - 1] == "DescribeInstances"


def test_an_operation_that_began_meanwhile_stops_the_next_send() -> None:
    service = world(lag_seconds=0)
    service.simulator.faults(
        [
            {"action": "ResetInstance", "kind": "throttle"},
            {"action": "ResetInstance", "kind": "foreign", "operation": "StopInstances", "seconds": 500},
        ]
    )
    result = reset(service)
    assert (result.outcome, result.submissions, accepted(service)) == ("refused", 1, 0)
    assert any("StopInstances" in problem.message for problem in result.problems)


def test_a_baseline_that_cannot_be_read_stops_the_next_send() -> None:
    service = world()
    service.simulator.faults(
        [
            {"action": "ResetInstance", "kind": "throttle"},
            {"action": "DescribeInstances", "kind": "http", "nth": 2, "times": 50},
        ]
    )
    result = reset(service)
    assert (result.outcome, result.submissions, accepted(service)) == ("refused", 1, 0)
    assert result.error is not None
    assert result.error.code == "BadAnswer"


def test_somebody_else_may_have_done_it_meanwhile() -> None:
    service = world(lag_seconds=0, reset_seconds=0)
    service.simulator.faults(
        [
            {"action": "ResetInstance", "kind": "throttle"},
            {"action": "ResetInstance", "kind": "foreign", "operation": "ResetInstance", "image_id": IMAGE},
        ]
    )
    result = reset(service, desired={"policy": "image_differs"})
    # Nobody can tell it from a copy of the call that was throttled.
    assert (result.outcome, result.adopted, result.submissions, accepted(service)) == ("done", True, 1, 0)


@pytest.mark.parametrize("attempts", [1, 2, 5])
@pytest.mark.parametrize("lag", [0, 20])
def test_a_copy_of_a_call_that_was_throttled_may_have_been_accepted(attempts: int, lag: float) -> None:
    """A proxy repeats the request, and the limit of calls is reached between the two."""
    service = world(lag_seconds=lag, reset_seconds=120, operated=True)
    service.fault("throttle", nth=attempts, when="after")
    if attempts > 1:
        throttled = [{"action": "ResetInstance", "kind": "throttle", "times": attempts - 1}]
        service.simulator.faults(
            [*throttled, {"action": "ResetInstance", "kind": "throttle", "nth": attempts, "when": "after"}]
        )
    result = reset(service)
    assert (result.outcome, result.adopted, accepted(service)) == ("done", True, 1)


def test_a_reset_that_shows_in_the_last_moment_is_not_sent_again() -> None:
    """The lost reset becomes visible between the end of the window and the second send."""
    service = world(lag_seconds=0, reset_seconds=30)
    service.simulator.faults([{"action": "ResetInstance", "kind": "drop", "accept_after": 100}])
    result = reset(service, settle_seconds=99.9, wait_interval=99.95, max_attempts=2)
    assert (result.outcome, accepted(service)) == ("done", 1)
    assert sends(service) == 1


@pytest.mark.parametrize("kind", ["http", "drop", "html", "cut_json", "vanished", "null", "torn", "stale", "throttle"])
def test_broken_reads_do_not_end_the_wait(kind: str) -> None:
    service = world(reset_seconds=300)
    service.fault(kind, action="DescribeInstances", nth=4, times=12)
    result = reset(service)
    assert (result.outcome, accepted(service)) == ("done", 1)


def test_a_failed_operation_fails_with_its_reason() -> None:
    service = world()
    service.fault("operation_failed", message="no stock left")
    result = reset(service)
    assert (result.outcome, result.ok, accepted(service)) == ("failed", False, 1)
    assert "no stock left" in result.reason
    assert result.error is not None
    assert (result.error.code, result.error.request_id) == ("OperationFailed", result.request_id)
    assert result.as_dict()["changed"]


def test_a_stale_failure_of_an_earlier_reset_is_no_end() -> None:
    service = world(lag_seconds=30)
    service.fault("operation_failed", message="the first one")
    reset(service)
    assert reset(service).outcome == "done"


def test_success_without_the_effect_is_a_failure_that_shows_both_values() -> None:
    service = world()
    service.fault("torn", action="DescribeInstances", nth=2, times=999)
    result = reset(service)
    assert (result.outcome, result.ok) == ("failed", False)
    assert f"image_id is 'img-9qabwvbn', not '{IMAGE}'" in result.reason
    assert result.error is not None
    assert result.error.code == "EffectMissing"


@pytest.mark.parametrize("image", [IMAGE, OTHER_IMAGE])
def test_a_foreign_reset_in_place_of_a_lost_one_is_told_by_its_effect(image: str) -> None:
    service = world()
    service.simulator.faults(
        [
            {"action": "ResetInstance", "kind": "drop"},
            {"action": "ResetInstance", "kind": "foreign", "operation": "ResetInstance", "image_id": image},
        ]
    )
    result = reset(service)
    assert accepted(service) == 0
    assert result.outcome == ("done" if image == IMAGE else "unknown")
    assert sends(service) == 1


def test_evidence_that_was_overwritten_is_replaced_by_the_effect() -> None:
    service = world(reset_seconds=7, lag_seconds=0, power_seconds=900)
    # The last early look is too early, and the next one too late.
    service.simulator.faults(
        [
            {"action": "ResetInstance", "kind": "drop", "when": "after"},
            {"action": "DescribeInstances", "kind": "drop", "nth": 2, "times": 12},
            {"action": "ResetInstance", "kind": "foreign", "operation": "StopInstances", "after_seconds": 8},
        ]
    )
    result = reset(service, wait_interval=20)
    assert (result.outcome, accepted(service)) == ("done", 1)
    assert "followed by StopInstances" in result.reason


def test_evidence_that_was_overwritten_without_an_effect_stays_unknown() -> None:
    service = world(lag_seconds=0)
    service.simulator.faults(
        [
            {"action": "ResetInstance", "kind": "drop"},
            {"action": "ResetInstance", "kind": "foreign", "operation": "StopInstances", "after_seconds": 2},
        ]
    )
    result = reset(service)
    assert (result.outcome, accepted(service), sends(service)) == ("unknown", 0, 1)
    assert "took its place" in result.reason


def test_a_deadline_names_the_last_state_and_how_to_go_on() -> None:
    service = world(reset_seconds=900)
    late = reset(service, wait_timeout=100)
    assert (late.outcome, late.ok, accepted(service)) == ("accepted", False, 1)
    assert f"attach: {late.request_id}" in late.reason
    assert "OPERATING" in late.reason
    assert late.error is not None
    assert late.error.code == "WaitTimeout"
    attached = attach(service, str(late.request_id))
    assert (attached.outcome, attached.ok, attached.adopted, attached.submissions) == ("done", True, True, 0)
    assert accepted(service) == 1


def test_a_deadline_tells_of_broken_reads() -> None:
    service = world(reset_seconds=900)
    service.fault("http", action="DescribeInstances", nth=3, times=999)
    assert "A read failed: DescribeInstances failed with BadAnswer" in reset(service, wait_timeout=60).reason


# --- attach


def attach(service: Simulated, request_id: str, *, check: bool = False, **options: Any) -> ResetResult:
    desired = Desired(**{"instance_id": INSTANCE, **options})
    return Reset(service.cvm, service.clock, desired, Timing()).attach(request_id, check=check)


def test_attach_waits_for_a_running_reset_and_sends_nothing() -> None:
    service = world()
    started = reset(service, wait=False)
    result = attach(service, str(started.request_id), image_id=IMAGE)
    assert (result.outcome, result.request_id, sends(service)) == ("done", started.request_id, 1)


def test_attach_finds_a_reset_that_has_ended() -> None:
    service = world()
    ended = reset(service)
    assert attach(service, str(ended.request_id)).outcome == "done"


def test_attach_fails_with_a_failed_reset() -> None:
    service = world()
    service.fault("operation_failed", message="no stock")
    started = reset(service, wait=False)
    assert attach(service, str(started.request_id)).outcome == "failed"


def test_attach_compares_what_it_was_told_to_expect() -> None:
    service = world()
    ended = reset(service)
    result = attach(service, str(ended.request_id), image_id=OTHER_IMAGE)
    assert (result.outcome, result.error and result.error.code) == ("failed", "EffectMissing")


def test_attach_to_another_operation_is_unknown() -> None:
    service = world()
    reset(service)
    result = attach(service, "5f4dcc3b-0000-4000-8000-000000000000")
    assert (result.outcome, result.ok, sends(service)) == ("unknown", False, 1)
    assert result.error is not None
    assert result.error.code == "OutcomeUnknown"


def test_attach_takes_no_other_operation_for_a_reset() -> None:
    service = world()
    latest = service.simulator.snapshot()["instances"][INSTANCE]["LatestOperationRequestId"]
    result = attach(service, latest)
    assert result.outcome == "unknown"
    assert "nothing was sent" in result.reason
    assert "StartInstances SUCCESS" in result.reason


def test_attach_to_a_reset_that_never_shows_is_unknown() -> None:
    service = world()
    result = attach(service, "5f4dcc3b-0000-4000-8000-000000000000", instance_id=NEVER_OPERATED)
    assert result.outcome == "unknown"
    assert "wait_timeout" in result.reason


def test_attach_in_check_mode_reads_only_once() -> None:
    service = world()
    result = attach(service, "5f4dcc3b-0000-4000-8000-000000000000", check=True)
    assert (result.outcome, result.ok) == ("planned", True)
    assert service.calls.count("DescribeInstances") == 1


def test_attach_to_an_unknown_instance_is_refused() -> None:
    result = attach(world(), "5f4dcc3b-0000-4000-8000-000000000000", instance_id="ins-00000000")
    assert (result.outcome, result.problems[0].code) == ("refused", "InvalidInstanceId.NotFound")


# --- before the send


def test_check_mode_asks_and_sends_nothing() -> None:
    service = world()
    desired = Desired(INSTANCE, image_id=IMAGE, password=PASSWORD)
    result = Reset(service.cvm, service.clock, desired).run(check=True)
    assert (result.outcome, result.ok, result.as_dict()["changed"]) == ("planned", True, True)
    assert service.calls == ["DescribeInstances", "DescribeImages"]
    assert result.changes["after"]["image_id"] == IMAGE


def test_planning_asks_once_for_each_kind() -> None:
    service = world()
    reset(service, desired={"password": None, "key_ids": ("skey-b4vakk62",)}, wait=False)
    assert service.calls == ["DescribeInstances", "DescribeImages", "DescribeKeyPairs", "ResetInstance"]


def test_a_current_image_that_is_gone_costs_one_more_call() -> None:
    service = world()
    service.fault("error", action="DescribeImages", code="InvalidImageId.NotFound", message="gone")
    result = reset(service, wait=False)
    assert result.outcome == "accepted"
    assert service.calls[:3] == ["DescribeInstances", "DescribeImages", "DescribeImages"]


def test_problems_refuse_and_nothing_is_sent() -> None:
    service = world()
    result = reset(service, desired={"disk_size": 20, "password": "short"})
    assert (result.outcome, result.ok, sends(service)) == ("refused", False, 0)
    assert [problem.option for problem in result.problems] == ["system_disk.disk_size", "login_settings.password"]
    assert "2 problems" in result.reason


def test_a_read_that_is_refused_raises_before_anything_is_sent() -> None:
    service = world(denied_actions=["name/cvm:DescribeInstances"])
    with pytest.raises(ApiError, match="cvm:DescribeInstances"):
        reset(service)


def test_a_read_that_stays_broken_raises_before_anything_is_sent() -> None:
    service = world()
    service.fault("http", action="DescribeImages", times=99)
    with pytest.raises(TencentCloudError, match="502"):
        reset(service)
    assert sends(service) == 0


def test_nothing_to_do() -> None:
    service = world()
    result = reset(service, desired={"image_id": "img-9qabwvbn", "policy": "image_differs"})
    assert (result.outcome, result.ok, result.as_dict()["changed"], sends(service)) == ("unchanged", True, False, 0)
