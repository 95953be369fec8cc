# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where things stand: everything the checks make lies under `.cache/`."""

from __future__ import annotations

import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"
LOGS = CACHE / "logs"
HOME = CACHE / "home"
DIST = CACHE / "dist"
INSTALLED = CACHE / "installed"
REQUIREMENTS = ROOT / "tests" / "requirements"
COLLECTION = pathlib.PurePath("ansible_collections", "tencent", "cloud")


class CheckError(Exception):
    """The checks cannot go on; the text says why and what to do."""
