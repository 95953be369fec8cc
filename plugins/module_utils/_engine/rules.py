# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The form of a preflight rule. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

C = TypeVar("C")
"""What a rule judges."""


@dataclass
class Rule(Generic[C]):
    """One thing the API would refuse, and how it is known beforehand.

    Attributes:
        codes: the API codes it stands for; the first is reported.
        option: the option to change.
        find: what is wrong, or None.
        fix: what to do about it.
        hard: whether to refuse, or only to warn.
    """

    codes: tuple[str, ...]
    option: str
    find: Callable[[C], str | None]
    fix: str
    hard: bool = True
