# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a table of rules finds: all of one kind, in order, each with its first code."""

from __future__ import annotations

from ansible_collections.tencent.cloud.plugins.module_utils._engine.rules import Rule, broken
from ansible_collections.tencent.cloud.plugins.module_utils._problems import Problem

RULES: tuple[Rule[int], ...] = (
    Rule(("Odd", "AlsoOdd"), "number", lambda number: "It is odd." if number % 2 else None, "Give an even one."),
    Rule(("Large",), "number", lambda number: "It is large." if number > 9 else None, "Take less.", hard=False),
    Rule(("Many",), "count", lambda number: "It is many." if number > 5 else None, lambda number: f"Not {number}."),
)


def test_all_problems_of_a_kind_in_the_order_of_the_table() -> None:
    assert broken(RULES, 11) == [
        Problem("Odd", "number", "It is odd.", "Give an even one."),
        Problem("Many", "count", "It is many.", "Not 11."),
    ]
    assert broken(RULES, 11, hard=False) == [Problem("Large", "number", "It is large.", "Take less.")]
    assert broken(RULES, 2) == broken(RULES, 2, hard=False) == broken((), 11) == []
