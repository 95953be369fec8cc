#!/usr/bin/python
# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cvm_image_info
short_description: List images for Tencent Cloud CVM instances, the newest first
version_added: 0.1.0
author:
  - The tencent.cloud contributors (@tencent-cloud-contributors)
description:
  - Lists the images that one region offers by the API action C(DescribeImages), to the last page, and changes nothing.
  - Without O(image_ids) and O(filters), or with empty ones, it lists all of them.
extends_documentation_fragment:
  - tencent.cloud.connection
  - tencent.cloud.connection.attributes
  - tencent.cloud.connection.info
options:
  image_ids:
    description:
      - The images to list, each C(img-) and lower-case letters or digits. There can be any number of them.
      - One that does not exist in the region is left out. Those of another form are refused, and nothing is sent.
      - It cannot be combined with O(filters).
    type: list
    elements: str
  filters:
    description:
      - What the images must be like, each a name with a value or a list of values.
      - All filters must hold; of the values of one filter, one must.
      - >-
        The API knows V(image-id), V(image-type) (V(PUBLIC_IMAGE), V(PRIVATE_IMAGE), V(SHARED_IMAGE), V(MARKET_IMAGE)),
        V(image-name) and V(platform) (both also by a part of it), V(dedicated-cluster-id), V(cdc-cache-status),
        V(tag-key), V(tag-value) and V(tag:KEY), where V(KEY) is the key of a tag.
      - Another value of V(image-type) is refused, and nothing is sent.
      - >-
        At most 10 filters. A call takes 5 values per filter; more are split over up to 100 calls, whose results are put
        together.
    type: dict
  instance_type:
    description: Only images that instances of this type can use, such as V(S5.MEDIUM4).
    type: str
seealso:
  - module: tencent.cloud.cbs_snapshot
  - module: tencent.cloud.cvm_image
  - module: tencent.cloud.cvm_instance_info
  - module: tencent.cloud.cvm_instance_power
  - module: tencent.cloud.cvm_key_pair_info
  - module: tencent.cloud.cvm_reset_instance
  - module: tencent.cloud.cvm_reset_instances
  - module: tencent.cloud.cvm_reset_log
  - module: tencent.cloud.sts_caller_identity_info
  - name: DescribeImages
    description: The document of the API action, with all filters and fields.
    link: https://www.tencentcloud.com/document/product/213/33272
"""

EXAMPLES = r"""
- name: Find the newest public Ubuntu 24.04 image
  tencent.cloud.cvm_image_info:
    region: ap-guangzhou
    instance_type: S5.MEDIUM4
    filters:
      image-type: PUBLIC_IMAGE
      image-name: Ubuntu Server 24.04
  delegate_to: localhost
  register: ubuntu
  failed_when: ubuntu is failed or not ubuntu.images

- name: Reinstall a server with it
  tencent.cloud.cvm_reset_instance:
    region: ap-guangzhou
    instance_id: ins-r8hr2upy
    image_id: "{{ ubuntu.images[0].image_id }}"
    policy: image_differs
    login_settings:
      key_ids: [skey-b4vakk62]
  delegate_to: localhost

- name: Look at two images
  tencent.cloud.cvm_image_info:
    region: ap-guangzhou
    image_ids: [img-pmqg1cw7, img-qlzp4oea]
  delegate_to: localhost

- name: List the custom images of a team
  tencent.cloud.cvm_image_info:
    region: ap-guangzhou
    filters:
      image-type: PRIVATE_IMAGE
      tag:team: web
  delegate_to: localhost
"""

RETURN = r"""
images:
  description:
    - The images, with everything that DescribeImages gives, in snake_case; C(tags) is a dictionary.
    - The newest is the first, by C(created_time). Images of the same time are ordered by their ids.
    - Empty when there is none, and when the task failed.
  returned: always
  type: list
  elements: dict
  contains:
    image_id:
      description: The id.
      type: str
    image_name:
      description: The name.
      type: str
    image_type:
      description: V(PUBLIC_IMAGE), V(PRIVATE_IMAGE), V(SHARED_IMAGE) and so on.
      type: str
    image_state:
      description: The state, such as V(NORMAL) or V(CREATING).
      type: str
    image_size:
      description: The size in GiB; a system disk must have it at least.
      type: int
    os_name:
      description: The operating system.
      type: str
    platform:
      description: The family of the operating system, such as V(Ubuntu) or V(Windows).
      type: str
    architecture:
      description: The architecture, such as V(x86_64).
      type: str
    created_time:
      description: When it was made, in UTC.
      type: str
    tags:
      description: The tags, key to value.
      type: dict
  sample:
    - image_id: img-ubuntu24
      image_name: Ubuntu Server 24.04 LTS 64bit
      image_type: PUBLIC_IMAGE
      image_state: NORMAL
      platform: Ubuntu
      created_time: "2025-02-18T03:20:11Z"
changed:
  description: Always false.
  returned: always
  type: bool
  sample: false
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
  description: The error that ended the task. V(null) when there is none.
  returned: always
  type: dict
  contains:
    code:
      description: The code of the API, or C(NotSent), C(NoAnswer), C(BadAnswer), C(Interrupted), C(InvalidOption),
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

from ..module_utils._api.paging import filter_problems
from ..module_utils._errors import TencentCloudError
from ..module_utils._ids import id_problems
from ..module_utils._module import Report, Task, run
from ..module_utils._problems import as_data, problems_of
from ..module_utils._services.cvm import Cvm

SPEC: dict[str, Any] = {
    "image_ids": {"type": "list", "elements": "str"},
    "filters": {"type": "dict"},
    "instance_type": {"type": "str"},
}


def info(task: Task) -> Report:
    """List the images."""
    options = task.options
    ids = task.options["image_ids"] or []
    client = task.client([*id_problems("image_ids", "img", ids), *filter_problems(task.options["filters"])])
    found = Cvm(client).images(ids, options["filters"], instance_type=options["instance_type"])
    return Report(result(sorted(found.values(), key=age, reverse=True)))


def age(image: Mapping[str, Any]) -> tuple[str, str]:
    """What the images are ordered by; one without a time counts as the oldest."""
    return (image.get("created_time") or "", str(image.get("image_id")))


def failed(options: Mapping[str, Any], error: TencentCloudError) -> dict[str, Any]:
    """The result of a task that ended with an error."""
    return result([], error)


def result(images: list[dict[str, Any]], error: TencentCloudError | None = None) -> dict[str, Any]:
    """The keys that the module returns."""
    return {
        "changed": False,
        "images": images,
        "problems": as_data(problems_of(error)) if error else [],
        "error": error.as_dict() if error else None,
    }


def main() -> None:
    run(SPEC, info, failed, mutually_exclusive=[("image_ids", "filters")])


if __name__ == "__main__":
    main()
