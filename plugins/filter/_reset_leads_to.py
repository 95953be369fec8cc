# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: _reset_leads_to
short_description: Whether a name or an address is that of an instance
version_added: 0.2.0
author:
  - The tencent.cloud contributors (@tencent-cloud-contributors)
description:
  - Private to the role P(tencent.cloud.reset_instance#role). It may change or go in any release.
  - Looks the name up on the controller. Every address that it has must be one of the instance.
positional: instance
options:
  _input:
    description: A host name or an address.
    type: str
    required: true
  instance:
    description: The record of an instance, as M(tencent.cloud.cvm_instance_info) returns it.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Compare an address with an instance
  ansible.builtin.assert:
    that: "'172.16.32.78' | tencent.cloud._reset_leads_to({'private_ip_addresses': ['172.16.32.78']})"
"""

RETURN = r"""
_value:
  description: Whether it is.
  type: bool
"""

from collections.abc import Callable

from ..plugin_utils._role.identity import leads_to


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., bool]]:
        """The filters by name."""
        return {"_reset_leads_to": leads_to}
