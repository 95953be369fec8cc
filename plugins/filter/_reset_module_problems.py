# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: _reset_module_problems
short_description: Why a module failed, in the words of the role
version_added: 0.2.0
author:
  - The tencent.cloud contributors (@tencent-cloud-contributors)
description:
  - Private to the role P(tencent.cloud.reset_instance#role). It may change or go in any release.
options:
  _input:
    description: The result of a module of this collection.
    type: dict
    required: true
  options:
    description: The options of the role by their names without C(reset_instance_).
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Say why the plan was refused
  ansible.builtin.debug:
    msg: "{{ plan | tencent.cloud._reset_module_problems({'image_id': 'img-wrong'}) }}"
  vars:
    plan:
      problems:
        - option: image_id
          message: There is no such image.
          fix: Give another.
"""

RETURN = r"""
_value:
  description: The problems of the result with the names of the role's variables, else its message.
  type: str
"""

from collections.abc import Callable

from ..plugin_utils._role.options import module_problems


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., str]]:
        """The filters by name."""
        return {"_reset_module_problems": module_problems}
