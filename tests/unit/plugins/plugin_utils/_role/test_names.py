# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What things are called that outlive a run: the same for each run with a key, and of no other run or host."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.plugin_utils._role.names import Names, names_of
from tests.unit.support.roles import begun


def names(run_id: str = "run", use: int = 1, **changes: Any) -> Names:
    """The names for a host."""
    return names_of(begun(**changes), run_id, use)


def test_all_names() -> None:
    found = names()
    mark = found.nonce[:8]
    assert re.fullmatch("[0-9a-f]{64}", found.nonce)
    assert found == Names(
        key="run",
        nonce=found.nonce,
        backup=f"reset-ins-web00001-run-{mark}",
        state_file=f"/s/ins-web00001-{mark}.json",
        host_key_file=f"/s/ins-web00001-{mark}.hostkey",
        report_folder="/r/run",
        report_file="web1.json",
    )


def test_a_later_run_with_the_key_finds_what_an_earlier_one_left() -> None:
    first, later = (names(run, use, idempotency_key="k") for run, use in (("a", 1), ("b", 3)))
    assert first._replace(report_folder="") == later._replace(report_folder="")
    assert first.key == "k"


@pytest.mark.parametrize(
    "changes",
    [
        {"run_id": "other"},
        {"use": 2},
        {"instance_id": "ins-web00002"},
        {"idempotency_key": "run2"},
        # Names that are cut off or cleaned are told apart by the mark.
        {"run_id": "run:"},
        {"run_id": "r" * 25},
    ],
)
def test_what_is_another_has_other_names(changes: dict[str, Any]) -> None:
    other = names(**changes)
    for field in ("nonce", "backup", "state_file", "host_key_file"):
        assert getattr(other, field) != getattr(names(), field)
    assert names(run_id="r" * 24).backup != names(run_id="r" * 25).backup
    assert names(run_id="a:b").backup != names(run_id="a/b").backup


@pytest.mark.parametrize(("use", "key"), [(1, "run"), (2, "run-2"), (3, "run-3")])
def test_a_second_use_in_one_run_has_a_key_of_its_own(use: int, key: str) -> None:
    assert names(use=use).key == key
    assert names(use=use, idempotency_key="k").key == "k"


@pytest.mark.parametrize("key", ["../../etc/passwd", "ein Schlüssel", "a" * 100, "\n", "--x", "{{ y }}"])
def test_the_name_of_a_backup_is_one_that_the_api_takes(key: str) -> None:
    found = names(idempotency_key=key, run_id=key)
    assert re.fullmatch(r"reset-[A-Za-z0-9.-]{1,52}", found.backup)
    assert len(found.backup) <= 60
    assert re.fullmatch(r"/s/ins-web00001-[0-9a-f]{8}\.json", found.state_file)


@pytest.mark.parametrize(
    ("run_id", "folder"),
    [
        ("..", "/r/-"),
        (".hidden", "/r/-hidden"),
        ("../../etc", "/r/--..-etc"),
        ("/etc", "/r/-etc"),
        ("2026-11-28T09:00", "/r/2026-11-28T09-00"),
    ],
)
def test_the_folder_of_a_run_is_in_that_of_the_reports(run_id: str, folder: str) -> None:
    assert names(run_id).report_folder == folder


def test_without_a_folder_of_reports_there_is_none() -> None:
    assert names(report_dir="").report_folder == ""


@pytest.mark.parametrize(
    ("host", "form"),
    [
        ("web-1.example_x", r"web-1\.example_x\.json"),
        ("fe80::1", r"fe80--1-[0-9a-f]{8}\.json"),
        ("../web1", r"\.\.-web1-[0-9a-f]{8}\.json"),
        ("web 1\n", r"web-1--[0-9a-f]{8}\.json"),
        ("wéb", r"w-b-[0-9a-f]{8}\.json"),
    ],
)
def test_the_report_of_a_host_is_a_plain_file(host: str, form: str) -> None:
    assert re.fullmatch(form, names(host=host).report_file)


def test_two_hosts_that_differ_by_what_is_cleaned_have_two_reports() -> None:
    assert names(host="web:1").report_file != names(host="web/1").report_file
    assert names(host="web:1").report_file != names(host="web-1").report_file
