# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Host keys and the lines of a known_hosts file, by sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

_NAME = re.compile(r"[A-Za-z0-9_:][A-Za-z0-9_.:%-]*")
_KEY_TYPE = re.compile(r"[a-z0-9][A-Za-z0-9@.-]*")
_SSH_PORT = 22


class Line(NamedTuple):
    """One line that says which key some names have.

    Attributes:
        patterns: what the names must be like; a single one for a hashed line.
        key: type and base64.
        rest: all behind the patterns, as it stands.
    """

    patterns: list[str]
    key: str
    rest: str

    @property
    def is_hashed(self) -> bool:
        """Whether its one name cannot be read."""
        return self.patterns[0].startswith("|")

    def of(self, patterns: Iterable[str]) -> str:
        """The line for these patterns alone."""
        return f"{','.join(patterns)} {self.rest}"


class Split(NamedTuple):
    """A file, split into what belongs to some names and what does not.

    Attributes:
        kept: the lines of the file without those names.
        entries: the lines of those names alone.
        keys: the keys of each of the names.
    """

    kept: list[str]
    entries: list[str]
    keys: dict[str, list[str]]

    @property
    def all_keys(self) -> list[str]:
        """The keys of all the names, each once."""
        return list(dict.fromkeys(key for keys in self.keys.values() for key in keys))


def is_name(text: str) -> bool:
    """Whether it can be a host name or an address, and neither an option nor a pattern nor several names."""
    return bool(_NAME.fullmatch(text))


def entry_name(name: str, port: int) -> str:
    """How a name and a port are written in the file. Host names are compared in lower case."""
    return name.lower() if port == _SSH_PORT else f"[{name.lower()}]:{port}"


def key_of(text: str) -> str | None:
    """The key as type and base64, without a comment; None if it is not a public key (RFC 4253, 6.6)."""
    text = text.strip()
    words = text.split()
    if len(words) < 2 or not _KEY_TYPE.fullmatch(words[0]) or any(not char.isprintable() for char in text):
        return None
    kind = words[0].encode()
    blob = _decoded(words[1])
    return " ".join(words[:2]) if blob.startswith(len(kind).to_bytes(4, "big") + kind) else None


def fingerprint(key: str) -> str:
    """The fingerprint of a key, as ssh-keygen -l shows it."""
    digest = hashlib.sha256(_decoded(key.split()[1])).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def line_of(text: str) -> Line | None:
    """What a line says; None for a comment, for a line with a marker, and for what ssh would not understand either."""
    words = re.split(r"[ \t]+", text.strip(" \t\r"), maxsplit=1)
    if len(words) < 2 or words[0].startswith(("#", "@")):
        return None
    key = key_of(" ".join(re.split(r"[ \t]+", words[1])[:2]))
    return Line(words[0].split(","), key, words[1]) if key else None


def split_by_names(lines: Sequence[str], names: Sequence[str], hashed: Mapping[str, Collection[int]]) -> Split:
    """Split a file by names.

    A line that serves other names too is divided. Patterns with wildcards, and lines with a marker (`@revoked`,
    `@cert-authority`), belong to nobody: they stay.

    Args:
        hashed: the numbers, from 1, of the hashed lines of each name.
    """
    result = Split([], [], {name: [] for name in names})
    for number, text in enumerate(lines, 1):
        line = line_of(text)
        mine = _names_in(line, names, {name for name in names if number in hashed.get(name, ())}) if line else []
        if line is None or not mine:
            result.kept.append(text)
            continue
        for name in mine:
            result.keys[name].append(line.key)
        own = [pattern for pattern in line.patterns if line.is_hashed or pattern.lower() in mine]
        others = [pattern for pattern in line.patterns if pattern not in own]
        result.entries.append(line.of(own))
        if any(not pattern.startswith("!") for pattern in others):
            result.kept.append(line.of(others))
    return result


def _names_in(line: Line, names: Sequence[str], found: Collection[str]) -> list[str]:
    if line.is_hashed:
        return [name for name in names if name in found]
    patterns = {pattern.lower() for pattern in line.patterns}
    return [name for name in names if name in patterns]


def lines_for(names: Sequence[str], keys: Iterable[str]) -> list[str]:
    """The lines that say that the names have these keys."""
    return [f"{','.join(names)} {key}" for key in keys]
