# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A filter for the playbooks of tests that writes a file: a module that does takes as long as a short play."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def written(text: str, path: str) -> bool:
    """Write it; true."""
    Path(path).write_text(text, encoding="utf-8")
    return True


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[[str, str], bool]]:
        """The filters by name."""
        return {"written": written}
