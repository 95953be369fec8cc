# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""At most one reset for each key and instance: a write-ahead log in a tag of the instance.

Before the first send the log says `pending`, with who may send and until when; then `accepted`, with the RequestId;
then `done` or `failed`. A refusal for good becomes `rejected`. Whoever finds a `pending` that has expired must
first find out whether its owner's reset took place.

A run can be stopped at any moment, for any time: a suspended laptop, a paused virtual machine, a call that hangs. Why
there is one reset all the same:

- Who claims has read the log before, and written it within `WRITE_SECONDS` of that, as measured when the write was
  answered; a claim that took longer counts for nothing. It is trusted `READ_BACK_AFTER` later, when it has become
  visible, and so has any other that counts. So of several at most one is read back by its owner.
- Before each send the log is read again. Between signing the reset and sending it that look must be fresh, and the
  Timestamp must not be later than the claim's expiry. Whatever stops the run after that, while it connects say, the
  service accepts the request for `TIMESTAMP_VALID_SECONDS` after its Timestamp only.
- Who takes over waits for the expiry, for as long as a request signed by then is accepted, and for as long as a reset
  may not show; all by the service's time or by a clock that only stands still.
- What became of a reset is written soon after the log was read, and not over what says more (`says_more`).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from .._api.client import Client
from .._clock import Deadline
from .._engine.flow import Flow, call, sleep
from .._errors import HeldUp, TencentCloudError
from .idempotency_entry import (
    ACCEPTED,
    DONE,
    FAILED,
    NEXT_STATES,
    PENDING,
    REJECTED,
    Entry,
    KeyStatus,
    OnceError,
    says_more,
    status_for,
)
from .instance_log import RECORD_SECONDS, TAG_LAG, WRITE_SECONDS, InstanceLog, Moment

PENDING_SECONDS = 300
"""For how long the owner of a pending entry may send."""

SEND_SECONDS = 45
"""What must be left of it before a send."""

READ_BACK_AFTER = 2 * TAG_LAG + WRITE_SECONDS
"""Seconds from writing a claim to trusting it.

Whoever overwrites it read the log before it could be seen, so within TAG_LAG; wrote at most WRITE_SECONDS later; and is
seen at most TAG_LAG after that.
"""

TAKE_OVER_AFTER = 2 * WRITE_SECONDS + TAG_LAG
"""Seconds after the expiry of a claim for which a reset may still be signed.

None of its owner's; but the claim may be one that came too late, and has hidden the claim of another run. That run read
its own for the last time before, and the late one came while its Timestamp, at most WRITE_SECONDS older than the expiry
less PENDING_SECONDS, was accepted: before the expiry and WRITE_SECONDS. It is signed WRITE_SECONDS after that at most.
"""

_STATES_OF_ENDS = {"done": DONE, "failed": FAILED, "refused": REJECTED, "unchanged": REJECTED}

_RERUNS = {
    ACCEPTED: "be refused until the claim expires, and then recognize the reset by what the instance shows",
    DONE: "look for the end of the reset once more, and send nothing",
    FAILED: "look for the end of the reset once more, and send nothing",
    REJECTED: "be refused until the claim expires, and then wait until no reset can come any more",
}
"""What another run with the key would do when a state could not be written."""


class IdempotencyLog:
    """The log of one run for one instance.

    Args:
        warn: is told what could not be written after the reset was sent.
    """

    def __init__(self, client: Client, warn: Callable[[str], None], *, instance_id: str, key: str) -> None:
        self._log = InstanceLog(client, instance_id)
        self._client = client
        self._clock = client.clock
        self._warn = warn
        self._instance_id = instance_id
        self._key = key
        self._nonce = secrets.token_hex(6)
        self._found: Entry | None = None
        self._entry: Entry | None = None
        self._looked_at: Moment = self._log.now()
        self._superseded: list[Entry] = []

    def read(self) -> Flow[Entry | None]:
        """The entry of this instance, as it is when the run begins."""
        self._found = yield from call(self._log.read)
        return self._found

    def status_for(self, entry: Entry | None) -> KeyStatus:
        """What `entry` means to this run now."""
        return status_for(entry, self._key, self._client.server_time())

    # --- before the send

    def claim(self, baseline_id: str) -> Flow[bool]:
        """Make sure that this run alone may send a reset, and that the log knows its baseline.

        Returns whether that stood already. After a false, the baseline and this must be looked at again.

        Raises OnceError when another run may send, and TencentCloudError when the tag cannot be read or written.
        """
        stands = yield from call(lambda: self._stands_or_claims(baseline_id))
        if not stands:
            yield from self._become_visible()
        return stands

    def _stands_or_claims(self, baseline_id: str) -> bool:
        if self._entry is None or self._left_to_send(self._entry) < SEND_SECONDS:
            # Before the claim, so that no call within its time has to wait for new ones.
            self._client.keep_credentials(PENDING_SECONDS)
        looked_at = self._log.now()
        entry = self._log.read()
        if entry is not None and entry.nonce == self._nonce:
            if entry == self._entry and entry.baseline_id == baseline_id and self._left_to_send(entry) >= SEND_SECONDS:
                self._looked_at = looked_at
                return True
        elif self.status_for(entry) is not KeyStatus.FREE or self._is_overtaken_by(entry):
            raise self.refusal(entry)
        self._claim(baseline_id, entry, looked_at)
        return False

    def check(self, timestamp: int) -> None:
        """The last look before a reset that was signed at `timestamp` is sent.

        Raises HeldUp when `claim` was too long ago, or the claim would expire before the Timestamp.
        """
        self._log.fresh(self._looked_at)(timestamp)
        if self._entry is None or timestamp > self._entry.expires_at:
            raise HeldUp("The claim to the key expired before the reset could be sent.")

    def claim_expired(self, entry: Entry) -> Flow[float]:
        """Claim the key of an expired entry, whose baseline stays on record; raises as `claim` does.

        Returns for how many seconds its reset may still be sent; it can be less than 0.
        """
        yield from call(lambda: self._take_over(entry))
        yield from self._become_visible()
        found = yield from call(self._log.read)
        if found != self._entry:
            raise self.refusal(found)
        return entry.expires_at + TAKE_OVER_AFTER - self._client.server_time()

    def _take_over(self, entry: Entry) -> None:
        self._client.keep_credentials(PENDING_SECONDS)
        looked_at = self._log.now()
        found = self._log.read()
        if found != entry:
            raise self.refusal(found)
        self._claim(entry.baseline_id, entry, looked_at)

    def _become_visible(self) -> Flow[None]:
        """Wait until the claim can be trusted when it is read back."""
        yield from sleep(self._clock.monotonic() + READ_BACK_AFTER)

    def follow(self, entry: Entry) -> None:
        """Go on from an entry whose reset was accepted."""
        self._entry = entry

    def refusal(self, entry: Entry | None) -> OnceError:
        """Why `entry` forbids a send."""
        if entry is not None and entry.key == self._key and entry.state != PENDING:
            another = entry.state in NEXT_STATES
            return OnceError(
                f"The reset with the key {self._key!r} was made, and is {entry.state}. "
                f"{'Give another idempotency_key to reset the instance again.' if another else 'Run the task again.'}"
            )
        if entry is None or entry.key == self._key:
            left = max(0.0, entry.expires_at - self._client.server_time()) if entry else PENDING_SECONDS
            return OnceError(
                f"Another run with the key {self._key!r} may be sending the reset now. Its claim expires in "
                f"{left:.0f} seconds: run the task again after that."
            )
        if self._is_overtaken_by(entry):
            return OnceError(
                f"The instance was reset with the key {entry.key!r} since this run began. Run the task again to reset "
                f"it with {self._key!r} after that."
            )
        return OnceError(
            f"The reset with the key {entry.key!r} is {entry.state} on this instance. Run the task with that key until "
            "it has ended, and with this one after that."
        )

    def _is_overtaken_by(self, entry: Entry | None) -> bool:
        """Whether a reset with another key ended since this run began, whose own key may have been before it."""
        ended = entry is not None and entry.key != self._key and self.status_for(entry) is KeyStatus.FREE
        return ended and entry != self._found

    def _claim(self, baseline_id: str, replaced: Entry | None, looked_at: Moment) -> None:
        """Write a claim that was decided by a look at that moment.

        A slow claim may overwrite another one, so it counts for nothing, and is not taken back either.
        """
        self._entry = None
        entry = Entry(
            self._key, self._instance_id, PENDING, self._nonce, int(self._latest_time()) + PENDING_SECONDS, baseline_id
        )
        try:
            self._log.write(entry, looked_at, Deadline(self._clock, WRITE_SECONDS))
            self._log.fresh(looked_at)(0)
        except HeldUp:
            raise OnceError(
                f"Claiming the key took more than {WRITE_SECONDS:g} seconds, and another run may have come between. "
                f"Run the task again after {PENDING_SECONDS} seconds."
            ) from None
        self._keep(entry, replaced)

    def _left_to_send(self, entry: Entry) -> float:
        """Seconds for which its owner may send."""
        return entry.expires_at - self._latest_time()

    def _latest_time(self) -> float:
        """The service's time, or this machine's if it is ahead: requests carry this one, and are judged by that."""
        return max(self._client.server_time(), self._clock.wall())

    # --- after it: the reset is sent, and nothing here may hide that

    def accepted(self, request_id: str) -> Flow[None]:
        """Record that the reset was accepted."""
        entry = self._entry
        if entry and entry.state != ACCEPTED:
            yield from call(lambda: self._record(entry._replace(state=ACCEPTED, request_id=request_id)))

    def close(self, outcome: str) -> Flow[None]:
        """Record the end, where it is known."""
        state, entry = _STATES_OF_ENDS.get(outcome), self._entry
        if entry and state:
            yield from call(lambda: self._record(entry._replace(state=state), forget=True))

    def _record(self, entry: Entry, *, forget: bool = False) -> None:
        deadline = Deadline(self._clock, RECORD_SECONDS)
        try:
            found, written = self._log.change(lambda found: entry if says_more(entry, found) else None, deadline)
        except TencentCloudError as error:
            self._warn(
                f"The state {entry.state!r} of the key {self._key!r} could not be written: {error} "
                f"Another run with this key would {_RERUNS[entry.state]}."
            )
            self._entry = entry
        else:
            self._keep(entry, found if written else None)
        if forget:
            self._log.forget(self._superseded, deadline)

    def _keep(self, entry: Entry, replaced: Entry | None) -> None:
        if replaced is not None and replaced != entry:
            self._superseded.append(replaced)
        self._entry = entry
