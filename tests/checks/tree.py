# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copies of the checkout in the folders Ansible insists on, and the collection built and installed from one."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess

from .environments import Venv
from .paths import CACHE, COLLECTION, DIST, HOME, INSTALLED, ROOT, CheckError

# Settings of the caller that would change what the checks see; real credentials above all.
FOREIGN = ("ANSIBLE_", "TENCENTCLOUD_", "PYTEST_", "PYTHON", "COVERAGE_", "GIT_", "VIRTUAL_ENV")


def variables(venv: Venv) -> dict[str, str]:
    """Return the environment variables for commands in an environment: no home, no settings of the caller."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    path = os.pathsep.join([str(venv.root / "bin"), str(venv.interpreter.path.parent), kept.get("PATH", os.defpath)])
    HOME.mkdir(parents=True, exist_ok=True)
    # An empty file: without one Ansible would read the machine's.
    config = HOME / "ansible.cfg"
    config.touch()
    return {
        **kept,
        "PATH": path,
        "HOME": str(HOME),
        # The user's pip settings name the package index; everything else in that home stays unseen.
        "XDG_CONFIG_HOME": kept.get("XDG_CONFIG_HOME", str(pathlib.Path.home() / ".config")),
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_CONFIG": str(config),
        "ANSIBLE_HOME": str(HOME / ".ansible"),
        # Ansible takes the home of the account, not $HOME, for its default.
        "ANSIBLE_REMOTE_TEMP": str(HOME / ".ansible" / "tmp"),
        "ANSIBLE_COLLECTIONS_PATH": str(INSTALLED),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_NOCOLOR": "1",
        "NO_COLOR": "1",
        "MYPY_CACHE_DIR": str(CACHE / "mypy"),
        "RUFF_CACHE_DIR": str(CACHE / "ruff"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
    }


def copy_tree(name: str) -> pathlib.Path:
    """Copy what git tracks or would track into a fresh collection tree of that name, and return its root."""
    base = CACHE / "trees" / name
    shutil.rmtree(base, ignore_errors=True)
    root = base / COLLECTION
    for path in _files():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, root / path, follow_symlinks=False)
    # Tools that ask git for the files must find this tree, not the checkout around it, which ignores `.cache`.
    _git(root, "init", "--quiet")
    return root


def build() -> pathlib.Path:
    """Return the archive that `install` built."""
    return next(DIST.glob("*.tar.gz"))


def install(venv: Venv) -> None:
    """Build the collection and install it as a user would, into a folder of its own."""
    tree = copy_tree("build")
    for folder in (DIST, INSTALLED):
        shutil.rmtree(folder, ignore_errors=True)
    _galaxy(venv, "build", str(tree), "--output-path", str(DIST))
    _galaxy(venv, "install", str(build()), "--offline", "--collections-path", str(INSTALLED))


def _galaxy(venv: Venv, *arguments: str) -> None:
    command = [str(venv.root / "bin" / "ansible-galaxy"), "collection", *arguments]
    result = subprocess.run(command, env=variables(venv), capture_output=True, text=True, check=False)
    if result.returncode or "WARNING" in result.stderr:
        raise CheckError(f"{' '.join(command)}\n{result.stdout}{result.stderr}")


def _files() -> list[str]:
    listed = _git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
    # A file deleted but not yet committed is still listed.
    return [name for name in listed.split("\0") if name and os.path.lexists(ROOT / name)]


def _git(folder: pathlib.Path, *arguments: str) -> str:
    # The clone may belong to somebody else, as it does in a container.
    command = ["git", "-c", "safe.directory=*", "-C", str(folder), *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise CheckError(f"{' '.join(command)}\n{result.stderr}")
    return result.stdout
