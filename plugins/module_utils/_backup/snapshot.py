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

from .._api.transform import record
from .._clock import Clock, Deadline
from .._engine.driver import run_one
from .._engine.flow import Flow, Record, call, read
from .._engine.readers import readers
from .._engine.result import OnEvent, Outcome, guarded, judged, nobody
from .._engine.rules import broken
from .._engine.submit import Pace
from .._engine.timing import waiting
from .._problems import Problem
from .._services.cbs import Cbs
from .._services.cvm import Cvm
from .lifecycle import Creation, Deletion, Lifecycle
from .options import tag_list
from .resource import Blocked, ResourceKind
from .result import BackupResult
from .rollback import Rollback
from .snapshot_options import expires
from .snapshot_rules import CREATE, DELETE, RESTORE, SnapshotContext, system_disk_id

_ONE = "Give, or delete, one by its snapshot_id."


class Snapshots:
    """A task with one snapshot.

    Args:
        wrong: the problems with the options; if there are any, the records are judged as well, and nothing is sent.
    """

    def __init__(
        self,
        cvm: Cvm,
        clock: Clock,
        options: Mapping[str, Any],
        wrong: Sequence[Problem] = (),
        on_event: OnEvent = nobody,
    ) -> None:
        self._wrong = wrong
        self._expires = expires(options["deadline"])
        self._cvm = cvm
        self._cbs = Cbs(cvm.client)
        self._clock = clock
        self._options = options
        self._name = options["snapshot_name"]
        self._disk_id: str | None = options["disk_id"]
        self._asked: Record | None = None
        self._result = BackupResult(noun="snapshot", identity=options["snapshot_id"], tell=on_event)
        self._kind = ResourceKind(
            "snapshot",
            ready=("NORMAL", "ROLLBACKING"),
            failed=("TORECYCLE",),
            progress="percent",
            shown=("snapshot_id", "snapshot_name", "disk_id", "snapshot_state", "tags"),
            named=self._named,
        )
        self._pace = Pace(cvm.client, waiting(options))
        self._life = Lifecycle(self._kind, self._pace, self._result)

    def run(self, *, check: bool) -> BackupResult:
        """Do what `state` says. Raises TencentCloudError when a read fails before anything was sent."""
        return run_one(self.flow(check=check), self._clock, readers(self._cvm))

    def flow(self, *, check: bool) -> Flow[BackupResult]:
        """The same, for a driver."""
        work = self._work(check or bool(self._wrong))
        yield from judged(self._result, self._wrong, work) if self._wrong else work
        self._result.extra = {"disk_id": self._disk_id, "instance_id": self._options["instance_id"]}
        return self._result

    def _work(self, check: bool) -> Flow[BackupResult]:
        work = {"present": self._present, "absent": self._absent, "restored": self._restored}[self._options["state"]]
        try:
            yield from self._find_disk()
            return (yield from work(check))
        except Blocked as blocked:
            return self._result.refuse([blocked.problem])

    # --- making

    def _present(self, check: bool) -> Flow[BackupResult]:
        disk_id = str(self._disk_id)
        found = yield from self._life.find(_ONE)
        if found:
            return (yield from self._keep(found, check))
        disk = yield from read("disk", disk_id)
        if disk is None:
            raise Blocked(self._no_cloud_disk())
        parameters = self._parameters(disk_id)
        planned = record({"Tags": [], **parameters, "SnapshotState": "NORMAL"})
        self._result.changes = {"before": {}, "after": self._kind.in_diff(planned)}
        wrong = broken(CREATE, (yield from self._context(None, disk)))
        if wrong:
            return self._result.refuse(wrong)
        if check:
            return self._result.end(Outcome.PLANNED, f"A snapshot {self._name} of {disk_id} would be made.")
        creation = Creation(self._kind, "CreateSnapshot", lambda: self._cbs.create_snapshot(parameters))
        look_at = (
            f"Look for a snapshot of {disk_id} named {self._name!r} and at the account's audit log before you run the "
            "task again; a run that finds the name makes no other."
        )
        return (yield from self._life.make(creation, look_at))

    def _no_cloud_disk(self) -> Problem:
        code = "InvalidDiskId.NotFound"
        if self._asked is None:
            missing = f"There is no cloud disk {self._disk_id} for this key and region."
            return Problem(code, "disk_id", missing, "Check the id and the region.")
        local = f"Its system disk ({self._disk_id}) is not a cloud disk, and no other can have snapshots."
        return Problem(code, "instance_id", local, "Make an image of the instance instead (cvm_image).")

    def _keep(self, snapshot: Record, check: bool) -> Flow[BackupResult]:
        """Leave the snapshot of that name as it is."""
        identity, state = self._life.note(snapshot), self._kind.state(snapshot)
        if state in self._kind.failed:
            message = f"{identity} has this name and is {state}: it is about to be deleted."
            raise Blocked(Problem("InvalidSnapshot.NotSupported", "snapshot_name", message, "Give another name."))
        return (yield from self._life.keep(snapshot, check=check))

    def _parameters(self, disk_id: str) -> dict[str, Any]:
        expires = self._expires
        wire = {
            "DiskId": disk_id,
            "SnapshotName": self._name,
            "Deadline": None if expires is None else datetime.fromtimestamp(expires, timezone.utc).isoformat(),
            "Tags": tag_list(self._options),
        }
        return {name: value for name, value in wire.items() if value}

    # --- deleting and rolling back

    def _absent(self, check: bool) -> Flow[BackupResult]:
        snapshot = yield from self._life.find(_ONE)
        if snapshot is None:
            elsewhere = yield from self._elsewhere()
            missing = f"There is no snapshot {self._result.identity or self._name}. {elsewhere}"
            return self._result.end(Outcome.UNCHANGED, missing)
        identity = self._life.note(snapshot)
        self._result.changes["after"] = {}
        wrong = broken(DELETE, (yield from self._context(snapshot, None)))
        self._disk_id = snapshot.get("disk_id")
        if wrong:
            return self._result.refuse(wrong)
        if check:
            return self._result.end(Outcome.PLANNED, f"The snapshot {identity} would be deleted.")
        deletion = Deletion("DeleteSnapshots", lambda: self._cbs.delete_snapshot(identity))
        return (yield from self._life.delete(deletion))

    def _restored(self, check: bool) -> Flow[BackupResult]:
        snapshot = yield from self._life.find(_ONE)
        if snapshot is None:
            raise Blocked((yield from self._missing()))
        identity = self._life.note(snapshot)
        disk_id = str(snapshot.get("disk_id"))
        context = yield from self._context(snapshot, (yield from read("disk", disk_id)))
        self._result.changes = {
            "before": {"disk_id": disk_id, "content": "present"},
            "after": {"disk_id": disk_id, "content": f"of {identity}, {snapshot.get('create_time')}"},
        }
        wrong = broken(RESTORE, context)
        self._disk_id = disk_id
        if wrong:
            return self._result.refuse(wrong)
        if check:
            return self._result.end(Outcome.PLANNED, f"The disk {disk_id} would be rolled back to {identity}.")
        rollback = Rollback(self._cbs, self._pace, self._result, context)
        return (yield from guarded(self._result, self._clock, rollback.action, rollback.run()))

    def _missing(self) -> Flow[Problem]:
        desired, disk_id = self._result.identity, self._disk_id
        if desired:
            message = f"There is no snapshot {desired} for this key and region."
            return Problem("InvalidSnapshotId.NotFound", "snapshot_id", message, "Check the id and the region.")
        elsewhere = yield from self._elsewhere()
        if not elsewhere:
            message = f"The disk {disk_id} has no snapshot of this name."
            return Problem("InvalidSnapshotId.NotFound", "snapshot_name", message, "Check the name and the region.")
        fix = "An image made of the instance is the way back in that case: cvm_reset_instance with its image_id."
        return Problem("InvalidSnapshot.NotSupported", "snapshot_name", elsewhere, fix)

    def _elsewhere(self) -> Flow[str]:
        """Sentences on the other disks that have snapshots of the name; empty if none has."""
        if not (self._name and self._disk_id):
            return ""
        found = yield from call(lambda: self._of_name({}))
        others = ", ".join(sorted({str(one.get("disk_id")) for one in found}))
        return others and (
            f"Snapshots of this name are of {others}, and not of {self._disk_id}. A switch between Linux and Windows "
            "may make another system disk, and a snapshot goes back to its original disk only."
        )

    # --- reading

    def _find_disk(self) -> Flow[None]:
        """The disk that the task means: by its id, or the system disk of the instance."""
        instance_id = self._options["instance_id"]
        if not instance_id:
            return
        self._asked = yield from read("instance", instance_id)
        if self._asked is None:
            missing = f"There is no instance {instance_id} for this key and region."
            raise Blocked(Problem("InvalidInstanceId.NotFound", "instance_id", missing, "Check the id and the region."))
        self._disk_id = self._disk_id or system_disk_id(self._asked)

    def _named(self, deadline: Deadline | None) -> list[Record]:
        return self._of_name({"disk-id": self._disk_id} if self._disk_id else {}, deadline)

    def _of_name(self, filters: Mapping[str, Any], deadline: Deadline | None = None) -> list[Record]:
        found = self._cbs.snapshots(filters={"snapshot-name": self._name, **filters}, deadline=deadline)
        return [one for one in found.values() if one.get("snapshot_name") == self._name]

    def _context(self, snapshot: Record | None, disk: Record | None) -> Flow[SnapshotContext]:
        attached = (disk or {}).get("instance_id") or None
        instance = self._asked if attached == self._options["instance_id"] else None
        if attached and instance is None:
            instance = yield from read("instance", attached)
        making = {"disk-id": disk["disk_id"], "snapshot-state": "CREATING"} if disk else None
        running = (yield from call(lambda: self._cbs.snapshots(filters=making))) if making else {}
        return SnapshotContext(
            self._options,
            snapshot=snapshot,
            disk=disk,
            instance=instance,
            asked=self._asked,
            running=tuple(running),
            now=self._cvm.client.server_time(),
            expires=self._expires,
        )
