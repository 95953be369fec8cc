# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which Pythons this machine really has."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import re
import subprocess
from collections.abc import Iterator

Version = tuple[int, int]

OLDEST: Version = (3, 10)
# An interpreter without ensurepip makes no environments (Debian: the package python3-venv is missing).
PROBE = "import ensurepip, json, sys, venv; print(json.dumps([list(sys.version_info[:3]), sys.base_prefix]))"
NAME = re.compile(r"python3(\.\d+)?")


@dataclasses.dataclass(frozen=True)
class Interpreter:
    """One Python that can make virtual environments."""

    path: pathlib.Path
    release: str

    @property
    def version(self) -> Version:
        """Major and minor number."""
        major, minor = self.release.split(".")[:2]
        return int(major), int(minor)


def find_interpreters() -> dict[Version, Interpreter]:
    """Return one interpreter for every usable minor version, the first on PATH before those of pyenv."""
    found: dict[Version, Interpreter] = {}
    for candidate in _candidates():
        interpreter = _probe(candidate)
        if interpreter and interpreter.version >= OLDEST:
            found.setdefault(interpreter.version, interpreter)
    return found


def _candidates() -> Iterator[pathlib.Path]:
    for folder in (*map(pathlib.Path, os.get_exec_path()), *_pyenv_folders()):
        if folder.is_dir() and os.access(folder, os.R_OK):
            yield from sorted(path for path in folder.glob("python3*") if NAME.fullmatch(path.name))


def _pyenv_folders() -> list[pathlib.Path]:
    root = pathlib.Path(os.environ.get("PYENV_ROOT") or pathlib.Path.home() / ".pyenv")
    return sorted((root / "versions").glob("*/bin"))


def _probe(candidate: pathlib.Path) -> Interpreter | None:
    """Ask the candidate who it is: a shim without a version behind it only fails, and one with a version names it."""
    try:
        answer = subprocess.run([candidate, "-I", "-c", PROBE], capture_output=True, text=True, timeout=30, check=True)
        numbers, prefix = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    real = pathlib.Path(prefix, "bin", f"python{numbers[0]}.{numbers[1]}")
    return Interpreter(real, ".".join(map(str, numbers))) if real.exists() else None
