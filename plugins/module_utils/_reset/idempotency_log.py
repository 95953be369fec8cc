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

- Whoever claims has read the log before, and written it within `WRITE_SECONDS` of that, as measured when the write was
  answered; a claim that took longer counts for nothing, and its run begins anew when anybody may take it over. It is
  trusted `READ_BACK_AFTER` later, when it has become visible, and so has any other that counts. So of several at most
  one is read back by its owner.
- Before each send the log is read again. Between signing the reset and sending it that look must be fresh, and the
  Timestamp must not be later than the claim's expiry. Whatever stops the run after that, for example while it connects,
  the service accepts the request for `TIMESTAMP_VALID_SECONDS` after its Timestamp only.
- Whoever takes over waits for the expiry, for as long as a request signed by then is accepted, and for as long as a
  reset may not show; all by the service's time or by a clock that only stands still.
- What became of a reset is written soon after the log was read, and not over what says more (`says_more`).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from .._api.client import Client
from .._clock import Deadline
from .._engine.flow import Flow, call, read, sleep
from .._engine.poll import Poll, TimedOut
from .._errors import BadAnswer, HeldUp, NoAnswer, TencentCloudError
from .idempotency_entry import (
    ACCEPTED,
    DONE,
    FAILED,
    PENDING,
    PENDING_SECONDS,
    REJECTED,
    Entry,
    KeyStatus,
    OnceError,
    TryLater,
    is_overtaken,
    refusal,
    status_for,
)
from .idempotency_record import record
from .instance_log import TAG_LAG, WRITE_SECONDS, InstanceLog, Moment

SEND_SECONDS = 45
"""Seconds that must be left of a claim before a send."""

READ_BACK_AFTER = 2 * TAG_LAG + WRITE_SECONDS
"""Seconds from writing a claim to trusting it.

Whoever overwrites it read the log before it could be seen, so within TAG_LAG; wrote at most WRITE_SECONDS later; and is
seen at most TAG_LAG after that.
"""

TAKE_OVER_AFTER = 2 * WRITE_SECONDS + TAG_LAG
"""Seconds after the expiry of a claim for which a reset may still be signed.

Not one of its owner's; but the claim may have come too late, and hidden the claim of another run. That run read
its own for the last time before, and the late one came while its Timestamp, at most WRITE_SECONDS older than the expiry
less PENDING_SECONDS, was accepted: before the expiry and WRITE_SECONDS. It is signed WRITE_SECONDS after that at most.
"""

MOST_SLOW_CLAIMS = 4
"""How many slow claims a run makes before it gives up."""

_STATES_OF_ENDS = {"done": DONE, "failed": FAILED, "refused": REJECTED, "unchanged": REJECTED}
_OF_OTHERS = (KeyStatus.BUSY, KeyStatus.OTHER)


class IdempotencyLog:
    """The log of one run for one instance.

    Args:
        warn: called with what could not be written after the reset was sent.

    Attributes:
        found: the entry as it was read last before a claim.
    """

    def __init__(self, client: Client, warn: Callable[[str], None], *, instance_id: str, key: str) -> None:
        self._log = InstanceLog(client, instance_id)
        self._client = client
        self._clock = client.clock
        self._warn = warn
        self._instance_id = instance_id
        self._key = key
        self._nonce = secrets.token_hex(6)
        self.found: Entry | None = None
        self._is_read = False
        self._begun_with: Entry | None = None
        self._entry: Entry | None = None
        self._looked_at: Moment = self._log.now()
        self._slow_claims = 0

    def read(self) -> Flow[Entry | None]:
        """The entry of this instance, as it is when the run begins or is tried again."""
        self.found = self._log.entry_in((yield from read("instance_tags", self._instance_id)))
        if not self._is_read:
            self._is_read, self._begun_with = True, self.found
        return self.found

    def status_for(self, entry: Entry | None) -> KeyStatus:
        """What `entry` means to this run now."""
        return status_for(entry, self._key, self._client.server_time())

    def refusal(self, entry: Entry | None) -> OnceError:
        """Why `entry` forbids a send."""
        return refusal(entry, self._key, self._client.server_time(), self._begun_with)

    def wait(self, forbidden: TryLater, poll: Poll) -> Flow[OnceError | None]:
        """Wait until the reset may be tried again; at the end of the looks, why it may not."""
        yield from self._log.give_back()
        if forbidden.at is not None:
            yield from sleep(forbidden.at)
            return None
        why: OnceError = forbidden
        try:
            while True:
                look = yield from poll.look("instance_tags", self._instance_id)
                if look is not None:
                    self.found = self._log.entry_in(look.found)
                    if self.status_for(self.found) not in _OF_OTHERS:
                        return None
                    why = self.refusal(self.found)
        except TimedOut:
            return why

    # --- before the send

    def claim(self, baseline_id: str) -> Flow[bool]:
        """Make sure that this run alone may send a reset, and that the log knows its baseline.

        Returns whether that was so already. After False, the baseline and this must be looked at again.

        Raises OnceError when another run may send, and TencentCloudError when the tag cannot be read or written.
        """
        stands = yield from call(lambda: self._stands_or_claims(baseline_id))
        if not stands and self._entry:
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
        elif self.status_for(entry) is not KeyStatus.FREE or is_overtaken(entry, self._key, self._begun_with):
            raise self._lost_to(entry)
        self._claim(baseline_id, looked_at)
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
            raise self._lost_to(found)
        return entry.expires_at + TAKE_OVER_AFTER - self._client.server_time()

    def _take_over(self, entry: Entry) -> None:
        self._replace(entry)
        if self._entry is None:
            raise self._slow_claim(0.0)

    def keep(self) -> Flow[None]:
        """Renew the claim in time, so that no waiting run takes it over while this one finds out what became of the one
        before; raises as `claim` does. What fails before anything is written is left to the next time."""
        entry = self._entry
        if entry is None or self._left_to_send(entry) > PENDING_SECONDS / 2:
            return
        try:
            yield from call(lambda: self._replace(entry))
        except TencentCloudError as error:
            if isinstance(error, OnceError) or self._entry is None:
                raise
        else:
            self._entry = self._entry or entry
            yield from self._become_visible()

    def _replace(self, entry: Entry) -> None:
        """Claim over an entry and with its baseline, unless that was held up. Raises OnceError if it is not there."""
        self._client.keep_credentials(PENDING_SECONDS)
        looked_at = self._log.now()
        found = self._log.read()
        if found != entry:
            raise self._lost_to(found)
        self._claim(entry.baseline_id, looked_at)

    def _lost_to(self, entry: Entry | None) -> OnceError:
        """Why another entry than the claim of this run, if it made one, forbids a send."""
        self._log.outdate(self._entry)
        self._entry = None
        return self.refusal(entry)

    def _become_visible(self) -> Flow[None]:
        """Wait until the claim can be trusted when it is read back."""
        visible_at = self._clock.monotonic() + READ_BACK_AFTER
        yield from self._log.give_back()
        yield from sleep(visible_at)

    def _claim(self, baseline_id: str, looked_at: Moment) -> None:
        """Write a claim that was decided by a look at that moment; none is made if it was held up before that.

        Raises TryLater when it was written slowly, or may have been: it counts for nothing then, is not taken back
        either, and may hide the claim of another run. So it is left as if by a run that was interrupted, and its nonce
        with it, and can be taken over when it has expired and cannot come any more.
        """
        # A claim of a run that is told to end would only keep others waiting.
        self._clock.check()
        self._entry = None
        entry = Entry(
            self._key, self._instance_id, PENDING, self._nonce, int(self._latest_time()) + PENDING_SECONDS, baseline_id
        )
        try:
            self._log.write(entry, looked_at, Deadline(self._clock, WRITE_SECONDS))
        except HeldUp:
            return
        except (NoAnswer, BadAnswer):
            pass
        else:
            if self._log.is_fresh(looked_at):
                self._entry = entry
                return
        self._nonce = secrets.token_hex(6)
        raise self._slow_claim(entry.expires_at + WRITE_SECONDS + TAG_LAG - self._client.server_time())

    def _slow_claim(self, seconds: float) -> OnceError:
        """Why a claim was given up, for so many seconds or for good."""
        self._slow_claims += 1
        why = (
            f"Claiming the key took more than {WRITE_SECONDS:g} seconds, and another run may have intervened. "
            f"Run the task again after {PENDING_SECONDS} seconds."
        )
        if self._slow_claims >= MOST_SLOW_CLAIMS:
            return OnceError(why)
        return TryLater(why, self._clock.monotonic() + seconds)

    def _left_to_send(self, entry: Entry) -> float:
        """Seconds for which its owner may send."""
        return entry.expires_at - self._latest_time()

    def _latest_time(self) -> float:
        """The service's time, or this machine's if it is ahead: requests carry this one, and are judged by that."""
        return max(self._client.server_time(), self._clock.wall())

    # --- after it: the reset is sent, and nothing here may hide that

    def follow(self, entry: Entry) -> None:
        """Go on from an entry whose reset was accepted."""
        self._entry = entry
        # Whoever wrote it may have been stopped before it gave that back.
        self._log.outdate(entry._replace(state=PENDING, request_id=""))

    def accepted(self, request_id: str) -> Flow[None]:
        """Record that the reset was accepted."""
        entry = self._entry
        if entry and entry.state != ACCEPTED:
            yield from self._record(entry._replace(state=ACCEPTED, request_id=request_id))
            yield from self._log.give_back()

    def close(self, outcome: str) -> Flow[None]:
        """Record the end, where it is known."""
        state, entry = _STATES_OF_ENDS.get(outcome), self._entry
        if entry and state:
            yield from self._record(entry._replace(state=state))
        yield from self._log.give_back()

    def _record(self, entry: Entry) -> Flow[None]:
        self._entry = entry
        yield from record(self._log, entry, self._client, self._warn)
