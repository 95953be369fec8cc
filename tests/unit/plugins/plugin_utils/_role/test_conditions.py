# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Conditions that cannot be understood are known before the reset."""

from __future__ import annotations

import pytest

from ansible_collections.tencent.cloud.plugins.plugin_utils._role.conditions import problems


@pytest.mark.parametrize(
    "text",
    [
        "True",
        "ansible_facts.distribution == 'Ubuntu'",
        "a is defined and b is ansible.builtin.version('2', '>=')",
        "lookup('ansible.builtin.env', 'X') | tencent.cloud.unknown | length > 0",
        "x in [1, 2] or y[0]['z'] is match('a.*')",
        "a ==\n  b",
        # assert makes conditions of templates first.
        "{{ own_condition }}",
        "{{ version }} == 7",
        "{% if a %}b{% else %}c{% endif %}",
    ],
)
def test_a_condition_that_can_be_understood(text: str) -> None:
    assert problems([text]) == []


@pytest.mark.parametrize(
    "text",
    [
        "a ==",
        "a = b",
        "a b",
        "(a",
        "a and",
        "not",
        "'a",
        "a is",
        "{{ a",
        "{{ a b }}",
        "{% if a %}",
        "a %} b",
        "1 2",
        "",
    ],
)
def test_a_condition_that_cannot(text: str) -> None:
    (problem,) = problems([text])
    assert problem.startswith(f"{text!r}: ")
    assert problem.endswith(".")
    assert "\n" not in problem


def test_each_is_told() -> None:
    assert [one.partition(":")[0] for one in problems(["a ==", "a", "b c"])] == ["'a =='", "'b c'"]
    assert problems([]) == []
