# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ssh would use, by its own word: from answers of several releases, and from the ssh of this machine."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.plugin_utils._role.ssh import (
    Settings,
    Way,
    entry_names,
    home_for,
    kind_of_way,
    known_hosts_file,
    known_names,
    question,
    settings,
)
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.ssh_keys import runner

HOME = pwd.getpwuid(os.getuid()).pw_dir
ME = pwd.getpwuid(os.getuid()).pw_name
RUN = runner(20)
WAY = Way("ssh", "web", "", 0, "", "", False)
FOUND = Settings("10.0.0.9", 2222, "bob", "", ("/h/.ssh/known_hosts", "/h/.ssh/known_hosts2"), (), False, "ask", "/h")
LEAST = "hostname web\nport 22\nuser me\n"


def told(answer: str, way: Way = WAY) -> Settings | None:
    """What is made of an answer of ssh."""
    return settings(way, lambda _words: answer, "/h")


# --- what ssh is asked


def test_ssh_is_asked_as_ansible_calls_it() -> None:
    way = WAY._replace(
        user="ad min",
        port=2200,
        arguments="-C -o ControlPersist=60s",
        private_key_file="~/k",
        later_arguments="-o 'UserKnownHostsFile=/a b' ''",
        host_key_checking=False,
        program="/opt/ssh",
    )
    own = ("-o", "StrictHostKeyChecking=no", "-o", "Port=2200", "-o", f'IdentityFile="{os.path.expanduser("~/k")}"')
    assert question(way) == [
        *("/opt/ssh", "-G", "-C", "-o", "ControlPersist=60s", *own, "-o", 'User="ad min"'),
        *("-o", "UserKnownHostsFile=/a b", "--", "web"),
    ]
    assert question(WAY) == ["ssh", "-G", "--", "web"]


@pytest.mark.parametrize("kind", ["winrm", "psrp", "local", "docker"])
def test_without_ssh_nothing_is_asked(kind: str) -> None:
    def run(words: Sequence[str]) -> str:
        raise AssertionError(words)

    assert settings(WAY._replace(kind=kind), run, HOME) is None


@pytest.mark.parametrize("answer", ["", "hostname web\n", "port 22\n", "hostname web\nport ssh\n", "usage: ssh"])
def test_an_answer_that_tells_nothing(answer: str) -> None:
    assert told(answer) is None


def test_arguments_that_cannot_be_split() -> None:
    assert told(LEAST, WAY._replace(arguments="-o 'x")) is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *[("ansible.builtin.ssh", "ssh"), ("smart", "ssh"), ("ssh", "ssh"), ("paramiko_ssh", "paramiko")],
        *[("ansible.netcommon.libssh", "libssh"), ("ansible.builtin.winrm", "winrm")],
    ],
)
def test_a_connection_has_one_name(name: str, kind: str) -> None:
    assert kind_of_way(name) == kind


def test_ssh_goes_by_the_user_database_and_paramiko_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/elsewhere")
    assert (home_for("ssh"), home_for("paramiko")) == (HOME, "/elsewhere")


# --- what the answer says


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("", "known_hosts", ()),
        ("userknownhostsfile none", "known_hosts", ()),
        ("userknownhostsfile /dev/null", "known_hosts", ()),
        ("userknownhostsfile /dev/null /x", "known_hosts", ("/x",)),
        ("userknownhostsfile /a /b", "known_hosts", ("/a", "/b")),
        ("userknownhostsfile /a b/kh /c d", "known_hosts", ("/a b/kh", "/c d")),
        # OpenSSH before 8.4.
        ("userknownhostsfile ~/.ssh/known_hosts ~/.ssh/%h", "known_hosts", ("/h/.ssh/known_hosts", "/h/.ssh/%h")),
        # Since then what still looks like a token is none.
        ("userknownhostsfile /100%h/kh", "known_hosts", ("/100%h/kh",)),
        ("userknownhostsfile kh", "known_hosts", (os.path.abspath("kh"),)),
        ("identityfile ~/.ssh/id a", "identity_files", ("/h/.ssh/id a",)),
        ("identityfile %d/%h-%n-%p-%r-%k-%i-%%-%Z", "identity_files", (f"/h/web-web-22-me-web-{os.getuid()}-%-%Z",)),
        ("identityfile /%u", "identity_files", (f"/{ME}",)),
        ("identityfile ${THERE}/${MISSING}", "identity_files", ("/there/${MISSING}",)),
        ("identityfile /a\nidentityfile none\nidentityfile /b", "identity_files", ("/a", "/b")),
        ("hostkeyalias none", "host_key_alias", ""),
        ("hostkeyalias web-1", "host_key_alias", "web-1"),
        ("hostname first\nhostname second", "host_name", "web"),
        ("proxyjump none", "is_indirect", False),
        ("proxycommand none", "is_indirect", False),
        ("proxyusefdpass no", "is_indirect", False),
        ("proxyjump bastion", "is_indirect", True),
        ("proxycommand nc %h %p", "is_indirect", True),
        ("stricthostkeychecking false", "strict", "no"),
        ("stricthostkeychecking off", "strict", "no"),
        ("stricthostkeychecking true", "strict", "yes"),
        ("stricthostkeychecking accept-new", "strict", "accept-new"),
        ("", "strict", "ask"),
    ],
)
def test_a_line(line: str, field: str, value: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THERE", "/there")
    monkeypatch.delenv("MISSING", raising=False)
    found = told(f"{LEAST}{line}\n")
    assert found is not None
    assert getattr(found, field) == value


# --- names and files


@pytest.mark.parametrize(
    ("found", "further", "names"),
    [
        (FOUND, [], ["10.0.0.9"]),
        (FOUND, ["Web.example", "10.0.0.9", ""], ["10.0.0.9", "web.example"]),
        (FOUND._replace(host_key_alias="web-1"), ["10.0.0.9"], ["web-1", "10.0.0.9"]),
        (None, ["x"], ["web", "x"]),
    ],
)
def test_names(found: Settings | None, further: list[str], names: list[str]) -> None:
    assert known_names(WAY, found, further) == names


def test_an_alias_never_stands_with_a_port() -> None:
    found = FOUND._replace(host_key_alias="web-1")
    assert entry_names(["web-1", "10.0.0.9"], found, 2222) == ["web-1", "[10.0.0.9]:2222"]
    assert entry_names(["10.0.0.9"], FOUND, 22) == ["10.0.0.9"]


@pytest.mark.parametrize(
    ("files", "wanted", "path"),
    [
        (FOUND.known_hosts, "", "/h/.ssh/known_hosts"),
        (FOUND.known_hosts, "~/.ssh/known_hosts2", "/h/.ssh/known_hosts2"),
        (FOUND.known_hosts, "/h/x/../.ssh/known_hosts", "/h/.ssh/known_hosts"),
        ((), "", ""),
        ((), "/dev/null", ""),
        ((), "none", ""),
    ],
)
def test_a_file_that_is_read(files: tuple[str, ...], wanted: str, path: str) -> None:
    assert known_hosts_file(FOUND._replace(known_hosts=files), wanted) == (path, None)


@pytest.mark.parametrize(("read", "wanted"), [("link", "real"), ("real", "link")])
def test_a_link_to_a_file_that_is_read(tmp_path: Path, read: str, wanted: str) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    found = FOUND._replace(known_hosts=(str(tmp_path / read),))
    assert known_hosts_file(found, str(tmp_path / wanted)) == (str(tmp_path / read), None)


@pytest.mark.parametrize(
    ("files", "wanted", "words"),
    [
        (("/etc/kh", "/b"), "/other", "ssh does not read /other for 10.0.0.9. It reads /etc/kh, /b."),
        ((), "~/kh", "ssh does not read /h/kh for 10.0.0.9. It reads no file of the user."),
        (("/b",), "/dev/null", "ssh does not read /dev/null for 10.0.0.9. It reads /b."),
    ],
)
def test_a_file_that_is_not_read(files: tuple[str, ...], wanted: str, words: str) -> None:
    _path, problem = known_hosts_file(FOUND._replace(known_hosts=files), wanted)
    assert problem is not None
    assert (problem.code, problem.option) == ("InvalidOption", "reset_instance_known_hosts_file")
    assert problem.message == words
    assert "UserKnownHostsFile" in problem.fix


# --- paramiko


def test_paramiko_reads_one_file_and_no_configuration() -> None:
    way = Way("paramiko", "Web", "bob", 0, "-o UserKnownHostsFile=/x", "/k", False)
    files = ("/k", "/h/.ssh/id_rsa", "/h/.ssh/id_ecdsa", "/h/.ssh/id_ed25519")
    expected = Settings("web", 22, "bob", "", ("/h/.ssh/known_hosts",), files, False, "ask", "/h")
    assert told("", way) == expected


@pytest.mark.parametrize(
    ("arguments", "indirect"),
    [
        ("-o ProxyCommand='nc %h %p'", True),
        ("-o 'proxycommand nc'", True),
        ("-o 'ProxyCommand=\"nc\"'", True),
        ("-o ProxyCommand=none", False),
        ("-o ProxyJump=b", False),
        ("", False),
    ],
)
def test_paramiko_with_a_proxy(arguments: str, indirect: bool) -> None:
    for way in (WAY._replace(arguments=arguments), WAY._replace(later_arguments=arguments)):
        found = told("", way._replace(kind="paramiko"))
        assert found is not None
        assert found.is_indirect is indirect


# --- the ssh of this machine


CONFIG = """
Host alias
  HostName 10.0.0.9
  User bob
  Port 2201
  HostKeyAlias Web-1
  UserKnownHostsFile ~/kh "{folder}/with space/kh" %d/%h_%p_%r_%u_%k_%n_%% ${{VARIABLE}}/kh
  IdentityFile ~/id_%h
  IdentityFile "%d/with space_%r"
Host jump
  ProxyJump bastion
Host command
  ProxyCommand nc %h %p
Host nothing
  UserKnownHostsFile none
Host null
  UserKnownHostsFile /dev/null
  StrictHostKeyChecking no
Host *
  ProxyCommand none
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The argument for a configuration file; HOME leads astray."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("VARIABLE", "/variable")
    file = tmp_path / "ssh config"
    file.write_text(CONFIG.format(folder=tmp_path), encoding="utf-8")
    return f"-F '{file}'"


def asked(address: str, arguments: str, **changes: Any) -> Settings:
    """What the real ssh says."""
    found = settings(WAY._replace(address=address, arguments=arguments, **changes), RUN, HOME)
    assert found is not None
    return found


def test_an_alias(config: str, tmp_path: Path) -> None:
    found = asked("alias", config)
    assert found == Settings(
        host_name="10.0.0.9",
        port=2201,
        user="bob",
        host_key_alias="web-1",
        known_hosts=(
            f"{HOME}/kh",
            f"{tmp_path}/with space/kh",
            f"{HOME}/10.0.0.9_2201_bob_{ME}_web-1_alias_%",
            "/variable/kh",
        ),
        identity_files=(f"{HOME}/id_10.0.0.9", f"{HOME}/with space_bob"),
        is_indirect=False,
        strict="ask",
        home=HOME,
    )


def test_what_ansible_adds_comes_before_the_configuration(config: str) -> None:
    found = asked("alias", config, port=22, user="al ice", private_key_file="~/a b", later_arguments="-o Port=9 -l x")
    assert (found.port, found.user) == (22, "al ice")
    assert found.identity_files[0] == os.path.expanduser("~/a b")


def test_arguments_of_ssh_come_before_what_ansible_adds(config: str) -> None:
    assert asked("alias", f"{config} -p 2300", port=22).port == 2300


@pytest.mark.parametrize(
    ("address", "field", "value"),
    [
        ("jump", "is_indirect", True),
        ("command", "is_indirect", True),
        ("plain", "is_indirect", False),
        ("nothing", "known_hosts", ()),
        ("null", "known_hosts", ()),
        ("null", "strict", "no"),
        ("plain", "known_hosts", (f"{HOME}/.ssh/known_hosts", f"{HOME}/.ssh/known_hosts2")),
        ("Web.Example", "host_name", "web.example"),
        ("2402:4e00::1", "host_name", "2402:4e00::1"),
        ("plain", "port", 22),
        ("plain", "user", ME),
    ],
)
def test_a_host_of_the_configuration(config: str, address: str, field: str, value: object) -> None:
    assert getattr(asked(address, config), field) == value


@pytest.mark.parametrize(
    ("arguments", "field", "value"),
    [
        ("-J bastion", "is_indirect", True),
        ("-o ProxyJump=none", "is_indirect", False),
        ("-o ProxyCommand='nc %h %p'", "is_indirect", True),
        ("""-o 'UserKnownHostsFile="/a b/kh" /x /y%%z'""", "known_hosts", ("/a b/kh", "/x", "/y%z")),
        ("-o UserKnownHostsFile=~/here", "known_hosts", (f"{HOME}/here",)),
        ("-o UserKnownHostsFile=here", "known_hosts", (os.path.abspath("here"),)),
        ("-o HostKeyAlias=A", "host_key_alias", "a"),
        ("-o StrictHostKeyChecking=yes", "strict", "yes"),
        ("-o StrictHostKeyChecking=accept-new", "strict", "accept-new"),
    ],
)
def test_arguments(arguments: str, field: str, value: object) -> None:
    assert getattr(asked("host", f"-F none {arguments}"), field) == value
    assert getattr(asked("host", "-F none", later_arguments=arguments), field) == value


def test_checking_that_ansible_is_told_to_leave_out() -> None:
    assert asked("host", "-F none", host_key_checking=False).strict == "no"


@pytest.mark.parametrize("arguments", ["-F /missing", "-o NoSuch=option", "-o UserKnownHostsFile=/%x", "-o Port=x"])
def test_arguments_that_ssh_refuses(arguments: str) -> None:
    assert settings(WAY._replace(arguments=arguments), RUN, HOME) is None


def test_a_host_is_no_option(tmp_path: Path) -> None:
    made = tmp_path / "made"
    settings(WAY._replace(address=f"-oProxyCommand=touch {made}"), RUN, HOME)
    assert not made.exists()


def test_without_ssh_nothing_is_known() -> None:
    assert settings(WAY._replace(program="/missing/ssh"), RUN, HOME) is None


# --- the ssh plugin of this ansible-core

BUILD = """
import json, os, sys
from ansible.playbook.play_context import PlayContext
from ansible.plugins.loader import connection_loader, init_plugin_loader
init_plugin_loader()
plugin = connection_loader.get("ansible.builtin.ssh", PlayContext(), os.devnull)
plugin.set_options(var_options=json.loads(sys.argv[1]))
print(json.dumps([word.decode() for word in plugin._build_command("ssh", "ssh", sys.argv[2])]))
"""


@pytest.mark.parametrize("address", ["alias", "plain"])
def test_the_command_of_ansible_says_the_same(config: str, address: str) -> None:
    late = "-o Port=9 -o User=late -o 'UserKnownHostsFile=/late here/kh' -J bastion"
    variables = {
        "ansible_ssh_args": config,
        "ansible_ssh_common_args": late,
        "ansible_port": 2200,
        "ansible_user": "al ice",
        "ansible_ssh_private_key_file": "~/a b",
        "ansible_host_key_checking": False,
        "ansible_ssh_extra_args": "-o HostKeyAlias=extra",
    }
    words = [sys.executable, "-c", BUILD, json.dumps(variables), address]
    done = subprocess.run(words, capture_output=True, check=True, text=True)
    program, *rest = json.loads(done.stdout.splitlines()[-1])

    def as_ansible(_words: Sequence[str]) -> str:
        return RUN([program, "-G", *rest])

    way = Way("ssh", address, "al ice", 2200, config, "~/a b", False, f"{late} -o HostKeyAlias=extra", False)
    found = settings(way, RUN, HOME)
    assert found is not None
    assert found == settings(way, as_ansible, HOME)
    assert (found.port, found.user, found.strict, found.is_indirect) == (2200, "al ice", "no", True)
