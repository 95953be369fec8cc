# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""One known_hosts file: what it says about some names, and changing that without losing anything else."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple

from .._errors import TencentCloudError
from .host_key import Split, line_of, lines_for, split_by_names
from .openssh import OpenSsh

Edit = Callable[[Split], Sequence[str]]
"""The new lines of some names, from what the file says now."""


class Change(NamedTuple):
    """What became of the lines of some names.

    Attributes:
        before: what the file said.
        entries: their lines from now on.
    """

    before: Split
    entries: list[str]

    @property
    def is_one(self) -> bool:
        """Whether the file was, or would be, written."""
        return self.entries != self.before.entries


def without_entries(now: Split) -> list[str]:
    """Nothing is known about the names."""
    return []


def unchanged(now: Split) -> list[str]:
    """What is known about the names stays."""
    return now.entries


def exactly(names: Sequence[str], keys: Sequence[str], *, hashed_by: OpenSsh | None = None) -> Edit:
    """The names have these keys and no others. Lines that say so already stay as they are, hashed or not."""

    def edit(now: Split) -> list[str]:
        if all(set(now.keys[name]) == set(keys) for name in names):
            return now.entries
        lines = lines_for(names, keys)
        return hashed_by.hashed(lines) if hashed_by else lines

    return edit


def replaced_by(entries: Sequence[str]) -> Edit:
    """The names have these lines, in whatever order."""

    def edit(now: Split) -> list[str]:
        return now.entries if sorted(now.entries) == sorted(entries) else list(entries)

    return edit


def edited(path: str, names: Sequence[str], edit: Edit, ssh: OpenSsh, *, check: bool) -> Change:
    """Change the lines of the names, as they stand in the file, and nothing else.

    The file is replaced as a whole, so that a reader sees all or nothing of it. Its mode and owner stay, a symbolic
    link stays one, and tasks of this machine wait for each other. A new file is `0600`, a new folder `0700`.
    Raises TencentCloudError when the file cannot be read or written.

    Args:
        names: as they stand in the file.
        ssh: finds hashed names.
        check: change nothing.
    """
    target = os.path.realpath(path)
    try:
        now, change = _planned(target, names, edit, ssh)
        if check or not change.is_one:
            return change
        with _locked(target):
            now, change = _planned(target, names, edit, ssh)
            if change.is_one:
                _write(target, [*now.kept, *change.entries])
    except OSError as error:
        raise TencentCloudError(f"{path} cannot be changed: {error.strerror}.", code="FileError") from error
    return change


def _planned(target: str, names: Sequence[str], edit: Edit, ssh: OpenSsh) -> tuple[Split, Change]:
    lines = _read(target)
    opaque = any(line.is_hashed for line in map(line_of, lines) if line)
    now = split_by_names(lines, names, {name: ssh.numbers_of(name, lines) for name in names} if opaque else {})
    return now, Change(now, list(edit(now)))


def _read(target: str) -> list[str]:
    try:
        with open(target, encoding="utf-8", errors="surrogateescape", newline="") as file:
            lines = file.read().split("\n")
    except FileNotFoundError:
        return []
    return lines if lines[-1] else lines[:-1]


@contextmanager
def _locked(target: str) -> Iterator[None]:
    """Keep other tasks of this machine out. The lock file stays, since removing it would let two in."""
    os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
    try:
        lock = os.open(f"{target}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise _planted(target) if error.errno == errno.ELOOP else error from None
    try:
        if not _is_own(lock, target):
            raise _planted(target)
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _is_own(lock: int, target: str) -> bool:
    """Whether a lock is a file of this user, of root, or of whoever has the file that it is for."""
    found = os.stat(lock)
    owners = {os.geteuid(), 0}
    with suppress(FileNotFoundError):
        owners.add(os.stat(target).st_uid)
    return stat.S_ISREG(found.st_mode) and found.st_uid in owners


def _planted(target: str) -> TencentCloudError:
    """A link would have a file made elsewhere, and the holder of a lock can make others wait forever."""
    return TencentCloudError(
        f"{target}.lock is a link or belongs to another user. Look where it comes from, and remove it.",
        code="FileError",
    )


def _write(target: str, lines: Sequence[str]) -> None:
    handle, name = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".known_hosts.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            _keep_access(handle, target)
            file.writelines(f"{line}\n" for line in lines)
            file.flush()
            os.fsync(handle)
        os.replace(name, target)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name)
        raise


def _keep_access(handle: int, target: str) -> None:
    """Give a new file the owner and mode of the one that it replaces. Otherwise only its owner can access it."""
    with suppress(FileNotFoundError):
        old = os.stat(target)
        own = os.fstat(handle)
        if (old.st_uid, old.st_gid) != (own.st_uid, own.st_gid):
            os.fchown(handle, old.st_uid, old.st_gid)
        os.fchmod(handle, old.st_mode & 0o7777)
