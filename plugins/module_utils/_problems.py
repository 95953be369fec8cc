# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.


"""Problems: what stands in the way of a task, each with its option and its fix, reported all at once. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ._errors import OptionError, TencentCloudError

_KINDS = (
    (Mapping, "a mapping"),
    ((list, tuple), "a list"),
    (bool, "true or false"),
    ((int, float), "a number"),
    (type(None), "null"),
)

_NAMED = 3
"""How many things are named, at most."""


class Problem(NamedTuple):
    """Why a task would not work. All fields are texts for the user.

    Attributes:
        code: the API's code for it, or `InvalidOption` for an option that cannot be used as given.
        option: the option to change, without the module's own name: a caller may have another name for it.
    """

    code: str
    option: str
    message: str
    fix: str


class InvalidOptions(TencentCloudError):
    """Options that cannot be used, all of them; nothing was sent. The problems say which, and the error how many."""

    code = OptionError.code

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"Nothing was sent, for {counted(problems)}.")
        self.problems = list(problems)

    def __str__(self) -> str:
        return refusal("Nothing was sent", self.problems)


def invalid(option: str, message: str, fix: str) -> Problem:
    """An option that cannot be used as given."""
    return Problem(OptionError.code, option, message, fix)


def problems_of(error: TencentCloudError) -> list[Problem]:
    """What an error says about options; empty if it is about something else."""
    if isinstance(error, InvalidOptions):
        return error.problems
    return [invalid(error.option, error.problem, error.fix)] if isinstance(error, OptionError) else []


def merged(problems: Sequence[Problem], found: Iterable[Problem]) -> list[Problem]:
    """All of them; but an option that cannot be used at all is not judged by its content as well."""
    unusable = {problem.option for problem in problems}
    return [*problems, *(problem for problem in found if problem.option not in unusable)]


def of_entries(option: str, found: Iterable[tuple[int, Problem]]) -> Iterator[Problem]:
    """Each problem once, with the entries of a list that have it.

    Args:
        option: the list.
        found: the place of an entry, and what is wrong with it.
    """
    places: dict[Problem, list[int]] = {}
    for place, problem in found:
        places.setdefault(problem, []).append(place)
    for problem, at in places.items():
        yield problem._replace(message=f"In {entries(option, at)}: {problem.message}")


def entries(option: str, places: Sequence[int]) -> str:
    """Some entries of a list, in words."""
    return named([f"{option}[{place}]" for place in places])


def named(names: Sequence[str]) -> str:
    """Some things in words, and how many more there are."""
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def kind_of(value: Any) -> str | None:
    """What something that is not text is, in words; None for text."""
    return next((kind for types, kind in _KINDS if isinstance(value, types)), None)


def counted(problems: Sequence[Problem]) -> str:
    """How many there are."""
    return f"{len(problems)} problem{'' if len(problems) == 1 else 's'}"


def told(problems: Sequence[Problem]) -> str:
    """All of them in sentences, numbered."""
    texts = " ".join(f"({number}) {one.option}: {one.message} {one.fix}" for number, one in enumerate(problems, 1))
    return f"{counted(problems)}: {texts}"


def refusal(what: str, problems: Sequence[Problem], error: TencentCloudError | None = None) -> str:
    """The refusal in sentences.

    Args:
        what: such as `Nothing was sent`.
        error: what kept the rest from being judged.
    """
    rest = f" More may be wrong: {error}" if error else ""
    return f"{what}, for {told(problems)}{rest}"


def as_data(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """The `problems` of a result."""
    return [problem._asdict() for problem in problems]
