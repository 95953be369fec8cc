# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Prints what an environment holds of that which the compatibility matrix is about."""

from __future__ import annotations

import sys
from importlib.metadata import distributions

if __name__ == "__main__":
    versions = {one.metadata["Name"]: one.version for one in distributions()}
    found = [f"{name} {versions[name]}" for name in ("ansible-core", "requests", "urllib3") if name in versions]
    print(*found, "on Python", sys.version.split()[0])
