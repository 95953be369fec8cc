# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The page of a run: what each host of the play has written, or what its silence means."""

from __future__ import annotations

import getpass
import os
import socket
import time
from collections.abc import Mapping
from typing import Any

from . import files, kept
from .memory import Memory
from .page import render
from .page_rows import in_order


def page(variables: Mapping[str, Any], own: Memory, everybody: Mapping[str, Memory], now: float) -> str:
    """Write the page, and return its path; empty if there is none.

    Args:
        variables: of the host that writes for all.
        own: its memory.
        everybody: the memory of each host of the play.
    """
    folder = (own.judged.get("names") or {}).get("report_folder", "")
    path = os.path.join(folder, "index.html")
    if not folder or own.begun["check"] or not os.path.isdir(folder) or files.problems(folder, [], [path]):
        return ""
    written = [_read(memory, folder) for memory in everybody.values()]
    # One that begins later is still to come; all others have had their say.
    active = [host for host in variables["ansible_play_hosts"] if not everybody[host].begun]
    reports = in_order(written, everybody, active)
    kept.write(path, render(_run(variables, own, now), reports, os.path.join(str(variables["role_path"]), "templates")))
    return path


def _read(memory: Memory, folder: str) -> Mapping[str, Any]:
    name = (memory.judged.get("names") or {}).get("report_file", "")
    return kept.read_state(os.path.join(folder, name)) if name else {}


def _run(variables: Mapping[str, Any], own: Memory, now: float) -> dict[str, Any]:
    """Who reinstalled what, from where. AWX and Tower name the job and who started it in extra variables."""

    def given(name: str) -> str:
        return str(variables.get(f"awx_{name}") or variables.get(f"tower_{name}") or "")

    identity = own.get("caller")
    return {
        "run_id": own.get("confirmed").get("run_id", ""),
        "operator": given("user_name") or _account(),
        "controller": socket.gethostname(),
        "region": str((own.begun.get("connection") or {}).get("region") or os.environ.get("TENCENTCLOUD_REGION") or ""),
        "account_id": str(identity.get("account_id") or ""),
        "job": {"id": given("job_id"), "name": given("job_template_name")},
        "began_at": own.begun["at"],
        "written_at": now,
        "time_zone": time.tzname[time.localtime(now).tm_isdst > 0],
    }


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
