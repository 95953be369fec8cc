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
from typing import Any

from .._api.client import CVM, BeforeSending, Client
from .._api.paging import Listing, find
from .._api.transform import Record
from .._clock import Deadline
from .._errors import ApiError, BadAnswer

_SERVICES = {
    "security_service": "SecurityService",
    "monitor_service": "MonitorService",
    "automation_service": "AutomationService",
}


INSTANCES = Listing(CVM, "DescribeInstances", "InstanceIds", "InstanceSet", "instance_id")
IMAGES = Listing(CVM, "DescribeImages", "ImageIds", "ImageSet", "image_id")
KEY_PAIRS = Listing(CVM, "DescribeKeyPairs", "KeyIds", "KeyPairSet", "key_id")


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

    def instances(
        self,
        ids: Sequence[str] = (),
        filters: Mapping[str, Any] | None = None,
        deadline: Deadline | None = None,
    ) -> dict[str, Record]:
        """Instances by ids, or else by filters, or else all of the region; by their ids (DescribeInstances).

        Ids that name nothing are left out. Raises OptionError for filters that no call can have.
        """
        return find(self.client, INSTANCES, ids, filters, deadline)

    def images(
        self,
        ids: Sequence[str] = (),
        filters: Mapping[str, Any] | None = None,
        deadline: Deadline | None = None,
        instance_type: str | None = None,
    ) -> dict[str, Record]:
        """Images by ids, or else by filters, or else all that the region offers; by their ids (DescribeImages).

        Ids that name nothing are left out. Raises OptionError for filters that no call can have.

        Args:
            instance_type: only those that instances of this type can use.
        """
        typed = {"InstanceType": instance_type} if instance_type else {}
        return find(self.client, IMAGES, ids, filters, deadline, **typed)

    def key_pairs(
        self,
        ids: Sequence[str] = (),
        filters: Mapping[str, Any] | None = None,
        deadline: Deadline | None = None,
    ) -> dict[str, Record]:
        """Key pairs by ids, or else by filters, or else all; by their ids (DescribeKeyPairs).

        Ids that name nothing are left out. Raises OptionError for filters that no call can have.
        """
        return find(self.client, KEY_PAIRS, ids, filters, deadline)

    def own_images(self, image_name: str, deadline: Deadline | None = None) -> list[Record]:
        """The custom images of exactly that name; the filter of DescribeImages finds parts of names too."""
        filters = {"image-type": "PRIVATE_IMAGE", "image-name": image_name}
        found = self.images(filters=filters, deadline=deadline)
        return [one for one in found.values() if one.get("image_name") == image_name]

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
