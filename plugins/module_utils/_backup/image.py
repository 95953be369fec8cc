# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The engine of custom images: read, refuse or plan, make once or delete, wait."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._api.endpoint import V2
from .._api.error_codes import Verdict, verdict
from .._api.transform import record
from .._clock import Clock
from .._engine.advice import advice
from .._engine.driver import run_one
from .._engine.flow import Flow, Record, call, read
from .._engine.readers import readers
from .._engine.result import OnEvent, Outcome, judged, nobody
from .._engine.rules import broken
from .._engine.submit import Pace
from .._engine.timing import WAIT_SPEC, time_problems, waiting
from .._errors import TencentCloudError
from .._problems import Problem, invalid
from .._services.cvm import Cvm
from .image_rules import CREATE, DELETE, ImageContext
from .lifecycle import Creation, Deletion, Lifecycle
from .options import all_id_problems, length_problems, name_problems, needed_problems, tag_list, tag_problems
from .resource import Blocked, ResourceKind
from .result import BackupResult

IMAGE_SPEC: dict[str, Any] = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "image_id": {"type": "str"},
    "image_name": {"type": "str"},
    "instance_id": {"type": "str"},
    "image_description": {"type": "str"},
    "force_poweroff": {"type": "bool", "default": False},
    "sysprep": {"type": "bool", "default": False},
    "data_disk_ids": {"type": "list", "elements": "str"},
    "tags": {"type": "dict"},
    **WAIT_SPEC,
}

_NEEDED = {"present": (("image_name",), ("instance_id",)), "absent": (("image_id", "image_name"),)}
DESCRIPTION_LENGTH = 256
_FAILED = ("CREATEFAILED", "IMPORTFAILED")


class Images:
    """A task with one custom image.

    Args:
        problems: those with the options; if there are any, the records are judged as well, and nothing is sent.
    """

    def __init__(
        self,
        cvm: Cvm,
        clock: Clock,
        options: Mapping[str, Any],
        problems: Sequence[Problem] = (),
        on_event: OnEvent = nobody,
    ) -> None:
        self._tags = tag_list(options)
        self._cvm = cvm
        self._clock = clock
        self._options = options
        self._problems = problems
        self._name = options["image_name"]
        self._result = BackupResult(noun="image", identity=options["image_id"], tell=on_event)
        self._kind = ResourceKind(
            "image",
            ready=("NORMAL",),
            failed=_FAILED,
            progress="sync_percent",
            shown=("image_id", "image_name", "image_state", "tags"),
            named=lambda deadline: cvm.own_images(self._name, deadline),
        )
        self._life = Lifecycle(self._kind, Pace(cvm.client, waiting(options)), self._result)

    def run(self, *, check: bool) -> BackupResult:
        """Do what `state` says. Raises TencentCloudError when a read fails before anything was sent."""
        return run_one(self.flow(check=check), self._clock, readers(self._cvm))

    def flow(self, *, check: bool) -> Flow[BackupResult]:
        """The same, for a driver."""
        work = self._work(check or bool(self._problems))
        return judged(self._result, self._problems, work) if self._problems else work

    def _work(self, check: bool) -> Flow[BackupResult]:
        work = self._present if self._options["state"] == "present" else self._absent
        try:
            return (yield from work(check))
        except Blocked as blocked:
            return self._result.refuse([blocked.problem])

    def _present(self, check: bool) -> Flow[BackupResult]:
        """Make the image of the instance unless there is one of that name."""
        found = yield from self._life.find("Delete the wrong ones by their image_id.")
        if found:
            return (yield from self._keep(found, check))
        instance = yield from read("instance", self._options["instance_id"])
        problems = broken(CREATE, ImageContext(self._options, instance))
        planned = record({"ImageName": self._name, "ImageState": "NORMAL", "Tags": self._tags})
        self._result.changes = {"before": {}, "after": self._kind.in_diff(planned)}
        if problems:
            return self._result.refuse(problems)
        parameters = self._parameters()
        if check:
            made = f"An image {self._name} of {self._options['instance_id']} would be made."
            return (yield from self._dry_run("CreateImage", parameters, made))
        creation = Creation(self._kind, "CreateImage", lambda: self._cvm.create_image(parameters))
        look_at = (
            f"Look for an image named {self._name!r} (cvm_image_info) and at the account's audit log before you run "
            "the task again. A run that finds the name makes no other image."
        )
        return (yield from self._life.make(creation, look_at))

    def _absent(self, check: bool) -> Flow[BackupResult]:
        """Delete the image by its id or name."""
        image = yield from self._life.find("Give the image_id.")
        if image is None:
            missing = f"There is no image {self._result.identity or self._name}."
            return self._result.end(Outcome.UNCHANGED, missing)
        identity = self._life.note(image)
        self._result.changes["after"] = {}
        problems = broken(DELETE, ImageContext(self._options, image=image))
        if problems:
            return self._result.refuse(problems)
        if check:
            planned = f"The image {identity} would be deleted."
            return (yield from self._dry_run("DeleteImages", {"ImageIds": [identity]}, planned))
        return (yield from self._life.delete(Deletion("DeleteImages", lambda: self._cvm.delete_image(identity))))

    def _keep(self, image: Record, check: bool) -> Flow[BackupResult]:
        """Leave the image of that name as it is."""
        identity, state = self._life.note(image), self._kind.state(image)
        if state not in _FAILED:
            return (yield from self._life.keep(image, check=check))
        error = TencentCloudError(f"The image is {state}.", code="OperationFailed")
        return self._result.end(
            Outcome.FAILED,
            f"The image {identity} has this name and could not be made: it is {state}. Delete it with state: absent "
            f"and image_id: {identity}, then run the task again.",
            error=error,
        )

    def _dry_run(self, action: str, parameters: Mapping[str, Any], planned: str) -> Flow[BackupResult]:
        """Let the API itself say what a real run would meet, unless the options are invalid."""
        try:
            if not self._problems:
                yield from call(lambda: self._cvm.dry_run(action, parameters))
        except TencentCloudError as error:
            rejected = verdict(error) is Verdict.REJECTED
            what = "It would be refused." if rejected else "Only a dry run was sent, and it gave no verdict."
            return self._result.end(Outcome.REFUSED, f"{what} {error} {advice(error)}", error=error)
        return self._result.end(Outcome.PLANNED, planned)

    def _parameters(self) -> dict[str, Any]:
        """CreateImage by the API's names. `ForcePoweroff` and `Sysprep` are texts there."""
        options = self._options
        wire = {
            "InstanceId": options["instance_id"],
            "ImageName": self._name,
            "ImageDescription": options["image_description"],
            "ForcePoweroff": "true" if options["force_poweroff"] else None,
            "Sysprep": "true" if options["sysprep"] else None,
            "DataDiskIds": options["data_disk_ids"],
            "TagSpecification": [{"ResourceType": "image", "Tags": self._tags}] if self._tags else None,
        }
        return {name: value for name, value in wire.items() if value}


def option_problems(options: Mapping[str, Any]) -> Iterator[Problem]:
    """All that is wrong with the options by themselves."""
    yield from needed_problems(options, _NEEDED)
    yield from all_id_problems(options)
    yield from name_problems(options, "image_name")
    yield from length_problems(options, "image_description", DESCRIPTION_LENGTH)
    yield from tag_problems(options)
    yield from time_problems(options)
    if options["api"] == V2:
        # Its documents (213/9415, 213/1274) know no DryRun, so check mode could make, or delete, an image. Nor do they
        # know ForcePoweroff, DataDiskIds and tags, and no ImageId is answered.
        yield invalid("api", "The legacy API has no dry run of CreateImage and DeleteImages.", "Set api: v3.")
