# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: _reset_frozen
short_description: The options of the role as they are now
version_added: 0.2.0
author:
  - The tencent.cloud contributors (@tencent-cloud-contributors)
description:
  - Private to the role P(tencent.cloud.reset_instance#role). It may change or go in any release.
  - Copies values, so that none of them is evaluated again.
options:
  _input:
    description: Pairs of an option's full name and its value.
    type: list
    elements: list
    required: true
"""

EXAMPLES = r"""
- name: Freeze two options
  ansible.builtin.set_fact:
    frozen: >-
      {{ [['reset_instance_image_id', 'img-pmqg1cw7'], ['reset_instance_login', true]] | tencent.cloud._reset_frozen }}
"""

RETURN = r"""
_value:
  description: The values by the names of the options, without C(reset_instance_).
  type: dict
"""

from collections.abc import Callable
from typing import Any

from ..plugin_utils._role.options import frozen


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        """The filters by name."""
        return {"_reset_frozen": frozen}
