# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of a host: how it ended, how long each phase took, and what came of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.plugin_utils._role.memory import Memory
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.report import made_backup, report_of
from tests.unit.support.role_hosts import ID, INSTANCE, begun, judged, memory, of_instance, planned

NOW = 200.0
SKIPPED = {"skipped": True, "changed": False}
NOTED = {"phase": "login", "task": "T", "message": "M.", "cleans_up": True, "goes_back": False}
DONE = {"is_done": True, "at": 190.0}


def host(
    options: dict[str, Any] | None = None, about: dict[str, Any] | None = None, check: bool = False, **found: Any
) -> Memory:
    frozen = {**begun(**(options or {})), "check": check}
    return memory(frozen, **{"judged": judged(frozen, **(about or {})), **found})


def report(*arguments: Any, **found: Any) -> dict[str, Any]:
    return report_of(host(*arguments, **found), NOW, "run")


# --- how it ended


@pytest.mark.parametrize(
    ("about", "check", "found", "status"),
    [
        ({}, False, {"after_ended": DONE}, "done"),
        ({}, False, {}, "incomplete"),
        ({}, False, {"after_ended": SKIPPED}, "incomplete"),
        ({}, True, {}, "planned"),
        ({"stage": "finished"}, False, {}, "finished"),
        ({"stage": "finished"}, True, {}, "planned"),
        ({}, False, {"failure": NOTED}, "failed"),
        ({}, True, {"failure": NOTED}, "failed"),
        ({}, False, {"failure": NOTED, "after_ended": DONE}, "failed"),
        ({}, False, {"failure": NOTED, "rollback": {"kind": "image"}}, "rolled_back"),
        ({"problems": ["P."]}, False, {}, "failed"),
        ({"problems": ["P."]}, True, {}, "failed"),
        ({}, False, {"preflight_ended": {"failed": True, "msg": "P."}}, "failed"),
        ({}, False, {"judged": {}, "confirmed": {"failed": True, "msg": "Not confirmed."}}, "failed"),
        ({}, True, {"judged": {}, "confirmed": {"failed": True, "msg": "Not confirmed."}}, "failed"),
    ],
)
def test_the_status(about: dict[str, Any], check: bool, found: dict[str, Any], status: str) -> None:
    one = report({}, about, check, **found)
    assert one["status"] == status
    assert bool(one["failure"]) is (status in ("failed", "rolled_back"))


def test_a_run_that_goes_on_has_another_status() -> None:
    assert report_of(host(), NOW, "run", "running")["status"] == "running"


REFUSED = {**judged(begun()), "refused": ["web2"]}


@pytest.mark.parametrize(
    ("options", "found", "failure"),
    [
        ({}, {"failure": NOTED}, ("login", "T", "M.")),
        ({}, {"judged": {}, "confirmed": {"failed": True, "msg": "C."}}, ("confirm", "", "C.")),
        ({}, {"judged": judged(begun(), problems=["A.", "B."])}, ("preflight", "", "A. B.")),
        ({}, {"judged": REFUSED}, ("preflight", "", "Other hosts of the batch were refused.")),
        ({}, {"judged": REFUSED, "preflight_ended": {"failed": True, "msg": "O."}}, ("preflight", "", "O.")),
        ({"stop_batch": False}, {"judged": REFUSED}, None),
        ({}, {"judged": REFUSED, "preflight_ended": {"at": 104.0}}, None),
    ],
)
def test_the_failure(options: dict[str, Any], found: dict[str, Any], failure: tuple[str, str, str] | None) -> None:
    noted = report(options, **found)["failure"]
    assert noted == (dict(zip(("phase", "task", "message"), failure)) if failure else None)


# --- phases and seconds

WHOLE = {
    "kept": {"hosts": {"web1": {}}, "at": 120.0},
    "snapshot": {"snapshot_id": "snap-1", "waited_seconds": 12.0},
    "image": SKIPPED,
    "reset_ended": {"is_new": True, "user": "root", "port": 22, "at": 150.0},
    "trusted": {"results": [{"fingerprints": ["SHA256:w"]}, {"waited_seconds": 4.0, "fingerprints": ["SHA256:x"]}]},
    "login_ended": {"at": 170.0},
    "verify_ended": {"at": 171.5},
    "after_ended": {"is_done": True, "at": 180.0},
}
BACKUP = {"backup": "snapshot"}
ALL = {"do": {"before": True, "backup": True, "reset": True}}


def test_the_phases_follow_each_other() -> None:
    phases = report(BACKUP, ALL, **WHOLE)["phases"]
    assert [tuple(one.values()) for one in phases] == [
        ("confirm", 100.0, 1.0),
        ("preflight", 101.0, 2.0),
        ("before", 103.0, 5.0),
        ("backup", 108.0, 12.0),
        ("reset", 120.0, 30.0),
        ("trust", 150.0, 4.0),
        ("login", 154.0, 16.0),
        ("verify", 170.0, 1.5),
        ("after", 171.5, 8.5),
    ]


@pytest.mark.parametrize(
    ("about", "found", "names"),
    [
        ({"do": {"before": True}}, {}, "confirm preflight before"),
        ({}, {}, "confirm preflight"),
        ({"stage": "finished", "do": {}}, {"verify_ended": SKIPPED, "after_ended": SKIPPED}, "confirm preflight"),
        ({"stage": "rollback", "do": {"reset": True}}, {"kept": SKIPPED}, "confirm preflight"),
        (ALL, {**WHOLE, "failure": {**NOTED, "phase": "backup"}}, "confirm preflight before backup"),
        (ALL, {**WHOLE, "failure": NOTED}, "confirm preflight before backup reset trust login"),
        (ALL, {**WHOLE, "trusted": SKIPPED}, "confirm preflight before backup reset login verify after"),
        ({"problems": ["P."]}, {}, "confirm preflight"),
        ({}, {"judged": {}, "confirmed": {"failed": True, "msg": "C.", "at": 100.5}}, "confirm"),
        ({"do": {}}, {"failure": {**NOTED, "phase": "elsewhere"}}, "confirm preflight"),
    ],
)
def test_the_phases_that_a_host_came_to(about: dict[str, Any], found: dict[str, Any], names: str) -> None:
    assert " ".join(one["name"] for one in report(BACKUP, about, **found)["phases"]) == names


def test_the_phase_that_failed_lasts_until_the_report() -> None:
    last = report(BACKUP, ALL, **{**WHOLE, "failure": NOTED})["phases"][-1]
    assert last == {"name": "login", "began_at": 154.0, "seconds": 46.0}


def test_no_span_is_negative_when_a_clock_or_a_wait_is_off() -> None:
    found = {**WHOLE, "snapshot": {"snapshot_id": "s", "waited_seconds": 999.0}, "login_ended": {"at": 90.0}}
    phases = report(BACKUP, ALL, **found)["phases"]
    assert min(one["seconds"] for one in phases) == 0.0
    assert [one["began_at"] for one in phases] == sorted(one["began_at"] for one in phases)


def test_the_times() -> None:
    one = report()
    assert (one["began_at"], one["ended_at"], one["seconds"]) == ("1970-01-01T00:01:40Z", "1970-01-01T00:03:20Z", 100.0)


# --- what came of it


def test_what_the_system_was_and_is() -> None:
    after = {**INSTANCE, "image_id": "img-new", "data_disks": None, "more": "of it"}
    one = report(resets=of_instance("reset", outcome="done", instance=after))
    assert one["before"] == {
        "image_id": "img-old",
        "os_name": "CentOS 7",
        "host_name": None,
        "instance_name": None,
        "instance_state": "RUNNING",
        "private_ip_addresses": ["10.0.0.1"],
        "disk_id": "disk-1",
        "disk_size": 50,
        "data_disks": ["disk-3", "disk-2"],
    }
    assert (one["after"]["image_id"], one["after"]["data_disks"]) == ("img-new", [])
    assert "more" not in one["after"]


def test_what_an_earlier_run_has_kept_counts_for_before() -> None:
    kept = {"before": {**INSTANCE, "image_id": "img-oldest"}, "backup": {"kind": "image", "name": "n", "id": "i"}}
    one = report({}, {"kept": kept})
    assert (one["before"]["image_id"], one["backup"]) == ("img-oldest", kept["backup"])


@pytest.mark.parametrize(
    ("check", "about", "found", "reset"),
    [
        (False, {}, {"plans": planned(reason="R.")}, None),
        (True, {}, {"plans": planned(reason="R.")}, ("planned", "R.")),
        (False, {"problems": ["P."]}, {"plans": planned(reason="R.")}, ("planned", "R.")),
        (False, {}, {"resets": of_instance("reset", outcome="failed", msg="M.")}, ("failed", "M.")),
        (False, {}, {"resets": of_instance("reset", outcome="done", reason="R.", msg="M.")}, ("done", "R.")),
    ],
)
def test_the_reset(check: bool, about: dict[str, Any], found: dict[str, Any], reset: tuple[str, str] | None) -> None:
    one = report({}, about, check, **found)["reset"]
    assert (one and (one["outcome"], one["reason"])) == reset
    assert one is None or set(one) == {"outcome", "request_id", "waited_seconds", "submissions", "adopted", "reason"}


@pytest.mark.parametrize(
    ("found", "backup"),
    [
        ({"snapshot": {"snapshot_id": "snap-1"}, "image": SKIPPED}, "snap-1"),
        ({"snapshot": SKIPPED, "image": {"image_id": "img-1"}}, "img-1"),
        ({"snapshot": SKIPPED, "image": SKIPPED}, None),
        ({"snapshot": {"failed": True, "snapshot_id": None}}, None),
    ],
)
def test_the_backup_that_was_made(found: dict[str, Any], backup: str | None) -> None:
    assert made_backup(host(BACKUP, **found)).get("id") == backup


def test_trust_and_login_and_what_the_user_should_know() -> None:
    found = {
        **WHOLE,
        "renewed": {"fingerprints": ["SHA256:y"]},
        "warned": {"texts": ["W."]},
        "kept": {"hosts": {"web1": {"warnings": ["K."]}}},
    }
    one = report({}, {"notes": ["N."]}, **found)
    assert one["trust"] == {"host_keys": "scan", "fingerprints": ["SHA256:x"]}
    assert one["login"] == {"user": "root", "port": 22}
    assert one["warnings"] == ["W.", "K."]
    assert one["notes"] == [
        "N.",
        "The host key was trusted on first use: SHA256:x",
        "cloud-init has made other host keys since, read over the login: SHA256:y",
    ]
    injected = report({"host_keys": "inject"}, **WHOLE)
    assert injected["notes"] == []
    assert report()["trust"] is None
    assert report()["login"] is None


# --- what must not get into it


def test_nothing_of_an_earlier_use_and_no_secret_gets_into_a_report() -> None:
    """main.yml empties what an earlier use has left; that counts as not there."""
    left = [*WHOLE, "failure", "rollback", "warned", "resets", "renewed", "gathered"]
    emptied: dict[str, Any] = {name: {} for name in left}
    assert report({}, {}, **emptied) == report()
    secret = {"login_settings": {"password": "hunter2-S3cret"}, "user_data": "hunter2-S3cret"}
    kept = {"hosts": {"web1": {"host_key": ["hunter2-S3cret", "ssh-ed25519 x"], "nonce": "hunter2-S3cret"}}}
    assert "hunter2" not in json.dumps(report(secret, kept=kept, plans=planned()))


def test_a_host_with_wrong_options_has_a_report_too() -> None:
    frozen = {**begun(), "problems": [{"option": "o", "message": "m", "fix": "f"}]}
    names = judged(frozen)["hosts"]["web1"]["names"]
    own = {"hosts": {"web1": {"problems": ["o: m f"], "names": names}}, "refused": ["web1"], "at": 103.0}
    one = report_of(memory(frozen, judged=own), NOW, "run")
    assert (one["status"], one["instance_id"], one["before"], one["reset"]) == ("failed", ID, None, None)
