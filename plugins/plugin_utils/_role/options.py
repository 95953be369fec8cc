# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Values of variables as they are now: whatever changes later changes them no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

PREFIX = "reset_instance_"


def frozen(options: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Options by their names without the role's prefix, each value a copy of plain types.

    What is none of the types of JSON, such as a date or a text that was in a vault, becomes its text.
    """
    return {name[len(PREFIX) :]: plain(value) for name, value in options}


def plain(value: Any) -> Any:
    """A copy without templates that are still to be evaluated, and without types of Ansible's own."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return str(value)
