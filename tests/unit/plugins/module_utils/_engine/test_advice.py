# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What to do about the codes with which ResetInstance fails."""

from __future__ import annotations

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._engine.advice import advice
from ansible_collections.tencent.cloud.plugins.module_utils._errors import ApiError, NoAnswer
from tests.simulator.cvm.reset_rules import RULES

OF_THE_DOCUMENT = (
    "MissingParameter",
    "InvalidInstanceId.NotFound",
    "InvalidInstanceId.Malformed",
    "InvalidParameterValue",
    "InvalidInstance.NotSupported",
    "InternalServerError",
)


@pytest.mark.parametrize("code", OF_THE_DOCUMENT)
def test_each_code_of_the_document_has_an_advice_of_its_own(code: str) -> None:
    text = advice(ApiError("It failed.", code=code))
    assert text.endswith(".")
    assert sum(advice(ApiError("", code=other)) == text for other in OF_THE_DOCUMENT) == 1


@pytest.mark.parametrize(
    ("code", "like"),
    [
        ("InvalidParameterValue.InvalidPassword", "InvalidParameterValue"),
        ("MissingParameter.MonitorService", "MissingParameter"),
        ("InvalidAccount.UnpaidOrder", "InvalidAccount"),
        ("MutexOperation.TaskRunning", "OperationDenied.InstanceOperationInProgress"),
    ],
)
def test_a_code_that_is_not_listed_is_advised_as_its_family(code: str, like: str) -> None:
    assert advice(ApiError("", code=code)) == advice(ApiError("", code=like)) != ""


def test_a_service_out_of_reach_has_its_next_step_in_the_error() -> None:
    assert advice(NoAnswer("It failed. Check the network.", sent=False)) == ""


def test_nothing_is_added_to_what_is_unknown() -> None:
    assert advice(ApiError("", code="SomethingElse.Entirely")) == ""


@pytest.mark.parametrize("code", [rule.code for rule in RULES if rule.code.startswith(("Invalid", "Missing"))])
def test_no_documented_code_gets_an_advice_with_a_blank(code: str) -> None:
    text = advice(ApiError("", code=code))
    assert text == text.strip()
