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

from .._clock import Clock
from .._engine.driver import run_one
from .._engine.flow import Flow, call
from .._engine.poll import Poll, TimedOut
from .._errors import TencentCloudError

Keys = tuple[str, ...]
Scan = Callable[[float], Keys]
"""One look at the server, for at most that many seconds: its host keys in order; empty without an answer."""


@dataclass(frozen=True)
class ScanTiming:
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


_NOTHING = (
    "At the end, {within}, {server} did not answer with a host key. Check that address and port are those of its sshd, "
    "that this machine may connect to them (security group, firewall, route) and that the server has started, or give "
    "a longer timeout."
)
_OLD = (
    "{server} still had an old host key {within}: it was not reinstalled, or the image brings this key, as a custom "
    "image with a host key baked in would, and cloud-init did not replace it."
)
_CHANGING = (
    "The host keys of {server} kept changing: {n} different answers {within}. Check that only one server has this "
    "address, and run the task again."
)
_LATE = (
    "{server} answered with a new host key too late to be sure of it {within}: the answers must be equal for "
    "{stable:g} seconds. Run the task again, or give a longer timeout."
)

_SHOWN = {
    (False, False): "it does not answer with a host key",
    (True, False): "it still answers with an old host key",
    (True, True): "it answers with a new host key",
}
"""By whether it answers, and whether all of the answer is new."""


class NotSettled(TencentCloudError):
    """The server did not answer as it should in time.

    Attributes:
        keys: the last answer.
        waited: the seconds that were waited.
    """

    def __init__(self, message: str, *, code: str, keys: Keys, waited: float) -> None:
        super().__init__(message, code=code)
        self.keys = keys
        self.waited = waited


def wait_for_stable_keys(
    scan: Scan,
    not_keys: Collection[str],
    patience: ScanTiming,
    clock: Clock,
    server: str,
    tell: Callable[[str], None] = lambda line: None,
) -> Settled:
    """Scan until the answers have been equal for long enough and without a key of `not_keys`.

    cloud-init replaces the keys that an image brings, and the server may answer before: so one answer proves nothing.
    At least two must be equal, whatever `patience` says. Raises NotSettled that says what was seen last.

    Args:
        server: its address and port, for a person.
        tell: takes what each scan showed.
    """
    return run_one(_settled(scan, not_keys, patience, clock.monotonic, server, tell), clock)


def _settled(
    scan: Scan,
    not_keys: Collection[str],
    patience: ScanTiming,
    now: Callable[[], float],
    server: str,
    tell: Callable[[str], None],
) -> Flow[Settled]:
    start = now()
    poll = Poll(now, patience.interval, start + patience.timeout, first=())
    last: Keys = ()
    since = start
    answers: set[Keys] = set()
    try:
        while True:
            yield from poll.pause()
            keys = yield from call(lambda: scan(max(0.0, poll.until - now())))
            answered_at = now()
            is_new = bool(keys) and not set(keys) & set(not_keys)
            if is_new and keys == last and answered_at - since >= patience.stable:
                return Settled(keys, answered_at - start)
            if keys != last:
                last, since = keys, answered_at
            answers |= {keys} if is_new else set()
            tell(_SHOWN[bool(keys), is_new])
    except TimedOut:
        code, words = _fault(last, not_keys, len(answers))
        within = f"within {patience.timeout:g} seconds"
        message = words.format(server=server, within=within, stable=patience.stable, n=len(answers))
        raise NotSettled(message, code=code, keys=last, waited=now() - start) from None


def _fault(last: Keys, not_keys: Collection[str], answers: int) -> tuple[str, str]:
    """The code, and the words for it."""
    if not last:
        return "NoHostKey", _NOTHING
    if set(last) & set(not_keys):
        return "OldHostKey", _OLD
    return "UnstableHostKey", _CHANGING if answers > 1 else _LATE
