# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.


"""Text options that are given as something else. Pure.

Ansible turns whatever an option of type `str` or `path` is given into its Python text: a list becomes "['a', 'b']",
`no` becomes "False", 0123 becomes "83". What reaches the server is then not what is in the playbook.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ._problems import Problem, invalid, kind_of, of_entries
from ._user_data_formats import MAPPING_FIX

_FIXES = {
    "a mapping": "Give text, in quotes.",
    "a list": "Give one text.",
    "true or false": "Put it in quotes.",
    "a number": "Put it in quotes, since a leading zero, for one, is lost otherwise.",
}
_FIXES_BY_OPTION = {
    ("user_data", "a mapping"): MAPPING_FIX,
    ("user_data", "a list"): r"""Write it as text: "{{ your_lines | join('\n') }}".""",
}


def text_problems(spec: Mapping[str, Any], given: Any, prefix: str = "") -> Iterator[Problem]:
    """Each text option that is given as something else; the values themselves are not shown.

    Args:
        spec: an argument spec of Ansible's.
        given: the options as the task gives them. What is not a mapping here is Ansible's to judge.
        prefix: the option that these are suboptions of, with a dot.
    """
    if not isinstance(given, Mapping):
        return
    for name in [name for name in spec if name in given]:
        option, value = spec[name], given[name]
        kind = option.get("type", "str")
        if kind in ("str", "path"):
            yield from _wrong(f"{prefix}{name}", name, value, bool(option.get("no_log")))
        elif kind == "list" and option.get("elements") == "str":
            for one in value if isinstance(value, list) else []:
                yield from _wrong(f"{prefix}{name}", name, one, bool(option.get("no_log")))
        elif "options" in option and isinstance(value, list):
            found = (
                (place, one)
                for place, entry in enumerate(value)
                for one in text_problems(option["options"], entry, f"{prefix}{name}.")
            )
            yield from of_entries(f"{prefix}{name}", found)
        elif "options" in option:
            yield from text_problems(option["options"], value, f"{prefix}{name}.")


def _wrong(option: str, name: str, value: Any, is_secret: bool) -> Iterator[Problem]:
    kind = kind_of(value)
    # A number that is shown can be checked by its reader, a secret cannot.
    if kind and kind != "null" and (kind != "a number" or is_secret):
        fix = _FIXES_BY_OPTION.get((name, kind), _FIXES[kind])
        yield invalid(option, f"It must be text, and is {kind}.", fix)
