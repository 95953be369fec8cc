# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The tag service (2018-08-13): one tag of one instance, by its key.

Setting a tag to a value can be repeated without harm, so lost answers are simply asked again.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.tencent.cloud.plugins.module_utils._backoff import Backoff, Deadline
from ansible_collections.tencent.cloud.plugins.module_utils._client import TAG, Client
from ansible_collections.tencent.cloud.plugins.module_utils._errors import ApiError, TencentCloudError
from ansible_collections.tencent.cloud.plugins.module_utils._listing import listed

_PAGE = 50

_CREATED_BEFORE = "ResourceInUse.TagDuplicate"
_NOT_CREATED_YET = "ResourceNotFound.TagNonExist"
_ATTACHED_BEFORE = "ResourceInUse.TagKeyAttached"
_NOT_ATTACHED = "ResourceNotFound.AttachedTagKeyNotFound"

LAG_RETRIES = 6
LAG_FIRST = 0.5
LAG_CAP = 4.0
"""How often, and after how many seconds, a pair that was just created is looked for again."""


class InstanceTag:
    """The tag with one key on one instance."""

    def __init__(self, client: Client, instance_id: str, key: str) -> None:
        self._client = client
        self._key = key
        self._resource = {
            "ServiceType": "cvm",
            "ResourcePrefix": "instance",
            "ResourceIds": [instance_id],
            "ResourceRegion": client.region,
        }

    def value(self, deadline: Deadline | None = None) -> str | None:
        """Its value, or none (DescribeResourceTagsByResourceIds)."""
        tags = listed(
            self._client,
            TAG,
            "DescribeResourceTagsByResourceIds",
            self._resource,
            "Tags",
            page=_PAGE,
            deadline=deadline,
        )
        return next((str(tag.get("tag_value") or "") for tag in tags if tag.get("tag_key") == self._key), None)

    def set(self, value: str, deadline: Deadline | None = None) -> None:
        """Give the instance this value, whether the key was there or not."""
        self.create(value, deadline)
        self.attach(value, deadline)

    def create(self, value: str, deadline: Deadline | None = None) -> None:
        """Create the pair of key and value, without which no resource can have it."""
        self._tolerating(_CREATED_BEFORE, "CreateTag", {"TagKey": self._key, "TagValue": value}, deadline)

    def attach(self, value: str, deadline: Deadline | None = None) -> None:
        """Give the instance a value that was created; with a deadline, nothing is tried again after it.

        An attached key is refused by some editions of AttachResourcesTag and overwritten by others.
        """
        pair = {**self._resource, "TagKey": self._key, "TagValue": value}
        pauses = Backoff(self._client.clock, first=LAG_FIRST, cap=LAG_CAP, deadline=deadline)
        failure = TencentCloudError(f"The tag {self._key} is neither attached nor absent.", action="AttachResourcesTag")
        for _attempt in range(LAG_RETRIES):
            try:
                if self._tolerating(_ATTACHED_BEFORE, "AttachResourcesTag", pair, deadline):
                    return
                if self._tolerating(_NOT_ATTACHED, "ModifyResourcesTagValue", pair, deadline):
                    return
            except ApiError as error:
                if error.code != _NOT_CREATED_YET:
                    raise
                failure = error
            if not pauses.pause():
                break
        raise failure

    def forget(self, value: str, deadline: Deadline) -> None:
        """Delete a pair that no resource has any more: a key can have a limited number of values."""
        self._client.read(TAG, "DeleteTag", {"TagKey": self._key, "TagValue": value}, deadline)

    def _tolerating(self, code: str, action: str, params: dict[str, Any], deadline: Deadline | None = None) -> bool:
        """Whether the call worked; false for the one code that is no failure here."""
        try:
            self._client.read(TAG, action, params, deadline)
        except ApiError as error:
            if error.code != code:
                raise
            return False
        return True
