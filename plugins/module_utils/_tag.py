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

from ansible_collections.tencent.cloud.plugins.module_utils._backoff import Backoff
from ansible_collections.tencent.cloud.plugins.module_utils._client import TAG, Client
from ansible_collections.tencent.cloud.plugins.module_utils._errors import ApiError
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

    def value(self) -> str | None:
        """Its value, or none (DescribeResourceTagsByResourceIds)."""
        tags = listed(self._client, TAG, "DescribeResourceTagsByResourceIds", self._resource, "Tags", page=_PAGE)
        return next((str(tag.get("tag_value") or "") for tag in tags if tag.get("tag_key") == self._key), None)

    def set(self, value: str) -> None:
        """Create the pair and give it to the instance, whether the key was there or not.

        An attached key is refused by some editions of AttachResourcesTag and overwritten by others.
        """
        self._tolerating(_CREATED_BEFORE, "CreateTag", {"TagKey": self._key, "TagValue": value})
        pair = {**self._resource, "TagKey": self._key, "TagValue": value}
        pauses = Backoff(self._client.clock, first=LAG_FIRST, cap=LAG_CAP)
        for attempt in range(LAG_RETRIES + 1):
            try:
                if self._tolerating(_ATTACHED_BEFORE, "AttachResourcesTag", pair):
                    return
                if self._tolerating(_NOT_ATTACHED, "ModifyResourcesTagValue", pair):
                    return
            except ApiError as error:
                if error.code != _NOT_CREATED_YET or attempt == LAG_RETRIES:
                    raise
            pauses.pause()

    def forget(self, value: str) -> None:
        """Delete a pair that no resource has any more: a key can have a limited number of values."""
        self._client.read(TAG, "DeleteTag", {"TagKey": self._key, "TagValue": value})

    def _tolerating(self, code: str, action: str, params: dict[str, Any]) -> bool:
        """Whether the call worked; false for the one code that is no failure here."""
        try:
            self._client.read(TAG, action, params)
        except ApiError as error:
            if error.code != code:
                raise
            return False
        return True
