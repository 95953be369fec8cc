# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Folders and files of the controller that are its user's alone, and those that are not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.tencent.cloud.plugins.plugin_utils._role.files import problems


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as the role makes it, with a secret and another file."""
    place = tmp_path / "state"
    place.mkdir(mode=0o700)
    for name, mode in (("secret", 0o600), ("file", 0o644)):
        (place / name).touch()
        (place / name).chmod(mode)
    return place


def found(folder: Path, user: int | None = None) -> list[str]:
    return problems(str(folder), [str(folder / "secret")], [str(folder / "file")], user)


def test_what_the_role_makes_is_fine(folder: Path) -> None:
    assert found(folder) == []


def test_what_is_not_there_is_fine(tmp_path: Path) -> None:
    assert found(tmp_path / "none" / "below") == []


@pytest.mark.parametrize(
    ("name", "mode", "words"),
    [
        (".", 0o770, "Others can write"),
        (".", 0o702, "Others can write"),
        (".", 0o1777, "Others can write"),
        ("secret", 0o640, "Others can read or write"),
        ("secret", 0o604, "Others can read or write"),
        ("file", 0o664, "Others can write"),
        ("file", 0o646, "Others can write"),
    ],
)
def test_what_others_can_do_is_named(folder: Path, name: str, mode: int, words: str) -> None:
    path = folder / name
    path.chmod(mode)
    (problem,) = found(folder)
    assert problem.startswith(f"{words} {path} (mode {mode:04o}).")


def test_whatever_belongs_to_another_user_is_refused(folder: Path) -> None:
    me = os.geteuid()
    assert [problem.partition(" belongs to another user ")[0] for problem in found(folder, user=me + 1)] == [
        str(folder),
        str(folder / "secret"),
        str(folder / "file"),
    ]


def test_a_link_is_no_file_wherever_it_leads(folder: Path) -> None:
    for name in ("secret", "file"):
        (folder / name).rename(folder / f"{name}.real")
        (folder / name).symlink_to(folder / f"{name}.real")
    assert [problem.partition(" is no file")[0] for problem in found(folder)] == [
        str(folder / "secret"),
        str(folder / "file"),
    ]


def test_a_folder_may_be_ones_own_link_to_ones_own_folder(folder: Path) -> None:
    link = folder.parent / "link"
    link.symlink_to(folder)
    assert found(link) == []
    folder.chmod(0o777)
    assert len(found(link)) == 1


def test_a_file_is_no_folder(folder: Path) -> None:
    assert problems(str(folder / "file")) == [f"{folder / 'file'} is no folder. Remove it."]


@pytest.mark.parametrize(("mode", "count"), [(0o777, 1), (0o1777, 0), (0o775, 0)])
def test_nobody_else_may_put_another_folder_in_its_place(folder: Path, mode: int, count: int) -> None:
    folder.parent.chmod(mode)
    assert [problem.partition(" (mode")[0] for problem in found(folder)] == [
        f"Everybody can replace what is in {folder.parent}"
    ] * count


def test_a_home_that_could_not_be_found_is_no_folder_of_the_working_directory() -> None:
    (only,) = problems("~/.ansible/reset_instance", secrets=["~/.ansible/reset_instance/key"])
    assert only == "There is no home directory for ~/.ansible/reset_instance. Set HOME, or give the whole path."


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(13, "Permission denied"), "cannot be looked at: Permission denied. Give another one."),
        (NotADirectoryError(20, "Not a directory"), ""),
    ],
)
def test_what_cannot_be_looked_at_is_told_in_words(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, words: str
) -> None:
    def closed(self: Path) -> None:
        raise error

    monkeypatch.setattr(Path, "lstat", closed)
    told = found(folder)
    assert len(told) == (3 if words else 0)
    assert all(one.endswith(words) for one in told)
