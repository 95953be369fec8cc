# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which backups go, where that was asked for: those of this instance, by this role, that are surely too old."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.plugin_utils._role.backups import deadline, old_images
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.memory import Memory
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.names import names_of
from tests.unit.support.roles import INSTANCE_ID, RUN, begun, variables

NOW = 1764331200.0
"""2025-11-28T12:00:00Z"""
ANCIENT = "2020-01-01T00:00:00Z"
EARLIER = f"reset-{INSTANCE_ID}-CHG-1-0a3407de"


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, ""),
        # The service takes none that is less than a day away.
        (1, "2025-11-29T13:00:00Z"),
        (7, "2025-12-05T13:00:00Z"),
        (365, "2026-11-28T13:00:00Z"),
    ],
)
def test_when_a_snapshot_goes(days: int, expected: str) -> None:
    assert deadline(days, NOW) == expected


def memory(images: Any, **options: Any) -> Memory:
    """A host whose images were looked for."""
    frozen = begun(at=NOW, **{"backup": "image", "backup_keep_days": 7, **options})
    return Memory(variables(frozen, backups=images))


def image(name: Any = EARLIER, created: Any = ANCIENT, **other: Any) -> dict[str, Any]:
    return {"image_id": "img-1", "image_name": name, "created_time": created, **other}


def is_old(name: Any = EARLIER, created: Any = ANCIENT, **options: Any) -> bool:
    """Whether an image is deleted."""
    one = image(name, created)
    found = old_images(memory({"images": [one]}, **options))
    assert found in ([], [one])
    return bool(found)


@pytest.mark.parametrize(
    ("created", "expected"),
    [
        ("2025-11-21T11:59:59Z", True),
        ("2025-11-21T12:00:00Z", False),
        ("2025-11-28T12:00:00Z", False),
        ("2026-01-01T00:00:00Z", False),
        # By the clock and not by the letters.
        ("2025-11-21T19:59:59+08:00", True),
        ("2025-11-21T20:00:00+08:00", False),
        ("2025-11-21T11:59:59", True),
        # One whose age is not understood is kept.
        (None, False),
        ("", False),
        ("yesterday", False),
        (0, False),
    ],
)
def test_what_is_too_old(created: Any, expected: bool) -> None:
    assert is_old(created=created) is expected


@pytest.mark.parametrize(
    "name",
    [
        # Another instance, also one whose id begins like this one's.
        "reset-ins-other000-CHG-1-0a3407de",
        f"reset-{INSTANCE_ID}0-CHG-1-0a3407de",
        # Whatever the filter of the API finds besides, and what somebody else has named.
        f"my-reset-{INSTANCE_ID}-CHG-1-0a3407de",
        f"reset-{INSTANCE_ID}",
        f"Reset-{INSTANCE_ID}-CHG-1-0a3407de",
        "golden",
        "",
        None,
    ],
)
def test_an_image_of_anybody_else_stays(name: Any) -> None:
    assert is_old()
    assert not is_old(name)


def test_the_image_of_this_run_stays_whatever_its_age() -> None:
    assert not is_old(names_of(begun(), RUN, 1).backup)
    assert is_old(names_of(begun(), RUN, 2).backup)


def test_nothing_is_deleted_unless_that_was_asked_for() -> None:
    assert not is_old(backup_keep_days=0)
    assert is_old(backup_keep_days=1)


@pytest.mark.parametrize("images", [{}, {"images": None}, {"images": []}, {"skipped": True}, {"failed": True}])
def test_where_nothing_was_found_nothing_goes(images: Any) -> None:
    assert old_images(memory(images)) == []


def test_each_is_judged_by_itself() -> None:
    images = [image(), image("golden"), image(created="2025-11-28T00:00:00Z"), image(image_id="img-2")]
    assert [one["image_id"] for one in old_images(memory({"images": images}))] == ["img-1", "img-2"]
