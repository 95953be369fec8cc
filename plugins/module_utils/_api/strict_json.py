# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The one decoder of JSON that others wrote: strict, bounded, and with printable text only."""

from __future__ import annotations

import json
import math
from typing import Any

from .._text import printable

DEEPEST = 50
"""How many lists and objects may lie within each other."""

LONGEST_TEXT = 65536
LONGEST_NUMBER = 40
"""Characters of one text (user data in base64 has 21848), and of one number."""


class NotJson(ValueError):
    """It is not JSON that can be trusted; the text says why, in words that follow "it"."""


def strict_json(body: bytes) -> Any:
    """What a body says, with every text made printable.

    Raises NotJson for anything but JSON in UTF-8, and for what others may understand differently: a duplicate key, NaN
    and infinity, numbers, texts or depths that are out of all proportion.
    """
    try:
        value = json.loads(
            body.decode(), object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
        )
    except NotJson:
        raise
    except UnicodeDecodeError:
        raise NotJson("is not UTF-8") from None
    except RecursionError:
        raise NotJson("is nested too deeply") from None
    except ValueError:
        raise NotJson("is not JSON") from None
    return _settled(value, DEEPEST)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    known = {key if key.isprintable() else printable(key): item for key, item in pairs}
    if len(known) < len(pairs):
        raise NotJson("has a key twice")
    return known


def _integer(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise NotJson("has a number that is too long")
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise NotJson("has a number that is too large")
    return number


def _constant(word: str) -> float:
    raise NotJson(f"has {word}, which is not a number")


def _settled(value: Any, depth: int) -> Any:
    """The value with every text made printable, measured on the way; its lists and objects are changed in place.

    Answers have thousands of values, and nearly all of them stay as they are.
    """
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise NotJson("has a text that is too long")
        return value if value.isprintable() else printable(value)
    if isinstance(value, (dict, list)):
        if not depth:
            raise NotJson("is nested too deeply")
        for place, item in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(item, (str, dict, list)):
                value[place] = _settled(item, depth - 1)
    return value
