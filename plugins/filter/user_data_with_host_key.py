# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: user_data_with_host_key
short_description: User data by which cloud-init gives a server a known ssh host key
version_added: 0.1.0
author:
  - The tencent.cloud contributors (@tencent-cloud-contributors)
description:
  - >-
    Adds an ed25519 host key to cloud-init user data. A server that is installed with it has this host key and no other,
    so that nobody needs to trust what answers first.
  - >-
    Without user data of your own the result is a C(#cloud-config) with C(ssh_deletekeys) and C(ssh_keys). Otherwise it
    is a MIME multipart of your own parts and, as the last, that one. Of two parts that set the same key cloud-init
    takes the later one.
  - The same input gives the same result, byte for byte.
  - >-
    The private key is in the result. Whoever can read the user data of a server, by the API or in the server from the
    metadata service, has its host key. Keep both out of logs (C(no_log)).
positional: private_key, public_key
options:
  _input:
    description:
      - Your own user data, or an empty text or V(null) if there is none.
      - >-
        It begins with C(#cloud-config), C(#cloud-config-archive), C(#cloud-config-jsonp), C(#!), C(#include),
        C(#include-once), C(#cloud-boothook), C(#part-handler) or C(## template: jinja), or it is a MIME message,
        whose parts are kept. Anything else is an error, such as PowerShell, compressed or encoded data, a path, a
        mapping, or a comment above the first line.
      - It must not set C(ssh_keys), C(ssh_deletekeys) or C(ssh_genkeytypes) itself.
      - The result has at most 16384 bytes in base64.
    type: str
  private_key:
    description: The private host key as C(ssh-keygen -t ed25519 -N "") writes it.
    type: str
    required: true
  public_key:
    description: The public key that belongs to it, its type and base64.
    type: str
    required: true
seealso:
  - module: tencent.cloud.ssh_host_key
  - name: User-data formats
    description: The formats that cloud-init knows.
    link: https://docs.cloud-init.io/en/latest/explanation/format.html
  - name: SSH
    description: The module of cloud-init that sets host keys.
    link: https://docs.cloud-init.io/en/latest/reference/modules.html#ssh
"""

EXAMPLES = r"""
- name: Reinstall a server with a host key that is known beforehand
  tencent.cloud.cvm_reset_instance:
    region: ap-guangzhou
    instance_id: ins-r8hr2upy
    image_id: img-pmqg1cw7
    user_data: "{{ own_user_data | tencent.cloud.user_data_with_host_key(host_key, host_key_pub) }}"
    login_settings:
      key_ids: [skey-b4vakk62]
  vars:
    own_user_data: |
      #cloud-config
      packages: [chrony]
    host_key: "{{ lookup('ansible.builtin.file', 'host_key') }}"
    host_key_pub: "{{ lookup('ansible.builtin.file', 'host_key.pub') }}"
  delegate_to: localhost
"""

RETURN = r"""
_value:
  description: The user data, as plain text.
  type: str
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._problems import kind_of
from ..module_utils._user_data_formats import MAPPING_FIX
from ..plugin_utils._user_data import UserDataError, with_host_key


def user_data_with_host_key(user_data: Any, private_key: Any, public_key: Any) -> str:
    """The user data with the host key. Raises AnsibleFilterError, without any text of its arguments."""
    given = {"user data": "" if user_data is None else user_data, "private key": private_key, "public key": public_key}
    for name, value in given.items():
        if not isinstance(value, str):
            how = f" {MAPPING_FIX}" if isinstance(value, Mapping) and name == "user data" else ""
            raise AnsibleFilterError(f"user_data_with_host_key: The {name} must be text, and is {kind_of(value)}.{how}")
    try:
        return with_host_key(user_data, private_key, public_key)
    except UserDataError as error:
        raise AnsibleFilterError(f"user_data_with_host_key: {error.message}") from None


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., str]]:
        """The filters by name."""
        return {"user_data_with_host_key": user_data_with_host_key}
