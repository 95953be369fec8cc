# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the checks stand on: Pythons that work, settings of nobody, copies of what git knows, and words that tell."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workshop import bench, coverage_floor, pip_bootstrap


def python(folder: Path, version: str, exit_code: int = 0) -> Path:
    """A Python of that version which answers the question whether it can make environments."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"python{version}"
    path.write_text(f"#!/bin/sh\nexit {exit_code}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose Pythons are yet to come: on PATH in `bin`, and of pyenv."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    return tmp_path


def test_the_preferred_version_comes_before_the_place(machine: Path) -> None:
    python(machine / "bin", "3.98")
    preferred = python(machine / "pyenv" / "versions" / "3.99.1" / "bin", "3.99")
    assert bench.find_python(["3.99", "3.98"]) == str(preferred)


def test_what_is_on_path_comes_before_pyenv(machine: Path) -> None:
    python(machine / "pyenv" / "versions" / "3.99.1" / "bin", "3.99")
    first = python(machine / "bin", "3.99")
    assert bench.find_python(["3.99"]) == str(first)


def test_a_python_that_makes_no_environments_is_passed_over(machine: Path) -> None:
    python(machine / "bin", "3.99", exit_code=127)
    assert bench.find_python(["3.99", "3.98"]) == "3.99 or 3.98"
    good = python(machine / "pyenv" / "versions" / "3.99.1" / "bin", "3.99")
    assert bench.find_python(["3.99", "3.98"]) == str(good)


@pytest.mark.usefixtures("machine")
def test_the_python_of_the_tests_is_found_without_path() -> None:
    found = bench.find_python(["3.99", f"{sys.version_info[0]}.{sys.version_info[1]}"])
    assert Path(found).parent == Path(sys.base_prefix, "bin")


def test_settings_of_the_caller_stay_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "HOME", tmp_path / "home")
    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", "AKIDreal")
    monkeypatch.setenv("ANSIBLE_HOST_PATTERN_MISMATCH", "ignore")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test")
    settings = bench.variables(tmp_path / "venv", tmp_path / "collections")
    assert not {"TENCENTCLOUD_SECRET_ID", "ANSIBLE_HOST_PATTERN_MISMATCH"} & set(settings)
    assert settings["HTTPS_PROXY"] == "http://proxy.test"
    assert settings["ANSIBLE_COLLECTIONS_PATH"] == str(tmp_path / "collections")
    assert settings["PATH"].startswith(f"{tmp_path}/venv/bin:")
    assert Path(settings["ANSIBLE_CONFIG"]).read_text() == ""


def test_a_copy_holds_what_git_tracks_or_would_track(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    for name, text in {".gitignore": "*.log\n", "a/tracked": "1", "a/gone": "2", "new": "3", "x.log": "4"}.items():
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_text(text)
    for arguments in (["init", "--quiet"], ["add", ".gitignore", "a"]):
        subprocess.run(["git", "-C", str(checkout), *arguments], check=True)
    (checkout / "a" / "gone").unlink()
    (tmp_path / "copy" / "left").mkdir(parents=True)
    root = bench.copy_tree(checkout, tmp_path / "copy")
    assert root == tmp_path / "copy" / "ansible_collections" / "tencent" / "cloud"
    copied = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and ".git" not in path.parts}
    assert copied == {".gitignore", "a/tracked", "new"}
    assert not (tmp_path / "copy" / "left").exists()


def test_a_failure_shows_the_end_and_complaints_from_above(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("\n".join(["quiet", "ERROR: bad", *("line" for _line in range(bench.TAIL_LINES))]))
    assert bench.complaints(log).splitlines() == ["ERROR: bad", *["line"] * bench.TAIL_LINES, f"(whole log: {log})"]


def test_a_success_shows_its_sum(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("....\nplugins/a.py  9  1  90.0%\n3 passed in 0.1s\ncoverage of branches: 97.0 % (floor 95 %)\n")
    assert len(bench.outcome(log).splitlines()) == 3


def test_the_stand_in_is_where_ansible_test_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "HOME", tmp_path / "home")
    internal = tmp_path / "venv" / "lib" / "python3.99" / "site-packages" / "ansible_test" / "_internal"
    internal.mkdir(parents=True)
    (internal / "python_requirements.py").write_text("bootstrap(pip='25.2', setuptools='1', wheel='2')\n")
    bench.place_pip_bootstrap(tmp_path / "venv")
    placed = tmp_path / "home" / ".ansible" / "test" / "cache" / "get_pip_25_2.py"
    assert placed.read_text() == Path(pip_bootstrap.__file__).read_text()


def test_the_stand_in_installs_what_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[str]] = []

    def run(command: list[str], check: bool) -> subprocess.CompletedProcess[bytes]:
        calls.append(command)
        return subprocess.CompletedProcess(command, 0 if check else 7)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(sys, "argv", ["get_pip.py", "--no-setuptools", "--no-wheel", "pip==25.2"])
    assert pip_bootstrap.main() == 7
    assert [call[1:3] for call in calls] == [["-m", "ensurepip"], ["-m", "pip"]]
    assert calls[1][3:] == ["install", "pip==25.2"]


@pytest.mark.parametrize(("statements", "branches", "code"), [(95.0, 95.0, 0), (99.0, 94.9, 1), (94.9, 99.0, 1)])
def test_both_coverages_have_a_floor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statements: float, branches: float, code: int
) -> None:
    monkeypatch.chdir(tmp_path)
    report = Path(".cache", "coverage", "report.json")
    report.parent.mkdir(parents=True)
    totals = {"percent_statements_covered": statements, "percent_branches_covered": branches}
    report.write_text(json.dumps({"totals": totals}))
    assert coverage_floor.main(95) == code
