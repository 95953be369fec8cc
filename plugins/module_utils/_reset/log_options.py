# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The options of a task that reads or carries on the logs of policy `once`, checked before anything is sent. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .._ids import id_problems
from .._problems import Problem, of_entries
from .fleet_options import list_problems
from .idempotency_entry import NEXT_STATES

LOG_SPEC: dict[str, Any] = {
    "instance_id": {"type": "str"},
    "instance_ids": {"type": "list", "elements": "str"},
    "idempotency_key": {"type": "str", "no_log": False},
    "state": {"type": "str", "choices": list(NEXT_STATES)},
}


def ids_of(options: Mapping[str, Any]) -> list[str]:
    """The instances of the task, in order."""
    alone = options["instance_id"]
    return (options["instance_ids"] or []) if alone is None else [alone]


def log_problems(options: Mapping[str, Any]) -> Iterator[Problem]:
    """All that is wrong with the instances of the task."""
    ids = ids_of(options)
    if options["instance_id"] is not None:
        yield from id_problems("instance_id", "ins", ids)
        return
    yield from list_problems("instance_ids", ids)
    found = ((place, one) for place, name in enumerate(ids) for one in id_problems("instance_ids", "ins", [name]))
    yield from of_entries("instance_ids", found)
