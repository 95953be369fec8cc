# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The programs that machines and their tests need, without installing anything on this computer.

What is missing is taken from Debian's packages: downloaded by apt, unpacked into the cache, and laid over the
computer's own files inside the machines. No script of a package is run.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from .errors import MachinesError

ROOT = Path(__file__).resolve().parents[2]
# The checks run in copies of the tree below `.cache`, which they throw away each time.
CACHE = next((path for path in ROOT.parents if path.name == ".cache"), ROOT / ".cache") / "machines"

PACKAGES = {
    "sshd": "openssh-server",
    "ssh": "openssh-client",
    "sshpass": "sshpass",
    "sudo": "sudo",
}
# Where /bin and the like are links, a package's own directory would hide everything behind them.
MERGED = ("bin", "sbin", "lib", "lib64")
SEARCH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
ADVICE = "Install them ({packages}), or make `apt-get download` work."


def unpacked() -> Path | None:
    """A folder with the programs that this computer lacks, None if it lacks none; quick when it is in the cache.

    Raises:
        MachinesError: they cannot be obtained.
    """
    missing = sorted(package for program, package in PACKAGES.items() if not shutil.which(program, path=SEARCH))
    if not missing:
        return None
    # Libraries are those that this system lacks: another system needs a folder of its own.
    stamp = Path("/etc/os-release").read_bytes() + " ".join([os.uname().machine, *missing]).encode()
    place = CACHE / hashlib.sha256(stamp).hexdigest()[:12]
    if not place.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            _unpack(missing, Path(folder))
            _move(Path(folder, "root"), place)
    return place


def _unpack(packages: list[str], folder: Path) -> None:
    debs, root, state = folder / "debs", folder / "root", folder / "state"
    for path in (debs, root, state / "lists" / "partial"):
        path.mkdir(parents=True)
    try:
        _download(packages, debs, [])
    except MachinesError:
        # A container often comes without lists of packages. Like the packages, the lists are kept out of it.
        private = ["-o", f"Dir::State::Lists={state / 'lists'}", "-o", f"Dir::Cache={state}"]
        _apt(packages, folder, *private, "update")
        _download(packages, debs, private)
    for deb in sorted(debs.glob("*.deb")):
        _call(packages, folder, "dpkg-deb", "-x", str(deb), str(root))
    for name in MERGED:
        if (root / name).is_dir() and Path("/", name).is_symlink():
            shutil.copytree(root / name, root / "usr" / name, symlinks=True, dirs_exist_ok=True)
            shutil.rmtree(root / name)


def _download(packages: list[str], folder: Path, options: list[str]) -> None:
    plan = _apt(packages, folder, *options, "install", "--simulate", "--no-install-recommends", *packages)
    needed = [line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")]
    _apt(packages, folder, *options, "-o", "APT::Sandbox::User=root", "download", *needed)


def _apt(packages: list[str], folder: Path, *arguments: str) -> str:
    return _call(packages, folder, "apt-get", "--quiet", *arguments)


def _call(packages: list[str], folder: Path, *words: str) -> str:
    try:
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    except OSError as error:
        raise MachinesError(f"{error}. {ADVICE.format(packages=', '.join(packages))}") from None
    if done.returncode:
        text = done.stderr.strip() or done.stdout.strip()
        raise MachinesError(f"{' '.join(words[:2])}: {text}\n{ADVICE.format(packages=', '.join(packages))}")
    return done.stdout


def _move(folder: Path, place: Path) -> None:
    try:
        folder.rename(place)
    except OSError:
        # Somebody else was quicker, with the same packages.
        if not place.exists():
            raise
