# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The options of ssh_host_key, checked before anything is run with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.tencent.cloud.plugins.module_utils._errors import OptionError
from ansible_collections.tencent.cloud.plugins.module_utils._host_key import entry_name, is_name, key_of, line_of
from ansible_collections.tencent.cloud.plugins.module_utils._host_scan import Patience


@dataclass(frozen=True)
class Wanted:
    """What a task asks for.

    Attributes:
        names: as they stand in the file, with the port where it has one.
        keys: type and base64, as all keys here.
        entries: lines of the file.
        entry_keys: the keys in them.
    """

    state: str
    host: str
    port: int
    names: list[str]
    path: str
    hash_host: bool
    keys: list[str]
    entries: list[str]
    entry_keys: list[str]
    not_keys: list[str]
    scan: bool
    patience: Patience


def wanted_from(options: Mapping[str, Any]) -> Wanted:
    """The task. Raises OptionError."""
    port = options["port"]
    if not 0 < port < 65536:
        raise OptionError("port", f"{port} is no port.", "Give one from 1 to 65535.")
    if not options["path"]:
        raise OptionError("path", "it is empty.", "Give a file, or leave it out.")
    (host,) = _names("host", [options["host"]])
    names = [entry_name(name, port) for name in _names("names", options["names"] or [host])]
    entries = _entries(options["entries"] or [], names)
    return Wanted(
        state=options["state"],
        host=host,
        port=port,
        names=list(dict.fromkeys(names)),
        path=options["path"],
        hash_host=options["hash_host"],
        keys=_some_keys(options),
        entries=entries,
        entry_keys=list(dict.fromkeys(line.key for line in map(line_of, entries) if line)),
        not_keys=_keys("not_keys", options["not_keys"] or []),
        scan=options["scan"],
        patience=_patience(options),
    )


def _names(option: str, names: Sequence[str]) -> Sequence[str]:
    wrong = [name for name in names if not is_name(name)]
    if wrong:
        named = ", ".join(map(repr, wrong))
        raise OptionError(
            option,
            f"{named} {'is no name or address' if len(wrong) == 1 else 'are no names or addresses'}.",
            "Give each by itself, without brackets, port, pattern, space or comma.",
        )
    return names


def _some_keys(options: Mapping[str, Any]) -> list[str]:
    keys = _keys("keys", options["keys"] or [])
    if options["state"] == "present" and not keys:
        raise OptionError("keys", "it has none.", "Give some, or state: absent.")
    return keys


def _keys(option: str, texts: Sequence[str]) -> list[str]:
    keys = {text: key_of(text) for text in texts}
    # What is no public key could be a private one, so it is not shown.
    wrong = [str(number) for number, text in enumerate(texts, 1) if not keys[text]]
    if wrong:
        raise OptionError(
            option, f"number {', '.join(wrong)} is no host key.", "Give the type and the base64 of a public key."
        )
    return list(dict.fromkeys(key for key in keys.values() if key))


def _entries(texts: Sequence[str], names: Sequence[str]) -> list[str]:
    for number, text in enumerate(texts, 1):
        line = None if "\n" in text or "\r" in text else line_of(text)
        if line is None:
            raise OptionError("entries", f"number {number} is no line of known_hosts.", "Give what absent returned.")
        foreign = [] if line.is_hashed else [one for one in line.patterns if one.lower() not in names]
        if foreign:
            raise OptionError(
                "entries",
                f"number {number} is also for {', '.join(foreign)}.",
                "Give the names and port of the entries.",
            )
    return list(texts)


def _patience(options: Mapping[str, Any]) -> Patience:
    for option, least in (("scan_interval", 0.1), ("stable_seconds", 0), ("timeout", 0)):
        if not options[option] >= least:
            raise OptionError(option, f"{options[option]:g} is too little.", f"Give {least:g} or more.")
    return Patience(options["scan_interval"], options["stable_seconds"], options["timeout"])
