# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task files of the user: found beside the playbook, and read before anything is touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.plugin_utils._role.hooks import files, problem_of

OPTIONS = {"before_tasks": ["a.yml", "/etc/b.yml"], "after_tasks": ["a.yml", "c.yml"], "failure_tasks": ["~/d.yml"]}


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/srv/me")


@pytest.mark.parametrize(
    ("options", "names", "expected"),
    [
        (OPTIONS, None, ["/play/a.yml", "/etc/b.yml", "/play/c.yml", "/srv/me/d.yml"]),
        (OPTIONS, ["before_tasks"], ["/play/a.yml", "/etc/b.yml"]),
        (OPTIONS, ["failure_tasks"], ["/srv/me/d.yml"]),
        ({"before_tasks": ["a.yml", "a.yml", "/play/a.yml"]}, None, ["/play/a.yml"]),
        ({"before_tasks": ["../a b.yml"]}, None, ["/play/../a b.yml"]),
        ({}, None, []),
        ({"before_tasks": None, "after_tasks": []}, None, []),
    ],
)
def test_where_they_are(options: dict[str, Any], names: list[str] | None, expected: list[str]) -> None:
    assert (files(options, "/play") if names is None else files(options, "/play", names)) == expected


def _never(path: str) -> None:
    raise AssertionError(path)


def test_a_file_that_is_not_there_is_not_read(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yml", tmp_path, tmp_path / "none" / "a.yml"):
        assert problem_of(str(path), _never) == f"There is no file {path}."


def test_a_file_that_ansible_reads_is_fine(tmp_path: Path) -> None:
    read: list[str] = []
    path = tmp_path / "a.yml"
    path.touch()
    assert problem_of(str(path), read.append) == ""
    assert read == [str(path)]


@pytest.mark.parametrize("error", [ValueError("no\n  action\tdetected"), KeyError("no action detected"), OSError("no")])
def test_a_file_that_it_does_not_read_is_told_in_one_line(tmp_path: Path, error: Exception) -> None:
    def load(_path: str) -> None:
        raise error

    path = tmp_path / "a.yml"
    path.touch()
    text = problem_of(str(path), load)
    assert text.startswith(f"{path} is not a list of tasks that Ansible can read: ")
    assert text.endswith(" ".join(str(error).split()))
    assert "\n" not in text
