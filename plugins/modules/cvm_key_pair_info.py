#!/usr/bin/python
# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cvm_key_pair_info
short_description: List Tencent Cloud key pairs with their public keys
version_added: 0.1.0
author:
  - The tencent.cloud contributors (@tencent-cloud-contributors)
description:
  - Lists key pairs by the API action C(DescribeKeyPairs), to the last page, and changes nothing.
  - Without O(key_ids) and O(filters), or with empty ones, it lists all of them.
  - >-
    A private key is not among what the API gives. The public key tells whether a private key that the controller has
    is the one of the pair.
extends_documentation_fragment:
  - tencent.cloud.connection
  - tencent.cloud.connection.attributes
  - tencent.cloud.connection.info
options:
  key_ids:
    description:
      - The key pairs to list, each C(skey-) and eight lower-case letters or digits. There can be any number of them.
      - One that does not exist is left out. Those of another form are refused, and nothing is sent.
      - It cannot be combined with O(filters).
    type: list
    elements: str
  filters:
    description:
      - What the key pairs must be like, each a name with a value or a list of values.
      - All filters must hold; of the values of one filter, one must.
      - >-
        The API knows V(project-id), V(key-name), V(tag-key), V(tag-value) and V(tag:KEY), where V(KEY) is the key of a
        tag.
      - >-
        At most 10 filters. A call takes 5 values per filter; more are split over up to 100 calls, whose results are put
        together.
    type: dict
seealso:
  - module: tencent.cloud.cbs_snapshot
  - module: tencent.cloud.cvm_image
  - module: tencent.cloud.cvm_image_info
  - module: tencent.cloud.cvm_instance_info
  - module: tencent.cloud.cvm_instance_power
  - module: tencent.cloud.cvm_reset_instance
  - module: tencent.cloud.cvm_reset_instances
  - module: tencent.cloud.cvm_reset_log
  - module: tencent.cloud.sts_caller_identity_info
  - name: DescribeKeyPairs
    description: The document of the API action, with all filters and fields.
    link: https://www.tencentcloud.com/document/product/213/33229
"""

EXAMPLES = r"""
- name: Look at the key pair that a server shall get
  tencent.cloud.cvm_key_pair_info:
    region: ap-guangzhou
    key_ids: [skey-b4vakk62]
  delegate_to: localhost
  register: pair
  failed_when: pair is failed or not pair.key_pairs

- name: Reinstall the server with it
  tencent.cloud.cvm_reset_instance:
    region: ap-guangzhou
    instance_id: ins-r8hr2upy
    image_id: img-pmqg1cw7
    login_settings:
      key_ids:
        - "{{ pair.key_pairs[0].key_id }}"
  delegate_to: localhost

- name: Find key pairs by their name
  tencent.cloud.cvm_key_pair_info:
    region: ap-guangzhou
    filters:
      key-name: [deploy, operator]
  delegate_to: localhost

- name: List all key pairs
  tencent.cloud.cvm_key_pair_info:
    region: ap-guangzhou
  delegate_to: localhost
"""

RETURN = r"""
key_pairs:
  description:
    - The key pairs, with everything that DescribeKeyPairs gives, in snake_case; C(tags) is a dictionary.
    - Empty when there is none, and when the task failed.
  returned: always
  type: list
  elements: dict
  contains:
    key_id:
      description: The id.
      type: str
    key_name:
      description: The name.
      type: str
    description:
      description: The description.
      type: str
    public_key:
      description: The public key, as in a file C(authorized_keys).
      type: str
    project_id:
      description: The project that it belongs to.
      type: int
    associated_instance_ids:
      description: The instances that have it.
      type: list
      elements: str
    created_time:
      description: When it was made, in UTC.
      type: str
    tags:
      description: The tags, key to value.
      type: dict
  sample:
    - key_id: skey-b4vakk62
      key_name: deploy
      public_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3sL8nA0rAqqHqvBq1PzqvTq2tS1m0oY8i8wS3m0dQe skey-b4vakk62
      associated_instance_ids: [ins-keypair1]
      tags: {}
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
    "key_ids": {"type": "list", "elements": "str", "no_log": False},
    "filters": {"type": "dict"},
}


def info(task: Task) -> Report:
    """List the key pairs."""
    ids = task.options["key_ids"] or []
    client = task.client([*id_problems("key_ids", "skey", ids), *filter_problems(task.options["filters"])])
    return Report(result(list(Cvm(client).key_pairs(ids, task.options["filters"]).values())))


def failed(options: Mapping[str, Any], error: TencentCloudError) -> dict[str, Any]:
    """The result of a task that ended with an error."""
    return result([], error)


def result(key_pairs: list[dict[str, Any]], error: TencentCloudError | None = None) -> dict[str, Any]:
    """The keys that the module returns."""
    return {
        "changed": False,
        "key_pairs": key_pairs,
        "problems": as_data(problems_of(error)) if error else [],
        "error": error.as_dict() if error else None,
    }


def main() -> None:
    run(SPEC, info, failed, mutually_exclusive=[("key_ids", "filters")])


if __name__ == "__main__":
    main()
