# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The form of a preflight rule, and what a table of them finds. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from .._problems import Problem

C = TypeVar("C")
"""What a rule judges."""


@dataclass
class Rule(Generic[C]):
    """One thing the API would refuse, and how it is known beforehand.

    Attributes:
        codes: the API codes it stands for; the first is reported.
        option: the option to change.
        find: what is wrong, or None.
        fix: what to do about it; a function where that names what was found.
        hard: whether to refuse, or only to warn.
    """

    codes: tuple[str, ...]
    option: str
    find: Callable[[C], str | None]
    fix: str | Callable[[C], str]
    hard: bool = True


def broken(rules: Iterable[Rule[C]], context: C, *, hard: bool = True) -> list[Problem]:
    """All problems of one kind, in the table's order."""
    found = ((rule, rule.find(context)) for rule in rules if rule.hard == hard)
    return [Problem(rule.codes[0], rule.option, message, _fix(rule, context)) for rule, message in found if message]


def _fix(rule: Rule[C], context: C) -> str:
    return rule.fix if isinstance(rule.fix, str) else rule.fix(context)
