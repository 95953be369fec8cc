# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The beginning and the end of an image or a snapshot: wait until it is ready, or until it is gone."""

from __future__ import annotations

from collections.abc import Callable

from .._api.error_codes import Verdict, verdict
from .._engine.advice import advice
from .._engine.flow import Call, Flow, Look, Record, call, read
from .._engine.poll import Poll, TimedOut
from .._engine.result import Outcome, guarded
from .._engine.submit import Evidence, Lost, Mutation, Pace, Refused, Search, submit
from .._engine.submitted import submitted
from .._errors import ApiError, TencentCloudError, in_brackets
from .resource import ResourceKind
from .result import BackupResult

MADE_ONCE = "It is still being made and will not be made twice: run the task again to wait for it."


class Creation(Mutation):
    """Making an image or a snapshot. It is recognized by its name, which no other had before.

    Args:
        create: sends it once; returns the id of what is made, and the RequestId.

    Attributes:
        identity: the id of what it made, once known.
    """

    def __init__(self, kind: ResourceKind, action: str, create: Callable[[], tuple[str, str]]) -> None:
        self.action = action
        self.identity = ""
        self._kind = kind
        self._create = create

    def send(self) -> str:
        """Send it once and return the RequestId. Raises the error of that one call."""
        self.identity, request_id = self._create()
        return request_id

    def look(self, poll: Poll, search: Search) -> Flow[Look[Evidence | Lost] | None]:
        """The next list of things with the name; None if it failed. Raises TimedOut after the last one."""
        yield from poll.pause()
        look = yield from poll.ask(Call(self._kind.named, poll.until))
        return look and Look(self._evidence([self._kind.identity(one) for one in look.found]), look.asked_at)

    def _evidence(self, made: list[str]) -> Evidence | Lost:
        if len(made) > 1:
            return Lost(f"{', '.join(made)} may each be what it made.")
        self.identity = made[0] if made else ""
        return Evidence.FOUND if made else Evidence.NOTHING


class Deletion(Mutation):
    """Deleting an image or a snapshot: repeating it does no harm."""

    may_repeat = True

    def __init__(self, action: str, delete: Callable[[], str]) -> None:
        self.action = action
        self._delete = delete

    def send(self) -> str | None:
        """Send it once and return the RequestId; None if nothing has that id. Raises the error of that call."""
        try:
            return self._delete()
        except ApiError as error:
            if error.code.endswith(".NotFound"):
                return None
            raise


class Lifecycle:
    """Finds, makes, awaits and deletes one image or snapshot. It fills `result` and returns it."""

    def __init__(self, kind: ResourceKind, pace: Pace, result: BackupResult) -> None:
        self._kind = kind
        self._pace = pace
        self._result = result

    def find(self, fix: str) -> Flow[Record | None]:
        """The one with the id, or else with the name; None if there is none. Raises Blocked, with this fix, if several
        have the name."""
        if self._result.identity:
            return (yield from read(self._kind.noun, self._result.identity))
        return self._kind.only((yield from call(lambda: self._kind.named(None))), fix)

    def note(self, record: Record) -> str:
        """Note one as what the task is about, as it was before; returns its id."""
        shown = self._kind.in_diff(record)
        self._result.changes = {"before": shown, "after": shown}
        self._result.previous = self._result.record = record
        self._result.identity = self._kind.identity(record)
        return self._result.identity

    def keep(self, record: Record, *, check: bool) -> Flow[BackupResult]:
        """Leave the noted one, which has the name, as it is; wait until it is ready."""
        identity, state = self._kind.identity(record), self._kind.state(record)
        named = f"The {self._kind.noun} {identity}"
        if state in self._kind.ready or check:
            return self._result.end(Outcome.UNCHANGED, f"{named} has this name and is {state}.")
        if not self._pace.timing.wait:
            return self._result.end(Outcome.UNCHANGED, f"{named} is being made already.")
        self._pace.begin()
        self._result.again = MADE_ONCE
        yield from self._guarded("waiting", self._follow(identity, Outcome.UNCHANGED))
        return self._with_diff()

    def make(self, creation: Creation, look_at: str) -> Flow[BackupResult]:
        """Make it, once, and wait until it is ready. `look_at` is that of `submitted`."""
        self._result.again = MADE_ONCE
        yield from self._guarded(creation.action, self._make(creation, look_at))
        return self._with_diff()

    def delete(self, deletion: Deletion) -> Flow[BackupResult]:
        """Delete it, and wait until it is gone."""
        self._result.again = "Run the task again: deleting again does no harm."
        return self._guarded(deletion.action, self._delete(deletion))

    def _guarded(self, action: str, work: Flow[object]) -> Flow[BackupResult]:
        return guarded(self._result, self._pace.client.clock, action, work)

    # --- making

    def _with_diff(self) -> BackupResult:
        """Let the diff show what exists, as far as known, and not what was planned."""
        result = self._result
        if result.record is not None:
            result.changes["after"] = self._kind.in_diff(result.record)
        elif result.outcome in (Outcome.REFUSED, Outcome.FAILED):
            result.changes["after"] = {}
        else:
            result.changes["after"] = {**result.changes["after"], f"{self._kind.noun}_id": result.identity}
        return result

    def _make(self, creation: Creation, look_at: str) -> Flow[object]:
        if not (yield from submitted(creation, self._pace, self._result, look_at)):
            return None
        self._result.identity = creation.identity
        if self._pace.timing.wait:
            return (yield from self._follow(creation.identity, Outcome.DONE))
        look = yield from self._pace.poll().look(self._kind.noun, creation.identity)
        self._result.record = look and look.found
        return self._result.end(Outcome.ACCEPTED, f"The {self._kind.noun} {creation.identity} is being made.")

    def _follow(self, identity: str, success: Outcome) -> Flow[object]:
        """Look until it is ready, has failed, or is missing for longer than a late list explains."""
        kind, poll, shown_at = self._kind, self._pace.poll(), self._pace.now()
        try:
            while True:
                look = yield from poll.look(kind.noun, identity)
                if look:
                    self._result.tell("polled", {"state": kind.described(look.found)})
                if look and look.found:
                    shown_at, self._result.record = look.asked_at, look.found
                    state = kind.state(look.found)
                    if state in kind.ready:
                        return self._result.end(success, f"The {kind.noun} {identity} is {kind.ready[0]}.")
                    if state in kind.failed:
                        return self._failed(identity, f"It ended in the state {state}.")
                elif look and look.asked_at - shown_at >= self._pace.timing.state_lag:
                    self._result.record = None
                    return self._failed(identity, "It is not there any more: making it failed, or somebody deleted it.")
        except TimedOut:
            what = f"The {kind.noun} {identity} is {kind.described(self._result.record)}."
            late = f"It did not become {kind.ready[0]} within {self._pace.timing.wait_timeout:g} seconds."
            return self._result.time_out(what, late, f"{poll.failure} {self._result.again}")

    def _failed(self, identity: str, what: str) -> BackupResult:
        noun = self._kind.noun
        cleanup = (
            f" Delete it with state: absent and {noun}_id: {identity}," if self._result.record else " Find out why,"
        )
        error = TencentCloudError(what, code="OperationFailed", request_id=self._result.request_id)
        asked = in_brackets(self._result.request_id)
        reason = f"The {noun} {identity} was not made{asked}: {what}{cleanup} then run the task again."
        return self._result.end(Outcome.FAILED, reason, error=error)

    # --- deleting

    def _delete(self, deletion: Deletion) -> Flow[object]:
        refused: Refused | None = None
        try:
            yield from submit(deletion, self._pace, self._result)
        except Refused as error:
            refused = error
        if refused and not refused.doubt and verdict(refused.error) is not Verdict.BUSY:
            return self._refused(refused.error)
        if refused or self._pace.timing.wait:
            return (yield from self._gone(deletion.action, refused))
        accepted = f"The deletion of the {self._kind.noun} {self._result.identity} was accepted."
        return self._result.end(Outcome.ACCEPTED, accepted)

    def _refused(self, failure: TencentCloudError) -> BackupResult:
        return self._result.end(Outcome.REFUSED, f"Nothing was deleted. {failure} {advice(failure)}", error=failure)

    def _gone(self, action: str, refused: Refused | None) -> Flow[object]:
        """Look until it is gone. After a deletion in doubt, no longer than it may take effect; after a refusal that a
        copy of it may have caused, no longer than the effect of the copy can be shown late."""
        identity, poll, shown = str(self._result.identity), self._pace.poll(), ""
        search = refused and self._pace.search(refused.error, of_a_copy=not refused.doubt)
        if search and not search.of_a_copy:
            poll.until = min(poll.until, search.settled_at)
        try:
            while True:
                look = yield from poll.look(self._kind.noun, identity)
                if look is None:
                    continue
                self._result.record = look.found
                self._result.tell("polled", {"state": self._kind.described(look.found)})
                if look.found is None:
                    return self._result.end(Outcome.DONE, f"The {self._kind.noun} {identity} was deleted.")
                if search and search.of_a_copy and look.asked_at >= search.settled_at:
                    return self._refused(search.failure)
                shown = f"{identity} is still there."
        except TimedOut:
            return self._still_there(shown, action, refused, poll.failure)

    def _still_there(self, shown: str, action: str, refused: Refused | None, failure: str) -> BackupResult:
        again = f"{failure} {self._result.again}"
        if refused:
            doubt, last = refused.doubt or refused.error, refused.error
            tried = f" The last try: {last} {advice(last)}" if last is not doubt else ""
            what = f"It is unknown whether {action} took effect: {doubt}{tried} {shown}".rstrip()
            return self._result.end(Outcome.UNKNOWN, what + again, error=doubt)
        late = f"It was not gone within {self._pace.timing.wait_timeout:g} seconds."
        return self._result.time_out(f"The deletion of {self._result.identity} was accepted.", late, again, action)
