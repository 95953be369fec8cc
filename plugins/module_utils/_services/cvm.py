# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Cloud Virtual Machine (2017-03-12): typed calls, no policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._api.client import CVM, BeforeSending, Client
from .._api.paging import Listing, find
from .._api.transform import Record
from .._clock import Deadline
from .._errors import ApiError, BadAnswer

INSTANCES = Listing(CVM, "DescribeInstances", "InstanceIds", "InstanceSet", "instance_id")
IMAGES = Listing(CVM, "DescribeImages", "ImageIds", "ImageSet", "image_id")
KEY_PAIRS = Listing(CVM, "DescribeKeyPairs", "KeyIds", "KeyPairSet", "key_id")


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
        """Instances by ids, or else by filters, or else all of the region; keyed by id (DescribeInstances).

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
        """Images by ids, or else by filters, or else all that the region offers; keyed by id (DescribeImages).

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
        """Key pairs by ids, or else by filters, or else all; keyed by id (DescribeKeyPairs).

        Ids that name nothing are left out. Raises OptionError for filters that no call can have.
        """
        return find(self.client, KEY_PAIRS, ids, filters, deadline)

    def own_images(self, image_name: str, deadline: Deadline | None = None) -> list[Record]:
        """The custom images of exactly that name; the filter of DescribeImages finds parts of names too."""
        filters = {"image-type": "PRIVATE_IMAGE", "image-name": image_name}
        found = self.images(filters=filters, deadline=deadline)
        return [one for one in found.values() if one.get("image_name") == image_name]

    def reset_instance(self, parameters: Mapping[str, Any], before_sending: BeforeSending | None = None) -> str:
        """Send ResetInstance once and return its RequestId; the instance is wiped from then on.

        Raises the error of that one call, and what it says about the reset is the caller's to judge; or, with nothing
        sent, what `before_sending` raises.
        """
        return str(self.client.write(CVM, "ResetInstance", parameters, before_sending)["RequestId"])

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
