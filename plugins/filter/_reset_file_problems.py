# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: _reset_file_problems
short_description: What is wrong with a folder of the controller and with files in it
version_added: 0.2.0
author:
  - The tencent.cloud contributors (@tencent-cloud-contributors)
description:
  - Private to the role P(tencent.cloud.reset_instance#role). It may change or go in any release.
  - Whatever belongs to somebody else, or can be written by others, is refused. What is not there is fine.
positional: secrets, files
options:
  _input:
    description: The path of the folder.
    type: path
    required: true
  secrets:
    description: Paths of files that others must not read either.
    type: list
    elements: path
    default: []
  files:
    description: Paths of files that others must not write.
    type: list
    elements: path
    default: []
"""

EXAMPLES = r"""
- name: Refuse a folder that others can write
  ansible.builtin.assert:
    that: folder | tencent.cloud._reset_file_problems([folder ~ '/key']) | length == 0
  vars:
    folder: /var/lib/resets
"""

RETURN = r"""
_value:
  description: The problems, each with its remedy.
  type: list
  elements: str
"""

from collections.abc import Callable

from ..plugin_utils._role.files import problems


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        """The filters by name."""
        return {"_reset_file_problems": problems}
