# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a check stands on: a Python, settings, a copy of the checkout. Everything made lies under `.cache/`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"
VENVS = CACHE / "venv"
HOME = CACHE / "home"
LOGS = CACHE / "logs"
DIST = CACHE / "dist"
INSTALLED = CACHE / "installed"

Command = tuple[str, ...]

# What the output of a build, and of galaxy-importer, must not hold; both complain and exit with 0.
WARNED = "WARNING"
REFUSED = r"\b(WARNING|ERROR)\b"

# Settings of the caller that would change what the checks see; real credentials above all.
FOREIGN = ("ANSIBLE_", "TENCENTCLOUD_", "PYTEST_", "PYTHON", "COVERAGE_", "GIT_", "VIRTUAL_ENV")
SUMMARY = re.compile(r"(passed|failed).* in \d|^plugins/|^TOTAL|^coverage of")
COMPLAINT = re.compile(r"\b(ERROR|FAILED)\b")
TAIL_LINES = 60


def find_python(versions: Sequence[str]) -> str:
    """Return the path of the first version that can make environments; without any, what nox shall say is missing."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    folders = [f"{sys.base_prefix}/bin", *os.get_exec_path(), *sorted(map(str, pyenv.glob("versions/*/bin")))]
    candidates = (shutil.which(f"python{version}", path=folder) for version in versions for folder in folders)
    return next((python for python in candidates if python and _works(python)), " or ".join(versions))


def _works(python: str) -> bool:
    # A shim of pyenv may have no Python behind it, and Debian's Python no ensurepip.
    command = [python, "-I", "-c", "import ensurepip, venv"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def venv_of(name: str) -> Path:
    """Return where nox makes the environment of a session."""
    return VENVS / name.replace(".", "-")


def python_of(name: str) -> Path:
    """Return the Python of that environment, which need not be there."""
    return venv_of(name) / "bin" / "python"


def variables(venv: Path, collections: Path) -> dict[str, str]:
    """Return the environment variables for commands in an environment: no home, no settings of the caller."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    # The folder of the real Python: ansible-test would take the shims of pyenv.
    pythons = (venv / "bin" / "python").resolve().parent
    HOME.mkdir(parents=True, exist_ok=True)
    # An empty file: without one Ansible would read the machine's.
    config = HOME / "ansible.cfg"
    config.touch()
    return {
        **kept,
        "PATH": os.pathsep.join([str(venv / "bin"), str(pythons), kept.get("PATH", os.defpath)]),
        "HOME": str(HOME),
        # The user's pip settings name the package index; everything else in that home stays unseen.
        "XDG_CONFIG_HOME": kept.get("XDG_CONFIG_HOME", str(Path.home() / ".config")),
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_CONFIG": str(config),
        "ANSIBLE_HOME": str(HOME / ".ansible"),
        # Ansible takes the home of the account, not $HOME, for its default.
        "ANSIBLE_REMOTE_TEMP": str(HOME / ".ansible" / "tmp"),
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_NOCOLOR": "1",
        "NO_COLOR": "1",
        "MYPY_CACHE_DIR": str(CACHE / "mypy"),
        "RUFF_CACHE_DIR": str(CACHE / "ruff"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
    }


def copy_tree(checkout: Path, base: Path) -> Path:
    """Copy what git tracks or would track into a fresh collection tree, in the folders Ansible insists on.

    Returns:
        the root of the collection in it.
    """
    shutil.rmtree(base, ignore_errors=True)
    root = base / "ansible_collections" / "tencent" / "cloud"
    listed = git(checkout, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
    # A file deleted but not yet committed is still listed.
    for name in (name for name in listed.split("\0") if name and os.path.lexists(checkout / name)):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(checkout / name, root / name, follow_symlinks=False)
    # Tools that ask git for the files must find this tree, not the checkout around it, which ignores `.cache`.
    git(root, "init", "--quiet")
    return root


def git(folder: Path, *arguments: str) -> str:
    """Return what git says of a folder."""
    # The clone may belong to somebody else, as it does in a container.
    command = ["git", "-c", "safe.directory=*", "-C", str(folder), *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def build_commands(dist: Path, installed: Path) -> tuple[Command, ...]:
    """Return what builds the collection in this folder, and installs it from the archive as a user would."""
    install = f"ANSIBLE_COLLECTIONS_PATH='{installed}' ansible-galaxy collection install --offline '{dist}'/*.tar.gz"
    return (
        ("rm", "-rf", str(dist), str(installed)),
        ("ansible-galaxy", "collection", "build", "--output-path", str(dist)),
        ("sh", "-c", install),
    )


def import_commands(dist: Path) -> tuple[Command, ...]:
    """Return what has galaxy-importer look at the built archive."""
    return (("sh", "-c", f"python -m galaxy_importer.main '{dist}'/*.tar.gz"),)


def place_pip_bootstrap(venv: Path) -> None:
    """Put our stand-in where ansible-test looks for get-pip before it downloads one, which needs the open internet."""
    source = next(venv.glob("lib/*/site-packages/ansible_test/_internal/python_requirements.py"))
    for version in re.findall(r"pip='([\d.]+)'", source.read_text()):
        target = HOME / ".ansible" / "test" / "cache" / f"get_pip_{version.replace('.', '_')}.py"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(Path(__file__).with_name("pip_bootstrap.py"), target)


def log_of(name: str) -> Path:
    """Return where the output of a check is kept."""
    LOGS.mkdir(parents=True, exist_ok=True)
    return LOGS / f"{name}.log"


def outcome(log: Path) -> str:
    """Return the lines that sum up a check that passed."""
    lines = log.read_text(errors="replace").splitlines(keepends=True)
    return "".join(line for line in lines if SUMMARY.search(line))


def complaints(log: Path) -> str:
    """Return what tells why a check failed: its last words, and complaints that stand far above them."""
    lines = log.read_text(errors="replace").splitlines()
    above = [line for line in lines[:-TAIL_LINES] if COMPLAINT.search(line)]
    return "\n".join([*above, *lines[-TAIL_LINES:], f"(whole log: {log})"])
