# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A release is made whole, or the checkout stays as it was; run on a clone, with all but galaxy-importer."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.workshop import bench, release

ROOT = Path(__file__).resolve().parents[3]
NEXT = "8.0.0"
SUMMARY = "---\nrelease_summary: What is new.\n"


def commit(root: Path) -> None:
    who = ("-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    bench.git(root, "add", "--all")
    bench.git(root, *who, "commit", "--quiet", "--message=test")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A checkout with no more than what a release asks about."""
    files = {
        "galaxy.yml": "namespace: tencent\nversion: 7.1.2 # here\n",
        "README.md": "ansible-galaxy collection install tencent-cloud-7.1.2.tar.gz\nIt needs OpenSSL 3.0.1.\n",
        "CHANGELOG.md": "tencent-cloud-7.1.2.tar.gz\n",
        "changelogs/changelog.yaml": "releases: {7.1.1: {}, 7.1.2: {}}\n",
        "changelogs/fragments/one.yml": "bugfixes: [A mistake.]\n",
        "changelogs/fragments/sum.yml": SUMMARY,
        "plugins/modules/one.py": "version_added: 7.1.1\n",
    }
    root = tmp_path / "small"
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    bench.git(root, "init", "--quiet")
    commit(root)
    return root


@pytest.mark.parametrize("version", ["7.1.3", "7.2.0", "8.0.0"])
def test_nothing_is_in_the_way_of_a_newer_version(small: Path, version: str) -> None:
    assert release.problems(small, version) == []


@pytest.mark.parametrize("version", ["", "7.2", "v7.2.0", "7.2.0-rc1", "7.02.0", "7.2.0\n"])
def test_what_is_no_version_is_refused(small: Path, version: str) -> None:
    assert "is no version. Give three numbers" in release.problems(small, version)[0]


@pytest.mark.parametrize(
    ("fragment", "least"),
    [
        ("bugfixes", "7.1.3"),
        ("minor_changes", "7.2.0"),
        ("deprecated_features", "7.2.0"),
        ("removed_features", "8.0.0"),
    ],
)
def test_the_kinds_of_changes_ask_for_a_version(small: Path, fragment: str, least: str) -> None:
    (small / "changelogs/fragments/one.yml").write_text(f"{fragment}: [It.]\n", encoding="utf-8")
    commit(small)
    assert release.problems(small, least) == []
    assert f"it must be {least} or later" in release.problems(small, "7.1.2")[0]


def test_before_the_first_stable_version_a_minor_one_may_break(small: Path) -> None:
    (small / "changelogs/changelog.yaml").write_text("releases: {0.9.0: {}, 0.10.0: {}}\n", encoding="utf-8")
    (small / "changelogs/fragments/one.yml").write_text("breaking_changes: [It.]\n", encoding="utf-8")
    (small / "plugins/modules/one.py").unlink()
    commit(small)
    assert release.problems(small, "0.11.0") == []
    assert "after 0.10.0 and with these fragments it must be 0.11.0" in release.problems(small, "0.10.1")[0]


def test_all_that_is_in_the_way_is_told_at_once(small: Path) -> None:
    for path in (small / "changelogs/fragments").iterdir():
        path.unlink()
    (small / "plugins/modules/one.py").write_text("version_added: '7.9.0'\n", encoding="utf-8")
    bench.git(small, "tag", "v7.1.2")
    words = ["not committed", "a tag of 7.1.2", "nothing to release", "no fragment has a release_summary"]
    words += ["must be 7.1.3 or later", "version_added: 7.9.0 is neither released nor 7.1.2"]
    found = release.problems(small, "7.1.2")
    assert [word.lower() in problem.lower() for word, problem in zip(words, found)] == [True] * len(words)


def test_a_second_summary_would_be_lost(small: Path) -> None:
    (small / "changelogs/fragments/another.yml").write_text(SUMMARY, encoding="utf-8")
    commit(small)
    (problem,) = release.problems(small, NEXT)
    assert problem.startswith("Several fragments have a release_summary")


def test_the_version_is_written_wherever_the_collection_names_its_own(small: Path) -> None:
    release.bump(small, NEXT)
    assert "version: 8.0.0\n" in (small / "galaxy.yml").read_text(encoding="utf-8")
    readme = (small / "README.md").read_text(encoding="utf-8")
    assert readme == "ansible-galaxy collection install tencent-cloud-8.0.0.tar.gz\nIt needs OpenSSL 3.0.1.\n"
    assert "7.1.2" in (small / "CHANGELOG.md").read_text(encoding="utf-8")


def test_documents_name_the_version_of_this_checkout() -> None:
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    texts = {path: path.read_text(encoding="utf-8") for path in release.documents(ROOT)}
    named = {found for text in texts.values() for found in release.NAMED.findall(text)}
    assert named == {version}


def fails_at_the_end(tree: Path, version: str) -> None:
    """Prepare a release whose archive is none, which only shows when the checkout is written to."""
    (tree / "README.md").write_text("changed", encoding="utf-8")
    (tree / "changelogs/fragments/one.yml").unlink()
    (tree.parents[3] / "dist" / "tencent-cloud-8.0.0.tar.gz").mkdir(parents=True)


@pytest.mark.parametrize(
    ("bump", "steps", "error"),
    [
        (release.bump, [release.Step(("false",))], subprocess.CalledProcessError),
        (release.bump, [release.Step(("echo", "WARNING: no"), bench.WARNED)], subprocess.CalledProcessError),
        (fails_at_the_end, [], OSError),
    ],
)
def test_a_release_that_fails_leaves_the_checkout_as_it_was(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bump: Any, steps: Any, error: type[Exception]
) -> None:
    monkeypatch.setattr(release, "bump", bump)
    monkeypatch.setattr(release, "changelog", lambda: steps)
    for name in ("archive", "used"):
        monkeypatch.setattr(release, name, lambda place: [])
    with pytest.raises(error):
        release.make(small, NEXT, tmp_path / "place", tmp_path / "log", importer=False)
    assert bench.git(small, "status", "--porcelain") == ""
    assert not list(small.glob("dist/*"))


# --- the whole of it


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This checkout with a summary of its next release, as a repository of its own, and the tools for that."""
    pytest.importorskip("antsibull_changelog")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    root = bench.copy_tree(ROOT, tmp_path / "clone")
    fragments = root / "changelogs" / "fragments"
    for path in fragments.iterdir():
        if "release_summary" in path.read_text(encoding="utf-8"):
            path.unlink()
    (fragments / "of-this-test.yml").write_text(SUMMARY, encoding="utf-8")
    commit(root)
    return root


def test_a_release(clone: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    built = release.make(clone, NEXT, tmp_path / "place", log, importer=False)
    assert built == clone / "dist" / f"tencent-cloud-{NEXT}.tar.gz"
    with tarfile.open(built) as archive:
        names = set(archive.getnames())
        entry = archive.extractfile("changelogs/changelog.yaml")
        assert entry is not None
        assert yaml.safe_load(entry)["releases"][NEXT]["changes"]["release_summary"] == "What is new."
    assert {"MANIFEST.json", "CHANGELOG.md", "plugins/modules/cvm_reset_instance.py"} < names
    assert not [name for name in names if name.startswith((".cache", "dist", ".git", "changelogs/fragments/"))]
    changed = bench.git(clone, "status", "--porcelain").splitlines()
    assert {" M galaxy.yml", " M CHANGELOG.md", " M changelogs/changelog.yaml", " M README.md"} <= set(changed)
    assert [line for line in changed if "fragments" in line]
    assert not release._fragments(clone)
    assert '"changed": false' in log.read_text(encoding="utf-8")
