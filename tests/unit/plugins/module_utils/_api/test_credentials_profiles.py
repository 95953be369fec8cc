# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The profile files of the vendor's CLI and SDKs: read where they are sound, named where they are not."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._api.credentials import Credentials
from ansible_collections.tencent.cloud.plugins.module_utils._api.metadata import MetadataService
from ansible_collections.tencent.cloud.plugins.module_utils._api.profiles import Profiles
from ansible_collections.tencent.cloud.plugins.module_utils._api.sources import Sources
from ansible_collections.tencent.cloud.plugins.module_utils._errors import CredentialsError, OptionError
from tests.unit.support.doubles import ScriptedTransport, Time

PAIR = {"secretId": "AKIDcli", "secretKey": "key-cli"}
SECTION = "secret_id = AKIDsdk\nsecret_key = key-sdk\n"


def from_profile(name: str, home: Path) -> Credentials | None:
    """The keys of a profile, on a machine without a file for all its users."""
    return Profiles(home, system_file=home / "none").keys(name)


def profile_region(name: str, home: Path) -> str | None:
    """The region of a profile."""
    return Profiles(home).region(name)


def write(home: Path, name: str, content: Any) -> None:
    """A file of the home, as bytes, as text or as JSON."""
    path = home / name
    path.parent.mkdir(exist_ok=True)
    text = content if isinstance(content, (str, bytes)) else json.dumps(content)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def cli(home: Path, content: Any, profile: str = "default") -> Credentials | None:
    """The profile, with such a file of the CLI."""
    write(home, f".tccli/{profile}.credential", content)
    return from_profile(profile, home)


def sdk(home: Path, content: Any, profile: str = "default") -> Credentials | None:
    """The profile, with such a file of the SDKs."""
    write(home, ".tencentcloud/credentials", content)
    return from_profile(profile, home)


# --- the CLI's files


def test_a_profile_of_the_cli(tmp_path: Path) -> None:
    found = cli(tmp_path, PAIR)
    assert found == Credentials(
        "AKIDcli", "key-cli", None, f"the profile 'default' in {tmp_path}/.tccli/default.credential"
    )


@pytest.mark.parametrize("token", [("t", "t"), ("", None), (None, None), (12345, "12345")])
def test_a_profile_of_the_cli_with_a_token(tmp_path: Path, token: tuple[Any, str | None]) -> None:
    found = cli(tmp_path, {**PAIR, "token": token[0]})
    assert found is not None
    assert found.token == token[1]


@pytest.mark.parametrize("kind", ["default", "", None, "something-new"])
def test_a_profile_with_keys_is_used_whatever_harmless_type_it_names(tmp_path: Path, kind: str | None) -> None:
    found = cli(tmp_path, {**PAIR, "type": kind})
    assert found is not None
    assert found.secret_id == "AKIDcli"


@pytest.mark.parametrize(
    ("kind", "advice"),
    [
        ("oauth", "Use a profile with secretId and secretKey."),
        ("sso", "Use a profile with secretId and secretKey."),
        ("cvm-role", "Use cam_role_name instead."),
    ],
)
def test_a_type_that_only_the_cli_can_use_is_refused_by_name(tmp_path: Path, kind: str, advice: str) -> None:
    with pytest.raises(CredentialsError, match=f"'work'.*work.credential is of type {kind}, .* {advice}"):
        cli(tmp_path, {**PAIR, "type": kind, kind: {}}, "work")


@pytest.mark.parametrize("session", ["nightly", None])
def test_a_role_in_a_profile_is_kept_for_later(tmp_path: Path, session: str | None) -> None:
    found = cli(tmp_path, {**PAIR, "role-arn": "qcs::cam::uin/1:roleName/r", "role-session-name": session})
    assert found is not None
    assert found.assume_role == {"role_arn": "qcs::cam::uin/1:roleName/r", "role_session_name": session}


@pytest.mark.parametrize("content", [{}, {"secretId": "", "secretKey": None}, {"role-arn": "r"}])
def test_a_profile_without_keys_leaves_it_to_the_sdk_s_file(tmp_path: Path, content: dict[str, Any]) -> None:
    assert cli(tmp_path, content) is None
    write(tmp_path, ".tencentcloud/credentials", f"[default]\n{SECTION}")
    found = cli(tmp_path, content)
    assert found is not None
    assert found.secret_id == "AKIDsdk"


@pytest.mark.parametrize("half", ["secretId", "secretKey"])
def test_half_a_pair_is_refused_and_not_completed_by_the_sdk_s_file(tmp_path: Path, half: str) -> None:
    write(tmp_path, ".tencentcloud/credentials", f"[default]\n{SECTION}")
    with pytest.raises(CredentialsError, match=r"from the profile 'default' in .* is empty"):
        cli(tmp_path, {half: "x"})


@pytest.mark.parametrize(
    "content", ["", "{", "null", "[]", '"text"', "secretId = x", '{"secretId": "a", "secretId": "b"}']
)
def test_a_malformed_file_of_the_cli_is_named(tmp_path: Path, content: str | bytes) -> None:
    with pytest.raises(
        CredentialsError, match=r"default\.credential cannot be read: it .*JSON|has a key twice.*Repair or remove"
    ):
        cli(tmp_path, content)


def test_a_file_that_is_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / ".tccli" / "default.credential").mkdir(parents=True)
    with pytest.raises(CredentialsError, match=r"default\.credential cannot be read"):
        from_profile("default", tmp_path)


def test_a_blank_in_a_profile_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(
        CredentialsError, match=r"secret_key from the profile 'default' in .*default.credential"
    ) as caught:
        cli(tmp_path, {**PAIR, "secretKey": "hidden "})
    assert "hidden" not in str(caught.value)


# --- the SDK's file


def test_a_section_of_the_sdk_s_file(tmp_path: Path) -> None:
    content = f"# keys\n[default]\n{SECTION}\n[work]\nsecret_id=AKIDwork\nsecret_key=key%work\nregion=ap-x\n"
    work = sdk(tmp_path, content, "work")
    assert work == Credentials(
        "AKIDwork", "key%work", None, f"the section 'work' of {tmp_path}/.tencentcloud/credentials"
    )
    assert sdk(tmp_path, content, "other") is None


@pytest.mark.parametrize("content", ["", "# nothing\n", "[work]\nsecret_id = x\n"])
def test_a_file_without_the_section_has_no_keys(tmp_path: Path, content: str) -> None:
    assert sdk(tmp_path, content) is None


def test_no_file_at_all_has_no_keys(tmp_path: Path) -> None:
    assert from_profile("default", tmp_path) is None


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("secret_id = x\n", "there is a line before the first [section]"),
        ("[default\n", "there is a line before the first [section]"),
        ("[default]\nwhat is this\n", "a line is neither a section nor NAME = VALUE"),
        (f"[default]\n{SECTION}{SECTION}", "a name stands twice in a section"),
        (f"[default]\n{SECTION}[default]\n", "a section stands there twice"),
    ],
)
def test_a_malformed_file_of_the_sdk_is_named(tmp_path: Path, content: str, why: str) -> None:
    with pytest.raises(CredentialsError) as caught:
        sdk(tmp_path, content)
    assert caught.value.message == f"{tmp_path}/.tencentcloud/credentials cannot be read: {why}. Repair or remove it."


@pytest.mark.parametrize("read", [cli, sdk])
@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("utf-8-sig", "is written in UTF-8 with a byte order mark. Save it as UTF-8 without a byte order mark."),
        ("utf-16", "is written in UTF-16. Save it as UTF-8 without a byte order mark."),
        ("latin-1", "is not written in UTF-8. Save it as UTF-8."),
    ],
)
def test_an_encoding_that_no_keys_are_read_from_is_named(tmp_path: Path, read: Any, encoding: str, words: str) -> None:
    content = json.dumps({"comment": "é", **PAIR}, ensure_ascii=False) if read is cli else f"[default]\n{SECTION}# é\n"
    with pytest.raises(CredentialsError) as caught:
        read(tmp_path, content.encode(encoding))
    assert words in caught.value.message


# --- who else has the keys


def warned(tmp_path: Path, mode: int, *, system: bool = False) -> list[str]:
    """What the user is warned of when the keys are in a file with such a mode."""
    write(tmp_path, ".tencentcloud/credentials", f"[default]\n{SECTION}")
    file = tmp_path / ".tencentcloud" / "credentials"
    file.chmod(mode)
    told: list[str] = []
    home = None if system else tmp_path
    assert Profiles(home, told.append, file if system else tmp_path / "none").keys("default")
    return [text.removeprefix(str(file)) for text in told]


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_a_file_that_is_the_user_s_alone_is_as_it_should_be(tmp_path: Path, mode: int) -> None:
    assert warned(tmp_path, mode) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_file_that_others_can_read_is_warned_of_but_for_the_system_s(tmp_path: Path, mode: int) -> None:
    assert warned(tmp_path, mode) == [
        f" holds keys and can be read by others (mode {mode:04o}). Prevent that with chmod 600."
    ]
    assert warned(tmp_path, mode, system=True) == []


@pytest.mark.parametrize("system", [False, True])
def test_a_file_that_others_can_change_is_warned_of(tmp_path: Path, system: bool) -> None:
    [text] = warned(tmp_path, 0o666, system=system)
    assert "can be changed by others (mode 0666)" in text


def test_a_file_of_another_user_is_warned_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, ".tencentcloud/credentials", "")
    file = tmp_path / ".tencentcloud" / "credentials"
    if os.geteuid() == 0:
        os.chown(file, 12345, -1)
    owner = file.stat().st_uid
    monkeypatch.setattr("os.geteuid", lambda: owner + 1)
    [text] = warned(tmp_path, 0o600)
    assert text.startswith(f" belongs to another user (uid {owner})")


def test_the_cli_s_file_is_looked_at_too(tmp_path: Path) -> None:
    write(tmp_path, ".tccli/default.credential", PAIR)
    (tmp_path / ".tccli" / "default.credential").chmod(0o644)
    told: list[str] = []
    Profiles(tmp_path, told.append).keys("default")
    assert len(told) == 1


@pytest.mark.parametrize("content", ["[default]\nsecret_id = x\n", "[default]\nsecret_key = x\n", "[default]\n"])
def test_half_a_section_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(CredentialsError, match=r"from the section 'default' of .* is empty"):
        sdk(tmp_path, content)


# --- names of profiles


BAD_NAMES = ["../x", "a/b", "/etc/passwd", "..", ".hidden", "a b", "a\n", "a\0b", ""]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    for look_up in (from_profile, profile_region):
        with pytest.raises(OptionError, match="is not a profile name") as caught:
            look_up(name, tmp_path / "home")
        assert caught.value.option == "profile"


@pytest.mark.parametrize("name", ["work", "a.b", "me@example.com", "x+y", "1", "未命名"])
def test_an_ordinary_name_is_taken(tmp_path: Path, name: str) -> None:
    found = cli(tmp_path, PAIR, name)
    assert found is not None
    assert found.secret_id == "AKIDcli"


def test_a_profile_in_options_that_is_missing_is_refused(tmp_path: Path) -> None:
    sources = Sources({"profile": "missing"}, {}, Profiles(tmp_path), MetadataService(ScriptedTransport()))
    with pytest.raises(OptionError, match=r"no profile 'missing'.*~/\.tccli/missing\.credential") as caught:
        sources.provider(Time().clock)
    assert caught.value.option == "profile"


# --- the region of a profile


@pytest.mark.parametrize(
    ("content", "region"),
    [
        ({"_sys_param": {"region": "ap-beijing", "output": "json"}}, "ap-beijing"),
        ({"_sys_param": {"region": ""}}, None),
        ({"_sys_param": {}}, None),
        ({"_sys_param": None}, None),
        ({"_sys_param": "ap-beijing"}, None),
        ({}, None),
    ],
)
def test_the_region_of_a_profile(tmp_path: Path, content: Any, region: str | None) -> None:
    write(tmp_path, ".tccli/work.configure", content)
    assert profile_region("work", tmp_path) == region
    assert profile_region("other", tmp_path) is None


def test_a_malformed_configure_file_is_named(tmp_path: Path) -> None:
    write(tmp_path, ".tccli/work.configure", "{")
    with pytest.raises(CredentialsError, match=r"work\.configure cannot be read"):
        profile_region("work", tmp_path)
