# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Whether conditions can be understood: one that cannot would fail after the reset."""

from __future__ import annotations

from collections.abc import Iterable

from jinja2 import Environment, TemplateSyntaxError, nodes


def problems(conditions: Iterable[str]) -> list[str]:
    """What is wrong with each of them, in the words of Jinja."""
    found = []
    for text in conditions:
        try:
            tree = Environment(autoescape=True).parse(text if _is_template(text) else f"{{% if {text} %}}{{% endif %}}")
        except TemplateSyntaxError as error:
            found.append(f"{text!r}: {error.message}.")
        else:
            if not _is_template(text) and any(one.body for one in tree.find_all(nodes.If)):
                found.append(f"{text!r}: it ends before its end.")
    return found


def _is_template(text: str) -> bool:
    """Whether a template is to make the condition, when it is time."""
    return "{{" in text or "{%" in text
