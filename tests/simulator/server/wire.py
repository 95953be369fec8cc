# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What crosses the simulator's border: a request in, a reply out, and the form coding between."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl

Fate = Literal["answer", "drop", "reset", "hang", "cut"]

JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class HttpRequest:
    """One HTTP request; ``query`` is the raw query string, ``headers`` are looked up in lower case."""

    method: str
    host: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        """The header of this lower-case name, or an empty string."""
        return self.lowered.get(name, "")

    @property
    def lowered(self) -> Mapping[str, str]:
        """The headers by lower-case name, computed once."""
        known: dict[str, str] | None = self.__dict__.get("_lowered")
        if known is None:
            known = {name.lower(): value for name, value in self.headers.items()}
            self.__dict__["_lowered"] = known
        return known

    @property
    def content_type(self) -> str:
        """The media type without its parameters, in lower case."""
        return self.header("content-type").split(";")[0].strip().lower()


@dataclass
class Reply:
    """An HTTP answer and what becomes of it on the wire.

    ``fate``: ``answer`` sends it; ``drop`` closes without a byte (FIN); ``reset`` closes with RST; ``hang`` keeps
    silent for ``seconds`` and closes then; ``cut`` announces the whole body, sends half of it and closes.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    fate: Fate = "answer"
    seconds: float = 0.0

    def json(self) -> Any:
        """The body decoded."""
        return json.loads(self.body)


def json_reply(document: Any, status: int = 200) -> Reply:
    """A reply that carries ``document`` as JSON."""
    return Reply(status, {"Content-Type": JSON_TYPE}, json.dumps(document, ensure_ascii=False).encode())


def parse_form(text: str) -> dict[str, str]:
    """The parameters of a query or form body; raises ValueError when it is not UTF-8."""
    return dict(parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="strict"))


def unflatten(flat: Mapping[str, str]) -> dict[str, Any]:
    """Nested parameters from dotted names: ``Filters.0.Values.1=x``; raises ValueError when names contradict."""
    tree: dict[str, Any] = {}
    for name, value in flat.items():
        node = tree
        *parents, last = name.split(".")
        for part in parents:
            node = node.setdefault(part, {})
            if not isinstance(node, dict):
                raise ValueError(name)
        if last in node:
            raise ValueError(name)
        node[last] = value
    return {name: _listed(value) for name, value in tree.items()}


def _listed(node: Any) -> Any:
    """Turn mappings whose keys are all numbers into lists (older pages count from 1, so gaps close)."""
    if not isinstance(node, dict):
        return node
    if node and all(key.isdecimal() for key in node):
        return [_listed(node[key]) for key in sorted(node, key=int)]
    return {key: _listed(value) for key, value in node.items()}


def flat_names(node: Any, prefix: str = "") -> list[str]:
    """The dotted names of all leaves of nested parameters, without their values."""
    if isinstance(node, dict):
        pairs = [(str(key), value) for key, value in node.items()]
    elif isinstance(node, list):
        pairs = [(str(index), value) for index, value in enumerate(node)]
    else:
        return [prefix]
    return [name for key, value in pairs for name in flat_names(value, f"{prefix}.{key}" if prefix else key)]
