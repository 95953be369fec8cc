# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: _reset_page
short_description: The page of a run
version_added: 0.2.0
author:
  - The tencent.cloud contributors (@tencent-cloud-contributors)
description:
  - Private to the role P(tencent.cloud.reset_instance#role). It may change or go in any release.
options:
  _input:
    description: What the hosts of the play have written, each with its name in C(host).
    type: list
    elements: dict
    required: true
  run:
    description: The run, with its C(run_id) and the time in C(written_at).
    type: dict
    required: true
  hosts:
    description: The names of all hosts of the play, in their order.
    type: list
    elements: str
    required: true
  active:
    description: Those of the hosts that have not been lost.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Write the page of a run of one host, which was lost
  ansible.builtin.copy:
    content: "{{ [] | tencent.cloud._reset_page({'run_id': '42'}, ['web1'], []) }}"
    dest: /tmp/index.html
    mode: "0600"
"""

RETURN = r"""
_value:
  description: The page, as HTML.
  type: str
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..plugin_utils._role.page import render
from ..plugin_utils._role.page_rows import in_order

TEMPLATES = Path(__file__).resolve().parents[2] / "roles" / "reset_instance" / "templates"


def page(
    written: Sequence[Mapping[str, Any]], run: Mapping[str, Any], hosts: Sequence[str], active: Sequence[str]
) -> str:
    """The page of a run, with the hosts that have written nothing."""
    return render(run, in_order(written, hosts, active), str(TEMPLATES))


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, Callable[..., str]]:
        """The filters by name."""
        return {"_reset_page": page}
