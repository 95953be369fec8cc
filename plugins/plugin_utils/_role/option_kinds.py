# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Kinds of options: what people may give, and the one type that the role makes of it. Pure.

A value has plain types here, and is neither null nor blank: that is an option that is not given.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ...module_utils._errors import OptionError
from ...module_utils._not_text import text_problems
from ...module_utils._problems import InvalidOptions, kind_of
from .structured_text import list_in

Read = Callable[[str, Any], Any]
"""From an option's name and its value to the typed one; raises OptionError or InvalidOptions."""

_LONGEST = 40
_SWITCHES = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}
_PORT = "[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"
_OMITTED = "__omit_place_holder__"
"""How the text begins that older versions of Ansible take for `omit`."""


class Kind(NamedTuple):
    """A kind of option.

    Attributes:
        type: what documents call it.
        read: reads a value that is given.
        empty: makes the value of an option that is neither given nor has a default.
    """

    type: str
    read: Read
    empty: Callable[[], Any] = str


def unset(value: Any) -> bool:
    """Whether a value says that the option is not given: null, or a blank text, as surveys send it."""
    return value is None or (isinstance(value, str) and (not value.strip() or value.startswith(_OMITTED)))


def switch(*, secret: bool = False) -> Kind:
    """True or false. A secret one stands where a secret might, so that a wrong value of it is not shown."""

    def read(name: str, value: Any) -> bool:
        word = str(value).strip().lower()
        if isinstance(value, (dict, list)) or word not in _SWITCHES:
            raise wrong(name, value, "true or false", secret=secret)
        return _SWITCHES[word]

    return Kind("true or false", read, bool)


def number(kind: str, form: str, convert: Callable[[str], Any]) -> Kind:
    """A number, as such or as text.

    Args:
        kind: what to give, without an article.
        form: what its text must match.
    """

    def read(name: str, value: Any) -> Any:
        text = str(value).strip()
        if isinstance(value, (bool, dict, list)) or not re.fullmatch(form, text):
            raise wrong(name, value, f"a {kind}")
        return convert(text)

    return Kind(kind, read, type(None))


def whole(unit: str) -> Kind:
    """A whole number of something, which a template may have made one with a point."""
    return number(f"whole number of {unit}", "[0-9]{1,9}([.]0)?", lambda value: int(float(value)))


def choice(*known: str) -> Kind:
    """One of some words."""
    words = f"{', '.join(known[:-1])} or {known[-1]}"

    def read(name: str, value: Any) -> str:
        if not isinstance(value, str) or value.strip() not in known:
            raise wrong(name, value, words)
        return value.strip()

    return Kind(words, read)


def text(kind: str = "text", *, secret: bool = False, convert: Callable[[str], str] = str.strip) -> Kind:
    """Text; a number is one too, unless it is secret, since nobody sees that a leading zero was lost.

    Args:
        convert: makes the value of the text.
    """

    def read(name: str, value: Any) -> str:
        _must_be_text(name, value, secret)
        return convert(str(value))

    return Kind(kind, read)


def _verbatim(value: str) -> str:
    return value


def _path(value: str) -> str:
    return os.path.expanduser(value.strip())


def texts(kind: str, separators: str, convert: Callable[[str], str] = str.strip) -> Kind:
    """A list of texts: a list, a list in JSON or YAML as text, or a text with separators.

    Args:
        separators: what stands between two entries, a regular expression. It may do so in an entry of a list too.
        convert: makes an entry of each text.
    """

    def read(name: str, value: Any) -> list[str]:
        entries = _entries(name, value, separators)
        found = [convert(one) for entry in entries for one in re.split(separators, entry) if not unset(one)]
        if any(one.count("[") != one.count("]") for one in found):
            raise OptionError(name, "It has a bracket without its counterpart.", "Give a list, or a text with commas.")
        return found

    return Kind(kind, read, list)


def _conditions(name: str, value: Any) -> list[str]:
    """Conditions may contain any separator; those of a text are in lines. One that is evaluated already is a word."""
    if isinstance(value, str) and list_in(value) is None:
        return [line.strip() for line in re.split(r"[\r\n]+", value) if not unset(line)]
    return [one.strip() for one in _entries(name, value, words=True) if not unset(one)]


def _entries(name: str, value: Any, separators: str = "", *, words: bool = False) -> Iterator[str]:
    """The texts of a list, with those of lists in it."""
    found = list_in(value) if isinstance(value, str) else value
    for place, one in enumerate(found if isinstance(found, list) else [value]):
        if isinstance(one, list):
            yield from _entries(name, one, separators, words=words)
        elif isinstance(one, dict) or (isinstance(one, bool) and not words):
            where = f"Entry {place + 1} of it" if isinstance(found, list) else "It"
            raise OptionError(name, f"{where} is {kind_of(one)}.", "Give texts, each in quotes.")
        elif one is not None:
            yield str(one)


def _must_be_text(name: str, value: Any, secret: bool) -> None:
    before, dot, last = name.rpartition(".")
    problems = list(text_problems({last: {"no_log": secret}}, {last: value}, f"{before}{dot}"))
    if problems:
        raise InvalidOptions(problems)


def wrong(name: str, value: Any, words: str, *, secret: bool = False) -> OptionError:
    """Says what is given, unless it may be a secret, and what to give."""
    kind = kind_of(value) if secret or not isinstance(value, (int, float)) else None
    said = kind or ("another text" if secret else _quoted(value))
    return OptionError(name, f"It is {said}.", f"Give {words}, or leave it out.")


def _quoted(value: Any) -> str:
    return repr(short(value)) if isinstance(value, str) else str(value).lower()[:_LONGEST]


def short(value: str) -> str:
    """The beginning of a text that is shown."""
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}..."


SWITCH = switch()
SECRET_SWITCH = switch(secret=True)
SECONDS = number("number of seconds", "[0-9]{1,9}([.][0-9]{1,9})?", float)
WHOLE_SECONDS = whole("seconds")
DAYS = whole("days")
GIB = whole("GiB")
PORT = number("port number", _PORT, int)
TEXT = text()
SECRET = text(secret=True, convert=_verbatim)
PATH = text("path", convert=_path)
TEXTS = texts("list of texts", r"[,\s]+")
FILES = texts("list of files", r"[,\r\n]+", _path)
CONDITIONS = Kind("list of conditions", _conditions, list)
