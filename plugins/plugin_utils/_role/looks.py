# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What a server is asked when it is logged in to, before the reset and after it. Pure.

Answers are lines of the form `name=value`; `verdicts.said_by` reads them.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from ...module_utils._ssh.host_key import key_of
from .memory import Memory
from .server import Server
from .verdicts import said_by

# Documented with the instance's metadata: "Querying Instance Metadata".
_METADATA_URL = "http://metadata.tencentyun.com/latest/meta-data/instance-id"
_ID_OF_LINUX = (
    f"printf 'instance_id=%s\\n' \"$(curl -sf --noproxy '*' --max-time 10 {_METADATA_URL} "
    f'|| wget -q -O - --no-proxy -T 10 -t 1 {_METADATA_URL})"'
)
_ID_OF_WINDOWS = (
    "powershell -NoProfile -Command "
    f"\"try {{ 'instance_id=' + (New-Object Net.WebClient).DownloadString('{_METADATA_URL}') }} catch {{ }}; exit 0\""
)
_NOTHING_OF_WINDOWS = 'powershell -NoProfile -Command "exit 0"'
_HOST_KEYS = (
    "for file in /etc/ssh/ssh_host_*_key.pub; "
    'do test -r "$file" && printf \'host_key_%s=%s\\n\' "$file" "$(cat "$file")"; done'
)
_MARK = "if test -e {path}; then printf 'mark=%s\\n' \"$(cat {path})\"; fi"
_CLOUD_INIT = "if command -v cloud-init >/dev/null; then timeout {seconds} cloud-init status --wait >/dev/null 2>&1; fi"


def first_look(memory: Memory) -> str:
    """The command that shows that the login to the present system works, and whose it is; empty to ask nothing.

    Only the old system can be asked: one that an earlier run has left is asked when it is logged in to.
    """
    server = Server(memory)
    if not server.plan or not server.is_fresh or not server.contacts:
        return ""
    if server.is_windows or server.way.kind in ("winrm", "psrp"):
        return _ID_OF_WINDOWS if server.options["verify_address"] else _NOTHING_OF_WINDOWS
    return "; ".join([*([_ID_OF_LINUX] if server.options["verify_address"] else []), "true"])


def leave_mark(server: Server, resets: bool) -> str:
    """The command that leaves a mark on the old system; empty where none can be left.

    Any user may read it: the one that logs in afterwards need not be the one that leaves it.
    """
    if not (resets and server.is_fresh and server.logs_in and server.names) or server.is_windows:
        return ""
    path, nonce = shlex.quote(server.options["marker_path"]), shlex.quote(server.names.nonce)
    return f"umask 022; printf '%s\\n' {nonce} > {path}"


def second_look(server: Server) -> str:
    """The command that asks the new system, once cloud-init is done, whose it is, for the mark and its host keys."""
    options = server.options
    if server.to_windows:
        return _ID_OF_WINDOWS if options["verify_address"] else _NOTHING_OF_WINDOWS
    asks = [
        _CLOUD_INIT.format(seconds=options["login_timeout"]),
        _MARK.format(path=shlex.quote(options["marker_path"])),
        *([_ID_OF_LINUX] if options["verify_address"] else []),
        *([_HOST_KEYS] if options["host_keys"] == "scan" else []),
        "true",
    ]
    return "; ".join(asks)


def renewed_keys(memory: Memory) -> list[str]:
    """The host keys that the new system has now, if one that was trusted is gone; empty if none is.

    Until it is done, cloud-init may still replace the keys that the image brought. They are read over the login, which
    the trusted key has proved, so that nothing is trusted on first use again.
    """
    trusted = _entered(memory.get("trusted"))
    said = said_by(memory.get("marker"))
    now = [key_of(value) for name, value in sorted(said.items()) if name.startswith("host_key_")]
    keys = [key for key in now if key]
    return keys if keys and trusted and not set(trusted) <= set(keys) else []


def _entered(registered: Mapping[str, Any]) -> list[str]:
    entered = [one for one in registered.get("results") or () if one.get("host_keys")]
    return list(entered[-1]["host_keys"]) if entered else []
