# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Why the new host key of a host could not come to be trusted, known before anything is wiped. Pure."""

from __future__ import annotations

from typing import NamedTuple

from ...module_utils._engine.rules import Rule, broken
from ...module_utils._errors import OptionError
from ...module_utils._problems import Problem, named
from ...module_utils._ssh.host_key import fingerprint
from .ssh import FILE_FIX, FILE_OPTION, Settings, Way, known_hosts_file

_KEYS_OPTION = "reset_instance_host_keys"
_WITHOUT_HOST_KEYS = ("winrm", "psrp", "local")
_ASKED = ("ssh-rsa", "ssh-ed25519", "ecdsa-sha2-")
"""The kinds of keys that every ssh-keyscan asks for."""


class SshContext(NamedTuple):
    """What is known of a host.

    Attributes:
        settings: None if ssh cannot tell.
        host_keys: the option, or its default.
        known_hosts_file: the option; empty if the user gave none.
        login: the option.
        names: what is looked up in known_hosts.
        scanned: the keys that it shows now; None if it was not asked.
        known: the keys that the files which ssh reads have for the names.
        write_error: why the file cannot be written.
        login_failed: whether it is known to be broken.
    """

    way: Way
    settings: Settings | None
    host_keys: str
    known_hosts_file: str = ""
    login: bool = True
    names: tuple[str, ...] = ()
    scanned: tuple[str, ...] | None = None
    known: tuple[str, ...] = ()
    write_error: str | None = None
    login_failed: bool = False

    @property
    def server(self) -> str:
        """Where ssh connects to, for a person."""
        return f"{self.settings.host_name} (port {self.settings.port})" if self.settings else self.way.address


def writes(c: SshContext) -> bool:
    """Whether host keys would be written for this host. Without a file that is read there is nothing to do."""
    if not c.login or c.host_keys not in ("scan", "inject") or c.settings is None:
        return False
    return known_hosts_file(c.settings, c.known_hosts_file) != ("", None)


def scans(c: SshContext) -> bool:
    """Whether the new host key would be looked for with ssh-keyscan."""
    return c.host_keys == "scan" and writes(c)


def _unknown(c: SshContext) -> str | None:
    mute = c.login and c.way.kind == "ssh" and c.settings is None
    return f"ssh cannot tell how it would connect to {c.way.address}." if mute else None


def _no_host_keys(c: SshContext) -> str | None:
    useless = c.login and c.host_keys == "inject" and c.way.kind in _WITHOUT_HOST_KEYS
    return f"The connection {c.way.kind} knows no SSH host keys." if useless else None


def _indirect(c: SshContext) -> str | None:
    indirect = scans(c) and c.settings and c.settings.is_indirect
    return (
        f"ssh reaches {c.way.address} through another host or program (ProxyJump, ProxyCommand), "
        "and ssh-keyscan cannot go that way."
        if indirect
        else None
    )


def _unread_file(c: SshContext) -> str | None:
    if c.settings is None or c.way.kind == "paramiko" or not writes(c):
        return None
    problem = known_hosts_file(c.settings, c.known_hosts_file)[1]
    return problem.message if problem else None


def _paramiko_file(c: SshContext) -> str | None:
    if c.settings is None or c.way.kind != "paramiko" or not writes(c):
        return None
    path, problem = known_hosts_file(c.settings, c.known_hosts_file)
    return f"paramiko does not read {path}. It reads {c.settings.known_hosts[0]} alone." if problem else None


def _unwritable(c: SshContext) -> str | None:
    # A file that is not read is refused for that.
    wrong_file = _unread_file(c) or _paramiko_file(c)
    return c.write_error if writes(c) and not wrong_file else None


def _silent(c: SshContext) -> str | None:
    silent = scans(c) and not _indirect(c) and c.scanned == () and not c.login_failed
    return f"Nothing answers ssh-keyscan at {c.server}, where the new host key is looked for." if silent else None


def _another_server(c: SshContext) -> str | None:
    known = [key for key in c.known if key.startswith(_ASKED)]
    if not scans(c) or _indirect(c) or not c.scanned or not known or set(known) & set(c.scanned):
        return None
    shows, says = (named([fingerprint(key) for key in keys]) for keys in (c.scanned, known))
    who = named(c.names) or c.way.address
    return f"What answers at {c.server} shows the host key {shows}, and known_hosts has {says} for {who}."


SSH_RULES: tuple[Rule[SshContext], ...] = (
    Rule(
        (OptionError.code,),
        "reset_instance_login",
        _unknown,
        "Run ssh -G with the same arguments to see why, and correct ansible_ssh_args, ansible_ssh_common_args or "
        "ssh_config; or set it to false.",
    ),
    Rule((OptionError.code,), _KEYS_OPTION, _no_host_keys, "Leave it out, or set it to none."),
    Rule((OptionError.code,), _KEYS_OPTION, _indirect, "Set it to inject or none."),
    Rule((OptionError.code,), FILE_OPTION, _unread_file, FILE_FIX),
    Rule((OptionError.code,), FILE_OPTION, _paramiko_file, "Leave the option out, or set ansible_connection to ssh."),
    Rule(
        (OptionError.code,),
        FILE_OPTION,
        _unwritable,
        "Make it writable, have ssh read another file (UserKnownHostsFile), or set reset_instance_host_keys to none.",
    ),
    Rule(
        (OptionError.code,),
        _KEYS_OPTION,
        _silent,
        "Check ansible_host, ansible_port and HostName of ssh_config, and that this controller may connect (firewall), "
        "or set it to inject or none.",
    ),
    Rule(
        (OptionError.code,),
        _KEYS_OPTION,
        _another_server,
        "Something else answers there, or a load balancer, or known_hosts is out of date. Correct ansible_host, or "
        "make sure which server it is and remove the old lines with ssh-keygen -R.",
    ),
)
"""What would go wrong after the disk is wiped. For a connection without ssh, and without a login, none applies."""


def ssh_problems(c: SshContext) -> list[Problem]:
    """All that would keep the new host key from being trusted."""
    return broken(SSH_RULES, c)
