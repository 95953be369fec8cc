# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""How Ansible reaches a host, and what ssh would really use for that: names, ports, and files of this controller.

ssh itself is asked (``ssh -G``), since ssh_config(5) has too many ways to say it. What it prints (7.0 to 10.0):

- Files of ``userknownhostsfile`` stand in one line, apart by a space, and are not quoted. Since OpenSSH 8.4 they are
  complete; before, a tilde stands as it was given and there were no tokens.
- An ``identityfile`` stands in a line of its own, with its tilde, tokens and variables as they were given.
- A host name and a ``HostKeyAlias`` are in lower case. Yes and no are ``true`` and ``false``.
- A tilde is the home directory of the user database, whatever HOME says; Ansible itself goes by HOME.
"""

from __future__ import annotations

import os
import pwd
import re
import shlex
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from ...module_utils._problems import Problem, invalid
from ...module_utils._ssh.host_key import entry_name

Run = Callable[[Sequence[str]], str]
"""Runs a program and gives its standard output, whatever its code; empty if the program is missing."""

FILE_OPTION = "reset_instance_known_hosts_file"
FILE_FIX = "Give one of those that it reads, leave the option out, or correct UserKnownHostsFile of ssh."
SSH_PORT = 22

_KINDS = {"smart": "ssh", "paramiko_ssh": "paramiko"}
_STRICT = {"true": "yes", "false": "no", "off": "no"}
_NO_FILES = ("none", os.devnull)
_BY_PARAMIKO = ("id_rsa", "id_ecdsa", "id_ed25519")


class Way(NamedTuple):
    """How Ansible reaches a host, frozen when the role begins.

    Attributes:
        kind: the connection plugin, as `kind_of_way` calls it.
        address: ``ansible_host``.
        user: empty if Ansible names none.
        port: 0 if Ansible names none: then ssh decides.
        arguments: ``ssh_args``, and the others too if nobody keeps them apart.
        later_arguments: ``ssh_common_args`` and ``ssh_extra_args``. ssh goes by the first value, and these come last.
        host_key_checking: what Ansible is set to.
        program: ``ssh_executable``.
    """

    kind: str
    address: str
    user: str
    port: int
    arguments: str
    private_key_file: str
    has_password: bool
    later_arguments: str = ""
    host_key_checking: bool = True
    program: str = "ssh"


class Settings(NamedTuple):
    """What would be used for a connection.

    Attributes:
        host_name: where it leads to, after aliases.
        host_key_alias: empty if there is none.
        known_hosts: the user's files, absolute; empty if none is read.
        identity_files: absolute; they need not exist.
        is_indirect: whether another host or a program is in between.
        strict: ``StrictHostKeyChecking``: yes, no, ask, accept-new.
        home: what a tilde stands for.
    """

    host_name: str
    port: int
    user: str
    host_key_alias: str
    known_hosts: tuple[str, ...]
    identity_files: tuple[str, ...]
    is_indirect: bool
    strict: str
    home: str


def kind_of_way(connection: str) -> str:
    """A connection plugin by its last name, and by one name where it has two."""
    name = connection.rpartition(".")[2]
    return _KINDS.get(name, name)


def home_for(kind: str) -> str:
    """The home directory that a connection goes by."""
    if kind == "ssh":
        with suppress(KeyError):
            return pwd.getpwuid(os.getuid()).pw_dir
    return os.path.expanduser("~")


def settings(way: Way, run: Run, home: str) -> Settings | None:
    """What would be used to reach a host; None if ssh cannot tell, or if there is no ssh in it.

    Args:
        home: what `home_for` says.
    """
    if way.kind == "paramiko":
        return _of_paramiko(way, home)
    if way.kind != "ssh":
        return None
    try:
        command = question(way)
    except ValueError:
        return None
    return _told(way, run(command), home)


def question(way: Way) -> list[str]:
    """The command that asks ssh: as Ansible would call it, in that order. Raises ValueError for a lone quote.

    By ``_build_command`` of ``ansible.builtin.ssh`` (2.16 to 2.21). It also has the way of authentication, the timeout
    and a control socket, which change nothing of the answer.
    """
    own = {
        "StrictHostKeyChecking=no": not way.host_key_checking,
        f"Port={way.port}": way.port,
        f'IdentityFile="{os.path.expanduser(way.private_key_file)}"': way.private_key_file,
        f'User="{way.user}"': way.user,
    }
    options = [word for option, is_given in own.items() if is_given for word in ("-o", option)]
    # What begins with a hyphen is a host, not an option that runs something.
    return [way.program, "-G", *_split(way.arguments), *options, *_split(way.later_arguments), "--", way.address]


def _split(arguments: str) -> list[str]:
    """As Ansible does it: empty words do not count."""
    return [word.strip() for word in shlex.split(arguments) if word.strip()]


def _told(way: Way, answer: str, home: str) -> Settings | None:
    lines = [line.partition(" ") for line in answer.splitlines()]
    # The first of several; only identity files are meant to be several.
    said = {key.lower(): value for key, _space, value in reversed(lines)}
    if not said.get("hostname") or not said.get("port", "").isdigit():
        return None
    alias = said.get("hostkeyalias", "")
    values = _tokens(way, said, home)
    return Settings(
        host_name=said["hostname"],
        port=int(said["port"]),
        user=said.get("user", ""),
        host_key_alias="" if alias == "none" else alias,
        known_hosts=tuple(_absolute(one, home) for one in _files(said.get("userknownhostsfile", ""))),
        identity_files=tuple(
            _absolute(_expanded(value, values), home)
            for key, _space, value in lines
            if key.lower() == "identityfile" and value != "none"
        ),
        is_indirect=any(said.get(key, "none") != "none" for key in ("proxyjump", "proxycommand")),
        strict=_STRICT.get(said.get("stricthostkeychecking", ""), said.get("stricthostkeychecking", "ask")),
        home=home,
    )


def _files(line: str) -> list[str]:
    """The files of a line in which nothing is quoted: a space belongs to a name unless a whole path follows it."""
    return [one for one in re.split(r" (?=[/~])", line) if one and one not in _NO_FILES]


def _absolute(path: str, home: str) -> str:
    """A path with its tilde as ssh expands it, from the folder that this program, and ssh, runs in."""
    name, slash, rest = path.partition("/")
    if name == "~":
        path = f"{home}{slash}{rest}"
    elif name.startswith("~"):
        with suppress(KeyError):
            path = f"{pwd.getpwnam(name[1:]).pw_dir}{slash}{rest}"
    return os.path.abspath(path)


def _tokens(way: Way, said: Mapping[str, str], home: str) -> dict[str, str]:
    """Section TOKENS of ssh_config(5), but %C and %j, which nobody uses for keys."""
    user, here = "", socket.gethostname()
    with suppress(KeyError):
        user = pwd.getpwuid(os.getuid()).pw_name
    return {
        "%": "%",
        "d": home,
        "h": said["hostname"],
        "i": str(os.getuid()),
        "k": said.get("hostkeyalias", "") or way.address,
        "L": here.partition(".")[0],
        "l": here,
        "n": way.address,
        "p": said["port"],
        "r": said.get("user", ""),
        "u": user,
    }


def _expanded(path: str, tokens: Mapping[str, str]) -> str:
    """A path with its tokens and its variables of the environment; what is neither stays."""

    def value(found: re.Match[str]) -> str:
        token, variable = found.groups()
        return str(tokens.get(token, found.group())) if token else os.environ.get(variable, found.group())

    return re.sub(r"%(.)|\$\{(\w+)\}", value, path)


def _of_paramiko(way: Way, home: str) -> Settings:
    """paramiko reads no ssh_config. Until 2.18 Ansible takes its ProxyCommand out of the arguments of ssh."""
    own = [_absolute(os.path.expanduser(way.private_key_file), home)] if way.private_key_file else []
    arguments = f"{way.arguments} {way.later_arguments}"
    return Settings(
        host_name=way.address.lower(),
        port=way.port or SSH_PORT,
        user=way.user,
        host_key_alias="",
        known_hosts=(os.path.join(home, ".ssh", "known_hosts"),),
        identity_files=(*own, *(os.path.join(home, ".ssh", name) for name in _BY_PARAMIKO)),
        is_indirect=bool(re.search(r"""(?i)\bproxycommand["']?[\s=]+(?!["']?none\b)""", arguments)),
        strict="ask" if way.host_key_checking else "no",
        home=home,
    )


def known_names(way: Way, settings: Settings | None, further: Sequence[str]) -> list[str]:
    """The names that are looked up in known_hosts, each once, without ports.

    Args:
        further: names that the user wants to have there as well.
    """
    own = settings.host_key_alias or settings.host_name if settings else way.address
    return list(dict.fromkeys(name.lower() for name in (own, *further) if name))


def entry_names(names: Sequence[str], settings: Settings, port: int) -> list[str]:
    """The names as they stand in known_hosts: with the port, except for a HostKeyAlias, which never has one."""
    alias = settings.host_key_alias
    return list(dict.fromkeys(name if name == alias else entry_name(name, port) for name in names))


def known_hosts_file(settings: Settings, wanted: str) -> tuple[str, Problem | None]:
    """The file to write host keys to, and what is wrong with the one that the user wants.

    It is empty where no file is read, such as with ``UserKnownHostsFile=/dev/null``: nothing need be written then.

    Args:
        wanted: empty for the first that is read.
    """
    if not wanted:
        return (settings.known_hosts or ("",))[0], None
    if wanted in _NO_FILES and not settings.known_hosts:
        return "", None
    path = _absolute(wanted, settings.home)
    read = {os.path.realpath(one): one for one in settings.known_hosts}
    if os.path.realpath(path) in read:
        return read[os.path.realpath(path)], None
    files = ", ".join(settings.known_hosts) or "no file of the user"
    return path, invalid(FILE_OPTION, f"ssh does not read {path} for {settings.host_name}. It reads {files}.", FILE_FIX)
