# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every process that a test starts is watched: what it was given in secret must not stand in what it shows or writes.

What it was given: its environment, arguments and input, and the files that were there when it began. What it shows:
standard output and error, and each file of the test that is another one at its end. So what a test writes by itself is
no leak, and nobody needs to say what is secret, or to ask: the name of an option or variable tells.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import yaml

from tests.secrecy import leaks, named

ALLOWED = {
    "*/artifacts/*/command": "ansible-runner notes the environment that it was started with, and so the keys",
    "*/artifacts/command": "likewise, where it processes what a worker has sent",
    "*/env/envvars": "what ansible-runner is given it hands on to a worker",
    "*/env/extravars": "likewise",
    "*/test_a_document_*/variables": "where the shell of the documents keeps its environment for the next command",
    "*/test_everything_is_*/store.json": "the stand-in for AWX, which is given credentials to keep",
    "*/state/*.hostkey": "where the role keeps the private host key until the server has it (mode 0600)",
}
"""Files that may hold what the process was given, and why."""
TOLD_CALLER = re.compile(rb'^\{"status": "starting", .*$', re.MULTILINE)
"""The line in which a worker of ansible-runner tells its caller what it starts, environment and all; a pipe has it."""
PASSED_OVER = {"fleet", "ansible_collections"}
"""Folders with the disks of machines, which hold their own secrets, and with collections that a test installs, whose
documents have the key of the simulator."""
LARGEST = 1_000_000
"""Bytes of a file that is read for secrets before a process begins."""

_GIVEN = ("*.yml", "*.yaml", "*.json", "envvars", "extravars")
_ASSIGNED = re.compile(r"(\w+)=(\S+)")

Stamps = dict[Path, tuple[int, int, int]]


class _Loader(yaml.CSafeLoader):
    """Reads what Ansible reads; an encrypted value is nothing."""


_Loader.add_multi_constructor("!", lambda loader, tag, node: None)


class Folder:
    """The files of a test, and the secrets that any of its processes was given."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.secrets: set[str] = set()
        self._read: Stamps = {}

    def stamps(self) -> Stamps:
        """All files, and what tells whether one has changed."""
        return dict(self._files())

    def learn(self) -> Stamps:
        """Take the secrets from all files that are new, and return what is there."""
        stamps = self.stamps()
        for path, stamp in stamps.items():
            if self._read.get(path) != stamp and any(path.match(name) for name in _GIVEN) and stamp[1] < LARGEST:
                self.secrets.update(_secrets_of(path.read_text(encoding="utf-8", errors="replace")))
        self._read = stamps
        return stamps

    def _files(self) -> Iterator[tuple[Path, tuple[int, int, int]]]:
        for place, folders, names in os.walk(self.path):
            folders[:] = [one for one in folders if one not in PASSED_OVER]
            for path in (Path(place, name) for name in names):
                try:
                    status = path.lstat()
                except FileNotFoundError:
                    continue
                if path.is_file() and not path.is_symlink():
                    yield path, (status.st_mtime_ns, status.st_size, status.st_ino)


class Watch:
    """The folders of the tests of a session."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self._folders: dict[Path, Folder] = {}

    def folder_of(self, place: Any) -> Folder | None:
        """The folder of the test that a process begins in, if it begins in one."""
        path = Path(os.fsdecode(place or ".")).resolve()
        if self._base not in path.parents:
            return None
        own = self._base / path.relative_to(self._base).parts[0]
        return self._folders.setdefault(own, Folder(own))


class Watched(subprocess.Popen[Any]):
    """A process that cannot end well when it has shown a secret."""

    watch: ClassVar[Watch]

    def __init__(self, args: Any, *others: Any, **options: Any) -> None:
        self._program = args
        self._folder = self.watch.folder_of(options.get("cwd"))
        self._before = self._folder.learn() if self._folder else {}
        self._secrets = self._folder.secrets if self._folder else set()
        self._secrets.update(_given(args, options.get("env")))
        super().__init__(args, *others, **options)

    def communicate(self, input: Any = None, timeout: float | None = None) -> tuple[Any, Any]:  # noqa: A002
        """See Popen. Raises AssertionError."""
        self._secrets.update(_secrets_of(_text(input)))
        shown = super().communicate(input, timeout)
        for text, name in zip(shown, ("standard output", "standard error")):
            self._look(_text(text).encode("utf-8", "surrogateescape"), name)
        return shown

    def wait(self, timeout: float | None = None) -> int:
        """See Popen. Raises AssertionError."""
        code = super().wait(timeout)
        folder, self._folder = self._folder, None
        for path, stamp in folder.stamps().items() if folder else ():
            if self._before.get(path) != stamp and not any(path.match(name) for name in ALLOWED):
                self._look(path.read_bytes(), str(path))
        return code

    def _look(self, shown: bytes, where: str) -> None:
        found = leaks(TOLD_CALLER.sub(b"", shown), self._secrets)
        assert not found, f"A secret is shown by {self._program}\nin {where}:\n" + "\n".join(found)


def _given(arguments: Any, environment: Any) -> Iterator[str]:
    """The secrets in the arguments and the environment of a process."""
    yield from named({os.fsdecode(name): os.fsdecode(value) for name, value in (environment or os.environ).items()})
    for word in [arguments] if isinstance(arguments, (str, bytes, os.PathLike)) else arguments:
        yield from _secrets_of(os.fsdecode(word))


def _secrets_of(text: str) -> Iterable[str]:
    """The secrets in a document of YAML or JSON, or in a text of name=value."""
    if not text.lstrip().startswith(("{", "-", "[")) and ":" not in text:
        return named(dict(_ASSIGNED.findall(text)))
    try:
        return named(list(yaml.load_all(text, _Loader)))
    except (yaml.YAMLError, ValueError):
        return ()


def _text(shown: Any) -> str:
    return shown.decode("utf-8", "surrogateescape") if isinstance(shown, bytes) else shown or ""
