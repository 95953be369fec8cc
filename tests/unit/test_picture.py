# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The picture of the demonstration is of the tasks that there are, small, and of no particular machine."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import yaml

ROOT = Path(__file__).resolve().parents[2]
PICTURE = (ROOT / "docs" / "demo.svg").read_text(encoding="utf-8")
TASKS = (ROOT / "playbooks" / "demo.yml", *sorted((ROOT / "roles" / "reset_instance" / "tasks").glob("*.yml")))
PARTS = ("tasks", "block", "rescue", "always")


def lines() -> list[str]:
    """What the picture shows, line by line."""
    by_line: dict[str, str] = {}
    for text in ElementTree.fromstring(PICTURE).iter("{http://www.w3.org/2000/svg}text"):
        line = text.attrib.get("clip-path", "")
        by_line[line] = by_line.get(line, "") + (text.text or "")
    return [line.replace("\xa0", " ") for line in by_line.values()]


def names(tasks: object) -> set[str]:
    """The names of tasks, in blocks too."""
    if not isinstance(tasks, list):
        return set()
    inner = (names(task.get(part)) for task in tasks for part in PARTS)
    return {task["name"] for task in tasks if "name" in task}.union(*inner)


def test_each_task_in_it_is_there_under_its_name() -> None:
    shown = {found[1] for line in lines() if (found := re.match(r"TASK \[(?:[\w.]+ : )?(.+)\]", line))}
    there = set[str]().union(*(names(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in TASKS))
    assert len(shown) > 3
    assert shown <= there, "make picture"


def test_it_shows_both_acts_to_their_end() -> None:
    assert any("outcome: done" in line for line in lines())
    looks = [line.split()[0] for line in lines() if line.startswith(("before  ", "after  "))]
    assert looks == ["before"] * 3 + ["after"] * 3


def test_it_is_small_and_of_no_particular_machine() -> None:
    assert len(PICTURE) < 100_000
    assert not re.search(r"(?<![\w.])/(work|home|root|tmp|Users)/", PICTURE)
    assert not re.search(r"url\(.?https?:|(href|src)=", PICTURE)
