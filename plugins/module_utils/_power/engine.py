# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The engine of instance power: read, refuse or plan, send one call, and follow every instance to its end."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from .._clock import Clock
from .._engine.driver import run_one
from .._engine.flow import Flow
from .._engine.poll import Poll, TimedOut
from .._engine.readers import readers
from .._engine.result import OnEvent, Outcome, guarded, judged, nobody
from .._engine.submit import Pace
from .._engine.submitted import submitted
from .._engine.timing import waiting
from .._errors import TencentCloudError, in_brackets
from .._problems import Problem
from .._services.cvm import Cvm
from .call import KeptBack, PowerCall
from .course import Drift, Followed
from .options import desired
from .result import PowerResult

AGAIN = "Look at the instances before you run the task again."
_GRAVEST_FIRST = (Outcome.UNKNOWN, Outcome.FAILED, Outcome.ACCEPTED, Outcome.DONE)


class Power:
    """A task that changes the power of instances.

    Args:
        problems: those with the options; if there are any, the records are judged as well, and nothing is sent.
    """

    def __init__(
        self,
        cvm: Cvm,
        clock: Clock,
        options: Mapping[str, Any],
        problems: Sequence[Problem] = (),
        on_event: OnEvent = nobody,
    ) -> None:
        self._problems = problems
        self._desired = desired(options)
        self._action, self._target = self._desired.change
        self._timing = waiting(options)
        self._ids = list(dict.fromkeys(options["instance_ids"]))
        self._cvm = cvm
        self._clock = clock
        self._result = PowerResult(instance_ids=self._ids, tell=on_event, again=AGAIN)
        self._pace = Pace(cvm.client, self._timing)
        self._call = PowerCall(cvm, self._pace, self._desired, self._result)
        self._followed: dict[str, Followed] = {}

    def run(self, *, check: bool) -> PowerResult:
        """Bring the instances there. Raises TencentCloudError when the read before fails; nothing was sent then."""
        return run_one(self.flow(check=check), self._clock, readers(self._cvm))

    def flow(self, *, check: bool) -> Flow[PowerResult]:
        """The same, for a driver to run."""
        if self._problems:
            return judged(self._result, self._problems, self._flow(check=True))
        return self._flow(check=check)

    def _flow(self, *, check: bool) -> Flow[PowerResult]:
        call, result = self._call, self._result
        yield from call.read_and_plan()
        result.earlier = result.records
        result.changes = {"before": self._states(), "after": self._states(call.plan.to_call)}
        if call.plan.problems:
            return result.refuse(call.plan.problems)
        if check and call.plan.to_call:
            return result.end(Outcome.PLANNED, f"{self._action} would be sent for {', '.join(call.plan.to_call)}.")
        if not call.plan.to_call and (check or not self._timing.wait or not call.plan.under_way):
            return self._nothing_to_do()
        self._pace.begin()
        yield from guarded(result, self._clock, self._action, self._bring())
        if self._timing.wait or not result.changed:
            result.changes["after"] = self._states(rebooted=result.changed)
        return result

    def _nothing_to_do(self) -> PowerResult:
        way = self._call.plan.under_way
        on_it = f" On their way to it: {', '.join(way)}." if way else ""
        return self._result.end(Outcome.UNCHANGED, f"Nothing is to be done for {self._target}.{on_it}")

    def _states(self, planned: Collection[str] = (), *, rebooted: bool = False) -> dict[str, dict[str, Any]]:
        """What a diff shows: where the planned ones will be, and the others as they were read last."""
        shown = {}
        called = self._call.plan.to_call
        for one in self._ids:
            record = self._result.records.get(one, {})
            again = self._desired.state == "restarted" and (one in planned or (rebooted and one in called))
            state = self._target if one in planned else record.get("instance_state")
            shown[one] = {"instance_state": f"{state} (rebooted)" if again else state}
            if self._desired.state == "stopped":
                mode = self._desired.stopped_mode or "left to the API"
                shown[one]["stop_charging_mode"] = mode if one in planned else record.get("stop_charging_mode")
        return shown

    # --- sending

    def _bring(self) -> Flow[None]:
        if self._call.plan.to_call and not (yield from self._sent()):
            return
        records = self._result.records
        drifts = {one: Drift(self._desired, records[one]) for one in self._call.plan.under_way}
        self._followed = {**self._call.courses, **drifts}
        if not self._followed or not (self._timing.wait or self._result.sent):
            self._nothing_to_do()
        elif self._timing.wait:
            poll = self._pace.poll()
            yield from self._follow(poll)
            self._tell(poll)
        else:
            self._result.end(Outcome.ACCEPTED, f"{self._action} was accepted{self._asked()}.")

    def _sent(self) -> Flow[bool]:
        """Whether the call was accepted, or is not needed any more; otherwise the result is closed."""
        call, result = self._call, self._result
        ids = ", ".join(call.plan.to_call)
        look_at = f"Look at {ids} and at the account's audit log before you run the task again."
        try:
            if not (yield from submitted(call, self._pace, result, look_at)):
                return False
        except KeptBack:
            if call.plan.problems:
                result.refuse(call.plan.problems)
                return False
            # What was sent before is proven to have had no effect.
            result.sent = result.in_doubt = False
            return True
        if result.request_id is None:
            result.request_id = next((one.ours for one in call.courses.values() if one.ours), None)
        else:
            call.follow(result.request_id)
        return True

    # --- following

    def _follow(self, poll: Poll) -> Flow[None]:
        """Look until every instance has arrived, or cannot; a failed look does not end the wait."""
        result = self._result
        try:
            while any(one.outcome is None for one in self._followed.values()):
                look = yield from self._call.look_at_all(poll)
                found = look.found if look else {}
                result.records = {**result.records, **found}
                for name, one in self._followed.items():
                    if look and name in found and one.outcome is None:
                        one.see(found[name], look.asked_at)
                arrived = sum(one.outcome is Outcome.DONE for one in self._followed.values())
                result.tell("polled", {"state": f"{arrived} of {len(self._followed)} are {self._target}"})
        except TimedOut:
            for one in self._followed.values():
                if one.outcome is None:
                    one.give_up()

    def _tell(self, poll: Poll) -> None:
        """Close the result with what became of each; the worst of it is the outcome."""
        told: dict[tuple[Outcome | None, str], list[str]] = {}
        for name, one in self._followed.items():
            why = f"{self._desired.state}{self._asked()}" if one.outcome is Outcome.DONE else one.why
            told.setdefault((one.outcome, why), []).append(name)
        said = [f"{', '.join(names)}: {why}." for (_outcome, why), names in told.items()]
        outcomes = [known for known, _why in told]
        outcome = next(known for known in _GRAVEST_FIRST if known in outcomes)
        error = None
        if outcome is not Outcome.DONE:
            worst = next(one for one in self._followed.values() if one.outcome is outcome)
            error = TencentCloudError(worst.why, code=worst.code, request_id=self._result.request_id)
            said.append(f"Nothing is sent again.{poll.failure} {AGAIN}")
        elif not self._result.sent:
            outcome = Outcome.UNCHANGED
        self._result.end(outcome, " ".join(said), ok=error is None, error=error)

    def _asked(self) -> str:
        return in_brackets(self._result.request_id)
