# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Options that the tasks with images and snapshots share, checked before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.tencent.cloud.plugins.module_utils._errors import OptionError
from ansible_collections.tencent.cloud.plugins.module_utils._identity_advice import TIMESTAMP_VALID_SECONDS
from ansible_collections.tencent.cloud.plugins.module_utils._reset_follow import Timing
from ansible_collections.tencent.cloud.plugins.module_utils._reset_options import timing

LIST_LAG = 75
"""Seconds for which a read may show what is no longer true."""

WAIT_SPEC: dict[str, Any] = {
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 1800},
    "wait_interval": {"type": "float", "default": 5.0},
}

NAME_LENGTH = 60
TAGS = 50
TAG_KEY_LENGTH, TAG_VALUE_LENGTH = 127, 255
"""Limits of the document "Use Limits" of the tag service (651/13354)."""

_IDS = {"instance_id": "ins", "image_id": "img", "snapshot_id": "snap", "disk_id": "disk", "data_disk_ids": "disk"}


def waiting(options: Mapping[str, Any]) -> Timing:
    """How long to wait. Raises OptionError for times that are none."""
    return timing({**options, "settle_seconds": TIMESTAMP_VALID_SECONDS + LIST_LAG, "wait_until_idle": 0})


def check_needed(options: Mapping[str, Any], needed: Mapping[str, Sequence[Sequence[str]]]) -> None:
    """Raises OptionError for a state that lacks an option: AnsibleModule takes null, and an empty text, for a value.

    Args:
        needed: by the state, groups of options; of each group one needs a value.
    """
    for names in needed[options["state"]]:
        if not any(options[name] for name in names):
            lacks = f"of {' and '.join(names)} one needs a value." if len(names) > 1 else "it has no value."
            raise OptionError(names[0], lacks, f"Give {' or '.join(names)}.")


def check_ids(options: Mapping[str, Any]) -> None:
    """Raises OptionError for an id that is given and is none."""
    for name, prefix in _IDS.items():
        given = options.get(name)
        for one in given if isinstance(given, list) else [given]:
            if one is not None and not re.fullmatch(rf"{prefix}-[0-9a-z]{{8}}", one):
                form = f"An id is {prefix}- and eight lower-case letters or digits."
                raise OptionError(name, f"{one!r} is no id.", form)


def check_name(options: Mapping[str, Any], name: str) -> None:
    """Raises OptionError for a name that is given and is none.

    What was made is recognized by its name, so it must be one that the service keeps as it was sent.
    """
    check_text(options, name, NAME_LENGTH)
    value = options.get(name) or ""
    if value != value.strip() or not value.isprintable():
        raise OptionError(name, f"{value!r} has space around it, or what cannot be seen.", "Leave that out.")


def check_text(options: Mapping[str, Any], name: str, most: int, least: int = 1) -> None:
    """Raises OptionError for a text that is given and is too short, too long, or no text."""
    value = options.get(name)
    if value is None:
        return
    if not least <= len(value) <= most:
        raise OptionError(name, f"it has {len(value)} characters.", f"Give {least} to {most}.")
    if not _is_text(value):
        raise OptionError(name, "it holds something that is no character.", "Give text.")


def tag_list(options: Mapping[str, Any]) -> list[dict[str, str]]:
    """The tags as the API takes them. Raises OptionError for what is no tag."""
    tags = {str(key): value for key, value in (options["tags"] or {}).items()}
    wrong = [key for key, value in tags.items() if not key or isinstance(value, (dict, list))]
    if wrong:
        raise OptionError("tags", f"{', '.join(map(repr, wrong))} has no key, or no text.", "Give texts.")
    if len(tags) > TAGS:
        raise OptionError("tags", f"{len(tags)} are more than {TAGS}.", "Give fewer.")
    texts = {key: "" if value is None else str(value) for key, value in tags.items()}
    wrong = [key for key, text in texts.items() if not _is_tag(key, text)]
    if wrong:
        raise OptionError(
            "tags",
            f"{', '.join(repr(key[:TAG_KEY_LENGTH]) for key in wrong)} is too long, or has a value that is, or holds "
            "what is no character.",
            f"A key has at most {TAG_KEY_LENGTH} characters, a value {TAG_VALUE_LENGTH}.",
        )
    return [{"Key": key, "Value": text} for key, text in texts.items()]


def _is_tag(key: str, value: str) -> bool:
    return len(key) <= TAG_KEY_LENGTH and len(value) <= TAG_VALUE_LENGTH and _is_text(key + value)


def _is_text(value: str) -> bool:
    """Whether it can be sent: a lone surrogate cannot."""
    return value == value.encode(errors="ignore").decode()
