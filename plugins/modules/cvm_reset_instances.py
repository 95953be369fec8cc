#!/usr/bin/python
# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cvm_reset_instances
short_description: Reinstall the operating systems of many Tencent Cloud CVM instances
version_added: 0.2.0
author:
  - The tencent.cloud contributors (@tencent-cloud-contributors)
description:
  - Reinstalls up to 1000 instances of a region in one task, side by side, at the speed that the API allows.
  - >-
    Each of them is reset as M(tencent.cloud.cvm_reset_instance) does it, with all of its promises. What they wait for
    is read together, 100 instances in a call.
  - All instances are planned before the first is touched.
  - The task ends when all of them have ended. It fails if one of them did not succeed.
extends_documentation_fragment:
  - tencent.cloud.connection
  - tencent.cloud.connection.attributes
  - tencent.cloud.reset
  - tencent.cloud.progress
attributes:
  check_mode:
    description: >-
      Reads the instances, the images and the key pairs, refuses what a real run would refuse, and does not send
      C(ResetInstance).
    support: full
  diff_mode:
    description: Shows each instance before and after, with the defaults of the API where an option is not given.
    support: full
  idempotent:
    description: As for M(tencent.cloud.cvm_reset_instance), for each instance by itself.
    support: partial
options:
  instances:
    description:
      - The instances, each once, 1 to 1000 of them. They are reset in this order.
      - >-
        An option that an instance gives replaces the one of the same name beside O(instances), as a whole. One that it
        does not give is taken from there.
    type: list
    elements: dict
    required: true
    suboptions:
      instance_id:
        description: The instance, C(ins-) and eight lower-case letters or digits.
        type: str
        required: true
      image_id:
        description: As O(image_id), for this instance.
        type: str
      system_disk:
        description: As O(system_disk), for this instance.
        type: dict
        suboptions:
          disk_size:
            description: Its size in GiB.
            type: int
      login_settings:
        description: As O(login_settings), for this instance.
        type: dict
        suboptions:
          password:
            description: The password of the image's default user.
            type: str
          key_ids:
            description: Key pairs.
            type: list
            elements: str
          keep_image_login:
            description: Keeps the logins that the image has.
            type: bool
            default: false
      enhanced_service:
        description: As O(enhanced_service), for this instance.
        type: dict
        suboptions:
          security_service:
            description: Cloud security.
            type: bool
          monitor_service:
            description: Cloud monitoring.
            type: bool
          automation_service:
            description: The automation tools (TAT).
            type: bool
      host_name:
        description: As O(host_name), for this instance.
        type: str
      user_data:
        description: As O(user_data), for this instance.
        type: str
      policy:
        description: As O(policy), for this instance.
        type: str
        choices: [always, image_differs, once]
      idempotency_key:
        description: >-
          As O(idempotency_key), for this instance. One key may serve all instances. That of the task is not used for an
          instance that gives another O(instances[].policy).
        type: str
      expected:
        description: As O(expected), for this instance.
        type: dict
        suboptions:
          instance_name:
            description: Its name.
            type: str
          image_id:
            description: The image it runs.
            type: str
          private_ip_address:
            description: One of its private addresses.
            type: str
          tags:
            description: Tags that it has, among others.
            type: dict
      override_protection:
        description: As O(override_protection), for this instance.
        type: bool
  attach:
    description:
      - >-
        The RequestId of a reset that was sent before, by the id of each of the O(instances): the RV(request_ids) of an
        earlier run. The module waits for these resets, also when they have ended, and sends nothing.
      - >-
        It is refused when it is empty or null, or when one of the O(instances) is missing, since without O(attach) they
        would be reset.
    type: dict
  concurrency:
    description:
      - How many instances may be without a system at once, 1 to 1000. Another one begins when one of them has ended.
        Those whose reset was sent before, and is only waited for, are among them.
      - Without it all of them may.
    type: int
  canary:
    description:
      - >-
        How many of the instances, from the start of the list, go first; 0 to 1000. The others begin once all of these
        have succeeded, and are refused if one of them did not.
    type: int
    default: 0
  max_fail_percentage:
    description: >-
      When more than this share of the instances has failed, no other one begins; 0 to 100. Those already running are
      still waited for.
    type: float
  max_failures:
    description: As O(max_fail_percentage), but a number of instances, 0 to 1000.
    type: int
  sends_per_second:
    description: >-
      How many resets may be sent in a second, in whole numbers above 1; 0.01 to 100. The API takes 10 from an account.
      Give less to leave some to others.
    type: float
    default: 10.0
  reads_per_second:
    description: >-
      How many reads may be sent in a second; 0.1 to 1000. The API takes 40 from an account. Give less to leave some to
      others.
    type: float
    default: 40.0
  skip_refused:
    description:
      - All instances are planned before the first is touched, and a problem with one of them stops all.
      - With this, the others are still reset, and the task fails at the end.
    type: bool
    default: false
notes:
  - >-
    To use more than one machine, give each of them a part of the instances, for example by job slices. Only
    O(policy=once), and the API's refusal of an operation while another one runs, then keep an instance that is in two
    parts from being reset twice.
  - See the notes of M(tencent.cloud.cvm_reset_instance).
seealso:
  - module: tencent.cloud.cbs_snapshot
  - module: tencent.cloud.cvm_image
  - module: tencent.cloud.cvm_image_info
  - module: tencent.cloud.cvm_instance_info
  - module: tencent.cloud.cvm_instance_power
  - module: tencent.cloud.cvm_key_pair_info
  - module: tencent.cloud.cvm_reset_instance
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
- name: Reinstall three servers with one image, the first one ahead
  tencent.cloud.cvm_reset_instances:
    region: ap-guangzhou
    instances:
      - instance_id: ins-r8hr2upy
      - instance_id: ins-keypair1
        host_name: web-2
      - instance_id: ins-newborn1
        image_id: img-6n21msk1
    image_id: img-pmqg1cw7
    login_settings:
      key_ids: [skey-b4vakk62]
    canary: 1
    max_fail_percentage: 10
  delegate_to: localhost
  run_once: true

- name: Reinstall each with its own image, once for a change, at most 50 at a time, those that are refused left out
  tencent.cloud.cvm_reset_instances:
    region: ap-guangzhou
    instances: "{{ images | dict2items(key_name='instance_id', value_name='image_id') }}"
    policy: once
    idempotency_key: CHG-20261124-1
    login_settings:
      key_ids: [skey-b4vakk62]
    concurrency: 50
    skip_refused: true
  delegate_to: localhost
  run_once: true

- name: Start resets and go on
  tencent.cloud.cvm_reset_instances:
    region: ap-guangzhou
    instances: "{{ web_servers }}"
    login_settings:
      key_ids: [skey-b4vakk62]
    wait: false
  delegate_to: localhost
  run_once: true
  register: started

- name: Wait for them later; this sends nothing
  tencent.cloud.cvm_reset_instances:
    region: ap-guangzhou
    instances: "{{ web_servers }}"
    attach: "{{ started.request_ids }}"
  delegate_to: localhost
  run_once: true
"""

RETURN = r"""
results:
  description:
    - What became of each instance, in the order of O(instances).
    - Each has the keys that M(tencent.cloud.cvm_reset_instance) returns; RV(ignore:reason) says what happened, for one
      that failed too, and RV(ignore:log) what the log of an instance with O(policy=once) said before anything was sent.
  returned: always
  type: list
  elements: dict
  sample: [{"instance_id": "ins-r8hr2upy", "outcome": "done", "request_id": "a0a66377-b79f-4a21-846c-d997d6022968"}]
changed:
  description: Whether a disk may be gone.
  returned: always
  type: bool
  sample: true
request_ids:
  description: >-
    The RequestId of the reset of each instance for which one is known, by the instance's id; what O(attach) takes.
  returned: always
  type: dict
  sample: {"ins-r8hr2upy": "a0a66377-b79f-4a21-846c-d997d6022968"}
summary:
  description: The whole in numbers.
  returned: always
  type: dict
  contains:
    instances:
      description: How many instances there are results for.
      type: int
    outcomes:
      description: How many of them ended with each outcome.
      type: dict
    seconds:
      description: How long it took.
      type: float
    calls:
      description: How many requests were sent.
      type: int
  sample: {"instances": 3, "outcomes": {"done": 3}, "seconds": 193.2, "calls": 61}
problems:
  description: >-
    What is wrong with the options of the task as a whole. What stands in the way of one instance is in its result.
  returned: always
  type: list
  elements: dict
  contains:
    code:
      description: C(InvalidOption) or C(InvalidCredentials).
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
  description: The error that ended the task before anything was sent. V(null) when there is none.
  returned: always
  type: dict
  contains:
    code:
      description: The code of the API, or one of this collection.
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

from ..module_utils._engine.progress import StatusLines
from ..module_utils._engine.timing import timing
from ..module_utils._engine.workers import WORKERS, threads
from ..module_utils._errors import TencentCloudError
from ..module_utils._module import Report, Task, run
from ..module_utils._reset.fleet import Fleet, FleetResult, Member
from ..module_utils._reset.fleet_options import FLEET_SPEC, fleet_problems, of_each, rollout_of
from ..module_utils._reset.flow import Reset
from ..module_utils._reset.options import desired
from ..module_utils._services.cvm import Cvm


def reset(task: Task) -> Report:
    """Reset the instances, or wait for resets that were sent before."""
    options = task.options
    cvm = Cvm(task.client(fleet_problems(options, task.given)))
    each = list(of_each(options, task.given))
    progress = StatusLines(task.say, [one["instance_id"] for one, _problems in each])
    members = {
        (name := one["instance_id"]): Member(
            Reset(cvm, task.clock, desired(one), timing({**options, **one}), progress.about(name), problems),
            one["attach"],
        )
        for one, problems in each
    }
    workers = threads(min(WORKERS, len(members)))
    try:
        fleet = Fleet(cvm, members, rollout_of(options), reads_per_second=options["reads_per_second"], workers=workers)
        result = fleet.run(check=task.check)
    finally:
        # After an interruption what waits for a worker must not be sent any more.
        workers.shutdown(cancel_futures=True)
    return Report(result.as_dict(), failure=result.failure, warnings=result.warnings, diff=result.diff)


def failed(options: Mapping[str, Any], error: TencentCloudError) -> dict[str, Any]:
    """The result of a task that ended before anything was sent."""
    return FleetResult(error=error).as_dict()


def main() -> None:
    run(
        FLEET_SPEC,
        reset,
        failed,
        mutually_exclusive=[("max_fail_percentage", "max_failures")],
    )


if __name__ == "__main__":
    main()
