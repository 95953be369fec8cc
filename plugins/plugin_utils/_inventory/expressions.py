# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""What an expression of a file reads of an instance, if it reads nothing else.

Ansible compiles an expression anew each time, for every host. Most ask for a field or two, and thousands of hosts have
the same in them. The result of such an expression depends on these values alone, so that once for each of them is
enough. Only what is listed here counts as such: a lookup, a random number or the time may differ from host to host.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, Optional

from jinja2 import Environment, TemplateError, nodes

from .hosts import PREFIX

_SAME_FOR_SAME = (
    *(nodes.Const, nodes.List, nodes.Tuple, nodes.Keyword, nodes.Compare, nodes.Operand),
    *(nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Concat, nodes.Add),
)
_FILTERS = frozenset(
    (
        *("bool", "capitalize", "d", "default", "first", "float", "int", "join", "last", "length", "list", "lower"),
        *("regex_replace", "regex_search", "replace", "sort", "split", "string", "title", "trim", "unique", "upper"),
    )
)
_TESTS = frozenset(
    (
        *("contains", "defined", "eq", "equalto", "false", "in", "match", "ne", "none", "regex", "search", "string"),
        *("true", "undefined", "version"),
    )
)
_GRAMMAR = Environment(autoescape=True)
"""It reads expressions, and evaluates none."""

_UNKNOWN = object()
_ABSENT = object()

Inputs = Optional[tuple[Hashable, ...]]


class _Step(NamedTuple):
    """Of a path: `.name`, or `[key]`."""

    key: Any
    is_attribute: bool


class _Path(NamedTuple):
    variable: str
    steps: tuple[_Step, ...] = ()


class _NotAlone(Exception):
    """It may depend on something else."""


class Expression:
    """One that depends on variables of the instance alone."""

    def __init__(self, paths: tuple[_Path, ...], *, is_path: bool) -> None:
        self._paths = paths
        self._is_path = is_path

    def inputs(self, variables: Mapping[str, Any]) -> Inputs:
        """What it reads, to recognize equal cases by; None if Ansible has to look."""
        values = [_resolved(path, variables) for path in self._paths]
        return None if any(value is _UNKNOWN for value in values) else tuple(map(_told, values))

    def value(self, variables: Mapping[str, Any], default: Any) -> Any:
        """Its result if it is the name of a value that is there, else the default."""
        value = _resolved(self._paths[0], variables) if self._is_path else _ABSENT
        return default if value is _ABSENT or value is _UNKNOWN else value


def expression(text: Any) -> Expression | None:
    """The expression, if it depends on variables of the instance alone."""
    return _expression(text) if isinstance(text, str) else None


@lru_cache(maxsize=1024)
def _expression(text: str) -> Expression | None:
    try:
        (output,) = _GRAMMAR.parse(f"{{{{ {text} }}}}").body
        if not isinstance(output, nodes.Output):
            return None
        (node,) = output.nodes
        return Expression(tuple(_read(node)), is_path=_path(node) is not None)
    except (TemplateError, ValueError, _NotAlone, RecursionError):
        return None


def _read(node: nodes.Node) -> Iterator[_Path]:
    """The paths of an expression. Raises _NotAlone for anything that could depend on something else."""
    path = _path(node)
    if path:
        yield path
        return
    if not _is_same_for_same(node):
        raise _NotAlone
    for child in node.iter_child_nodes():
        yield from _read(child)


def _is_same_for_same(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Filter):
        return node.name in _FILTERS
    if isinstance(node, nodes.Test):
        return node.name in _TESTS
    return isinstance(node, _SAME_FOR_SAME)


def _path(node: nodes.Node) -> _Path | None:
    if isinstance(node, nodes.Name):
        return _Path(node.name) if node.name.startswith(PREFIX) else None
    if isinstance(node, nodes.Getattr):
        return _longer(node.node, _Step(node.attr, is_attribute=True))
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and type(node.arg.value) in (int, str):
        return _longer(node.node, _Step(node.arg.value, is_attribute=False))
    return None


def _longer(node: nodes.Node, step: _Step) -> _Path | None:
    path = _path(node)
    return path._replace(steps=(*path.steps, step)) if path else None


def _resolved(path: _Path, variables: Mapping[str, Any]) -> Any:
    """The value at a path, `_ABSENT` where its end is missing, `_UNKNOWN` where only Jinja can tell."""
    value = variables.get(path.variable, _UNKNOWN)
    for step in path.steps:
        value = _within(value, step)
    return value


def _within(value: Any, step: _Step) -> Any:
    if value is _UNKNOWN or value is _ABSENT:
        return _UNKNOWN
    if isinstance(step.key, int):
        found = value[step.key : step.key + 1] if isinstance(value, list) and step.key >= 0 else [_UNKNOWN]
        return found[0] if found else _ABSENT
    if isinstance(value, dict) and step.key in value and not (step.is_attribute and hasattr(value, step.key)):
        return value[step.key]
    # Jinja finds `items` or `upper` on the value itself.
    return _UNKNOWN if hasattr(value, step.key) else _ABSENT


def _told(value: Any) -> Hashable:
    """Something that is equal for equal values alone: 1 is not True, and no text is a list."""
    return (type(value), repr(value) if isinstance(value, (dict, list)) else value)
