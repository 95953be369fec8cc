# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Frozen options: copies of plain types."""

from __future__ import annotations

from collections import OrderedDict, UserString
from datetime import date
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.plugin_utils._role.options import frozen


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (5, 5),
        (0.5, 0.5),
        ("", ""),
        ("{{ not.evaluated }}", "{{ not.evaluated }}"),
        (OrderedDict(key_ids=("a", "b")), {"key_ids": ["a", "b"]}),
        ({"password": UserString("secret"), "keep": None}, {"password": "secret", "keep": None}),
        ([[1, "a"], {}], [[1, "a"], {}]),
        (date(2026, 11, 24), "2026-11-24"),
    ],
)
def test_a_value_keeps_its_meaning(value: Any, expected: Any) -> None:
    (only,) = frozen([("reset_instance_some_option", value)]).values()
    assert only == expected
    assert type(only) is type(expected)


def test_names_lose_their_prefix_and_values_are_copies() -> None:
    given: dict[str, Any] = {"key_ids": ["one"]}
    kept = frozen([("reset_instance_login_settings", given)])
    given["key_ids"].append("two")
    assert kept == {"login_settings": {"key_ids": ["one"]}}
