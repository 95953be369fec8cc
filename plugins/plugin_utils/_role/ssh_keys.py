# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The keys of a connection: what this controller can log in with, what servers show now, and what known_hosts says."""

from __future__ import annotations

import math
import os
import subprocess
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from itertools import groupby
from pathlib import Path

from ...module_utils._ssh.host_key import Split, entry_name, is_name, key_of
from ...module_utils._ssh.known_hosts import edited, unchanged
from ...module_utils._ssh.openssh import OpenSsh
from .ssh import Run, Settings, entry_names

Target = tuple[str, int]
"""A name or an address, and a port."""

_AT_ONCE = 16
"""Programs that run side by side: they wait more than they work."""
_TOGETHER = 64
"""Hosts that one ssh-keyscan asks. It opens several connections to each at once and may not have many files open."""


def runner(seconds: float) -> Run:
    """Runs programs of this machine, each for so long at most; without an answer in time there is none."""

    def run(words: Sequence[str]) -> str:
        environment = {**os.environ, "LC_ALL": "C"}
        try:
            done = subprocess.run(
                list(words),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=seconds,
                env=environment,
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return done.stdout.decode("utf-8", "surrogateescape")

    return run


# --- what this controller can log in with


def public_keys(identity_files: Iterable[str], run: Run) -> set[str]:
    """The base64 of the public keys whose private ones this controller has, by file or in the agent.

    A private key with a passphrase is known by the file beside it alone.
    """
    files = [Path(one) for one in dict.fromkeys(identity_files)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        texts = [*pool.map(lambda file: _public(file, run), files), run(["ssh-add", "-L"])]
    keys = (key_of(line) for text in texts for line in text.splitlines())
    return {key.split()[1] for key in keys if key}


def _public(file: Path, run: Run) -> str:
    own = run(["ssh-keygen", "-y", "-P", "", "-f", str(file)]) if file.is_file() else ""
    if own:
        return own
    try:
        return Path(f"{file}.pub").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


# --- what servers show now


def scan(targets: Collection[Target], seconds: float, run: Run) -> dict[Target, tuple[str, ...]]:
    """The host keys that servers answer with now, in order; empty for one that does not answer.

    One program asks many of them at once, and tells at its end. A server that greets and then says nothing more holds
    it up for good. So where a whole group seems to be silent, each of it is asked again by a program of its own.

    Args:
        seconds: how long to wait for an answer, at least one.
        run: should end a program a few seconds later than that.
    """
    groups = list(_groups(targets))
    answers = _answers(groups, seconds, run)
    silent = [group for group, answer in zip(groups, answers) if len(group) > 1 and not any(answer.values())]
    answers += _answers([[target] for group in silent for target in group], seconds, run)
    found = {target: keys for answer in answers for target, keys in answer.items()}
    return {target: found.get(target, ()) for target in sorted(set(targets))}


def _groups(targets: Collection[Target]) -> Iterator[list[Target]]:
    """Some with the same port at a time."""
    # In a name, a comma would part two hosts, and a hyphen begin an option.
    askable = sorted({(port, host) for host, port in targets if is_name(host)})
    for port, same in groupby(askable, key=lambda one: one[0]):
        hosts = [host for _port, host in same]
        for start in range(0, len(hosts), _TOGETHER):
            yield [(host, port) for host in hosts[start : start + _TOGETHER]]


def _answers(groups: Sequence[list[Target]], seconds: float, run: Run) -> list[dict[Target, tuple[str, ...]]]:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(lambda group: _answer(group, seconds, run), groups))


def _answer(group: Sequence[Target], seconds: float, run: Run) -> dict[Target, tuple[str, ...]]:
    """The keys by the names that ssh-keyscan gives the hosts: those of known_hosts, in lower case or as they were."""
    port, wait = group[0][1], str(math.ceil(max(1.0, seconds)))
    lines = run(["ssh-keyscan", "-T", wait, "-p", str(port), "--", *(host for host, _port in group)]).splitlines()
    keys: dict[str, set[str]] = {}
    for name, _space, rest in (line.partition(" ") for line in lines if not line.startswith("#")):
        key = key_of(rest)
        if key:
            keys.setdefault(name.lower(), set()).add(key)
    if len(group) == 1:
        return {group[0]: tuple(sorted({key for some in keys.values() for key in some}))}
    return {(host, port): tuple(sorted(keys.get(entry_name(_short(host), port), ()))) for host, port in group}


def _short(host: str) -> str:
    """An IPv6 address as ssh-keyscan writes it, and anything else as it is."""
    try:
        return str(ip_address(host))
    except ValueError:
        return host


# --- what known_hosts says


def entries(path: str, names: Sequence[str], port: int, settings: Settings, run: Run) -> Split:
    """What a known_hosts file says about names now. Raises TencentCloudError if it cannot be read.

    Args:
        names: without ports, as `known_names` gives them.
    """
    return edited(path, entry_names(names, settings, port), unchanged, OpenSsh(run), check=True).before


def known_keys(names: Sequence[str], port: int, settings: Settings, run: Run) -> tuple[str, ...]:
    """The keys that any file of the user has for the names. Raises TencentCloudError if one cannot be read."""
    found = [entries(path, names, port, settings, run).all_keys for path in settings.known_hosts]
    return tuple(dict.fromkeys(key for keys in found for key in keys))
