# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Keys: their parts, and temporary ones that are renewed before they expire."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._clock import Clock
from .._errors import CredentialsError, TencentCloudError

RENEW_BEFORE = 300.0
"""Seconds before their expiry at which temporary credentials are renewed, as the vendor's SDK does."""


@dataclass(frozen=True)
class Credentials:
    """A secret id, its key, and the token of temporary ones.

    Attributes:
        source: where they come from, for messages.
        expires_at: seconds since the epoch; None for permanent ones.
        assume_role: the role that the source itself asks to be taken on, as the `assume_role` option has it.
    """

    secret_id: str
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)
    source: str = ""
    expires_at: float | None = None
    assume_role: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        for name, value in (("secret_id", self.secret_id), ("secret_key", self.secret_key), ("token", self.token)):
            if value is not None and re.search(r"\s", value):
                raise CredentialsError(f"The {name} from {self.source} contains spaces. Copy it again without them.")
            # In a text that was made printable, a backslash begins an escape.
            if value is not None and not (value.isascii() and value.isprintable() and "\\" not in value):
                raise CredentialsError(f"The {name} from {self.source} has characters that no key has. Copy it again.")
            if value == "" and name != "token":
                raise CredentialsError(f"The {name} from {self.source} is empty. Give both secret_id and secret_key.")


Provider = Callable[[], Credentials]


def hidden(provider: Provider, hide: Callable[[str], None]) -> Provider:
    """The same credentials, with each part hidden from all output before anyone can use it."""

    def ask() -> Credentials:
        found = provider()
        for secret in (found.secret_id, found.secret_key, found.token):
            if secret:
                hide(secret)
        return found

    return ask


class Renewing:
    """Asks again shortly before temporary credentials expire, so that a long wait outlives them.

    If asking fails while the old ones are still valid, they stay in use. Threads that ask at once get the same ones.
    """

    def __init__(self, ask: Provider, clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._current: Credentials | None = None
        self._renew_at = 0.0
        self._lock = threading.Lock()

    def __call__(self) -> Credentials:
        with self._lock:
            now = self._clock.wall()
            if self._current is None or now >= self._renew_at:
                self._current = self._renewed(now)
            return self._current

    def _renewed(self, now: float) -> Credentials:
        try:
            fresh = self._ask()
        except TencentCloudError:
            if self._current is None or now >= (self._current.expires_at or now):
                raise
            return self._current
        if fresh.expires_at is None:
            self._renew_at = float("inf")
        else:
            self._renew_at = fresh.expires_at - min(RENEW_BEFORE, (fresh.expires_at - now) / 2)
        return fresh
