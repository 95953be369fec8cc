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

from ansible_collections.tencent.cloud.plugins.inventory import cvm
from tests.unit.support.inventory import HOSTILE, NAMES, REGIONS, Inventory, variables
from tests.unit.support.simulated import KEY


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


# --- what decides which instances are listed

ROLE = {"role_arn": "qcs::cam::uin/100000000001:roleName/reader"}
OTHER_QUESTIONS: list[dict[str, Any]] = [
    {"options": {"regions": REGIONS}},
    {"options": {"region": "ap-singapore"}},
    {"options": {"filters": {"tag:role": "web"}}},
    {"options": {"endpoint": "cvm.example.com"}},
    {"options": {"api": "v2"}},
    {"options": {"secret_id": "AKIDother", "secret_key": "key-other"}},
    {"options": {"profile": "other"}},
    {"options": {"cam_role_name": "reader"}},
    {"options": {"assume_role": ROLE}},
    {"environment": {"TENCENTCLOUD_REGION": "ap-singapore"}},
    {"environment": {"TENCENTCLOUD_PROFILE": "other"}},
    {"environment": {"TENCENTCLOUD_SECRET_ID": "AKIDother", "TENCENTCLOUD_SECRET_KEY": "key-other"}},
    {"files": {"default.configure": {"_sys_param": {"region": "ap-singapore"}}}},
    {"files": {"default.credential": {"secretId": "AKIDother", "secretKey": "key-other"}}},
    {"files": {"default.credential": {"secretId": "AKIDfirst", "secretKey": "key-first", "role-arn": "another"}}},
]


class Home:
    """A home whose default profile has keys and a region, and a plugin that lists nothing but counts how often."""

    def __init__(self, reader: Inventory, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reader = reader
        self.fetched = 0
        monkeypatch.setattr(cvm.InventoryModule, "_fetched", self._fetched)
        self.setenv = monkeypatch.setenv
        for name, key in (("default", "first"), ("other", "other")):
            self.profile(f"{name}.credential", {"secretId": f"AKID{key}", "secretKey": f"key-{key}"})
            self.profile(f"{name}.configure", {"_sys_param": {"region": "ap-tokyo"}})

    def profile(self, name: str, content: dict[str, Any]) -> None:
        """Write a file of a profile."""
        path = self.reader.folder / ".tccli" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")

    def fetches(self, **options: Any) -> int:
        """How often a reading with keys and region from the home, unless options say otherwise, lists anew."""
        before = self.fetched
        from_home = dict.fromkeys(("secret_id", "secret_key", "regions"))
        self.reader.read(**cached(self.reader), **{**from_home, **options})
        return self.fetched - before

    def _fetched(self, *of: Any) -> tuple[cvm.Found, bool]:
        self.fetched += 1
        return {}, True


@pytest.fixture
def home(reader: Inventory, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with two profiles."""
    return Home(reader, monkeypatch)


@pytest.mark.parametrize("question", OTHER_QUESTIONS, ids=str)
def test_another_question_is_asked_anew_and_calls_nobody_again(home: Home, question: dict[str, Any]) -> None:
    assert home.fetches() == 1
    for name, value in question.get("environment", {}).items():
        home.setenv(name, value)
    for name, content in question.get("files", {}).items():
        home.profile(name, content)
    options = question.get("options", {})
    assert [home.fetches(**options), home.fetches(**options)] == [1, 0]
    assert not [entry for entry in entries(home.reader) if "AKID" in entry.read_text("utf-8") + entry.name]


@pytest.mark.parametrize(
    "options",
    [{"region": "ap-tokyo"}, {"regions": ["ap-tokyo"]}, {"profile": "default"}, {"secret_id": "AKIDfirst"}],
    ids=str,
)
def test_the_same_question_in_other_words_is_not(home: Home, options: dict[str, Any]) -> None:
    home.fetches()
    assert home.fetches(**options, **({"secret_key": "key-first"} if "secret_id" in options else {})) == 0


def test_roles_of_the_instance_have_entries_by_their_names_without_a_call(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home.reader.folder / ".tccli" / "default.credential").unlink()
    sent: list[Any] = []
    monkeypatch.setattr(home.reader.bench.transport, "send", lambda request, **how: sent.append(request))
    roles = [None, "reader", "writer"]
    assert [home.fetches(cam_role_name=role) for role in roles + roles] == [1, 1, 1, 0, 0, 0]
    assert sent == []


def test_an_entry_does_not_outlive_the_profile_that_it_was_listed_with(home: Home) -> None:
    home.fetches(profile="other")
    (home.reader.folder / ".tccli" / "other.credential").unlink()
    with pytest.raises(AnsibleParserError, match="there is no profile 'other'"):
        home.fetches(profile="other")


def test_the_hosts_are_those_of_the_region_that_the_profile_has_now(reader: Inventory) -> None:
    configured = reader.folder / ".tccli" / "default.configure"
    configured.parent.mkdir()
    for region in REGIONS:
        configured.write_text(json.dumps({"_sys_param": {"region": region}}), encoding="utf-8")
        hosts = reader.read(**cached(reader), regions=None).hosts
        assert {host.vars["cvm_region"] for host in hosts.values()} == {region}
