# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The engine of the power of instances: read, refuse or plan, send one call, and follow every instance to its end.

StartInstances and StopInstances do no harm when they come twice, RebootInstances does. All three are sent by the same
rule, after which no call is sent again that may still take effect.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from .._api.transform import Record
from .._clock import Backoff, Clock, Deadline
from .._engine.advice import advice
from .._engine.change_result import ChangeResult, guarded, judged
from .._engine.result import ACCEPTED, DONE, FAILED, PLANNED, REFUSED, UNCHANGED, UNKNOWN
from .._engine.submit import Call, Submission
from .._engine.timing import waiting
from .._errors import TencentCloudError, in_brackets
from .._problems import Problem
from .._services.cvm import Cvm
from .course import Course, Drift, Follower
from .options import desired
from .plan import Plan, plan_of, well_formed
from .result import PowerResult

_GRAVEST_FIRST = (UNKNOWN, FAILED, ACCEPTED, DONE)


class _NotSent(Exception):
    """A look just before the call kept it back: by `problems`, by `error`, or since it is not needed any more."""

    def __init__(self, problems: Sequence[Problem] = (), error: TencentCloudError | None = None) -> None:
        super().__init__()
        self.problems = list(problems)
        self.error = error


class Power:
    """A task with the power of instances.

    Args:
        problems: with the options; with any, the records are judged as well, and nothing is sent.
    """

    def __init__(self, cvm: Cvm, clock: Clock, options: Mapping[str, Any], problems: Sequence[Problem] = ()) -> None:
        self._problems = problems
        self._desired = desired(options)
        self._action, self._target = self._desired.change
        self._timing = waiting(options)
        self._ids = list(dict.fromkeys(options["instance_ids"]))
        self._cvm = cvm
        self._clock = clock
        self._result = PowerResult("instance", instance_ids=self._ids)
        self._deadline = Deadline(clock, self._timing.wait_timeout)
        self._plan = Plan((), (), [])
        self._followed: dict[str, Follower] = {}
        self._broken: TencentCloudError | None = None

    def run(self, *, check: bool) -> ChangeResult:
        """Bring the instances there. Raises TencentCloudError when the read before fails; nothing was sent then."""
        if self._problems:
            return judged(self._result, self._problems, lambda: self._run(check=True))
        return self._run(check=check)

    def _run(self, *, check: bool) -> ChangeResult:
        result = self._result
        result.earlier = result.records = self._read()
        self._plan = plan_of(self._desired, self._ids, result.records)
        result.changes = {"before": self._states(), "after": self._states(self._plan.to_call)}
        if self._plan.problems:
            return result.refuse(self._plan.problems)
        if check and self._plan.to_call:
            return result.end(PLANNED, f"{self._action} would be sent for {', '.join(self._plan.to_call)}.")
        if not self._plan.to_call and (check or not self._timing.wait or not self._plan.under_way):
            return self._nothing_to_do()
        self._deadline = Deadline(self._clock, self._timing.wait_timeout)
        guarded(result, self._clock, self._action, self._bring)
        if self._timing.wait or not result.changed:
            result.changes["after"] = self._states(rebooted=result.changed)
        return result

    def _nothing_to_do(self) -> ChangeResult:
        way = self._plan.under_way
        on_it = f" On their way to it: {', '.join(way)}." if way else ""
        return self._result.end(UNCHANGED, f"Nothing is to be done for {self._target}.{on_it}")

    def _states(self, planned: Collection[str] = (), *, rebooted: bool = False) -> dict[str, dict[str, Any]]:
        """What a diff shows: where the planned ones will be, and the others as they were read last."""
        shown = {}
        for one in self._ids:
            record = self._result.records.get(one, {})
            again = self._desired.state == "restarted" and (one in planned or (rebooted and one in self._plan.to_call))
            state = self._target if one in planned else record.get("instance_state")
            shown[one] = {"instance_state": f"{state} (rebooted)" if again else state}
            if self._desired.state == "stopped":
                mode = self._desired.stopped_mode or "left to the API"
                shown[one]["stop_charging_mode"] = mode if one in planned else record.get("stop_charging_mode")
        return shown

    # --- sending

    def _bring(self) -> None:
        if self._plan.to_call and not self._sent():
            return
        for one in self._plan.under_way:
            self._followed[one] = Drift(self._desired, self._result.records[one])
        if not self._followed or not (self._timing.wait or self._result.sent):
            self._nothing_to_do()
        elif self._timing.wait:
            self._follow()
            self._tell()
        else:
            self._result.end(ACCEPTED, f"{self._action} was accepted{self._asked()}.")

    def _sent(self) -> bool:
        """Whether the call was accepted, or is not needed any more; otherwise the result is closed."""
        submission = Submission(self._cvm.client, self._clock, self._timing, self._result, self._deadline)
        self._watch(None)
        try:
            if submission.submit(self._call()) is None:
                return False
        except _NotSent as kept:
            return self._kept_back(kept)
        if self._result.request_id is None:
            self._result.request_id = next((one.ours for one in self._courses() if one.ours), None)
        else:
            self._watch(self._result.request_id)
        return True

    def _kept_back(self, kept: _NotSent) -> bool:
        """What was sent before is proven to have had no effect."""
        self._followed = {}
        self._result.submissions -= 1
        self._result.sent = self._result.submissions > 0
        if kept.error:
            self._result.end(REFUSED, f"Nothing was changed. {kept.error} {advice(kept.error)}", error=kept.error)
        elif kept.problems:
            self._result.refuse(kept.problems)
        else:
            self._result.sent = False
            return True
        return False

    def _call(self) -> Call:
        return Call(
            self._action,
            send=self._send,
            trace=self._trace,
            # A record shows one operation alone: what took the place of ours hides it.
            lasts=lambda: all(one.undisturbed for one in self._courses()),
            look_at=f"Look at {', '.join(self._plan.to_call)} and at the account's audit log before you run the task "
            "again.",
        )

    def _send(self) -> tuple[str, str]:
        # That no operation is shown must be read twice: a new one is told from what was shown before.
        if self._result.submissions > 1 or not all(one.has_baseline for one in self._courses()):
            self._look_again()
        parameters = self._desired.parameters(self._plan.to_call)
        return ", ".join(self._plan.to_call), self._cvm.change_power(self._action, parameters)

    def _look_again(self) -> None:
        """Plan anew before the call is sent. Raises _NotSent; a read that failed is no call in doubt."""
        try:
            self._result.records = self._read(self._deadline)
        except TencentCloudError as error:
            raise _NotSent(error=error) from error
        self._plan = plan_of(self._desired, self._ids, self._result.records)
        if self._plan.problems or not self._plan.to_call:
            raise _NotSent(self._plan.problems)
        self._watch(None)

    def _watch(self, request_id: str | None) -> None:
        lag, records = self._timing.state_lag, self._result.records
        self._followed = {
            one: Course(self._desired, records[one], request_id=request_id, state_lag=lag) for one in self._plan.to_call
        }

    def _courses(self) -> list[Course]:
        return [one for one in self._followed.values() if isinstance(one, Course)]

    def _trace(self, deadline: Deadline) -> list[str]:
        """The instances of the call, once one of them shows it: a call that is refused for one is refused for all."""
        found, now = self._read(deadline), self._clock.monotonic()
        calls = self._plan.to_call
        shown = {
            one: course.shows_trace(found[one], now) for one, course in zip(calls, self._courses()) if one in found
        }
        if True in shown.values():
            return [", ".join(calls)]
        if len(shown) < len(calls) or None in shown.values():
            raise TencentCloudError(
                "An instance, or its operation, is not shown, which proves nothing.", code="NotShown"
            )
        return []

    # --- following

    def _follow(self) -> None:
        """Look until every instance has arrived, or cannot."""
        interval = self._timing.wait_interval
        polls = Backoff(self._clock, first=interval, cap=interval, factor=1.0, jitter=0.1, deadline=self._deadline)
        while True:
            asked_at = self._clock.monotonic()
            self._look(asked_at)
            still = [one for one in self._followed.values() if one.outcome is None]
            if not still:
                return
            if not polls.pause():
                for one in still:
                    one.give_up()
                return

    def _look(self, asked_at: float) -> None:
        """One look at all; a broken one is no end of a wait."""
        try:
            found = self._read(self._deadline)
        except TencentCloudError as error:
            self._broken = error
            return
        self._result.records.update(found)
        for name, one in self._followed.items():
            if name in found and one.outcome is None:
                one.see(found[name], asked_at)

    def _tell(self) -> None:
        """Close the result with what became of each; the gravest of it is the outcome."""
        told: dict[tuple[str | None, str], list[str]] = {}
        for name, one in self._followed.items():
            why = f"{self._desired.state}{self._asked()}" if one.outcome == DONE else one.why
            told.setdefault((one.outcome, why), []).append(name)
        said = [f"{', '.join(names)}: {why}." for (_outcome, why), names in told.items()]
        outcomes = [known for known, _why in told]
        outcome = next(known for known in _GRAVEST_FIRST if known in outcomes)
        error = None
        if outcome != DONE:
            worst = next(one for one in self._followed.values() if one.outcome == outcome)
            error = TencentCloudError(worst.why, code=worst.code, request_id=self._result.request_id)
            broken = f" A read failed: {self._broken}" if self._broken else ""
            said.append(f"Nothing is sent again.{broken} Look at the instances before you run the task again.")
        elif not self._result.sent:
            outcome = UNCHANGED
        self._result.end(outcome, " ".join(said), ok=error is None, error=error)

    def _asked(self) -> str:
        return in_brackets(self._result.request_id)

    def _read(self, deadline: Deadline | None = None) -> dict[str, Record]:
        ids = well_formed(self._ids)
        found = self._cvm.instances(ids, deadline=deadline) if ids else []
        return {str(one.get("instance_id")): one for one in found}
