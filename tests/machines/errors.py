# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can go wrong with the rig itself."""

from __future__ import annotations


class MachinesError(Exception):
    """The rig cannot do what it was asked; the text says why and what to do."""
