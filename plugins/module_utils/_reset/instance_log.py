# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The log of policy `once` in its tag: read, and written only soon after it was read.

A tag cannot be compared and set in one step, and a run can be stopped between reading and writing: by a suspended
laptop, a paused virtual machine, a call that hangs. So a write is signed first, then its age is looked at, and only
then it is sent.
"""

from __future__ import annotations

from collections.abc import Callable

from .._api.client import BeforeSending, Client
from .._clock import Deadline
from .._errors import HeldUp, TencentCloudError
from .._services.tag import InstanceTag
from .idempotency_entry import TAG_KEY, Entry, entry_of

TAG_LAG = 5.0
"""Seconds after which a written tag is read everywhere."""

WRITE_SECONDS = 5.0
"""What the way from reading the log to writing it may take."""

RECORD_SECONDS = 30.0
"""For how long a change is tried to be written."""

Moment = tuple[float, float]
"""The clock that counts suspensions, and the service's time."""


class InstanceLog:
    """The log of one instance."""

    def __init__(self, client: Client, instance_id: str) -> None:
        self._client = client
        self._instance_id = instance_id
        self._tag = InstanceTag(client, instance_id, TAG_KEY)

    def read(self, deadline: Deadline | None = None) -> Entry | None:
        """The entry of this instance; one that was cloned from another instance is none."""
        return entry_of(self._tag.value(deadline), self._instance_id)

    def write(self, entry: Entry, looked_at: Moment, deadline: Deadline | None = None) -> None:
        """Write what was decided by a look that began at `looked_at`.

        Raises HeldUp, without sending anything, when that look has grown older than `WRITE_SECONDS`.
        """
        self._tag.set(entry.as_value(), deadline, self.fresh(looked_at))

    def change(
        self, decide: Callable[[Entry | None], Entry | None], deadline: Deadline
    ) -> tuple[Entry | None, Entry | None]:
        """Write what `decide` makes of the entry that is found, at once; both. It may make nothing of it, or raise.

        What was held up in between is looked at and decided anew, until the deadline.
        """
        while True:
            looked_at = self.now()
            found = self.read(deadline)
            entry = decide(found)
            if entry is None or entry == found:
                return found, entry
            try:
                self.write(entry, looked_at, deadline)
            except HeldUp:
                if deadline.expired:
                    raise
            else:
                return found, entry

    def forget(self, entries: list[Entry], deadline: Deadline) -> None:
        """Delete the values of entries that were replaced: a tag key can have a limited number of them.

        No run writes one again, since each has a state that follows the one before, and its owner's nonce. One that
        another instance has, as a clone, is not deleted by the service. Failing is harmless.
        """
        for entry in entries:
            try:
                self._tag.forget(entry.as_value(), deadline)
            except TencentCloudError:
                continue

    # --- how old a look is

    def now(self) -> Moment:
        """This moment."""
        return self._client.clock.boottime(), self._client.server_time()

    def age(self, moment: Moment) -> float:
        """Seconds since `moment`, by whichever clock says more.

        No clock of a virtual machine counts the time for which it was paused; but then the service's answers do.
        """
        return max(now - then for now, then in zip(self.now(), moment))

    def fresh(self, looked_at: Moment) -> BeforeSending:
        """A last look between signing and sending: raises HeldUp when `looked_at` is too long ago.

        What is held up after this look (while it connects, say) carries a Timestamp from before it, and the service
        accepts that for five minutes only.
        """

        def check(_timestamp: int) -> None:
            if self.age(looked_at) > WRITE_SECONDS:
                raise HeldUp(f"More than {WRITE_SECONDS:g} seconds went by since the log was read.")

        return check
