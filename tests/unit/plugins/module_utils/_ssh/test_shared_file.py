# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A file that cannot be replaced: a mount of its own, a folder that is shut; and the rehearsal of a write.

The mounts are real where this user can make some, in a namespace that ends with the program in it.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._errors import TencentCloudError
from ansible_collections.tencent.cloud.plugins.module_utils._ssh.known_hosts import edited, rehearse, without_entries
from tests.unit.support.host_keys import OLD, OTHER, SSH

ROOT = Path(__file__).resolve().parents[5]
BEFORE, AFTER = f"db {OTHER}\nweb {OLD}\n", f"db {OTHER}\n"
PROGRAM = """
import sys
import tests.conftest
from ansible_collections.tencent.cloud.plugins.module_utils._ssh.known_hosts import edited, rehearse, without_entries
from tests.unit.support.host_keys import SSH
try:
    if sys.argv[2] == "rehearse":
        rehearse(sys.argv[1])
    else:
        edited(sys.argv[1], ["web"], without_entries, SSH, check=False)
except Exception as error:
    print(error)
"""
READ_ONLY = "mount -o remount,bind,ro {0} {0}"


def _can_mount() -> bool:
    if not shutil.which("unshare"):
        return False
    tried = subprocess.run(["unshare", "--mount", "sh", "-c", "mount --bind /tmp /tmp"], check=False)
    return tried.returncode == 0


mounts = pytest.mark.skipif(not _can_mount(), reason="This user cannot make mounts here.")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with two entries, alone in its folder."""
    folder = tmp_path / "ssh"
    folder.mkdir()
    file = folder / "known_hosts"
    file.write_text(BEFORE, encoding="utf-8")
    return file


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """The file that is mounted over the other one."""
    file = tmp_path / "elsewhere"
    file.write_text(BEFORE, encoding="utf-8")
    return file


def change(file: Path) -> None:
    edited(str(file), ["web"], without_entries, SSH, check=False)


def mounted(file: Path, *mounts_made: str, what: str = "edited") -> str:
    """What a program says that changes the file where these mounts are made."""
    script = " && ".join([*mounts_made, 'exec "$0" -c "$1" "$2" "$3"'])
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script, sys.executable, PROGRAM, str(file), what],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def failing(number: int) -> Callable[..., Any]:
    """A call that fails with an error of the system."""

    def fail(*arguments: Any, **options: Any) -> Any:
        raise OSError(number, os.strerror(number))

    return fail


def names(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()}


def said(call: Callable[[], None]) -> str:
    with pytest.raises(TencentCloudError) as caught:
        call()
    assert caught.value.code == "FileError"
    return str(caught.value)


# --- real mounts


@mounts
@pytest.mark.parametrize("what", ["edited", "rehearse"])
def test_a_file_that_is_a_mount_of_its_own_is_written_in_place(file: Path, elsewhere: Path, what: str) -> None:
    elsewhere.chmod(0o640)
    inode = elsewhere.stat().st_ino
    assert mounted(file, f"mount --bind {elsewhere} {file}", what=what) == ""
    assert elsewhere.read_text(encoding="utf-8") == (AFTER if what == "edited" else BEFORE)
    assert (elsewhere.stat().st_ino, stat.S_IMODE(elsewhere.stat().st_mode)) == (inode, 0o640)
    assert file.read_text(encoding="utf-8") == BEFORE
    assert names(file.parent) == {"known_hosts", *(["known_hosts.lock"] if what == "edited" else [])}


@mounts
@pytest.mark.parametrize("what", ["edited", "rehearse"])
def test_a_file_in_a_folder_that_is_read_only_is_written_in_place(file: Path, elsewhere: Path, what: str) -> None:
    folder = file.parent
    shut = (f"mount --bind {folder} {folder}", READ_ONLY.format(folder), f"mount --bind {elsewhere} {file}")
    assert mounted(file, *shut, what=what) == ""
    assert elsewhere.read_text(encoding="utf-8") == (AFTER if what == "edited" else BEFORE)
    assert names(folder) == {"known_hosts"}


@mounts
@pytest.mark.parametrize("what", ["edited", "rehearse"])
def test_a_mount_that_is_read_only_is_refused(file: Path, elsewhere: Path, what: str) -> None:
    shut = (f"mount --bind {elsewhere} {file}", READ_ONLY.format(file))
    assert mounted(file, *shut, what=what) == f"FileError: {file} cannot be changed: Read-only file system."
    assert elsewhere.read_text(encoding="utf-8") == BEFORE


@mounts
@pytest.mark.parametrize(
    ("what", "place"), [("edited", "known_hosts"), ("rehearse", "known_hosts"), ("rehearse", "new/known_hosts")]
)
def test_a_folder_that_is_read_only_is_refused(file: Path, what: str, place: str) -> None:
    folder = file.parent
    shut = (f"mount --bind {folder} {folder}", READ_ONLY.format(folder))
    told = mounted(folder / place, *shut, what=what)
    assert told == f"FileError: {folder / place} cannot be changed: Read-only file system."
    assert (file.read_text(encoding="utf-8"), names(folder)) == (BEFORE, {"known_hosts"})


# --- writing in place, by what the system answers


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EXDEV, errno.EPERM, errno.EACCES, errno.EROFS])
def test_what_cannot_be_replaced_is_written_in_place(file: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    inode = file.stat().st_ino
    monkeypatch.setattr(os, "replace", failing(number))
    change(file)
    assert (file.read_text(encoding="utf-8"), file.stat().st_ino) == (AFTER, inode)
    assert names(file.parent) == {"known_hosts", "known_hosts.lock"}


def test_a_file_of_somebody_else_that_can_be_written_is_written_in_place(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fstat

    def other(handle: int) -> os.stat_result:
        found = real(handle)
        return os.stat_result((*found[:4], 12345, *found[5:]))

    monkeypatch.setattr(os, "fstat", other)
    monkeypatch.setattr(os, "fchown", failing(errno.EPERM))
    rehearse(str(file))
    change(file)
    assert file.read_text(encoding="utf-8") == AFTER


def test_a_new_file_cannot_be_written_in_place(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "mkstemp", failing(errno.EACCES))
    file.rename(file.with_name("other"))
    assert said(lambda: rehearse(str(file))) == f"FileError: {file} cannot be changed: Permission denied."
    assert not file.exists()


class Disk:
    """Writes so many bytes and then no more, as often as it is asked to fail."""

    def __init__(self, room: int, failures: int) -> None:
        self.room = room
        self.failures = failures
        self._write = os.write

    def write(self, handle: int, content: bytes) -> int:
        if not self.failures:
            return self._write(handle, content)
        if not self.room:
            self.failures -= 1
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        part = content[: self.room]
        self.room -= len(part)
        return self._write(handle, part)


def replaced_never(monkeypatch: pytest.MonkeyPatch, disk: Disk) -> None:
    """No file can be replaced, and what is written in place is written to that disk."""

    def busy(source: str, target: str) -> None:
        monkeypatch.setattr(os, "write", disk.write)
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))

    monkeypatch.setattr(os, "replace", busy)


@pytest.mark.parametrize("room", [0, 1, 30, len(AFTER) - 1])
def test_what_it_said_is_written_back_when_writing_fails(
    file: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    replaced_never(monkeypatch, Disk(room, failures=1))
    assert said(lambda: change(file)) == f"FileError: {file} cannot be changed: No space left on device."
    assert file.read_text(encoding="utf-8") == BEFORE


def test_a_file_that_is_damaged_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replaced_never(monkeypatch, Disk(0, failures=2))
    assert said(lambda: change(file)).startswith(f"FileError: {file} is damaged: writing it failed, and so did writing")


def test_an_interrupt_leaves_what_it_said(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "replace", failing(errno.EBUSY))
    real, cut = os.ftruncate, [True]

    def interrupted(handle: int, length: int) -> None:
        if cut and os.fstat(handle).st_ino == file.stat().st_ino:
            cut.clear()
            raise KeyboardInterrupt
        real(handle, length)

    monkeypatch.setattr(os, "ftruncate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        change(file)
    assert file.read_text(encoding="utf-8") == BEFORE


# --- the lock


def without_a_lock(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """No lock can be made beside a file, and no new file."""
    real = os.open

    def shut(path: Any, *arguments: Any, **options: Any) -> int:
        if str(path).endswith(".lock"):
            raise OSError(number, os.strerror(number))
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, "open", shut)
    monkeypatch.setattr(tempfile, "mkstemp", failing(number))


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_where_no_lock_can_be_made_the_file_itself_is_one(
    file: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    without_a_lock(monkeypatch, number)
    rehearse(str(file))
    with file.open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        other = threading.Thread(target=change, args=(file,))
        other.start()
        other.join(0.2)
        assert other.is_alive()
        assert file.read_text(encoding="utf-8") == BEFORE
    other.join(10)
    assert (file.read_text(encoding="utf-8"), names(file.parent)) == (AFTER, {"known_hosts"})


@pytest.mark.parametrize("call", [change, rehearse])
def test_a_lock_that_this_user_cannot_open_is_not_passed_over(
    file: Path, monkeypatch: pytest.MonkeyPatch, call: Callable[[Path], None]
) -> None:
    file.with_name("known_hosts.lock").touch()
    without_a_lock(monkeypatch, errno.EACCES)
    assert "Permission denied" in said(lambda: call(file))
    assert file.read_text(encoding="utf-8") == BEFORE


# --- the rehearsal


def test_a_rehearsal_leaves_nothing(tmp_path: Path, file: Path) -> None:
    rehearse(str(file))
    rehearse(str(tmp_path / "new" / "folder" / "known_hosts"))
    rehearse(str(file.parent / "other"))
    assert (names(tmp_path), names(file.parent)) == ({"ssh"}, {"known_hosts"})
    change(file)
    rehearse(str(file))
    assert names(file.parent) == {"known_hosts", "known_hosts.lock"}


def test_a_rehearsal_waits_for_nobody(file: Path) -> None:
    with file.with_name("known_hosts.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        rehearse(str(file))


def test_a_lock_that_was_planted_is_found(file: Path) -> None:
    file.with_name("known_hosts.lock").symlink_to(file.with_name("elsewhere"))
    assert "known_hosts.lock is a link" in said(lambda: rehearse(str(file)))


def test_what_is_no_file_is_refused(tmp_path: Path, file: Path) -> None:
    assert said(lambda: rehearse(str(tmp_path))).endswith("cannot be changed: Is a directory.")
    assert said(lambda: rehearse(str(file / "known_hosts"))).endswith("cannot be changed: Not a directory.")
    place = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(place))
        assert "is not a regular file." in said(lambda: rehearse(str(place)))
    assert "/dev/null is not a regular file." in said(lambda: rehearse("/dev/null"))


def test_nothing_is_put_in_the_place_of_a_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "replace", failing(errno.EBUSY))
    told = said(lambda: edited("/dev/null", ["web"], lambda now: [f"web {OLD}"], SSH, check=False) and None)
    assert "is not a regular file." in told


@pytest.mark.parametrize(
    ("name", "place"), [("mkdtemp", "new/known_hosts"), ("mkstemp", "other"), ("mkstemp", "known_hosts")]
)
def test_a_disk_that_takes_nothing_is_found(file: Path, monkeypatch: pytest.MonkeyPatch, name: str, place: str) -> None:
    monkeypatch.setattr(tempfile, name, failing(errno.ENOSPC))
    assert "No space left" in said(lambda: rehearse(str(file.parent / place)))


@pytest.mark.parametrize("missing", ["O_PATH", "fdinfo"])
def test_where_mounts_cannot_be_told_apart_the_rest_is_rehearsed(
    file: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    real = open

    def hidden(name: Any, *arguments: Any, **options: Any) -> Any:
        if "fdinfo" in str(name):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        return real(name, *arguments, **options)

    if missing == "O_PATH":
        monkeypatch.delattr(os, "O_PATH")
    else:
        monkeypatch.setattr("builtins.open", hidden)
    rehearse(str(file))
    file.with_name("known_hosts.lock").symlink_to(file.with_name("elsewhere"))
    assert "known_hosts.lock is a link" in said(lambda: rehearse(str(file)))
