# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The call that starts, stops or restarts instances: one for all that need it.

StartInstances and StopInstances do no harm when they come twice, RebootInstances does. All three are sent by the same
rule, after which no call is sent again that may still take effect.
"""

from __future__ import annotations

import math

from .._engine.flow import Flow, Found, Look, Read, look_at
from .._engine.poll import Poll
from .._engine.submit import Evidence, Lost, Mutation, Pace, Refused, Search
from .._engine.tracker import Operation
from .._errors import TencentCloudError
from .._services.cvm import Cvm
from .course import Course
from .plan import DesiredPower, PowerPlan, plan_of, well_formed
from .result import PowerResult


class KeptBack(Exception):
    """It was not sent: a look just before showed that it must not be, or need not be any more. The plan says which."""


class PowerCall(Mutation):
    """StartInstances, StopInstances or RebootInstances.

    Args:
        result: of the task; what is read before each send is kept there.

    Attributes:
        plan: what to do about the instances, by the last read before a send.
        courses: the instances that it is sent for, by id.
    """

    def __init__(self, cvm: Cvm, pace: Pace, desired: DesiredPower, result: PowerResult) -> None:
        self.action = desired.change.action
        self.plan = PowerPlan((), (), [])
        self.courses: dict[str, Course] = {}
        self._cvm = cvm
        self._pace = pace
        self._desired = desired
        self._result = result

    @property
    def silence_proves(self) -> bool:
        """Whether a trace of it stays: a record shows one operation alone, and what took the place of ours hides it."""
        return all(one.undisturbed for one in self.courses.values())

    def read_and_plan(self, until: float = math.inf) -> Flow[None]:
        """Read the instances, until a moment at the latest, and plan anew. Raises TencentCloudError."""
        look = yield from look_at(self._read(until))
        self._result.records = look.found
        self.plan = plan_of(self._desired, self._result.instance_ids, look.found)

    def look_at_all(self, poll: Poll) -> Flow[Look[Found] | None]:
        """The next look at all instances of the task; None if it failed. Raises TimedOut after the last one."""
        yield from poll.pause()
        return (yield from poll.ask(self._read(poll.until)))

    def prepare(self, pace: Pace, failure: TencentCloudError | None, doubt: TencentCloudError | None) -> Flow[bool]:
        """Plan anew where the last plan may not hold. Raises KeptBack; Refused when the read for it fails."""
        shown = (Operation.of(self._result.records[one]).request_id for one in self.plan.to_call)
        # That no operation is shown must be read twice: a new one is recognized by what was shown before.
        if self._result.sent or not all(shown):
            yield from self._plan_anew()
        self.follow(None)
        return False

    def send(self) -> str:
        """Send it once for the instances of the plan, and return the RequestId. Raises the error of that one call."""
        return self._cvm.change_power(self.action, self._desired.parameters(self.plan.to_call))

    def look(self, poll: Poll, search: Search) -> Flow[Look[Evidence | Lost] | None]:
        """The next look for evidence. One instance is enough: a call that is refused for one is refused for all."""
        look = yield from self.look_at_all(poll)
        if look is None:
            return None
        found, asked_at = look.found, look.asked_at
        shown = [self.courses[one].shows_trace(found[one], asked_at) for one in self.courses if one in found]
        if True in shown:
            return Look(Evidence.FOUND, asked_at)
        if None in shown or len(shown) < len(self.courses):
            hidden = "An instance, or its operation, is not shown, which proves nothing."
            poll.last_error = TencentCloudError(hidden, code="NotShown")
            return Look(Evidence.UNCLEAR, asked_at)
        return Look(Evidence.NOTHING, asked_at)

    def follow(self, request_id: str | None) -> None:
        """Follow the instances of the plan from the last read before the send on.

        Args:
            request_id: what it was answered with; None if it was not answered.
        """
        records, lag = self._result.records, self._pace.timing.state_lag
        self.courses = {
            one: Course(self._desired, records[one], request_id=request_id, state_lag=lag) for one in self.plan.to_call
        }

    def _read(self, until: float) -> Read:
        return Read("instance", tuple(well_formed(self._result.instance_ids)), until)

    def _plan_anew(self) -> Flow[None]:
        self.courses = {}
        try:
            yield from self.read_and_plan(self._pace.until)
        except TencentCloudError as error:
            # What was sent before is proven to have had no effect.
            raise Refused(error, exhausted=False, doubt=None) from error
        if self.plan.problems or not self.plan.to_call:
            raise KeptBack
