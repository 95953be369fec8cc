#!/usr/bin/python
# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: reset_instance_step
short_description: One step of the role reset_instance on the controller
version_added: 0.2.0
author:
  - The tencent.cloud contributors (@tencent-cloud-contributors)
description:
  - Private to the role P(tencent.cloud.reset_instance#role). It may change or go in any release.
  - Takes what the tasks of the role have registered, and decides what follows from it.
  - It is an action plugin, and runs on the controller alone.
attributes:
  check_mode:
    description: Nothing is written.
    support: full
  diff_mode:
    description: Shows the instance before and after.
    support: full
options:
  step:
    description:
      - V(begin) freezes the options of a host.
      - V(confirm) compares the instances of the play with those that were confirmed.
      - V(judge) looks at everything that a batch needs, and refuses what would go wrong.
      - V(verdict) says how a phase ended for a host.
      - V(keep) writes what a rollback and a later run need.
      - V(failure) notes what went wrong.
      - V(report) writes the reports.
    type: str
    required: true
    choices: [begin, confirm, judge, verdict, keep, failure, report]
  phase:
    description: The phase for V(verdict).
    type: str
"""

EXAMPLES = r"""
- name: Freeze the options
  tencent.cloud.reset_instance_step:
    step: begin
  register: begun
"""

RETURN = r"""
at:
  description: When the step was taken, in seconds since the epoch.
  returned: always
  type: float
  sample: 1764000000.0
"""
