# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""At most one accepted reset a run, whatever sequence of faults and actors comes along."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from ansible_collections.tencent.cloud.plugins.module_utils._engine.timing import Timing
from ansible_collections.tencent.cloud.plugins.module_utils._errors import TencentCloudError
from ansible_collections.tencent.cloud.plugins.module_utils._reset.desired import Desired
from ansible_collections.tencent.cloud.plugins.module_utils._reset.flow import Reset
from ansible_collections.tencent.cloud.plugins.module_utils._reset.mutation import SHORTEST_RESET
from tests.unit.support.simulated import Simulated, simulated

INSTANCE = "ins-r8hr2upy"
IMAGES = ("img-pmqg1cw7", "img-9qabwvbn", "img-6n21msk1")
LOST = (
    "drop",
    "reset",
    "hang",
    "cut",
    "http",
    "html",
    "redirect",
    "cut_json",
    "empty",
    "no_request_id",
    "numeric",
    "error",
)
BROKEN_READS = ("drop", "hang", "http", "html", "cut_json", "throttle", "torn", "stale", "null", "vanished")
FOREIGN = ("ResetInstance", "StopInstances", "StartInstances", "RebootInstances")


class AnyTrouble(RuleBasedStateMachine):
    """Plans troubles, then runs a reset through them; the next run starts where the last one left the instance."""

    @initialize(
        api=st.sampled_from(("v3", "v2")),
        lag=st.sampled_from((0, 5, 20, 60)),
        request_ids=st.sampled_from(("equal", "unequal")),
        reset_seconds=st.sampled_from((1, 10, 20, 120, 600)),
        skew=st.sampled_from((0, 100, -100, -250)),
        operated=st.booleans(),
        seed=st.integers(0, 99),
    )
    def begin(self, **options: Any) -> None:
        skew, lag = options.pop("skew"), options.pop("lag")
        self.service: Simulated = simulated(clock_skew=skew, lag_seconds=lag, power_seconds=15, **options)
        self.operated = options["operated"]
        self.reset_seconds = options["reset_seconds"]
        self.faults: list[dict[str, Any]] = []
        self.sends = 0

    def _next_send(self, fault: dict[str, Any]) -> None:
        """One fault a send: a refusal of a send that is accepted all the same would be a lie, not a fault."""
        self.sends += 1
        self.faults.append({"action": "ResetInstance", "nth": self.sends, **fault})

    @rule(kind=st.sampled_from(LOST), when=st.sampled_from(("before", "after")))
    def lose_an_answer(self, **fault: Any) -> None:
        self._next_send(fault)

    @rule(kind=st.sampled_from((*LOST, "late")), accept_after=st.floats(0, 299))
    def accept_late(self, **fault: Any) -> None:
        self._next_send(fault)

    @precondition(lambda self: self.reset_seconds > SHORTEST_RESET)
    @rule(copy=st.sampled_from(("repeated", "MutexOperation.TaskRunning", "InvalidInstance.NotSupported")))
    def accept_a_copy(self, copy: str) -> None:
        refusal = {"kind": "error", "code": copy, "message": "busy", "when": "after"}
        self._next_send({"kind": "repeated"} if copy == "repeated" else refusal)

    @rule()
    def throttle(self) -> None:
        self._next_send({"kind": "throttle"})

    @rule(code=st.sampled_from(("MutexOperation.TaskRunning", "InvalidAccount.UnpaidOrder")))
    def refuse(self, code: str) -> None:
        self._next_send({"kind": "error", "code": code, "message": "no"})

    @rule(message=st.just("no stock"))
    def fail(self, message: str) -> None:
        self._next_send({"kind": "operation_failed", "message": message})

    @rule(nth=st.integers(1, 4))
    def cut_off(self, nth: int) -> None:
        self.service.transport.unreachable("ResetInstance", nth=nth)

    @rule(kind=st.sampled_from(BROKEN_READS), nth=st.integers(1, 40), times=st.integers(1, 30))
    def break_reads(self, **fault: Any) -> None:
        if fault["kind"] == "null" and not self.operated:
            # For longer than a state is late, that is what nobody can tell from an instance nobody has operated.
            fault["kind"] = "vanished"
        self.faults.append({"action": "DescribeInstances", **fault})

    @rule(
        action=st.sampled_from(("ResetInstance", "DescribeInstances")),
        nth=st.integers(1, 4),
        operation=st.sampled_from(FOREIGN),
        image_id=st.sampled_from(IMAGES),
        after_seconds=st.integers(0, 400),
        wait=st.booleans(),
    )
    def let_somebody_else_act(self, **fault: Any) -> None:
        self.faults.append({"kind": "foreign", **fault})

    @precondition(lambda self: self.faults)
    @rule(
        image=st.sampled_from((None, *IMAGES)),
        policy=st.sampled_from(("always", "image_differs")),
        wait=st.booleans(),
        wait_timeout=st.sampled_from((60, 400, 1800)),
    )
    def run_a_reset(self, image: str | None, policy: str, wait: bool, wait_timeout: int) -> None:
        before = self.service.accepted.get(INSTANCE, 0)
        self.service.simulator.faults(self.faults)
        desired = Desired(
            INSTANCE, image_id=image, password="Qcloud@TestApi123++", policy=policy if image else "always"
        )
        timing = Timing(wait=wait, wait_timeout=wait_timeout, wait_interval=20)
        try:
            result = Reset(self.service.cvm, self.service.clock, desired, timing).run()
        except TencentCloudError:
            told = None
        else:
            told = result.as_dict()
        # Whatever is still under way comes to its end before the next run.
        self.service.simulator.faults([])
        self.service.clock.sleep(2000)
        accepted = self.service.accepted.get(INSTANCE, 0) - before
        assert accepted <= 1, told
        if told is None or told["outcome"] in ("refused", "unchanged"):
            assert accepted == 0, told
        assert accepted == 0 or (told is not None and told["changed"]), told
        self.faults, self.sends = [], 0


TestAnyTrouble = AnyTrouble.TestCase
TestAnyTrouble.settings = settings(max_examples=150, stateful_step_count=12, deadline=None, derandomize=True)
