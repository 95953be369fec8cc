# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The option of modules that wait, and show what for."""

    DOCUMENTATION = r"""
options:
  progress:
    description:
      - >-
        Whether the task shows what it waits for: a line when that changes, and one every 30 seconds. The line about an
        accepted call names its RequestId and how to go on if the run is interrupted.
      - >-
        There are no such lines from a task on another host, with C(async) or C(no_log), or with a callback whose name
        holds C(json), whose output programs read. The result is the same with and without them.
    type: bool
    default: true
    version_added: 0.2.0
notes:
  - >-
    A wait that is interrupted by Ctrl-C or SIGTERM ends within a second, when the call that is under way has been
    answered. What was accepted goes on in the service; the message says how to wait for it.
"""
