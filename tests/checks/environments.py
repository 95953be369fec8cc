# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Virtual environments: which there are, on which Python each may stand, and how one is made."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import pathlib
import re
import shutil
import subprocess

from .interpreters import Interpreter, Version
from .paths import CACHE, HOME, REQUIREMENTS, ROOT, CheckError

NEWEST = "newest"
# The newest ansible-core needs this one; on an older Python "newest" would be an old release.
MODERN: Version = (3, 12)


@dataclasses.dataclass(frozen=True)
class Environment:
    """Requirement files, and the Pythons that can hold them, the preferred first."""

    requirements: tuple[str, ...]
    pythons: tuple[Version, ...]


ENVIRONMENTS = {
    NEWEST: Environment(("core-newest", "tests", "tools"), ((3, 14), (3, 13), (3, 12), (3, 11), (3, 10))),
    "2.19": Environment(("core-2.19", "tests"), ((3, 12), (3, 11), (3, 13))),
    "2.16": Environment(("core-2.16", "tests"), ((3, 11), (3, 12), (3, 10))),
}


@dataclasses.dataclass(frozen=True)
class Venv:
    """An environment that stands ready."""

    root: pathlib.Path
    interpreter: Interpreter

    @property
    def python(self) -> pathlib.Path:
        """The environment's own interpreter."""
        return self.root / "bin" / "python"

    def release(self, package: str) -> str:
        """Return the installed version of a package, named as its files are (`ansible_core`)."""
        return next(self.root.glob(f"lib/*/site-packages/{package}-*.dist-info")).stem.rpartition("-")[2]

    def __str__(self) -> str:
        return f"ansible-core {self.release('ansible_core')} on Python {self.interpreter.release}"


def choose(name: str, found: dict[Version, Interpreter]) -> Interpreter | None:
    """Return the preferred interpreter for an environment, None when the machine has none."""
    return next((found[version] for version in ENVIRONMENTS[name].pythons if version in found), None)


def create(name: str, interpreter: Interpreter, uv: pathlib.Path) -> Venv:
    """Return the environment, made anew when its requirements or its interpreter changed."""
    files = [REQUIREMENTS / f"{part}.txt" for part in ENVIRONMENTS[name].requirements]
    # A virtual environment cannot be moved: the place counts as well.
    stamp = "".join([str(ROOT), str(interpreter), *(path.read_text() for path in [*files, ROOT / "requirements.txt"])])
    root = CACHE / "venv" / f"{name}-{hashlib.sha256(stamp.encode()).hexdigest()[:8]}"
    if not (root / "complete").exists():
        _call([uv, "venv", "--quiet", "--clear", "--python", interpreter.path, root])
        _call([uv, "pip", "install", "--quiet", "--python", root, *(part for path in files for part in ("-r", path))])
        (root / "complete").touch()
    return Venv(root, interpreter)


def bootstrap(found: dict[Version, Interpreter]) -> pathlib.Path:
    """Return the path of uv, installed with pip into an environment of its own."""
    interpreter = choose(NEWEST, found)
    if not interpreter:
        raise CheckError("No Python 3.10 or later with venv and ensurepip was found (Debian: install python3-venv).")
    root = CACHE / "venv" / "uv"
    uv = root / "bin" / "uv"
    if subprocess.run(["sh", "-c", f"'{uv}' --version"], capture_output=True, check=False).returncode:
        shutil.rmtree(root, ignore_errors=True)
        _call([interpreter.path, "-m", "venv", root])
        _call([root / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"])
    return uv


def place_pip_bootstrap(venv: Venv) -> None:
    """Put our stand-in where ansible-test looks for get-pip before it downloads one, which needs the open internet."""
    source = next(venv.root.glob("lib/*/site-packages/ansible_test/_internal/python_requirements.py"))
    for version in re.findall(r"pip='([\d.]+)'", source.read_text()):
        target = HOME / ".ansible" / "test" / "cache" / f"get_pip_{version.replace('.', '_')}.py"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(pathlib.Path(__file__).with_name("pip_bootstrap.py"), target)


def _call(command: list[str | pathlib.Path]) -> None:
    # Tools start twice as slow without bytecode, and some machines switch its writing off.
    result = subprocess.run(
        command,
        env={**os.environ, "UV_COMPILE_BYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if result.returncode:
        raise CheckError(f"{' '.join(map(str, command))}\n{result.stdout}")
