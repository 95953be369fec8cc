# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A new system on an instance: what an outside listener is told, which may then report that it did not work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Optional

from .operations import Gate


@dataclass(frozen=True)
class Install:
    """A reset or a rollback whose simulated time is over.

    ``content`` tells what is on the system disk now: equal contents are equal disks. ``user_data`` is base64, as sent.
    """

    event: Literal["reset", "restore"]
    instance_id: str
    image_id: str
    content: str
    host_name: str
    login_user: str
    user_data: str = ""
    password: str = ""
    key_ids: tuple[str, ...] = ()
    public_keys: tuple[str, ...] = ()
    keeps_login: bool = False


# Called with an install and what to call when it is done: with a reason if it failed, else with None.
OnInstall = Callable[[Install, Callable[[Optional[str]], None]], None]
GateOf = Callable[[Install], Optional[Gate]]


def no_gate(install: Install) -> Gate | None:
    """No listener."""
    return None
