# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Options that the tasks with images and snapshots share, checked before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._ids import id_problems
from .._problems import Problem, invalid

NAME_LENGTH = 60
TAGS = 50
TAG_KEY_LENGTH, TAG_VALUE_LENGTH = 127, 255
"""Limits of the document "Use Limits" of the tag service (651/13354)."""

TEXT = "Give text that is valid Unicode."

_IDS = {"instance_id": "ins", "image_id": "img", "snapshot_id": "snap", "disk_id": "disk", "data_disk_ids": "disk"}


def needed_problems(options: Mapping[str, Any], needed: Mapping[str, Sequence[Sequence[str]]]) -> Iterator[Problem]:
    """Options that the state lacks: AnsibleModule takes null, and an empty text, for a value.

    Args:
        needed: groups of options that the state needs; one of each group must have a value.
    """
    for names in needed[options["state"]]:
        if not any(options[name] for name in names):
            lacks = f"One of {' and '.join(names)} needs a value." if len(names) > 1 else "It has no value."
            yield invalid(names[0], lacks, f"Give {' or '.join(names)}.")


def all_id_problems(options: Mapping[str, Any]) -> Iterator[Problem]:
    """Given ids that are not valid. Whether an empty one will do depends on the state."""
    for name, prefix in _IDS.items():
        given = options.get(name) or []
        yield from id_problems(name, prefix, given if isinstance(given, list) else [given])


def name_problems(options: Mapping[str, Any], name: str) -> Iterator[Problem]:
    """A given name that cannot be used.

    What was made is recognized by its name, so it must be one that the service keeps as it was sent.
    """
    yield from length_problems(options, name, NAME_LENGTH)
    value = options.get(name) or ""
    if value != value.strip() or not value.isprintable():
        yield invalid(name, f"{value!r} begins or ends with a space, or has invisible characters.", "Leave them out.")


def length_problems(options: Mapping[str, Any], name: str, most: int) -> Iterator[Problem]:
    """A given text that is too long, or cannot be sent. Whether an empty one will do depends on the state."""
    value = options.get(name) or ""
    if len(value) > most:
        yield invalid(name, f"It has {len(value)} characters.", f"Give at most {most}.")
    elif not _is_text(value):
        yield invalid(name, "It contains an invalid character.", TEXT)


def tag_problems(options: Mapping[str, Any]) -> Iterator[Problem]:
    """Tags that cannot be sent."""
    tags = options["tags"] or {}
    if len(tags) > TAGS:
        yield invalid("tags", f"There are {len(tags)}, and at most {TAGS} are possible.", "Give fewer.")
    for key, value in tags.items():
        shown = repr(str(key)[:TAG_KEY_LENGTH])
        if isinstance(value, (dict, list)):
            yield invalid("tags", f"The value of {shown} must be text.", "Give one text.")
        elif not key or len(str(key)) > TAG_KEY_LENGTH or len(str(value)) > TAG_VALUE_LENGTH:
            lengths = f"A key has 1 to {TAG_KEY_LENGTH} characters, a value at most {TAG_VALUE_LENGTH}."
            yield invalid("tags", f"{shown} is empty, or it or its value is too long.", lengths)
        elif not _is_text(f"{key}{value}"):
            yield invalid("tags", f"{shown} or its value contains an invalid character.", TEXT)


def tag_list(options: Mapping[str, Any]) -> list[dict[str, str]]:
    """The tags as the API takes them."""
    tags = (options["tags"] or {}).items()
    return [{"Key": str(key), "Value": "" if value is None else str(value)} for key, value in tags]


def _is_text(value: str) -> bool:
    """Whether it can be sent: a lone surrogate cannot."""
    return value == value.encode(errors="ignore").decode()
