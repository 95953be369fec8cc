# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Options that the tasks with images and snapshots share, checked before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.tencent.cloud.plugins.module_utils._client import TIMESTAMP_VALID_SECONDS
from ansible_collections.tencent.cloud.plugins.module_utils._errors import OptionError
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

_IDS = {"instance_id": "ins", "image_id": "img", "snapshot_id": "snap", "disk_id": "disk", "data_disk_ids": "disk"}


def waiting(options: Mapping[str, Any]) -> Timing:
    """How long to wait. Raises OptionError for times that are none."""
    return timing({**options, "settle_seconds": TIMESTAMP_VALID_SECONDS + LIST_LAG})


def check_ids(options: Mapping[str, Any]) -> None:
    """Raises OptionError for an id that is given and is none."""
    for name, prefix in _IDS.items():
        given = options.get(name)
        for one in given if isinstance(given, list) else [given]:
            if one is not None and not re.fullmatch(rf"{prefix}-[0-9a-z]{{8}}", one):
                form = f"An id is {prefix}- and eight lower-case letters or digits."
                raise OptionError(name, f"{one!r} is no id.", form)


def check_text(options: Mapping[str, Any], name: str, most: int, least: int = 1) -> None:
    """Raises OptionError for a text that is given and is too short or too long."""
    value = options.get(name)
    if value is not None and not least <= len(value) <= most:
        raise OptionError(name, f"it has {len(value)} characters.", f"Give {least} to {most}.")


def tag_list(options: Mapping[str, Any]) -> list[dict[str, str]]:
    """The tags as the API takes them. Raises OptionError for what is no tag."""
    tags = options["tags"] or {}
    wrong = [str(key) for key, value in tags.items() if not str(key) or isinstance(value, (dict, list))]
    if wrong:
        raise OptionError("tags", f"{', '.join(map(repr, wrong))} has no key, or no text.", "Give texts.")
    if len(tags) > TAGS:
        raise OptionError("tags", f"{len(tags)} are more than {TAGS}.", "Give fewer.")
    return [{"Key": str(key), "Value": "" if value is None else str(value)} for key, value in tags.items()]
