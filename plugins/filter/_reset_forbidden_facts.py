# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: _reset_forbidden_facts
short_description: Facts that no managed host may give
version_added: 0.2.0
author:
  - The tencent.cloud contributors (@tencent-cloud-contributors)
description:
  - Private to the role P(tencent.cloud.reset_instance#role). It may change or go in any release.
  - Finds the names that would be taken for an option of the role, for a variable of Ansible's own, or for a way in.
options:
  _input:
    description: Names of facts.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Refuse them
  ansible.builtin.assert:
    that: ansible_facts | list | tencent.cloud._reset_forbidden_facts | length == 0
"""

RETURN = r"""
_value:
  description: Those of the names, sorted.
  type: list
  elements: str
"""

from collections.abc import Callable

from ..plugin_utils._role.facts import forbidden


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        """The filters by name."""
        return {"_reset_forbidden_facts": forbidden}
