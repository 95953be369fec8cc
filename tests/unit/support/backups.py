# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks with images and snapshots, run by their engines on a simulator."""

from __future__ import annotations

from typing import Any

from ansible_collections.tencent.cloud.plugins.module_utils._backup.image import IMAGE_SPEC, Images
from ansible_collections.tencent.cloud.plugins.module_utils._backup.image import option_problems as image_problems
from ansible_collections.tencent.cloud.plugins.module_utils._backup.result import BackupResult
from ansible_collections.tencent.cloud.plugins.module_utils._backup.snapshot import Snapshots
from ansible_collections.tencent.cloud.plugins.module_utils._backup.snapshot_options import SNAPSHOT_SPEC
from ansible_collections.tencent.cloud.plugins.module_utils._backup.snapshot_options import (
    option_problems as snapshot_problems,
)

from .simulated import Simulated

INSTANCE, DISK = "ins-r8hr2upy", "disk-r8hr2upy"

LOST: dict[str, dict[str, Any]] = {
    "drop": {},
    "reset": {},
    "hang": {},
    "cut": {},
    "http": {"status": 502},
    "html": {},
    "redirect": {"status": 307, "location": "https://elsewhere.example/"},
    "cut_json": {},
    "empty": {},
    "no_request_id": {},
    "internal_error": {"kind": "error", "code": "InternalError"},
    "failed_operation": {"kind": "error", "code": "FailedOperation"},
    "unlisted": {"kind": "error", "code": "SomethingNew.ThatNoDocumentLists"},
    "numeric": {"code": 6000},
}
"""Ends of a send after which nobody can say whether it was accepted."""


def image(bench: Simulated, *, check: bool = False, **options: Any) -> BackupResult:
    """A task with an image; unless told otherwise it makes one named `backup`."""
    defaults = {name: spec.get("default") for name, spec in IMAGE_SPEC.items()}
    attempts = bench.cvm.client.max_attempts
    if options.get("state", "present") == "present":
        options = {"instance_id": INSTANCE, "image_name": "backup", **options}
    options = {**defaults, "api": bench.cvm.client.api, "max_attempts": attempts, **options}
    return Images(bench.cvm, bench.clock, options, list(image_problems(options))).run(check=check)


def snapshot(bench: Simulated, *, check: bool = False, **options: Any) -> BackupResult:
    """A task with a snapshot; unless told otherwise it makes one named `backup` of a system disk."""
    defaults = {name: spec.get("default") for name, spec in SNAPSHOT_SPEC.items()}
    attempts = bench.cvm.client.max_attempts
    if options.get("state", "present") == "present":
        options = {"snapshot_name": "backup", **options}
        if not options.get("disk_id"):
            options = {"instance_id": INSTANCE, **options}
    given, options = options, {**defaults, "max_attempts": attempts, **options}
    problems = list(snapshot_problems(options, given))
    return Snapshots(bench.cvm, bench.clock, options, problems).run(check=check)


def fault(bench: Simulated, action: str, name: str, **options: Any) -> None:
    """Plan one of the faults above, by its name."""
    bench.fault(**{"kind": name, "action": action, **LOST.get(name, {}), **options})


def accepted(bench: Simulated, action: str) -> int:
    """How many calls of an action changed something."""
    return int(bench.simulator.snapshot()["accepted_calls"].get(action, 0))


def sent(bench: Simulated, action: str) -> int:
    """How many calls of an action arrived."""
    return bench.calls.count(action)
