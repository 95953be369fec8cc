# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys of this controller, of servers and of known_hosts, by the real programs of OpenSSH."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._errors import TencentCloudError
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.ssh import Settings
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.ssh_keys import (
    entries,
    known_keys,
    public_keys,
    runner,
    scan,
)
from tests.unit.support.host_keys import NEW, OLD, OTHER, SSH, host_key
from tests.unit.support.ssh_server import ssh_server

RUN = runner(20)
SETTINGS = Settings("web", 22, "", "", (), (), False, "ask", "/h")


class Programs:
    """Stands for the programs: answers with what a test makes of the words, and remembers them."""

    def __init__(self, answer: Callable[[list[str]], str]) -> None:
        self.calls: list[list[str]] = []
        self._answer = answer
        self._lock = threading.Lock()

    def __call__(self, words: Sequence[str]) -> str:
        """Run one."""
        with self._lock:
            self.calls.append(list(words))
        return self._answer(list(words))


# --- running programs


def test_a_program_is_run_to_its_end_whatever_its_code() -> None:
    assert RUN(["sh", "-c", "echo $LC_ALL; cat; printf '\\377'; echo unseen >&2; exit 3"]) == "C\n\udcff"


def test_a_program_that_is_missing_or_slow_says_nothing() -> None:
    assert runner(5)(["/missing/program"]) == ""
    assert runner(0.2)(["sh", "-c", "echo early; exec sleep 30"]) == ""


# --- what this controller can log in with


def made_key(file: Path, passphrase: str = "") -> str:
    """A new key pair; the base64 of its public key."""
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", "a comment", "-f", str(file)]
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL)
    return Path(f"{file}.pub").read_text(encoding="utf-8").split()[1]


def test_keys_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", "/missing")
    alone, locked, lost = (made_key(tmp_path / name, word) for name, word in (("a b", ""), ("l", "secret"), ("x", "s")))
    (tmp_path / "a b.pub").unlink()
    (tmp_path / "x.pub").unlink()
    (tmp_path / "only.pub").write_text(f"{NEW} whoever\n", encoding="utf-8")
    (tmp_path / "odd").write_text("no key", encoding="utf-8")
    files = [str(tmp_path / name) for name in ("a b", "l", "x", "only", "odd", "missing", "a b")]
    assert public_keys(files, RUN) == {alone, locked, NEW.split()[1]}
    assert lost not in public_keys(files, RUN)


def test_each_file_is_read_once_and_the_agent_too(tmp_path: Path) -> None:
    file = tmp_path / "id"
    file.write_text("x", encoding="utf-8")
    agent = f"{OLD} one\nThe agent has no identities.\n{OTHER}\n"
    run = Programs(lambda words: agent if words[0] == "ssh-add" else NEW)
    assert public_keys([str(file), str(file)], run) == {key.split()[1] for key in (OLD, NEW, OTHER)}
    assert run.calls == [["ssh-keygen", "-y", "-P", "", "-f", str(file)], ["ssh-add", "-L"]]


# --- what servers show


def test_one_program_asks_all_hosts_of_a_port() -> None:
    answers = {
        "22": f"# a:22 SSH-2.0-x\na {NEW}\nWeb.Example {OTHER}\na {OLD}\na {NEW}\n2402:4e00::1 {OLD}\nb junk\n",
        "2222": f"[a]:2222 {OTHER}\n[2402:4e00::1]:2222 {NEW}\n",
    }
    run = Programs(lambda words: answers[words[4]])
    targets = [("b", 22), ("Web.example", 22), ("a", 22), ("a", 2222), ("2402:4E00:0::1", 2222), ("2402:4e00::1", 22)]
    assert scan(targets, 2.5, run) == {
        ("a", 22): tuple(sorted([OLD, NEW])),
        ("b", 22): (),
        ("Web.example", 22): (OTHER,),
        ("2402:4e00::1", 22): (OLD,),
        ("a", 2222): (OTHER,),
        ("2402:4E00:0::1", 2222): (NEW,),
    }
    assert sorted(run.calls) == [
        ["ssh-keyscan", "-T", "3", "-p", "22", "--", "2402:4e00::1", "Web.example", "a", "b"],
        ["ssh-keyscan", "-T", "3", "-p", "2222", "--", "2402:4E00:0::1", "a"],
    ]


def test_what_is_no_host_is_not_asked() -> None:
    run = Programs(lambda _words: "")
    assert scan([("-D", 22), ("a,b", 22), ("", 22)], 0, run) == {("-D", 22): (), ("a,b", 22): (), ("", 22): ()}
    assert scan([], 0, run) == {}
    assert run.calls == []


def test_a_silent_group_is_asked_one_by_one() -> None:
    run = Programs(lambda words: f"b {NEW}" if words[-1] == "b" and words[-2] == "--" else "")
    assert scan([("a", 22), ("b", 22), ("a", 23)], 0, run) == {("a", 22): (), ("b", 22): (NEW,), ("a", 23): ()}
    assert [call[4:] for call in sorted(run.calls)] == [
        *(["22", "--", "a"], ["22", "--", "a", "b"], ["22", "--", "b"], ["23", "--", "a"]),
    ]


def test_two_hundred_hosts_are_few_programs() -> None:
    run = Programs(lambda words: "".join(f"{host} {NEW}\n" for host in words[6:]))
    found = scan([(f"h{number}", 22) for number in range(200)], 1, run)
    assert set(found.values()) == {(NEW,)}
    assert len(run.calls) == 4


def test_the_real_program_asks_several_servers() -> None:
    with ssh_server(NEW) as one, ssh_server(OLD, "127.0.0.2", one.port):
        port = one.port
        found = scan([(host, port) for host in ("127.0.0.1", "127.0.0.2", "127.0.0.3", "LocalHost")], 2, RUN)
    expected = {"127.0.0.1": (NEW,), "127.0.0.2": (OLD,), "127.0.0.3": (), "LocalHost": (NEW,)}
    assert found == {(host, port): keys for host, keys in expected.items()}


def test_the_real_program_and_ipv6() -> None:
    with ExitStack() as stack:
        try:
            port = stack.enter_context(ssh_server(NEW, "::1", family=socket.AF_INET6)).port
        except OSError:
            pytest.skip("This machine has no IPv6.")
        found = scan([("::1", port), ("0:0:0:0:0:0:0:1", port), ("127.0.0.1", port)], 2, RUN)
    assert found == {("::1", port): (NEW,), ("0:0:0:0:0:0:0:1", port): (NEW,), ("127.0.0.1", port): ()}


def test_a_server_that_falls_silent_does_not_take_the_others_along() -> None:
    """ssh-keyscan waits for it for good, and prints nothing before its end."""
    with ssh_server(NEW) as good, ssh_server(None, "127.0.0.2", good.port):
        found = scan([("127.0.0.1", good.port), ("127.0.0.2", good.port)], 1, runner(1.5))
    assert found == {("127.0.0.1", good.port): (NEW,), ("127.0.0.2", good.port): ()}


# --- what known_hosts says


def test_entries_of_names(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    lines = [f"web,other {OLD}", f"[web]:2222 {NEW}", f"alias {OTHER}", *SSH.hashed([f"web {NEW}"])]
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    found = entries(str(file), ["web"], 22, SETTINGS, RUN)
    assert found.all_keys == [OLD, NEW]
    assert found.entries == [f"web {OLD}", lines[3]]
    assert entries(str(file), ["web"], 2222, SETTINGS, RUN).all_keys == [NEW]
    assert entries(str(file), ["alias"], 2222, SETTINGS, RUN).all_keys == []
    assert entries(str(file), ["alias"], 2222, SETTINGS._replace(host_key_alias="alias"), RUN).all_keys == [OTHER]
    assert [one.name for one in tmp_path.iterdir()] == ["known_hosts"]


def test_keys_of_all_files_that_ssh_reads(tmp_path: Path) -> None:
    files = [tmp_path / "one", tmp_path / "two", tmp_path / "missing"]
    files[0].write_text(f"web {OLD}\nweb {NEW}\n", encoding="utf-8")
    files[1].write_text(f"web {NEW}\nweb {OTHER}\n", encoding="utf-8")
    found = SETTINGS._replace(known_hosts=tuple(map(str, files)))
    assert known_keys(["web"], 22, found, RUN) == (OLD, NEW, OTHER)
    assert known_keys(["else"], 22, found, RUN) == ()


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(TencentCloudError, match="Is a directory"):
        entries(str(tmp_path), ["web"], 22, SETTINGS, RUN)


def test_the_lines_of_another_kind_of_key(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(f"@revoked web {OLD}\nweb {host_key(9, 'ssh-rsa')}\n", encoding="utf-8")
    assert entries(str(file), ["web"], 22, SETTINGS, RUN).all_keys == [host_key(9, "ssh-rsa")]
