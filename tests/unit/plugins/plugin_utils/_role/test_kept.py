# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is kept on the controller: whole, for nobody else, and gone when nobody needs it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.plugin_utils._role import kept
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.judge import file_problems
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.memory import Memory
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.names import Names, names_of
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.ssh_keys import runner
from tests.unit.support.role_hosts import INSTANCE, begun, judged, memory

RUN = runner(20)
MARKED = {"marking": {"rc": 0}}


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """The widest that people have: what is made must not rest on it."""
    before = os.umask(0o002)
    yield
    os.umask(before)


def nothing_runs(words: Sequence[str]) -> str:
    raise AssertionError(words)


def host(folder: Path, about: dict[str, Any] | None = None, **found: Any) -> Memory:
    frozen = begun(state_dir=str(folder / "state"), report_dir=str(folder / "state" / "reports"))
    return memory(frozen, judged=judged(frozen, **(about or {})), **{**MARKED, **found})


def names(one: Memory) -> Names:
    return Names(**one.judged["names"])


def mode(path: str | Path) -> int:
    return os.stat(path).st_mode & 0o777


# --- the state


def test_what_is_kept_is_found_again_and_for_nobody_else(tmp_path: Path) -> None:
    one = host(tmp_path)
    state = kept.keep(one, file_problems, nothing_runs)
    assert state == {
        "nonce": names(one).nonce,
        "entries": ["e"],
        "old_keys": ["k"],
        "user": "root",
        "port": 22,
        "backup": {},
        "before": INSTANCE,
        "host_key": None,
        "warnings": [],
    }
    path = names(one).state_file
    assert kept.read_state(path) == {key: state[key] for key in state if key not in ("host_key", "warnings")}
    assert (mode(path), mode(tmp_path / "state")) == (0o600, 0o700)
    assert os.listdir(tmp_path / "state") == [os.path.basename(path)]


@pytest.mark.parametrize("marking", [{}, {"rc": 1}, {"unreachable": True}, {"skipped": True, "rc": 0}])
def test_a_mark_that_could_not_be_left_is_told(tmp_path: Path, marking: dict[str, Any]) -> None:
    state = kept.keep(host(tmp_path, marking=marking), file_problems, nothing_runs)
    assert (state["nonce"], state["warnings"]) == ("", [kept.NO_MARK])


@pytest.mark.parametrize("stage", ["resume", "rollback"])
def test_what_an_earlier_run_has_kept_is_not_written_again(tmp_path: Path, stage: str) -> None:
    earlier = {"nonce": "n", "entries": ["old"], "user": "centos", "port": 2222}
    one = host(tmp_path, {"stage": stage, "kept": earlier})
    state = kept.keep(one, file_problems, nothing_runs)
    assert {key: state[key] for key in earlier} == earlier
    assert state["warnings"] == []
    assert not os.path.exists(names(one).state_file)


@pytest.mark.parametrize("stage", ["resume", "rollback"])
def test_a_run_that_leaves_no_mark_does_not_miss_it(tmp_path: Path, stage: str) -> None:
    one = host(tmp_path, {"stage": stage, "kept": {}}, marking={})
    assert kept.keep(one, file_problems, nothing_runs)["warnings"] == []


@pytest.mark.parametrize("text", [None, "", "{", "[]", '"a"', "{} {}", '{"a": NaN}', "\udcff"])
def test_what_cannot_be_read_is_no_state(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "state.json"
    if text is not None:
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert kept.read_state(str(path)) == {}
    assert kept.read_state(str(tmp_path)) == {}


def test_a_folder_that_somebody_has_opened_meanwhile_is_refused(tmp_path: Path) -> None:
    one = host(tmp_path)
    (tmp_path / "state").mkdir()
    (tmp_path / "state").chmod(0o777)
    with pytest.raises(kept.KeptError, match=r"Others can write .*/state "):
        kept.keep(one, file_problems, nothing_runs)
    assert os.listdir(tmp_path / "state") == []


def test_a_planted_state_is_refused(tmp_path: Path) -> None:
    one = host(tmp_path)
    (tmp_path / "state").mkdir(mode=0o700)
    Path(names(one).state_file).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(kept.KeptError, match=r"is no file\. Remove it\."):
        kept.keep(one, file_problems, nothing_runs)
    assert not (tmp_path / "elsewhere").exists()


# --- host keys


def test_a_host_key_is_made_once_and_by_ssh_keygen(tmp_path: Path) -> None:
    one = host(tmp_path, {"injects": True})
    private, public = kept.keep(one, file_problems, RUN)["host_key"]
    assert private.startswith("-----BEGIN OPENSSH PRIVATE KEY-----\n")
    path = names(one).host_key_file
    assert mode(path) == 0o600
    derived = subprocess.run(["ssh-keygen", "-y", "-f", path], capture_output=True, text=True, check=True).stdout
    assert derived.split()[:2] == public.split()[:2]
    assert public.split()[2] == "web1"
    again = kept.keep(one, file_problems, nothing_runs)["host_key"]
    assert again == [private, public]


@pytest.mark.parametrize("half", ["", ".pub"])
def test_half_a_key_of_a_run_that_was_killed_is_replaced(tmp_path: Path, half: str) -> None:
    one = host(tmp_path, {"injects": True})
    (tmp_path / "state").mkdir(mode=0o700)
    path = Path(f"{names(one).host_key_file}{half}")
    path.write_text("half", encoding="ascii")
    path.chmod(0o600)
    private, public = kept.keep(one, file_problems, RUN)["host_key"]
    assert "half" not in (private, public)


def test_without_ssh_keygen_it_is_told(tmp_path: Path) -> None:
    with pytest.raises(kept.KeptError, match=r"ssh-keygen made no host key .*: No such file or directory"):
        kept.keep(host(tmp_path, {"injects": True}), file_problems, lambda words: "")


# --- files and folders


def test_all_folders_on_the_way_are_for_nobody_else_and_those_that_are_there_stay(tmp_path: Path) -> None:
    """Else the role would refuse its own folder of reports in the next run."""
    (tmp_path / "there").mkdir()
    (tmp_path / "there").chmod(0o755)
    kept.make_folder(str(tmp_path / "there" / "a" / "b"))
    kept.make_folder(str(tmp_path / "there" / "a" / "b"))
    assert [mode(tmp_path / "there" / one) for one in (".", "a", "a/b")] == [0o755, 0o700, 0o700]


def test_the_folders_that_a_run_makes_pass_in_the_next(tmp_path: Path) -> None:
    one = host(tmp_path)
    kept.make_folder(names(one).report_folder)
    assert file_problems(one, names(one)) == []


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(kept.KeptError, match="/file/below cannot be made: Not a directory"):
        kept.make_folder(str(tmp_path / "file" / "below"))


def test_a_file_is_written_as_a_whole_and_for_nobody_else(tmp_path: Path) -> None:
    path, other = tmp_path / "file", tmp_path / "other"
    path.write_text("before", encoding="utf-8")
    path.chmod(0o644)
    os.link(path, other)
    kept.write(str(path), "now")
    assert (path.read_text(encoding="utf-8"), mode(path)) == ("now", 0o600)
    assert other.read_text(encoding="utf-8") == "before"


def test_a_write_that_fails_leaves_everything_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_text("before", encoding="utf-8")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(kept.KeptError, match="/file cannot be written: No space left on device"):
        kept.write(str(path), "now")
    assert (os.listdir(tmp_path), path.read_text(encoding="utf-8")) == (["file"], "before")


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "target")
    kept.write(str(tmp_path / "link"), "now")
    assert not (tmp_path / "link").is_symlink()
    assert not (tmp_path / "target").exists()


def test_a_write_into_no_folder_and_over_one(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for name in ("missing/file", "folder"):
        with pytest.raises(kept.KeptError, match="cannot be written"):
            kept.write(str(tmp_path / name), "now")
    assert os.listdir(tmp_path) == ["folder"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", ""),
        ("to/be/made", ""),
        ("file", "Not a directory"),
        ("file/below", "Not a directory"),
    ],
)
def test_whether_something_can_be_written_later(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "file").touch()
    found = kept.try_folder(str(tmp_path / name))
    assert bool(found) == bool(words)
    assert words in found
    assert os.listdir(tmp_path) == ["file"]


def test_a_place_below_a_file_is_a_problem_in_words(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    frozen = begun(state_dir=str(tmp_path / "state" / "below"), report_dir="")
    found = file_problems(memory(frozen), names_of(frozen, "run", 1))
    assert found == [f"{tmp_path}/state/below cannot be written: Not a directory. Give a folder that can."]


def test_what_is_forgotten_is_gone_and_the_state_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = host(tmp_path, {"injects": True})
    kept.keep(one, file_problems, RUN)
    removed: list[str] = []
    real = os.unlink
    monkeypatch.setattr(os, "unlink", lambda path: removed.append(path) or real(path))  # type: ignore[func-returns-value]
    kept.forget(one.judged["names"])
    kept.forget(one.judged["names"])
    assert os.listdir(tmp_path / "state") == []
    assert removed[2] == names(one).state_file


def test_how_values_stand_in_a_file() -> None:
    text = kept.as_text({"b": "ü", "a": [1]})
    assert json.loads(text) == {"a": [1], "b": "ü"}
    assert text.startswith('{\n    "a": [')
    assert text.endswith('"ü"\n}\n')
