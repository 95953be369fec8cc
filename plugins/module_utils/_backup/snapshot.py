# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The engine of snapshots: read, refuse or plan, make once, delete, or roll back, and wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from .._api.transform import Record, record
from .._clock import Clock, Deadline
from .._engine.change_result import ChangeResult, guarded, judged
from .._engine.result import PLANNED, UNCHANGED
from .._engine.submit import Call
from .._engine.timing import waiting
from .._problems import Problem
from .._services.cbs import Cbs
from .._services.cvm import Cvm
from .lifecycle import Lifecycle
from .options import tag_list
from .resource import ResourceKind
from .rollback import ACTION, Rollback
from .snapshot_options import expires
from .snapshot_rules import CREATE, DELETE, RESTORE, Context, problems, system_disk_id


class Refused(Exception):
    """What the task names cannot be found or told apart; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Snapshots:
    """A task with one snapshot.

    Args:
        wrong: the problems with the options; with any, the records are judged as well, and nothing is sent.
    """

    def __init__(self, cvm: Cvm, clock: Clock, options: Mapping[str, Any], wrong: Sequence[Problem] = ()) -> None:
        self._wrong = wrong
        self._expires = expires(options["deadline"])
        self._tags = tag_list(options)
        self._timing = waiting(options)
        self._cvm = cvm
        self._cbs = Cbs(cvm.client)
        self._clock = clock
        self._options = options
        self._name = options["snapshot_name"]
        self._disk_id: str | None = options["disk_id"]
        self._asked: Record | None = None
        self._result = ChangeResult("snapshot", options["snapshot_id"])
        self._kind = ResourceKind(
            "snapshot",
            ready=("NORMAL", "ROLLBACKING"),
            failed=("TORECYCLE",),
            progress="percent",
            shown=("snapshot_id", "snapshot_name", "disk_id", "snapshot_state", "tags"),
            get=self._cbs.snapshot,
            named=self._named,
        )

    def run(self, *, check: bool) -> ChangeResult:
        """Do what `state` says. Raises TencentCloudError when a read fails before anything was sent."""
        if self._wrong:
            result = judged(self._result, self._wrong, lambda: self._run(check=True))
        else:
            result = self._run(check=check)
        result.extra = {"disk_id": self._disk_id, "instance_id": self._options["instance_id"]}
        return result

    def _run(self, *, check: bool) -> ChangeResult:
        work = {"present": self._present, "absent": self._absent, "restored": self._restored}[self._options["state"]]
        try:
            self._find_disk()
            return work(check)
        except Refused as refused:
            return self._result.refuse([refused.problem])

    # --- making

    def _present(self, check: bool) -> ChangeResult:
        disk_id = str(self._disk_id)
        found = self._only(self._named())
        if found:
            return self._is_there(found, check)
        disk = self._cbs.disk(disk_id)
        if disk is None:
            raise Refused(self._no_cloud_disk())
        parameters = self._parameters(disk_id)
        planned = record({"Tags": [], **parameters, "SnapshotState": "NORMAL"})
        self._result.changes = {"before": {}, "after": self._kind.in_diff(planned)}
        context = self._context(None, disk)
        wrong = problems(CREATE, context)
        if wrong:
            return self._result.refuse(wrong)
        if check:
            return self._result.end(PLANNED, f"A snapshot {self._name} of {disk_id} would be made.")
        return self._life().make(
            Call(
                "CreateSnapshot",
                send=lambda: self._cbs.create_snapshot(parameters),
                trace=lambda deadline: [self._kind.identity(one) for one in self._named(deadline)],
                lasts=lambda: True,
                look_at=f"Look for a snapshot of {disk_id} named {self._name!r} and at the account's audit log before "
                "you run the task again; a run that finds the name makes no other.",
            )
        )

    def _no_cloud_disk(self) -> Problem:
        code = "InvalidDiskId.NotFound"
        if self._asked is None:
            missing = f"There is no cloud disk {self._disk_id} for this key and region."
            return Problem(code, "disk_id", missing, "Check the id and the region.")
        local = f"Its system disk ({self._disk_id}) is not a cloud disk, and no other can have snapshots."
        return Problem(code, "instance_id", local, "Make an image of the instance instead (cvm_image).")

    def _is_there(self, snapshot: Record, check: bool) -> ChangeResult:
        identity, state = self._note(snapshot), self._kind.state(snapshot)
        self._result.changes = {"before": self._kind.in_diff(snapshot), "after": self._kind.in_diff(snapshot)}
        if state in self._kind.failed:
            message = f"{identity} has this name and is {state}: it is about to be deleted."
            raise Refused(Problem("InvalidSnapshot.NotSupported", "snapshot_name", message, "Give another name."))
        if state in self._kind.ready or check:
            return self._result.end(UNCHANGED, f"The snapshot {identity} has this name and is {state}.")
        return self._life().find_ready(snapshot)

    def _parameters(self, disk_id: str) -> dict[str, Any]:
        expires = self._expires
        wire = {
            "DiskId": disk_id,
            "SnapshotName": self._name,
            "Deadline": None if expires is None else datetime.fromtimestamp(expires, timezone.utc).isoformat(),
            "Tags": self._tags,
        }
        return {name: value for name, value in wire.items() if value}

    # --- deleting and rolling back

    def _absent(self, check: bool) -> ChangeResult:
        snapshot = self._desired()
        if snapshot is None:
            missing = f"There is no snapshot {self._result.identity or self._name}."
            return self._result.end(UNCHANGED, f"{missing} {self._elsewhere()}".strip())
        identity = self._note(snapshot)
        self._result.changes = {"before": self._kind.in_diff(snapshot), "after": {}}
        wrong = problems(DELETE, self._context(snapshot, None))
        self._disk_id = snapshot.get("disk_id")
        if wrong:
            return self._result.refuse(wrong)
        if check:
            return self._result.end(PLANNED, f"The snapshot {identity} would be deleted.")
        return self._life().delete("DeleteSnapshots", lambda: self._cbs.delete_snapshot(identity))

    def _restored(self, check: bool) -> ChangeResult:
        snapshot = self._desired()
        if snapshot is None:
            raise Refused(self._missing())
        identity = self._note(snapshot)
        disk_id = str(snapshot.get("disk_id"))
        context = self._context(snapshot, self._cbs.disk(disk_id))
        self._result.changes = {
            "before": {"disk_id": disk_id, "content": "present"},
            "after": {"disk_id": disk_id, "content": f"of {identity}, {snapshot.get('create_time')}"},
        }
        wrong = problems(RESTORE, context)
        self._disk_id = disk_id
        if wrong:
            return self._result.refuse(wrong)
        if check:
            return self._result.end(PLANNED, f"The disk {disk_id} would be rolled back to {identity}.")
        rollback = Rollback(self._cvm, self._clock, self._timing, self._result, context)
        return guarded(self._result, self._clock, ACTION, rollback.run)

    def _missing(self) -> Problem:
        desired, disk_id = self._result.identity, self._disk_id
        if desired:
            message = f"There is no snapshot {desired} for this key and region."
            return Problem("InvalidSnapshotId.NotFound", "snapshot_id", message, "Check the id and the region.")
        elsewhere = self._elsewhere()
        if not elsewhere:
            message = f"The disk {disk_id} has no snapshot of this name."
            return Problem("InvalidSnapshotId.NotFound", "snapshot_name", message, "Check the name and the region.")
        return Problem(
            "InvalidSnapshot.NotSupported",
            "snapshot_name",
            elsewhere,
            "An image made of the instance is the way back in that case: cvm_reset_instance with its image_id.",
        )

    def _elsewhere(self) -> str:
        """Which other disks have snapshots of the name, for a person; nothing when none has."""
        found = self._of_name({}) if self._name and self._disk_id else []
        others = ", ".join(sorted({str(one.get("disk_id")) for one in found}))
        return others and (
            f"Snapshots of this name are of {others}, and not of {self._disk_id}. A switch between Linux and Windows "
            "may make another system disk, and a snapshot goes back to its original disk only."
        )

    # --- reading

    def _find_disk(self) -> None:
        """The disk that the task means: by its id, or the system disk of the instance."""
        instance_id = self._options["instance_id"]
        if not instance_id:
            return
        self._asked = self._cvm.instance(instance_id)
        if self._asked is None:
            missing = f"There is no instance {instance_id} for this key and region."
            raise Refused(Problem("InvalidInstanceId.NotFound", "instance_id", missing, "Check the id and the region."))
        self._disk_id = self._disk_id or system_disk_id(self._asked)

    def _desired(self) -> Record | None:
        """The snapshot of the id or of the name."""
        if self._result.identity:
            return self._cbs.snapshot(self._result.identity)
        return self._only(self._named())

    def _named(self, deadline: Deadline | None = None) -> list[Record]:
        return self._of_name({"disk-id": self._disk_id} if self._disk_id else {}, deadline)

    def _of_name(self, filters: Mapping[str, Any], deadline: Deadline | None = None) -> list[Record]:
        found = self._cbs.snapshots({"snapshot-name": self._name, **filters}, deadline)
        return [one for one in found if one.get("snapshot_name") == self._name]

    def _only(self, found: list[Record]) -> Record | None:
        if len(found) > 1:
            ids = ", ".join(sorted(self._kind.identity(one) for one in found))
            message = f"{len(found)} snapshots have this name: {ids}."
            raise Refused(Problem("Ambiguous", "snapshot_name", message, "Give, or delete, one by its snapshot_id."))
        return found[0] if found else None

    def _context(self, snapshot: Record | None, disk: Record | None) -> Context:
        attached = (disk or {}).get("instance_id") or None
        instance = self._asked if attached == self._options["instance_id"] else None
        if attached and instance is None:
            instance = self._cvm.instance(attached)
        making = {"disk-id": disk["disk_id"], "snapshot-state": "CREATING"} if disk else None
        running = self._cbs.snapshots(making) if making else []
        return Context(
            self._options,
            snapshot=snapshot,
            disk=disk,
            instance=instance,
            asked=self._asked,
            running=tuple(self._kind.identity(one) for one in running),
            now=self._cvm.client.server_time(),
            expires=self._expires,
        )

    def _note(self, snapshot: Record) -> str:
        self._result.identity = self._kind.identity(snapshot)
        self._result.previous = self._result.record = snapshot
        return self._result.identity

    def _life(self) -> Lifecycle:
        return Lifecycle(self._kind, self._cvm.client, self._clock, self._timing, self._result)
