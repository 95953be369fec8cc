# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What the log of policy `once` says: one entry in a tag of the instance, and what it means to a run with a key. Pure.

A reset is `pending`, then `accepted`, then `done` or `failed`; one that was refused for good is `rejected`. What
comes after a reset that ended is written by whoever carries the server on: `finished`, or `rolling_back` and then
`rolled_back`.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from .._errors import TencentCloudError

TAG_KEY = "ansible-reset-once"

PENDING, ACCEPTED, DONE, FAILED, REJECTED = "pending", "accepted", "done", "failed", "rejected"
FINISHED, ROLLING_BACK, ROLLED_BACK = "finished", "rolling_back", "rolled_back"

NEXT_STATES = {
    FINISHED: (DONE, FINISHED),
    ROLLING_BACK: (DONE, FAILED, ROLLING_BACK),
    ROLLED_BACK: (ROLLING_BACK, ROLLED_BACK),
}
"""The states that may follow a reset, and what each may follow."""

_STATES = (PENDING, ACCEPTED, DONE, FAILED, REJECTED, *NEXT_STATES)

_SEPARATOR = "/"
_VERSION = "1"


class Entry(NamedTuple):
    """One state of the log.

    Attributes:
        instance_id: the instance it speaks of; a tag can be cloned to another one.
        nonce: the owner: one run of the module.
        expires_at: seconds since the epoch on the service's clock, until which the owner may send.
        baseline_id: the id of the operation that the instance showed before the send.
        request_id: of the accepted reset.
    """

    key: str
    instance_id: str
    state: str
    nonce: str
    expires_at: int
    baseline_id: str
    request_id: str = ""

    def as_value(self) -> str:
        """The tag's value; at most 255 characters of the service's alphabet."""
        return _SEPARATOR.join((_VERSION, *map(str, self)))

    @classmethod
    def of(cls, value: str) -> Entry:
        """From a tag's value. Raises OnceError when it is none."""
        try:
            version, key, instance_id, state, nonce, expires_at, baseline_id, request_id = value.split(_SEPARATOR)
            if version == _VERSION and state in _STATES:
                return cls(key, instance_id, state, nonce, int(expires_at), baseline_id, request_id)
        except ValueError:
            pass
        raise OnceError(
            f"The tag {TAG_KEY} holds {value!r}, which is not this module's. Find out who wrote it, and remove it."
        )


def entry_of(value: str | None, instance_id: str) -> Entry | None:
    """The entry in a tag's value; none without one, or when it was cloned from another instance."""
    entry = Entry.of(value) if value else None
    return entry if entry and entry.instance_id == instance_id else None


class OnceError(TencentCloudError):
    """The log forbids the reset."""

    code = "OnceRefused"


class KeyStatus(Enum):
    """What an entry means to a run with a key."""

    FREE = "nobody has begun: a reset may be claimed"
    EXPIRED = "somebody began and may not send any more; what became of it must be found out first"
    BUSY = "somebody may be sending now"
    ACCEPTED = "the reset of this key was accepted; wait for it"
    DONE = "the reset of this key is done"
    FAILED = "the reset of this key failed"
    UNDONE = "the reset of this key was rolled back, or is about to be"
    OTHER = "another key's reset is not finished"


_MEANINGS = {
    ACCEPTED: KeyStatus.ACCEPTED,
    DONE: KeyStatus.DONE,
    FINISHED: KeyStatus.DONE,
    FAILED: KeyStatus.FAILED,
    ROLLING_BACK: KeyStatus.UNDONE,
    ROLLED_BACK: KeyStatus.UNDONE,
    REJECTED: KeyStatus.FREE,
}
"""What a state means to a run with the same key; `pending` depends on the time."""

_UNFINISHED = (PENDING, ACCEPTED, ROLLING_BACK)
"""The states that another key has to wait for."""


def status_for(entry: Entry | None, key: str, now: float) -> KeyStatus:
    """The meaning of `entry` to a run with `key` at `now` (seconds since the epoch, service's clock)."""
    if entry is None:
        return KeyStatus.FREE
    if entry.key != key:
        return KeyStatus.OTHER if entry.state in _UNFINISHED else KeyStatus.FREE
    if entry.state == PENDING:
        return KeyStatus.EXPIRED if now > entry.expires_at else KeyStatus.BUSY
    return _MEANINGS[entry.state]


_RANKS = {PENDING: 0, REJECTED: 0, ACCEPTED: 1, DONE: 2, FAILED: 2, FINISHED: 3, ROLLING_BACK: 3, ROLLED_BACK: 4}
"""How far a state is on the way of one reset."""


def says_more(entry: Entry, found: Entry | None) -> bool:
    """Whether `entry`, what became of the reset of this run, may be written over `found`, what the log says by now.

    What another run says of the same reset stands, unless it is less. Over another key's entry it may be written only
    where that is a claim from the same baseline: one that looked at the instance before this run's reset, came too late
    and is given up; to leave it would forget the reset. A claim that was made by right after the reset has the reset
    or what followed it as its baseline.
    """
    if not entry.request_id:
        return found is not None and (found.key, found.nonce) == (entry.key, entry.nonce)
    if found is None:
        return True
    if found.key == entry.key:
        return _RANKS[entry.state] > _RANKS[found.state]
    return found.state == PENDING and found.baseline_id == entry.baseline_id


def next_state(entry: Entry | None, key: str, state: str) -> Entry:
    """The entry that says `state`, one of `NEXT_STATES`, of the reset that `key` made.

    Raises OnceError when the log does not speak of that reset, or the state cannot follow.
    """
    if entry is None or entry.key != key:
        found = f"of the key {entry.key!r}" if entry else "empty"
        raise OnceError(f"The log of this instance is {found}: no reset of the key {key!r} is on record.")
    if entry.state not in NEXT_STATES[state]:
        raise OnceError(
            f"The reset with the key {key!r} is {entry.state}. It can become {state} only when it is "
            f"{' or '.join(NEXT_STATES[state])}."
        )
    return entry._replace(state=state)
