# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An audit that could not find anything is told apart from one that found nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.workshop import audit

Found = list[dict[str, Any]]
OLD: Found = [{"name": "urllib3", "version": "1.24.1", "vulns": [{"id": "PYSEC-2019-133"}]}]
SOUND: Found = [{"name": "requests", "version": "9.9", "vulns": []}]
BAD: Found = [{"name": "flask", "version": "0.1", "vulns": [{"id": "PYSEC-1"}, {"id": "PYSEC-2"}]}]
UNKNOWN: Found = [{"name": "ours", "skip_reason": "not found on PyPI"}]


@pytest.mark.parametrize(
    ("known", "found", "code", "words"),
    [
        (OLD, SOUND, 0, "1 packages audited, 0 with known vulnerabilities.\n"),
        (OLD, [*SOUND, *BAD], 1, "2 packages audited, 1 with known vulnerabilities.\nflask 0.1: PYSEC-1, PYSEC-2\n"),
        (OLD, [*SOUND, *UNKNOWN], 0, "1 packages audited, 0 with known vulnerabilities.\nNot audited, since PyPI "),
        (OLD, [], 2, audit.NOBODY_KNOWS),
        (UNKNOWN, SOUND, 2, audit.NOBODY_KNOWS),
        ([], SOUND, 2, audit.NOBODY_KNOWS),
    ],
)
def test_what_an_audit_says(
    capsys: pytest.CaptureFixture[str], known: Found, found: Found, code: int, words: str
) -> None:
    def ask(arguments: Sequence[str]) -> Found:
        return found if arguments == ["--path=a", "--path=b"] else known

    assert audit.main(["a", "b"], ask) == code
    assert capsys.readouterr().out.startswith(words)
