# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON of others: one meaning or none, no more than can be used, and nothing in it that cannot be shown."""

from __future__ import annotations

import json

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._api.strict_json import (
    DEEPEST,
    LONGEST_NUMBER,
    LONGEST_TEXT,
    NotJson,
    strict_json,
)


def nested(depth: int) -> bytes:
    """Lists within each other."""
    return b"[" * depth + b"]" * depth


@pytest.mark.parametrize(
    "value", [{}, [], "text", 0, -1.5, True, None, {"a": [{"b": 1}]}, "x" * LONGEST_TEXT, 10 ** (LONGEST_NUMBER - 1)]
)
def test_what_is_sound_is_what_it_says(value: object) -> None:
    assert strict_json(json.dumps(value).encode()) == value
    assert strict_json(nested(DEEPEST))


WRONG: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "is not JSON"),
    "cut": (b'{"a": ', "is not JSON"),
    "more after it": (b"{} {}", "is not JSON"),
    "html": (b"<html>", "is not JSON"),
    "a mark before it": (b"\xef\xbb\xbf{}", "is not JSON"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "is not UTF-8"),
    "raw surrogate": (b'"\xed\xa0\x80"', "is not UTF-8"),
    "raw control": (b'"a\nb"', "is not JSON"),
    "key twice": (b'{"a": 1, "a": 2}', "has a key twice"),
    "key twice within": (b'[{"b": {"a": 1, "a": 1}}]', "has a key twice"),
    "key twice by an escape": (b'{"a": 1, "\\u0061": 2}', "has a key twice"),
    "NaN": (b'{"a": NaN}', "has NaN, which is not a number"),
    "infinity": (b"-Infinity", "has -Infinity, which is not a number"),
    "too large": (b"1e999", "has a number that is too large"),
    "long number": (b"9" * (LONGEST_NUMBER + 1), "has a number that is too long"),
    "long text": (json.dumps(["x" * (LONGEST_TEXT + 1)]).encode(), "has a text that is too long"),
    "deep": (nested(DEEPEST + 1), "is nested too deeply"),
    "very deep": (nested(500_000), "is nested too deeply"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_could_mean_something_else_means_nothing(kind: str) -> None:
    body, why = WRONG[kind]
    with pytest.raises(NotJson, match=f"^{why}$"):
        strict_json(body)


def test_every_text_is_printable() -> None:
    body = json.dumps({"a\u202e": ["b\x1b", {"c": "\ud800"}]}).encode()
    assert strict_json(body) == {"a\\u202e": ["b\\x1b", {"c": "\\ud800"}]}
