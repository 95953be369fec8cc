# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An instance in time: what it is, and what it was a while ago."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..timelines import Timeline

Record = dict[str, Any]
Tags = Mapping[str, str]

OPERATION_FIELDS = (
    "LatestOperation",
    "LatestOperationState",
    "LatestOperationRequestId",
    "LatestOperationErrorMsg",
)


@dataclass
class Instance:
    """One instance: its record and, with a lag of their own, its tags.

    ``ends`` is when the running operation ends (None: no operation runs), ``before`` the record that the latest
    operation found, ``rolling_back`` whether a disk of it is being rolled back. After an operation has ended with
    SUCCESS, InstanceState is on its way for ``settling_seconds``, and others are refused as busy for ``busy_seconds``.
    """

    records: Timeline[Record]
    tags: Timeline[Tags]
    attributes: dict[str, Any]
    ends: float | None = None
    before: Record = field(default_factory=dict)
    rolling_back: bool = False
    settling_seconds: float = 0.0
    busy_seconds: float = 0.0

    @property
    def record(self) -> Record:
        """The real state."""
        return tagged(self.records.latest, self.tags.latest)

    @property
    def region(self) -> str:
        """The region that shows this instance."""
        return str(self.attributes["region"])

    def change(self, at: float, **changes: Any) -> None:
        """Change fields of the real state at a moment."""
        self.records.add(at, {**self.record, **changes})

    def tag(self, at: float, key: str, value: str | None) -> None:
        """Give the instance a tag at a moment, whatever value the key had; None takes the key away."""
        others = {name: item for name, item in self.tags.latest.items() if name != key or value is not None}
        self.tags.add(at, others if value is None else {**others, key: value})

    def seen(self, now: float) -> Record:
        """The record that readers see at ``now``."""
        return tagged(self.records.seen(now), self.tags.seen(now))


def tags_of(record: Record) -> Tags:
    """The tags of a record as key to value."""
    return {tag["Key"]: tag["Value"] for tag in record.get("Tags") or []}


def tagged(record: Record, tags: Tags) -> Record:
    """A record with these tags, each under both spellings that real records have."""
    pairs = [{"Key": key, "Value": value, "tagKey": key, "tagValue": value} for key, value in tags.items()]
    return {**record, "Tags": pairs}
