# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: _reset_option_problems
short_description: What is wrong with options of the role
version_added: 0.2.0
author:
  - The tencent.cloud contributors (@tencent-cloud-contributors)
description:
  - Private to the role P(tencent.cloud.reset_instance#role). It may change or go in any release.
  - Checks the options that a survey may leave empty, which an argument spec cannot.
options:
  _input:
    description: The options by their names without C(reset_instance_).
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Refuse a misspelt policy
  ansible.builtin.debug:
    msg: "{{ {'policy': 'onse'} | tencent.cloud._reset_option_problems }}"
"""

RETURN = r"""
_value:
  description: A sentence for each problem.
  type: list
  elements: str
"""

from collections.abc import Callable

from ..plugin_utils._role.options import option_problems


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        """The filters by name."""
        return {"_reset_option_problems": option_problems}
