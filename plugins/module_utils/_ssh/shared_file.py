# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""One small file of lines that others read and change too: locked, and written as a whole.

A file is replaced by a new one, so that a reader sees all or nothing of it. Where that cannot be, because the file is
a mount of its own as in many containers, or its folder takes no new file, it is written in place: a reader may see a
part of it then, and so it stays if the machine stops in that moment.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from .._clock import Backoff, Clock
from .._errors import TencentCloudError

_SHUT = (errno.EACCES, errno.EPERM, errno.EROFS)
"""A folder does not take a new file, or does not give this user's to another one."""

_NOT_REPLACED = (*_SHUT, errno.EBUSY, errno.EXDEV)
"""A file cannot be replaced, but perhaps written: it is a mount, or somebody else's, or its folder is shut."""

_PREFIX = ".known_hosts."

LOCK_PAUSE = 0.1
"""Seconds between two tries to lock, at most."""


def lines_in(target: str) -> list[str]:
    """The lines of a file; none if it does not exist. Raises OSError."""
    try:
        with open(target, encoding="utf-8", errors="surrogateescape", newline="") as file:
            lines = file.read().split("\n")
    except FileNotFoundError:
        return []
    return lines if lines[-1] else lines[:-1]


@contextmanager
def locked(target: str, clock: Clock) -> Iterator[None]:
    """Keep other tasks of this machine out. The lock file stays, since removing it would let two in.

    Raises OSError and TencentCloudError, and what the clock raises while another task has the lock.
    """
    _check_kind(target)
    _make_folder(os.path.dirname(target))
    lock = _lock_of(target, os.O_CREAT)
    try:
        tries = Backoff(clock, first=LOCK_PAUSE, cap=LOCK_PAUSE)
        while not _is_taken(lock):
            tries.pause()
        yield
    finally:
        os.close(lock)


def write(target: str, lines: Sequence[str]) -> None:
    """Write the whole file, which is locked. Its mode and owner stay; a new one is `0600`.

    Raises OSError, and TencentCloudError when a file that was written in place is damaged.
    """
    content = "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")
    try:
        with _new_file(target) as (handle, name):
            _write_all(handle, content)
            os.replace(name, target)
    except OSError as error:
        if error.errno not in _NOT_REPLACED:
            raise
        _write_in_place(target, content, error)


def rehearse(target: str) -> None:
    """Raises OSError or TencentCloudError if `locked` or `write` would, as far as that can be seen; leaves nothing."""
    _check_kind(target)
    lines_in(target)
    folder = os.path.dirname(target)
    if not os.path.isdir(folder):
        while not os.path.lexists(folder):
            folder = os.path.dirname(folder)
        os.rmdir(tempfile.mkdtemp(dir=folder, prefix=_PREFIX))
        return
    with suppress(FileNotFoundError):
        os.close(_lock_of(target))
    try:
        with _new_file(target):
            pass
    except OSError as error:
        if error.errno not in _SHUT:
            raise
        os.close(_opened(target, error))
    else:
        if os.path.exists(target) and _mount_of(target) != _mount_of(folder):
            os.close(os.open(target, os.O_RDWR | os.O_CLOEXEC))


def _check_kind(target: str) -> None:
    with suppress(FileNotFoundError):
        mode = os.stat(target).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(mode):
            raise TencentCloudError(f"{target} is not a regular file.", code="FileError")


def _make_folder(path: str) -> None:
    """Make a folder, and those above it, for its owner alone; `os.makedirs` has a mode for the last one only."""
    if path and not os.path.isdir(path):
        _make_folder(os.path.dirname(path))
        with suppress(FileExistsError):
            os.mkdir(path, mode=0o700)


# --- locks


def _lock_of(target: str, flags: int = 0) -> int:
    """The lock beside the file; where the folder does not take one, the file itself. Whoever may read that can hold
    it.

    Args:
        flags: to open the lock with.
    """
    path = f"{target}.lock"
    try:
        lock = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | flags, 0o600)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise _planted(target) from None
        if error.errno in _SHUT and (error.errno == errno.EROFS or not os.path.lexists(path)):
            return _opened(target, error)
        raise
    if not _is_own(lock, target):
        os.close(lock)
        raise _planted(target)
    return lock


def _is_taken(lock: int) -> bool:
    """Whether this task has the lock now. A wait within the system would hear no signal."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


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


# --- replacing it


@contextmanager
def _new_file(target: str) -> Iterator[tuple[int, str]]:
    """A new file beside the other one, with its owner and mode, and its name; whatever has that name then is
    removed."""
    handle, name = tempfile.mkstemp(dir=os.path.dirname(target), prefix=_PREFIX)
    try:
        _keep_access(handle, target)
        yield handle, name
    finally:
        os.close(handle)
        with suppress(FileNotFoundError):
            os.unlink(name)


def _keep_access(handle: int, target: str) -> None:
    """Give a new file the owner and mode of the one that it replaces. Otherwise only its owner can access it."""
    with suppress(FileNotFoundError):
        old = os.stat(target)
        own = os.fstat(handle)
        if (old.st_uid, old.st_gid) != (own.st_uid, own.st_gid):
            os.fchown(handle, old.st_uid, old.st_gid)
        os.fchmod(handle, old.st_mode & 0o7777)


def _write_all(handle: int, content: bytes) -> None:
    """Make it all that a file has. It is cut last, so that it never needs more room than the longer of both."""
    os.lseek(handle, 0, os.SEEK_SET)
    left = memoryview(content)
    while left:
        left = left[os.write(handle, left) :]
    os.ftruncate(handle, len(content))
    os.fsync(handle)


# --- writing it in place


def _opened(target: str, why: OSError) -> int:
    """The file itself, to be written. Raises `why` if there is none, and OSError if it cannot be written either."""
    try:
        return os.open(target, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        raise why from None


def _write_in_place(target: str, content: bytes, why: OSError) -> None:
    """Write it where it is. What it said is written back if that fails.

    Args:
        why: it cannot be replaced.
    """
    handle = _opened(target, why)
    try:
        with os.fdopen(os.dup(handle), "rb") as file:
            old = file.read()
        try:
            _write_all(handle, content)
        except BaseException as error:
            _write_back(handle, old, target, error)
            raise
    finally:
        os.close(handle)


def _write_back(handle: int, old: bytes, target: str, error: BaseException) -> None:
    try:
        _write_all(handle, old)
    except OSError as again:
        raise TencentCloudError(
            f"{target} is damaged: writing it failed, and so did writing back what it said ({again.strerror}). "
            "Restore it from a backup.",
            code="FileError",
        ) from error


def _mount_of(path: str) -> str | None:
    """What tells mounts apart; None where that cannot be known."""
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (AttributeError, OSError):
        # Not a Linux.
        return None
    try:
        with open(f"/proc/self/fdinfo/{handle}", encoding="ascii") as info:
            return next((line for line in info if line.startswith("mnt_id:")), None)
    except OSError:
        return None
    finally:
        os.close(handle)
