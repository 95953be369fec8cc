# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules on login, host name and user data: what breaks each, and what comes close."""

from __future__ import annotations

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._reset.rules_login import RULES, is_key_id
from ansible_collections.tencent.cloud.plugins.module_utils._user_data_formats import FAULTS
from tests.unit.support.situations import KEY_ID, PASSWORD, WINDOWS, Case, complaints, idle, wants, windows

KEY_FORM = ("login_settings.key_ids", "InvalidKeyPairId.Malformed")
KEY_UNKNOWN = ("login_settings.key_ids", "InvalidParameterValue.KeyPairNotFound")
KEY_WINDOWS = ("login_settings.key_ids", "UnsupportedOperation.KeyPairUnsupportedWindows")
CONFLICT = ("login_settings", "InvalidParameter.ParameterConflict")
NO_LOGIN = ("login_settings", "NoLoginSettings")
WEAK = ("login_settings.password", "InvalidParameterValue.InvalidPassword")
KEEP = ("login_settings.keep_image_login", "InvalidParameterValue")
HOST = ("host_name", "InvalidParameter.HostNameIllegal")
DATA = ("user_data", "InvalidParameterValue")
NO_USER_DATA = {
    "\ufeff#cloud-config\n": "UserDataByteOrderMark",
    "\x1f\x8b": "UserDataCompressed",
    "#ps1\n": "UserDataForOtherPlatform",
    "I2Nsb3VkLWNvbmZpZwo=": "UserDataEncoded",
    "Content-Type: multipart/mixed\n": "UserDataWithoutMimeVersion",
    "files/user-data.yml": "UserDataIsPath",
    "# mine\n#cloud-config\n": "UserDataHeaderNotFirst",
    "packages: []": "UserDataNotRecognized",
}
DATA_UNREAD = ("user_data", "UnsupportedOperation")
OWN = {"image_type": "PRIVATE_IMAGE"}
FULL = 12_288
"""Bytes that make exactly 16384 when encoded."""

LINUX_PASSWORDS = {
    "abcde12": False,
    "abcdef12": True,
    "a" * 29 + "1": True,
    "a" * 30 + "1": False,
    "abcdefgh": False,
    "12345678": False,
    "ABCDEFGH": False,
    "((((((((": False,
    "abcdEFGH": True,
    "abcdef((": True,
    "ABCDEF12": True,
    "1234567/": True,
}
WINDOWS_PASSWORDS = {
    "Abcdefghi12": False,
    "Abcdefghij12": True,
    "A" + "b" * 28 + "1": True,
    "A" + "b" * 29 + "1": False,
    "abcdefghij12": False,
    "ABCDEFGHIJ((": False,
    "abcdefghi12(": True,
    "ABCDEFGHI12(": True,
    "AbcdefghijK(": True,
}
LINUX_HOSTS = {
    "": False,
    "a": False,
    "ab": True,
    "a" * 60: True,
    "a" * 61: False,
    "web-1.example.com": True,
    "12": True,
    "1.2": True,
    ".ab": False,
    "ab.": False,
    "-ab": False,
    "ab-": False,
    "a..b": False,
    "a--b": False,
    "a.-b": False,
    "a-.b": False,
    "a_b": False,
    "a b": False,
    "ab\n": False,
    "wéb": False,
    "myHost": True,
}
WINDOWS_HOSTS = {
    "a": False,
    "ab": True,
    "a" * 15: True,
    "a" * 16: False,
    "a.b": False,
    "123456": False,
    "12345a": True,
    "1-2": True,
    "-ab": False,
    "ab-": False,
    "a--b": False,
}

BROKEN = [
    *((wants(key_ids=(text,)), {KEY_FORM}) for text in ("skey-1122", "key-00000001", "skey-0000000A")),
    (wants(key_ids=(KEY_ID, "skey-99999999")), {KEY_UNKNOWN}),
    (windows(key_ids=(KEY_ID,)), {KEY_WINDOWS}),
    (wants(key_ids=(KEY_ID,), password=PASSWORD), {CONFLICT}),
    (Case({"key_ids": (KEY_ID,), "keep_image_login": True}, image=OWN), {CONFLICT}),
    (Case({"password": PASSWORD, "keep_image_login": True}, image=OWN), {CONFLICT}),
    (Case({"password": PASSWORD, "key_ids": (KEY_ID,), "keep_image_login": True}, image=OWN), {CONFLICT}),
    (wants(password=""), {WEAK}),
    (wants(password=None), {NO_LOGIN}),
    (wants(keep_image_login=False), {NO_LOGIN}),
    (wants(key_ids=()), {NO_LOGIN}),
    (wants(keep_image_login=True), {KEEP}),
    *((wants(password=text), {WEAK}) for text, good in LINUX_PASSWORDS.items() if not good),
    *((windows(password=text), {WEAK}) for text, good in WINDOWS_PASSWORDS.items() if not good),
    *((wants(password=text), {WEAK}) for text in ("Abcdef 12", "Abcdef_12", "Abcdef<12", 'Abcdef"12', "Abcdéf12")),
    *((wants(host_name=text), {HOST}) for text, good in LINUX_HOSTS.items() if not good),
    *((windows(host_name=text), {HOST}) for text, good in WINDOWS_HOSTS.items() if not good),
    (wants(user_data="#!" + "x" * (FULL - 1)), {DATA}),
    (wants(user_data="#!" + "é" * (FULL // 2 - 1) + "x"), {DATA}),
    (Case({"user_data": "#!/bin/sh"}, image={"is_support_cloudinit": False}), {DATA_UNREAD}),
    *((wants(user_data=text), {("user_data", code)}) for text, code in NO_USER_DATA.items()),
    (windows(user_data="#!/bin/sh"), {("user_data", "UserDataForOtherPlatform")}),
    (Case({"host_name": "web-1"}, api="v2"), {("host_name", "UnknownParameter")}),
    (Case({"user_data": "#!/bin/sh"}, api="v2"), {("user_data", "UnknownParameter")}),
    *(
        (Case({"enhanced_service": {"automation_service": on}}, api="v2"), {("automation_service", "UnknownParameter")})
        for on in (True, False)
    ),
]
SOUND = [
    Case(),
    wants(key_ids=(KEY_ID,)),
    wants(key_ids=(KEY_ID, KEY_ID)),
    wants(password=PASSWORD, keep_image_login=False, key_ids=()),
    *(Case({"keep_image_login": True}, image={"image_type": kind}) for kind in ("PRIVATE_IMAGE", "SHARED_IMAGE")),
    Case({"keep_image_login": True}, image={"image_type": None}),
    *(wants(password=text) for text, good in LINUX_PASSWORDS.items() if good),
    *(windows(password=text) for text, good in WINDOWS_PASSWORDS.items() if good),
    *(wants(host_name=text) for text, good in LINUX_HOSTS.items() if good),
    *(windows(host_name=text) for text, good in WINDOWS_HOSTS.items() if good),
    wants(user_data="#!" + "x" * (FULL - 2)),
    wants(user_data="#!" + "é" * (FULL // 2 - 1)),
    windows(user_data="#ps1\ndir"),
    Case({"user_data": "#ps1\ndir"}, current=None, image=None, instance={"os_name": None}),
    wants(user_data=""),
    Case({"user_data": "#!/bin/sh"}, image={"is_support_cloudinit": None}),
    Case({"user_data": None}, image={"is_support_cloudinit": False}),
    Case({"enhanced_service": {"security_service": False, "monitor_service": True}}, api="v2"),
    wants(enhanced_service={"automation_service": False}),
]


@pytest.mark.parametrize(("case", "expected"), BROKEN)
def test_what_breaks_a_rule(case: Case, expected: set[tuple[str, str]]) -> None:
    assert complaints(RULES, case) == expected


@pytest.mark.parametrize("case", SOUND)
def test_what_comes_close(case: Case) -> None:
    assert complaints(RULES, case) == set()


def test_every_rule_is_tried() -> None:
    assert idle(RULES, [case for case, expected in BROKEN]) == []


def test_what_no_current_document_confirms_only_warns() -> None:
    mere = ["NoLoginSettings", "InvalidParameterValue.InvalidPassword", *(fault.code for fault in FAULTS)]
    assert [rule.codes[0] for rule in RULES if not rule.hard] == mere


def test_a_host_name_is_judged_by_the_platform_to_come() -> None:
    to_linux = Case({"host_name": "a.b"}, current=WINDOWS)
    to_windows = Case({"host_name": "a.b"}, image=WINDOWS)
    assert complaints(RULES, to_linux) == set()
    assert complaints(RULES, to_windows) == {HOST}


def test_a_host_name_for_an_unknown_platform_is_left_to_the_api() -> None:
    case = Case({"host_name": "-"}, image={"platform": None, "os_name": None})
    assert complaints(RULES, case) == set()


def test_no_message_shows_a_password_or_user_data() -> None:
    secrets = {"password": "hunter2", "user_data": "hunter2" * 3000}
    texts = [rule.find(wants(**secrets).context) or "" for rule in RULES]
    assert any(texts)
    assert not any("hunter2" in text for text in texts)


@pytest.mark.parametrize(("text", "good"), [("skey-b4vakk62", True), ("skey-b4vakk6", False), ("key-b4vakk62", False)])
def test_the_form_of_key_ids(text: str, good: bool) -> None:
    assert is_key_id(text) is good
