# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.


"""The forms of ids, and how to find the id of what is known by its name. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ._problems import Problem, invalid

_EIGHT = r"[0-9a-z]{8}"
_FORMS = {
    "ins": (_EIGHT, "To find it by the name, use cvm_instance_info with filters: {instance-name: NAME}."),
    # Image ids of other lengths are in use.
    "img": (r"[0-9a-z]+", "To find it by the name, use cvm_image_info with filters: {image-name: NAME}."),
    "skey": (_EIGHT, "To find it by the name, use cvm_key_pair_info with filters: {key-name: NAME}."),
    "disk": (_EIGHT, "cvm_instance_info shows the disks of an instance."),
    "snap": (_EIGHT, "A snapshot that is known by its name is given as snapshot_name."),
}
"""By the prefix: what follows it and a hyphen, and how to find one."""


def is_id(prefix: str, text: str) -> bool:
    """Whether it has the form of an id."""
    return bool(re.fullmatch(f"{prefix}-{_FORMS[prefix][0]}", text))


def id_fix(prefix: str) -> str:
    """What an id looks like, and how to find it."""
    pattern, lookup = _FORMS[prefix]
    eight = "eight " if pattern == _EIGHT else ""
    return f"An id is {prefix}- and {eight}lower-case letters or digits. {lookup}"


def id_problems(option: str, prefix: str, ids: Iterable[str]) -> Iterator[Problem]:
    """Those that cannot be ids."""
    for one in ids:
        if not is_id(prefix, one):
            yield invalid(option, f"{one!r} is not a valid id.", id_fix(prefix))
