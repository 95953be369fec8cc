# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What of a secret must not be shown: every form in which a service or a program may give it back."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

from ._text import printable

SHORTEST = 6
SHORTEST_LINE = 8
"""Minimum characters of a secret, and of a line of one. A shorter one would be hidden within words that mean something
else, and so be revealed. No key is shorter, and no password that a server can have."""

MASK = "********"

# As html.escape does it, whose module loads a table of thousands of names.
_HTML_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_HTML = {**_HTML_TEXT, ord('"'): "&quot;", ord("'"): "&#x27;"}


def forms_of(secret: str) -> set[str]:
    """The secret, its encodings, and those of its lines that are not comments; nothing shorter than the minimum.

    Encodings: base64, percent-encoded, escaped for JSON and for HTML, and made printable.
    """
    if len(secret) < SHORTEST:
        return set()
    try:
        raw = secret.encode(errors="surrogateescape")
    except UnicodeEncodeError:
        raw = secret.encode(errors="surrogatepass")
    lines = {line.strip() for line in secret.splitlines()}
    return {
        secret,
        printable(secret),
        quote(raw, safe=""),
        quote(raw),
        quote_plus(raw),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        secret.translate(_HTML),
        secret.translate(_HTML_TEXT),
        base64.b64encode(raw).decode().rstrip("="),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
        *(line for line in lines if len(line) >= SHORTEST_LINE and not line.startswith("#")),
    }


def masked(text: str, forms: Iterable[str]) -> str:
    """The text without any of these forms, the longest first."""
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, MASK)
    return text
