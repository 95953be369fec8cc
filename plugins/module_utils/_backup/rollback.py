# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Rolling a disk back to a snapshot: send it once, and follow it to its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from .._api.transform import Record
from .._clock import Backoff, Clock, Deadline
from .._engine.change_result import ChangeResult
from .._engine.result import ACCEPTED, DONE, FAILED, UNKNOWN
from .._engine.submit import Call, Submission
from .._engine.timing import Timing
from .._errors import TencentCloudError, sentence
from .._services.cbs import Cbs
from .._services.cvm import Cvm
from .snapshot_rules import Context, is_rolling

ACTION = "ApplySnapshot"
T = TypeVar("T")


class Rollback:
    """One rollback of one disk. It fills `result`."""

    def __init__(self, cvm: Cvm, clock: Clock, timing: Timing, result: ChangeResult, context: Context) -> None:
        self._cvm = cvm
        self._cbs = Cbs(cvm.client)
        self._clock = clock
        self._timing = timing
        self._result = result
        self._context = context
        self._snapshot_id = str((context.snapshot or {})["snapshot_id"])
        self._disk_id = str(context.disk_id)
        self._deadline = Deadline(clock, timing.wait_timeout)
        self._disk: Record | None = None
        self._broken: TencentCloudError | None = None

    def run(self) -> None:
        """Send it, never twice, and wait until the disk, and on demand the instance, is ready again."""
        submission = Submission(self._cvm.client, self._clock, self._timing, self._result, self._deadline)
        if submission.submit(self._call()) is None:
            return
        if not self._timing.wait:
            self._result.end(ACCEPTED, f"The rollback of {self._disk_id} to {self._snapshot_id} was accepted.")
        elif self._rolled_back() and self._in_service():
            self._result.end(DONE, f"The disk {self._disk_id} was rolled back to {self._snapshot_id}.")

    def _call(self) -> Call:
        options = self._context.options
        parameters: dict[str, Any] = {"SnapshotId": self._snapshot_id, "DiskId": self._disk_id}
        if options["auto_stop"]:
            parameters.update(AutoStopInstance=True, AutoStartInstance=options["auto_start"])
        return Call(
            ACTION,
            send=lambda: (self._snapshot_id, self._cbs.apply_snapshot(parameters)),
            trace=self._trace,
            lasts=lambda: False,
            look_at=f"Look at the content of the disk {self._disk_id}, at its instance, and at the account's audit log "
            "before you run the task again, which rolls back again.",
        )

    def _trace(self, deadline: Deadline) -> list[str]:
        """The snapshot, when a disk is being rolled back to it. A disk alone may be rolled back to another one."""
        snapshot = self._cbs.snapshot(self._snapshot_id, deadline)
        return [self._snapshot_id] if _is_in_use(snapshot) else []

    # --- following

    def _rolled_back(self) -> bool:
        """Wait for the end of the rollback.

        Once it was seen under way, it is over when that shows twice in a row: a single look may see an older state.
        Before, only when it shows so for longer than a state is late.
        """
        polls, accepted_at, seen, idle = self._polls(), self._clock.monotonic(), self._result.adopted, 0
        while True:
            asked_at = self._clock.monotonic()
            disk = self._look(lambda: self._cbs.disk(self._disk_id, self._deadline))
            snapshot = self._look(lambda: self._cbs.snapshot(self._snapshot_id, self._deadline))
            self._disk, self._result.record = disk or self._disk, snapshot or self._result.record
            if is_rolling(disk) or _is_in_use(snapshot):
                seen, idle = True, 0
            elif disk and snapshot:
                idle += 1
                if idle > 1 if seen else asked_at - accepted_at >= self._timing.state_lag:
                    return self._ended_well(disk, seen)
            if not polls.pause():
                return self._late(self._progress())

    def _progress(self) -> str:
        if self._disk is None or not is_rolling(self._disk):
            return f"The end of the rollback of the disk {self._disk_id} was not seen."
        return f"The disk {self._disk_id} is being rolled back ({self._disk.get('rollback_percent')} %)."

    def _ended_well(self, disk: Mapping[str, Any], seen: bool) -> bool:
        prompt = disk.get("error_prompt") or ""
        if not prompt:
            return True
        error = TencentCloudError(prompt, code="OperationFailed", request_id=self._result.request_id, action=ACTION)
        if not seen and prompt == (self._context.disk or {}).get("error_prompt"):
            what = f"The disk shows an error that it showed before: {sentence(prompt)} Look at its content."
            self._result.end(UNKNOWN, f"It is unknown whether the rollback succeeded. {what}", error=error)
        else:
            self._result.end(
                FAILED,
                f"The rollback was accepted and failed (RequestId {self._result.request_id}): {sentence(prompt)} What "
                f"is on the disk {self._disk_id} may be neither the old nor the new, and its instance may be stopped. "
                "Correct the cause and run the task again.",
                error=error,
            )
        return False

    def _in_service(self) -> bool:
        """With auto_start, wait until the instance runs again: by a start since, or for longer than a state is late."""
        before = self._context.instance
        if before is None or not self._context.options["auto_start"]:
            return True
        instance_id, polls, over_at = str(before["instance_id"]), self._polls(), self._clock.monotonic()
        state: Any = "not shown"
        while True:
            asked_at = self._clock.monotonic()
            now = self._look(lambda: self._cvm.instance(instance_id, self._deadline))
            if now is not None:
                state = now.get("instance_state")
                started = now.get("latest_operation") == "StartInstances" and _operation(now) != _operation(before)
                still = now.get("latest_operation_state") == "OPERATING"
                late = asked_at - over_at >= self._timing.state_lag
                if state == "RUNNING" and not still and (started or late):
                    return True
            if not polls.pause():
                return self._late(f"The disk was rolled back, and {instance_id} is {state}.")

    def _late(self, what: str) -> bool:
        late = f"It did not end within {self._timing.wait_timeout:g} seconds."
        broken = f" A read failed: {self._broken}" if self._broken else ""
        error = TencentCloudError(late, code="WaitTimeout", request_id=self._result.request_id, action=ACTION)
        self._result.end(
            ACCEPTED,
            f"The rollback was accepted. {what} {late}{broken} It is not sent again. Look at the disk and the "
            "instance: another run of the task rolls back again.",
            ok=False,
            error=error,
        )
        return False

    def _look(self, read: Callable[[], T]) -> T | None:
        """One look; a broken one is no end of a wait."""
        try:
            return read()
        except TencentCloudError as error:
            self._broken = error
            return None

    def _polls(self) -> Backoff:
        interval = self._timing.wait_interval
        return Backoff(self._clock, first=interval, cap=interval, factor=1.0, jitter=0.1, deadline=self._deadline)


def _is_in_use(snapshot: Mapping[str, Any] | None) -> bool:
    return bool(snapshot and snapshot.get("snapshot_state") == "ROLLBACKING")


def _operation(instance: Mapping[str, Any]) -> Any:
    return instance.get("latest_operation_request_id")
