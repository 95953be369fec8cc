# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is on the disks: a marker each, so that tests can tell one system from the next."""

from __future__ import annotations

from itertools import count


class Contents:
    """The marker of every disk. Equal markers are equal contents, whichever disk, snapshot or image has them."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._numbers = count(1)

    def of(self, disk_id: str) -> str:
        """What is on a disk now."""
        return self._known.get(disk_id, f"{disk_id}/0")

    def fresh(self, disk_id: str) -> str:
        """A content that was never there before, for this disk."""
        return f"{disk_id}/{next(self._numbers)}"

    def write(self, disk_id: str, content: str) -> None:
        """Replace what is on a disk."""
        self._known[disk_id] = content
