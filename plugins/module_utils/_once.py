# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""At most one reset for each key and instance: a write-ahead log in a tag of the instance.

Before the first send the log says C(pending), with who may send and until when; then C(accepted), with the RequestId;
then C(done) or C(failed). A refusal for good becomes C(rejected). Whoever finds a C(pending) that has expired must
first find out whether its owner's reset took place.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress

from ansible_collections.tencent.cloud.plugins.module_utils._backoff import Clock, Deadline
from ansible_collections.tencent.cloud.plugins.module_utils._errors import TencentCloudError
from ansible_collections.tencent.cloud.plugins.module_utils._once_entry import (
    ACCEPTED,
    DONE,
    FAILED,
    PENDING,
    REJECTED,
    SEQUELS,
    Entry,
    OnceError,
    Standing,
    entry_of,
    standing,
)
from ansible_collections.tencent.cloud.plugins.module_utils._tag import InstanceTag

PENDING_SECONDS = 300
"""For how long the owner of a pending entry may send."""

SEND_SECONDS = 45
"""What must be left of it before a send."""

TAG_LAG = 5.0
"""Seconds after which a written tag is read everywhere."""

CLAIM_SECONDS = 5.0
"""What the way from reading the log to writing it may take."""

RECORD_SECONDS = 30.0
"""For how long a record is tried to be written once the reset is sent: nothing may hold up the look at it for long."""

READ_BACK_AFTER = 2 * TAG_LAG + CLAIM_SECONDS
"""Seconds from writing a claim to trusting it.

Whoever overwrites it read the log before it could be seen, so within TAG_LAG; wrote at most CLAIM_SECONDS later; and is
seen at most TAG_LAG after that.
"""

_STATES_OF_ENDS = {"done": DONE, "failed": FAILED, "refused": REJECTED, "unchanged": REJECTED}

_RERUNS = {
    ACCEPTED: "be refused until the claim expires, and then recognize the reset by what the instance shows",
    DONE: "look for the end of the reset once more, and send nothing",
    FAILED: "look for the end of the reset once more, and send nothing",
    REJECTED: "be refused until the claim expires, and then wait until no reset can come any more",
}
"""What another run with the key would do when a state could not be written."""


class Log:
    """The log of one run for one instance.

    Args:
        server_time: the service's clock, seconds since the epoch.
        warn: is told what could not be written after the reset was sent.
    """

    def __init__(
        self,
        tag: InstanceTag,
        clock: Clock,
        server_time: Callable[[], float],
        warn: Callable[[str], None],
        *,
        instance_id: str,
        key: str,
    ) -> None:
        self._tag = tag
        self._clock = clock
        self._server_time = server_time
        self._warn = warn
        self._instance_id = instance_id
        self._key = key
        self._nonce = secrets.token_hex(6)
        self._entry: Entry | None = None
        self._superseded: list[str] = []

    def read(self, deadline: Deadline | None = None) -> Entry | None:
        """The entry of this instance; one that was cloned from another instance is none."""
        value = self._tag.value(deadline)
        return entry_of(value, self._instance_id)

    def standing(self, entry: Entry | None) -> Standing:
        """What C(entry) means to this run now."""
        return standing(entry, self._key, self._server_time())

    # --- before the send

    def secure(self, baseline_id: str) -> bool:
        """Make sure that this run alone may send a reset, and that the log knows its baseline.

        Returns whether that stood already. After a false, the baseline and this must be looked at again.

        Raises OnceError when another run may send, and TencentCloudError when the tag cannot be read or written.
        """
        began = self._clock.monotonic()
        entry = self.read()
        if entry is not None and entry.nonce == self._nonce:
            if entry == self._entry and entry.baseline_id == baseline_id and self._seconds_left(entry) >= SEND_SECONDS:
                return True
        elif self.standing(entry) is not Standing.FREE:
            raise self.refusal(entry)
        self._claim(baseline_id, entry, began)
        return False

    def take_over(self, entry: Entry) -> None:
        """Claim the key of an expired entry, whose baseline stays on record. Raises as C(secure) does."""
        self._claim(entry.baseline_id, entry, self._clock.monotonic())
        found = self.read()
        if found != self._entry:
            raise self.refusal(found)

    def follow(self, entry: Entry) -> None:
        """Go on from an entry whose reset was accepted."""
        self._entry = entry

    def refusal(self, entry: Entry | None) -> OnceError:
        """Why C(entry) forbids a send."""
        if entry is not None and entry.key == self._key and entry.state in SEQUELS:
            return OnceError(
                f"The reset with the key {self._key!r} was made, and is {entry.state}. Give another "
                "idempotency_key to reset the instance again."
            )
        if entry is None or entry.key == self._key:
            left = max(0.0, self._seconds_left(entry)) if entry else PENDING_SECONDS
            return OnceError(
                f"Another run with the key {self._key!r} may be sending the reset now. Its claim expires in "
                f"{left:.0f} seconds: run the task again after that."
            )
        return OnceError(
            f"The reset with the key {entry.key!r} is {entry.state} on this instance. Run the task with that key until "
            "it has ended, and with this one after that."
        )

    def _claim(self, baseline_id: str, replaced: Entry | None, began: float) -> None:
        expires_at = int(self._server_time()) + PENDING_SECONDS
        entry = Entry(self._key, self._instance_id, PENDING, self._nonce, expires_at, baseline_id)
        self._tag.create(entry.as_value())
        self._check_pace(began)
        self._tag.attach(entry.as_value(), Deadline(self._clock, CLAIM_SECONDS))
        self._check_pace(began)
        self._keep(entry, replaced)
        self._clock.sleep(READ_BACK_AFTER)

    def _check_pace(self, began: float) -> None:
        """A slow claim may overwrite another one, so it counts for nothing, and is not taken back either."""
        if self._clock.monotonic() - began > CLAIM_SECONDS:
            self._entry = None
            raise OnceError(
                f"Claiming the key took more than {CLAIM_SECONDS:g} seconds, and another run may have come between. "
                f"Run the task again after {PENDING_SECONDS} seconds."
            )

    def _seconds_left(self, entry: Entry) -> float:
        return entry.expires_at - self._server_time()

    # --- after it: the reset is sent, and nothing here may hide that

    def accepted(self, request_id: str) -> None:
        """Record that the reset was accepted."""
        if self._entry and self._entry.state != ACCEPTED:
            self._record(
                self._entry._replace(state=ACCEPTED, request_id=request_id),
                _RERUNS[ACCEPTED],
                Deadline(self._clock, RECORD_SECONDS),
            )

    def close(self, outcome: str) -> None:
        """Record the end, where it is known and the log still speaks of this run's reset."""
        state = _STATES_OF_ENDS.get(outcome)
        if self._entry is None or state is None:
            return
        deadline = Deadline(self._clock, RECORD_SECONDS)
        try:
            found = self.read(deadline)
        except TencentCloudError:
            found = self._entry
        if self._is_ours_to_close(found):
            self._record(self._entry._replace(state=state), _RERUNS[state], deadline)
            self._clean_up(deadline)

    def _is_ours_to_close(self, found: Entry | None) -> bool:
        """Whether the end may be written over C(found).

        After an accepted reset, a pending entry of anybody else can only be a claim that came too late and is given up;
        to leave it would forget the reset.
        """
        if self._entry is None or found is None:
            return False
        if self._entry.state == PENDING:
            return (found.key, found.nonce) == (self._entry.key, self._entry.nonce)
        return found.key == self._entry.key or found.state == PENDING

    def _record(self, entry: Entry, rerun: str, deadline: Deadline) -> None:
        try:
            self._write(entry, self._entry, deadline)
        except TencentCloudError as error:
            self._warn(
                f"The state {entry.state!r} of the key {self._key!r} could not be written: {error} "
                f"Another run with this key would {rerun}."
            )

    def _write(self, entry: Entry, replaced: Entry | None, deadline: Deadline) -> None:
        self._tag.set(entry.as_value(), deadline)
        self._keep(entry, replaced)

    def _keep(self, entry: Entry, replaced: Entry | None) -> None:
        if replaced is not None and replaced != entry:
            self._superseded.append(replaced.as_value())
        self._entry = entry

    def _clean_up(self, deadline: Deadline) -> None:
        """Delete what the log has outgrown: a tag key can have a limited number of values. Failing is harmless."""
        for value in self._superseded:
            with suppress(TencentCloudError):
                self._tag.forget(value, deadline)
