# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Host keys that ssh-keygen takes for real ones: the blob has the form of one, nobody has the private half."""

from __future__ import annotations

import base64
import subprocess

from ansible_collections.tencent.cloud.plugins.module_utils._ssh.openssh import OpenSsh


def host_key(number: int, kind: str = "ssh-ed25519") -> str:
    """A public key, type and base64, another for each number."""
    fields = (kind.encode(), bytes([number]) * 32)
    blob = b"".join(len(field).to_bytes(4, "big") + field for field in fields)
    return f"{kind} {base64.b64encode(blob).decode()}"


OLD, NEW, OTHER = host_key(1), host_key(2), host_key(3)


def command(words: list[str]) -> str:
    """Run a program, as a module would."""
    return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False).stdout


SSH = OpenSsh(command)
