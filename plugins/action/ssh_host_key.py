# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shows what the module of the same name waits for."""

from __future__ import annotations

from ..plugin_utils._progress.action import WaitingAction


class ActionModule(WaitingAction):
    """See `plugins/modules/ssh_host_key.py`."""
