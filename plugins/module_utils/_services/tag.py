# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The tag service (2018-08-13): one tag of one instance, by its key.

Setting a tag to a value can be repeated without harm, so lost answers are simply asked again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._api.client import TAG, BeforeSending, Client
from .._api.paging import listed
from .._clock import Deadline
from .._errors import ApiError

_PAGE = 50

_ADVICE = {
    "FailedOperation.ResourceTagProcessing": "The instance's tags are being changed: run the task again in a moment.",
    "FailedOperation.PolicyEnforcedInvalid": "A tag policy of the account forbids this value. "
    "Allow the key {key} any value in the policy, or exempt it.",
    "FailedOperation.TagAttachedQuota": "The pair is bound to a tag quota. Unbind the key {key} from it.",
    "LimitExceeded.ResourceAttachedTags": "Take a tag from the instance: it has as many as it may.",
    "LimitExceeded.TagKey": "Delete tag keys that are not used: the account has as many as it may.",
    "LimitExceeded.TagValue": "Delete values of the key {key} that no resource has: it has as many as it may.",
}
"""What to do about an error of the tag service ("Error Codes", 651/33024; "Use Limits", 651/13354)."""


class InstanceTag:
    """The tag with one key on one instance."""

    def __init__(self, client: Client, instance_id: str, key: str) -> None:
        self._client = client
        self._instance_id = instance_id
        self._key = key

    def value(self, deadline: Deadline | None = None) -> str | None:
        """Its value, or none (DescribeResourceTagsByResourceIds)."""
        tags = listed(
            self._client,
            TAG,
            "DescribeResourceTagsByResourceIds",
            {
                "ServiceType": "cvm",
                "ResourcePrefix": "instance",
                "ResourceIds": [self._instance_id],
                "ResourceRegion": self._client.region,
            },
            "Tags",
            page=_PAGE,
            deadline=deadline,
        )
        return next((str(tag.get("tag_value") or "") for tag in tags if tag.get("tag_key") == self._key), None)

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
