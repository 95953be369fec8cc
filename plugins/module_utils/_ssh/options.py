# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The options of ssh_host_key, checked before anything is run with them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._problems import Problem, invalid
from .host_key import entry_name, is_name, key_of, line_of
from .stable_keys import ScanTiming


@dataclass(frozen=True)
class HostKeyTask:
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
    patience: ScanTiming


def option_problems(options: Mapping[str, Any]) -> Iterator[Problem]:
    """All that is wrong with the options."""
    port = options["port"]
    if not 0 < port < 65536:
        yield invalid("port", f"{port} is not a port.", "Give one from 1 to 65535.")
    if not options["path"]:
        yield invalid("path", "It is empty.", "Give a file, or leave it out.")
    for option, names in (("host", [options["host"]]), ("names", options["names"] or [])):
        for name in [name for name in names if not is_name(name)]:
            fix = "Give each by itself, without brackets, port, pattern, space or comma."
            yield invalid(option, f"{name!r} is not a name or an address.", fix)
    yield from _key_problems(options)
    yield from _entry_problems(options["entries"] or [], _names(options))
    for option, least in (("scan_interval", 0.1), ("stable_seconds", 0), ("timeout", 0)):
        if not options[option] >= least:
            yield invalid(option, f"{options[option]:g} is too small.", f"Give {least:g} or more.")


def _key_problems(options: Mapping[str, Any]) -> Iterator[Problem]:
    if options["state"] == "present" and not options["keys"]:
        yield invalid("keys", "It is empty.", "Give the host keys, or state: absent.")
    for option in ("keys", "not_keys"):
        # What is not a public key could be a private one, so it is not shown.
        for number in [number for number, text in enumerate(options[option] or [], 1) if not key_of(text)]:
            fix = "Give the type and the base64 of a public key."
            yield invalid(option, f"Number {number} is not a public host key.", fix)


def _entry_problems(texts: Sequence[str], names: Collection[str]) -> Iterator[Problem]:
    for number, text in enumerate(texts, 1):
        line = None if "\n" in text or "\r" in text else line_of(text)
        if line is None:
            yield invalid("entries", f"Number {number} is not a line of known_hosts.", "Give what absent returned.")
            continue
        foreign = [] if line.is_hashed else [one for one in line.patterns if one.lower() not in names]
        if foreign:
            message = f"Number {number} is also for {', '.join(foreign)}."
            yield invalid("entries", message, "Give the names and port of the entries.")


def wanted_from(options: Mapping[str, Any]) -> HostKeyTask:
    """The task, of options without problems."""
    entries = options["entries"] or []
    return HostKeyTask(
        state=options["state"],
        host=options["host"],
        port=options["port"],
        names=_names(options),
        path=options["path"],
        hash_host=options["hash_host"],
        keys=_keys(options["keys"]),
        entries=list(entries),
        entry_keys=list(dict.fromkeys(line.key for line in map(line_of, entries) if line)),
        not_keys=_keys(options["not_keys"]),
        scan=options["scan"],
        patience=ScanTiming(options["scan_interval"], options["stable_seconds"], options["timeout"]),
    )


def _names(options: Mapping[str, Any]) -> list[str]:
    """As they stand in the file."""
    names = options["names"] or [options["host"]]
    return list(dict.fromkeys(entry_name(name, options["port"]) for name in names))


def _keys(texts: Sequence[str] | None) -> list[str]:
    return list(dict.fromkeys(key for key in map(key_of, texts or []) if key))
