# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The disks that all machines of a fleet have had, by what is on them."""

from __future__ import annotations

import threading
from itertools import count
from pathlib import Path

from .description import Description
from .disk import Disk
from .system import make_host_keys


class Store:
    """Disks, kept for a rollback or for an image made of them, and the host keys that are part of images."""

    def __init__(self, folder: Path, description: Description) -> None:
        self.description = description
        self._folder = folder
        self._kept: dict[str, Disk] = {}
        self._numbers = count(1)
        self._lock = threading.Lock()

    def place(self) -> Path:
        """A new folder for a disk."""
        return self._folder / "disks" / str(next(self._numbers))

    def keep(self, content: str, disk: Disk) -> None:
        """Keep a disk; of several with the same content, the one that came first has changed least."""
        self._kept.setdefault(content, disk)

    def find(self, content: str) -> Disk | None:
        """The kept disk with a content."""
        return self._kept.get(content)

    def baked_keys(self, image_id: str) -> Path:
        """The host keys in an image, the same whenever it is installed."""
        folder = self._folder / "baked" / image_id
        with self._lock:
            if not folder.exists():
                folder.mkdir(parents=True)
                make_host_keys(folder, image_id)
        return folder
