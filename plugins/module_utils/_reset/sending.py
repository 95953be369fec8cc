# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Sending a reset, or finding out what became of one, and following it to its end."""

from __future__ import annotations

from .._engine.flow import Flow
from .._engine.result import Outcome
from .._engine.submit import Refused, Undecided, recognize, submit
from .._errors import TencentCloudError
from .desired import RESET
from .mutation import Ended, ResetMutation, refused


def send(mutation: ResetMutation) -> Flow[None]:
    """Send the reset as often as is safe, and follow the one that was accepted. It fills the result of the mutation."""
    result = mutation.result
    try:
        yield from submit(mutation, mutation.pace, result)
    except Ended:
        return
    except Refused as end:
        sent = f"ResetInstance was sent {result.submissions} times and never accepted. "
        refused(result, end.error, sent if end.exhausted else "")
    except Undecided as end:
        mutation.follower.unknown(end.why)
    else:
        yield from _accepted(mutation)


def recover(mutation: ResetMutation, may_be_sent_for: float) -> Flow[None]:
    """Find out what became of a reset that an interrupted run may have sent, or may send for some more seconds; send it
    only if nothing came of that. The `before` of the mutation is what that run saw."""
    interrupted = TencentCloudError("A run that was interrupted may have sent it.", code="Interrupted", action=RESET)
    search = mutation.pace.search(interrupted, may_be_sent_for=may_be_sent_for)
    mutation.result.in_doubt = True
    try:
        took_effect = yield from recognize(mutation, mutation.pace, search)
    except Undecided as end:
        mutation.follower.unknown(end.why)
        return
    if took_effect:
        mutation.result.adopted = True
        yield from _accepted(mutation)
    else:
        mutation.result.in_doubt = False
        mutation.before = mutation.result.previous or {}
        yield from send(mutation)


def _accepted(mutation: ResetMutation) -> Flow[None]:
    """Follow a reset that was accepted, or recognized by its trace."""
    result, tracker = mutation.result, mutation.follower.tracker
    recognized = result.request_id is None
    if recognized:
        result.request_id = tracker.ours
        result.tell_accepted()
    if mutation.log is not None and result.request_id is not None:
        yield from mutation.log.accepted(result.request_id)
    if recognized:
        yield from mutation.follower.wait_for_end(seen=True)
    elif mutation.pace.timing.wait:
        yield from mutation.follow(result.request_id).wait_for_end(begun=True)
    else:
        result.end(Outcome.ACCEPTED, f"The reset was accepted (RequestId {result.request_id}).")
