# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin's cache: when it spares the calls, and when another question is asked."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleParserError

from tests.unit.plugins.inventory.reading import HOSTILE, NAMES, Inventory, variables
from tests.unit.simulated import KEY


def cached(reader: Inventory) -> dict[str, Any]:
    return {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(reader.folder / "cache")}


def entries(reader: Inventory) -> list[Path]:
    return sorted((reader.folder / "cache").iterdir())


def calls_of(reader: Inventory, *, flush: bool = False, **options: Any) -> int:
    """How many calls a reading takes."""
    before = len(reader.bench.calls)
    assert set(reader.read(flush=flush, **options).hosts) == NAMES
    return len(reader.bench.calls) - before


def test_the_cache_spares_the_calls_until_it_is_flushed(reader: Inventory) -> None:
    options = cached(reader)
    assert calls_of(reader, **options) == 2
    assert calls_of(reader, **options) == 0
    assert calls_of(reader, **options, flush=True) == 2
    assert calls_of(reader, **options) == 0
    assert calls_of(reader) == 2


def test_the_cache_holds_no_secret_and_no_template(reader: Inventory) -> None:
    reader.read(**cached(reader))
    (entry,) = entries(reader)
    text = entry.read_text(encoding="utf-8") + entry.name
    assert KEY.secret_key not in text
    assert KEY.secret_id not in text
    data = reader.read(**cached(reader), compose={"role": "cvm_tags.role"})
    assert variables(data, "generated-00002")["role"] == HOSTILE


def test_other_questions_have_other_entries(reader: Inventory, monkeypatch: pytest.MonkeyPatch) -> None:
    options = cached(reader)
    reader.read(**options)
    reader.read(**options, filters={"tag:role": "web"})
    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", "AKIDanother")
    reader.read(**options)
    assert len(entries(reader)) == 3


@pytest.mark.parametrize("filters", [{1: "a", "zone": "b"}, {"creation-start-time": datetime.date(2026, 1, 1)}])
def test_filters_are_checked_before_they_name_an_entry(reader: Inventory, filters: dict[Any, Any]) -> None:
    with pytest.raises(AnsibleParserError, match="InvalidOption: filters: "):
        reader.read(**cached(reader), filters=filters)
    assert reader.bench.calls == []


@pytest.mark.parametrize("content", ["{", "[]", json.dumps({"ap-tokyo": [{}]}), ""])
def test_a_broken_entry_is_fetched_anew(reader: Inventory, content: str) -> None:
    options = cached(reader)
    reader.read(**options)
    entries(reader)[0].write_text(content, encoding="utf-8")
    assert calls_of(reader, **options) == 2
    assert calls_of(reader, **options) == 0


def test_an_entry_of_another_shape_is_fetched_anew(reader: Inventory) -> None:
    options = cached(reader)
    reader.read(**options)
    (entry,) = entries(reader)
    entry.write_text(entry.read_text(encoding="utf-8").replace("instance_id", "id"), encoding="utf-8")
    assert calls_of(reader, **options) == 2


def test_a_listing_that_lacks_a_region_is_not_kept(reader: Inventory) -> None:
    reader.broken("ap-tokyo")
    options = {**cached(reader), "skip_failed_regions": True}
    reader.read(**options)
    reader.bench.simulator.faults([])
    assert calls_of(reader, **options) == 2
