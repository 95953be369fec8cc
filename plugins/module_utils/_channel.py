# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The way of lines from a module that waits to whoever shows them: a named pipe on the same machine.

Nothing depends on it: without a pipe, or a reader at its other end, nothing is said, and the module goes on.
"""

from __future__ import annotations

import os
import stat

from ._text import printable

ARGUMENT = "_tencent_cloud_progress"
"""The argument by which a module is told the path of the pipe."""

LENGTH = 400
"""Characters of a text, at most."""


class Channel:
    """One end of the pipe.

    Args:
        path: of the pipe; none where there is none.
    """

    def __init__(self, path: str | None) -> None:
        self._pipe = _opened(path) if path else None

    def say(self, about: str, text: str) -> None:
        """Say something about a thing, or about the task as a whole if that is empty. Never waits, never fails."""
        if self._pipe is None:
            return
        try:
            os.write(self._pipe, encoded(about, text))
        except BlockingIOError:
            # Nobody has read for long; the next line tells more.
            return
        except OSError:
            os.close(self._pipe)
            self._pipe = None


def encoded(about: str, text: str) -> bytes:
    """A line for the pipe."""
    return f"{printable(about)[:LENGTH]}\t{printable(text)[:LENGTH]}\n".encode()


def decoded(line: bytes) -> tuple[str, str] | None:
    """What was said; None if it is no such line, or not a whole one."""
    about, tab, text = line.decode(errors="replace").partition("\t")
    return (about, text) if tab else None


def _opened(path: str) -> int | None:
    """The pipe; None if it is not there, nobody reads it, or it is something else."""
    try:
        pipe = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    if stat.S_ISFIFO(os.fstat(pipe).st_mode):
        return pipe
    os.close(pipe)
    return None
