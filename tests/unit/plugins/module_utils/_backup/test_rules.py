# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables of what speaks against an image or a snapshot: each rule alone, and silence where nothing does."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._backup.image_rules import (
    creating_problems,
    deleting_problems,
)
from ansible_collections.tencent.cloud.plugins.module_utils._backup.snapshot_rules import (
    CREATE,
    DELETE,
    RESTORE,
    SnapshotContext,
    problems,
)

OPTIONS = {"instance_id": "ins-r8hr2upy", "disk_id": None, "data_disk_ids": None, "auto_stop": True, "auto_start": True}
RUNNING = {
    "instance_id": "ins-r8hr2upy",
    "instance_state": "RUNNING",
    "system_disk": {"disk_id": "disk-r8hr2upy"},
    "data_disks": None,
}
DISK = {"disk_id": "disk-r8hr2upy", "disk_size": 50, "instance_id": "ins-r8hr2upy"}
SNAPSHOT = {"snapshot_id": "snap-1", "snapshot_state": "NORMAL", "disk_id": "disk-r8hr2upy", "disk_size": 50}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, None),
        ({"instance_state": "STOPPED"}, None),
        ({"instance_state": "STOPPED", "stop_charging_mode": "STOP_CHARGING"}, "StoppedModeStopCharging"),
        ({"instance_state": "REBOOTING"}, "NotSupported"),
        ({"latest_operation_state": "OPERATING"}, "InstanceOperationInProgress"),
        ({"latest_operation": "ResetInstance", "latest_operation_state": "FAILED"}, "InstanceReinstallFailed"),
    ],
)
def test_images(fields: dict[str, Any], code: str | None) -> None:
    found = creating_problems(OPTIONS, {**RUNNING, **fields})
    assert [problem.code.rpartition(".")[2] for problem in found] == ([code] if code else [])


def test_what_can_be_deleted() -> None:
    own = {"image_id": "img-1", "image_type": "PRIVATE_IMAGE"}
    assert [deleting_problems({**own, "image_state": state}) for state in ("NORMAL", "CREATEFAILED")] == [[], []]
    assert problems(DELETE, SnapshotContext(OPTIONS, snapshot=SNAPSHOT)) == []


def test_nothing_speaks_against_what_is_usual() -> None:
    assert problems(CREATE, SnapshotContext(OPTIONS, disk=DISK, instance=RUNNING, now=0.0, expires=86400.0)) == []
    usual = SnapshotContext(OPTIONS, snapshot=SNAPSHOT, disk=DISK, instance=RUNNING, asked=RUNNING)
    assert problems(RESTORE, usual) == []


@pytest.mark.parametrize(
    ("disk", "instance", "option"),
    [
        ({"portable": True}, {}, "disk_id"),
        ({"disk_size": 60}, {}, "snapshot_id"),
        ({"rollbacking": True, "rollback_percent": 3}, {}, "disk_id"),
        ({"disk_state": "ROLLBACKING"}, {}, "disk_id"),
        ({}, {"latest_operation_state": "OPERATING"}, "instance_id"),
        ({}, {"instance_state": "STOPPING"}, "auto_stop"),
    ],
)
def test_rollbacks(disk: dict[str, Any], instance: dict[str, Any], option: str) -> None:
    context = SnapshotContext(OPTIONS, snapshot=SNAPSHOT, disk={**DISK, **disk}, instance={**RUNNING, **instance})
    (found,) = problems(RESTORE, context)
    assert found.option == option
    assert found.message
    assert found.fix


def test_a_deadline_a_second_too_near() -> None:
    (found,) = problems(CREATE, SnapshotContext(OPTIONS, disk=DISK, instance=RUNNING, now=1.0, expires=86400.0))
    assert found.option == "deadline"
