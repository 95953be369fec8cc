# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Whether files and folders of the controller are its user's alone: whoever can write there decides what they say."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
OTHERS_READ = stat.S_IRGRP | stat.S_IROTH


def problems(folder: str, secrets: Iterable[str] = (), files: Iterable[str] = (), user: int | None = None) -> list[str]:
    """What is wrong with a folder, and with files that may be in it, each with its remedy. Missing ones are fine.

    Args:
        folder: nobody else may write in it, nor may everybody replace a folder above it.
        secrets: files that nobody else may read either; paths.
        files: files that nobody else may write; paths.
        user: the number of the user, by default whoever runs this.
    """
    if folder.startswith("~"):
        return [f"There is no home directory for {folder}. Set HOME, or give the whole path."]
    me = os.geteuid() if user is None else user
    found = [_problem(Path(folder), me, stat.S_ISDIR, "folder", OTHERS_WRITE), *_above(Path(folder))]
    found += [_problem(Path(one), me, stat.S_ISREG, "file", OTHERS_WRITE | OTHERS_READ) for one in secrets]
    found += [_problem(Path(one), me, stat.S_ISREG, "file", OTHERS_WRITE) for one in files]
    return [one for one in found if one]


def _problem(path: Path, me: int, is_kind: Callable[[int], bool], kind: str, unwanted: int) -> str:
    try:
        link = path.lstat()
        now = path.stat() if kind == "folder" else link
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        return f"{path} cannot be looked at: {error.strerror}. Give another one."
    if not is_kind(now.st_mode):
        return f"{path} is no {kind}. Remove it."
    if {link.st_uid, now.st_uid} != {me}:
        return f"{path} belongs to another user ({now.st_uid}). Remove it, or give another folder."
    if now.st_mode & unwanted:
        what = "read or write" if unwanted & OTHERS_READ else "write"
        return f"Others can {what} {path} ({_mode(now.st_mode)}). Check the content, and remove that permission."
    return ""


def _above(path: Path) -> Iterator[str]:
    """Folders above in which everybody can put another one in its place."""
    for one in {*path.absolute().parents, *path.resolve().parents}:
        mode = one.stat().st_mode if one.is_dir() else 0
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            yield f"Everybody can replace what is in {one} ({_mode(mode)}). Take that away, or give another folder."


def _mode(mode: int) -> str:
    return f"mode {stat.S_IMODE(mode):04o}"
