# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is secret in tests, and every form in which an output could show it.

It shares nothing with the code of the collection that hides secrets: a form that was forgotten there is found here.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import quote, quote_plus

ALWAYS = (
    "simulator-secret-key",
    # How the keys and tokens begin that the simulator's STS and metadata service give out.
    "tmp-key-",
    "tmp-token-",
    # How every private key of OpenSSH begins within its armour, and as it stands in a file.
    "openssh-key-v1\0",
    base64.b64encode(b"openssh-key-v1\0").decode(),
)
"""What no output may show, whatever the test."""

SHORTEST = 8
"""Characters of a secret, and of a line of one. Shorter ones are parts of words that mean something else."""

_SECRET_NAME = re.compile(r"(^|_)(pass(word)?|sshpass|secret_key|(security_)?token|private(_key)?|user_data)$", re.I)
_FIRST_CHARACTER = (0, 2, 3)
"""Of base64, that holds nothing of so many bytes before the secret."""


@cache
def forms(secret: str) -> frozenset[bytes]:
    """The secret as it is, percent-encoded, escaped for JSON and HTML, and in base64 wherever in a text it stood."""
    raw = secret.encode("utf-8", "surrogateescape")
    texts = {
        secret,
        quote(raw, safe=""),
        quote(raw),
        quote_plus(raw),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        html.escape(secret),
        html.escape(secret, quote=False),
    }
    found = {text.encode("utf-8", "surrogateescape") for text in texts}
    for before, first in enumerate(_FIRST_CHARACTER):
        # The last character that nothing behind the secret is in.
        last = (before + len(raw)) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            found.add(encode(bytes(before) + raw)[first:last])
    return frozenset(found)


def named(given: Any) -> Iterator[str]:
    """The secrets in what a test gives to a program: the values of all that is named like one, and their lines."""
    if isinstance(given, Mapping):
        for name, value in given.items():
            if isinstance(value, str) and _SECRET_NAME.search(str(name)):
                yield from _parts(value)
            else:
                yield from named(value)
    elif isinstance(given, (list, tuple)):
        for one in given:
            yield from named(one)


def _parts(value: str) -> Iterator[str]:
    """A value and its lines that are no comments; nothing of a template or an encrypted text."""
    lines = [line.strip() for line in value.splitlines()]
    if "{{" not in value and not value.startswith("$ANSIBLE_VAULT"):
        yield from (part for part in {value, *(line for line in lines if line[:1] != "#")} if len(part) >= SHORTEST)


def leaks(shown: bytes, secrets: Iterable[str] = ()) -> list[str]:
    """The secrets that an output shows in any form, each with what stands around it."""
    found = []
    for secret in {*ALWAYS, *secrets}:
        place = next((place for form in forms(secret) if (place := shown.find(form)) >= 0), None)
        if place is not None:
            found.append(f"{secret!r} in {shown[max(place - 60, 0) : place + 100]!r}")
    return found
