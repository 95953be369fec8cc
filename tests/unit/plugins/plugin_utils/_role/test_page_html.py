# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of a run as HTML: nothing in it is markup but its own, and nothing that is missing upsets it."""

from __future__ import annotations

import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.plugin_utils._role.page import render
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.report import report_of
from tests.unit.support.role_hosts import memory

ROLE = Path(__file__).resolve().parents[5] / "roles" / "reset_instance"
FOLDER = str(ROLE / "templates")
EVIL = "<script>alert('\"1\"')</script>{{ 7 * 7 }}&amp;"

INSTANCE = {
    "image_id": "img-1",
    "os_name": "CentOS 7",
    "host_name": "h",
    "instance_name": "n",
    "instance_state": "RUNNING",
    "private_ip_addresses": ["10.0.0.4"],
    "disk_id": "disk-1",
    "disk_size": 50,
    "data_disks": ["disk-2"],
}
FULL: dict[str, Any] = {
    "host": "web1",
    "instance_id": "ins-1",
    "run_id": "run",
    "key": "key",
    "stage": "fresh",
    "status": "failed",
    "began_at": "2026-11-28T08:28:00Z",
    "ended_at": "2026-11-28T08:36:00Z",
    "seconds": 30.5,
    "phases": [{"name": "begin", "began_at": 1795854480.5, "seconds": 10}, {"name": "trust", "began_at": 1795854490}],
    "failure": {"phase": "trust", "task": "Wait", "message": "It did not answer."},
    "before": INSTANCE,
    "after": {**INSTANCE, "image_id": "img-2"},
    "reset": {
        "outcome": "done",
        "request_id": "req-1",
        "waited_seconds": 9,
        "submissions": 1,
        "adopted": False,
        "reason": "why",
    },
    "backup": {"kind": "snapshot", "name": "backup-1", "id": "snap-1"},
    "trust": {"host_keys": "scan", "fingerprints": ["SHA256:a"]},
    "login": {"user": "root", "port": 22},
    "rollback": {"kind": "snapshot", "name": "backup-1", "request_id": "req-2"},
    "warnings": ["a warning"],
    "notes": ["a note"],
}
RUN: dict[str, Any] = {
    "run_id": "run",
    "operator": "alice",
    "controller": "awx-1",
    "region": "ap-guangzhou",
    "account_id": "1000",
    "job": {"id": "7", "name": "Reinstall", "url": "https://awx.example.com/7"},
    "began_at": 1795854480.0,
    "written_at": 1795854960.0,
    "time_zone": "Asia/Shanghai",
}
SILENT = [{"host": "web8", "run_id": "run", "status": "lost"}, {"host": "web9", "run_id": "run", "status": "waiting"}]


class Page(HTMLParser):
    """The elements of a page, the texts in it, and its links. Every element is closed in its order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.anchors: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}
        self.links += [str(value) for name, value in attrs if name == "href"]
        self.anchors += [f"#{value}" for name, value in attrs if name == "id"]
        if tag != "meta":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def page(*reports: dict[str, Any], **run: Any) -> Page:
    return Page(render({**RUN, **run}, reports, FOLDER))


def spoilt(value: Any) -> Any:
    """The same with something hostile after each text."""
    if isinstance(value, dict):
        return {key: spoilt(one) for key, one in value.items()}
    if isinstance(value, list):
        return [spoilt(one) for one in value]
    return f"{value}{EVIL}" if isinstance(value, str) else value


def texts(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set().union(*map(texts, value.values()))
    if isinstance(value, list):
        return set().union(*map(texts, value))
    return {value} if isinstance(value, str) else set()


def test_the_page_of_a_run_begins_with_what_matters() -> None:
    found = page(FULL, *SILENT)
    assert "Reinstall of servers, run run" in found.text
    assert "3 servers: 1 failed, 1 lost, 1 waiting. 2 servers need you." in found.text
    for words in ("Operatoralice", "Controllerawx-1", "Regionap-guangzhou", "Account1000", "JobReinstall (7)"):
        assert words in found.text
    assert "Begun 2026-11-28 08:28:00 UTC (16:28:00 in Asia/Shanghai). Written 2026-11-28 08:36:00 UTC" in found.text
    assert "1 server of a later batch had not begun: web9. If the run has ended, run again for it." in found.text
    assert "https://awx.example.com/7" in found.links
    assert "Failed in phase trust" in found.text


@pytest.mark.parametrize(
    ("reports", "title", "verdict"),
    [
        ([{"status": "done"}], "Fine: reinstall run", "1 server: 1 done. None needs you."),
        (
            [{"status": "done"}, {"status": "waiting"}, {"status": "waiting"}],
            "Fine: reinstall run",
            "3 servers: 1 done, 2 waiting. None needs you so far.",
        ),
        ([{"status": "running"}], "Needs you: reinstall run", "1 server: 1 lost. 1 server needs you."),
        ([{"status": "odd"}, {"status": "done"}], "Needs you: reinstall run", "1 done, 1 odd. 1 server needs you."),
        ([], "Fine: reinstall run", "0 servers: . None needs you."),
    ],
)
def test_the_verdict(reports: list[dict[str, Any]], title: str, verdict: str) -> None:
    found = page(*reports)
    assert title in found.text
    assert verdict in found.text


def test_a_section_without_servers_is_left_out() -> None:
    found = page({**FULL, "status": "done", "failure": None, "warnings": []})
    assert not [words for words in ("What needs you", "Waiting", "Warnings") if words in found.text]
    assert "Warnings of the other servers" in page(FULL, {"status": "done", "warnings": ["w"]}).text


def test_details_are_open_if_there_is_one_server() -> None:
    assert "open" in page(FULL).attributes
    assert "open" not in page(FULL, FULL).attributes


def test_every_link_within_the_page_leads_somewhere() -> None:
    found = page(FULL, {**FULL, "host": "web2"}, *SILENT, {"status": "done", "warnings": ["w"]})
    within = {link for link in found.links if link.startswith("#")}
    assert within == {f"#server-{n}" for n in range(1, 6)}
    assert within <= set(found.anchors)


@pytest.mark.parametrize("status", ["failed", "running", "rolled_back", "done", "waiting"])
def test_nothing_from_outside_is_markup(status: str) -> None:
    evil = {**spoilt(FULL), "status": status}
    evil["reset"]["outcome"] = "failed"
    found = Page(render(spoilt(RUN), [evil, {**evil, "status": EVIL}], FOLDER))
    plain = page({**FULL, "status": status}, {**FULL, "status": "odd"})
    assert (found.tags, found.attributes) == (plain.tags, plain.attributes)
    assert "script" not in found.tags
    assert EVIL in found.text
    assert f"{7 * 7}" not in found.text


def test_what_is_hostile_is_shown_as_it_is() -> None:
    """But what is looked up in a table, or makes no link, or says no time zone."""
    evil_run, evil = spoilt(RUN), spoilt(FULL)
    shown = Page(render(evil_run, [evil, {**evil, "rollback": None}], FOLDER)).text
    hidden = {f"{one}{EVIL}" for one in ("fresh", "scan", "Asia/Shanghai", "https://awx.example.com/7")}
    assert {one for one in texts([evil_run, evil]) if one not in shown} == hidden


def test_a_quote_does_not_leave_the_address_of_a_job() -> None:
    found = page(FULL, job={"name": "n", "url": 'https://awx/"onclick="alert(1)'})
    assert "onclick" not in found.attributes
    assert 'https://awx/"onclick="alert(1)' in found.links


def test_what_no_file_can_hold_and_what_turns_the_text_around_is_replaced() -> None:
    failure = {"phase": "trust", "message": "a\ud800b\u202ec\x1b[31md\x00e\n\tf"}
    html = render(RUN, [{**FULL, "failure": failure}], FOLDER)
    assert html.encode("utf-8")
    assert "a\ufffdb\ufffdc\ufffd[31md\ufffde\n\tf" in html


@pytest.mark.parametrize("key", FULL)
@pytest.mark.parametrize("value", [None, "", [], {}, 0, "text", 5, [None], [5], {"phase": None}])
def test_a_value_of_another_kind_upsets_nothing(key: str, value: Any) -> None:
    page({**FULL, key: value}, *SILENT)
    page({name: one for name, one in FULL.items() if name != key})


@pytest.mark.parametrize("key", RUN)
@pytest.mark.parametrize("value", [None, "", [], {}, 0, "text"])
def test_a_run_of_which_less_is_known(key: str, value: Any) -> None:
    assert "2 servers need you." in page(FULL, *SILENT, **{key: value}).text


def test_a_run_of_which_nothing_is_known() -> None:
    html = render({}, [{}], FOLDER)
    assert "(no name)" in html
    assert "Lost" in html
    assert "reinstall run" in render({}, [FULL], FOLDER)
    assert "Begun 2026-11-28 08:28:00 UTC. The page" in render({}, [FULL], FOLDER)


def test_the_page_reaches_for_nothing() -> None:
    html = render(RUN, [FULL], FOLDER)
    assert "default-src 'none'; style-src 'unsafe-inline'" in html
    assert not Page(html).tags & {"script", "img", "link", "iframe", "form", "base"}
    assert "url(" not in html
    assert "@import" not in html


def test_the_template_escapes_by_itself_and_decides_nothing() -> None:
    text = (Path(FOLDER) / "report.html.j2").read_text(encoding="utf-8")
    unwanted = ("| e ", "|e", "| safe", "|safe", "{% set", "namespace", "autoescape", "default(", "={{")
    assert not [words for words in unwanted if words in text]


def test_every_key_of_a_report_is_known_here() -> None:
    assert set(report_of(memory(), 110.0, "run")) == set(FULL)


def test_two_hundred_servers_are_quick() -> None:
    reports = [{**FULL, "host": f"web{n}", "key": f"key-{n % 3}"} for n in range(200)]
    began = time.process_time()
    render(RUN, reports, FOLDER)
    assert time.process_time() - began < 1
