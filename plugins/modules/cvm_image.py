#!/usr/bin/python
# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cvm_image
short_description: Make or delete a custom image of a Tencent Cloud CVM instance
version_added: 0.1.0
author:
  - The tencent.cloud contributors (@tencent-cloud-contributors)
description:
  - Makes a custom image of an instance by the API action C(CreateImage) and waits until it can be used, or deletes one.
  - >-
    An image is the way back that also works after a switch between Linux and Windows, which may make another system
    disk.
  - >-
    One run makes at most one image, whatever the network does. C(CreateImage) is sent again only when the service
    surely did not take it, or when no image of the name appeared for as long as one could.
  - >-
    It refuses O(api=v2). The documents of the legacy interface have no dry run of these actions, and lack some of the
    options.
extends_documentation_fragment:
  - tencent.cloud.connection
  - tencent.cloud.connection.attributes
  - tencent.cloud.progress
attributes:
  check_mode:
    description: >-
      Reads images and the instance, refuses what a real run would refuse, and has the API judge the call by its
      parameter C(DryRun), which needs the same permission and changes nothing.
    support: full
  diff_mode:
    description: Shows the image before and after.
    support: full
  idempotent:
    description: >-
      By O(image_name) alone. An image of that name is left as it is, whatever instance it was made of, and whatever its
      description and tags.
    support: full
options:
  state:
    description:
      - V(present) makes the image unless there is a custom image of that name.
      - V(absent) deletes the image. Its snapshots stay.
    type: str
    choices: [present, absent]
    default: present
  image_name:
    description:
      - The name, 1 to 60 characters. Needed with O(state=present). It excludes O(image_id).
      - With O(state=absent) the custom image of that name is deleted; of several of one name none is.
    type: str
  image_id:
    description: The image to delete, C(img-) and eight lower-case letters or digits. Only with O(state=absent).
    type: str
  instance_id:
    description: The instance of which to make the image. Needed with O(state=present).
    type: str
  image_description:
    description: What the image is, at most 256 characters. Only for a new image.
    type: str
  force_poweroff:
    description:
      - Whether to power the instance off first. Only for a new image.
      - Without it the image is made while the instance runs, and what it has not written yet may be missing.
    type: bool
    default: false
  sysprep:
    description: Whether to run Sysprep first, for Windows. Only for a new image.
    type: bool
    default: false
  data_disk_ids:
    description: Data disks of the instance that the image shall hold besides the system disk. Only for a new image.
    type: list
    elements: str
  tags:
    description: The tags of a new image, key to value.
    type: dict
  wait:
    description: Whether to wait until the image can be used, or is gone, or only until the call is accepted.
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
    description: How many seconds to wait between two looks at the image; 0.1 to 3600.
    type: float
    default: 5.0
notes:
  - >-
    When Ansible is killed, or a job is cancelled, the module ends before its next call to the API, as if it had been
    killed too. It cannot notice that as an C(async) task, or on another host over ssh; see the guide
    R(When the network fails,ansible_collections.tencent.cloud.docsite.guide_network_failures).
seealso:
  - module: tencent.cloud.cbs_snapshot
  - module: tencent.cloud.cvm_image_info
  - module: tencent.cloud.cvm_instance_info
  - module: tencent.cloud.cvm_instance_power
  - module: tencent.cloud.cvm_key_pair_info
  - module: tencent.cloud.cvm_reset_instance
  - module: tencent.cloud.cvm_reset_instances
  - module: tencent.cloud.cvm_reset_log
  - module: tencent.cloud.sts_caller_identity_info
  - name: CreateImage
    description: The document of the API action.
    link: https://www.tencentcloud.com/document/product/213/33276
  - name: DeleteImages
    description: The document of the API action.
    link: https://www.tencentcloud.com/document/product/213/33275
"""

EXAMPLES = r"""
- name: Make an image before a server is reinstalled
  tencent.cloud.cvm_image:
    region: ap-guangzhou
    instance_id: ins-r8hr2upy
    image_name: web-01-before-upgrade
    image_description: The way back
    force_poweroff: true
    tags:
      team: web
  delegate_to: localhost
  register: backup

- name: Make an image with a data disk, and do not wait for it
  tencent.cloud.cvm_image:
    region: ap-guangzhou
    instance_id: ins-protect1
    image_name: db-01-with-data
    data_disk_ids: [disk-data0001]
    wait: false
  delegate_to: localhost

- name: Delete the image by its id
  tencent.cloud.cvm_image:
    region: ap-guangzhou
    image_id: "{{ backup.image_id }}"
    state: absent
  delegate_to: localhost

- name: Delete an image by its name
  tencent.cloud.cvm_image:
    region: ap-guangzhou
    image_name: golden-with-data
    state: absent
  delegate_to: localhost
"""

RETURN = r"""
outcome:
  description:
    - C(done), the image was made, or is gone.
    - >-
      C(accepted), the call was accepted; with O(wait=true) it did not end in time, and the task failed. Also when
      an image that was being made already was not ready in time; C(changed) is false then.
    - C(unchanged), there was nothing to do.
    - C(planned), it would be made or deleted (check mode).
    - C(failed), making it failed.
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
image_id:
  description: The image. V(null) when there is none.
  returned: always
  type: str
  sample: img-qlzp4oea
image:
  description:
    - The image as it was read last, as C(DescribeImages) gives it, in snake_case; C(tags) is a dictionary.
    - V(null) when there is none, or none is shown yet.
  returned: always
  type: dict
  sample: {image_id: img-qlzp4oea, image_name: golden-centos, image_state: NORMAL}
previous:
  description:
    - The image before the task.
    - V(null) when there was none, or it was not read again after that. It is in RV(image) then.
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
  description: How often C(CreateImage) was sent.
  returned: always
  type: int
  sample: 1
adopted:
  description: Whether the image was recognized by its name, after an answer that was lost.
  returned: always
  type: bool
  sample: false
reason:
  description:
    - What happened, in sentences.
    - V(null) when the task failed, since C(msg) says it then.
  returned: always
  type: str
  sample: The image img-qlzp4oea is NORMAL.
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

from ..module_utils._backup.image import IMAGE_SPEC, Images, option_problems
from ..module_utils._backup.result import BackupResult
from ..module_utils._engine.progress import lines_about
from ..module_utils._errors import TencentCloudError
from ..module_utils._module import Report, Task, run
from ..module_utils._services.cvm import Cvm


def image(task: Task) -> Report:
    """Make or delete the image."""
    client, problems = task.connected(option_problems(task.options))
    name = task.options["image_name"] or task.options["image_id"]
    on_event = lines_about(name, task.say)
    result = Images(Cvm(client), task.clock, task.options, problems, on_event).run(check=task.check)
    return Report(result.as_dict(), failure=None if result.ok else result.reason, diff=result.changes)


def failed(options: Mapping[str, Any], error: TencentCloudError) -> dict[str, Any]:
    """The result of a task that ended before anything was sent."""
    return BackupResult(noun="image", identity=options["image_id"]).stop(error).as_dict()


def main() -> None:
    run(
        IMAGE_SPEC,
        image,
        failed,
        mutually_exclusive=[("image_id", "image_name")],
        required_if=[
            ("state", "present", ["image_name", "instance_id"]),
            ("state", "absent", ["image_id", "image_name"], True),
        ],
    )


if __name__ == "__main__":
    main()
