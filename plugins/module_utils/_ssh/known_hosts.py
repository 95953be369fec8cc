# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""One known_hosts file: what it says about some names, and changing that without losing anything else."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from .._clock import Clock
from .._errors import TencentCloudError
from . import shared_file
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


def edited(
    path: str,
    names: Sequence[str],
    edit: Edit,
    ssh: OpenSsh,
    *,
    check: bool,
    clock: Clock | None = None,
) -> Change:
    """Change the lines of the names, as they stand in the file, and nothing else.

    The file is replaced as a whole, so that a reader sees all or nothing of it; where it can only be written in place,
    a reader may see a part of it (`shared_file`). Its mode and owner stay, a symbolic link stays one, and tasks of this
    machine wait for each other. A new file is `0600`, a new folder `0700`.
    Raises TencentCloudError when the file cannot be read or written.

    Args:
        names: as they stand in the file.
        ssh: finds hashed names.
        check: change nothing.
        clock: by which another task is waited for; what that raises ends the task. None for the real time.
    """
    target = os.path.realpath(path)
    with _errors_of(path):
        now, change = _planned(target, names, edit, ssh)
        if check or not change.is_one:
            return change
        with shared_file.locked(target, clock or Clock()):
            now, change = _planned(target, names, edit, ssh)
            if change.is_one:
                shared_file.write(target, [*now.kept, *change.entries])
    return change


def rehearse(path: str) -> None:
    """Raises the TencentCloudError that a later `edited` would meet for the file, as far as that can be seen without
    writing it: no permission, a file system that is read-only, a folder that cannot be made, something else than a file
    there, a lock that somebody planted. It leaves nothing behind, and waits for nobody."""
    with _errors_of(path):
        shared_file.rehearse(os.path.realpath(path))


@contextmanager
def _errors_of(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise TencentCloudError(f"{path} cannot be changed: {error.strerror}.", code="FileError") from error


def _planned(target: str, names: Sequence[str], edit: Edit, ssh: OpenSsh) -> tuple[Split, Change]:
    lines = shared_file.lines_in(target)
    opaque = any(line.is_hashed for line in map(line_of, lines) if line)
    now = split_by_names(lines, names, {name: ssh.numbers_of(name, lines) for name in names} if opaque else {})
    return now, Change(now, list(edit(now)))
