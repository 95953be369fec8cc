# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the outside talks to the supervisor: one request and one answer, as JSON lines over a socket in the folder."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .errors import MachinesError

SOCKET = "control"
TIMEOUT_SECONDS = 120.0


def ask(folder: Path, request: Mapping[str, Any]) -> dict[str, Any]:
    """Send a request and return what came of it; raises MachinesError with the supervisor's reason."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(TIMEOUT_SECONDS)
            # The folder's own path may be longer than an address may be.
            connection.connect(f"/proc/self/fd/{descriptor}/{SOCKET}")
            connection.sendall(json.dumps(request).encode() + b"\n")
            with connection.makefile("rb") as stream:
                line = stream.readline()
    except OSError as error:
        raise MachinesError(f"No machines answer in {folder}: {error}") from None
    finally:
        os.close(descriptor)
    if not line:
        raise MachinesError(f"The machines in {folder} ended before they had answered.")
    answer: dict[str, Any] = json.loads(line)
    if answer.get("error") is not None:
        raise MachinesError(str(answer["error"]))
    return answer
