#!/usr/bin/python
# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cvm_reset_log
short_description: Read or carry on the logs of Tencent Cloud CVM instances' resets
version_added: 0.1.0
author:
  - The tencent.cloud contributors (@tencent-cloud-contributors)
description:
  - >-
    Reads the log that M(tencent.cloud.cvm_reset_instance) keeps with C(policy=once) in a tag of the instance whose key
    begins with C(ansible-reset-once).
  - >-
    Once that reset has ended, it also says there what became of the server, so that a run that was interrupted can be
    started again and goes on where it was. The role P(tencent.cloud.reset_instance#role) uses it that way.
  - >-
    With O(instance_ids) it does so for many instances of a region in one task, side by side. Their logs are read 50 in
    a call, and at most 10 are written in a second. What fails for one does not stop the others; the task fails at the
    end.
extends_documentation_fragment:
  - tencent.cloud.connection
  - tencent.cloud.connection.attributes
attributes:
  check_mode:
    description: Reads the log, refuses what a real run would refuse, and writes nothing.
    support: full
  diff_mode:
    description: Shows the state of each log before and after.
    support: full
  idempotent:
    description: A state that is already there is not written again.
    support: full
options:
  instance_id:
    description: >-
      The instance, C(ins-) and eight lower-case letters or digits. Either this or O(instance_ids) is needed.
    type: str
  instance_ids:
    description: The instances, each once, 1 to 1000 of them.
    type: list
    elements: str
  idempotency_key:
    description: The key of the reset that O(state) is about, for all instances. Their logs must be about it.
    type: str
  state:
    description:
      - What to write. Without it the log is only read.
      - V(finished), after a reset that is C(done), says that the server is in service again.
      - V(rolling_back), after a reset that is C(done) or C(failed), says that a backup is about to be restored.
      - V(rolled_back), after V(rolling_back), says that it is restored.
      - >-
        A reset whose log says V(rolling_back) or V(rolled_back) is not made again with the same key, and while it says
        V(rolling_back) no reset is made with another one.
      - >-
        It needs O(idempotency_key), and the permissions of C(policy=once). A log that it cannot follow is read again
        for 5 seconds before the task is refused, since tags are read late.
    type: str
    choices: [finished, rolling_back, rolled_back]
seealso:
  - module: tencent.cloud.cbs_snapshot
  - module: tencent.cloud.cvm_image
  - module: tencent.cloud.cvm_image_info
  - module: tencent.cloud.cvm_instance_info
  - module: tencent.cloud.cvm_instance_power
  - module: tencent.cloud.cvm_key_pair_info
  - module: tencent.cloud.cvm_reset_instance
  - module: tencent.cloud.cvm_reset_instances
  - module: tencent.cloud.sts_caller_identity_info
"""

EXAMPLES = r"""
- name: Reinstall once for a change
  tencent.cloud.cvm_reset_instance:
    region: ap-guangzhou
    instance_id: ins-r8hr2upy
    image_id: img-pmqg1cw7
    policy: once
    idempotency_key: CHG-20261124-1
    login_settings:
      key_ids: [skey-b4vakk62]
  delegate_to: localhost

- name: Say that the server is in service again
  tencent.cloud.cvm_reset_log:
    region: ap-guangzhou
    instance_id: ins-r8hr2upy
    idempotency_key: CHG-20261124-1
    state: finished
  delegate_to: localhost

- name: Look at what the log says
  tencent.cloud.cvm_reset_log:
    region: ap-guangzhou
    instance_id: ins-r8hr2upy
  delegate_to: localhost

- name: Look at the logs of two instances
  tencent.cloud.cvm_reset_log:
    region: ap-guangzhou
    instance_ids: [ins-r8hr2upy, ins-keypair1]
  delegate_to: localhost
  run_once: true
"""

RETURN = r"""
changed:
  description: Whether a log was written.
  returned: always
  type: bool
  sample: false
instance_id:
  description: The instance. V(null) with O(instance_ids).
  returned: always
  type: str
  sample: ins-r8hr2upy
log:
  description: >-
    What the log of O(instance_id) says at the end. V(null) when it says nothing of this instance, or was not read.
  returned: always
  type: dict
  contains:
    key:
      description: The idempotency key.
      type: str
    state:
      description: V(pending), V(accepted), V(done), V(failed), V(rejected), V(finished), V(rolling_back) or
        V(rolled_back).
      type: str
    request_id:
      description: The RequestId of the reset, empty before one was accepted.
      type: str
    baseline_id:
      description: The id of the operation that the instance showed before the reset.
      type: str
    expires_at:
      description: Until when the run that wrote V(pending) may send, in seconds since the epoch.
      type: int
  sample: {"key": "CHG-20261124-1", "state": "done", "request_id": "a0a66377-b79f-4a21-846c-d997d6022968",
    "baseline_id": "3f0c4c1e-6f0a-4f43-9f10-0d6c0b8f9a11", "expires_at": 1764000000}
previous:
  description: What it said before, likewise.
  returned: always
  type: dict
  sample: null
results:
  description:
    - What became of the log of each instance, in the order of O(instance_ids), or of O(instance_id) alone.
    - Empty when the task was refused before any log was read.
  returned: always
  type: list
  elements: dict
  contains:
    instance_id:
      description: The instance.
      type: str
    changed:
      description: Whether its log was written.
      type: bool
    log:
      description: As RV(log).
      type: dict
    previous:
      description: As RV(previous).
      type: dict
    error:
      description: As RV(error), for this instance. V(null) when there is none.
      type: dict
  sample: [{"instance_id": "ins-r8hr2upy", "changed": false, "log": null, "previous": null, "error": null}]
problems:
  description: Everything that is wrong with the options. Empty unless the task was refused for it.
  returned: always
  type: list
  elements: dict
  contains:
    code:
      description: C(InvalidOption), or C(InvalidCredentials) along with other problems.
      type: str
    option:
      description: The option to change.
      type: str
    message:
      description: What is wrong.
      type: str
    fix:
      description: What to do.
      type: str
  sample: []
error:
  description: >-
    The error that ended the task. V(null) when there is none. What went wrong with one of the O(instance_ids) is in
    RV(results).
  returned: always
  type: dict
  contains:
    code:
      description: The code of the API, or C(OnceRefused), C(HeldUp), C(NotSent), C(NoAnswer), C(BadAnswer),
        C(NoThreads), C(Broken), C(Interrupted), C(InvalidOption), C(InvalidCredentials).
      type: str
    message:
      description: The message of the API, or what happened.
      type: str
    request_id:
      description: The RequestId of the failed call.
      type: str
    action:
      description: The action of the failed call.
      type: str
  sample: null
"""

from collections.abc import Mapping
from typing import Any

from ..module_utils._engine.workers import WORKERS, threads
from ..module_utils._errors import TencentCloudError
from ..module_utils._module import Report, Task, run
from ..module_utils._reset.instance_logs import Logs, LogsResult, NextState
from ..module_utils._reset.log_options import LOG_SPEC, ids_of, log_problems


def keep(task: Task) -> Report:
    """Read the logs, and write the state that is asked for."""
    options, ids = task.options, ids_of(task.options)
    client = task.client(log_problems(options))
    asked = NextState(options["idempotency_key"], options["state"]) if options["state"] else None
    workers = threads(min(WORKERS, len(ids)))
    try:
        results = Logs(client, asked, check=task.check, workers=workers).run(ids)
    finally:
        # After an interrupt what waits for a worker must not be sent any more.
        workers.shutdown(cancel_futures=True)
    result = LogsResult(options["instance_id"], results)
    return Report(result.as_dict(), failure=result.failure, diff=result.diff)


def failed(options: Mapping[str, Any], error: TencentCloudError) -> dict[str, Any]:
    """The result of a task that ended before any log was read."""
    return LogsResult(options["instance_id"], error=error).as_dict()


def main() -> None:
    run(
        LOG_SPEC,
        keep,
        failed,
        mutually_exclusive=[("instance_id", "instance_ids")],
        required_one_of=[("instance_id", "instance_ids")],
        required_by={"state": ["idempotency_key"]},
    )


if __name__ == "__main__":
    main()
