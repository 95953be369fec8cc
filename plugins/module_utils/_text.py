# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Text of others as text that can be shown: nothing in it moves a cursor, begins a line, or hides."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from unicodedata import category

_LINE_ENDS = r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+"

_HIDDEN = {"Cc", "Cf", "Cs"}
"""Categories of Unicode: controls, what has no width or turns the direction of writing, and lone surrogates."""


def printable(text: str) -> str:
    r"""The text on one line: a line end or tab in it is a blank, what cannot be seen is an escape such as `\u202e`.

    A line end at its end is left out. Escapes keep different texts different.
    """
    if text.isprintable():
        return text
    line = re.sub(_LINE_ENDS, " ", text.rstrip("\r\n"))
    return "".join(_escaped(char) if category(char) in _HIDDEN else char for char in line)


def encodable(text: str) -> str:
    r"""The text with an escape for each lone surrogate, which UTF-8 cannot encode."""
    return text.encode(errors="backslashreplace").decode()


def in_all_texts(change: Callable[[str], str], value: Any) -> Any:
    """The same lists and dicts with every text in them changed, keys included."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {in_all_texts(change, key): in_all_texts(change, item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [in_all_texts(change, item) for item in value]
    return value


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode()
