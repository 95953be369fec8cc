# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What is kept on the controller for a rollback, for a later run and for reports: files of the user alone."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...module_utils._api.strict_json import NotJson, strict_json
from .memory import Memory
from .names import Names
from .report import made_backup
from .ssh import Run

NO_MARK = "No mark could be left on the old system: the mark cannot prove that the new one is new."


class KeptError(Exception):
    """What has to be kept cannot be; the text says why."""


def read_state(path: str) -> dict[str, Any]:
    """What an earlier run has kept; empty if there is nothing, or nothing that can be read."""
    try:
        found = strict_json(Path(path).read_bytes())
    except (OSError, NotJson):
        return {}
    return found if isinstance(found, dict) else {}


def keep(memory: Memory, problems_of: Callable[[Memory, Names], list[str]], run: Run) -> dict[str, Any]:
    """Write what a rollback and a later run of this host need, and return it; raises KeptError.

    Args:
        problems_of: looks once more at the folders, since somebody may have been quicker.
    """
    names = Names(**memory.judged["names"])
    wrong = problems_of(memory, names)
    if wrong:
        raise KeptError(" ".join(wrong))
    fresh = memory.judged["stage"] == "fresh"
    state = _state(memory) if fresh else dict(memory.judged["kept"])
    if fresh:
        make_folder(memory.options["state_dir"])
        write(names.state_file, as_text(state))
    keys = _host_key(names, str(memory.begun["host"]), run) if memory.judged["injects"] else None
    warnings = [NO_MARK] if fresh and memory.options["login"] and not state["nonce"] else []
    return {**state, "host_key": keys, "warnings": warnings}


def _state(memory: Memory) -> dict[str, Any]:
    judged = memory.judged
    return {
        "nonce": judged["names"]["nonce"] if memory.get("marking").get("rc") == 0 else "",
        "entries": judged["ssh"]["entries"],
        "old_keys": judged["ssh"]["old_keys"],
        "user": judged["user"],
        "port": judged["port"],
        "backup": made_backup(memory),
        "before": judged["instance"],
    }


def _host_key(names: Names, comment: str, run: Run) -> list[str]:
    """The private and the public key to inject. A run that was killed may have left half of one, never handed over."""
    private, public = Path(names.host_key_file), Path(f"{names.host_key_file}.pub")
    if not (private.is_file() and public.is_file()):
        for half in (private, public):
            with suppress(FileNotFoundError):
                half.unlink()
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(private)])
    try:
        return [private.read_text(encoding="ascii"), public.read_text(encoding="ascii")]
    except OSError as error:
        raise KeptError(f"ssh-keygen made no host key {private}: {error.strerror}.") from error


def forget(names: Mapping[str, Any]) -> None:
    """Remove what was kept for a later run. The state comes last: a run that finds it finishes what is left of this."""
    key = str(names["host_key_file"])
    for path in (key, f"{key}.pub", str(names["state_file"])):
        with suppress(FileNotFoundError):
            os.unlink(path)


def make_folder(path: str) -> None:
    """Make a folder that nobody else can look into, and those above it, unless they are there; raises KeptError."""
    try:
        for one in (*reversed(Path(path).parents), Path(path)):
            if not os.path.exists(one):
                one.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise KeptError(f"{path} cannot be made: {error.strerror}.") from error


def write(path: str, text: str) -> None:
    """Write a file that nobody else can read, as a whole or not at all; raises KeptError."""
    try:
        handle, name = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".reset_instance.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(handle)
            os.replace(name, path)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(name)
            raise
    except OSError as error:
        raise KeptError(f"{path} cannot be written: {error.strerror}.") from error


def try_folder(path: str) -> str:
    """Why nothing could be written in a folder later; empty if it could. Leaves nothing behind."""
    existing = Path(path)
    while not os.path.exists(existing) and existing != existing.parent:
        existing = existing.parent
    try:
        with tempfile.TemporaryFile(dir=existing):
            return ""
    except OSError as error:
        return f"{path} cannot be written: {error.strerror}. Give a folder that can."


def as_text(value: Any) -> str:
    """How values stand in a file."""
    return json.dumps(value, indent=4, sort_keys=True, ensure_ascii=False) + "\n"
