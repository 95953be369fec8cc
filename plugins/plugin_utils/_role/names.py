# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What a run is called, and what it calls the things that outlive it. Pure."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

_PLAIN = re.compile(r"[A-Za-z0-9._-]+")


class Names(NamedTuple):
    """The names of one use of the role for one instance.

    Attributes:
        key: the idempotency key, or else the run's.
        nonce: the same for every run with the key, so that a later one recognizes what an earlier one left.
        backup: the name of the snapshot or the image.
        state_file: what a later run needs to go on.
        host_key_file: an injected private key.
        report_file: the report of the host; its folder may be empty, for none.
    """

    key: str
    nonce: str
    backup: str
    state_file: str
    host_key_file: str
    report_folder: str
    report_file: str


def names_of(begun: Mapping[str, Any], run_id: str, use: int) -> Names:
    """The names for a host.

    Args:
        begun: what was frozen of it.
        use: how often the role was used for it in this play. A second reset of a host in one run is another one, and
            has a backup of its own.
    """
    options, own = begun["options"], str(begun["instance_id"])
    key = options["idempotency_key"] or (run_id if use == 1 else f"{run_id}-{use}")
    nonce = hashlib.sha256(f"{key}/{own}".encode()).hexdigest()
    mark = nonce[:8]
    state = os.path.join(options["state_dir"], f"{own}-{mark}")
    reports = options["report_dir"]
    return Names(
        key=key,
        nonce=nonce,
        backup=f"reset-{own}-{re.sub('[^A-Za-z0-9.-]', '-', key)[:24]}-{mark}",
        state_file=f"{state}.json",
        host_key_file=f"{state}.hostkey",
        report_folder=os.path.join(reports, re.sub(r"^[.]+|[^A-Za-z0-9._-]", "-", run_id)) if reports else "",
        report_file=f"{_file_name(str(begun['host']))}.json",
    )


def _file_name(host: str) -> str:
    """Two names of hosts may differ only by what the name of a file cannot have."""
    if _PLAIN.fullmatch(host):
        return host
    return f"{re.sub('[^A-Za-z0-9._-]', '-', host)}-{hashlib.sha256(host.encode()).hexdigest()[:8]}"
