# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What keeps more than one run from sending the same reset, as the submission sees it."""

from __future__ import annotations

from typing import Protocol


class SendGuard(Protocol):
    """Keeps more than one run from sending the same reset."""

    def claim(self, baseline_id: str) -> bool:
        """Whether this run alone may send from that baseline; after a false it must be asked again."""

    def check(self, timestamp: int) -> None:
        """The last look at that before a reset with this Timestamp is sent. Raises HeldUp to keep it back."""

    def accepted(self, request_id: str) -> None:
        """The reset was accepted."""

    def close(self, outcome: str) -> None:
        """The run ends."""


class NoGuard:
    """For resets that any run may send."""

    def claim(self, baseline_id: str) -> bool:
        """Always."""
        return True

    def check(self, timestamp: int) -> None:
        """Nothing to look at."""

    def accepted(self, request_id: str) -> None:
        """Is not kept."""

    def close(self, outcome: str) -> None:
        """Is not kept."""
