#!/usr/bin/python
# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cvm_instance_power
short_description: Start, stop or restart Tencent Cloud CVM instances
version_added: 0.2.0
author:
  - The tencent.cloud contributors (@tencent-cloud-contributors)
description:
  - >-
    Starts instances (C(StartInstances)), stops them (C(StopInstances)) or restarts them (C(RebootInstances)), and
    waits until each is there. All instances of a task are in one call.
  - >-
    What the API would refuse for any of the instances is found beforehand, all of it, and then nothing is sent: an
    unknown id, a state that does not allow it, an operation in progress.
  - >-
    One run restarts an instance at most once, whatever the network does. A call is sent again only when the service
    surely did not take it, or when it left no trace for as long as it could.
  - An operation of somebody else that leads to the wanted state anyway is waited for, and nothing is sent.
extends_documentation_fragment:
  - tencent.cloud.connection
  - tencent.cloud.connection.attributes
  - tencent.cloud.progress
attributes:
  check_mode:
    description: Reads the instances, and refuses what a real run would refuse. It sends no call.
    support: full
  diff_mode:
    description: Shows the state of each instance before and after.
    support: full
  idempotent:
    description: V(running) and V(stopped) are. V(restarted) always changes, each run restarts the instances.
    support: partial
options:
  instance_ids:
    description: The instances, 1 to 100 ids, each C(ins-) and eight lower-case letters or digits.
    type: list
    elements: str
    required: true
  state:
    description:
      - V(running) starts the instances that are stopped.
      - V(stopped) stops the instances that run.
      - >-
        V(restarted) restarts all of them. They must run, as the API requires. One that is stopped is refused, since
        somebody may have stopped it for a reason; V(running) starts it.
    type: str
    choices: [running, stopped, restarted]
    required: true
  stop_type:
    description:
      - How a system is brought down, for O(state=stopped) and O(state=restarted).
      - V(soft) asks the system to shut down.
      - V(hard) cuts the power. What is not written to the disk yet is lost, and file systems can be damaged.
      - V(soft_first) asks first, and cuts the power when that fails.
    type: str
    choices: [soft, hard, soft_first]
    default: soft
  stopped_mode:
    description:
      - Whether CPU and memory are charged for while an instance is stopped. Only with O(state=stopped).
      - >-
        V(stop_charging) gives them back. The public address is lost, a later start fails if they are not available,
        and M(tencent.cloud.cvm_reset_instance) refuses the instance until it is started. Only pay-as-you-go instances
        without local disks can be stopped this way.
      - >-
        Without it an instance that is stopped stays charged for, as the API has it by default, and one that is stopped
        already may be so in either mode. With it, one that is stopped already in the other mode is refused, since only
        a start and another stop would change that.
    type: str
    choices: [keep_charging, stop_charging]
  wait:
    description:
      - Whether to wait until each instance is there, or only until the call is accepted.
      - An instance whose record says SUCCESS is waited for until it also shows the state.
    type: bool
    default: true
  wait_timeout:
    description:
      - How many seconds to wait at most, from the first time the call is sent; 1 to 604800.
      - >-
        After a lost answer a trace of the call is looked for. With less than 375 seconds there is no time to tell that
        it never takes effect: one that leaves no trace within O(wait_timeout) ends as C(unknown).
    type: int
    default: 1800
  wait_interval:
    description: How many seconds to wait between two looks; 0.1 to 3600.
    type: float
    default: 5.0
notes:
  - >-
    When Ansible is killed, or a job is cancelled, the module ends before its next call to the API, as if it had been
    killed too. It cannot notice that as an C(async) task, or on another host over ssh; see the guide
    R(When the network fails,ansible_collections.tencent.cloud.docsite.guide_network_failures).
seealso:
  - module: tencent.cloud.cbs_snapshot
  - module: tencent.cloud.cvm_image
  - module: tencent.cloud.cvm_image_info
  - module: tencent.cloud.cvm_instance_info
  - module: tencent.cloud.cvm_key_pair_info
  - module: tencent.cloud.cvm_reset_instance
  - module: tencent.cloud.cvm_reset_instances
  - module: tencent.cloud.cvm_reset_log
  - module: tencent.cloud.sts_caller_identity_info
  - name: StartInstances
    description: The document of the API action.
    link: https://www.tencentcloud.com/document/product/213/33237
  - name: StopInstances
    description: The document of the API action.
    link: https://www.tencentcloud.com/document/product/213/33235
  - name: RebootInstances
    description: The document of the API action.
    link: https://www.tencentcloud.com/document/product/213/33243
"""

EXAMPLES = r"""
- name: Start a server that was stopped without charges, before it is reinstalled
  tencent.cloud.cvm_instance_power:
    region: ap-guangzhou
    instance_ids: [ins-nocharge]
    state: running
  delegate_to: localhost

- name: Restart two servers
  tencent.cloud.cvm_instance_power:
    region: ap-guangzhou
    instance_ids: [ins-r8hr2upy, ins-keypair1]
    state: restarted
    stop_type: soft_first
  delegate_to: localhost

- name: Stop a server for the night, without charges for CPU and memory
  tencent.cloud.cvm_instance_power:
    region: ap-guangzhou
    instance_ids: [ins-nocharge]
    state: stopped
    stopped_mode: stop_charging
  delegate_to: localhost
"""

RETURN = r"""
outcome:
  description:
    - C(done), our call succeeded, and each instance is as asked.
    - >-
      C(accepted), the call was accepted; with O(wait=true) an instance was not there in time, and the task failed. Also
      when an operation of somebody else, for which it waited, did not end in time; C(changed) is false then.
    - C(unchanged), there was nothing to do.
    - C(planned), the call would be sent (check mode).
    - C(failed), the operation failed on an instance, or did not have its effect.
    - C(refused), nothing was changed.
    - C(unknown), it cannot be told whether the call took effect. It was not sent again.
    - Of several instances the worst outcome counts; RV(reason) names them.
  returned: always
  type: str
  sample: done
changed:
  description: Whether something was changed, or may have been, or would be in check mode.
  returned: always
  type: bool
  sample: true
instance_ids:
  description: The instances of the task, each once.
  returned: always
  type: list
  elements: str
  sample: [ins-r8hr2upy]
instances:
  description: The instances as they were read last (C(DescribeInstances)), in snake_case; C(tags) is a dictionary.
  returned: always
  type: list
  elements: dict
  sample: [{instance_id: ins-r8hr2upy, instance_state: RUNNING, latest_operation: RebootInstances}]
previous:
  description: The instances before the task.
  returned: always
  type: list
  elements: dict
  sample: [{instance_id: ins-r8hr2upy, instance_state: RUNNING, latest_operation: null}]
request_id:
  description: The RequestId of the accepted call. V(null) when there was none, or it is not known.
  returned: always
  type: str
  sample: a0a66377-b79f-4a21-846c-d997d6022968
waited_seconds:
  description: How long the task took from the first send.
  returned: always
  type: float
  sample: 21.4
submissions:
  description: How often the call was sent.
  returned: always
  type: int
  sample: 1
adopted:
  description: Whether the call was recognized by its trace, after an answer that was lost.
  returned: always
  type: bool
  sample: false
reason:
  description:
    - What happened, in sentences.
    - V(null) when the task failed, since C(msg) says it then.
  returned: always
  type: str
  sample: "ins-r8hr2upy: restarted (RequestId a0a66377-b79f-4a21-846c-d997d6022968)."
problems:
  description: What stands in the way, all of it. Empty unless the task was refused beforehand.
  returned: always
  type: list
  elements: dict
  contains:
    code:
      description: The code with which the API would refuse, or C(InvalidOption), C(InvalidCredentials).
      type: str
    option:
      description: The option to change.
      type: str
    message:
      description: Of which instances, and what is wrong.
      type: str
    fix:
      description: What to do.
      type: str
  sample: []
error:
  description: The error that ended the task. V(null) when there is none.
  returned: always
  type: dict
  contains:
    code:
      description: The code of the API, or C(NotSent), C(NoAnswer), C(BadAnswer), C(OperationFailed), C(EffectMissing),
        C(OutcomeUnknown), C(WaitTimeout), C(Broken), C(Interrupted), C(InvalidCredentials).
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

from ..module_utils._engine.progress import lines_about
from ..module_utils._errors import TencentCloudError
from ..module_utils._module import Report, Task, run
from ..module_utils._power.engine import Power
from ..module_utils._power.options import POWER_SPEC, option_problems
from ..module_utils._power.result import PowerResult
from ..module_utils._services.cvm import Cvm


def power(task: Task) -> Report:
    """Start, stop or restart the instances."""
    client, problems = task.connected(option_problems(task.options))
    name = ", ".join(task.options["instance_ids"])
    on_event = lines_about(name, task.say)
    result = Power(Cvm(client), task.clock, task.options, problems, on_event).run(check=task.check)
    return Report(result.as_dict(), failure=None if result.ok else result.reason, diff=result.changes)


def failed(options: Mapping[str, Any], error: TencentCloudError) -> dict[str, Any]:
    """The result of a task that ended before anything was sent."""
    return PowerResult(instance_ids=options["instance_ids"]).stop(error).as_dict()


def main() -> None:
    run(POWER_SPEC, power, failed)


if __name__ == "__main__":
    main()
