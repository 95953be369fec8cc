# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""The errors of this collection: each can be printed, and each can be returned as data."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any


def in_brackets(request_id: str | None) -> str:
    """Text that names a call after a statement about it, with a leading space; empty if there is no RequestId."""
    return f" (RequestId {request_id})" if request_id else ""


def place_of(defect: BaseException) -> str:
    """Where in this collection something unexpected went wrong: what a report of it needs."""
    last = traceback.extract_tb(defect.__traceback__)[-1]
    return f"{Path(last.filename).name}, line {last.lineno}"


def sentence(text: str) -> str:
    """Somebody else's text with exactly one full stop at its end."""
    return text.rstrip(". ") + "."


class Interrupted(BaseException):
    """This process was told to end. Not an `Exception`, so that nothing takes it for a failed call."""

    def __init__(self, signal_name: str) -> None:
        super().__init__(f"The task was interrupted ({signal_name}).")


class TencentCloudError(Exception):
    """Anything that ends a task.

    Attributes:
        code: the API's code, or one of this collection's own (`NotSent`, `NoAnswer`, `BadAnswer`, ...).
        message: what happened, for a person.
        request_id: the API's id of the failed call, where there is one.
        action: the API action that was called, where there was one.
    """

    code = "Error"

    def __init__(
        self, message: str, *, code: str | None = None, request_id: str | None = None, action: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.request_id = request_id
        self.action = action

    def __str__(self) -> str:
        where = f"{self.action} failed with " if self.action else ""
        known = self.request_id is None or self.request_id in self.message
        return f"{where}{self.code}: {self.message}{'' if known else in_brackets(self.request_id)}"

    def as_dict(self) -> dict[str, Any]:
        """The error as the `error` result of a module."""
        return {
            "code": self.code,
            "message": self.message,
            "request_id": self.request_id,
            "action": self.action,
        }


class OptionError(TencentCloudError):
    """An option cannot be used as given; nothing was sent."""

    code = "InvalidOption"

    def __init__(self, option: str, problem: str, fix: str) -> None:
        super().__init__(f"{option}: {problem} {fix}")
        self.option = option
        self.problem = problem
        self.fix = fix


class CredentialsError(TencentCloudError):
    """No usable credentials; nothing was sent with them."""

    code = "InvalidCredentials"


class NoAnswer(TencentCloudError):
    """The request ended without an HTTP answer.

    Attributes:
        sent: whether any byte of the request was handed to a connected socket. When false, the
            service cannot have seen it.
    """

    def __init__(self, message: str, *, sent: bool, action: str | None = None) -> None:
        super().__init__(message, code="NoAnswer" if sent else "NotSent", action=action)
        self.sent = sent


class HeldUp(TencentCloudError):
    """A request was kept back, so nothing was sent: what it rests on had grown old, or the task is to end."""

    code = "HeldUp"


class BadAnswer(TencentCloudError):
    """An HTTP answer came that is not one of the API: a status other than 200, or another body."""

    code = "BadAnswer"


class ApiError(TencentCloudError):
    """The API answered with an error code."""
