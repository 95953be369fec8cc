# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The engine of custom images: read, refuse or plan, make once or delete, wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from .._api.endpoint import V2
from .._api.error_codes import Verdict, verdict
from .._api.transform import Record, record
from .._clock import Clock
from .._engine.advice import advice
from .._engine.change_result import ChangeResult, judged
from .._engine.result import FAILED, PLANNED, REFUSED, UNCHANGED
from .._engine.submit import Call
from .._engine.timing import WAIT_SPEC, time_problems, waiting
from .._errors import TencentCloudError
from .._problems import Problem, invalid
from .._services.cvm import Cvm
from .image_rules import creating_problems, deleting_problems
from .lifecycle import Lifecycle
from .options import all_id_problems, length_problems, name_problems, needed_problems, tag_list, tag_problems
from .resource import ResourceKind

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
        problems: with the options; with any, the records are judged as well, and nothing is sent.
    """

    def __init__(self, cvm: Cvm, clock: Clock, options: Mapping[str, Any], problems: Sequence[Problem] = ()) -> None:
        self._tags = tag_list(options)
        self._timing = waiting(options)
        self._cvm = cvm
        self._clock = clock
        self._options = options
        self._problems = problems
        self._name = options["image_name"]
        self._result = ChangeResult("image", options["image_id"])
        self._kind = ResourceKind(
            "image",
            ready=("NORMAL",),
            failed=_FAILED,
            progress="sync_percent",
            shown=("image_id", "image_name", "image_state", "tags"),
            get=cvm.image,
            named=lambda deadline: cvm.own_images(self._name, deadline),
        )

    def run(self, *, check: bool) -> ChangeResult:
        """Do what `state` says. Raises TencentCloudError when a read fails before anything was sent."""
        work = self._present if self._options["state"] == "present" else self._absent
        if self._problems:
            return judged(self._result, self._problems, lambda: work(check=True))
        return work(check=check)

    def _present(self, *, check: bool) -> ChangeResult:
        """Make the image of the instance unless there is one of that name."""
        found = self._cvm.own_images(self._name)
        if found:
            return self._is_there(found, check)
        problems = creating_problems(self._options, self._cvm.instance(self._options["instance_id"]))
        planned = record({"ImageName": self._name, "ImageState": "NORMAL", "Tags": self._tags})
        self._result.changes = {"before": {}, "after": self._kind.in_diff(planned)}
        if problems:
            return self._result.refuse(problems)
        if check:
            made = f"An image {self._name} of {self._options['instance_id']} would be made."
            return self._dry_run("CreateImage", self._parameters(), made)
        parameters = self._parameters()
        return self._life().make(
            Call(
                "CreateImage",
                send=lambda: self._cvm.create_image(parameters),
                trace=lambda deadline: [self._kind.identity(one) for one in self._kind.named(deadline)],
                lasts=lambda: True,
                look_at=f"Look for an image named {self._name!r} (cvm_image_info) and at the account's audit log "
                "before you run the task again. A run that finds the name makes no other image.",
            )
        )

    def _absent(self, *, check: bool) -> ChangeResult:
        """Delete the image by its id or name."""
        desired = self._result.identity
        if desired is None:
            found = self._cvm.own_images(self._name)
            if len(found) > 1:
                return self._result.refuse([_ambiguous(found, self._kind, "image_id")])
            image = found[0] if found else None
        else:
            image = self._cvm.image(desired)
        if image is None:
            return self._result.end(UNCHANGED, f"There is no image {desired or self._name}.")
        identity = self._note(image)
        self._result.changes = {"before": self._kind.in_diff(image), "after": {}}
        problems = deleting_problems(image)
        if problems:
            return self._result.refuse(problems)
        if check:
            return self._dry_run("DeleteImages", {"ImageIds": [identity]}, f"The image {identity} would be deleted.")
        return self._life().delete("DeleteImages", self._deleting(identity))

    def _deleting(self, identity: str) -> Callable[[], str]:
        return lambda: self._cvm.delete_image(identity)

    def _is_there(self, found: list[Record], check: bool) -> ChangeResult:
        if len(found) > 1:
            return self._result.refuse([_ambiguous(found, self._kind, "image_name")])
        (image,) = found
        identity, state = self._note(image), self._kind.state(image)
        self._result.changes = {"before": self._kind.in_diff(image), "after": self._kind.in_diff(image)}
        if state in _FAILED:
            error = TencentCloudError(f"The image is {state}.", code="OperationFailed")
            return self._result.end(
                FAILED,
                f"The image {identity} has this name and could not be made: it is {state}. Delete it with "
                f"state: absent and image_id: {identity}, then run the task again.",
                error=error,
            )
        if state in self._kind.ready or check:
            return self._result.end(UNCHANGED, f"The image {identity} has this name and is {state}.")
        return self._life().find_ready(image)

    def _dry_run(self, action: str, parameters: Mapping[str, Any], planned: str) -> ChangeResult:
        """Let the API itself say what a real run would meet, unless the options are no good."""
        if self._problems:
            return self._result.end(PLANNED, planned)
        try:
            self._cvm.dry_run(action, parameters)
        except TencentCloudError as error:
            judged = verdict(error) is Verdict.REJECTED
            what = "It would be refused." if judged else "Only a dry run was sent, and it ended without a judgement."
            return self._result.end(REFUSED, f"{what} {error} {advice(error)}".strip(), error=error)
        return self._result.end(PLANNED, planned)

    def _note(self, image: Record) -> str:
        self._result.identity = self._kind.identity(image)
        self._result.previous = self._result.record = image
        return self._result.identity

    def _life(self) -> Lifecycle:
        return Lifecycle(self._kind, self._cvm.client, self._clock, self._timing, self._result)

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


def _ambiguous(found: list[Record], kind: ResourceKind, option: str) -> Problem:
    ids = ", ".join(sorted(kind.identity(one) for one in found))
    fix = "Give the image_id." if option == "image_id" else "Delete the wrong ones by their image_id."
    return Problem("Ambiguous", "image_name", f"{len(found)} images have this name: {ids}.", fix)
