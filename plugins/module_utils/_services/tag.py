# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The tag service (2018-08-13): the tags of instances, and one tag of one instance.

Setting a tag to a value can be repeated without harm, so after a lost answer it is simply done again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._api.client import TAG, BeforeSending, Client
from .._api.paging import listed
from .._api.transform import Record
from .._clock import Deadline
from .._errors import ApiError

MOST_INSTANCES = 50
"""How many instances one call can name."""

UNKNOWN_INSTANCE = "InvalidParameterValue.ResourceIdInvalid"

_PAGE = 50

_ADVICE = {
    "FailedOperation.ResourceTagProcessing": "The instance's tags are being changed: run the task again in a moment.",
    "FailedOperation.PolicyEnforcedInvalid": "A tag policy of the account forbids this value. "
    "Allow the key {key} any value in the policy, or exempt it.",
    "FailedOperation.TagAttachedQuota": "The pair is bound to a tag quota. Unbind the key {key} from it.",
    "LimitExceeded.ResourceAttachedTags": "Take a tag from the instance: it has reached its limit.",
    "LimitExceeded.TagKey": "Delete tag keys that are not used: the account has as many as it may.",
    "LimitExceeded.TagValue": "Delete values of the key {key} that no resource has: it has reached its limit.",
}
"""What to do about an error of the tag service ("Error Codes", 651/33024; "Use Limits", 651/13354)."""


def tags_of(client: Client, instance_ids: Sequence[str], deadline: Deadline | None = None) -> dict[str, dict[str, str]]:
    """The tags of those of the instances that exist, at most `MOST_INSTANCES` of them: key to value, by instance.

    The service refuses the whole call for one instance that it does not know, and need not say whose a tag is. Then
    each half is asked for, down to a single one.
    """
    tags = _known_tags(client, instance_ids, deadline)
    if len(instance_ids) == 1:
        return {} if tags is None else {instance_ids[0]: _by_key(tags)}
    if tags is None or not {tag.get("resource_id") for tag in tags} <= set(instance_ids):
        half = len(instance_ids) // 2
        parts = (instance_ids[:half], instance_ids[half:])
        return {one: tags for part in parts for one, tags in tags_of(client, part, deadline).items()}
    return {one: _by_key(tag for tag in tags if tag["resource_id"] == one) for one in instance_ids}


def _known_tags(client: Client, instance_ids: Sequence[str], deadline: Deadline | None) -> list[Record] | None:
    """The tags of instances (DescribeResourceTagsByResourceIds); None if the service does not know one of them."""
    place = {"ServiceType": "cvm", "ResourcePrefix": "instance", "ResourceRegion": client.region}
    asked = {**place, "ResourceIds": list(instance_ids)}
    try:
        return listed(client, TAG, "DescribeResourceTagsByResourceIds", asked, "Tags", page=_PAGE, deadline=deadline)
    except ApiError as error:
        if error.code != UNKNOWN_INSTANCE:
            raise
        return None


def _by_key(tags: Iterable[Record]) -> dict[str, str]:
    return {str(tag.get("tag_key")): str(tag.get("tag_value") or "") for tag in tags}


class InstanceTag:
    """The tag with one key on one instance."""

    def __init__(self, client: Client, instance_id: str, key: str) -> None:
        self._client = client
        self._instance_id = instance_id
        self._key = key

    def set(self, value: str, deadline: Deadline | None = None, before_sending: BeforeSending | None = None) -> None:
        """Give the instance this value, whether it had the key or not, and whether the pair was there or not.

        ModifyResourceTags does that in one call, so the instance is never without the tag, and no edition of the
        service is known in which it refuses what is attached (AttachResourcesTag does in some). Terraform's provider
        writes the tags of instances so, and without the account in the description too.
        """
        resource = f"qcs::cvm:{self._client.region}:uin/:instance/{self._instance_id}"
        pair = {"TagKey": self._key, "TagValue": value}
        self._call("ModifyResourceTags", {"Resource": resource, "ReplaceTags": [pair]}, deadline, before_sending)

    def forget(self, value: str, deadline: Deadline) -> None:
        """Delete a pair that no resource has any more: a key can have a limited number of values.

        The service refuses to delete one that a resource has.
        """
        self._call("DeleteTag", {"TagKey": self._key, "TagValue": value}, deadline)

    def _call(
        self,
        action: str,
        params: Mapping[str, Any],
        deadline: Deadline | None,
        before_sending: BeforeSending | None = None,
    ) -> None:
        try:
            self._client.read(TAG, action, params, deadline, before_sending)
        except ApiError as error:
            advice = _ADVICE.get(error.code)
            if advice:
                error.message = f"{error.message} {advice.format(key=self._key)}"
            raise
