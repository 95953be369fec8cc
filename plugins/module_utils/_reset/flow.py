# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""One reset: read, plan, send, and wait for the end."""

from __future__ import annotations

from collections.abc import Sequence

from .._api.error_codes import Verdict, verdict_of
from .._clock import Clock
from .._engine.driver import run_one
from .._engine.flow import Flow, Stopped, planned, turn
from .._engine.poll import Poll
from .._engine.readers import readers
from .._engine.result import OnEvent, Outcome, guarded, nobody
from .._engine.submit import Pace
from .._engine.timing import Timing
from .._engine.tracker import ExpectedState, Operation
from .._errors import Interrupted, TencentCloudError, in_brackets, sentence
from .._problems import Problem, merged
from .._services.cvm import Cvm
from .desired import RESET, Context, Desired
from .facts import gather
from .follow import is_idle, wait_until_idle
from .idempotency_entry import Entry, KeyStatus, OnceError, TryLater
from .idempotency_log import IdempotencyLog
from .mutation import Replan, ResetMutation, with_operation
from .plan import Plan, make_plan, problems_offline
from .result import ResetResult
from .sending import recover, send


class Reset:
    """One reset of one instance.

    Args:
        problems: those with the options; if there are any, the rest is judged as well, and nothing is sent.
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
        self._pace = Pace(cvm.client, timing or Timing())
        self._problems = problems
        self.result = ResetResult(tell=on_event, instance_id=desired.instance_id)
        self._idle_until = 0.0
        self._log = self._log_for(desired) if desired.policy == "once" else None

    def run(self, *, check: bool = False) -> ResetResult:
        """Reset the instance; with `check`, only plan it: the same reads and refusals, but no send.

        Raises TencentCloudError when a read fails before anything was sent.
        """
        return run_one(self.flow(check=check), self._clock, readers(self._cvm))

    def attach(self, request_id: str, *, check: bool = False) -> ResetResult:
        """Wait for the reset with `request_id`, which was sent before; sends nothing, ever.

        Raises TencentCloudError when the instance cannot be read at the start.
        """
        return run_one(self.attached(request_id, check=check), self._clock, readers(self._cvm))

    def flow(self, *, check: bool) -> Flow[ResetResult]:
        """What `run` does."""
        if self._problems:
            return (yield from self._judged())
        self._idle_until = self._pace.now() + self._pace.timing.wait_until_idle
        while True:
            try:
                return (yield from self._tried(check))
            except TryLater as forbidden:
                refusal = forbidden if check else (yield from self._waited(forbidden))
            if refusal is not None:
                return self._refused(refusal)
            self._pace.begin()

    def _tried(self, check: bool) -> Flow[ResetResult]:
        """Plan the reset and send it. Raises TryLater when another run has the log, before anything is sent."""
        context, plan = yield from self._planned()
        if (yield from self._by_log(context, plan, check)):
            return self.result
        if self._pace.timing.wait_until_idle and not is_idle(context.instance) and _may_pass(plan):
            yield from planned()
            yield from wait_until_idle(self.result, self._until_idle())
            context, plan = yield from self._planned()
        if plan.problems:
            return self.result.refuse(plan.problems)
        if not plan.needed:
            return self.result.end(Outcome.UNCHANGED, f"The instance already runs {self._desired.image_id}.")
        if check:
            return self.result.end(
                Outcome.PLANNED, "The instance would be reinstalled: its system disk would be wiped."
            )
        try:
            yield from self._turn()
        except Stopped as stopped:
            return self.result.end(Outcome.REFUSED, f"Nothing was sent. {stopped}")
        return (yield from self._guarded(send(self._mutation(context, context.target_image_id))))

    def attached(self, request_id: str, *, check: bool) -> Flow[ResetResult]:
        """What `attach` does."""
        if self._problems:
            return (yield from self._judged(attach=True))
        context = Context(self._desired, (yield from gather(self._cvm, self._desired)))
        self.result.previous = self.result.instance = context.facts.instance
        self.result.request_id = request_id
        if context.facts.instance is None:
            return self.result.refuse(make_plan(context).problems)
        if check:
            return self.result.end(Outcome.PLANNED, f"It would wait for the reset {request_id} and send nothing.")
        # Before anything can interrupt it: it was not seen yet.
        self.result.adopted = self.result.in_doubt = True
        yield from planned(under_way=True)
        # Without an image_id the reset may have been to any: the current image says nothing here.
        mutation = self._mutation(context, self._desired.image_id)
        mutation.before = with_operation(None)
        return (yield from self._guarded(mutation.follow(request_id, exact=True).wait_for_end()))

    def _judged(self, *, attach: bool = False) -> Flow[ResetResult]:
        """The end of a task whose options cannot be used: their problems, and those that the plan has as well."""
        try:
            context, plan = yield from self._planned()
        except TencentCloudError as error:
            offline = problems_offline(self._desired, self._cvm.client.api)
            return self.result.refuse(merged(self._problems, offline), error)
        # What speaks against another reset does not speak against waiting for one that was sent.
        found = [] if attach and context.instance else plan.problems
        return self.result.refuse(merged(self._problems, found))

    # --- reading and planning

    def _planned(self) -> Flow[tuple[Context, Plan]]:
        """What is known, and the plan for it, which the result shows from then on."""
        context = Context(self._desired, (yield from gather(self._cvm, self._desired)))
        plan = make_plan(context)
        self.result.previous = self.result.instance = context.facts.instance
        if context.instance:
            self.result.changes = {"before": plan.before, "after": plan.after}
        self.result.warnings[:] = [f"{warning.message} {warning.fix}" for warning in plan.warnings]
        self.result.tell("planned", self.result.changes)
        return context, plan

    # --- sending and following

    def _turn(self) -> Flow[None]:
        """Wait for the turn to send, which does not count as time to wait. Raises Stopped."""
        yield from turn()
        self._pace.begin()

    def _guarded(self, work: Flow[None]) -> Flow[ResetResult]:
        return guarded(self.result, self._clock, RESET, self._recorded(work))

    def _recorded(self, work: Flow[None]) -> Flow[None]:
        """Do it, and let the log know how it ended."""
        yield from work
        if self._log is None:
            return
        try:
            yield from self._log.close(self.result.outcome)
        except Interrupted as interrupted:
            # How it ended is known, whatever becomes of the log.
            if self.result.outcome not in (Outcome.DONE, Outcome.FAILED):
                return
            self.result.warnings.append(
                f"{interrupted} The log of the instance may not say that the reset has ended. Another run with this "
                "key would look for its end once more, and send nothing."
            )

    def _mutation(self, context: Context, image_id: str | None) -> ResetMutation:
        """The reset to be sent.

        Args:
            image_id: the image that the instance must run in the end.
        """
        return ResetMutation(
            self._cvm,
            self._desired,
            ExpectedState(
                image_id=image_id,
                disk_size=self._desired.disk_size,
                key_ids=self._desired.key_ids,
                host_name=self._desired.host_name,
            ),
            self._replanner(context),
            self._pace,
            self.result,
            context.facts.read_at,
            self._log,
        )

    def _replanner(self, context: Context) -> Replan:
        """Plans for the same images and keys and a newer read of the instance."""
        return lambda instance: make_plan(context._replace(facts=context.facts._replace(instance=instance)))

    def _until_idle(self, *, at_once: bool = True) -> Poll:
        """Looks until `wait_until_idle` is over.

        Args:
            at_once: whether the first look is due at once.
        """
        return Poll(self._pace.now, self._pace.timing.wait_interval, self._idle_until, at_once=at_once)

    # --- policy once

    def _log_for(self, desired: Desired) -> IdempotencyLog:
        key = desired.idempotency_key or ""
        return IdempotencyLog(self._cvm.client, self.result.warnings.append, instance_id=desired.instance_id, key=key)

    def _by_log(self, context: Context, plan: Plan, check: bool) -> Flow[bool]:
        """Whether the task ends by what the log says; the result is closed then. Raises TryLater when another run has
        the log.

        A reset that this key already made is not planned, and so not refused, again.
        """
        no_log = any(problem.option in ("policy", "idempotency_key") for problem in plan.problems)
        log = self._log
        if log is None or not context.instance or no_log:
            return False
        entry = self.result.log = yield from log.read()
        status = log.status_for(entry)
        if entry is None or status is KeyStatus.FREE:
            return False
        if status is KeyStatus.BUSY or (status is KeyStatus.OTHER and _may_pass(plan)):
            raise log.refusal(entry)
        if status in (KeyStatus.OTHER, KeyStatus.UNDONE):
            self._refused(log.refusal(entry))
            return True
        self.result.request_id = entry.request_id or None
        if status is KeyStatus.DONE:
            done = f"The reset with this key was done before{in_brackets(entry.request_id)}."
            self.result.end(Outcome.UNCHANGED, done)
        elif status is KeyStatus.FAILED:
            self._failed_before(entry, context)
        elif check:
            found_out = "A reset with this key may be under way. A real run would find out and wait for it."
            self.result.end(Outcome.PLANNED, found_out)
        else:
            yield from self._guarded(self._resumed(log, entry, status, context))
        return True

    def _waited(self, forbidden: TryLater) -> Flow[OnceError | None]:
        """Wait for what the log waits for; at the end of `wait_until_idle`, why it still forbids the reset."""
        if self._log is None:
            return forbidden
        yield from planned()
        self.result.tell("waiting", {"why": forbidden.message})
        refusal = yield from self._log.wait(forbidden, self._until_idle(at_once=False))
        self.result.log = self._log.found
        return refusal

    def _refused(self, refusal: OnceError) -> ResetResult:
        return self.result.end(Outcome.REFUSED, f"Nothing was sent. {refusal.message}", error=refusal)

    def _failed_before(self, entry: Entry, context: Context) -> None:
        latest = Operation.of(context.instance)
        known = latest.request_id == entry.request_id and latest.error_message
        error = TencentCloudError(
            known or "the reason is not shown any more",
            code="OperationFailed",
            request_id=entry.request_id,
            action=RESET,
        )
        reason = f"The reset with this key failed before{in_brackets(entry.request_id)}: {sentence(error.message)}"
        fix = "Correct the cause, and give another idempotency_key."
        self.result.end(Outcome.FAILED, f"{reason} {fix}", error=error)

    def _resumed(self, log: IdempotencyLog, entry: Entry, status: KeyStatus, context: Context) -> Flow[None]:
        """Go on from where another run with the key was stopped."""
        mutation = self._mutation(context, context.target_image_id)
        mutation.before = with_operation(entry.baseline_id)
        if status is KeyStatus.ACCEPTED:
            yield from planned(under_way=True)
            self.result.adopted = True
            log.follow(entry)
            yield from mutation.follow(entry.request_id, answered=False).wait_for_end()
            return
        try:
            yield from self._turn()
            may_be_sent_for = yield from log.claim_expired(entry)
            yield from recover(mutation, may_be_sent_for)
        except Stopped as stopped:
            self.result.end(Outcome.REFUSED, f"Nothing was sent. {stopped}")
        except TryLater:
            raise
        except OnceError as refusal:
            self._refused(refusal)


def _may_pass(plan: Plan) -> bool:
    """Whether nothing but what is under way on the instance stands in the way."""
    return all(verdict_of(problem.code) is Verdict.BUSY for problem in plan.problems)
