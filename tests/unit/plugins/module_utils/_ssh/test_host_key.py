# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What keys, names and lines of known_hosts are, and which lines belong to a name."""

from __future__ import annotations

import subprocess

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._ssh.host_key import (
    entry_name,
    fingerprint,
    is_name,
    key_of,
    line_of,
    split_by_names,
)
from tests.unit.support.host_keys import NEW, OLD, OTHER


@pytest.mark.parametrize("name", ["web-01", "web_01.example.com", "192.0.2.1", "2001:db8::1", "fe80::1%eth0", "::1"])
def test_names(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name", ["", "-oProxy", "a b", "a,b", "*.example", "!a", "[a]:22", "a\nb", "a\n", "|1|x|y", "#a", "@a", "a;b", "$a"]
)
def test_what_is_no_name(name: str) -> None:
    assert not is_name(name)


def test_the_name_of_an_entry() -> None:
    assert entry_name("Web-01", 22) == "web-01"
    assert entry_name("2001:DB8::1", 2222) == "[2001:db8::1]:2222"


def test_a_key_loses_its_comment() -> None:
    assert key_of(f"{NEW} root@web 01") == NEW


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ssh-ed25519",
        "ssh-ed25519 AAAA",
        "ssh-ed25519 !!!!",
        NEW.replace("ssh-ed25519", "ssh-rsa"),
        NEW + "\nssh-rsa",
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        f"web {NEW}",
        "ssh-\u00e9d25519 AAAA",
    ],
)
def test_what_is_no_key(text: str) -> None:
    assert key_of(text) is None


def test_a_fingerprint_is_that_of_ssh_keygen() -> None:
    shown = subprocess.run(["ssh-keygen", "-lf", "-"], input=NEW, capture_output=True, text=True, check=True).stdout
    assert shown.split()[1] == fingerprint(NEW)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# web-01 comment",
        f"@revoked web-01 {OLD}",
        f"@cert-authority * {OLD}",
        "web-01",
        "web-01 rubbish",
        "a 1 2 3",
    ],
)
def test_lines_of_nobody(text: str) -> None:
    assert line_of(text) is None
    assert split_by_names([text], ["web-01"], {}).kept == [text]


def test_a_line_of_the_name_alone() -> None:
    found = split_by_names(["# c", f"  Web-01\t{OLD} comment\r", f"web-02 {OTHER}"], ["web-01"], {})
    assert found.kept == ["# c", f"web-02 {OTHER}"]
    assert found.entries == [f"Web-01 {OLD} comment"]
    assert found.keys == {"web-01": [OLD]}


def test_a_line_that_serves_others_too_is_divided() -> None:
    found = split_by_names([f"a,b,c {OLD} x"], ["c", "a"], {})
    assert found.kept == [f"b {OLD} x"]
    assert found.entries == [f"a,c {OLD} x"]
    assert found.keys == {"c": [OLD], "a": [OLD]}
    assert found.all_keys == [OLD]


def test_patterns_stay() -> None:
    lines = [f"*.example,!a.example {OLD}", f"a.example,*.example {NEW}", f"a.example,!b {OTHER}"]
    found = split_by_names(lines, ["a.example"], {})
    assert found.kept == [lines[0], f"*.example {NEW}"]
    assert found.entries == [f"a.example {NEW}", f"a.example {OTHER}"]


def test_a_hashed_line_is_the_name_s_that_it_was_found_for() -> None:
    lines = [f"|1|salt|one {OLD}", f"|1|salt|two {NEW}"]
    found = split_by_names(lines, ["a", "b"], {"b": {2}})
    assert (found.kept, found.entries) == (lines[:1], lines[1:])
    assert found.keys == {"a": [], "b": [NEW]}
