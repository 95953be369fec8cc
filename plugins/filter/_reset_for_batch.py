# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: _reset_for_batch
short_description: What a module is asked for a batch of hosts, once for all that can share a call
version_added: 0.2.0
author:
  - The tencent.cloud contributors (@tencent-cloud-contributors)
description:
  - Private to the role P(tencent.cloud.reset_instance#role). It may change or go in any release.
  - Groups the hosts by what belongs to a task as a whole, such as the region.
positional: what, hosts
options:
  _input:
    description: The variable C(hostvars).
    type: dict
    required: true
  what:
    description: What is wanted.
    type: str
    required: true
  hosts:
    description: The names of the hosts.
    type: list
    elements: str
    required: true
  whole:
    description: Whether the role is used as a whole, and not a file of it.
    type: bool
    required: true
"""

EXAMPLES = r"""
- name: Show it
  ansible.builtin.debug:
    msg: "{{ hostvars | tencent.cloud._reset_for_batch('logs', ansible_play_batch, whole=true) }}"
"""

RETURN = r"""
_value:
  description: The options of each call, by a name for it.
  type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ..plugin_utils._role.confirmation import NotConfirmed
from ..plugin_utils._role.requests import for_batch


def asked(hostvars: Any, *arguments: Any, **options: Any) -> dict[str, Any]:
    """What is asked for; an error of the template, with its reason, where nothing may be."""
    try:
        return for_batch(hostvars, *arguments, **options)
    except NotConfirmed as refusal:
        raise AnsibleFilterError(str(refusal)) from refusal


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        """The filters by name."""
        return {"_reset_for_batch": asked}
