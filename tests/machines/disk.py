# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A system disk: the upper layer over the computer's own files."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

from .images import Image

OPAQUE = "trusted.overlay.opaque"
# What of the computer must not be seen in a machine: the homes, temporary files and logs of whoever works there.
EMPTY = {"root": 0o700, "home": 0o755, "tmp": 0o1777, "var/tmp": 0o1777, "var/log": 0o755}


class Disk:
    """The layer with all that a system has written, and the image that it came from."""

    def __init__(self, folder: Path, image: Image) -> None:
        self.image = image
        self.upper = folder / "upper"
        self.work = folder / "work"
        for path in (self.upper, self.work):
            path.mkdir(parents=True)

    @classmethod
    def blank(cls, folder: Path, image: Image) -> Disk:
        """A disk with nothing on it but what all computers have."""
        disk = cls(folder, image)
        disk.upper.chmod(0o755)
        for name, mode in EMPTY.items():
            path = disk.folder(name, mode)
            os.setxattr(path, OPAQUE, b"y")
        return disk

    def copy(self, folder: Path) -> Disk:
        """Another disk with the same content."""
        disk = Disk(folder, self.image)
        subprocess.run(["cp", "--archive", f"{self.upper}/.", str(disk.upper)], check=True)
        return disk

    def folder(self, name: str, mode: int = 0o755, owner: int = 0) -> Path:
        """Make a folder with those above it."""
        path = self.upper / name
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(mode)
        os.chown(path, owner, owner)
        return path

    def write(self, name: str, content: str | bytes, mode: int = 0o644, owner: int = 0) -> None:
        """Write a file anew, whatever was there."""
        path = self.upper / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        path.chmod(mode)
        os.chown(path, owner, owner)

    def hide(self, name: str) -> None:
        """Hide a file of the computer."""
        path = self.upper / name
        path.parent.mkdir(parents=True, exist_ok=True)
        os.mknod(path, stat.S_IFCHR, os.makedev(0, 0))

    def read(self, name: str) -> str:
        """The file as the machine sees it, from its disk or from the computer."""
        path = self.upper / name
        return (path if path.exists() else Path("/", name)).read_text(encoding="utf-8")

    def __contains__(self, name: str) -> bool:
        return (self.upper / name).exists()
