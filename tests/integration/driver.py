# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resets in processes of their own, on a clock of the test's: everything but the clock is as in the module.

Each line of JSON on stdin is one run, with ``options`` and ``clock``. It answers with two lines: the ``pid`` of the
process that runs it, and its ``result``, which is null when that process was killed. A run is forked, so that
the imports are paid for once.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import Any

from ansible_collections.tencent.cloud.plugins.module_utils._api.connection import CONNECTION_SPEC, client_from
from ansible_collections.tencent.cloud.plugins.module_utils._clock import Clock
from ansible_collections.tencent.cloud.plugins.module_utils._engine.timing import timing
from ansible_collections.tencent.cloud.plugins.module_utils._errors import TencentCloudError
from ansible_collections.tencent.cloud.plugins.module_utils._reset.flow import Reset
from ansible_collections.tencent.cloud.plugins.module_utils._reset.options import RESET_SPEC, desired
from ansible_collections.tencent.cloud.plugins.module_utils._reset.result import ResetResult
from ansible_collections.tencent.cloud.plugins.module_utils._services.cvm import Cvm

from .shared_clock import SharedClock

DEFAULTS = {name: option.get("default") for name, option in {**CONNECTION_SPEC, **RESET_SPEC}.items()}


def reset(options: Mapping[str, Any], shared: SharedClock) -> ResetResult:
    """What the module does with these options."""
    clock = Clock(monotonic=shared.monotonic, wall=shared.wall, sleep=shared.sleep, boottime=shared.monotonic)
    try:
        return Reset(Cvm(client_from(options, clock)), clock, desired(options), timing(options)).run()
    except TencentCloudError as error:
        return ResetResult(instance_id=options["instance_id"]).stop(error)


def run(job: dict[str, Any], answers: Connection) -> None:
    """One run, in this process."""
    result = reset({**DEFAULTS, **job["options"]}, SharedClock.from_json(job["clock"]))
    answers.send({**result.as_dict(), "reason": result.reason, "ok": result.ok, "warnings": result.warnings})


def tell(**answer: Any) -> None:
    """Answer with a line."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def main() -> None:
    """One run after the other."""
    forking = multiprocessing.get_context("fork")
    for line in sys.stdin:
        answers, sender = forking.Pipe(duplex=False)
        process = forking.Process(target=run, args=(json.loads(line), sender))
        process.start()
        sender.close()
        tell(pid=process.pid)
        try:
            result = answers.recv()
        except EOFError:
            result = None
        process.join()
        answers.close()
        tell(result=result)


if __name__ == "__main__":
    main()
