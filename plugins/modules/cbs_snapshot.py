#!/usr/bin/python
# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cbs_snapshot
short_description: Make, delete or restore a snapshot of a Tencent Cloud disk
version_added: 0.1.0
author:
  - The tencent.cloud contributors (@tencent-cloud-contributors)
description:
  - >-
    Makes a snapshot of a cloud disk (C(CreateSnapshot)), deletes one (C(DeleteSnapshots)), or rolls the disk back to
    one (C(ApplySnapshot)), and waits for the end.
  - >-
    A snapshot goes back to its original disk only. A reinstallation that switches between Linux and Windows may
    make another system disk, and only an image (M(tencent.cloud.cvm_image)) is a sure way back from that.
  - >-
    One run makes at most one snapshot, and one rollback, whatever the network does. A call is sent again only when the
    service surely did not take it; C(CreateSnapshot) also when no snapshot of the name appeared for as long as one
    could.
extends_documentation_fragment:
  - tencent.cloud.connection
  - tencent.cloud.connection.attributes
  - tencent.cloud.progress
attributes:
  check_mode:
    description: Reads snapshots, the disk and its instance, and refuses what a real run would refuse. It sends no call.
    support: full
  diff_mode:
    description: Shows the snapshot, or with O(state=restored) the disk, before and after.
    support: full
  idempotent:
    description: >-
      V(present) by O(snapshot_name) together with the disk; a snapshot that is there is left as it is, whatever its
      deadline and tags. V(restored) always changes: each run rolls the disk back.
    support: partial
options:
  state:
    description:
      - V(present) makes the snapshot unless the disk has one of that name.
      - V(absent) deletes the snapshot.
      - V(restored) replaces what is on the disk with the snapshot. What was written since is lost.
    type: str
    choices: [present, absent, restored]
    default: present
  snapshot_name:
    description:
      - The name, 1 to 60 characters. Needed with O(state=present). It excludes O(snapshot_id).
      - >-
        With O(state=absent) and O(state=restored) it names the snapshot, together with O(disk_id) or O(instance_id);
        of several of one name none is taken. V(absent) does without them, for the only snapshot of that name.
    type: str
  snapshot_id:
    description:
      - The snapshot to delete or to restore, C(snap-) and eight lower-case letters or digits.
      - Not with O(state=present).
    type: str
  disk_id:
    description:
      - The disk, C(disk-) and eight lower-case letters or digits. It excludes O(instance_id).
      - With O(snapshot_id) it is a guard, a snapshot of another disk is refused.
      - With O(state=absent) and O(state=restored) it is refused when it is given without a value.
    type: str
  instance_id:
    description:
      - The instance whose present system disk is meant.
      - With O(snapshot_id) it is a guard, a snapshot of another disk is refused.
      - With O(state=absent) and O(state=restored) it is refused when it is given without a value.
    type: str
  deadline:
    description:
      - When the service deletes a new snapshot, in ISO 8601, a day away or later. UTC unless it says otherwise.
      - Without it the snapshot stays.
    type: str
  tags:
    description: The tags of a new snapshot, key to value.
    type: dict
  auto_stop:
    description: Whether to stop the disk's instance for O(state=restored), if it runs. Otherwise it must be stopped.
    type: bool
    default: false
  auto_start:
    description: Whether to start the instance after O(state=restored), and to wait until it runs. Needs O(auto_stop).
    type: bool
    default: false
  wait:
    description: Whether to wait for the end, or only until the call is accepted.
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
  - module: tencent.cloud.cvm_image
  - module: tencent.cloud.cvm_image_info
  - module: tencent.cloud.cvm_instance_info
  - module: tencent.cloud.cvm_instance_power
  - module: tencent.cloud.cvm_key_pair_info
  - module: tencent.cloud.cvm_reset_instance
  - module: tencent.cloud.cvm_reset_instances
  - module: tencent.cloud.cvm_reset_log
  - module: tencent.cloud.sts_caller_identity_info
  - name: CreateSnapshot
    description: The document of the API action.
    link: https://www.tencentcloud.com/document/product/362/15648
  - name: ApplySnapshot
    description: The document of the API action.
    link: https://www.tencentcloud.com/document/product/362/15643
"""

EXAMPLES = r"""
- name: Make a snapshot of the system disk before a change
  tencent.cloud.cbs_snapshot:
    region: ap-guangzhou
    instance_id: ins-r8hr2upy
    snapshot_name: web-01-before-change
    tags:
      team: web
  delegate_to: localhost
  register: backup

- name: Make a snapshot of a data disk that the service deletes some day
  tencent.cloud.cbs_snapshot:
    region: ap-guangzhou
    disk_id: disk-data0001
    snapshot_name: db-01-data
    deadline: "2099-01-08T09:47:55+00:00"
  delegate_to: localhost

- name: Roll the system disk back, and have the server running again
  tencent.cloud.cbs_snapshot:
    region: ap-guangzhou
    instance_id: ins-r8hr2upy
    snapshot_id: "{{ backup.snapshot_id }}"
    state: restored
    auto_stop: true
    auto_start: true
  delegate_to: localhost

- name: Delete the snapshot
  tencent.cloud.cbs_snapshot:
    region: ap-guangzhou
    instance_id: ins-r8hr2upy
    snapshot_name: web-01-before-change
    state: absent
  delegate_to: localhost
"""

RETURN = r"""
outcome:
  description:
    - C(done), the snapshot was made, or is gone, or the disk was rolled back to it.
    - >-
      C(accepted), the call was accepted; with O(wait=true) it did not end in time, and the task failed. Also when
      a snapshot that was being made already was not ready in time; C(changed) is false then.
    - C(unchanged), there was nothing to do.
    - C(planned), it would be done (check mode).
    - C(failed), making it, or the rollback, failed.
    - C(refused), nothing was changed.
    - C(unknown), it cannot be told whether the call took effect. It was not sent again.
  returned: always
  type: str
  sample: done
changed:
  description: Whether something was changed, or may have been, or would be in check mode.
  returned: always
  type: bool
  sample: true
snapshot_id:
  description: The snapshot. V(null) when there is none.
  returned: always
  type: str
  sample: snap-gqa37j2p
snapshot:
  description:
    - The snapshot as it was read last, as C(DescribeSnapshots) gives it, in snake_case; C(tags) is a dictionary.
    - V(null) when there is none, or none is shown yet.
  returned: always
  type: dict
  sample: {snapshot_id: snap-gqa37j2p, snapshot_name: web-01-before-change, snapshot_state: NORMAL, percent: 100}
disk_id:
  description: The disk. V(null) when it is not known.
  returned: always
  type: str
  sample: disk-r8hr2upy
instance_id:
  description: The instance that the task names. V(null) when it names none.
  returned: always
  type: str
  sample: ins-r8hr2upy
previous:
  description:
    - The snapshot before the task.
    - V(null) when there was none, or it was not read again after that. It is in RV(snapshot) then.
  returned: always
  type: dict
  sample: null
request_id:
  description: The RequestId of the accepted call. V(null) when there was none, or its answer was lost.
  returned: always
  type: str
  sample: a0a66377-b79f-4a21-846c-d997d6022968
waited_seconds:
  description: How long the task took from the first send.
  returned: always
  type: float
  sample: 61.3
submissions:
  description: How often C(CreateSnapshot) or C(ApplySnapshot) was sent.
  returned: always
  type: int
  sample: 1
adopted:
  description: Whether the snapshot, or the rollback, was recognized by its trace, after an answer that was lost.
  returned: always
  type: bool
  sample: false
reason:
  description:
    - What happened, in sentences.
    - V(null) when the task failed, since C(msg) says it then.
  returned: always
  type: str
  sample: The snapshot snap-gqa37j2p is NORMAL.
problems:
  description:
    - Everything that stands in the way, whether it is about options or about what the API shows.
    - Empty unless the task was refused beforehand.
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
      description: The code of the API, or C(NotSent), C(NoAnswer), C(BadAnswer), C(OperationFailed), C(WaitTimeout),
        C(Broken), C(Interrupted), C(InvalidCredentials).
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

from ..module_utils._backup.result import BackupResult
from ..module_utils._backup.snapshot import Snapshots
from ..module_utils._backup.snapshot_options import SNAPSHOT_SPEC, option_problems
from ..module_utils._engine.progress import lines_about
from ..module_utils._errors import TencentCloudError
from ..module_utils._module import Report, Task, run
from ..module_utils._services.cvm import Cvm


def snapshot(task: Task) -> Report:
    """Make, delete or restore the snapshot."""
    client, problems = task.connected(option_problems(task.options, task.given))
    name = task.options["snapshot_name"] or task.options["snapshot_id"]
    on_event = lines_about(name, task.say)
    result = Snapshots(Cvm(client), task.clock, task.options, problems, on_event).run(check=task.check)
    return Report(result.as_dict(), failure=None if result.ok else result.reason, diff=result.changes)


def failed(options: Mapping[str, Any], error: TencentCloudError) -> dict[str, Any]:
    """The result of a task that ended before anything was sent."""
    named = {name: options[name] for name in ("disk_id", "instance_id")}
    return BackupResult(noun="snapshot", identity=options["snapshot_id"], extra=named).stop(error).as_dict()


def main() -> None:
    run(
        SNAPSHOT_SPEC,
        snapshot,
        failed,
        mutually_exclusive=[("snapshot_id", "snapshot_name")],
        required_if=[
            ("state", "present", ["snapshot_name"]),
            ("state", "absent", ["snapshot_id", "snapshot_name"], True),
            ("state", "restored", ["snapshot_id", "snapshot_name"], True),
        ],
    )


if __name__ == "__main__":
    main()
