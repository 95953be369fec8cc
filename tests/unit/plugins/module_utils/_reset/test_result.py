# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The result of a reset: the same keys whatever happened."""

from __future__ import annotations

import pytest
import yaml

from ansible_collections.tencent.cloud.plugins.module_utils._engine.result import Outcome
from ansible_collections.tencent.cloud.plugins.module_utils._engine.tracker import Operation
from ansible_collections.tencent.cloud.plugins.module_utils._reset.result import ResetResult
from ansible_collections.tencent.cloud.plugins.modules import cvm_reset_instance

ID = "ins-r8hr2upy"


@pytest.mark.parametrize(
    ("outcome", "changed"),
    [
        ("done", True),
        ("accepted", True),
        ("unchanged", False),
        ("planned", True),
        ("failed", True),
        ("refused", False),
        ("unknown", True),
    ],
)
def test_the_disk_may_be_gone_by_a_reset_that_another_run_sent(outcome: str, changed: bool) -> None:
    result = ResetResult(instance_id=ID).end(Outcome(outcome), "So it was.")
    assert (result.sent, result.as_dict()["changed"]) == (False, changed)


def test_the_keys_are_those_of_the_documentation() -> None:
    assert set(ResetResult(instance_id=ID).as_dict()) == set(yaml.safe_load(cvm_reset_instance.RETURN))


def test_a_result_without_anything() -> None:
    assert ResetResult(instance_id=ID).about() == {
        "instance_id": ID,
        "instance": None,
        "previous": None,
        "operation": None,
        "log": None,
    }


def test_an_operation_by_its_parts() -> None:
    failed = Operation("ResetInstance", "FAILED", "r-0", "No disk.")
    assert ResetResult(instance_id=ID, operation=failed).about()["operation"] == {
        "name": "ResetInstance",
        "state": "FAILED",
        "request_id": "r-0",
        "error_message": "No disk.",
    }


def test_an_instance_without_operations_shows_none() -> None:
    assert ResetResult(instance_id=ID, operation=Operation()).about()["operation"] is None


def test_what_was_read_once_is_returned_once() -> None:
    read, again = {"instance_id": ID}, {"instance_id": ID}
    assert ResetResult(instance_id=ID, instance=read, previous=read).about()["previous"] is None
    assert ResetResult(instance_id=ID, instance=again, previous=read).about()["previous"] is read
