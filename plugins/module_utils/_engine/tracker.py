# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Whose operation is it, and has it ended? Judges what DescribeInstances shows after a reset was sent, or another
operation on an instance. Pure.

An instance shows one operation only, its latest, and shows it late. So a stale SUCCESS of an earlier operation, a
torn record (the new id with the old state) and an operation of somebody else must all be told from our own.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple

Record = Mapping[str, Any]


OPERATION_FIELDS = (
    "latest_operation",
    "latest_operation_state",
    "latest_operation_request_id",
    "latest_operation_error_msg",
)
"""The fields of an instance that tell of its latest operation: name, state, id, reason of a failure."""


class Operation(NamedTuple):
    """The latest operation of an instance, as DescribeInstances shows it."""

    name: str | None = None
    state: str | None = None
    request_id: str | None = None
    error_message: str | None = None

    @classmethod
    def of(cls, instance: Record) -> Operation:
        """From an instance record."""
        return cls(*(instance.get(name) or None for name in OPERATION_FIELDS))

    def __str__(self) -> str:
        if not self.request_id:
            return "no operation"
        words = [self.name or "an operation", self.state, f"(RequestId {self.request_id})"]
        return " ".join(word for word in words if word)


_LASTING_STATES = ("RUNNING", "STOPPED")


def is_on_its_way(instance: Record) -> bool:
    """Whether `InstanceState` is transient: an operation can show its end before the instance has arrived."""
    return instance.get("instance_state") not in (None, *_LASTING_STATES)


class ExpectedState(NamedTuple):
    """What an instance shows when the reset worked; None for what was not asked for.

    Attributes:
        host_name: compared without regard to case, as host names are.
        instance_state: for what changes the power; likewise `stop_charging_mode`.
    """

    image_id: str | None = None
    disk_size: int | None = None
    key_ids: tuple[str, ...] = ()
    host_name: str | None = None
    instance_state: str | None = None
    stop_charging_mode: str | None = None

    def differences(self, instance: Record) -> dict[str, tuple[Any, Any]]:
        """What is not as wanted: option -> (wanted, found). A field that the API does not show is not a difference."""
        return {
            name: (desired, found)
            for name, (desired, found) in self._compared(instance).items()
            if found is not None and _plain(desired) != _plain(found)
        }

    def unseen(self, instance: Record) -> list[str]:
        """The options whose effect the API does not show."""
        return [name for name, (_desired, found) in self._compared(instance).items() if found is None]

    def _compared(self, instance: Record) -> dict[str, tuple[Any, Any]]:
        """What was asked for: option -> (wanted, found)."""
        found = {
            "image_id": instance.get("image_id"),
            "disk_size": (instance.get("system_disk") or {}).get("disk_size"),
            "key_ids": (instance.get("login_settings") or {}).get("key_ids"),
            "host_name": instance.get("host_name"),
            "instance_state": instance.get("instance_state"),
            "stop_charging_mode": instance.get("stop_charging_mode"),
        }
        desired = {
            "image_id": self.image_id,
            "disk_size": self.disk_size,
            "key_ids": sorted(self.key_ids) or None,
            "host_name": self.host_name,
            "instance_state": self.instance_state,
            "stop_charging_mode": self.stop_charging_mode,
        }
        return {name: (value, found[name]) for name, value in desired.items() if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return sorted(value)
    return value.lower() if isinstance(value, str) else value


class Observation(Enum):
    """What one look at the instance says about our reset."""

    NOTHING = "the latest operation is still the one before the reset"
    HIDDEN = "no operation is shown though there was one, which proves nothing"
    RUNNING = "our reset is there and has not surely ended"
    SUCCEEDED = "our reset ended with SUCCESS"
    FAILED = "our reset ended with FAILED"
    OVERWRITTEN = "another operation is there: what became of ours is not shown any more"


class Tracker:
    """Follows one reset from its baseline on.

    Args:
        before: the instance as it was read just before the send. It has no operation only if nobody has operated the
            instance: then none later on means no change.
        expected_state: what was asked for.
        request_id: what ResetInstance answered; None if the answer was lost.
        state_lag: seconds for which an instance may show what is no longer true.
        exact: whether only the operation with exactly that id is ours; otherwise a new one of that name will do.
        name: of the operation.

    Attributes:
        operation: the latest operation that was shown.
        ours: the id of the operation that is taken for ours, once it was seen.
        undisturbed: whether no other operation than the baseline's was ever seen.
    """

    def __init__(
        self,
        before: Record,
        expected_state: ExpectedState,
        *,
        request_id: str | None,
        state_lag: float,
        exact: bool = False,
        name: str,
    ) -> None:
        self.baseline = Operation.of(before)
        self.operation = self.baseline
        self.undisturbed = True
        self._before = before
        self._expected_state = expected_state
        self._request_id = request_id
        self._state_lag = state_lag
        self._name = name
        self.exact = exact
        self._never_operated = not exact and not self.baseline.request_id
        self.ours: str | None = None
        self._running_seen = False
        self._ended: tuple[str | None, float] | None = None

    @property
    def identified(self) -> bool:
        """Whether the operation was recognized by its id, not only by its name and time."""
        return self.ours is not None and self.ours == self._request_id

    def see(self, instance: Record, now: float) -> Observation:
        """Judge one good read, taken at `now` (monotonic seconds)."""
        operation = Operation.of(instance)
        if not operation.request_id or not operation.name:
            self._ended = None
            return Observation.NOTHING if self._never_operated else Observation.HIDDEN
        if operation.request_id == self.baseline.request_id:
            self._ended = None
            return Observation.NOTHING
        self.operation = operation
        self.undisturbed = False
        if not self._is_ours(operation):
            self._ended = None
            return Observation.OVERWRITTEN
        return self._progress(operation, instance, now)

    def proven_by_change(self, instance: Record) -> bool:
        """Whether the instance shows a change that only a reset like ours makes."""
        changed = self._expected_state.differences(self._before).keys() - set(self._expected_state.unseen(instance))
        return bool(changed) and not self._expected_state.differences(instance)

    def _is_ours(self, operation: Operation) -> bool:
        """No document promises that the shown id equals the RequestId; where it once did, it must."""
        if operation.name != self._name:
            return False
        if operation.request_id != self.ours and operation.request_id == self._request_id:
            self.ours, self._running_seen, self._ended = operation.request_id, False, None
        elif self.ours is None and not self.exact:
            self.ours = operation.request_id
        return operation.request_id == self.ours

    def _progress(self, operation: Operation, instance: Record, now: float) -> Observation:
        """Whether our operation has ended. A record can be torn, with the new id and the state of the operation before;
        so what it shows must be backed by something else, or stand for longer than a state can be late."""
        if operation.state not in ("SUCCESS", "FAILED"):
            self._running_seen = self._running_seen or operation.state == "OPERATING"
            self._ended = None
            return Observation.RUNNING
        twice, lag_over = self._stands(operation.state, now)
        # Of a torn record the state would be the baseline's; an instance that was never operated has none to show.
        told_apart = self._never_operated or self.baseline.state is not None
        news = told_apart and operation.state != self.baseline.state
        if operation.state == "FAILED":
            ended = sum((self._running_seen, news, twice)) >= 2
        elif self._expected_state.differences(instance) or is_on_its_way(instance):
            ended = False
        else:
            ended = self._running_seen or (twice and (news or self.proven_by_change(instance)))
        if not ended and not lag_over:
            return Observation.RUNNING
        return Observation.SUCCEEDED if operation.state == "SUCCESS" else Observation.FAILED

    def _stands(self, state: str, now: float) -> tuple[bool, bool]:
        """Whether a state was read twice in a row, and whether it stands for longer than a state can be late."""
        twice = self._ended is not None and self._ended[0] == state
        since = self._ended[1] if self._ended and twice else now
        self._ended = (state, since)
        return twice, twice and now - since >= self._state_lag
