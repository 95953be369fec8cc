# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The logs of the instances of one task, read or carried on side by side."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .._api.client import Client
from .._clock import Deadline
from .._engine.driver import Driver
from .._engine.flow import Flow, call, departure, read, sleep
from .._engine.poll import next_tick
from .._engine.readers import readers
from .._engine.reasons import Reason, by_reason
from .._engine.rollout import Rollout
from .._errors import Interrupted, TencentCloudError, place_of
from .._problems import as_data, problems_of
from .._services.cvm import Cvm
from .idempotency_entry import Entry, OnceError, next_state, shown
from .instance_log import RECORD_SECONDS, TAG_LAG, InstanceLog

WRITES_PER_SECOND = 10.0
"""How many logs are written in a second: the tag service takes 20 calls of a kind from an account, and needs two kinds
for each."""

NOT_WRITTEN = "Nothing was written."


class NextState(NamedTuple):
    """What is to be written."""

    key: str
    state: str


@dataclass
class LogResult:
    """What became of the log of one instance.

    Attributes:
        before: the entry that was found; `after` the one at the end.
        written: what is known of the write; a sentence.
    """

    instance_id: str
    before: Entry | None = None
    after: Entry | None = None
    error: TencentCloudError | None = None
    written: str = NOT_WRITTEN

    def note(self, before: Entry | None, after: Entry | None, written: str = NOT_WRITTEN) -> None:
        """Note what is known."""
        self.before, self.after, self.written = before, after, written

    def as_dict(self) -> dict[str, Any]:
        """Its entry in the results of the module."""
        return {
            "instance_id": self.instance_id,
            "changed": self.before != self.after,
            "log": shown(self.after),
            "previous": shown(self.before),
            "error": self.error.as_dict() if self.error else None,
        }

    @property
    def diff(self) -> dict[str, Any]:
        """The log before and after."""
        header = {"before_header": self.instance_id, "after_header": self.instance_id}
        return {**header, "before": {"log": shown(self.before)}, "after": {"log": shown(self.after)}}


@dataclass
class LogsResult:
    """What became of the logs of a task.

    Attributes:
        instance_id: of a task that is about one instance alone, which has its result in keys of their own as well.
        results: one for each instance, in the order of the task.
        error: what ended the task before any log was read.
    """

    instance_id: str | None = None
    results: Sequence[LogResult] = field(default_factory=list)
    error: TencentCloudError | None = None

    @property
    def failure(self) -> str | None:
        """Why the task fails; None if it does not."""
        errors = [(one.instance_id, str(one.error)) for one in self.results if one.error]
        if not errors:
            return None
        if self.instance_id is not None:
            return errors[0][1]
        first = f"{len(errors)} of {len(self.results)} instances failed."
        return "\n".join([first, *by_reason(Reason(*one) for one in errors)])

    @property
    def diff(self) -> dict[str, Any] | list[dict[str, Any]]:
        """The log before and after; of several those that change."""
        if self.instance_id is not None:
            return self.results[0].diff
        return [one.diff for one in self.results if one.before != one.after]

    def as_dict(self) -> dict[str, Any]:
        """The keys that the module returns."""
        results = [one.as_dict() for one in self.results]
        alone = results[0] if results and self.instance_id is not None else {}
        error = self.error.as_dict() if self.error else None
        return {
            "changed": any(one["changed"] for one in results),
            "instance_id": self.instance_id,
            "log": alone.get("log"),
            "previous": alone.get("previous"),
            "results": results,
            "problems": as_data(problems_of(self.error)) if self.error else [],
            "error": alone.get("error", error),
        }


class Logs:
    """The logs of the instances of one task.

    Args:
        asked: what to write; None to read alone.
        check: whether nothing may be written.
        workers: make the calls.
    """

    def __init__(
        self, client: Client, asked: NextState | None, *, check: bool = False, workers: Executor | None = None
    ) -> None:
        self._client = client
        self._clock = client.clock
        self._asked = asked
        self._check = check
        self._driver: Driver[LogResult] = Driver(
            self._clock, readers(Cvm(client)), workers=workers, rollout=Rollout(sends_per_second=WRITES_PER_SECOND)
        )

    def run(self, instance_ids: Sequence[str]) -> list[LogResult]:
        """Read them, and write what is asked for. What is wrong with one of them is in its result."""
        return list(self._driver.run({one: self._guarded(one) for one in instance_ids}).values())

    def _guarded(self, instance_id: str) -> Flow[LogResult]:
        result = LogResult(instance_id)
        try:
            yield from self._keep(InstanceLog(self._client, instance_id), result)
        except Interrupted as interrupted:
            result.error = TencentCloudError(f"{interrupted} {result.written}", code="Interrupted")
        except TencentCloudError as error:
            return LogResult(instance_id, error=error)
        except Exception as bug:
            broken = TencentCloudError(f"A defect of this module ended it ({place_of(bug)}).", code="Broken")
            return LogResult(instance_id, error=broken)
        return result

    def _keep(self, log: InstanceLog, result: LogResult) -> Flow[None]:
        """Fill the result with the entry before and after. What a reset has just written may be read a little later.

        Raises OnceError if the state that is asked for cannot follow.
        """
        now = self._clock.monotonic
        until = now() + TAG_LAG
        while True:
            tags = yield from read("instance_tags", result.instance_id)
            try:
                found = log.entry_in(tags)
                after = self._after(found)
                if self._check or after == found:
                    result.note(found, after)
                    return
                yield from departure()
                result.note(found, after, "It is unknown whether the log was written.")
                result.note(*(yield from call(lambda: self._change(log))), "The log was written before that.")
            except OnceError:
                if self._asked is None or now() >= until:
                    raise
                result.note(None, None)
            else:
                yield from log.give_back()
                return
            yield from sleep(next_tick(now(), 1.0))

    def _after(self, found: Entry | None) -> Entry | None:
        return next_state(found, *self._asked) if self._asked else found

    def _change(self, log: InstanceLog) -> tuple[Entry | None, Entry | None]:
        return log.change(self._after, Deadline(self._clock, RECORD_SECONDS))
