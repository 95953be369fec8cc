# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The parts of a task that waits. Pure.

A flow is a generator that never blocks. It yields a command, and is sent what the command found, or is thrown the
error; so it reads like straight code, and thousands of flows can share one driver. Only the driver waits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar, Union, final

from .._clock import Deadline

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Record = Mapping[str, Any]
Found = Mapping[str, Record]
"""The things that exist, by id."""


class Read(NamedTuple):
    """Read things; those that several flows want at a time are read together.

    Attributes:
        kind: which reader reads them: `instance`, `image`, `snapshot`, ...
        until: when to stop trying (monotonic seconds).
    """

    kind: str
    ids: tuple[str, ...]
    until: float = math.inf


@dataclass
class Call(Generic[T]):
    """Make a call that may block.

    Attributes:
        make: makes it, with the deadline if there is one.
        until: when to stop trying (monotonic seconds).
    """

    make: Callable[[Deadline | None], T]
    until: float = math.inf


class Departure(NamedTuple):
    """Go on when a call that changes something may be made, which is begun at once then."""


class Sleep(NamedTuple):
    """Go on at a moment (monotonic seconds), or later."""

    until: float


class Turn(NamedTuple):
    """Say that all is planned, and ask to begin.

    Attributes:
        sends: whether there is something to send, and so a turn to wait for.
        under_way: whether it was begun by another task, and is waited for.
    """

    sends: bool
    under_way: bool = False


class Stopped(Exception):
    """There are no more turns: nothing was sent, and nothing is to be sent."""


Command = Union[Read, Call[Any], Departure, Sleep, Turn]
Flow = Generator[Command, Any, T]


@final
@dataclass
class Look(Generic[T_co]):
    """What a command found.

    Attributes:
        asked_at: when it was asked for (monotonic seconds).
        boottime: the same moment by the clock that counts suspension, for what must be fresh.
    """

    found: T_co
    asked_at: float
    boottime: float = -math.inf


def look_at(command: Read | Call[T]) -> Flow[Look[Any]]:
    """What a command finds, and when it was asked for. Raises what the call raises."""
    look: Look[Any] = yield command
    return look


def read(kind: str, thing: str, until: float = math.inf) -> Flow[Record | None]:
    """One thing, or None if there is none with this id. Raises TencentCloudError."""
    look = yield from look_at(Read(kind, (thing,), until))
    found: Record | None = look.found.get(thing)
    return found


def departure() -> Flow[None]:
    """Wait for the moment to send: not faster than the pace allows, and never after an interruption."""
    yield Departure()


def call(make: Callable[[], T]) -> Flow[T]:
    """What a call answers. Raises what it raises."""
    look = yield from look_at(Call(lambda _deadline: make()))
    answer: T = look.found
    return answer


def sleep(until: float) -> Flow[None]:
    """Go on at a moment (monotonic seconds), or later."""
    yield Sleep(until)


def planned(*, under_way: bool = False) -> Flow[None]:
    """Say that all is planned, and that nothing is to be sent for now; perhaps because another task has begun it."""
    yield Turn(sends=False, under_way=under_way)


def turn() -> Flow[None]:
    """Say that all is planned, and wait for the turn to send. Raises Stopped when there are no more turns."""
    yield Turn(sends=True)
