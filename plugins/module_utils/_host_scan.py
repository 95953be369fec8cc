# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Waiting until a server that was reinstalled answers with its new host keys, and with no others."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import NamedTuple

from ansible_collections.tencent.cloud.plugins.module_utils._backoff import Backoff, Clock, Deadline
from ansible_collections.tencent.cloud.plugins.module_utils._errors import TencentCloudError

Keys = tuple[str, ...]
Scan = Callable[[float], Keys]
"""One look at the server, for at most so many seconds: its host keys in order, or none."""


@dataclass(frozen=True)
class Patience:
    """How to wait, in seconds.

    Attributes:
        interval: between two scans.
        stable: how long the answers must have been equal.
        timeout: when to give up.
    """

    interval: float
    stable: float
    timeout: float


class Settled(NamedTuple):
    """The host keys, and the seconds that it took."""

    keys: Keys
    waited: float


def settled(scan: Scan, not_keys: Collection[str], patience: Patience, clock: Clock) -> Settled:
    """Scan until the answers have been equal for long enough, none with a key of C(not_keys).

    cloud-init replaces the keys that an image brings, and the server may answer before: so one answer proves nothing.
    At least two must be equal, whatever C(patience) says. Raises TencentCloudError that says what was seen last.
    """
    start = clock.monotonic()
    deadline = Deadline(clock, patience.timeout)
    poll = Backoff(clock, first=patience.interval, cap=patience.interval, factor=1.0, jitter=0.0, deadline=deadline)
    last: Keys = ()
    since = start
    answers: set[Keys] = set()
    while True:
        keys = scan(deadline.remaining)
        now = clock.monotonic()
        is_new = bool(keys) and not set(keys) & set(not_keys)
        if is_new and keys == last and now - since >= patience.stable:
            return Settled(keys, now - start)
        if keys != last:
            last, since = keys, now
        answers |= {keys} if is_new else set()
        if not poll.pause():
            raise _gave_up(last, not_keys, answers, patience)


def _gave_up(last: Keys, not_keys: Collection[str], answers: Collection[Keys], patience: Patience) -> TencentCloudError:
    within = f"within {patience.timeout:g} seconds"
    if not last:
        return TencentCloudError(f"Nothing answered with a host key at the end, {within}.", code="NoHostKey")
    if set(last) & set(not_keys):
        return TencentCloudError(
            f"The server still had an old host key {within}: it was not reinstalled, or the image brings this key, as "
            "a custom image with a host key baked in would, and cloud-init did not replace it.",
            code="OldHostKey",
        )
    if len(answers) > 1:
        return TencentCloudError(
            f"The server's host keys kept changing: {len(answers)} different answers {within}.", code="UnstableHostKey"
        )
    return TencentCloudError(
        f"The server answered with a new host key too late to be sure of it {within}: the answers must be equal for "
        f"{patience.stable:g} seconds.",
        code="UnstableHostKey",
    )
