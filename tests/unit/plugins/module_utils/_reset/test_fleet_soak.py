# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A day of trouble: one change after the other on parts of 200 instances, each with a key of its own.

Answers are lost or late, the service throttles and errs, others operate on instances, and runs are killed at any call
and run again. What the simulator knows is the truth. SOAK_HOURS and SOAK_SEED in the environment make it another day.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.tencent.cloud.plugins.module_utils._api.transport import HttpAnswer, HttpRequest
from ansible_collections.tencent.cloud.plugins.module_utils._engine.result import Outcome
from ansible_collections.tencent.cloud.plugins.module_utils._engine.rollout import Rollout
from ansible_collections.tencent.cloud.plugins.module_utils._engine.timing import Timing
from ansible_collections.tencent.cloud.plugins.module_utils._reset.idempotency_log import PENDING_SECONDS
from ansible_collections.tencent.cloud.plugins.module_utils._reset.result import ResetResult
from ansible_collections.tencent.cloud.plugins.module_utils._services.cvm import Cvm
from tests.unit.support.fleets import fleet_of, ids_of, run_fleet
from tests.unit.support.simulated import Simulated, SimulatedTransport

HOURS = float(os.environ.get("SOAK_HOURS", "24"))
SEED = int(os.environ.get("SOAK_SEED", "0"))
INSTANCES = 200
IMAGES = ("img-pmqg1cw7", "img-6n21msk1", "img-9qabwvbn")
RESET_SECONDS = 240
SETTLED = 400.0
"""Seconds after which whatever was sent has been accepted, or never will be."""

TIMING = Timing(wait_interval=30.0, wait_timeout=3600.0)
LOST: tuple[dict[str, Any], ...] = (
    {"kind": "drop"},
    {"kind": "reset"},
    {"kind": "hang", "seconds": 20},
    {"kind": "http"},
    {"kind": "html"},
    {"kind": "cut_json"},
    {"kind": "no_request_id"},
    {"kind": "numeric"},
    {"kind": "error", "code": "InternalError"},
)
READS = ("drop", "http", "throttle", "hang", "cut_json")
TAGS = ("drop", "http", "throttle", "cut_json", "error")
OTHERS = ("ResetInstance", "StopInstances", "RebootInstances", "ModifyInstancesAttribute.InstanceName")
RUNS = 9
"""After so many runs of which the last ones are left in peace, a change must have come to its end."""

DISTURBED_RUNS = 3


class Killed(BaseException):
    """The machine of a run is gone."""


class Mortal(SimulatedTransport):
    """A transport whose process dies at some call, before it is served or after."""

    dies_in = 0
    before = False

    def send(self, request: HttpRequest, **options: Any) -> HttpAnswer:
        """Send once. Raises NoAnswer, and Killed."""
        self.dies_in -= 1
        if self.dies_in == 0 and self.before:
            raise Killed
        try:
            return super().send(request, **options)
        finally:
            if self.dies_in == 0:
                raise Killed


@dataclass
class Change:
    """What is known of a change: one key, one image.

    Attributes:
        disturbed: the instances on which somebody else operates meanwhile.
        told: the outcomes of each instance, run by run.
        reasons: the last one of each.
    """

    key: str
    image: str
    ids: Sequence[str]
    begun_at: float
    disturbed: set[str] = field(default_factory=set)
    told: dict[str, list[str]] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)


class Soak:
    """A service, and a day in which nothing goes as it should."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.world: Simulated = fleet_of(
            INSTANCES,
            reset_seconds=RESET_SECONDS,
            power_seconds=20,
            lag_seconds=15,
            tag_lag_seconds=3,
            request_ids=self.chance.choice(("equal", "unequal")),
            rate_limits=True,
            # A run that is killed leaves values of tags behind.
            seed=seed,
        )
        self.transport = Mortal(self.world.simulator, self.world.clock)
        self.ids = ids_of(INSTANCES)
        self.given_up: set[str] = set()
        self.counts: Counter[str] = Counter()

    # --- what goes wrong

    def _faults(self, change: Change) -> list[dict[str, Any]]:
        pick, draw = self.chance.choice, self.chance.randint
        faults: list[dict[str, Any]] = []
        for one in self.chance.sample(list(change.ids), min(12, len(change.ids))):
            kind = self.chance.random()
            send = {"action": "ResetInstance", "instance_id": one}
            if kind < 0.5:
                when = pick(({}, {"when": "after"}, {"accept_after": draw(0, 295)}))
                faults.append({**send, **pick(LOST), **when})
            elif kind < 0.6:
                faults.append({**send, "kind": "late", "accept_after": draw(1, 295)})
            elif kind < 0.7:
                faults.append({**send, "kind": "operation_failed"})
            elif kind < 0.8:
                faults.append({**send, "kind": pick(("throttle", "repeated"))})
            elif kind < 0.9:
                faults.append({**send, "kind": "error", "code": "InvalidAccount.UnpaidOrder"})
            else:
                change.disturbed.add(one)
                other = {"operation": pick(OTHERS), "image_id": pick(IMAGES), "after_seconds": draw(0, 400)}
                faults.append({**send, "kind": "foreign", "wait": pick((True, False)), **other})
        for _count in range(4):
            faults.append({"action": "DescribeInstances", "kind": pick(READS), "nth": draw(1, 60), "times": draw(1, 3)})
            # No record is torn or stale: these faults have no bound in time, and 75 seconds are what is allowed for.
            missing = {"kind": "vanished", "nth": draw(1, 40), "times": draw(1, 2)}
            faults.append({"action": "DescribeInstances", "instance_id": pick(change.ids), **missing})
            action = pick(("DescribeResourceTagsByResourceIds", "ModifyResourceTags"))
            faults.append(
                {"action": action, "kind": pick(TAGS), "nth": draw(1, 150), "when": pick(("before", "after"))}
            )
        return faults

    # --- a day

    def run(self, hours: float) -> None:
        """One change after the other."""
        end = self.world.clock.monotonic() + hours * 3600
        while self.world.clock.monotonic() < end:
            self._make(self.counts["changes"])
            self.counts["changes"] += 1

    def _make(self, number: int) -> None:
        """Run a change until each of its instances is told, and hold all of it against the truth."""
        at_hand = [one for one in self.ids if one not in self.given_up]
        ids = self.chance.sample(at_hand, self.chance.randint(20, 60))
        change = Change(f"K{number}", IMAGES[number % len(IMAGES)], ids, self.world.clock.wall())
        for run in range(RUNS):
            disturbed = run < DISTURBED_RUNS
            self.world.simulator.faults(self._faults(change) if disturbed else [])
            self._run(change, killed=disturbed and self.chance.random() < 0.7)
            self.world.clock.sleep(self.chance.choice((5.0, 60.0, PENDING_SECONDS + 5.0)) if disturbed else SETTLED)
            if not disturbed and self._is_told(change):
                break
        self.world.simulator.faults([])
        self.world.clock.sleep(SETTLED + RESET_SECONDS)
        self._hold_against_the_truth(change)

    def _run(self, change: Change, *, killed: bool) -> None:
        self.transport.dies_in = self.chance.randint(1, 12 * len(change.ids)) if killed else 0
        self.transport.before = self.chance.random() < 0.5
        run = self.world._replace(cvm=Cvm(replace(self.world.cvm.client, transport=self.transport)))
        rollout = Rollout(concurrency=self.chance.choice((None, 10, 30)), skip_refused=True)
        begun_at = self.world.clock.wall()
        self.counts["runs"] += 1
        try:
            result = run_fleet(
                run,
                change.ids,
                rollout,
                timing=TIMING,
                image_id=change.image,
                policy="once",
                idempotency_key=change.key,
            )
        except Killed:
            self.counts["killed"] += 1
            return
        accepted, by_this_run = self._accepted(change.begun_at), self._accepted(begun_at)
        records = self.world.simulator.snapshot()["instances"]
        for one in result.results:
            change.told.setdefault(one.instance_id, []).append(one.outcome.value)
            change.reasons[one.instance_id] = one.reason
            self.counts[one.outcome.value] += 1
            self._judge(change, one, records[one.instance_id], accepted[one.instance_id], by_this_run[one.instance_id])

    def _accepted(self, sent_since: float) -> Counter[str]:
        """How many resets that were sent since a moment were accepted by now, by instance."""
        calls = self.world.simulator.snapshot()["calls"]
        assert len(calls) < 20_000 or calls[0]["at"] < sent_since, "Not all calls are kept."
        resets = (call for call in calls if call["action"] == "ResetInstance" and call["at"] >= sent_since)
        return Counter(str(call["instance_id"]) for call in resets if call["accepted"])

    # --- the truth

    def _judge(
        self, change: Change, result: ResetResult, record: Mapping[str, Any], accepted: int, by_this_run: int
    ) -> None:
        outcome = result.outcome
        outcomes = change.told[result.instance_id]
        told = f"{change.key} {result.instance_id}: {accepted}, {by_this_run}, {outcomes}, {result.reason}"
        assert accepted <= 1, told
        if outcome in (Outcome.DONE, Outcome.ACCEPTED, Outcome.UNCHANGED):
            assert accepted == 1, told
        if outcome is Outcome.DONE and result.instance_id not in change.disturbed:
            assert (record["ImageId"], record["LatestOperation"]) == (change.image, "ResetInstance"), told
        if outcome is Outcome.FAILED:
            assert accepted == 1, told
            assert record["LatestOperationState"] == "FAILED" or result.instance_id in change.disturbed, told
        if outcome is Outcome.REFUSED:
            assert by_this_run == 0, told
        if outcome is Outcome.UNKNOWN:
            assert result.instance_id in change.disturbed, told

    def _is_told(self, change: Change) -> bool:
        last = {one: change.told.get(one, ["refused"])[-1] for one in change.ids}
        return all(last[one] in ("unchanged", "failed") or one in change.disturbed for one in change.ids)

    def _hold_against_the_truth(self, change: Change) -> None:
        accepted = self._accepted(change.begun_at)
        for one in change.ids:
            told = f"{change.key} {one}: {accepted[one]}, {change.told.get(one)}, {change.reasons.get(one)}"
            assert accepted[one] <= 1, told
            last = change.told.get(one, ["nothing"])[-1]
            if last in ("unchanged", "done", "failed"):
                assert accepted[one] == 1, told
            else:
                assert one in change.disturbed, told
                self.given_up.add(one)
        self.counts["resets"] += sum(accepted.values())


def test_a_day_of_trouble_resets_nothing_twice_and_loses_nothing() -> None:
    soak = Soak(SEED)
    soak.run(HOURS)
    assert sum(soak.world.accepted.values()) == soak.counts["resets"]
    if HOURS >= 24:
        assert soak.counts["changes"] >= 20
        assert min(soak.counts[name] for name in ("killed", "done", "unchanged", "failed", "refused")) > 5
        assert len(soak.given_up) < INSTANCES / 2
