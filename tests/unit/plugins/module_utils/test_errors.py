# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each error can be printed for a person and returned as data."""

from __future__ import annotations

import re

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._errors import (
    ApiError,
    BadAnswer,
    CredentialsError,
    NoAnswer,
    OptionError,
    TencentCloudError,
    in_brackets,
    place_of,
    sentence,
)

FULL = ApiError("It is busy.", code="ResourceInUse", request_id="r-1", action="ResetInstance")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (FULL, "ResetInstance failed with ResourceInUse: It is busy. (RequestId r-1)"),
        (ApiError("m", code="C", action="A"), "A failed with C: m"),
        (ApiError("m", code="C", request_id="r-1"), "C: m (RequestId r-1)"),
        (ApiError("[request id:r-1] m", code="C", request_id="r-1"), "C: [request id:r-1] m"),
        (TencentCloudError("m"), "Error: m"),
        (CredentialsError("m"), "InvalidCredentials: m"),
        (BadAnswer("m"), "BadAnswer: m"),
        (NoAnswer("m", sent=True), "NoAnswer: m"),
        (NoAnswer("m", sent=False, action="A"), "A failed with NotSent: m"),
        (OptionError("region", "it is not set.", "Set it."), "InvalidOption: region: it is not set. Set it."),
    ],
)
def test_as_text(error: TencentCloudError, text: str) -> None:
    assert str(error) == text


@pytest.mark.parametrize(("request_id", "text"), [("r-1", " (RequestId r-1)"), ("", ""), (None, "")])
def test_where_there_is_no_request_id_none_is_announced(request_id: str | None, text: str) -> None:
    assert in_brackets(request_id) == text


def test_a_defect_is_told_by_its_place_and_not_by_its_class() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        divmod(1, 0)
    assert re.fullmatch(r"test_errors\.py, line \d+", place_of(caught.value))


def test_as_data() -> None:
    assert FULL.as_dict() == {
        "code": "ResourceInUse",
        "message": "It is busy.",
        "request_id": "r-1",
        "action": "ResetInstance",
    }


def test_the_keys_of_the_data_never_change() -> None:
    errors = [
        TencentCloudError("m"),
        NoAnswer("m", sent=False),
        OptionError("region", "it is not set.", "Set it."),
    ]
    assert {tuple(error.as_dict()) for error in errors} == {tuple(FULL.as_dict())}
    assert TencentCloudError("m").as_dict() == {
        "code": "Error",
        "message": "m",
        "request_id": None,
        "action": None,
    }


def test_an_option_error_names_its_option() -> None:
    assert OptionError("region", "it is not set.", "Set it.").option == "region"


@pytest.mark.parametrize(("request_id", "words"), [("r-1", " (RequestId r-1)"), ("", ""), (None, "")])
def test_a_request_id_that_is_not_known_leaves_no_empty_brackets(request_id: str | None, words: str) -> None:
    assert in_brackets(request_id) == words


@pytest.mark.parametrize("text", ["No disk", "No disk.", "No disk..", "No disk. "])
def test_a_sentence_ends_with_one_full_stop(text: str) -> None:
    assert sentence(text) == "No disk."
