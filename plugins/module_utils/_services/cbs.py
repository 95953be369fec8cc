# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Cloud Block Storage (2017-03-12): typed calls, no policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._api.client import CBS, Client
from .._api.paging import Listing, find
from .._api.transform import Record
from .._clock import Deadline
from .._errors import BadAnswer

DISKS = Listing(CBS, "DescribeDisks", "DiskIds", "DiskSet", "disk_id")
SNAPSHOTS = Listing(CBS, "DescribeSnapshots", "SnapshotIds", "SnapshotSet", "snapshot_id")


class Cbs:
    """The calls of the service, by one client."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def disks(self, ids: Sequence[str], deadline: Deadline | None = None) -> dict[str, Record]:
        """Disks by ids, keyed by id (DescribeDisks). Ids that name nothing are left out."""
        return find(self.client, DISKS, ids, None, deadline)

    def snapshots(
        self,
        ids: Sequence[str] = (),
        filters: Mapping[str, Any] | None = None,
        deadline: Deadline | None = None,
    ) -> dict[str, Record]:
        """Snapshots by ids, or else by filters; keyed by id (DescribeSnapshots). Ids that name nothing are left out.

        Raises OptionError for filters that no call can have.
        """
        return find(self.client, SNAPSHOTS, ids, filters, deadline)

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
