# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What will be done with host keys after the reset, tried beforehand on files of this test."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._errors import TencentCloudError
from ansible_collections.tencent.cloud.plugins.plugin_utils._role import rehearsal
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.rehearsal import (
    ALIAS_AND_PORT,
    NOT_CHECKED,
    Rehearsal,
    port_after,
    rehearsed,
)
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.server import Server
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.ssh import Settings
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.ssh_keys import runner
from tests.unit.support.host_keys import NEW, OLD, OTHER, host_key
from tests.unit.support.role_hosts import WAY, begun, memory, planned

REACHED = {"rc": 0, "stdout_lines": []}
RUN = runner(20)
THIRD = host_key(4)


def settings(folder: Path, **other: Any) -> Settings:
    files = (str(folder / "known_hosts"),)
    return Settings("10.0.0.1", 22, "root", "", files, (), False, "ask", str(folder))._replace(**other)


def server(found: Settings | None, way: dict[str, Any] | None = None, host: str = "web1", **options: Any) -> Server:
    registered = {key: options.pop(key) for key in ("look", "plans") if key in options}
    frozen = {**begun(host, **options), "way": {**WAY, **(way or {})}}
    return Server(memory(frozen, **{"plans": planned(), "look": REACHED, **registered}), settings=found)


class Keyscan:
    """Answers ssh-keyscan, and lets the other programs of OpenSSH do their work."""

    def __init__(self, *keys: str) -> None:
        self.keys = keys
        self.scans: list[list[str]] = []

    def __call__(self, words: Sequence[str]) -> str:
        """Run a program."""
        if words[0] != "ssh-keyscan":
            return RUN(words)
        self.scans.append(list(words))
        return "".join(f"{words[-1]} {key}\n" for key in self.keys)


def rehearse(one: Server, *keys: str) -> Rehearsal:
    (found,) = rehearsed([one], Keyscan(*keys)).values()
    return found


def words(found: Rehearsal) -> str:
    return " ".join(problem.message for problem in found.problems)


def test_what_is_known_and_shown_are_the_old_keys_and_nothing_is_written(tmp_path: Path) -> None:
    text = f"10.0.0.1 {OLD}\n10.0.0.1 {THIRD}\nother {NEW}\n"
    (tmp_path / "known_hosts").write_text(text, encoding="utf-8")
    found = rehearse(server(settings(tmp_path)), OLD, OTHER)
    assert found.problems == []
    assert found.for_tasks() == {
        "names": ["10.0.0.1"],
        "host": "10.0.0.1",
        "path": str(tmp_path / "known_hosts"),
        "entries": [f"10.0.0.1 {OLD}", f"10.0.0.1 {THIRD}"],
        "old_keys": sorted([OLD, OTHER, THIRD]),
    }
    assert (tmp_path / "known_hosts").read_text(encoding="utf-8") == text
    assert os.listdir(tmp_path) == ["known_hosts"]


def test_a_file_that_is_not_there_yet_is_not_left_behind(tmp_path: Path) -> None:
    found = rehearse(server(settings(tmp_path)), OLD)
    assert (found.trusts, found.entries, found.problems) == (True, [], [])
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("found", "options", "trusts", "notes"),
    [
        ({}, {}, True, []),
        ({}, {"host_keys": "inject"}, True, []),
        ({}, {"host_keys": "none"}, False, []),
        ({}, {"login": False}, False, []),
        ({"known_hosts": ()}, {}, False, [NOT_CHECKED]),
        ({"known_hosts": ()}, {"login": False}, False, []),
    ],
)
def test_whether_host_keys_will_be_entered(
    tmp_path: Path, found: dict[str, Any], options: dict[str, Any], trusts: bool, notes: list[str]
) -> None:
    one = rehearse(server(settings(tmp_path, **found), **options), OLD)
    assert (one.trusts, list(one.notes), one.problems) == (trusts, notes, [])
    assert bool(one.path) is trusts


@pytest.mark.parametrize(
    ("found", "options", "shown", "message"),
    [
        ({}, {}, [], "Nothing answers ssh-keyscan at 10.0.0.1 (port 22)"),
        ({}, {"look": {"unreachable": True}}, [], ""),
        ({}, {"look": {"rc": 255}}, [], ""),
        ({}, {"look": {}}, [], ""),
        ({}, {"host_keys": "inject"}, [], ""),
        ({"is_indirect": True}, {}, [OLD], "through another host or program"),
        ({"is_indirect": True}, {"host_keys": "inject"}, [], ""),
        ({"host_key_alias": "web"}, {"login_port": 36000}, [OLD], ALIAS_AND_PORT.message),
        ({"host_key_alias": "web", "port": 36000}, {}, [OLD], ALIAS_AND_PORT.message),
        ({"host_key_alias": "web"}, {}, [OLD], ""),
        ({"port": 36000}, {}, [OLD], ""),
        ({}, {"known_hosts_file": "/elsewhere"}, [OLD], "ssh does not read /elsewhere"),
    ],
)
def test_what_would_not_work(
    tmp_path: Path, found: dict[str, Any], options: dict[str, Any], shown: list[str], message: str
) -> None:
    told = words(rehearse(server(settings(tmp_path, **found), **options), *shown))
    assert bool(told) == bool(message)
    assert message in told


def test_another_server_at_the_address_is_seen(tmp_path: Path) -> None:
    (tmp_path / "known_hosts").write_text(f"10.0.0.1 {OLD}\n", encoding="utf-8")
    assert "shows the host key" in words(rehearse(server(settings(tmp_path)), NEW))
    assert words(rehearse(server(settings(tmp_path)), NEW, OLD)) == ""


def test_a_key_in_any_file_that_ssh_reads_is_known(tmp_path: Path) -> None:
    """Only the first is written to, but what ssh accepts is no other server."""
    (tmp_path / "known_hosts").write_text(f"10.0.0.1 {OLD}\n", encoding="utf-8")
    (tmp_path / "known_hosts2").write_text(f"10.0.0.1 {NEW}\n", encoding="utf-8")
    both = (str(tmp_path / "known_hosts"), str(tmp_path / "known_hosts2"))
    found = rehearse(server(settings(tmp_path, known_hosts=both)), NEW)
    assert words(found) == ""
    assert (found.path, found.entries, found.old_keys) == (both[0], [f"10.0.0.1 {OLD}"], sorted([OLD, NEW]))


def test_a_file_that_can_be_read_and_not_written_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: str) -> None:
        raise TencentCloudError(f"{path} is full.")

    monkeypatch.setattr(rehearsal, "rehearse", full)
    assert words(rehearse(server(settings(tmp_path)), OLD)) == f"Error: {tmp_path}/known_hosts is full."


def test_a_file_that_cannot_be_read_is_a_problem_even_if_it_could_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsal, "rehearse", lambda path: None)
    assert str(tmp_path) in words(rehearse(server(settings(tmp_path, known_hosts=(str(tmp_path),))), OLD))


def test_nobody_is_scanned_who_is_behind_another_host(tmp_path: Path) -> None:
    run = Keyscan(OLD)
    rehearsed([server(settings(tmp_path, is_indirect=True))], run)
    assert run.scans == []


def test_a_file_that_cannot_be_written_or_read_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    below = settings(tmp_path, known_hosts=(str(tmp_path / "file" / "known_hosts"),))
    assert "known_hosts" in words(rehearse(server(below), OLD))
    folder = settings(tmp_path, known_hosts=(str(tmp_path),))
    assert str(tmp_path) in words(rehearse(server(folder), OLD))


@pytest.mark.parametrize(
    ("one", "scanned"),
    [
        ({}, True),
        ({"host_keys": "inject"}, False),
        ({"host_keys": "none"}, False),
        ({"login": False, "before_tasks": ["/drain.yml"]}, False),
        ({"attach": "req-1"}, False),
        ({"plans": planned(outcome="unchanged")}, False),
        ({"look": {"rc": 1}}, False),
    ],
)
def test_only_the_old_system_is_scanned_and_only_for_a_scan(tmp_path: Path, one: dict[str, Any], scanned: bool) -> None:
    run = Keyscan(OLD)
    rehearsed([server(settings(tmp_path), **one)], run)
    assert bool(run.scans) is scanned


def test_servers_behind_one_address_are_scanned_once(tmp_path: Path) -> None:
    run = Keyscan(OLD)
    found = rehearsed([server(settings(tmp_path), host=name) for name in ("web1", "web2")], run)
    assert [one.old_keys for one in found.values()] == [[OLD], [OLD]]
    assert len(run.scans) == 1


@pytest.mark.parametrize(
    ("way", "found", "options", "now", "after"),
    [
        ({}, {}, {}, 22, 22),
        ({"port": 2222}, {"port": 2222}, {}, 2222, 2222),
        ({"port": 2222}, {"port": 2022}, {}, 2022, 2022),
        ({}, {}, {"login_port": 36000}, 22, 36000),
        ({"kind": "winrm", "port": 5986}, None, {}, 5986, 5986),
        ({"kind": "winrm", "port": 0}, None, {}, 22, 22),
    ],
)
def test_the_ports(
    tmp_path: Path, way: dict[str, Any], found: dict[str, Any] | None, options: dict[str, Any], now: int, after: int
) -> None:
    one = server(None if found is None else settings(tmp_path, **found), way, **options)
    assert (rehearse(one, OLD).port, port_after(one)) == (now, after)
