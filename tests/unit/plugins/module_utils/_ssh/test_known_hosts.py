# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One known_hosts file, changed with the real ssh-keygen: what goes, what stays, and how the file is kept."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._clock import Clock
from ansible_collections.tencent.cloud.plugins.module_utils._errors import Interrupted, TencentCloudError
from ansible_collections.tencent.cloud.plugins.module_utils._ssh.host_key import Split
from ansible_collections.tencent.cloud.plugins.module_utils._ssh.known_hosts import (
    Change,
    Edit,
    edited,
    exactly,
    replaced_by,
    unchanged,
    without_entries,
)
from tests.unit.support.host_keys import NEW, OLD, OTHER, SSH

REST = ["# a comment", "", "rubbish", f"@revoked web {OLD}", f"@cert-authority *.example {OTHER}", f"* {OTHER}"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the file is to be."""
    return tmp_path / "known_hosts"


def written(file: Path, *lines: str, hashed: bool = False) -> None:
    """Write the file; hashed as ssh-keygen does it."""
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    if hashed:
        subprocess.run(["ssh-keygen", "-H", "-f", str(file)], check=True, capture_output=True)
        file.with_name(f"{file.name}.old").unlink()


def lines(file: Path) -> list[str]:
    """The lines of the file."""
    return file.read_text(encoding="utf-8").splitlines()


def change(file: Path, names: Sequence[str], edit: Edit, *, check: bool = False) -> Change:
    """Change the file."""
    return edited(str(file), names, edit, SSH, check=check)


def known(file: Path, name: str) -> bool:
    """Whether ssh-keygen knows the name."""
    found = subprocess.run(["ssh-keygen", "-F", name, "-f", str(file)], check=False, capture_output=True, text=True)
    return "found: line" in found.stdout


# --- what goes and what stays


def test_entries_are_set_aside_and_nothing_else(file: Path) -> None:
    written(file, *REST[:3], f"web,db {OLD} c", *REST[3:], f"web {NEW}")
    done = change(file, ["web"], without_entries)
    assert done.is_one
    assert done.before.entries == [f"web {OLD} c", f"web {NEW}"]
    assert done.before.all_keys == [OLD, NEW]
    assert lines(file) == [*REST[:3], f"db {OLD} c", *REST[3:]]


def test_hashed_entries_of_each_name(file: Path) -> None:
    written(file, f"web,192.0.2.1 {OLD}", f"[web]:2222 {NEW}", f"db {OTHER}", hashed=True)
    before = lines(file)
    done = change(file, ["web", "192.0.2.1"], without_entries)
    assert done.before.keys == {"web": [OLD], "192.0.2.1": [OLD]}
    assert done.before.entries == before[:2]
    assert lines(file) == before[2:]
    assert change(file, ["[web]:2222"], without_entries).before.all_keys == [NEW]
    assert known(file, "db")


def test_hashed_lines_among_what_ssh_does_not_understand(file: Path) -> None:
    written(file, f"web {OLD}", hashed=True)
    written(file, "rubbish", *lines(file), "more rubbish")
    change(file, ["web"], without_entries)
    assert lines(file) == ["rubbish", "more rubbish"]


@pytest.mark.parametrize("hashed", [True, False])
def test_exactly_these_keys(file: Path, hashed: bool) -> None:
    written(file, f"web,db {OLD}", f"db {OTHER}")
    done = change(
        file, ["web", "192.0.2.1"], exactly(["web", "192.0.2.1"], [NEW, OTHER], hashed_by=SSH if hashed else None)
    )
    assert done.is_one
    assert lines(file)[:2] == [f"db {OLD}", f"db {OTHER}"]
    assert len(lines(file)) == (6 if hashed else 4)
    assert all(known(file, name) for name in ("web", "192.0.2.1", "db"))
    assert ("web" in file.read_text(encoding="utf-8")) is not hashed
    now = change(file, ["web", "192.0.2.1"], unchanged).before.keys
    assert now == {"web": [NEW, OTHER], "192.0.2.1": [NEW, OTHER]}


@pytest.mark.parametrize("hashed", [True, False])
def test_what_says_so_already_stays_as_it_is(file: Path, hashed: bool) -> None:
    written(file, f"web,db {NEW}", f"192.0.2.1 {NEW}", hashed=hashed)
    before = file.read_bytes()
    assert not change(file, ["web", "192.0.2.1"], exactly(["web", "192.0.2.1"], [NEW])).is_one
    assert file.read_bytes() == before
    assert not file.with_name("known_hosts.lock").exists()


def test_one_name_that_is_missing_is_a_change(file: Path) -> None:
    written(file, f"web {NEW}")
    assert change(file, ["web", "192.0.2.1"], exactly(["web", "192.0.2.1"], [NEW])).is_one
    assert lines(file) == [f"web,192.0.2.1 {NEW}"]


@pytest.mark.parametrize("hashed", [True, False])
def test_what_was_set_aside_comes_back(file: Path, hashed: bool) -> None:
    written(file, f"web,db {OLD} c", f"192.0.2.1 {OTHER}", hashed=hashed)
    names = ["web", "192.0.2.1"]
    aside = change(file, names, without_entries).before
    change(file, names, exactly(names, [NEW], hashed_by=SSH if hashed else None))
    assert change(file, names, replaced_by(aside.entries)).is_one
    assert change(file, names, unchanged).before.keys == aside.keys
    assert not change(file, names, replaced_by(aside.entries[::-1])).is_one


# --- how the file is kept


def test_a_check_changes_nothing(file: Path) -> None:
    written(file, f"web {OLD}")
    done = change(file, ["web"], without_entries, check=True)
    assert (done.is_one, done.entries) == (True, [])
    assert [one.name for one in file.parent.iterdir()] == ["known_hosts"]
    assert lines(file) == [f"web {OLD}"]


def test_a_new_file_in_a_new_folder_is_private(tmp_path: Path) -> None:
    file = tmp_path / "ssh" / "known_hosts"
    assert not change(file, ["web"], without_entries).is_one
    assert not file.parent.exists()
    assert change(file, ["web"], exactly(["web"], [NEW])).is_one
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_the_mode_stays_and_a_link_is_followed(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    written(real, f"web {OLD}")
    real.chmod(0o644)
    link.symlink_to(real)
    change(link, ["web"], without_entries)
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o644
    assert real.read_bytes() == b""


def test_the_owner_stays(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(file, f"web {OLD}")
    owners: list[tuple[int, int]] = []
    real = os.fstat

    def other(handle: int) -> os.stat_result:
        found = real(handle)
        return os.stat_result((*found[:4], 12345, 12346, *found[6:]))

    monkeypatch.setattr(os, "fstat", other)
    monkeypatch.setattr(os, "fchown", lambda handle, uid, gid: owners.append((uid, gid)))
    change(file, ["web"], without_entries)
    assert owners == [(file.stat().st_uid, file.stat().st_gid)]


def test_bytes_of_another_encoding_and_line_ends_stay(file: Path) -> None:
    file.write_bytes(b"# caf\xe9\r\nweb " + OLD.encode() + b" \xff\r\nlast")
    assert change(file, ["web"], without_entries).before.all_keys == [OLD]
    assert file.read_bytes() == b"# caf\xe9\r\nlast\n"


def test_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(TencentCloudError, match="cannot be changed: Is a directory") as caught:
        change(tmp_path, ["web"], without_entries)
    assert caught.value.code == "FileError"


def test_a_write_that_fails_leaves_the_file_and_nothing_else(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(file, f"web {OLD}")

    def full(source: str, target: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(TencentCloudError, match="No space left"):
        change(file, ["web"], without_entries)
    assert lines(file) == [f"web {OLD}"]
    assert {one.name for one in file.parent.iterdir()} == {"known_hosts", "known_hosts.lock"}


def test_a_task_that_waits_for_another_one_hears_a_signal(file: Path) -> None:
    def sleep(seconds: float) -> None:
        raise Interrupted("SIGTERM")

    written(file, f"web {OLD}")
    with file.with_name("known_hosts.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Interrupted):
            edited(str(file), ["web"], without_entries, SSH, check=False, clock=Clock(sleep=sleep))
    assert lines(file) == [f"web {OLD}"]


def test_tasks_wait_for_each_other_and_plan_again(file: Path) -> None:
    written(file, f"web {OLD}", f"db {OLD}")
    with file.with_name("known_hosts.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        planned = threading.Event()

        def seen(now: Split) -> list[str]:
            planned.set()
            return []

        other = threading.Thread(target=change, args=(file, ["web"], seen))
        other.start()
        assert planned.wait(10)
        written(file, f"web {OLD}", f"db {NEW}")
    other.join(10)
    assert lines(file) == [f"db {NEW}"]


def test_a_lock_that_is_a_link_is_not_followed(file: Path) -> None:
    written(file, f"web {OLD}")
    elsewhere = file.with_name("elsewhere")
    file.with_name("known_hosts.lock").symlink_to(elsewhere)
    with pytest.raises(TencentCloudError, match=r"known_hosts\.lock is a link or belongs to another user"):
        change(file, ["web"], without_entries)
    assert not elsewhere.exists()
    assert lines(file) == [f"web {OLD}"]


def test_a_lock_of_another_user_is_not_waited_for(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.with_name("known_hosts.lock").touch()
    real = os.stat

    def other(path: Any, **options: Any) -> os.stat_result:
        found = real(path, **options)
        return os.stat_result((*found[:4], 12345, *found[5:])) if isinstance(path, int) else found

    with monkeypatch.context() as patched:
        patched.setattr(os, "stat", other)
        with pytest.raises(TencentCloudError, match=r"known_hosts\.lock is a link or belongs to another user"):
            change(file, ["web"], exactly(["web"], [NEW]))
    assert not file.exists()


def test_a_missing_program_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(file, f"web {OLD}", hashed=True)
    monkeypatch.setattr(shutil, "which", lambda program: None)
    with pytest.raises(TencentCloudError, match="no ssh-keygen on this machine") as caught:
        change(file, ["web"], without_entries)
    assert caught.value.code == "NoProgram"
