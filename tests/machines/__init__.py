# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Machines for tests that can really be reinstalled; see README.md in this folder."""

from __future__ import annotations

from .errors import MachinesError
from .fleet import Fleet, Machine, machines

__all__ = ["Fleet", "Machine", "MachinesError", "machines"]
