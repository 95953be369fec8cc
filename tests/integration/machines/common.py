# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The machine of these tests, and how to wait for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

ID, OTHER = "ins-r8hr2upy", "ins-other"
FIRST = "disk-r8hr2upy/0"
PASSWORD = "Right-1234"
IMAGES: dict[str, Any] = {
    "img-centos": {"name": "CentOS Linux", "version": "7.6", "user": "root"},
    "img-ubuntu": {"user": "ubuntu"},
    "img-2222": {"user": "ubuntu", "port": 2222},
    "img-baked": {"user": "ubuntu", "behaviour": {"baked_host_key_seconds": 1.5}},
    "img-kept": {"user": "admin", "password": PASSWORD},
    "img-pmqg1cw7": {"user": "ubuntu"},
}
DESCRIPTION = {"images": IMAGES, "machines": {ID: {"image": "img-centos", "password": PASSWORD}}}
HOST_KEY_CHANGED = "REMOTE HOST IDENTIFICATION HAS CHANGED"


def eventually(true: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "It did not come about."
        time.sleep(0.05)
