# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Who makes the calls of flows."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from threading import Barrier
from typing import Any

from .._errors import TencentCloudError

WORKERS = 32
"""How many calls a task makes at a time, at most."""


class Inline(Executor):
    """Makes each call at once, in the thread that asks for it."""

    def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Make it, and keep its answer or its error."""
        future: Future[Any] = Future()
        try:
            future.set_result(call(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def threads(number: int) -> ThreadPoolExecutor:
    """This many threads, all started at once: if one could not start later on, what the others sent would be lost.

    Raises TencentCloudError when the machine has no room for them.
    """
    workers, all_started = ThreadPoolExecutor(number), Barrier(number)
    try:
        for _thread in range(number):
            workers.submit(all_started.wait)
    except RuntimeError as error:
        all_started.abort()
        workers.shutdown()
        why = f"Nothing was sent: this machine cannot start {number} threads ({error})."
        raise TencentCloudError(why, code="NoThreads") from error
    return workers
