# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Many resets in one task, side by side: each is the very reset of the single module."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .._engine.driver import Driver
from .._engine.flow import Flow
from .._engine.readers import readers
from .._engine.reasons import Reason, by_reason
from .._engine.result import Outcome
from .._engine.rollout import Rollout
from .._errors import Interrupted, TencentCloudError, place_of
from .._problems import as_data, named, problems_of
from .._services.cvm import Cvm
from .desired import RESET
from .flow import Reset
from .result import ResetResult


class Member(NamedTuple):
    """One instance of a fleet.

    Attributes:
        attach: the RequestId of the reset to wait for; None if one is to be sent.
    """

    reset: Reset
    attach: str | None = None


@dataclass
class FleetResult:
    """What became of a fleet.

    Attributes:
        results: one for each instance, in the order of the task.
        seconds: how long it took.
        calls: how many requests it needed.
        error: what ended the task before anything was sent.
    """

    results: list[ResetResult] = field(default_factory=list)
    seconds: float = 0.0
    calls: int = 0
    error: TencentCloudError | None = None

    @property
    def failure(self) -> str | None:
        """Why the task fails; None if it does not."""
        bad = [one for one in self.results if not one.ok]
        if not bad:
            return None
        lines = [f"{len(bad)} of {len(self.results)} instances: {self._counts(bad)}."]
        return "\n".join([*lines, *by_reason(_reason(one) for one in bad)])

    @property
    def warnings(self) -> list[str]:
        """What the user should know, each sentence once."""
        by_text: dict[str, list[str]] = {}
        for one in self.results:
            for text in one.warnings:
                by_text.setdefault(text, []).append(one.instance_id)
        return [f"{named(ids)}: {text}" for text, ids in by_text.items()]

    @property
    def diff(self) -> list[dict[str, Any]]:
        """The changes of each instance, one after the other."""
        return [
            {"before_header": one.instance_id, "after_header": one.instance_id, **one.changes}
            for one in self.results
            if one.changes
        ]

    def as_dict(self) -> dict[str, Any]:
        """The keys that the module returns."""
        problems = problems_of(self.error) if self.error else []
        return {
            "changed": any(one.changed for one in self.results),
            "results": [{**one.as_dict(), "reason": one.reason} for one in self.results],
            "request_ids": {one.instance_id: one.request_id for one in self.results if one.request_id},
            "summary": {
                "instances": len(self.results),
                "outcomes": dict(Counter(one.outcome.value for one in self.results)),
                "seconds": round(self.seconds, 1),
                "calls": self.calls,
            },
            "problems": as_data(problems),
            "error": self.error.as_dict() if self.error and not problems else None,
        }

    @staticmethod
    def _counts(results: Sequence[ResetResult]) -> str:
        counts = Counter(one.outcome.value for one in results)
        return ", ".join(f"{times} {outcome}" for outcome, times in counts.most_common())


class Fleet:
    """Many resets of one task.

    Args:
        workers: make the calls.
    """

    def __init__(
        self,
        cvm: Cvm,
        members: Mapping[str, Member],
        rollout: Rollout,
        *,
        reads_per_second: float = math.inf,
        workers: Executor | None = None,
    ) -> None:
        self._cvm = cvm
        self._clock = cvm.client.clock
        self._members = members
        self._driver: Driver[ResetResult] = Driver(
            self._clock,
            readers(cvm),
            workers=workers,
            rollout=rollout,
            ended_well=lambda result: result.ok,
            reads_per_second=reads_per_second,
        )

    def run(self, *, check: bool = False) -> FleetResult:
        """Reset the instances; with `check`, only plan all of them."""
        started_at = self._clock.monotonic()
        results = self._driver.run({name: _guarded(member, check) for name, member in self._members.items()})
        return FleetResult(list(results.values()), self._clock.monotonic() - started_at, self._cvm.client.calls)


def _guarded(member: Member, check: bool) -> Flow[ResetResult]:
    """One reset. Whatever goes wrong ends it alone, and its result says what was sent."""
    reset, result = member.reset, member.reset.result
    try:
        if member.attach is not None:
            return (yield from reset.attached(member.attach, check=check))
        return (yield from reset.flow(check=check))
    except TencentCloudError as error:
        return result.stop(error)
    except Interrupted as interrupted:
        return result.interrupt(str(interrupted), RESET)
    except Exception as bug:
        why = f"A defect of this module ended it ({place_of(bug)})."
        broken = TencentCloudError(why, code="Broken", request_id=result.request_id, action=RESET)
        # The reset of another run, which it was waiting for, goes on.
        outcome = Outcome.UNKNOWN if result.adopted else Outcome.REFUSED
        return result.end(outcome, f"Nothing was sent. {why}", error=broken)


def _reason(result: ResetResult) -> Reason:
    follows = not result.problems and result.error is None
    return Reason(result.instance_id, f"{result.outcome.value}. {result.reason}", follows)
