# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The task files of the user: where they are, and whether Ansible can read them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

OPTIONS = ("before_tasks", "after_tasks", "failure_tasks")

Load = Callable[[str], None]
"""Reads a file as Ansible reads a list of tasks; raises an exception, or the text of what is wrong, when it cannot."""


def files(options: Mapping[str, Any], folder: str, names: Iterable[str] = OPTIONS) -> list[str]:
    """The paths of the hooks, each once.

    Args:
        options: the options of the role.
        folder: that of the playbook, where a relative path begins. The search of include_tasks would begin in the
            role, whose own files may have the same names.
        names: the options that count.
    """
    found = [os.path.expanduser(one) for name in names for one in options.get(name) or ()]
    return list(dict.fromkeys(os.path.join(folder, one) for one in found))


def problem_of(path: str, load: Load) -> str:
    """What is wrong with a file of tasks; empty if Ansible can read it."""
    if not os.path.isfile(path):
        return f"There is no file {path}."
    try:
        load(path)
    except Exception as error:
        return f"{path} is not a list of tasks that Ansible can read: {' '.join(str(error).split())}"
    return ""
