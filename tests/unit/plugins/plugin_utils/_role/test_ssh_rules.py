# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which hosts are refused before their disks are wiped: each rule with what breaks it, and what comes close."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._ssh.host_key import fingerprint
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.ssh import Settings, Way
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.ssh_rules import (
    SSH_RULES,
    SshContext,
    scans,
    ssh_problems,
    writes,
)
from tests.unit.support.host_keys import NEW, OLD, OTHER, host_key

KEYS, FILE = "reset_instance_host_keys", "reset_instance_known_hosts_file"
SETTINGS = Settings("10.0.0.9", 2222, "", "", ("/h/known_hosts",), (), False, "ask", "/h")
PROXY = SETTINGS._replace(is_indirect=True)
UNREAD = SETTINGS._replace(known_hosts=())
GOOD = SshContext(
    way=Way("ssh", "web", "", 0, "", "", False),
    settings=SETTINGS,
    host_keys="scan",
    names=("10.0.0.9",),
    scanned=(NEW,),
    known=(NEW, OTHER),
)


def changed(**changes: Any) -> SshContext:
    """A host that is fine but for this."""
    kind = changes.pop("kind", "ssh")
    return GOOD._replace(way=GOOD.way._replace(kind=kind), **changes)


@pytest.mark.parametrize(
    ("changes", "option", "words"),
    [
        ({"settings": None}, "reset_instance_login", "ssh cannot tell how it would connect to web."),
        (
            {"settings": None, "kind": "winrm", "host_keys": "inject"},
            KEYS,
            "The connection winrm knows no SSH host keys.",
        ),
        ({"settings": PROXY, "scanned": (), "known": (OLD,)}, KEYS, "ssh reaches web through another host or program"),
        ({"known_hosts_file": "/x"}, FILE, "ssh does not read /x for 10.0.0.9. It reads /h/known_hosts."),
        ({"known_hosts_file": "/x", "host_keys": "inject"}, FILE, "ssh does not read /x"),
        ({"known_hosts_file": "/x", "settings": UNREAD}, FILE, "It reads no file of the user."),
        ({"known_hosts_file": "/x", "write_error": "/x cannot be written."}, FILE, "ssh does not read /x"),
        (
            {"known_hosts_file": "/x", "kind": "paramiko", "write_error": "/x cannot be written."},
            FILE,
            "paramiko does not read /x. It reads /h/known_hosts alone.",
        ),
        ({"settings": PROXY, "kind": "paramiko"}, KEYS, "ssh reaches web through"),
        ({"write_error": "/h/known_hosts is no file."}, FILE, "/h/known_hosts is no file."),
        ({"write_error": "/h/known_hosts is no file.", "host_keys": "inject"}, FILE, "/h/known_hosts is no file."),
        ({"scanned": ()}, KEYS, "Nothing answers ssh-keyscan at 10.0.0.9 (port 2222), where"),
        ({"scanned": (), "known": ()}, KEYS, "Nothing answers ssh-keyscan"),
        (
            {"scanned": (OLD,)},
            KEYS,
            f"shows the host key {fingerprint(OLD)}, and known_hosts has {fingerprint(NEW)}, {fingerprint(OTHER)} for",
        ),
        ({"scanned": (OLD,), "login_failed": True}, KEYS, "What answers at"),
    ],
)
def test_a_host_that_is_refused(changes: dict[str, Any], option: str, words: str) -> None:
    (problem,) = ssh_problems(changed(**changes))
    assert (problem.code, problem.option) == ("InvalidOption", option)
    assert problem.message.startswith(words) or words in problem.message
    assert problem.message.endswith(".")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"kind": "paramiko"},
        {"known_hosts_file": "/h/known_hosts"},
        # Not asked to trust anything.
        *[
            {**off, "known_hosts_file": "/x", "write_error": "no", "scanned": (), "settings": PROXY}
            for off in ({"login": False}, {"host_keys": "none"})
        ],
        {"login": False, "settings": None},
        # No host key is of any use to these.
        *[{"kind": kind, "settings": None, "scanned": None, "known": ()} for kind in ("winrm", "psrp", "local", "odd")],
        {"kind": "winrm", "settings": None, "host_keys": "inject", "login": False},
        {"kind": "libssh", "settings": None, "host_keys": "inject"},
        # No file is read: nothing is written.
        {"settings": UNREAD._replace(is_indirect=True), "write_error": "no", "scanned": (), "known": ()},
        # Handed over: the way need not be one for ssh-keyscan.
        {"host_keys": "inject", "settings": PROXY, "scanned": None},
        {"host_keys": "inject", "scanned": (OLD,)},
        # It was not asked, or is broken.
        {"scanned": None},
        {"scanned": (), "login_failed": True},
        # Nothing is known, or nothing that could be compared.
        {"scanned": (OLD,), "known": ()},
        {"scanned": (OLD,), "known": (host_key(4, "ssh-dss"), host_key(5, "sk-ssh-ed25519@openssh.com"))},
        # One of them is enough: a kind of key may have come or gone.
        {"scanned": (OLD, OTHER)},
    ],
)
def test_a_host_that_is_let_pass(changes: dict[str, Any]) -> None:
    assert ssh_problems(changed(**changes)) == []


def test_kinds_that_were_not_asked_for_do_not_count() -> None:
    (problem,) = ssh_problems(changed(scanned=(OLD,), known=(host_key(4, "ssh-dss"), NEW)))
    assert fingerprint(NEW) in problem.message
    assert fingerprint(host_key(4, "ssh-dss")) not in problem.message


def test_all_problems_are_told_at_once() -> None:
    several = changed(known_hosts_file="/x", scanned=())
    assert [problem.option for problem in ssh_problems(several)] == [FILE, KEYS]


@pytest.mark.parametrize(
    ("changes", "written", "scanned"),
    [
        ({}, True, True),
        ({"host_keys": "inject"}, True, False),
        ({"host_keys": "none"}, False, False),
        ({"login": False}, False, False),
        ({"settings": None}, False, False),
        ({"settings": UNREAD}, False, False),
        ({"settings": UNREAD, "known_hosts_file": "/dev/null"}, False, False),
        ({"settings": UNREAD, "known_hosts_file": "/x"}, True, True),
    ],
)
def test_what_would_be_done(changes: dict[str, Any], written: bool, scanned: bool) -> None:
    context = changed(**changes)
    assert (writes(context), scans(context)) == (written, scanned)


def test_every_rule_names_an_option_of_the_role_and_what_to_do() -> None:
    for rule in SSH_RULES:
        assert rule.option.startswith("reset_instance_")
        assert rule.fix.endswith(".")
        assert rule.hard
