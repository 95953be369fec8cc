# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What the log of policy `once` says: one entry in a tag of the instance, and what it means to a run with a key. Pure.

A tag key can have 1,000 values, and every log needs one of its own. So the logs are spread over `SHARDS` keys.

A reset is `pending`, then `accepted`, then `done` or `failed`; one that was refused for good is `rejected`. What
comes after a reset that ended is written by whoever carries the server on: `finished`, or `rolling_back` and then
`rolled_back`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from hashlib import sha256
from typing import Any, NamedTuple

from .._errors import TencentCloudError

TAG_KEY = "ansible-reset-once"
"""The prefix of the tag keys of all logs. It was once the only key: a log that is in it stays there."""

SHARDS = 64
"""The number of tag keys that the logs are spread over; an account can have 1,000 keys."""

PENDING_SECONDS = 300
"""Seconds for which the owner of a pending entry may send."""

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
    def of(cls, value: str, tag_key: str = TAG_KEY) -> Entry:
        """From a tag's value. Raises OnceError if it is not an entry."""
        try:
            version, key, instance_id, state, nonce, expires_at, baseline_id, request_id = value.split(_SEPARATOR)
            if version == _VERSION and state in _STATES:
                return cls(key, instance_id, state, nonce, int(expires_at), baseline_id, request_id)
        except ValueError:
            pass
        raise OnceError(
            f"The tag {tag_key} holds {value!r}, which is not this module's. Find out who wrote it, and remove it."
        )


SHOWN = ("key", "state", "request_id", "baseline_id", "expires_at")
"""What the results of modules say of an entry."""


def shown(entry: Entry | None) -> dict[str, Any] | None:
    """An entry as the results of modules show it."""
    return {name: getattr(entry, name) for name in SHOWN} if entry else None


def tag_key_of(instance_id: str) -> str:
    """The tag that the log of an instance begins in; it never changes."""
    return f"{TAG_KEY}-{sha256(instance_id.encode()).digest()[0] % SHARDS:02x}"


def find_entry(tags: Mapping[str, str], instance_id: str) -> tuple[str, Entry | None]:
    """The tag that the log of an instance is in, and its entry; without one, the tag that it begins in.

    An entry that was cloned from another instance does not count. Raises OnceError when a tag holds anything else, and
    when there are two entries: nobody can tell whether the one that is older was overlooked or is over.
    """
    begins_in = tag_key_of(instance_id)
    held = {key: Entry.of(tags[key], key) for key in (TAG_KEY, begins_in) if tags.get(key)}
    found = [(key, entry) for key, entry in held.items() if entry.instance_id == instance_id]
    if len(found) > 1:
        said = " and ".join(f"the tag {tag} says that the reset {entry.key!r} is {entry.state}" for tag, entry in found)
        raise OnceError(f"The instance has two logs: {said}. Find out which was the last, and remove the other tag.")
    return found[0] if found else (begins_in, None)


class OnceError(TencentCloudError):
    """The log forbids the reset."""

    code = "OnceRefused"


class TryLater(OnceError):
    """The log forbids the reset for now.

    Attributes:
        at: the moment (monotonic seconds) from which it may be tried again; None: once another run has ended.
    """

    def __init__(self, message: str, at: float | None = None) -> None:
        super().__init__(message)
        self.at = at


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


def refusal(entry: Entry | None, key: str, now: float, begun_with: Entry | None) -> OnceError:
    """Why `entry` forbids a send to a run with `key` at `now` (seconds since the epoch, service's clock).

    Args:
        begun_with: the entry that was there when the run began.
    """
    if entry is not None and entry.key == key and entry.state != PENDING:
        advice = (
            "Give another idempotency_key to reset the instance again."
            if entry.state in NEXT_STATES
            else "Run the task again."
        )
        return TryLater(f"The reset with the key {key!r} was made, and is {entry.state}. {advice}")
    if entry is None or entry.key == key:
        left = max(0.0, entry.expires_at - now) if entry else PENDING_SECONDS
        return TryLater(
            f"Another run with the key {key!r} may be sending the reset now. Its claim expires in "
            f"{left:.0f} seconds: run the task again after that."
        )
    if is_overtaken(entry, key, begun_with):
        return OnceError(
            f"The instance was reset with the key {entry.key!r} since this run began. Run the task again to reset "
            f"it with {key!r} after that."
        )
    return TryLater(
        f"The reset with the key {entry.key!r} is {entry.state} on this instance. Run the task with that key until "
        "it has ended, and with this one after that."
    )


def is_overtaken(entry: Entry | None, key: str, begun_with: Entry | None) -> bool:
    """Whether a reset with another key was made since the run began, before which its own may have been made."""
    if entry is None or entry.key == key or entry.state in _UNFINISHED:
        return False
    return begun_with is None or (entry.key, entry.nonce) != (begun_with.key, begun_with.nonce)


_RANKS = {PENDING: 0, REJECTED: 0, ACCEPTED: 1, DONE: 2, FAILED: 2, FINISHED: 3, ROLLING_BACK: 3, ROLLED_BACK: 4}
"""How far a state is on the way of one reset."""


def says_more(entry: Entry, found: Entry | None) -> bool:
    """Whether `entry`, what became of the reset of this run, may be written over `found`, what the log says by now.

    What another run says of the same reset stands, unless it says less. Over another key's entry it may be written only
    where that is a claim from the same baseline: one that looked at the instance before this run's reset, came too late
    and is given up; to leave it would forget the reset. A claim that was rightly made after the reset has the reset
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
