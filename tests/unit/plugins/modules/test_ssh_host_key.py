# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module ssh_host_key, from its options to its exit, with a server that answers by a script."""

from __future__ import annotations

import fcntl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tencent.cloud.plugins.module_utils._clock import Clock
from ansible_collections.tencent.cloud.plugins.module_utils._errors import Interrupted
from ansible_collections.tencent.cloud.plugins.module_utils._interrupts import Interrupts
from ansible_collections.tencent.cloud.plugins.module_utils._ssh.openssh import OpenSsh
from ansible_collections.tencent.cloud.plugins.modules import ssh_host_key
from tests.unit.support.host_keys import NEW, OLD, OTHER
from tests.unit.support.modules import ADDED, Modules

DOCUMENTED = set(yaml.safe_load(ssh_host_key.RETURN))


class Server:
    """Answers scans, the last answer for ever, and runs the module on a file."""

    def __init__(self, modules: Modules, file: Path) -> None:
        self.modules = modules
        self.file = file
        self.answers: list[tuple[str, ...]] = [()]
        self.scans: list[tuple[str, int]] = []

    def scan(self, host: str, port: int, seconds: float) -> tuple[str, ...]:
        """One answer."""
        self.scans.append((host, port))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def __call__(self, state: str, *, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
        """The result of a task, which always has the documented keys."""
        given = {"host": "web", "path": str(self.file), "state": state, **options}
        result = self.modules.run(ssh_host_key, given, check=check, diff=diff)
        if "host_keys" in result:
            assert set(result) - ADDED - {"diff"} == DOCUMENTED
        return result

    @property
    def lines(self) -> list[str]:
        """The lines of the file."""
        return self.file.read_text(encoding="utf-8").splitlines()


@pytest.fixture
def server(modules: Modules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server whose old key the file has."""
    server = Server(modules, tmp_path / "known_hosts")
    server.file.write_text(f"# c\nweb,db {OLD}\n", encoding="utf-8")
    monkeypatch.setattr(OpenSsh, "scan", server.scan)
    return server


# --- missing and contradicting arguments


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"state": "present"}, "keys"),
        ({"state": "restored"}, "entries"),
        ({"state": "gone"}, "value of state must be one of"),
        ({"state": "read", "host": None}, "host"),
    ],
)
def test_what_the_argument_spec_refuses(server: Server, options: Mapping[str, Any], words: str) -> None:
    given = {"host": "web", "path": str(server.file), **options}
    result = server.modules.run(ssh_host_key, {name: value for name, value in given.items() if value is not None})
    assert result["failed"]
    assert words in result["msg"]


@pytest.mark.parametrize(
    ("state", "options", "words"),
    [
        ("scanned", {"host": "-oProxyCommand=x"}, "host: '-oProxyCommand=x' is not a name or an address."),
        ("absent", {"names": ["web", "a b", "c,d"]}, "(2) names: 'c,d' is not a name or an address."),
        ("absent", {"names": ["*"]}, "names: '*'"),
        ("absent", {"host": ""}, "''"),
        ("absent", {"port": 0}, "port: 0 is not a port."),
        ("absent", {"port": 65536}, "port: 65536 is not a port."),
        ("present", {"keys": []}, "keys: It is empty."),
        ("present", {"keys": [NEW, "x"]}, "keys: Number 2 is not a public host key."),
        ("scanned", {"not_keys": ["ssh-rsa AAAA"]}, "not_keys: Number 1 is not a public host key."),
        ("restored", {"entries": [f"web {OLD}\nevil {NEW}"]}, "entries: Number 1 is not a line"),
        ("restored", {"entries": ["# c"]}, "entries: Number 1 is not a line"),
        ("restored", {"entries": [f"web,db {OLD}"]}, "entries: Number 1 is also for db."),
        ("absent", {"path": ""}, "path: It is empty."),
        ("scanned", {"scan_interval": 0}, "scan_interval: 0 is too small."),
        ("scanned", {"timeout": -1}, "timeout: -1 is too small."),
        ("scanned", {"stable_seconds": "nan"}, "stable_seconds: nan is too small."),
    ],
)
def test_bad_options_are_refused_before_anything_is_run(
    server: Server, state: str, options: dict[str, Any], words: str
) -> None:
    result = server(state, **options)
    assert result["failed"]
    assert words in result["msg"]
    assert result["problems"]
    assert (result["error"]["code"], result["changed"], server.scans) == ("InvalidOption", False, [])
    assert server.lines == ["# c", f"web,db {OLD}"]


# --- each state: check mode, for real, again


def test_absent(server: Server) -> None:
    for check in (True, True, False):
        result = server("absent", check=check)
        assert (result["changed"], result["host_keys"]) == (True, [])
        assert (result["previous_keys"], result["entries"]) == ([OLD], [f"web {OLD}"])
    assert server.lines == ["# c", f"db {OLD}"]
    again = server("absent")
    assert (again["changed"], again["previous_keys"], again["entries"]) == (False, [], [])
    assert server.scans == []


def test_present(server: Server) -> None:
    options = {"names": ["web", "192.0.2.1"], "keys": [f"{NEW} comment", OTHER, NEW]}
    for check in (True, False):
        result = server("present", check=check, **options)
        assert (result["changed"], result["host_keys"], result["previous_keys"]) == (True, [NEW, OTHER], [OLD])
        assert [one.partition(":")[0] for one in result["fingerprints"]] == ["SHA256"] * 2
    assert server.lines == ["# c", f"db {OLD}", f"web,192.0.2.1 {NEW}", f"web,192.0.2.1 {OTHER}"]
    assert server("present", **options)["changed"] is False


def test_a_port_of_its_own(server: Server) -> None:
    assert server("present", keys=[NEW], port=2222)["entries"] == []
    assert server.lines == ["# c", f"web,db {OLD}", f"[web]:2222 {NEW}"]


def test_hashed_names(server: Server) -> None:
    server("present", keys=[NEW], hash_host=True)
    assert server.lines[2].startswith("|1|")
    assert server("present", keys=[NEW])["changed"] is False
    assert server("read")["host_keys"] == [NEW]


def test_restored(server: Server) -> None:
    entries = server("absent")["entries"]
    server("present", keys=[NEW])
    for check in (True, False):
        result = server("restored", entries=entries, check=check)
        assert (result["changed"], result["host_keys"], result["previous_keys"]) == (True, [OLD], [NEW])
    assert server.lines == ["# c", f"db {OLD}", f"web {OLD}"]
    assert server("restored", entries=entries)["changed"] is False
    assert server("restored", entries=[])["host_keys"] == []
    assert server.lines == ["# c", f"db {OLD}"]


def test_scanned(server: Server) -> None:
    server.answers = [(), (OLD,), (NEW,)]
    result = server("scanned", not_keys=[OLD], port=2222)
    assert (result["changed"], result["host_keys"], result["scanned_keys"]) == (True, [NEW], [NEW])
    # The first scan is at once, and the others at the even seconds of a clock that begins at 1,003.7.
    assert result["waited_seconds"] == 10.3
    assert set(server.scans) == {("web", 2222)}
    assert server.lines[2:] == [f"[web]:2222 {NEW}"]
    assert server("scanned", not_keys=[OLD], port=2222)["changed"] is False


@pytest.mark.parametrize(("answer", "code"), [((), "NoHostKey"), ((OLD,), "OldHostKey"), ((OLD, NEW), "OldHostKey")])
def test_scanned_in_vain(server: Server, answer: tuple[str, ...], code: str) -> None:
    server.answers = [answer]
    result = server("scanned", not_keys=[OLD], timeout=20)
    assert result["failed"]
    assert (result["error"]["code"], result["changed"]) == (code, False)
    assert server.lines == ["# c", f"web,db {OLD}"]


@pytest.mark.parametrize(("answer", "keys"), [((NEW,), [NEW]), ((), []), ((OLD,), [])])
def test_scanned_in_check_mode_looks_once(server: Server, answer: tuple[str, ...], keys: list[str]) -> None:
    server.answers = [answer]
    result = server("scanned", not_keys=[OLD], check=True)
    assert (result["changed"], result["host_keys"], result["scanned_keys"]) == (True, keys, list(answer))
    assert len(server.scans) == 1
    assert server.lines == ["# c", f"web,db {OLD}"]


@pytest.mark.parametrize("answer", [(), (NEW,)])
def test_read(server: Server, answer: tuple[str, ...]) -> None:
    assert server("read")["scanned_keys"] is None
    assert server.scans == []
    server.answers = [answer]
    result = server("read", scan=True)
    assert (result["changed"], result["host_keys"], result["scanned_keys"]) == (False, [OLD], list(answer))
    assert len(server.scans) == 1


# --- what is shown


def test_a_diff_has_the_lines_of_the_names_alone(server: Server) -> None:
    shown = server("present", keys=[NEW], diff=True, check=True)["diff"]
    assert (shown["before"], shown["after"]) == (f"web {OLD}\n", f"web {NEW}\n")
    assert shown["before_header"] == str(server.file)


def test_a_signal_ends_the_wait_for_another_task(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def sleep(_seconds: float) -> None:
        raise Interrupted("SIGTERM")

    held = iter([True])

    def flock(_lock: int, _how: int) -> None:
        if next(held, False):
            raise BlockingIOError

    before = server.lines
    monkeypatch.setattr(fcntl, "flock", flock)
    monkeypatch.setattr(Interrupts, "clock", lambda _interrupts: Clock(sleep=sleep))
    result = server("absent")
    assert (result["error"]["code"], server.lines) == ("Interrupted", before)
    assert "Nothing was changed" in result["msg"]


def test_a_file_that_cannot_be_read(server: Server, tmp_path: Path) -> None:
    result = server("absent", path=str(tmp_path))
    assert result["failed"]
    assert result["error"]["code"] == "FileError"


# --- a machine without a home


@pytest.mark.parametrize("path", ["~/.ssh/known_hosts", "$NO_SUCH_VARIABLE/known_hosts"])
def test_a_home_that_is_not_there_is_no_folder_of_that_name(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """As in a container whose user is in no list: Ansible leaves the sign in place."""
    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    result = server("present", keys=[NEW], path=path)
    assert (result["failed"], result["changed"]) == (True, False)
    assert "there is no such home directory or variable" in result["msg"]
    assert sorted(tmp_path.iterdir()) == before
