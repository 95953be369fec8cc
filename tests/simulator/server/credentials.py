# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may call: the keys of the world, and temporary ones with an end."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4


@dataclass(frozen=True)
class Key:
    """One pair of keys; ``expires`` (epoch seconds), ``token``, ``role`` (its ARN) and ``session`` belong to temporary
    ones only."""

    secret_id: str
    secret_key: str
    token: str = ""
    expires: float | None = None
    role: str = ""
    session: str = ""


class KeyRing:
    """All keys that the simulator knows."""

    def __init__(self, permanent: dict[str, str]) -> None:
        self._keys = {secret_id: Key(secret_id, secret_key) for secret_id, secret_key in permanent.items()}
        self._roles: dict[str, Key] = {}

    def find(self, secret_id: str) -> Key | None:
        """The key of this id, expired or not."""
        return self._keys.get(secret_id)

    def issue(self, now: float, lifetime: float, role: str, session: str) -> Key:
        """A new temporary key of a role that is good for ``lifetime`` seconds."""
        mark = uuid4().hex
        key = Key(f"AKIDtmp{mark[:24]}", f"tmp-key-{mark}", f"tmp-token-{mark}{mark}", now + lifetime, role, session)
        self._keys[key.secret_id] = key
        return key

    def of_role(self, role: str, now: float, lifetime: float) -> Key:
        """The key that the metadata service hands out: the same one for the first half of its life."""
        known = self._roles.get(role)
        if known is None or known.expires is None or known.expires - now < lifetime / 2:
            known = self._roles[role] = self.issue(now, lifetime, role, "metadata")
        return known
