# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What will be done with host keys after the reset, tried beforehand: names, file, writing, scanning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ...module_utils._errors import TencentCloudError
from ...module_utils._problems import Problem, invalid
from ...module_utils._ssh.known_hosts import rehearse
from .server import Server
from .ssh import SSH_PORT, Run, Settings, known_hosts_file, known_names
from .ssh_keys import Target, entries, known_keys, scan
from .ssh_rules import SshContext, scans, ssh_problems, writes

SCAN_SECONDS = 10.0
NOT_CHECKED = "ssh keeps no host keys of this server (UserKnownHostsFile), so that none was entered."
ALIAS_AND_PORT = invalid(
    "reset_instance_host_keys",
    "ssh looks the server up by a HostKeyAlias, which has no port in known_hosts, and the port is not 22.",
    "Set it to none, or leave the alias out.",
)


class Rehearsal(NamedTuple):
    """What was tried for one server.

    Attributes:
        trusts: whether host keys will be entered.
        names: those in known_hosts, without ports.
        host: what is scanned.
        port: that of the present system.
        path: the file; empty if none is written.
        entries: the lines that it has for the names.
        old_keys: the host keys of the present system, as known and as shown.
        problems: what would not work.
        notes: what the user should know.
    """

    trusts: bool
    port: int
    names: Sequence[str] = ()
    host: str = ""
    path: str = ""
    entries: Sequence[str] = ()
    old_keys: Sequence[str] = ()
    problems: Sequence[Problem] = ()
    notes: Sequence[str] = ()

    def for_tasks(self) -> dict[str, Any]:
        """What the tasks need of it."""
        return {
            "names": list(self.names),
            "host": self.host,
            "path": self.path,
            "entries": list(self.entries),
            "old_keys": list(self.old_keys),
        }


def rehearsed(servers: Iterable[Server], run: Run) -> dict[str, Rehearsal]:
    """The rehearsal of each server, by its host.

    Args:
        run: runs the programs of OpenSSH.
    """
    contexts = {str(server.memory.begun["host"]): (server, _context(server)) for server in servers}
    targets = {
        (c.settings.host_name, c.settings.port)
        for server, c in contexts.values()
        if c.settings and scans(c) and server.is_fresh and not c.settings.is_indirect and not c.login_failed
    }
    shown = scan(targets, SCAN_SECONDS, run) if targets else {}
    return {host: _rehearsed(server, _with_scan(c, shown), run) for host, (server, c) in contexts.items()}


def _context(server: Server) -> SshContext:
    found, options = server.settings, server.options
    return SshContext(
        way=server.way,
        settings=found,
        host_keys=options["host_keys"],
        known_hosts_file=options["known_hosts_file"],
        login=server.logs_in,
        names=tuple(known_names(server.way, found, options["host_key_names"])) if found else (),
        # A server that is broken may show nothing, and one that is not looked at may be broken.
        login_failed=server.was_reached is not True,
    )


def _with_scan(c: SshContext, shown: Mapping[Target, tuple[str, ...]]) -> SshContext:
    return c._replace(scanned=shown.get((c.settings.host_name, c.settings.port))) if c.settings else c


def _rehearsed(server: Server, c: SshContext, run: Run) -> Rehearsal:
    found = c.settings
    port = found.port if found else server.way.port or SSH_PORT
    if not found or not writes(c):
        notes = [NOT_CHECKED] if found and server.trusts else []
        return Rehearsal(False, port, problems=ssh_problems(c), notes=notes)
    path, _problem = known_hosts_file(found, c.known_hosts_file)
    lines, known, error = _known(path, c, found, run)
    c = c._replace(known=known, write_error=error or _write_error(path))
    alias = found.host_key_alias and port_after(server) != SSH_PORT
    return Rehearsal(
        trusts=True,
        port=port,
        names=c.names,
        host=found.host_name,
        path=path,
        entries=lines,
        old_keys=sorted({*known, *(c.scanned or ())}),
        problems=[*ssh_problems(c), *([ALIAS_AND_PORT] if alias else [])],
    )


def port_after(server: Server) -> int:
    """The port of the new system, as far as it can be told: the API may name another one once the image runs."""
    found = server.settings.port if server.settings else server.way.port
    return int(server.options["login_port"] or found or SSH_PORT)


def _write_error(path: str) -> str | None:
    """What a write would end with, tried without leaving anything."""
    try:
        rehearse(path)
    except TencentCloudError as error:
        return str(error)
    return None


def _known(path: str, c: SshContext, found: Settings, run: Run) -> tuple[Sequence[str], tuple[str, ...], str | None]:
    """The lines of the file for the names, the keys that any file of the user has for them, or why one is not read."""
    try:
        lines = entries(path, c.names, found.port, found, run).entries
        return lines, known_keys(c.names, found.port, found, run), None
    except TencentCloudError as error:
        return (), (), str(error)
