# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of parameters against the schema of an action: unknown names, missing ones, wrong types."""

from __future__ import annotations

from typing import Any, Union

from .errors import ApiError, GatewayError

# str, int, bool; a mapping of names; or a list of one of these.
Schema = Union[type, dict[str, Any], list[Any]]


def checked(schema: Schema, value: Any, *, text: bool, path: str = "") -> Any:
    """The value typed as the schema says; ``text``: numbers and booleans arrived as text.

    Raises UnknownParameter, or InvalidParameter for a wrong type.
    """
    if isinstance(schema, dict):
        return _mapping(schema, value, text, path)
    if isinstance(schema, list):
        if not isinstance(value, list):
            raise _wrong(path, "an array")
        return [checked(schema[0], item, text=text, path=f"{path}.{index}") for index, item in enumerate(value)]
    return _scalar(schema, value, text, path)


def require(parameters: dict[str, Any], names: tuple[str, ...]) -> None:
    """Raises MissingParameter unless all these are given and not empty."""
    for name in names:
        if parameters.get(name) in (None, "", []):
            raise ApiError("MissingParameter", f"The request is missing the parameter `{name}`.")


def _mapping(schema: dict[str, Any], value: Any, text: bool, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(path, "an object")
    result = {}
    for name, item in value.items():
        full = f"{path}.{name}" if path else name
        if name not in schema:
            raise GatewayError("UnknownParameter", f"The parameter `{full}` is not recognized.")
        if item is not None:
            result[name] = checked(schema[name], item, text=text, path=full)
    return result


def _scalar(wanted: type, value: Any, text: bool, path: str) -> Any:
    if text and isinstance(value, str):
        value = _from_text(wanted, value, path)
    # A boolean is an int to Python, but not to the API.
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise _wrong(path, {str: "a string", int: "an integer", bool: "a boolean"}[wanted])
    return value


def _from_text(wanted: type, value: str, path: str) -> Any:
    if wanted is bool:
        if value.lower() not in ("true", "false"):
            raise _wrong(path, "a boolean")
        return value.lower() == "true"
    if wanted is int:
        if not value.lstrip("-").isdecimal():
            raise _wrong(path, "an integer")
        return int(value)
    return value


def _wrong(path: str, kind: str) -> GatewayError:
    return GatewayError("InvalidParameter", f"The parameter `{path}` must be {kind}.")
