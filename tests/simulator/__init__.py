# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulator of the Tencent Cloud API for tests; see README.md in this folder."""

from __future__ import annotations

from .server.process import Running, running

__all__ = ["Running", "running"]
