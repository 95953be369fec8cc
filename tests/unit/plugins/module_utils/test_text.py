# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text of others: on one line, in the order in which it is written, and fit for any terminal and any encoding."""

from __future__ import annotations

from typing import Any
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tencent.cloud.plugins.module_utils._text import encodable, in_all_texts, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("ins-r8hr2upy", "ins-r8hr2upy"),
        ("未命名\u3000", "未命名\u3000"),
        ("Zoë 🎉", "Zoë 🎉"),
        ("it failed\nfatal: [host]: FAILED!", "it failed fatal: [host]: FAILED!"),
        ("no permission\n", "no permission"),
        ("a\r\n\tb", "a b"),
        ("a\u2028b\u2029c\x85d", "a b c d"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("nul\0", "nul\\x00"),
        ("\x9b31m", "\\x9b31m"),
        ("gnp\u202egpj", "gnp\\u202egpj"),
        ("in\u200bvisible\ufeff", "in\\u200bvisible\\ufeff"),
        ("\U000e0041", "\\U000e0041"),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_cannot_be_seen_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(st.characters(), max_size=20))
def test_no_text_moves_a_cursor_hides_or_breaks_an_encoding(text: str) -> None:
    shown = printable(text)
    assert not {category(char) for char in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert len(shown.splitlines()) <= 1
    assert shown.encode().decode() == shown
    assert printable(shown) == shown


@pytest.mark.parametrize(("text", "shown"), [("a\nb\u202e", "a\nb\u202e"), ("caf\udce9", "caf\\udce9")])
def test_only_what_cannot_be_encoded_is_changed(text: str, shown: str) -> None:
    assert encodable(text) == shown


@pytest.mark.parametrize(
    ("value", "changed"),
    [
        ({"a\n": ["b\n", {"c": "d\n"}]}, {"a": ["b", {"c": "d"}]}),
        ([1, 2.5, True, None], [1, 2.5, True, None]),
        (("a\n",), ["a"]),
    ],
)
def test_every_text_at_every_depth(value: Any, changed: Any) -> None:
    assert in_all_texts(printable, value) == changed
