#!/usr/bin/python
# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cvm_reset_instance
short_description: Reinstall the operating system of a Tencent Cloud CVM instance
version_added: 0.1.0
author:
  - The tencent.cloud contributors (@tencent-cloud-contributors)
description:
  - Reinstalls one instance by the API action C(ResetInstance) and waits until that very operation has ended.
  - The system disk is wiped. Data disks keep their data and must be mounted again.
  - The instance runs afterwards. One that was stopped is started by the reset, and the module warns of that.
  - >-
    One run causes at most one accepted reset, whatever the network does. A reset is sent again only when the service
    surely did not take it, or when it stayed without effect for O(settle_seconds).
  - Everything that the API would refuse and that can be known beforehand is reported beforehand, all at once.
extends_documentation_fragment:
  - tencent.cloud.connection
  - tencent.cloud.connection.attributes
  - tencent.cloud.reset
  - tencent.cloud.progress
attributes:
  check_mode:
    description: >-
      Reads the instance, the images and the key pairs, refuses what a real run would refuse, and does not send
      C(ResetInstance).
    support: full
  diff_mode:
    description: Shows the instance before and after, with the defaults of the API where an option is not given.
    support: full
  idempotent:
    description: >-
      A reset has no end state to compare with. With O(policy=always) every run reinstalls; with
      O(policy=image_differs) an instance that runs the image is left alone; with O(policy=once) each O(idempotency_key)
      reinstalls once.
    support: partial
options:
  instance_id:
    description: The instance, C(ins-) and eight lower-case letters or digits.
    type: str
    required: true
  attach:
    description:
      - >-
        The RequestId of a reset that was sent before. The module waits for that reset, also when it has ended, and
        sends nothing.
      - An empty text or null is refused, since without O(attach) the instance would be reset.
    type: str
notes:
  - >-
    An instance shows its latest operation only. Renaming it, changing its security groups or CAM role, renewing it,
    resetting its password or type, starting, stopping and migrating it each take that place. Do none of that while a
    reset runs: its trace can be lost, and the outcome is then unknown.
  - >-
    When Ansible is killed, or a job is cancelled, the module ends before its next call to the API, as if it had been
    killed too. It cannot notice that as an C(async) task, or on another host over ssh; see the guide
    R(When the network fails,ansible_collections.tencent.cloud.docsite.guide_network_failures).
seealso:
  - module: tencent.cloud.cbs_snapshot
  - module: tencent.cloud.cvm_image
  - module: tencent.cloud.cvm_image_info
  - module: tencent.cloud.cvm_instance_info
  - module: tencent.cloud.cvm_instance_power
  - module: tencent.cloud.cvm_key_pair_info
  - module: tencent.cloud.cvm_reset_instances
  - module: tencent.cloud.cvm_reset_log
  - module: tencent.cloud.ssh_host_key
  - module: tencent.cloud.sts_caller_identity_info
  - plugin: tencent.cloud.user_data_with_host_key
    plugin_type: filter
  - name: ResetInstance
    description: The document of the API action.
    link: https://www.tencentcloud.com/document/product/213/33242
"""

EXAMPLES = r"""
- name: Reinstall a server and look at the RequestId
  tencent.cloud.cvm_reset_instance:
    region: ap-guangzhou
    instance_id: ins-r8hr2upy
    image_id: img-pmqg1cw7
    system_disk:
      disk_size: 60
    login_settings:
      password: "{{ new_password }}"
    enhanced_service:
      security_service: true
      monitor_service: true
  delegate_to: localhost
  register: reset

- name: Reinstall only when another image is wanted, and only the server that is meant
  tencent.cloud.cvm_reset_instance:
    region: ap-guangzhou
    instance_id: ins-r8hr2upy
    image_id: img-pmqg1cw7
    policy: image_differs
    expected:
      instance_name: web-1
    login_settings:
      key_ids: [skey-b4vakk62]
  delegate_to: localhost

- name: Reinstall once for a change, however often the job is run
  tencent.cloud.cvm_reset_instance:
    region: ap-guangzhou
    instance_id: ins-r8hr2upy
    image_id: img-pmqg1cw7
    policy: once
    idempotency_key: CHG-20261124-1
    login_settings:
      key_ids: [skey-b4vakk62]
  delegate_to: localhost

- name: Start a reset and go on
  tencent.cloud.cvm_reset_instance:
    region: ap-guangzhou
    instance_id: ins-r8hr2upy
    login_settings:
      key_ids: [skey-b4vakk62]
    wait: false
  delegate_to: localhost
  register: started

- name: Wait for it later; this sends nothing
  tencent.cloud.cvm_reset_instance:
    region: ap-guangzhou
    instance_id: ins-r8hr2upy
    attach: "{{ started.request_id }}"
  delegate_to: localhost
"""

RETURN = r"""
outcome:
  description:
    - V(done) our reset ended, and the instance is as it was asked to be.
    - V(accepted) the reset was accepted and its end was not waited for, or did not come in time (then the task fails).
    - V(unchanged) there was nothing to do.
    - V(planned) check mode, a real run would reset.
    - V(failed) the reset was accepted and failed, or ended without the wanted effect.
    - V(refused) nothing was reset, for the RV(problems) or the RV(error).
    - V(unknown) a reset was sent and it cannot be told whether it took place.
  returned: always
  type: str
  sample: done
changed:
  description: Whether the disk may be gone. True for every outcome but V(unchanged) and V(refused).
  returned: always
  type: bool
  sample: true
request_id:
  description: The RequestId of our reset, or of the operation that was recognized as it.
  returned: always
  type: str
  sample: a0a66377-b79f-4a21-846c-d997d6022968
instance_id:
  description: The instance.
  returned: always
  type: str
  sample: ins-r8hr2upy
instance:
  description:
    - The instance as it was read last, with everything that DescribeInstances gives, in snake_case; C(tags) is a
      dictionary.
    - V(null) when it was not read.
  returned: always
  type: dict
  sample: {"instance_id": "ins-r8hr2upy", "image_id": "img-pmqg1cw7", "instance_state": "RUNNING"}
previous:
  description:
    - The instance before the reset, likewise.
    - V(null) when it was not read again after that. It is in RV(instance) then.
  returned: always
  type: dict
  sample: {"instance_id": "ins-r8hr2upy", "image_id": "img-9qabwvbn", "instance_state": "RUNNING"}
operation:
  description: The latest operation that the instance showed. V(null) when nothing was waited for.
  returned: always
  type: dict
  contains:
    name:
      description: Its name.
      type: str
    state:
      description: V(OPERATING), V(SUCCESS) or V(FAILED).
      type: str
    request_id:
      description: Its id.
      type: str
    error_message:
      description: Why it failed.
      type: str
  sample: {"name": "ResetInstance", "state": "SUCCESS", "request_id": "a0a66377-b79f", "error_message": null}
log:
  description:
    - >-
      With O(policy=once), what the log of the instance said before anything was sent, also where it refused the reset
      or something else did, and in check mode. M(tencent.cloud.cvm_reset_log) shows what it says now.
    - V(null) when it said nothing of this instance, or was not read, as with another O(policy) or with O(attach).
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
  sample: null
waited_seconds:
  description: How long it took from the first time the reset was sent.
  returned: always
  type: float
  sample: 183.4
submissions:
  description: How often C(ResetInstance) was sent.
  returned: always
  type: int
  sample: 1
adopted:
  description: Whether the reset was recognized by what the instance showed, since its answer was lost.
  returned: always
  type: bool
  sample: false
reason:
  description:
    - What happened, in sentences.
    - V(null) when the task failed, since C(msg) says it then.
  returned: always
  type: str
  sample: The instance was reinstalled (RequestId a0a66377-b79f-4a21-846c-d997d6022968).
problems:
  description:
    - Everything that stands in the way of the reset, whether it is about options or about what the API shows.
    - Empty unless the task was refused for it.
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
      description: What is wrong.
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
        C(WaitTimeout), C(OutcomeUnknown), C(OnceRefused), C(HeldUp), C(Unsettled), C(Broken), C(Interrupted),
        C(InvalidCredentials).
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
from ..module_utils._engine.timing import timing
from ..module_utils._errors import TencentCloudError
from ..module_utils._module import Report, Task, run
from ..module_utils._reset.flow import Reset
from ..module_utils._reset.options import RESET_SPEC, desired, option_problems
from ..module_utils._reset.plan import problems_offline
from ..module_utils._reset.result import ResetResult
from ..module_utils._services.cvm import Cvm


def reset(task: Task) -> Report:
    """Reset the instance, or wait for a reset that was sent before."""
    options, asked = task.options, desired(task.options)
    client, problems = task.connected(
        option_problems(options, task.given), lambda: problems_offline(asked, options["api"])
    )
    on_event = lines_about(asked.instance_id, task.say)
    engine = Reset(Cvm(client), task.clock, asked, timing(options), on_event, problems)
    # An attach that a template emptied is among the problems.
    attach = "attach" in task.given
    result = engine.attach(options["attach"], check=task.check) if attach else engine.run(check=task.check)
    return Report(
        result.as_dict(),
        failure=None if result.ok else result.reason,
        warnings=result.warnings,
        diff=result.changes,
    )


def failed(options: Mapping[str, Any], error: TencentCloudError) -> dict[str, Any]:
    """The result of a task that ended before anything was sent."""
    return ResetResult(instance_id=options["instance_id"]).stop(error).as_dict()


def main() -> None:
    run(
        RESET_SPEC,
        reset,
        failed,
        required_if=[("policy", "image_differs", ["image_id"]), ("policy", "once", ["idempotency_key"])],
    )


if __name__ == "__main__":
    main()
