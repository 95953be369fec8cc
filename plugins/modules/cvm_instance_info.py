#!/usr/bin/python
# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cvm_instance_info
short_description: List Tencent Cloud CVM instances
version_added: 0.1.0
author:
  - The tencent.cloud contributors (@tencent-cloud-contributors)
description:
  - Lists instances of one region by the API action C(DescribeInstances), to the last page, and changes nothing.
  - Without O(instance_ids) and O(filters), or with empty ones, it lists all instances of the region.
  - The list is read 100 instances per call. What is launched or terminated meanwhile may be missing.
extends_documentation_fragment:
  - tencent.cloud.connection
  - tencent.cloud.connection.attributes
  - tencent.cloud.connection.info
options:
  instance_ids:
    description:
      - The instances to list, each C(ins-) and eight lower-case letters or digits. There can be any number of them.
      - One that does not exist in the region is left out. Those of another form are refused, and nothing is sent.
      - It cannot be combined with O(filters).
    type: list
    elements: str
  filters:
    description:
      - What the instances must be like, each a name with a value or a list of values.
      - All filters must hold; of the values of one filter, one must.
      - >-
        The API knows V(zone), V(project-id), V(host-id), V(dedicated-cluster-id), V(vpc-id), V(subnet-id),
        V(instance-id), V(uuid), V(security-group-id), V(instance-name), V(instance-charge-type), V(instance-state),
        V(private-ip-address), V(public-ip-address), V(ipv6-address), V(creation-start-time), V(creation-end-time),
        V(tag-key), V(tag-value) and V(tag:KEY), where V(KEY) is the key of a tag.
      - V(instance-state) and V(instance-charge-type) have a fixed set of values, such as V(RUNNING) and V(PREPAID); by
        any other the API finds nothing. So a misspelt one is refused, and nothing is sent.
      - >-
        At most 10 filters. A call takes 5 values per filter; more are split over up to 100 calls, whose results are put
        together.
    type: dict
seealso:
  - module: tencent.cloud.cbs_snapshot
  - module: tencent.cloud.cvm_image
  - module: tencent.cloud.cvm_image_info
  - module: tencent.cloud.cvm_instance_power
  - module: tencent.cloud.cvm_key_pair_info
  - module: tencent.cloud.cvm_reset_instance
  - module: tencent.cloud.cvm_reset_instances
  - module: tencent.cloud.cvm_reset_log
  - module: tencent.cloud.sts_caller_identity_info
  - plugin: tencent.cloud.cvm
    plugin_type: inventory
  - name: DescribeInstances
    description: The document of the API action, with all filters and fields.
    link: https://www.tencentcloud.com/document/product/213/33258
"""

EXAMPLES = r"""
- name: Look at two servers
  tencent.cloud.cvm_instance_info:
    region: ap-guangzhou
    instance_ids: [ins-r8hr2upy, ins-stopped1]
  delegate_to: localhost

- name: Find the running web servers of production
  tencent.cloud.cvm_instance_info:
    region: ap-guangzhou
    filters:
      instance-state: RUNNING
      tag:env: production
      tag:role: [web, bastion]
  delegate_to: localhost
  register: web

- name: Show what the first of them is like
  tencent.cloud.cvm_instance_info:
    region: ap-guangzhou
    instance_ids:
      - "{{ web.instances[0].instance_id }}"
  delegate_to: localhost

- name: List all servers of the region
  tencent.cloud.cvm_instance_info:
    region: ap-guangzhou
  delegate_to: localhost
"""

RETURN = r"""
instances:
  description:
    - The instances, with everything that DescribeInstances gives, in snake_case; C(tags) is a dictionary.
    - Empty when there is none, and when the task failed.
  returned: always
  type: list
  elements: dict
  contains:
    instance_id:
      description: The id.
      type: str
    instance_name:
      description: The name.
      type: str
    instance_state:
      description: The state, such as V(RUNNING) or V(STOPPED).
      type: str
    image_id:
      description: The image that it runs.
      type: str
    private_ip_addresses:
      description: The private addresses of the primary interface.
      type: list
      elements: str
    public_ip_addresses:
      description: The public addresses. V(null) when there is none.
      type: list
      elements: str
    tags:
      description: The tags, key to value.
      type: dict
    latest_operation:
      description: The latest operation, such as V(ResetInstance). V(null) when there was none.
      type: str
    latest_operation_state:
      description: V(OPERATING), V(SUCCESS) or V(FAILED).
      type: str
    latest_operation_request_id:
      description: The id of the latest operation.
      type: str
  sample:
    - instance_id: ins-r8hr2upy
      instance_name: web-01
      instance_state: RUNNING
      image_id: img-9qabwvbn
      private_ip_addresses: [172.16.32.78]
      tags: {env: production, role: web}
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
    "instance_ids": {"type": "list", "elements": "str"},
    "filters": {"type": "dict"},
}


def info(task: Task) -> Report:
    """List the instances."""
    ids = task.options["instance_ids"] or []
    client = task.client([*id_problems("instance_ids", "ins", ids), *filter_problems(task.options["filters"])])
    return Report(result(list(Cvm(client).instances(ids, task.options["filters"]).values())))


def failed(options: Mapping[str, Any], error: TencentCloudError) -> dict[str, Any]:
    """The result of a task that ended with an error."""
    return result([], error)


def result(instances: list[dict[str, Any]], error: TencentCloudError | None = None) -> dict[str, Any]:
    """The keys that the module returns."""
    return {
        "changed": False,
        "instances": instances,
        "problems": as_data(problems_of(error)) if error else [],
        "error": error.as_dict() if error else None,
    }


def main() -> None:
    run(SPEC, info, failed, mutually_exclusive=[("instance_ids", "filters")])


if __name__ == "__main__":
    main()
