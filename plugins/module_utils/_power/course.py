# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""One instance on its way to another power state: has it arrived, and by whose operation? Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._engine.result import Outcome
from .._engine.tracker import ExpectedState, Observation, Operation, Tracker
from .plan import DesiredPower, heading, is_operating, is_there

Instance = Mapping[str, Any]

_UNTOLD = (Observation.NOTHING, Observation.HIDDEN, Observation.OVERWRITTEN)
"""What is seen when the record does not show our operation."""


class Followed:
    """An instance that is followed from one look to the next.

    Attributes:
        outcome: how it ended, None until then.
        why: the same in words.
        code: of the error that ended it, empty if it went well.
    """

    outcome: Outcome | None = None
    why = ""
    code = ""

    def see(self, instance: Instance, now: float) -> None:
        """Judge one good read, taken at `now` (monotonic seconds)."""
        raise NotImplementedError

    def give_up(self) -> None:
        """End it as it is, when there is no time left."""
        raise NotImplementedError

    def _end(self, outcome: Outcome, why: str, code: str = "") -> None:
        self.outcome, self.why, self.code = outcome, why, code


class Course(Followed):
    """An instance that our call is for, from the read before the call on.

    Args:
        before: that read.
        request_id: what the call answered; None if the answer was lost.
        state_lag: seconds for which an instance may show what is no longer true.
    """

    def __init__(self, desired: DesiredPower, before: Instance, *, request_id: str | None, state_lag: float) -> None:
        mode = desired.stopped_mode if desired.stopped_mode == "STOP_CHARGING" else None
        self._expected_state = ExpectedState(instance_state=desired.change.target, stop_charging_mode=mode)
        self._desired = desired
        self._state_lag = state_lag
        self._watch = Tracker(
            before, self._expected_state, request_id=request_id, state_lag=state_lag, name=desired.change.action
        )
        self._accepted = request_id is not None
        self._arrived = 0
        self._lost_since: float | None = None
        self._state: Any = before.get("instance_state")

    @property
    def ours(self) -> str | None:
        """The id of the operation that is taken for ours."""
        return self._watch.ours

    @property
    def undisturbed(self) -> bool:
        """Whether no other operation than that before the call was ever shown."""
        return self._watch.undisturbed

    def shows_trace(self, instance: Instance, now: float) -> bool | None:
        """Whether a call without an answer has visibly taken effect; None if this look does not tell."""
        observation = self._watch.see(instance, now)
        if observation not in _UNTOLD or self._watch.proven_by_change(instance):
            return True
        return None if observation is Observation.HIDDEN else False

    def see(self, instance: Instance, now: float) -> None:
        """Judge one good read."""
        self._state = instance.get("instance_state")
        observation = self._watch.see(instance, now)
        if observation is Observation.SUCCEEDED:
            self._succeeded(instance)
        elif observation is Observation.FAILED:
            cause = self._watch.operation.error_message or "no reason is given"
            self._end(
                Outcome.FAILED, f"{self._desired.change.action} was accepted and failed: {cause}", "OperationFailed"
            )
        elif observation in _UNTOLD:
            self._untold(observation, instance, now)

    def give_up(self) -> None:
        """Tell whether at least the call was accepted."""
        action = self._desired.change.action
        shown = f"the instance is {self._state}, and shows {self._watch.operation}"
        if self._accepted or self._watch.ours is not None:
            self._end(Outcome.ACCEPTED, f"{action} was accepted and did not end in time: {shown}", "WaitTimeout")
        else:
            self._end(
                Outcome.UNKNOWN,
                f"it could not be decided in time whether {action} took effect: {shown}",
                "OutcomeUnknown",
            )

    def _succeeded(self, instance: Instance) -> None:
        wrong = self._expected_state.differences(instance)
        shown = "; ".join(f"{name} is {found!r}, not {desired!r}" for name, (desired, found) in wrong.items())
        if wrong:
            self._end(Outcome.FAILED, f"{self._desired.change.action} ended with SUCCESS, but {shown}", "EffectMissing")
        else:
            self._end(Outcome.DONE, f"it is {self._state}")

    def _untold(self, observation: Observation, instance: Instance, now: float) -> None:
        """The record shows another operation, or none; then the effect decides, seen twice since a read may be late."""
        arrived = self._watch.proven_by_change(instance) and not is_operating(instance)
        self._arrived = self._arrived + 1 if arrived else 0
        if self._arrived > 1:
            self._end(Outcome.DONE, f"it is {self._state}")
            return
        if observation is not Observation.OVERWRITTEN:
            self._lost_since = None
            return
        self._lost_since = now if self._lost_since is None else self._lost_since
        if now - self._lost_since >= self._state_lag:
            taken = f"{self._watch.operation} took the place of {self._desired.change.action}"
            self._end(
                Outcome.UNKNOWN, f"it is {self._state}; {taken}, whose end is not shown any more", "OutcomeUnknown"
            )


class Drift(Followed):
    """An instance that somebody else's operation brings to the wanted state, or leaves there."""

    def __init__(self, desired: DesiredPower, before: Instance) -> None:
        self._desired = desired
        self._state: Any = before.get("instance_state")
        self._operation = Operation.of(before)

    def see(self, instance: Instance, now: float) -> None:
        """Judge one good read."""
        self._state, self._operation = instance.get("instance_state"), Operation.of(instance)
        if is_there(self._desired, instance):
            self._end(Outcome.DONE, f"it is {self._state}")
        elif heading(instance) != self._desired.change.target:
            target = self._desired.change.target
            self._end(
                Outcome.FAILED,
                f"it was on its way to {target} and is {self._state} ({self._operation})",
                "EffectMissing",
            )

    def give_up(self) -> None:
        """Name what was waited for."""
        self._end(Outcome.ACCEPTED, f"it is {self._state}, and {self._operation} did not end in time", "WaitTimeout")
