# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Cloud Block Storage (2017-03-12): typed calls, no policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._api.client import CBS, Client
from .._api.paging import listed, queries
from .._api.transform import Record
from .._clock import Deadline
from .._errors import ApiError, BadAnswer


class Cbs:
    """The calls of the service, by one client."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def disk(self, disk_id: str, deadline: Deadline | None = None) -> Record | None:
        """One disk, or none (DescribeDisks)."""
        return self._one("DescribeDisks", "DiskIds", disk_id, "DiskSet", "disk_id", deadline)

    def snapshot(self, snapshot_id: str, deadline: Deadline | None = None) -> Record | None:
        """One snapshot, or none (DescribeSnapshots)."""
        return self._one("DescribeSnapshots", "SnapshotIds", snapshot_id, "SnapshotSet", "snapshot_id", deadline)

    def snapshots(self, filters: Mapping[str, Any], deadline: Deadline | None = None) -> list[Record]:
        """The snapshots that fit the filters; each once (DescribeSnapshots)."""
        found = [
            one
            for query in queries("SnapshotIds", (), filters)
            for one in listed(self.client, CBS, "DescribeSnapshots", query, "SnapshotSet", deadline=deadline)
        ]
        return list({str(one.get("snapshot_id")): one for one in found}.values())

    def create_snapshot(self, parameters: Mapping[str, Any]) -> tuple[str, str]:
        """Send CreateSnapshot once; returns SnapshotId and RequestId.

        Raises the error of that one call; BadAnswer when it was accepted without a SnapshotId, which may be null.
        """
        answer = self.client.write(CBS, "CreateSnapshot", parameters)
        if not answer.get("SnapshotId"):
            raise BadAnswer(
                "The answer has no SnapshotId.", request_id=answer.get("RequestId"), action="CreateSnapshot"
            )
        return str(answer["SnapshotId"]), str(answer["RequestId"])

    def apply_snapshot(self, parameters: Mapping[str, Any]) -> str:
        """Send ApplySnapshot once and return its RequestId: what is on the disk is replaced from then on.

        Raises the error of that one call.
        """
        return str(self.client.write(CBS, "ApplySnapshot", parameters)["RequestId"])

    def delete_snapshot(self, snapshot_id: str) -> str:
        """Send DeleteSnapshots once for a snapshot and return the RequestId. Raises the error of that one call."""
        return str(self.client.write(CBS, "DeleteSnapshots", {"SnapshotIds": [snapshot_id]})["RequestId"])

    def _one(
        self, action: str, parameter: str, wanted: str, result: str, key: str, deadline: Deadline | None
    ) -> Record | None:
        try:
            found = listed(self.client, CBS, action, {parameter: [wanted]}, result, deadline=deadline)
        except ApiError as error:
            if error.code.endswith(".NotFound"):
                return None
            raise
        return next((one for one in found if one.get(key) == wanted), None)
