#!/usr/bin/python
# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sts_caller_identity_info
short_description: Tell whose Tencent Cloud credentials a task uses
version_added: 0.2.0
author:
  - The tencent.cloud contributors (@tencent-cloud-contributors)
description:
  - >-
    Asks the API whose credentials these are, by its action C(GetCallerIdentity), and changes nothing. So a play can
    make sure of the account before it does anything in it.
  - >-
    The credentials are found as for every other module, and a role of O(assume_role) is taken on; the answer is about
    what would really be used.
  - >-
    It serves keys of the main account and of sub-accounts, and temporary ones of roles and of federated users. The
    documents name no CAM permission that it needs.
  - The identity is the same in every region. O(region) has to be known all the same, since the API asks for one.
extends_documentation_fragment:
  - tencent.cloud.connection
  - tencent.cloud.connection.attributes
  - tencent.cloud.connection.info
seealso:
  - module: tencent.cloud.cbs_snapshot
  - module: tencent.cloud.cvm_image
  - module: tencent.cloud.cvm_image_info
  - module: tencent.cloud.cvm_instance_info
  - module: tencent.cloud.cvm_instance_power
  - module: tencent.cloud.cvm_key_pair_info
  - module: tencent.cloud.cvm_reset_instance
  - module: tencent.cloud.cvm_reset_instances
  - module: tencent.cloud.cvm_reset_log
  - name: GetCallerIdentity
    description: The document of the API action.
    link: https://www.tencentcloud.com/document/product/1150/49453
"""

EXAMPLES = r"""
- name: Make sure of the account, and refuse any other
  tencent.cloud.sts_caller_identity_info:
    region: ap-guangzhou
  delegate_to: localhost
  register: caller
  failed_when: caller is failed or caller.account_id != '100000000001'

- name: Make sure that a role can be taken on, and whose it is
  tencent.cloud.sts_caller_identity_info:
    region: ap-guangzhou
    assume_role:
      role_arn: qcs::cam::uin/100000000001:roleName/reinstaller
      role_session_name: nightly
  delegate_to: localhost
  register: caller
  failed_when: caller is failed or caller.type != 'CAMRole'
"""

RETURN = r"""
account_id:
  description: The UIN of the main account that the caller belongs to. V(null) when it is not known.
  returned: always
  type: str
  sample: "100000000001"
arn:
  description:
    - What CAM calls the caller. V(null) when it is not known.
    - >-
      Of a user it is C(qcs::cam:ACCOUNT:uin/UIN), of a role C(qcs::sts:ACCOUNT:assumed-role/ROLE_ID), with its number
      and not its name, of a federated user C(qcs::sts:ACCOUNT:federated-user/UIN).
  returned: always
  type: str
  sample: qcs::cam:100000000001:uin/100000000002
type:
  description:
    - What the caller is, such as V(CAMUser) or V(CAMRole). V(null) when it is not known.
    - A federated user is a V(CAMUser) too.
  returned: always
  type: str
  sample: CAMUser
user_id:
  description:
    - Who calls. V(null) when it is not known.
    - Of an account it is the UIN, of a role C(ROLE_ID:SESSION_NAME), of a federated user C(UIN:NAME).
  returned: always
  type: str
  sample: "100000000002"
principal_id:
  description:
    - The UIN of the account that the key belongs to. V(null) when it is not known.
    - Of a role it is the account that took it on.
  returned: always
  type: str
  sample: "100000000002"
request_id:
  description: The RequestId of the call. V(null) when the task failed; RV(error) has that of the failed call.
  returned: always
  type: str
  sample: 1c875b55-128b-4152-9e73-0984fd489ba2
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

from ..module_utils._api.transform import snake_case
from ..module_utils._errors import TencentCloudError
from ..module_utils._module import Report, Task, run
from ..module_utils._problems import as_data, problems_of
from ..module_utils._services.sts import FIELDS, caller_identity


def info(task: Task) -> Report:
    """Ask who calls."""
    return Report(result(caller_identity(task.client())))


def failed(options: Mapping[str, Any], error: TencentCloudError) -> dict[str, Any]:
    """The result of a task that ended with an error."""
    return result({}, error)


def result(identity: Mapping[str, str | None], error: TencentCloudError | None = None) -> dict[str, Any]:
    """The keys that the module returns."""
    return {
        "changed": False,
        **{key: identity.get(key) for key in map(snake_case, FIELDS)},
        "problems": as_data(problems_of(error)) if error else [],
        "error": error.as_dict() if error else None,
    }


def main() -> None:
    run({}, info, failed)


if __name__ == "__main__":
    main()
