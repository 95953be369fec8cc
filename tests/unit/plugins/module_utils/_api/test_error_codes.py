# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One expected verdict for every code that a document lists; what none lists is unknown."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._api.error_codes import (
    Verdict,
    verdict,
    worth_reading_again,
)
from ansible_collections.tencent.cloud.plugins.module_utils._errors import (
    ApiError,
    BadAnswer,
    CredentialsError,
    NoAnswer,
    OptionError,
    TencentCloudError,
)

FILE = Path(__file__).parents[3] / "data" / "error_codes.json"
LISTS: dict[str, dict[str, str]] = json.loads(FILE.read_text(encoding="utf-8"))
EXPECTED = [(name, code, Verdict[expected]) for name, codes in LISTS.items() for code, expected in codes.items()]


def api_error(code: str) -> ApiError:
    """An answer with that code."""
    return ApiError("Told so.", code=code)


@pytest.mark.parametrize(("document", "code", "expected"), EXPECTED)
def test_a_listed_code(document: str, code: str, expected: Verdict) -> None:
    assert verdict(api_error(code)) is expected, document


def test_all_lists_are_complete() -> None:
    assert {name: len(codes) for name, codes in LISTS.items()} == {
        "ResetInstance": 67,
        "ResetInstance, document of the legacy API": 6,
        "ResetInstances, before 2017": 4,
        "common, API 3.0": 38,
        "common, legacy API": 17,
        "common, legacy API, numeric": 24,
        "CreateImage": 51,
        "DeleteImages": 9,
        "CreateSnapshot": 26,
        "ApplySnapshot": 19,
        "DeleteSnapshots": 10,
        "StartInstances": 28,
        "StopInstances": 35,
        "RebootInstances": 32,
    }
    assert Counter(LISTS["ResetInstance"].values()) == {"REJECTED": 57, "BUSY": 8, "UNKNOWN": 2}


def test_lists_that_share_a_code_agree() -> None:
    verdicts: dict[str, set[Verdict]] = {}
    for _document, code, expected in EXPECTED:
        verdicts.setdefault(code, set()).add(expected)
    assert [code for code, known in verdicts.items() if len(known) > 1] == []


@pytest.mark.parametrize("code", ["Brandnew", "Brandnew.Thing", "", "7000", "requestlimitexceeded", "LimitExceededX"])
def test_an_unlisted_code_is_unknown(code: str) -> None:
    assert verdict(api_error(code)) is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("InternalError.Whatever", Verdict.UNKNOWN),
        ("FailedOperation.Whatever", Verdict.UNKNOWN),
        ("ResourceUnavailable.Whatever", Verdict.UNKNOWN),
        ("RequestLimitExceeded.Whatever", Verdict.NOT_ACCEPTED),
        ("UnsupportedOperation.Whatever", Verdict.REJECTED),
        ("MutexOperation.Whatever", Verdict.BUSY),
        ("OperationDenied.Whatever", Verdict.REJECTED),
        ("ResourceInUse.Whatever", Verdict.BUSY),
        ("InvalidParameterValue.LimitExceeded", Verdict.REJECTED),
    ],
)
def test_an_unlisted_member_of_a_family_is_as_its_family(code: str, expected: Verdict) -> None:
    assert verdict(api_error(code)) is expected


@pytest.mark.parametrize(
    ("error", "expected", "again"),
    [
        (NoAnswer("x", sent=True), Verdict.UNKNOWN, True),
        (NoAnswer("x", sent=False), Verdict.NOT_ACCEPTED, True),
        (BadAnswer("x"), Verdict.UNKNOWN, True),
        (BadAnswer("x", code="RequestLimitExceeded"), Verdict.UNKNOWN, True),
        (CredentialsError("x"), Verdict.NOT_ACCEPTED, False),
        (OptionError("region", "it is not set.", "Set it."), Verdict.NOT_ACCEPTED, False),
        (TencentCloudError("x"), Verdict.NOT_ACCEPTED, False),
    ],
)
def test_an_end_without_a_code(error: TencentCloudError, expected: Verdict, again: bool) -> None:
    assert verdict(error) is expected
    assert worth_reading_again(error) is again


@pytest.mark.parametrize(("document", "code", "expected"), EXPECTED)
def test_a_read_is_repeated_unless_it_was_refused(document: str, code: str, expected: Verdict) -> None:
    refused = expected in (Verdict.REJECTED, Verdict.BUSY, Verdict.REPLAYED)
    assert worth_reading_again(api_error(code)) is not refused, document
