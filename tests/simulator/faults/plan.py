# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan of faults: what goes wrong with which call (table in README.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..cvm.operations import OTHERS, POWER
from ..server.call import Call
from ..server.envelopes import failure, numeric
from ..server.errors import LEGACY, throttled
from ..server.wire import Reply, json_reply
from .triggers import PlanError, Trigger

HTML = b"<html><head><title>gateway</title></head><body><h1>Something else answered</h1></body></html>"
COMMON = {"action", "kind", "nth", "times", "instance_id", "region", "when", "accept_after"}


@dataclass
class Fault:
    """One entry of the plan. ``when``: the call is processed (``after``) or not (``before``)."""

    kind: str
    trigger: Trigger
    when: str
    accept_after: float | None
    options: Mapping[str, Any]

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Fault:
        """The fault that an entry describes; raises PlanError."""
        kind = str(entry.get("kind"))
        if kind not in OPTIONS:
            raise PlanError(f"unknown kind of fault: {kind}")
        unknown = set(entry) - COMMON - set(OPTIONS[kind])
        if unknown:
            raise PlanError(f"{kind} does not take {', '.join(sorted(unknown))}")
        when = entry.get("when", "before")
        if when not in ("before", "after"):
            raise PlanError("when must be before or after")
        delay, options = entry.get("accept_after"), {**OPTIONS[kind], **entry}
        if kind == "foreign" and options["operation"] not in FOREIGN:
            raise PlanError(f"foreign has no operation {options['operation']}")
        return cls(kind, Trigger.of(entry), when, None if delay is None else float(delay), options)

    @property
    def answers(self) -> bool:
        """Whether it replaces the answer."""
        return self.kind in ANSWERS

    def answer(self, call: Call, reply: Reply) -> Reply:
        """What is answered instead of ``reply``."""
        return ANSWERS[self.kind](self.options, call, reply)


class FaultPlan:
    """All faults that are still to come."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def replace(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """Plan these faults and forget the earlier ones; raises PlanError."""
        self._faults = [Fault.of(entry) for entry in entries]

    def take(self, call: Call) -> list[Fault]:
        """The faults of this call."""
        if not self._faults:
            return []
        hit = [fault for fault in self._faults if fault.trigger.hits(call)]
        self._faults = [fault for fault in self._faults if not fault.trigger.spent]
        return hit

    def pending(self) -> list[dict[str, Any]]:
        """The faults still to come, as they were planned."""
        return [dict(fault.options) for fault in self._faults]


Options = Mapping[str, Any]


def _redirect(options: Options, call: Call, reply: Reply) -> Reply:
    request = call.request
    same = f"{request.path}?{request.query}" if request.query else request.path
    location = options["location"] or same
    return Reply(int(options["status"]), {"Location": location, "Content-Type": "text/html"}, HTML)


def _cut_json(options: Options, call: Call, reply: Reply) -> Reply:
    return Reply(reply.status, reply.headers, reply.body[: max(1, len(reply.body) // 2)])


def _throttle(options: Options, call: Call, reply: Reply) -> Reply:
    error = throttled(call.language, 10)
    code = LEGACY[error.code].code if call.generation == "legacy" else error.code
    return failure(code, error.message, call.request_id)


ANSWERS: dict[str, Callable[[Options, Call, Reply], Reply]] = {
    "drop": lambda options, call, reply: Reply(fate="drop"),
    "reset": lambda options, call, reply: Reply(fate="reset"),
    "hang": lambda options, call, reply: Reply(fate="hang", seconds=float(options["seconds"])),
    "cut": lambda options, call, reply: Reply(reply.status, reply.headers, reply.body, fate="cut"),
    "http": lambda options, call, reply: Reply(int(options["status"]), {"Content-Type": "text/html"}, HTML),
    "html": lambda options, call, reply: Reply(200, {"Content-Type": "text/html"}, HTML),
    "redirect": _redirect,
    "cut_json": _cut_json,
    "empty": lambda options, call, reply: Reply(200, reply.headers, b""),
    "error": lambda options, call, reply: failure(options["code"], options["message"], call.request_id),
    "numeric": lambda options, call, reply: numeric(options["code"], options["message"], options["name"]),
    "throttle": _throttle,
    "no_request_id": lambda options, call, reply: json_reply({"Response": {}}),
    "late": lambda options, call, reply: reply,
}

# What each kind takes beside the common options, with its defaults.
OPTIONS: dict[str, dict[str, Any]] = {
    **{kind: {} for kind in ANSWERS},
    "hang": {"seconds": 30},
    "http": {"status": 502},
    "redirect": {"status": 307, "location": None},
    "error": {"code": "InternalError", "message": "Internal error."},
    "numeric": {"code": 6000, "message": "Internal server error.", "name": "InternalError"},
    "repeated": {},
    "operation_failed": {"message": "Install system failed."},
    "torn": {},
    "stale": {},
    "null": {},
    "vanished": {},
    "foreign": {
        "operation": "ResetInstance",
        "image_id": None,
        "key": "",
        "value": "",
        "after_seconds": 0,
        "wait": False,
        "seconds": None,
    },
}
FOREIGN = ("ResetInstance", "tag", *POWER, *OTHERS)
VIEWS = ("torn", "stale", "null", "vanished")
