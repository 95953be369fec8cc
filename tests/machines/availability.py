# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether this computer can have machines at all."""

from __future__ import annotations

import os
import subprocess
import tempfile

from . import tools
from .errors import MachinesError

# Everything that a machine needs of the kernel, in the namespaces that the supervisor has.
TRIAL = """
mount -t tmpfs tmpfs "$1" && cd "$1" && mkdir lower upper work root &&
mount -t overlay overlay -o lowerdir=lower:/,upperdir=upper,workdir=work root && exec unshare --uts true
"""


def problem() -> str | None:
    """Why there can be no machines here, None if there can."""
    if os.geteuid() != 0:
        return "Machines need root: they are made of mounts and namespaces."
    with tempfile.TemporaryDirectory() as folder:
        words = ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", TRIAL, "sh", folder]
        try:
            done = subprocess.run(words, capture_output=True, text=True, check=False)
        except OSError as error:
            return f"Machines need util-linux: {error}"
    if done.returncode:
        return f"Machines need mounts, overlays and namespaces (in a container: --privileged): {done.stderr.strip()}"
    try:
        tools.unpacked()
    except MachinesError as error:
        return str(error)
    return None
