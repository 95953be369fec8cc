# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes a release: its version, its changelog and its archive, proved before the checkout has any of it.

All is done in a copy. The checkout gets the result when each step has passed; commit and tag are left to a person.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

from . import bench

VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
ADDED = re.compile(r"version_added: *['\"]?([\d.]+)")
NAMED = re.compile(r"(?<=tencent-cloud-)\d+\.\d+\.\d+(?=\.tar\.gz)")
"""The version in the name of an archive, where a document says how to install it."""
DOCUMENTS = ("*.md", "docs/**/*.md", "docs/**/*.rst", "playbooks/**/*.md", "roles/**/*.md")
HISTORY = "CHANGELOG.md"

REPAIRS = {"bugfixes", "security_fixes", "known_issues", "release_summary", "trivial"}
"""Sections of fragments for which a patch will do."""
BREAKS = {"breaking_changes", "removed_features"}

Triple = tuple[int, ...]


class Step(NamedTuple):
    """A command of a release, and what its output must not hold (a regular expression)."""

    words: bench.Command
    forbidden: str = ""


def triple(version: str) -> Triple:
    """The numbers of a version."""
    return tuple(int(number) for number in version.split("."))


def problems(root: Path, version: str) -> list[str]:
    """Why no such release can be made of a checkout, each with its cure."""
    if not VERSION.fullmatch(version):
        return [f"VERSION: {version!r} is no version. Give three numbers, such as VERSION=1.2.3."]
    found = []
    if bench.git(root, "status", "--porcelain"):
        found.append("The checkout has changes that are not committed. Commit them, or put them away (git stash -u).")
    if bench.git(root, "tag", "--list", version, f"v{version}"):
        found.append(f"There is a tag of {version} already. Give a newer VERSION.")
    released = yaml.safe_load((root / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))["releases"]
    last = max(triple(one) for one in released)
    fragments = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in _fragments(root)]
    written = [section for fragment in fragments for section in fragment]
    sections = set(written)
    if not sections - {"release_summary"}:
        found.append("No fragment in changelogs/fragments/ says what has changed: there is nothing to release.")
    found += _problems_of_summaries(written.count("release_summary"), version)
    smallest = _smallest(last, sections)
    if triple(version) < smallest:
        least = ".".join(map(str, smallest))
        found.append(f"VERSION: after {'.'.join(map(str, last))} and with these fragments it must be {least} or later.")
    # A version_added that was never released would stay wrong for good, and its module out of the changelog.
    for name in sorted({one for one in _added(root) if one not in released and one != version}):
        found.append(f"version_added: {name} is neither released nor {version}. Mend it in plugins/ and roles/.")
    return found


def _problems_of_summaries(number: int, version: str) -> list[str]:
    if number > 1:
        return ["Several fragments have a release_summary, of which the changelog takes one. Make one of them."]
    missing = f"No fragment has a release_summary. Add changelogs/fragments/{version}.yml with one, and commit it."
    return [] if number else [missing]


def _smallest(last: Triple, sections: set[str]) -> Triple:
    """The first version that may follow, by the kinds of changes; before 1.0.0 a minor one may break things."""
    major, minor, patch = last
    if sections & BREAKS and major:
        return major + 1, 0, 0
    return (major, minor + 1, 0) if sections - REPAIRS else (major, minor, patch + 1)


def _fragments(root: Path) -> list[Path]:
    return sorted((root / "changelogs" / "fragments").glob("*.y*ml"))


def _added(root: Path) -> set[str]:
    files = [path for folder in ("plugins", "roles") for path in (root / folder).rglob("*") if path.is_file()]
    texts = (path.read_text(encoding="utf-8", errors="replace") for path in files if path.suffix in (".py", ".yml"))
    return {version for text in texts for version in ADDED.findall(text)}


def documents(root: Path) -> list[Path]:
    """What tells how to install the collection; not the changelog, whose old names stay."""
    return sorted({path for pattern in DOCUMENTS for path in root.glob(pattern) if path.name != HISTORY})


def bump(tree: Path, version: str) -> None:
    """Write the version wherever the collection names its own."""
    galaxy = tree / "galaxy.yml"
    text = galaxy.read_text(encoding="utf-8")
    galaxy.write_text(re.sub(r"(?m)^version: .*$", f"version: {version}", text), encoding="utf-8")
    for path in documents(tree):
        text = path.read_text(encoding="utf-8")
        if NAMED.search(text):
            path.write_text(NAMED.sub(version, text), encoding="utf-8")


def changelog() -> list[Step]:
    """What turns the fragments into an entry of the changelog."""
    return [Step(("antsibull-changelog", "release", "--reload-plugins")), Step(("antsibull-changelog", "lint"))]


def archive(place: Path) -> list[Step]:
    """What makes the archive, and installs it from the file into an empty folder."""
    built = bench.build_commands(place / "dist", place / "installed")
    return [Step(words, bench.WARNED) for words in built]


def accepted(place: Path) -> list[Step]:
    """What Galaxy would say of the archive."""
    return [Step(words, bench.REFUSED) for words in bench.import_commands(place / "dist")]


def used(place: Path) -> list[Step]:
    """What a user does first with what was installed: read, and run a task that needs no service."""
    read = {"state": "read", "host": "web-1", "path": str(place / "known_hosts")}
    commands = (
        ("ansible-doc", "tencent.cloud.cvm_reset_instance"),
        ("ansible-doc", "--type", "role", "tencent.cloud.reset_instance"),
        ("ansible", "localhost", "-m", "tencent.cloud.ssh_host_key", "-a", json.dumps(read)),
    )
    # It warns of a collection of its own, and where nothing is configured of that.
    return [Step(words, r"\[WARNING\]: (?!Collection at|No inventory)") for words in commands]


def make(root: Path, version: str, place: Path, log: Path, *, importer: bool = True) -> Path:
    """Make the release of a clean checkout, and return its archive.

    Args:
        place: a folder for the copy and what is built; it is emptied.
        log: what the commands say.
        importer: whether galaxy-importer is asked too.

    Raises:
        CalledProcessError: a command failed, or complained. The checkout is as before.
    """
    shutil.rmtree(place, ignore_errors=True)
    tree = bench.copy_tree(root, place / "tree")
    bump(tree, version)
    log.write_text("", encoding="utf-8")
    _run([*changelog(), *archive(place), *(accepted(place) if importer else [])], tree, place / "tree", log)
    _run(used(place), place, place / "installed", log)
    (built,) = (place / "dist").glob("*.tar.gz")
    return _deliver(root, tree, built)


def _run(steps: Sequence[Step], folder: Path, collections: Path, log: Path) -> None:
    settings = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(collections)}
    for step in steps:
        done = subprocess.run(
            step.words,
            cwd=folder,
            env=settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        with log.open("a", encoding="utf-8") as stream:
            stream.write(done.stdout)
        if done.returncode or (step.forbidden and re.search(step.forbidden, done.stdout)):
            raise subprocess.CalledProcessError(done.returncode or 1, step.words, done.stdout)


def _deliver(root: Path, tree: Path, built: Path) -> Path:
    """Give the checkout what has changed in the copy, and the archive; all of it or nothing."""
    target = root / "dist" / built.name
    try:
        for name in bench.git(root, "ls-files", "-z").split("\0")[:-1]:
            if not (tree / name).exists():
                (root / name).unlink()
            elif (tree / name).read_bytes() != (root / name).read_bytes():
                shutil.copyfile(tree / name, root / name)
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(built, target)
    except BaseException:
        # It was clean before, so what stands in the last commit is what was there.
        bench.git(root, "checkout", "--quiet", "--force", "HEAD", "--", ".")
        target.unlink(missing_ok=True)
        raise
    return target


def main(root: Path, version: str) -> int:
    """Make a release, and print what is left to do by hand; 1 when it cannot be made."""
    found = problems(root, version)
    if found:
        print(f"No release {version} is made, and nothing was changed:", *found, sep="\n- ")
        return 1
    log = bench.log_of("release")
    try:
        built = make(root, version, bench.CACHE / "release", log)
    except subprocess.CalledProcessError as error:
        print(bench.complaints(log))
        print(f"No release {version} is made, and nothing was changed: {error}")
        return 1
    print(
        f"{built.relative_to(root)} is the archive of {version}. The checkout has its changelog and its version, and",
        "nothing is committed. Read git diff HEAD; then, when make test passes:",
        "",
        "  git add --all",
        f"  git commit -m 'Release {version}'",
        f"  git tag -a {version} -m 'tencent.cloud {version}'",
        f"  ansible-galaxy collection publish {built.relative_to(root)}",
        "",
        "To go back instead: git checkout HEAD -- .",
        sep="\n",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
