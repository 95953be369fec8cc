# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is hidden: each form in which a secret comes back, and nothing that is part of other words."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._secrets import SHORTEST, forms_of, masked
from ansible_collections.tencent.cloud.plugins.module_utils._text import printable

PASSWORD = 'p ss/w<o>r"d&é+1'
USER_DATA = """#cloud-config
# a comment of some length
chpasswd:
  list: root:hunter2-and-more
runcmd: [x]
"""


@pytest.mark.parametrize(
    "echo",
    [
        PASSWORD,
        quote(PASSWORD),
        quote(PASSWORD, safe=""),
        quote_plus(PASSWORD),
        json.dumps({"Password": PASSWORD}),
        json.dumps({"Password": PASSWORD}, ensure_ascii=False),
        html.escape(PASSWORD),
        html.escape(PASSWORD, quote=False),
        base64.b64encode(PASSWORD.encode()).decode(),
        base64.urlsafe_b64encode(PASSWORD.encode()).decode().rstrip("="),
    ],
)
def test_an_encoded_password_is_hidden(echo: str) -> None:
    shown = masked(f"The value {echo} is wrong.", forms_of(PASSWORD))
    assert "********" in shown
    assert echo not in shown
    assert "ss" not in shown.replace("Password", "")


@pytest.mark.parametrize(
    "echo",
    [
        USER_DATA,
        printable(USER_DATA),
        base64.b64encode(USER_DATA.encode()).decode(),
        "line 4: list: root:hunter2-and-more",
        "  list: root:hunter2-and-more",
    ],
)
def test_user_data_is_hidden_as_a_whole_and_by_its_lines(echo: str) -> None:
    shown = masked(echo, forms_of(USER_DATA))
    assert "hunter2" not in shown
    assert base64.b64encode(b"hunter2").decode()[:-2] not in shown


def test_what_is_no_secret_of_user_data_stays_readable() -> None:
    text = "Its first line is #cloud-config. runcmd"
    assert masked(text, forms_of(USER_DATA)) == text


@pytest.mark.parametrize("secret", ["", "a", "x" * (SHORTEST - 1)])
def test_what_is_too_short_is_not_looked_for_in_other_words(secret: str) -> None:
    assert forms_of(secret) == set()


def test_the_longest_form_is_hidden_first() -> None:
    assert masked("secret-and-more", {"secret-and", "secret-and-more"}) == "********"


def test_what_no_encoding_knows_is_hidden_too() -> None:
    assert masked("key-\ud800-secret", forms_of("key-\ud800-secret")) == "********"


def test_what_is_no_text_is_hidden_too() -> None:
    assert masked("key-\udce9-secret", forms_of("key-\udce9-secret")) == "********"
