# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Values that are given as text in JSON or YAML, as a survey has to. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml

_FLOW = ("{", "[")
_LIST = re.compile(r"\s*(---\s+)?(\[|-\s)")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
"""What JSON makes of one character beyond the first 65536, when it is to be ASCII."""


class NotYaml(ValueError):
    """A text that is not YAML, or says something twice; the message follows "it", and shows nothing of the text."""


class _Loader(yaml.SafeLoader):
    """Plain data, without what makes much out of little or drops a part."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise NotYaml("has a reference to another part of it")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        found = super().construct_mapping(node, deep)
        if len(found) < len(node.value):
            raise NotYaml("has a key twice")
        return found


def from_yaml(text: str) -> Any:
    """What a text in JSON or YAML says, in plain types. Raises NotYaml."""
    try:
        return _read(text)
    except NotYaml:
        if "\t" in text and text.lstrip().startswith(_FLOW):
            # JSON may be indented with tabs, and YAML may not.
            return _read(text.replace("\t", " "))
        raise


def list_in(text: str) -> list[Any] | None:
    """The list that a text in JSON or YAML says; None if it is another text."""
    try:
        found = from_yaml(text) if _LIST.match(text) else None
    except NotYaml:
        return None
    return found if isinstance(found, list) else None


def plain(value: Any) -> Any:
    """A copy in the types of JSON: without templates that are still to be evaluated, and without types of Ansible's.

    What has no such type, such as a text that was in a vault, becomes its text, and a date that of ISO 8601.
    """
    if isinstance(value, str):
        # Its own class may return itself as its text.
        return str.__str__(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return int(value) if isinstance(value, int) else float(value)
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else plain(str(value))


def _read(text: str) -> Any:
    try:
        loader = _Loader(text)
        try:
            return _whole(plain(loader.get_single_data()))
        finally:
            loader.dispose()
    except NotYaml:
        raise
    except yaml.MarkedYAMLError as error:
        where = f" (line {error.problem_mark.line + 1})" if error.problem_mark else ""
        raise NotYaml(f"is neither JSON nor YAML{where}") from None
    except (yaml.YAMLError, ValueError, OverflowError):
        # A date that there is not, for one.
        raise NotYaml("is neither JSON nor YAML") from None
    except RecursionError:
        raise NotYaml("is nested too deeply") from None


def _whole(value: Any) -> Any:
    """The value with each character in one piece that was written as two."""
    if isinstance(value, str):
        return _PAIR.sub(_joined, value)
    if isinstance(value, dict):
        return {_whole(key): _whole(one) for key, one in value.items()}
    return [_whole(one) for one in value] if isinstance(value, list) else value


def _joined(pair: re.Match[str]) -> str:
    return pair[0].encode("utf-16", "surrogatepass").decode("utf-16")
