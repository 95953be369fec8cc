# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The engine of a reset: read, plan, and hand over to the submission."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from .._api.error_codes import Verdict, verdict_of
from .._clock import Clock, Deadline
from .._engine.result import FAILED, PLANNED, REFUSED, UNCHANGED, UNKNOWN, OnEvent, Result, nobody
from .._engine.timing import Timing
from .._engine.tracker import ExpectedState, Operation
from .._errors import TencentCloudError, in_brackets, place_of, sentence
from .._problems import Problem, merged
from .._services.cvm import Cvm, ResetRequest
from .desired import RESET, Context, Desired, Facts
from .follow import Follower, is_idle
from .idempotency_entry import Entry, KeyStatus, OnceError
from .idempotency_log import IdempotencyLog
from .plan import Plan, make_plan, problems_offline
from .rules_image import is_image_id
from .rules_instance import is_instance_id
from .rules_login import is_key_id
from .submission import Replan, Submission


class Reset:
    """One reset of one instance.

    Args:
        problems: with the options; with any, the rest is judged as well, and nothing is sent.
    """

    def __init__(
        self,
        cvm: Cvm,
        clock: Clock,
        desired: Desired,
        timing: Timing | None = None,
        on_event: OnEvent = nobody,
        problems: Sequence[Problem] = (),
    ) -> None:
        self._cvm = cvm
        self._clock = clock
        self._desired = desired
        self._timing = timing or Timing()
        self._problems = problems
        self._result = Result(desired.instance_id, tell=on_event)
        self._read_at = 0.0
        self._log = self._log_for(desired) if desired.policy == "once" else None

    def run(self, *, check: bool = False) -> Result:
        """Reset the instance; with `check`, only plan it: the same reads and refusals, but no send.

        Raises TencentCloudError when a read fails before anything was sent.
        """
        if self._problems:
            return self._judged()
        context = Context(self._desired, self._gather())
        plan = make_plan(context)
        self._note(context, plan)
        ended = self._by_log(context, plan, check)
        if ended:
            return ended
        if self._timing.wait_until_idle and not is_idle(context.instance) and _may_pass(plan):
            self._await_idle()
            context = Context(self._desired, self._gather())
            plan = make_plan(context)
            self._note(context, plan)
        if plan.problems:
            return self._result.refuse(plan.problems)
        if not plan.needed:
            return self._result.end(UNCHANGED, f"The instance already runs {self._desired.image_id}.")
        if check:
            return self._result.end(PLANNED, "The instance would be reinstalled: its system disk would be wiped.")
        return self._timed(
            lambda: self._submission(context.target_image_id).submit(
                _parameters(self._desired), self._replanner(context)
            )
        )

    def attach(self, request_id: str, *, check: bool = False) -> Result:
        """Wait for the reset with `request_id`, which was sent before; sends nothing, ever.

        Raises TencentCloudError when the instance cannot be read at the start.
        """
        if self._problems:
            return self._judged(attach=True)
        context = Context(self._desired, self._gather())
        self._result.previous = self._result.instance = context.facts.instance
        self._result.request_id = request_id
        if context.facts.instance is None:
            return self._result.refuse(make_plan(context).problems)
        if check:
            return self._result.end(PLANNED, f"It would wait for the reset {request_id} and send nothing.")
        self._result.adopted = True
        # Without an image_id the reset may have been to any: the current image is no measure here.
        return self._timed(lambda: self._submission(self._desired.image_id).follow(request_id))

    def _judged(self, *, attach: bool = False) -> Result:
        """The end of a task whose options cannot be used: their problems, and those that the plan has as well."""
        try:
            context = Context(self._desired, self._gather())
        except TencentCloudError as error:
            offline = problems_offline(self._desired, self._cvm.client.api)
            return self._result.refuse(merged(self._problems, offline), error)
        plan = make_plan(context)
        self._note(context, plan)
        # What speaks against another reset does not speak against waiting for one that was sent.
        found = [] if attach and context.instance else plan.problems
        return self._result.refuse(merged(self._problems, found))

    def _timed(self, work: Callable[[], Result]) -> Result:
        started_at = self._clock.monotonic()
        try:
            work()
        except Exception as bug:
            # The RequestId must not be lost to a defect, of this module or of an answer.
            if not self._result.submissions:
                raise
            broken = TencentCloudError(
                f"A defect of this module while the reset was followed ({place_of(bug)}).",
                code="Broken",
                request_id=self._result.request_id,
                action=RESET,
            )
            self._result.end(UNKNOWN, f"The reset was sent, and then this module broke: {broken}", error=broken)
        self._result.waited_seconds = self._clock.monotonic() - started_at
        return self._result

    def _await_idle(self) -> None:
        """Wait for the operation of somebody else to end; nothing is sent meanwhile."""
        deadline = Deadline(self._clock, self._timing.wait_until_idle)
        timing, nothing = self._timing, ExpectedState()
        Follower(self._cvm, self._clock, timing, nothing, self._result, deadline, None, lambda _id: None).until_idle()

    def _submission(self, target_image_id: str | None) -> Submission:
        expected_state = ExpectedState(
            image_id=target_image_id,
            disk_size=self._desired.disk_size,
            key_ids=self._desired.key_ids,
            host_name=self._desired.host_name,
        )
        return Submission(self._cvm, self._clock, self._timing, expected_state, self._result, self._read_at, self._log)

    def _gather(self) -> Facts:
        """What the plan needs, in at most one DescribeInstances, one DescribeImages (one more for the target alone,
        when the current image is gone) and one DescribeKeyPairs. A malformed id is left to the rules."""
        desired, asked = self._desired, []
        facts = Facts(self._cvm.client.api, self._cvm.client.region)
        if is_instance_id(desired.instance_id):
            asked.append("instance")
            self._read_at = self._clock.boottime()
            facts = replace(facts, instance=self._cvm.instance(desired.instance_id))
        current = (facts.instance or {}).get("image_id")
        target = desired.image_id or current
        ids = [image for image in dict.fromkeys((target, current)) if image and is_image_id(image)]
        images = self._cvm.images(ids) if ids else {}
        if not images and len(ids) > 1:
            images = self._cvm.images(ids[:1])
        keys = [key for key in dict.fromkeys(desired.key_ids) if is_key_id(key)]
        return replace(
            facts,
            images=images,
            key_pairs=self._cvm.key_pairs(keys) if keys else {},
            asked=frozenset([*asked, *ids, *keys]),
        )

    def _replanner(self, context: Context) -> Replan:
        """Plans for the same images and keys and a newer read of the instance."""
        return lambda instance: make_plan(replace(context, facts=replace(context.facts, instance=instance)))

    # --- policy once

    def _log_for(self, desired: Desired) -> IdempotencyLog:
        key = desired.idempotency_key or ""
        return IdempotencyLog(self._cvm.client, self._result.warnings.append, instance_id=desired.instance_id, key=key)

    def _by_log(self, context: Context, plan: Plan, check: bool) -> Result | None:
        """How the task ends by what the log says; None if a reset may be planned.

        A reset that this key already made is not planned, and so not refused, again.
        """
        no_log = any(problem.option in ("policy", "idempotency_key") for problem in plan.problems)
        log = self._log
        if log is None or not context.instance or no_log:
            return None
        entry = log.read()
        status = log.status_for(entry)
        if entry is None or status is KeyStatus.FREE:
            return None
        if status in (KeyStatus.BUSY, KeyStatus.OTHER, KeyStatus.UNDONE):
            return self._refused(log.refusal(entry))
        self._result.request_id = entry.request_id or None
        if status is KeyStatus.DONE:
            return self._result.end(
                UNCHANGED, f"The reset with this key was done before{in_brackets(entry.request_id)}."
            )
        if status is KeyStatus.FAILED:
            return self._failed_before(entry, context)
        if check:
            return self._result.end(
                PLANNED, "A reset with this key may be under way. It would be found out and waited for."
            )
        return self._timed(lambda: self._resume(log, entry, status, context))

    def _refused(self, refusal: OnceError) -> Result:
        return self._result.end(REFUSED, f"Nothing was sent. {refusal.message}", error=refusal)

    def _failed_before(self, entry: Entry, context: Context) -> Result:
        latest = Operation.of(context.instance)
        known = latest.request_id == entry.request_id and latest.error_message
        error = TencentCloudError(
            known or "the reason is not shown any more",
            code="OperationFailed",
            request_id=entry.request_id,
            action=RESET,
        )
        reason = f"The reset with this key failed before{in_brackets(entry.request_id)}: {sentence(error.message)}"
        return self._result.end(FAILED, f"{reason} Correct the cause, and give another idempotency_key.", error=error)

    def _resume(self, log: IdempotencyLog, entry: Entry, status: KeyStatus, context: Context) -> Result:
        submission = self._submission(context.target_image_id)
        if status is KeyStatus.ACCEPTED:
            self._result.adopted = True
            log.follow(entry)
            return submission.follow(entry.request_id, entry.baseline_id)
        try:
            may_be_sent_for = log.claim_expired(entry)
        except OnceError as refusal:
            return self._refused(refusal)
        return submission.recover(
            entry.baseline_id, may_be_sent_for, _parameters(self._desired), self._replanner(context)
        )

    def _note(self, context: Context, plan: Plan) -> None:
        self._result.previous = self._result.instance = context.facts.instance
        if context.instance:
            self._result.changes = {"before": plan.before, "after": plan.after}
        self._result.warnings[:] = [f"{warning.message} {warning.fix}" for warning in plan.warnings]
        self._result.tell("planned", self._result.changes)


def _may_pass(plan: Plan) -> bool:
    """Whether nothing but what is under way on the instance stands in the way."""
    return all(verdict_of(problem.code) is Verdict.BUSY for problem in plan.problems)


def _parameters(desired: Desired) -> ResetRequest:
    return ResetRequest(
        instance_id=desired.instance_id,
        image_id=desired.image_id,
        disk_size=desired.disk_size,
        password=desired.password,
        key_ids=desired.key_ids,
        keep_image_login=desired.keep_image_login,
        enhanced_service=tuple(desired.enhanced_service.items()),
        host_name=desired.host_name,
        user_data=desired.user_data,
    )
