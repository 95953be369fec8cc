# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Sending a call that must not take effect twice, with a result that says why it was not accepted."""

from __future__ import annotations

from .advice import advice
from .flow import Flow
from .result import Outcome, Result
from .submit import Mutation, Pace, Refused, Undecided, submit


def submitted(mutation: Mutation, pace: Pace, result: Result, look_at: str) -> Flow[bool]:
    """Whether it was accepted or recognized; otherwise the result is closed. Raises what `prepare` raises.

    Args:
        look_at: what a person has to look at if it cannot be decided whether it took effect; sentences.
    """
    try:
        yield from submit(mutation, pace, result)
    except Refused as refused:
        often = (
            f" {mutation.action} was sent {result.submissions} times and never accepted." if refused.exhausted else ""
        )
        why = f"{result.NOTHING_DONE}.{often} {refused.error} {advice(refused.error)}"
        result.end(Outcome.REFUSED, why, error=refused.error)
        return False
    except Undecided as undecided:
        window = pace.timing.settle_seconds + pace.client.ahead
        result.end(
            Outcome.UNKNOWN,
            f"It is unknown whether {mutation.action} took effect, and it was not sent again: {undecided.error} "
            f"{undecided.why} It may still take effect until {window:.0f} seconds after the send: do not run the task "
            f"again before. {look_at}",
            error=undecided.error,
        )
        return False
    return True
