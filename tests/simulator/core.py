# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator without sockets and without real time: one request in, one reply out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .cbs import disks
from .cvm.foreign import plan_foreign
from .cvm.installs import Install, OnInstall
from .cvm.operations import Gate
from .faults.plan import VIEWS, Fault
from .server import control, envelopes, gateway, metadata
from .server.call import Call
from .server.dispatch import process
from .server.errors import ApiError
from .server.wire import HttpRequest, Reply
from .state import State
from .world import World, load_world


class Simulator:
    """A simulated Tencent Cloud. ``clock`` gives epoch seconds; nothing else is asked for the time.

    ``defaults`` are options for worlds that come later and do not give them (the command line's). ``on_install`` is
    told of every reset and every rollback of a system disk whose time is over, and ends it by calling back.
    """

    def __init__(
        self,
        world: World | None = None,
        clock: Callable[[], float] = time.time,
        defaults: Mapping[str, Any] | None = None,
        on_install: OnInstall | None = None,
    ) -> None:
        self._clock = clock
        self._defaults = dict(defaults or {})
        self._on_install = on_install
        self._lock = threading.RLock()
        self._state = State(world or load_world(None, **self._defaults), clock(), self._gate_of)

    def handle(self, request: HttpRequest) -> Reply:
        """Answer one request; blocks only while a hold keeps the call."""
        if request.path.startswith(control.PREFIX):
            return control.answer(self, request)
        state = self._current()
        if request.path.startswith(metadata.PREFIX):
            with self._lock:
                return metadata.answer(state, request)
        try:
            call = gateway.read(request)
        except ApiError as error:
            generation = gateway.generation_of(request)
            reply = envelopes.refused(error, None, generation, state.world.legacy_auth_envelope)[1]
        else:
            reply = self._answer(state, call)
        return envelopes.stamped(reply, self._clock() + state.world.clock_skew)

    def snapshot(self) -> dict[str, Any]:
        """The real state as ``GET /_control/state`` shows it."""
        with self._lock:
            state = self._current()
            return {**state.snapshot(), "disks": disks.real(state)}

    def tick(self) -> None:
        """Catch up with the clock; without it that happens at the next request."""
        self._current()

    def faults(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """Replace the plan of faults; raises PlanError."""
        with self._lock:
            self._state.faults.replace(entries)

    def hold(self, entry: Mapping[str, Any]) -> None:
        """Plan a hold; raises PlanError."""
        with self._lock:
            self._state.holds.add(entry)

    def release(self, request_id: str | None = None, *, discard: bool = False) -> int:
        """Release one held call or all; ``discard``: they end without an answer, and unprocessed if held before."""
        with self._lock:
            return self._state.holds.release(request_id, discard=discard)

    def replace_world(self, source: Mapping[str, Any] | None) -> None:
        """Begin anew with another world (None: the built-in one); raises WorldError."""
        world = load_world(source, **self._defaults)
        with self._lock:
            self._state.holds.release(discard=True)
            self._state = State(world, self._clock(), self._gate_of)

    def _current(self) -> State:
        with self._lock:
            self._state.advance(self._clock())
            return self._state

    def _gate_of(self, install: Install) -> Gate | None:
        told = self._on_install
        if told is None:
            return None

        def gate(at: float, end: Callable[[float, str | None], None]) -> None:
            def finished(reason: str | None) -> None:
                with self._lock:
                    end(max(at, self._clock()), reason)

            told(install, finished)

        return gate

    def _answer(self, state: State, call: Call) -> Reply:
        if self._discarded(state, call, "before"):
            return Reply(fate="drop")
        with self._lock:
            state.advance(self._clock())
            reply = _serve(state, call)
        if self._discarded(state, call, "after"):
            return Reply(fate="drop")
        return reply

    def _discarded(self, state: State, call: Call, when: str) -> bool:
        with self._lock:
            held = state.holds.meet(call, when)
        if held is None:
            return False
        held.event.wait()
        return held.discard


def _serve(state: State, call: Call) -> Reply:
    call.at = state.now
    call.log = gateway.describe(call)
    state.calls.append(call.log)
    faults = state.faults.take(call)
    for fault in faults:
        _arrange(state, call, fault)
    answering = next((fault for fault in faults if fault.answers), None)
    delay = next((fault.accept_after for fault in faults if fault.accept_after is not None), None)
    if delay is not None:
        state.schedule.add(state.now + delay, lambda at: _process_late(state, call, at))
        reply = envelopes.success({}, call.request_id)
    elif answering is not None and answering.when == "before":
        reply = envelopes.success({}, call.request_id)
    else:
        if call.repeated:
            _process_copy(state, call)
        reply = _process(state, call)
    if answering is not None:
        reply = answering.answer(call, reply)
        call.log["fault"] = answering.kind
    call.log.update(fate=reply.fate, status=reply.status)
    return reply


def _arrange(state: State, call: Call, fault: Fault) -> None:
    if fault.kind == "foreign":
        plan_foreign(state, fault.options, call.instance_ids)
    elif fault.kind == "operation_failed":
        call.fails_with = fault.options["message"]
    elif fault.kind in VIEWS:
        call.views.append((fault.kind, fault.trigger.instance_id))
    elif fault.kind == "repeated":
        call.repeated = True


def _process_copy(state: State, call: Call) -> None:
    """Process the same request as a call of its own, just before the one that is answered."""
    copy = gateway.read(call.request)
    copy.at, copy.log, copy.fails_with = call.at, gateway.describe(copy), call.fails_with
    copy.log["at"] = call.at
    state.calls.extend((copy.log, state.calls.pop()))
    _process(state, copy)


def _process(state: State, call: Call) -> Reply:
    try:
        return envelopes.success(process(state, call), call.request_id)
    except ApiError as error:
        code, reply = envelopes.refused(error, call, call.generation, state.world.legacy_auth_envelope)
        call.log["code"] = code
        return reply


def _process_late(state: State, call: Call, at: float) -> None:
    """Process a call long after it was answered, at its own moment and under the conditions of that moment."""
    now, state.now = state.now, at
    try:
        _process(state, call)
        call.log["processed_at"] = at
    finally:
        state.now = now
