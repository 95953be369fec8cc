# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""How long, and how often, a task waits; the options for it, and what is wrong with them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .._api.identity_advice import TIMESTAMP_VALID_SECONDS
from .._problems import Problem, invalid

LIST_LAG = 75
"""Seconds for which a read may show what is no longer true."""

WAIT_SPEC: dict[str, Any] = {
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 1800},
    "wait_interval": {"type": "float", "default": 5.0},
    "progress": {"type": "bool", "default": True},
}

_SECONDS = {
    "wait_timeout": (1, 604800),
    "wait_interval": (0.1, 3600),
    "settle_seconds": (1, 86400),
    "wait_until_idle": (0, 604800),
}
"""The minimum and maximum of each time."""


@dataclass(frozen=True)
class Timing:
    """How long and how often; in seconds, except for the count.

    Attributes:
        wait: whether to wait for the end of an accepted reset.
        wait_timeout: from the first send to giving up.
        wait_interval: between two looks at the instance.
        settle_seconds: for how long after its send an unanswered request may still take effect and not show it.
        state_lag: for how long an instance may show what is no longer true.
        max_attempts: how often ResetInstance may be sent.
        wait_until_idle: how long to wait before the first send for somebody else's operation, or another run, to end.
    """

    wait: bool = True
    wait_timeout: float = 1800.0
    wait_interval: float = 5.0
    settle_seconds: float = 375.0
    state_lag: float = 75.0
    max_attempts: int = 5
    wait_until_idle: float = 0.0


def time_problems(options: Mapping[str, Any]) -> Iterator[Problem]:
    """Times that would break a promise, or that nobody can wait for."""
    for name in [name for name in _SECONDS if name in options]:
        least, most = _SECONDS[name]
        if not least <= options[name] <= most:
            yield invalid(name, "It is out of range.", f"Give {least:g} to {most:g} seconds.")
        elif name == "settle_seconds" and options[name] < TIMESTAMP_VALID_SECONDS:
            yield invalid(
                name,
                f"{options[name]} is less than the {TIMESTAMP_VALID_SECONDS} seconds for which a sent request can "
                "still be accepted: a reset could run twice.",
                f"Give {TIMESTAMP_VALID_SECONDS} or more.",
            )


def timing(options: Mapping[str, Any]) -> Timing:
    """How long to wait."""
    return Timing(
        wait=options["wait"],
        wait_timeout=options["wait_timeout"],
        wait_interval=options["wait_interval"],
        settle_seconds=options["settle_seconds"],
        state_lag=options["settle_seconds"] - TIMESTAMP_VALID_SECONDS,
        max_attempts=options["max_attempts"],
        wait_until_idle=options["wait_until_idle"],
    )


def waiting(options: Mapping[str, Any]) -> Timing:
    """How long to wait."""
    return timing({**options, "settle_seconds": TIMESTAMP_VALID_SECONDS + LIST_LAG, "wait_until_idle": 0})
