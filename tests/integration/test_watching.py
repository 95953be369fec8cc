# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What watches the processes of all these tests finds what they show, however it was given and wherever it is shown."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from tests.secrecy import leaks

from .harness import SECRET_KEY, Ansible

PASSWORD = 'Watched "Pass" <7>'
SCRIPT = "#!/bin/sh\necho the-user-data\n"


def process(folder: Path, command: str, given: str | None = None, **environment: str) -> None:
    subprocess.run(
        ["sh", "-c", command], cwd=folder, env=environment, input=given, capture_output=True, text=True, check=True
    )


GIVEN: dict[str, dict[str, Any]] = {
    "environment": {"environment": {"NEW_PASSWORD": PASSWORD}},
    "a file": {"file": {"all": {"vars": [{"ansible_password": PASSWORD}]}}},
    "input": {"given": json.dumps({"login_settings": {"password": PASSWORD}})},
}


@pytest.mark.parametrize("way", GIVEN)
@pytest.mark.parametrize("place", ["out", "err", "a file"])
def test_a_secret_is_found_wherever_it_is_shown(tmp_path: Path, way: str, place: str) -> None:
    def given(file: Any = None, given: str | None = None, environment: dict[str, str] | None = None) -> None:
        (tmp_path / "given.yml").write_text(yaml.safe_dump(file), encoding="utf-8")
        (tmp_path / "shown").write_text(f"it is {PASSWORD}", encoding="utf-8")
        command = {"out": "cat shown", "err": "cat shown >&2", "a file": "cp shown log"}[place]
        process(tmp_path, command, given, PATH="/usr/bin:/bin", **(environment or {}))

    with pytest.raises(AssertionError, match="A secret is shown by"):
        given(**GIVEN[way])


FORMS = {
    "base64": base64.b64encode(PASSWORD.encode()).decode(),
    "base64 within": base64.b64encode(b"x" + PASSWORD.encode() + b"yz").decode(),
    "base64 further within": base64.b64encode(b"xy" + PASSWORD.encode() + b"z").decode(),
    "URL": quote(PASSWORD),
    "JSON": json.dumps(PASSWORD),
    "HTML": "Watched &quot;Pass&quot; &lt;7&gt;",
}


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_found_in_every_form(tmp_path: Path, form: str) -> None:
    with pytest.raises(AssertionError, match="standard output"):
        process(tmp_path, 'printf %s "$SHOWN"', PATH="/usr/bin:/bin", LOGIN_PASS=PASSWORD, SHOWN=FORMS[form])


@pytest.mark.parametrize("before", range(5))
@pytest.mark.parametrize("after", range(5))
def test_base64_is_found_wherever_in_it_the_secret_stands(before: int, after: int) -> None:
    secret = "~~~secret???>>>"
    text = b"<" * before + secret.encode() + b"\xff" * after
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        assert leaks(encode(text), [secret])
        assert not leaks(encode(text.replace(b"e", b"f")), [secret])


def test_what_always_is_secret_is_found_without_that_it_was_given(tmp_path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "key")], check=True)
    for command in (f"echo {SECRET_KEY}", "cat key", "base64 key"):
        with pytest.raises(AssertionError, match="A secret is shown by"):
            process(tmp_path, command, PATH="/usr/bin:/bin")


def test_what_the_test_itself_wrote_and_what_is_no_secret_are_no_leaks(tmp_path: Path) -> None:
    given = {"password": PASSWORD, "user_data": SCRIPT, "login_password": "{{ password }}", "token": "short"}
    (tmp_path / "given.yml").write_text(yaml.safe_dump(given), encoding="utf-8")
    shown = "#!/bin/sh {{ password }} short"
    process(tmp_path, 'echo "$SHOWN" | tee copied', PATH="/usr/bin:/bin", SHOWN=shown)
    with pytest.raises(AssertionError, match="the-user-data"):
        process(tmp_path, "grep the-user given.yml", PATH="/usr/bin:/bin")


def test_ansible_is_watched(ansible: Ansible) -> None:
    """A literal password that a task shows: whoever forgets `no_log` is told."""
    variables = {"new_password": PASSWORD}
    with pytest.raises(AssertionError, match="ansible-playbook"):
        ansible.play({"ansible.builtin.debug": {"msg": "It is {{ new_password | b64encode }}"}}, variables=variables)
