# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All that the collection writes is for its owner alone, whatever the umask; what was there keeps its mode."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._ssh.known_hosts import edited, exactly
from ansible_collections.tencent.cloud.plugins.plugin_utils._role import kept, pages
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.judge import file_problems
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.memory import Memory
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.ssh_keys import runner
from tests.unit.support.host_keys import NEW, SSH
from tests.unit.support.role_hosts import begun, judged, memory

ROLE = Path(__file__).resolve().parents[3] / "roles" / "reset_instance"
PUBLIC = {".pub"}
"""Ends of names of files that others may read; ssh-keygen makes them, in a folder of the user's own."""


def host(folder: Path) -> Memory:
    frozen = begun(state_dir=str(folder / "a" / "state"), report_dir=str(folder / "b" / "reports"))
    return memory(frozen, judged=judged(frozen, injects=True), marking={"rc": 0})


def state_and_host_key(folder: Path) -> None:
    """What the role keeps for a rollback, and the host key that it gives to the new system."""
    kept.keep(host(folder), file_problems, runner(20))


def reports(folder: Path) -> None:
    """The report of a host and the page of a run."""
    own = host(folder)
    names = own.judged["names"]
    kept.make_folder(names["report_folder"])
    kept.write(os.path.join(names["report_folder"], names["report_file"]), "{}")
    assert pages.page({"ansible_play_hosts": [], "role_path": str(ROLE)}, own, {"web1": own}, 200.0)


def known_hosts(folder: Path) -> None:
    """The host keys that a task of ssh_host_key trusts, and the lock beside them."""
    assert edited(str(folder / "home" / ".ssh" / "known_hosts"), ["web"], exactly(["web"], [NEW]), SSH, check=False)


WRITERS: dict[Callable[[Path], None], set[str]] = {
    state_and_host_key: {".json", ".hostkey", ".pub"},
    reports: {".json", ".html"},
    known_hosts: {"", ".lock"},
}
"""All that writes files, and the ends of their names."""


@pytest.fixture(params=[0o000, 0o002, 0o022, 0o077], ids="umask {:03o}".format, autouse=True)
def _umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)
def test_what_is_made_is_for_nobody_else(tmp_path: Path, write: Callable[[Path], None]) -> None:
    write(tmp_path)
    made = list(tmp_path.rglob("*"))
    assert {path.suffix for path in made if path.is_file()} == WRITERS[write]
    wide = {path: f"{mode(path):04o}" for path in made if mode(path) & 0o077 and path.suffix not in PUBLIC}
    assert wide == {}
    writable = [path for path in made if path.suffix in PUBLIC and mode(path) & 0o022]
    assert writable == []


@pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)
def test_folders_that_are_there_keep_their_mode(tmp_path: Path, write: Callable[[Path], None]) -> None:
    write(tmp_path)
    folders = [path for path in tmp_path.rglob("*") if path.is_dir()]
    for folder in folders:
        folder.chmod(0o755)
    write(tmp_path)
    assert {mode(folder) for folder in folders} == {0o755}


@pytest.mark.parametrize("old", [0o600, 0o644, 0o640])
def test_known_hosts_keeps_its_mode(tmp_path: Path, old: int) -> None:
    """Others may have been meant to read it: the system's file, or that of a group."""
    file = tmp_path / "known_hosts"
    file.write_text("db ssh-ed25519 AAAA\n", encoding="utf-8")
    file.chmod(old)
    edited(str(file), ["web"], exactly(["web"], [NEW]), SSH, check=False)
    assert (len(file.read_text(encoding="utf-8").splitlines()), mode(file)) == (2, old)
