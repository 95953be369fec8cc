# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What became of a reset, in the log of policy `once`: the reset is sent by then, and a failure does not end it."""

from __future__ import annotations

from collections.abc import Callable

from .._api.client import Client
from .._clock import Deadline
from .._engine.flow import Flow, call, sleep
from .._errors import TencentCloudError
from .idempotency_entry import ACCEPTED, DONE, FAILED, REJECTED, Entry, says_more
from .instance_log import RECORD_SECONDS, TAG_LAG, InstanceLog

_RERUNS = {
    ACCEPTED: "be refused until the claim expires, and then recognize the reset by what the instance shows",
    DONE: "look for the end of the reset once more, and send nothing",
    FAILED: "look for the end of the reset once more, and send nothing",
    REJECTED: "be refused until the claim expires, and then wait until no reset can come any more",
}
"""What another run with the key would do when a state could not be written."""

_NO_ROOM = "LimitExceeded.TagValue"


def record(log: InstanceLog, entry: Entry, client: Client, warn: Callable[[str], None]) -> Flow[None]:
    """Write an entry where it says more than the log does. When the tag key is full, other runs may be about to give
    values back: it is tried again for `RECORD_SECONDS`.

    Args:
        warn: called with why it could not be written.
    """
    deadline = Deadline(client.clock, RECORD_SECONDS)
    while True:
        try:
            yield from call(lambda: log.change(lambda found: entry if says_more(entry, found) else None, deadline))
            return
        except TencentCloudError as error:
            if error.code != _NO_ROOM or deadline.expired:
                warn(
                    f"The state {entry.state!r} of the key {entry.key!r} could not be written: {error} "
                    f"Another run with this key would {_RERUNS[entry.state]}."
                )
                return
        yield from sleep(client.clock.monotonic() + TAG_LAG)
