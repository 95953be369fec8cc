# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Cloud Virtual Machine (2017-03-12): typed calls, no policy."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .._api.client import CVM, BeforeSending, Client
from .._api.paging import listed, queries
from .._api.transform import Record, record
from .._clock import Deadline
from .._errors import ApiError, BadAnswer

_SERVICES = {
    "security_service": "SecurityService",
    "monitor_service": "MonitorService",
    "automation_service": "AutomationService",
}


class _Kind(NamedTuple):
    """How to list things of one kind: the action, its list of ids, the list in its answer, and the id of a record."""

    action: str
    ids: str
    result: str
    key: str


_INSTANCES = _Kind("DescribeInstances", "InstanceIds", "InstanceSet", "instance_id")
_IMAGES = _Kind("DescribeImages", "ImageIds", "ImageSet", "image_id")
_KEY_PAIRS = _Kind("DescribeKeyPairs", "KeyIds", "KeyPairSet", "key_id")


@dataclass(frozen=True)
class ResetRequest:
    """What ResetInstance is asked for; none leaves a value to the API.

    Attributes:
        disk_size: GiB of the system disk.
        enhanced_service: the services to switch, by their option names.
        user_data: plain text, encoded on the way.
    """

    instance_id: str
    image_id: str | None = None
    disk_size: int | None = None
    password: str | None = field(default=None, repr=False)
    key_ids: tuple[str, ...] = ()
    keep_image_login: bool = False
    enhanced_service: tuple[tuple[str, bool], ...] = ()
    host_name: str | None = None
    user_data: str | None = field(default=None, repr=False)

    def as_wire(self) -> dict[str, Any]:
        """The parameters by the API's names. `KeepImageLogin` is a string there, the services are booleans."""
        login: dict[str, Any] = {}
        if self.password:
            login["Password"] = self.password
        if self.key_ids:
            login["KeyIds"] = list(self.key_ids)
        if self.keep_image_login:
            login["KeepImageLogin"] = "TRUE"
        wire: dict[str, Any] = {
            "InstanceId": self.instance_id,
            "ImageId": self.image_id,
            "SystemDisk": {"DiskSize": self.disk_size} if self.disk_size is not None else None,
            "LoginSettings": login or None,
            "EnhancedService": {_SERVICES[name]: {"Enabled": enabled} for name, enabled in self.enhanced_service},
            "HostName": self.host_name,
            "UserData": encoded_user_data(self.user_data) if self.user_data else None,
        }
        return {name: value for name, value in wire.items() if value not in (None, {})}


def encoded_user_data(text: str) -> str:
    """User data as the API takes it: base64."""
    return base64.b64encode(text.encode(errors="surrogateescape")).decode()


class Cvm:
    """The calls of the service, by one client."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def instance(self, instance_id: str, deadline: Deadline | None = None) -> Record | None:
        """One instance, or None if the API knows no such id (DescribeInstances)."""
        found = self._described("DescribeInstances", "InstanceIds", [instance_id], "InstanceSet", deadline)
        return next((one for one in found if one.get("instance_id") == instance_id), None)

    def images(self, image_ids: Sequence[str]) -> dict[str, Record]:
        """Those of the images that exist, by id (DescribeImages). One unknown id may hide all of them."""
        found = self._described("DescribeImages", "ImageIds", image_ids, "ImageSet")
        return {str(one["image_id"]): one for one in found}

    def key_pairs(self, key_ids: Sequence[str]) -> dict[str, Record]:
        """Those of the key pairs that exist, by id (DescribeKeyPairs). One unknown id may hide all of them."""
        found = self._described("DescribeKeyPairs", "KeyIds", key_ids, "KeyPairSet")
        return {str(one["key_id"]): one for one in found}

    def instances(
        self,
        instance_ids: Sequence[str] = (),
        filters: Mapping[str, Any] | None = None,
        deadline: Deadline | None = None,
    ) -> list[Record]:
        """Instances by ids, or else by filters, or else all of the region; each once (DescribeInstances).

        Ids that name nothing are left out. Raises OptionError for filters that no call can have.
        """
        return self._all(_INSTANCES, queries(_INSTANCES.ids, instance_ids, filters), deadline)

    def find_images(
        self,
        image_ids: Sequence[str] = (),
        filters: Mapping[str, Any] | None = None,
        instance_type: str | None = None,
    ) -> list[Record]:
        """Images by ids, or else by filters, or else all that the region offers; each once (DescribeImages).

        Ids that name nothing are left out. Raises OptionError for filters that no call can have.

        Args:
            instance_type: only those that instances of this type can use.
        """
        typed = {"InstanceType": instance_type} if instance_type else {}
        return self._all(_IMAGES, [{**query, **typed} for query in queries(_IMAGES.ids, image_ids, filters)])

    def find_key_pairs(self, key_ids: Sequence[str] = (), filters: Mapping[str, Any] | None = None) -> list[Record]:
        """Key pairs by ids, or else by filters, or else all; each once (DescribeKeyPairs).

        Ids that name nothing are left out. Raises OptionError for filters that no call can have.
        """
        return self._all(_KEY_PAIRS, queries(_KEY_PAIRS.ids, key_ids, filters))

    def image(self, image_id: str, deadline: Deadline | None = None) -> Record | None:
        """One image, or none (DescribeImages)."""
        found = self._described("DescribeImages", "ImageIds", [image_id], "ImageSet", deadline)
        return next((one for one in found if one.get("image_id") == image_id), None)

    def own_images(self, image_name: str, deadline: Deadline | None = None) -> list[Record]:
        """The custom images of exactly that name; the filter of DescribeImages finds parts of names too."""
        filters = {"image-type": "PRIVATE_IMAGE", "image-name": image_name}
        found = self._all(_IMAGES, queries(_IMAGES.ids, (), filters), deadline)
        return [one for one in found if one.get("image_name") == image_name]

    def _all(self, kind: _Kind, asked: Sequence[Mapping[str, Any]], deadline: Deadline | None = None) -> list[Record]:
        found = [one for query in asked for one in self._known(kind, query, deadline)]
        return list({str(one.get(kind.key)): one for one in found}.values())

    def _known(self, kind: _Kind, query: Mapping[str, Any], deadline: Deadline | None) -> list[Record]:
        """What one query finds. Whether an unknown id refuses the others too no document says, so they are parted."""
        ids = query.get(kind.ids, [])
        try:
            return listed(self.client, CVM, kind.action, query, kind.result, deadline=deadline)
        except ApiError as error:
            if not ids or not error.code.endswith(".NotFound"):
                raise
        half = len(ids) // 2
        parts = (ids[:half], ids[half:]) if half else ()
        return [one for part in parts for one in self._known(kind, {**query, kind.ids: part}, deadline)]

    def _described(
        self, action: str, parameter: str, ids: Sequence[str], result: str, deadline: Deadline | None = None
    ) -> list[Record]:
        try:
            answer = self.client.read(CVM, action, {parameter: list(ids)}, deadline)
        except ApiError as error:
            # An id of the wrong form names nothing either; the rules say which it is.
            if error.code.endswith((".NotFound", ".Malformed")):
                return []
            raise
        found = answer.get(result)
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise BadAnswer(f"The answer has no {result}.", request_id=answer["RequestId"], action=action)
        return [record(one) for one in found]

    def reset_instance(self, parameters: ResetRequest, before_sending: BeforeSending | None = None) -> str:
        """Send ResetInstance once and return its RequestId; the instance is wiped from then on.

        Raises the error of that one call, and what it says about the reset is the caller's to judge; or, with nothing
        sent, what `before_sending` raises.
        """
        return str(self.client.write(CVM, "ResetInstance", parameters.as_wire(), before_sending)["RequestId"])

    def change_power(self, action: str, parameters: Mapping[str, Any]) -> str:
        """Send StartInstances, StopInstances or RebootInstances once and return the RequestId.

        Raises the error of that one call; what it says about the instances is the caller's to judge.
        """
        return str(self.client.write(CVM, action, parameters)["RequestId"])

    def create_image(self, parameters: Mapping[str, Any]) -> tuple[str, str]:
        """Send CreateImage once; returns ImageId and RequestId.

        Raises the error of that one call; BadAnswer when it was accepted without an ImageId.
        """
        answer = self.client.write(CVM, "CreateImage", parameters)
        if not answer.get("ImageId"):
            raise BadAnswer("The answer has no ImageId.", request_id=answer.get("RequestId"), action="CreateImage")
        return str(answer["ImageId"]), str(answer["RequestId"])

    def delete_image(self, image_id: str) -> str:
        """Send DeleteImages once for an image and return the RequestId. Raises the error of that one call."""
        return str(self.client.write(CVM, "DeleteImages", {"ImageIds": [image_id]})["RequestId"])

    def dry_run(self, action: str, parameters: Mapping[str, Any]) -> None:
        """Have the API judge CreateImage or DeleteImages without doing it (`DryRun`). Raises its refusal."""
        try:
            self.client.read(CVM, action, {**parameters, "DryRun": True})
        except ApiError as error:
            # How other products of the API say that it would have been done.
            if error.code != "DryRunOperation":
                raise
