# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Rolling a disk back to a snapshot: send it once, and follow it to its end."""

from __future__ import annotations

from typing import Any

from .._engine.flow import Flow, Look, Read, Record
from .._engine.poll import Poll, TimedOut
from .._engine.result import Outcome
from .._engine.submit import Evidence, Lost, Mutation, Pace, Search
from .._engine.submitted import submitted
from .._errors import TencentCloudError, sentence
from .._services.cbs import Cbs
from .result import BackupResult
from .snapshot_rules import SnapshotContext, is_rolling

AGAIN = "Look at the disk and the instance: another run of the task rolls back again."


class Rollback(Mutation):
    """One rollback of one disk, which leaves no trace once it is over. It fills `result`."""

    action = "ApplySnapshot"
    silence_proves = False

    def __init__(self, cbs: Cbs, pace: Pace, result: BackupResult, context: SnapshotContext) -> None:
        self._cbs = cbs
        self._pace = pace
        self._result = result
        self._context = context
        self._snapshot_id = str((context.snapshot or {})["snapshot_id"])
        self._disk_id = str(context.disk_id)

    def run(self) -> Flow[object]:
        """Send it, never twice, and wait until the disk, and on request the instance, is ready again."""
        self._result.again = AGAIN
        look_at = (
            f"Look at the content of the disk {self._disk_id}, at its instance, and at the account's audit log before "
            "you run the task again, which rolls back again."
        )
        if not (yield from submitted(self, self._pace, self._result, look_at)):
            return None
        if not self._pace.timing.wait:
            what = f"The rollback of {self._disk_id} to {self._snapshot_id} was accepted."
            return self._result.end(Outcome.ACCEPTED, what)
        if (yield from self._rolled_back()) and (yield from self._in_service()):
            self._result.end(Outcome.DONE, f"The disk {self._disk_id} was rolled back to {self._snapshot_id}.")
        return None

    def send(self) -> str:
        """Send it once and return the RequestId. Raises the error of that one call."""
        options = self._context.options
        parameters: dict[str, Any] = {"SnapshotId": self._snapshot_id, "DiskId": self._disk_id}
        if options["auto_stop"]:
            parameters.update(AutoStopInstance=True, AutoStartInstance=options["auto_start"])
        return self._cbs.apply_snapshot(parameters)

    def look(self, poll: Poll, search: Search) -> Flow[Look[Evidence | Lost] | None]:
        """The next look at the snapshot; None if it failed. Raises TimedOut after the last one.

        A disk that is being rolled back proves nothing: it may be going back to another snapshot.
        """
        look = yield from poll.look("snapshot", self._snapshot_id)
        return look and Look(Evidence.FOUND if _is_in_use(look.found) else Evidence.NOTHING, look.asked_at)

    # --- following

    def _rolled_back(self) -> Flow[bool]:
        """Wait for the end of the rollback.

        Once it was seen under way, its end must show twice in a row: a single look may see an older state. If it was
        not, its end must show for longer than a state can be late.
        """
        poll, accepted_at, seen, idle = self._pace.poll(), self._pace.now(), self._result.adopted, 0
        unseen = progress = f"The end of the rollback of the disk {self._disk_id} was not seen."
        try:
            while True:
                look = yield from poll.look("disk", self._disk_id)
                also = yield from poll.ask(Read("snapshot", (self._snapshot_id,), poll.until))
                disk, snapshot = look and look.found, also and also.found.get(self._snapshot_id)
                self._result.record = snapshot or self._result.record
                if disk:
                    percent = f"The disk {self._disk_id} is being rolled back ({disk.get('rollback_percent')} %)."
                    progress = percent if is_rolling(disk) else unseen
                    self._result.tell("polled", {"state": progress})
                if is_rolling(disk) or _is_in_use(snapshot):
                    seen, idle = True, 0
                elif look and disk and snapshot:
                    idle += 1
                    if idle > 1 if seen else look.asked_at - accepted_at >= self._pace.timing.state_lag:
                        return self._ended_well(disk, seen)
        except TimedOut:
            return self._late(progress, poll.failure)

    def _ended_well(self, disk: Record, seen: bool) -> bool:
        prompt = disk.get("error_prompt") or ""
        if not prompt:
            return True
        request_id = self._result.request_id
        error = TencentCloudError(prompt, code="OperationFailed", request_id=request_id, action=self.action)
        if not seen and prompt == (self._context.disk or {}).get("error_prompt"):
            what = f"The disk shows an error that it showed before: {sentence(prompt)} Look at its content."
            reason = f"It is unknown whether the rollback succeeded. {what}"
            self._result.end(Outcome.UNKNOWN, reason, error=error)
        else:
            reason = (
                f"The rollback was accepted and failed (RequestId {request_id}): {sentence(prompt)} What "
                f"is on the disk {self._disk_id} may be neither the old nor the new, and its instance may be stopped. "
                "Correct the cause and run the task again."
            )
            self._result.end(Outcome.FAILED, reason, error=error)
        return False

    def _in_service(self) -> Flow[bool]:
        """With auto_start, wait until the instance runs again: started since, or for longer than a state can be
        late."""
        before = self._context.instance
        if before is None or not self._context.options["auto_start"]:
            return True
        instance_id, poll, over_at = str(before["instance_id"]), self._pace.poll(), self._pace.now()
        state: Any = "not shown"
        try:
            while True:
                look = yield from poll.look("instance", instance_id)
                if look and look.found:
                    state = look.found.get("instance_state")
                    self._result.tell("polled", {"state": f"{instance_id} is {state}."})
                    late = look.asked_at - over_at >= self._pace.timing.state_lag
                    if _is_ready(look.found) and (late or _was_started(look.found, before)):
                        return True
        except TimedOut:
            return self._late(f"The disk was rolled back, and {instance_id} is {state}.", poll.failure)

    def _late(self, what: str, failure: str) -> bool:
        late = f"It did not end within {self._pace.timing.wait_timeout:g} seconds."
        again = f"{failure} It is not sent again. {AGAIN}"
        self._result.time_out(f"The rollback was accepted. {what}", late, again, self.action)
        return False


def _is_in_use(snapshot: Record | None) -> bool:
    return bool(snapshot and snapshot.get("snapshot_state") == "ROLLBACKING")


def _is_ready(instance: Record) -> bool:
    return instance.get("instance_state") == "RUNNING" and instance.get("latest_operation_state") != "OPERATING"


def _was_started(now: Record, before: Record) -> bool:
    operation = "latest_operation_request_id"
    return now.get("latest_operation") == "StartInstances" and now.get(operation) != before.get(operation)
