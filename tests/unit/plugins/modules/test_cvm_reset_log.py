# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module that reads and carries on the log, from its options to its exit, on a simulator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

import pytest
import yaml

from ansible_collections.tencent.cloud.plugins.module_utils._interrupts import Interrupts
from ansible_collections.tencent.cloud.plugins.module_utils._reset.idempotency_entry import Entry, tag_key_of
from ansible_collections.tencent.cloud.plugins.module_utils._reset.instance_log import WRITE_SECONDS, InstanceLog
from ansible_collections.tencent.cloud.plugins.module_utils._services.tag import InstanceTag
from ansible_collections.tencent.cloud.plugins.modules import cvm_reset_log
from tests.unit.support.modules import ADDED, Modules
from tests.unit.support.simulated import simulated

INSTANCE = "ins-r8hr2upy"
LOG = tag_key_of(INSTANCE)
THREE = (INSTANCE, "ins-keypair1", "ins-stopped1")
READ, WRITE = "DescribeResourceTagsByResourceIds", "ModifyResourceTags"
DONE = Entry("K1", INSTANCE, "done", "0123456789ab", 1_760_000_300, "baseline", "request")
SHOWN = {
    "key": "K1",
    "state": "done",
    "request_id": "request",
    "baseline_id": "baseline",
    "expires_at": 1_760_000_300,
}


def write(modules: Modules, entry: Entry) -> None:
    InstanceTag(modules.bench.cvm.client, INSTANCE, LOG).set(entry.as_value())
    modules.bench.clock.sleep(10)


def run(modules: Modules, *, check: bool = False, **options: Any) -> Mapping[str, Any]:
    """One task, with the documented keys whatever it ends with."""
    result = modules(cvm_reset_log, check=check, **{"instance_id": INSTANCE, **options})
    assert set(result) - ADDED == set(yaml.safe_load(cvm_reset_log.RETURN))
    modules.bench.clock.sleep(10)
    return result


def test_it_reads(modules: Modules) -> None:
    assert run(modules)["log"] is None
    write(modules, DONE)
    result = run(modules)
    assert (result["changed"], result["log"], result["previous"]) == (False, SHOWN, SHOWN)


def test_an_entry_of_the_instance_that_this_one_was_cloned_from_is_none(modules: Modules) -> None:
    write(modules, DONE._replace(instance_id="ins-another1"))
    assert run(modules)["log"] is None


@pytest.mark.parametrize(("before", "after"), [("done", "finished"), ("failed", "rolling_back")])
def test_it_writes_once_and_not_in_check_mode(modules: Modules, before: str, after: str) -> None:
    write(modules, DONE._replace(state=before))
    asked = {"idempotency_key": "K1", "state": after}
    planned = run(modules, check=True, **asked)
    assert (planned["changed"], planned["log"]["state"]) == (True, after)
    assert run(modules)["log"]["state"] == before
    written = run(modules, **asked)
    assert (written["changed"], written["previous"]["state"]) == (True, before)
    assert run(modules)["log"] == {**SHOWN, "state": after}
    assert run(modules, **asked)["changed"] is False
    assert modules.bench.calls.count("DeleteTag") == 1


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ({"idempotency_key": "K2", "state": "finished"}, "OnceRefused", "'K1'"),
        ({"idempotency_key": "K1", "state": "rolled_back"}, "OnceRefused", "only when it is rolling_back"),
        ({"instance_id": "web-1"}, "InvalidOption", "instance_id: 'web-1' is not a valid id."),
        ({"region": ""}, "InvalidOption", "region"),
    ],
)
def test_what_is_refused_writes_nothing(
    modules: Modules, options: dict[str, Any], code: str, words: str, check: bool
) -> None:
    write(modules, DONE)
    result = run(modules, check=check, **options)
    assert (result["failed"], result["error"]["code"], result["changed"]) == (True, code, False)
    assert words in result["msg"]
    assert run(modules)["log"] == SHOWN


def test_what_was_written_a_moment_ago_is_waited_for(modules: Modules) -> None:
    modules.bench = simulated(tag_lag_seconds=3)
    write(modules, DONE._replace(state="accepted"))
    InstanceTag(modules.bench.cvm.client, INSTANCE, LOG).set(DONE.as_value())
    assert run(modules, idempotency_key="K1", state="finished")["log"]["state"] == "finished"


def test_what_another_run_has_written_meanwhile_is_not_written_over(modules: Modules) -> None:
    """A write that is lost slowly is not tried again after another key was claimed."""
    modules.bench = simulated(tag_lag_seconds=0)
    write(modules, DONE)
    newer = DONE._replace(key="K2", nonce="another", state="pending")
    foreign = {"operation": "tag", "instance_id": INSTANCE, "key": LOG, "value": newer.as_value()}
    modules.bench.simulator.faults(
        [
            {"kind": "hang", "action": "ModifyResourceTags", "when": "before", "seconds": WRITE_SECONDS + 1},
            {"kind": "foreign", "action": "ModifyResourceTags", "after_seconds": 1, **foreign},
        ]
    )
    assert run(modules, idempotency_key="K1", state="finished")["error"]["code"] == "NoAnswer"
    assert (run(modules)["log"]["key"], run(modules)["log"]["state"]) == ("K2", "pending")


def test_a_state_needs_the_key(modules: Modules) -> None:
    assert "idempotency_key" in modules(cvm_reset_log, instance_id=INSTANCE, state="finished")["msg"]
    assert modules.bench.calls == []


# --- many


ONLY_AFTER = "It can become finished only when it is done or finished."


def many(modules: Modules, ids: Sequence[str] = THREE, **options: Any) -> Mapping[str, Any]:
    """One task for several instances."""
    result = modules(cvm_reset_log, **{"instance_ids": list(ids), **options})
    assert set(result) - ADDED - {"diff"} == set(yaml.safe_load(cvm_reset_log.RETURN))
    modules.bench.clock.sleep(10)
    return result


def states(result: Mapping[str, Any], key: str = "log") -> dict[str, str | None]:
    return {one["instance_id"]: one[key] and one[key]["state"] for one in result["results"]}


def write_all(modules: Modules, ids: Sequence[str] = THREE, **fields: Any) -> None:
    for one in ids:
        entry = DONE._replace(instance_id=one, **fields)
        InstanceTag(modules.bench.cvm.client, one, tag_key_of(one)).set(entry.as_value())
    modules.bench.clock.sleep(10)


@pytest.fixture
def fleet(modules: Modules) -> Modules:
    """A service with a thousand instances."""
    modules.bench = simulated(generate={"count": 1000, "ImageId": "img-pmqg1cw7"})
    return modules


def test_the_result_of_one_is_in_results_as_well(modules: Modules) -> None:
    write(modules, DONE)
    result = run(modules, idempotency_key="K1", state="finished")
    (one,) = result["results"]
    assert one == {name: result[name] for name in ("instance_id", "changed", "log", "previous", "error")}
    refused = run(modules, idempotency_key="K2", state="finished")
    assert [one["error"] for one in refused["results"]] == [refused["error"]]
    assert run(modules, region="")["results"] == []


def test_many_are_read_in_few_calls_and_in_order(fleet: Modules) -> None:
    ids = [f"ins-g{number:07}" for number in range(120)][::-1]
    write_all(fleet, ids[:1])
    before = len(fleet.bench.calls)
    result = many(fleet, ids)
    assert fleet.bench.calls[before:] == [READ] * 3
    assert [one["instance_id"] for one in result["results"]] == ids
    assert list(states(result).values()) == ["done", *[None] * 119]
    assert [result[name] for name in ("changed", "instance_id", "log", "previous", "error")] == [False, *[None] * 4]


@pytest.mark.parametrize("check", [True, False])
def test_many_are_written_once_and_not_in_check_mode(modules: Modules, check: bool) -> None:
    write_all(modules)
    write_all(modules, THREE[:1], state="finished")
    result = many(modules, check=check, diff=True, idempotency_key="K1", state="finished")
    assert (result["changed"], states(result)) == (True, dict.fromkeys(THREE, "finished"))
    assert list(states(result, "previous").values()) == ["finished", "done", "done"]
    assert [one["changed"] for one in result["results"]] == [False, True, True]
    assert [one["before_header"] for one in result["diff"]] == list(THREE[1:])
    assert [one["after"]["log"]["state"] for one in result["diff"]] == ["finished"] * 2
    expected = ["finished", "done", "done"] if check else ["finished"] * 3
    assert list(states(many(modules)).values()) == expected
    before = modules.bench.calls.count(WRITE)
    again = many(modules, THREE[:1], idempotency_key="K1", state="finished")
    assert (again["changed"], modules.bench.calls.count(WRITE)) == (False, before)


def test_one_that_fails_does_not_stop_the_others(modules: Modules) -> None:
    write_all(modules, THREE[1:])
    write_all(modules, THREE[2:], state="pending")
    ids = [*THREE, "ins-unknown1", "ins-unknown2"]
    result = many(modules, ids, idempotency_key="K1", state="finished")
    assert (result["failed"], result["changed"], result["error"]) == (True, True, None)
    assert [one["error"] and one["error"]["code"] for one in result["results"]] == [
        "OnceRefused",
        None,
        "OnceRefused",
        *["InvalidParameterValue.ResourceIdInvalid"] * 2,
    ]
    assert result["msg"].split("\n") == [
        "4 of 5 instances failed.",
        f"{THREE[0]}: OnceRefused: The log of this instance is empty: no reset of the key 'K1' is on record.",
        f"{THREE[2]}: OnceRefused: The reset with the key 'K1' is pending. {ONLY_AFTER}",
        *(
            f"{one}: InvalidParameterValue.ResourceIdInvalid: The tag service does not know the instance {one}."
            for one in ids[3:]
        ),
    ]
    assert states(many(modules)) == dict(zip(THREE, (None, "finished", "pending")))


def test_a_reason_that_many_have_is_told_once(modules: Modules) -> None:
    result = many(modules, idempotency_key="K1", state="finished")
    lines = result["msg"].split("\n")
    assert (lines[0], len(lines)) == ("3 of 3 instances failed.", 2)
    assert lines[1].startswith(f"{', '.join(THREE)}: OnceRefused: The log of this instance is empty")


def test_a_service_that_cannot_be_read_fails_all_of_them(modules: Modules) -> None:
    modules.bench.fault("error", READ, code="UnauthorizedOperation", times=9)
    result = many(modules)
    assert {one["error"]["code"] for one in result["results"]} == {"UnauthorizedOperation"}
    first, *lines = result["msg"].split("\n")
    assert (first, len(lines)) == ("3 of 3 instances failed.", 1)
    assert lines[0].startswith(f"{', '.join(THREE)}: {READ} failed with UnauthorizedOperation")


def test_a_defect_with_one_does_not_lose_what_became_of_the_others(
    modules: Modules, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_all(modules)
    change = InstanceLog.change

    def broken(log: InstanceLog, *arguments: Any) -> Any:
        found = log.read()
        if found and found.instance_id == THREE[1]:
            raise ZeroDivisionError
        return change(log, *arguments)

    monkeypatch.setattr(InstanceLog, "change", broken)
    result = many(modules, idempotency_key="K1", state="finished")
    assert [one["error"] and one["error"]["code"] for one in result["results"]] == [None, "Broken", None]
    assert "A defect of this module ended it" in result["msg"]


def test_they_are_written_at_the_pace_of_the_service(fleet: Modules) -> None:
    ids = [f"ins-g{number:07}" for number in range(40)]
    write_all(fleet, ids)
    begun_at, before = fleet.bench.clock.monotonic(), len(fleet.bench.calls)
    assert states(many(fleet, ids, idempotency_key="K1", state="finished")) == dict.fromkeys(ids, "finished")
    assert 3.9 <= fleet.bench.clock.monotonic() - begun_at - 10 <= 10
    called = fleet.bench.calls[before:]
    assert (called.count(WRITE), called.count(READ), called.count("DeleteTag")) == (40, 41, 40)


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        ([], "instance_ids: It is empty. Give at least one instance."),
        (None, "instance_ids: It is empty. Give at least one instance."),
        ([f"ins-{n:08}" for n in range(1001)], "instance_ids: It has 1001 instances. Give at most 1000 in a task."),
        ([INSTANCE, THREE[1], INSTANCE], f"{INSTANCE} is there 2 times (instance_ids[0], instance_ids[2])."),
        ([INSTANCE, "web-1", "web-1"], "In instance_ids[1], instance_ids[2]: 'web-1' is not a valid id."),
        ([INSTANCE, ""], "In instance_ids[1]: '' is not a valid id."),
    ],
)
def test_ids_that_cannot_be_used_are_refused_before_anything_is_sent(
    modules: Modules, ids: list[str] | None, words: str
) -> None:
    result = modules(cvm_reset_log, instance_ids=ids)
    assert (result["failed"], result["results"], modules.bench.calls) == (True, [], [])
    assert words in result["msg"]
    assert {problem["option"] for problem in result["problems"]} == {"instance_ids"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "one of the following is required"),
        ({"instance_id": INSTANCE, "instance_ids": THREE}, "mutually exclusive"),
    ],
)
def test_either_one_or_many(modules: Modules, options: dict[str, Any], words: str) -> None:
    assert words in modules(cvm_reset_log, **options)["msg"]
    assert modules.bench.calls == []


def test_an_interrupted_task_says_which_logs_it_wrote(modules: Modules, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = set()
    for at in count():
        modules.bench = simulated()
        for one in THREE:
            entry = DONE._replace(instance_id=one)
            InstanceTag(modules.bench.cvm.client, one, tag_key_of(one)).set(entry.as_value())
        modules.bench.clock.sleep(10)
        clock = modules.bench.interrupted_in(len(modules.bench.calls) + at)
        with monkeypatch.context() as patch:
            patch.setattr(Interrupts, "clock", lambda interrupts, clock=clock: clock)
            result = modules(cvm_reset_log, instance_ids=THREE, idempotency_key="K1", state="finished")
        modules.bench.clock.sleep(10)
        if not result.get("failed"):
            break
        written = [InstanceLog(modules.bench.cvm.client, one).read() for one in THREE]
        for told, found in zip(result["results"], written):
            assert found is not None
            assert told["changed"] is (found.state == "finished"), (at, told)
            assert told["changed"] is ("Nothing was written" not in str(told["error"])), told
            seen.add(told["changed"])
    assert seen == {True, False}
