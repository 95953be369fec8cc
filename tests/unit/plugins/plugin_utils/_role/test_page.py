# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the page of a run says of each server: its title, its tone and what to do; which are alike; what came of it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.plugin_utils._role.page import about, contents
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.page_details import Phrase
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.page_rows import (
    Row,
    groups,
    in_order,
    rows,
    shared_warnings,
)
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.page_words import (
    ADVICE,
    OUTCOMES,
    PHASES,
    STAGES,
    STATUSES,
    moment,
    situation,
    span,
)

BEFORE = {"image_id": "img-old", "os_name": "CentOS 7", "disk_id": "disk-1", "data_disks": ["disk-2", "disk-3"]}
AFTER = {"image_id": "img-new", "os_name": "TencentOS 4", "disk_id": "disk-1", "data_disks": ["disk-2", "disk-3"]}
RESET = {"outcome": "done", "request_id": "req-1", "waited_seconds": 61, "submissions": 1, "adopted": False}
MEND, LOOK = "Correct what the message says", "Do not run again yet."


def report(**other: Any) -> dict[str, Any]:
    """What a host wrote for which all went well."""
    return {"host": "web1", "instance_id": "ins-1", "run_id": "run", "key": "run", "stage": "fresh", **other}


def failed(phase: str, **other: Any) -> dict[str, Any]:
    """What a host wrote that failed in a phase."""
    failure = {"phase": phase, "task": "Do it", "message": "It does not work."}
    return report(status="failed", failure=failure, **other)


def row(one: dict[str, Any]) -> Row:
    (found,) = rows([one], "run")
    return found


def said(phrase: Phrase) -> str:
    return "".join(part.text for part in phrase)


def told(one: dict[str, Any]) -> dict[str, str]:
    """The details of a server, by the names of the lines."""
    return {field.name: said(field.value) for field in row(one).fields}


# --- statuses, phases and outcomes


@pytest.mark.parametrize(
    ("status", "title", "tone", "needs_somebody"),
    [
        ("done", "done", "good", False),
        ("finished", "already finished", "good", False),
        ("planned", "planned", "plain", False),
        ("waiting", "waiting", "plain", False),
        ("failed", "failed", "bad", True),
        ("running", "lost", "bad", True),
        ("lost", "lost", "bad", True),
        ("rolled_back", "rolled back", "warn", True),
        ("incomplete", "incomplete", "warn", True),
        ("of a later release", "of a later release", "warn", True),
        ("", "lost", "bad", True),
    ],
)
def test_a_status(status: str, title: str, tone: str, needs_somebody: bool) -> None:
    found = row(report(status=status))
    assert (found.title, found.standing.tone, bool(found.standing.tier)) == (title, tone, needs_somebody)
    assert bool(groups([found])) is needs_somebody
    assert ("Next" in told(report(status=status))) is needs_somebody


def test_the_most_urgent_first() -> None:
    given = ["incomplete", "rolled_back", "lost", "failed"]
    reports = [failed("begin"), *(report(status=status, host=status) for status in given)]
    assert [group.first.status for group in groups(rows(reports, "run"))] == [*reversed(given), "failed"]


@pytest.mark.parametrize(
    ("phase", "meaning", "keyed", "keyless"),
    [
        *((phase, "This run touched nothing", MEND, MEND) for phase in ("begin", "confirm", "preflight")),
        *((phase, "The server was not reset, but it may be", MEND, MEND) for phase in ("before", "backup")),
        ("reset", "The reset left no result", LOOK, LOOK),
        *(
            (phase, "The server has its new system, but", "Fix the cause and run again with the same", "by hand")
            for phase in ("trust", "login", "verify", "after", "of a later release")
        ),
        ("", "The server was unreachable, or it failed", "run again with the same", "before you run again"),
    ],
)
def test_a_phase_that_failed(phase: str, meaning: str, keyed: str, keyless: str) -> None:
    bare, owned = row(failed(phase)), row(failed(phase, key="mine"))
    assert bare.badge == owned.badge == (f"Failed in phase {phase}" if phase else "Failed")
    assert meaning in bare.meaning
    assert meaning in owned.meaning
    assert (keyless in bare.next_step, keyed in owned.next_step) == (True, True)


@pytest.mark.parametrize(
    ("outcome", "meaning", "keyed", "keyless"),
    [
        ("refused", "The server was not reset, but", MEND, MEND),
        ("accepted", "It may still run. Start no other.", "the same idempotency key", "reset_instance_attach"),
        ("failed", "Treat the system disk as wiped", "with a new idempotency key", "cause and run again, or restore"),
        ("unknown", "nobody can tell whether it took place", "guide_network_failures", "guide_network_failures"),
        *((outcome, "The reset left no result", LOOK, LOOK) for outcome in ("", "done", "unchanged", "planned")),
    ],
)
def test_a_reset_that_failed(outcome: str, meaning: str, keyed: str, keyless: str) -> None:
    given = failed("reset", reset={"outcome": outcome, "reason": "why"})
    bare, owned = row(given), row({**given, "key": "mine"})
    assert meaning in bare.meaning
    assert (keyless in bare.next_step, keyed in owned.next_step) == (True, True)
    assert bare.standing.tier == 1


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_an_outcome_in_words(outcome: str) -> None:
    words = OUTCOMES[outcome]
    given = report(status="done", reset={"outcome": outcome, "reason": "why", "request_id": "req-1"})
    assert [said(one) for one in row(given).reset] == [words[0].upper() + words[1:], "req-1"]
    assert said(row(given).evidence[0]) == f"Reset {words}, RequestId req-1"
    assert (told(given)["Reset"], told(given).get("Reason")) == (words, None if outcome == "done" else "why")


@pytest.mark.parametrize("status", ["running", "rolled_back", "incomplete", "lost"])
def test_a_status_has_advice_with_a_key_and_without_one(status: str) -> None:
    bare, owned = row(report(status=status)), row(report(status=status, key="mine"))
    assert (bare.meaning, owned.next_step, bare.next_step) == ADVICE[status]
    assert bare.next_step != owned.next_step
    assert "same idempotency key" not in bare.next_step


def test_every_advice_is_given() -> None:
    statuses, stages = [*STATUSES, "odd"], [*STAGES, ""]
    phases, outcomes = [*PHASES, "trust", ""], [*OUTCOMES, ""]
    given = {situation(a, b, c, d) for a in statuses for b in stages for c in phases for d in outcomes}
    assert set(ADVICE) <= given
    assert given - set(ADVICE) == {"done", "finished", "planned", "waiting", "odd"}


def test_a_rollback_of_an_earlier_run_that_failed() -> None:
    found = row(failed("reset", stage="rollback", key="mine"))
    assert "An earlier run was to be rolled back" in found.meaning
    assert "reset_instance_rollback set to true" in found.next_step
    assert found.stage == "an earlier run is to be rolled back"
    assert "The server has its new system" in row(failed("trust", stage="rollback")).meaning


def test_a_server_that_was_lost_in_a_phase() -> None:
    phases = [{"name": "begin", "began_at": 1, "seconds": 2}, {"name": "after", "began_at": 3}]
    found = row(report(status="running", phases=phases))
    assert found.badge == "Lost in phase after"
    assert [(one.name, one.took, one.tone) for one in found.phases] == [
        ("begin", "2.0 s", ""),
        ("after", "0.0 s, lost here", "bad"),
    ]


def test_a_host_that_could_not_say_its_key_has_that_of_the_others() -> None:
    silent = {"host": "web2", "run_id": "run", "status": "lost"}
    assert "same idempotency key" in rows([silent, report(status="done", key="mine")], "run")[0].next_step
    assert "same idempotency key" not in rows([silent, report(status="done")], "run")[0].next_step


def test_silence_means_to_wait_or_to_be_lost() -> None:
    written = [report(status="done", host="web3"), report(status="done", host="gone")]
    assert [(one["host"], one["status"]) for one in in_order(written, ["web1", "web2", "web3"], ["web2", "web3"])] == [
        ("web1", "lost"),
        ("web2", "waiting"),
        ("web3", "done"),
    ]


# --- servers that are alike


def test_equal_failures_are_one_group() -> None:
    reports = [failed("trust", host=f"web{n}", instance_id=f"ins-{n}") for n in (1, 2, 3)]
    reports[1] = {**reports[1], "failure": {**reports[1]["failure"], "message": "Something else."}}
    found = groups(rows(reports, "run"))
    assert [said(group.title) for group in found] == [
        "web2 ins-2: failed in phase trust",
        "2 servers: failed in phase trust",
    ]
    assert [said(member.name) for member in found[1].members] == ["web1 ins-1", "web3 ins-3"]
    assert [member.name[0].target for member in found[1].members] == ["#server-1", "#server-3"]
    assert (found[0].members, found[1].evidence) == ((), ())


def test_a_warning_that_servers_share_is_said_once() -> None:
    reports = [
        report(status="done", host="web1", warnings=["w", "v"]),
        report(status="done", host="web2", warnings=["w", "w"]),
        failed("trust", host="web3", warnings=["w"]),
    ]
    found = rows(reports, "run")
    assert [(one.text, said(one.about)) for one in shared_warnings(found)] == [
        ("w", "(2 servers: web1, web2)"),
        ("v", "(1 server: web1)"),
    ]
    assert [one.warned for one in found] == ["2 warnings", "2 warnings", "1 warning"]
    assert said(groups(found)[0].evidence[-1]) == "Warning: w"


@pytest.mark.parametrize(
    ("others", "heading"), [([], "Warnings"), ([failed("trust")], "Warnings of the other servers")]
)
def test_there_are_other_servers_only_where_some_need_somebody(others: list[dict[str, Any]], heading: str) -> None:
    assert contents({}, [report(status="done", warnings=["w"]), *others])["warnings_title"] == heading


def test_a_note_is_no_warning() -> None:
    given = failed("login", notes=["The host key was trusted on first use: SHA256:x"])
    found = row(given)
    assert told(given)["Note"] == "The host key was trusted on first use: SHA256:x"
    assert (found.warnings, found.warned, shared_warnings([row({**given, "status": "done"})])) == ((), "", [])
    assert "first use" not in str(found.evidence)


# --- the way back


def test_after_a_rollback_the_system_is_the_one_of_before() -> None:
    rollback = {"kind": "snapshot", "name": "backup-1", "request_id": "req-2"}
    given = failed("after", before=BEFORE, after={**AFTER, "disk_id": "disk-9"}, reset=RESET, rollback=rollback)
    given["status"] = "rolled_back"
    found = row(given)
    assert {one.name: (said(one.before), said(one.after), one.change) for one in found.facts} == {
        "Image": ("img-old", "img-old", "restored"),
        "System": ("CentOS 7", "CentOS 7", "restored"),
        "System disk": ("disk-1", "disk-9", "changed"),
        "Data disks": ("disk-2, disk-3", "disk-2, disk-3", ""),
    }
    assert [said(one) for one in found.system] == ["CentOS 7 img-old", "\u2192 restored from its backup"]
    assert told(given)["Was installed"] == "TencentOS 4 img-new"
    assert told(given)["Rollback"] == "Rolled back to the snapshot backup-1, RequestId req-2."


def test_after_a_rollback_of_a_system_that_nobody_knows() -> None:
    found = row(report(status="rolled_back", after=AFTER, reset=RESET))
    assert [said(one.after) for one in found.facts][:2] == ["that of the backup"] * 2
    assert "img-new" not in str((found.system, found.facts))


def test_without_a_rollback_the_system_is_the_new_one() -> None:
    given = report(status="done", before=BEFORE, after=AFTER, reset=RESET)
    found = row(given)
    assert [said(one) for one in found.system] == ["CentOS 7 img-old", "\u2192 TencentOS 4 img-new"]
    assert {one.name: (said(one.after), one.change) for one in found.facts}["Image"] == ("img-new", "changed")
    assert "Was installed" not in told(given)


BACKUP = {"kind": "image", "name": "backup-1", "id": "img-b"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (report(status="done", backup=BACKUP), ["The image img-b of the old system was kept."]),
        (failed("trust", backup=BACKUP), ["Not rolled back. The image img-b of the old system was kept."]),
        (failed("trust", backup={"name": "b"}), ["Not rolled back. The backup of the old system was kept."]),
        (failed("trust"), ["Nothing was rolled back, and there is no backup."]),
        (failed("trust", rollback={"name": "b"}), ["Rolled back to the backup b."]),
        (failed("preflight"), []),
        (report(status="done"), []),
    ],
)
def test_the_way_back(given: dict[str, Any], words: list[str]) -> None:
    assert [said(one) for one in row(given).evidence] == words


# --- details and times


def test_the_details_of_a_server() -> None:
    given = report(
        status="done",
        key="mine",
        began_at="2026-11-28T08:28:00Z",
        ended_at="2026-11-28T08:36:09Z",
        reset={**RESET, "submissions": 2, "adopted": True},
        backup=BACKUP,
        trust={"host_keys": "scan", "fingerprints": ["SHA256:a", "SHA256:b"]},
        login={"user": "ansible", "port": 2222},
        warnings=["w"],
    )
    assert [(field.name, said(field.value)) for field in row(given).fields] == [
        ("Stage", "no earlier run"),
        ("Idempotency key", "mine"),
        ("Begun", "2026-11-28 08:28:00 UTC"),
        ("Ended", "2026-11-28 08:36:09 UTC"),
        ("Reset", "done"),
        ("RequestId", "req-1"),
        ("Sent", "2 times"),
        ("Adopted", "The answer was lost, and the reset was recognized on the instance."),
        ("Waited", "1 min 1 s"),
        ("Backup", "image img-b"),
        ("Backup name", "backup-1"),
        ("Host key", "trusted on first use"),
        ("Fingerprint", "SHA256:a"),
        ("Fingerprint", "SHA256:b"),
        ("Login", "ansible, port 2222"),
        ("Warning", "w"),
    ]


def test_all_bars_are_on_one_scale() -> None:
    began = 1795854480.5
    long = [{"name": "begin", "began_at": began, "seconds": "50"}, {"name": "reset", "began_at": 0, "seconds": 150}]
    short = [{"name": "begin", "seconds": -3}, {"name": "trust", "seconds": 20}]
    first, second = rows([report(phases=long), failed("trust", phases=short, seconds=20.0)], "run")
    assert [(one.began, one.took, one.tone, one.width) for one in first.phases] == [
        ("08:28:00", "50 s", "", "25.00"),
        ("", "2 min 30 s", "reset", "75.00"),
    ]
    assert [(one.took, one.tone, one.width) for one in second.phases] == [
        ("0.0 s", "", "0.00"),
        ("20 s, failed here", "bad", "10.00"),
    ]
    assert (first.took, second.took) == ("3 min 20 s", "20 s")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        *((None, "0.0 s"), ("", "0.0 s"), ("text", "0.0 s"), (float("nan"), "0.0 s"), (float("inf"), "0.0 s")),
        *((-5, "0.0 s"), ("4.25", "4.2 s"), (9.9, "9.9 s"), (10, "10 s"), (59.4, "59 s"), (59.7, "1 min 0 s")),
        *((61, "1 min 1 s"), (3599, "59 min 59 s"), (3600, "1 h 0 min"), (90061, "25 h 1 min")),
    ],
)
def test_a_length_of_time(seconds: Any, words: str) -> None:
    assert span(seconds) == words


UTC = "2026-11-28 20:28:00 UTC"


@pytest.mark.parametrize(
    ("value", "zone", "words"),
    [
        *((value, "", UTC) for value in (1795897680, 1795897680.4, "1795897680", "2026-11-28T20:28:00Z")),
        *(
            (1795897680, zone, UTC)
            for zone in ("UTC", "Etc/UTC", "No/Where", "../etc/passwd", "/etc", "a\0b", "Asia", "a" * 300)
        ),
        (1795897680, "Europe/Berlin", f"{UTC} (21:28:00 in Europe/Berlin)"),
        (1795897680, "Asia/Shanghai", f"{UTC} (2026-11-29 04:28:00 in Asia/Shanghai)"),
        ("2026-11-28T20:28:00Z", "America/New_York", f"{UTC} (15:28:00 in America/New_York)"),
        (253402300799, "Asia/Shanghai", "9999-12-31 23:59:59 UTC"),
        *((value, "", "") for value in (None, "", 0, [], {}, 1e300, float("nan"))),
        *((value, "", value) for value in ("yesterday", "2026-13-45T00:00:00Z")),
    ],
)
def test_a_time(value: Any, zone: str, words: str) -> None:
    assert moment(value, zone) == words


@pytest.mark.parametrize(
    ("job", "label", "target"),
    [
        ({"id": 7, "name": "Reinstall", "url": "https://awx/#/jobs/7"}, "Reinstall (7)", "https://awx/#/jobs/7"),
        ({"id": 7, "url": "HTTP://awx"}, "7", "HTTP://awx"),
        ({"url": "https://awx"}, "https://awx", "https://awx"),
        *(
            ({"name": "Reinstall", "url": url}, "Reinstall", "")
            for url in ("", "javascript:alert(1)", " https://awx", "https://", "https://a b", "java\nscript:1", "//awx")
        ),
    ],
)
def test_a_job_is_a_link_if_its_address_is_one_of_the_web(job: dict[str, Any], label: str, target: str) -> None:
    (field,) = about({"job": job})
    assert [(part.text, part.target) for part in field.value] == [(label, target)]


def test_who_reinstalled_what() -> None:
    run = {"operator": "alice", "controller": "awx-1", "region": "ap-guangzhou", "account_id": 1000, "job": {}}
    assert [(field.name, said(field.value)) for field in about(run)] == [
        ("Operator", "alice"),
        ("Controller", "awx-1"),
        ("Region", "ap-guangzhou"),
        ("Account", "1000"),
    ]
