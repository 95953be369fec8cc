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

from collections.abc import Callable, Mapping

from .._api.client import BeforeSending, Client
from .._clock import Deadline
from .._engine.flow import Flow, call, sleep
from .._errors import HeldUp, TencentCloudError
from .._services.tag import UNKNOWN_INSTANCE, InstanceTag, tags_of
from .idempotency_entry import Entry, find_entry, tag_key_of

TAG_LAG = 5.0
"""Seconds after which a written tag is read everywhere."""

WRITE_SECONDS = 5.0
"""Seconds that may pass between reading the log and writing it."""

RECORD_SECONDS = 30.0
"""Seconds for which writing a change is tried."""

Moment = tuple[float, float]
"""The clock that counts suspensions, and the service's time."""


class InstanceLog:
    """The log of one instance."""

    def __init__(self, client: Client, instance_id: str) -> None:
        self._client = client
        self._instance_id = instance_id
        self._tag = InstanceTag(client, instance_id, tag_key_of(instance_id))
        self._found: Entry | None = None
        self._outdated: list[tuple[InstanceTag, str]] = []
        self._outdated_at = 0.0

    def read(self, deadline: Deadline | None = None) -> Entry | None:
        """The entry of this instance; one that was cloned from another instance does not count."""
        return self.entry_in(tags_of(self._client, [self._instance_id], deadline).get(self._instance_id))

    def entry_in(self, tags: Mapping[str, str] | None) -> Entry | None:
        """The same, from tags that were read just now. What is written next goes where this entry is.

        Args:
            tags: None if the service does not know the instance.
        """
        if tags is None:
            unknown = f"The tag service does not know the instance {self._instance_id}."
            raise TencentCloudError(unknown, code=UNKNOWN_INSTANCE)
        tag_key, self._found = find_entry(tags, self._instance_id)
        self._tag = InstanceTag(self._client, self._instance_id, tag_key)
        return self._found

    def write(self, entry: Entry, looked_at: Moment, deadline: Deadline | None = None) -> None:
        """Write what was decided by a look that began at `looked_at`.

        Raises HeldUp, without sending anything, when that look has grown older than `WRITE_SECONDS`.
        """
        self._tag.set(entry.as_value(), deadline, self.fresh(looked_at))
        if self._found not in (None, entry):
            self.outdate(self._found)

    def change(
        self, decide: Callable[[Entry | None], Entry | None], deadline: Deadline
    ) -> tuple[Entry | None, Entry | None]:
        """Write at once what `decide` makes of the entry found; returns both. It may return None, or raise.

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

    # --- values that are given back

    def outdate(self, entry: Entry | None) -> None:
        """Note that the instance does not have the value of an entry any more.

        No run writes it again, since each has a state that follows the one before, and its owner's nonce; a copy of the
        call that wrote it, which comes late, creates it anew.
        """
        if entry is not None:
            self._outdated.append((self._tag, entry.as_value()))
            self._outdated_at = self._client.clock.monotonic()

    def give_back(self) -> Flow[None]:
        """Delete the values that are not needed any more: a tag key can have a limited number of them.

        Until a late read cannot show one any more, that is waited for: no document says that it still shows what is
        deleted, and a log that seems empty is an invitation to reset. One that another instance has, as a clone, is
        not deleted by the service. Failing is harmless.
        """
        if self._outdated:
            yield from sleep(self._outdated_at + TAG_LAG)
            yield from call(self._delete_outdated)

    def _delete_outdated(self) -> None:
        deadline = Deadline(self._client.clock, RECORD_SECONDS)
        while self._outdated:
            tag, value = self._outdated.pop()
            try:
                tag.forget(value, deadline)
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

    def is_fresh(self, looked_at: Moment) -> bool:
        """Whether a write may still rest on a look that began at that moment."""
        return self.age(looked_at) <= WRITE_SECONDS

    def fresh(self, looked_at: Moment) -> BeforeSending:
        """A last look between signing and sending: raises HeldUp when `looked_at` is too long ago.

        What is held up after this look (for example while it connects) carries a Timestamp from before it, and the
        service accepts that for five minutes only.
        """

        def check(_timestamp: int) -> None:
            if not self.is_fresh(looked_at):
                raise HeldUp(f"More than {WRITE_SECONDS:g} seconds have passed since the log was read.")

        return check
