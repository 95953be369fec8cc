# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a phase ended for a host, by what its tasks have registered."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._reset.idempotency_entry import OnceError
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.verdicts import VERDICTS, Ending, said_by
from tests.unit.support.role_hosts import (
    ID,
    INSTANCE,
    LINUX,
    WINDOWS,
    about,
    begun,
    judged,
    memory,
    of_instance,
    planned,
)

NONCE = judged(begun())["hosts"]["web1"]["names"]["nonce"]
LIE = {"reset_instance_policy": "always"}


def verdict(
    phase: str, options: dict[str, Any] | None = None, about: dict[str, Any] | None = None, **found: Any
) -> Ending:
    frozen = begun(**(options or {}))
    looked = {"judged": judged(frozen, **(about or {})), **found}
    return VERDICTS[phase](memory(frozen, **looked))


# --- preflight


@pytest.mark.parametrize(
    ("options", "about", "refused", "failed", "words"),
    [
        ({}, {"line": "It is fresh: policy is always."}, [], False, "It is fresh: policy is always."),
        # One that is not what the plan was made for shows none.
        ({}, {"line": ""}, [], False, ""),
        ({}, {"problems": ["One.", "Two."]}, ["web1"], True, "One. Two."),
        ({"stop_batch": False}, {"problems": ["One."]}, ["web1"], True, "One."),
        (
            {},
            {},
            ["web2", "web3"],
            True,
            "Nothing was touched, since other hosts of the batch have problems (web2, web3).",
        ),
        ({"stop_batch": False}, {"line": "It is fresh."}, ["web2"], False, "It is fresh."),
    ],
)
def test_preflight(
    options: dict[str, Any], about: dict[str, Any], refused: list[str], failed: bool, words: str
) -> None:
    frozen = begun(**options)
    found = VERDICTS["preflight"](memory(frozen, judged={**judged(frozen, **about), "refused": refused}))
    assert found.failed is failed
    assert found.text.startswith(words)
    assert bool(found.text) == bool(words)
    assert not found.changed
    assert found.found == {}


@pytest.mark.parametrize(
    ("check", "outcome", "about", "changed"),
    [
        (True, "planned", {}, True),
        (True, "unchanged", {}, False),
        (True, "refused", {"problems": ["One."]}, False),
        # What is really done is shown when it is done.
        (False, "planned", {}, False),
    ],
)
def test_a_check_shows_what_would_change(check: bool, outcome: str, about: dict[str, Any], changed: bool) -> None:
    frozen = {**begun(), "check": check}
    plans = planned(outcome=outcome, after=WINDOWS)
    found = VERDICTS["preflight"](memory(frozen, judged=judged(frozen, **about), plans=plans))
    assert found.changed is changed
    wanted = {"diff": {"before_header": ID, "before": LINUX, "after": WINDOWS}} if changed else {}
    assert found.found == wanted


@pytest.mark.parametrize(
    ("hosts", "said"),
    [(["web1", "web2"], "1 of 2 servers ..."), (["web0", "web1"], "Nothing was touched: see web0.")],
)
def test_a_batch_that_is_stopped_is_told_why_once(hosts: list[str], said: str) -> None:
    frozen = begun()
    whole = {"hosts": dict.fromkeys(hosts, about(frozen)), "stops": True, "text": "1 of 2 servers ..."}
    found = VERDICTS["preflight"](memory(frozen, judged=whole))
    assert (found.failed, found.text, found.changed, found.found) == (True, said, False, {})


@pytest.mark.parametrize("registered", [{}, {"failed": True, "msg": "Nobody has looked."}])
def test_what_nobody_judged_is_refused_in_words(registered: dict[str, Any]) -> None:
    """It comes to this when errors of the play are ignored."""
    found = VERDICTS["preflight"](memory(judged=registered))
    assert found.failed
    assert found.text


# --- the reset


@pytest.mark.parametrize(
    ("answer", "failed", "changed", "words"),
    [
        (
            {"outcome": "done", "changed": True, "request_id": "req-1", "waited_seconds": 61},
            False,
            True,
            f"{ID}: done, RequestId req-1, after 61 s",
        ),
        ({"outcome": "unchanged", "changed": False}, False, False, f"{ID}: unchanged"),
        ({"outcome": "failed", "changed": True, "msg": "It is broken."}, True, True, "It is broken."),
        ({"outcome": "unknown", "changed": True, "reason": "No answer."}, True, True, "No answer."),
        (
            {
                "outcome": "refused",
                "changed": False,
                "problems": [{"option": "image_id", "message": "M.", "fix": "F."}],
            },
            True,
            False,
            "reset_instance_image_id: M. F.",
        ),
        ({"outcome": ""}, True, True, "The reset was cut off, and what it has sent goes on."),
    ],
)
def test_the_reset(answer: dict[str, Any], failed: bool, changed: bool, words: str) -> None:
    found = verdict("reset", resets=of_instance("reset", **answer))
    assert (found.text, found.failed, found.changed) == (words, failed, changed)
    assert bool(found.found.get("is_new")) is not failed


def test_a_reset_shows_what_it_has_changed() -> None:
    plans = planned(after=WINDOWS)
    found = verdict("reset", resets=of_instance("reset", outcome="done"), plans=plans).found
    assert found["diff"] == {"before_header": ID, "before": LINUX, "after": WINDOWS}
    failed = verdict("reset", resets=of_instance("reset", outcome="failed", msg="M."), plans=plans)
    assert "diff" not in failed.found


@pytest.mark.parametrize(
    ("group", "words"),
    [
        ({"failed": True, "msg": "Timed out."}, "Timed out."),
        ({"failed": True, "msg": "Refused.", "results": []}, "Refused."),
    ],
)
def test_a_group_that_ended_early_speaks_for_each_of_its_instances(group: dict[str, Any], words: str) -> None:
    found = verdict("reset", resets={"results": [{"item": {"key": f"reset ins-other {ID}"}, **group}]})
    assert (found.text, found.failed, found.changed) == (words, True, "results" not in group)


def test_a_host_that_was_left_out_of_the_call_is_told_why() -> None:
    others = of_instance("reset", "ins-other", outcome="done")
    assert verdict("reset", resets=others).text == "It is not what was confirmed any more: nothing was sent."
    assert "reset_instance_policy" in verdict("reset", resets=others, facts=LIE).text
    assert verdict("reset", resets=others).failed
    kept = {"hosts": {"web1": {"error": "/x cannot be written: No space left on device."}}}
    found = verdict("reset", resets=others, kept=kept)
    assert (found.failed, found.changed) == (True, False)
    assert found.text == "Nothing was sent: /x cannot be written: No space left on device."


@pytest.mark.parametrize(
    ("log_state", "rollback", "words"),
    [
        ("failed", True, "The reset of an earlier run with this key failed, and this one goes on with that."),
        ("rolling_back", True, "An earlier run with this key began to roll back, and this one goes on with that."),
        ("rolling_back", False, "reset_instance_rollback is not true. Set it, and run again."),
    ],
)
def test_a_rollback_that_was_begun_is_gone_on_with_even_if_nothing_fails(
    log_state: str, rollback: bool, words: str
) -> None:
    about = {"stage": "rollback", "log_state": log_state}
    options = {"rollback": rollback, "backup": "snapshot"}
    found = verdict("reset", options, about, resets=of_instance("reset", outcome="done"))
    assert found.failed
    assert found.text.endswith(words)


@pytest.mark.parametrize(
    ("options", "about", "instance", "user", "port"),
    [
        ({}, {}, {}, "root", 22),
        ({}, {"user": "", "port": 0}, {}, "", 22),
        ({}, {"port": 2222}, {}, "root", 2222),
        ({}, {}, {"default_login_user": "ubuntu", "default_login_port": 36000}, "ubuntu", 36000),
        (
            {"login_user": "me", "login_port": 2200},
            {},
            {"default_login_user": "u", "default_login_port": 1},
            "me",
            2200,
        ),
        ({}, {"to_windows": True, "port": 5986}, {"default_login_user": "A", "default_login_port": 3389}, "A", 5986),
    ],
)
def test_how_to_log_in_to_the_new_system(
    options: dict[str, Any], about: dict[str, Any], instance: dict[str, Any], user: str, port: int
) -> None:
    found = verdict("reset", options, about, resets=of_instance("reset", outcome="done", instance=instance))
    assert (found.found["user"], found.found["port"]) == (user, port)


# --- the login


def said(*lines: str, **other: Any) -> dict[str, Any]:
    return {"rc": 0, "stdout": "\r\n".join(lines), "stdout_lines": list(lines), **other}


KEPT = {"hosts": {"web1": {"nonce": NONCE}}}
ITS_OWN = said(f"instance_id={ID}")
LOST = {"unreachable": True, "msg": "Connection refused"}


@pytest.mark.parametrize(
    ("options", "proved", "found", "words"),
    [
        ({}, False, {"marker": ITS_OWN}, ""),
        ({}, True, {"marker": said("instance_id=")}, ""),
        ({}, True, {"marker": {}}, ""),
        ({}, False, {"marker": said()}, "its metadata service names none."),
        ({}, True, {"marker": said("instance_id=ins-other")}, f"not proved to be {ID}"),
        ({"verify_address": False}, False, {"marker": said("instance_id=ins-other")}, ""),
        ({}, True, {"marker": LOST}, "was not reachable any more: Connection refused"),
        ({}, True, {"marker": ITS_OWN, "gathered": LOST}, "was not reachable any more: Connection refused"),
        ({}, True, {"marker": said(f"mark={NONCE}", f"instance_id={ID}")}, "rebooted, not reinstalled"),
        ({}, True, {"marker": said("mark=somebody's")}, ""),
        (
            {},
            True,
            {"marker": ITS_OWN, "facts": LIE},
            "pass for variables that no server may give: reset_instance_policy",
        ),
    ],
)
def test_the_login(options: dict[str, Any], proved: bool, found: dict[str, Any], words: str) -> None:
    ended = {"user": "root", "port": 22}
    one = verdict("login", options, {"is_proved": proved}, kept=KEPT, reset_ended=ended, **found)
    assert one.failed is bool(words)
    assert (words or "Logged in as root, port 22") in one.text


@pytest.mark.parametrize("kept", [KEPT, {}, {"hosts": {"web1": {"nonce": ""}}}], ids=["kept", "lost", "not left"])
@pytest.mark.parametrize("lines", [[f"mark={NONCE}"], [f"Welcome! mark={NONCE}"], ["mark=x", NONCE]])
def test_the_mark_is_seen_wherever_it_stands_and_whatever_was_kept(kept: dict[str, Any], lines: list[str]) -> None:
    """A run on another controller, or after a cleanup, has no state, but the same name for the mark."""
    assert "rebooted, not reinstalled" in verdict("login", kept=kept, marker=said(*lines)).text


def test_what_a_server_said() -> None:
    answer = {"stdout_lines": [" instance_id = ins-1 ", "a=b=c", "noise", ""]}
    assert said_by(answer) == {"instance_id ": "ins-1", "a": "b=c", "noise": "", "": ""}
    assert said_by({}) == {}


# --- verification


def ended(*disks: str) -> dict[str, Any]:
    """The answer of a reset, with the instance as it was read at its end."""
    record = {"instance_id": ID, "data_disks": [{"disk_id": one} for one in disks]}
    return of_instance("reset", outcome="done", instance=record)


BEFORE = {"hosts": {"web1": {"before": INSTANCE}}}


@pytest.mark.parametrize("kept", [BEFORE, {}], ids=["kept", "lost"])
@pytest.mark.parametrize(
    ("now", "words"),
    [
        (ended("disk-2", "disk-3"), ""),
        (ended("disk-3", "disk-2"), ""),
        (ended("disk-2"), "The data disks differ: disk-2, disk-3 before the reset, disk-2 after it."),
        (ended(), "The data disks differ: disk-2, disk-3 before the reset, none after it."),
        (ended("disk-2", "disk-3", "disk-4"), "after it"),
        (of_instance("reset", outcome="done", instance=None), f"{ID} was not read"),
        ({}, f"{ID} was not read"),
    ],
)
def test_the_data_disks(kept: dict[str, Any], now: dict[str, Any], words: str) -> None:
    found = verdict("verify", {"login": False}, kept=kept, resets=now)
    assert found.failed is bool(words)
    assert (words or "The data disks are the same.") in found.text


@pytest.mark.parametrize(
    ("options", "facts", "words"),
    [
        ({}, {}, ""),
        ({"distribution": "TencentOS"}, {"distribution": "TencentOS", "distribution_version": "4"}, ""),
        ({"distribution_version": 4}, {"distribution": "TencentOS", "distribution_version": "4"}, ""),
        (
            {"distribution": "TencentOS", "distribution_version": "4"},
            {"distribution": "TencentOS", "distribution_version": "3"},
            "The new system is TencentOS 3, and not TencentOS 4 (",
        ),
        ({"distribution": "TencentOS"}, {"distribution": "CentOS"}, "and not TencentOS ("),
        ({"distribution": "TencentOS"}, {}, "and not TencentOS ("),
        ({"distribution": "TencentOS", "login": False}, {}, ""),
    ],
)
def test_the_distribution(options: dict[str, Any], facts: dict[str, Any], words: str) -> None:
    found = verdict("verify", options, kept=BEFORE, resets=ended("disk-2", "disk-3"), facts=facts)
    assert found.failed is bool(words)
    assert words in found.text


# --- the end

ONCE = {"policy": "once", "idempotency_key": "key"}
WRITTEN = {"results": [{"results": [{"instance_id": ID, "error": None}]}]}
FORBIDDEN = {"code": OnceError.code, "message": "It is of another key."}
REFUSED_BY_LOG = {"results": [{"results": [{"instance_id": ID, "error": FORBIDDEN}]}]}


@pytest.mark.parametrize(
    ("options", "logs", "words"),
    [
        ({}, {}, ""),
        (ONCE, WRITTEN, ""),
        (
            ONCE,
            {"results": [{"results": [{"instance_id": ID, "error": {"message": "No right."}}]}]},
            "resets nothing. No right.",
        ),
        (
            ONCE,
            {"results": [{"results": [{"instance_id": "ins-2", "error": None}]}]},
            "resets nothing. Nothing was written.",
        ),
        (ONCE, {"results": [{"failed": True, "msg": "No answer."}]}, "resets nothing. No answer."),
        (ONCE, {"skipped": True, "results": []}, "resets nothing. Nothing was written."),
        (ONCE, REFUSED_BY_LOG, "the server is reset again. It is of another key."),
    ],
)
def test_the_log_must_have_come_to_its_end(options: dict[str, Any], logs: dict[str, Any], words: str) -> None:
    found = verdict("after", options, logs=logs)
    assert found.failed is bool(words)
    assert found.text.endswith(words or "web1 is in service again.")
    assert bool(found.found.get("is_done")) is not found.failed
    assert bool(found.found.get("is_in_order")) is found.failed


# --- after a failure

NOTED = {"phase": "reset", "task": "T", "message": "M", "goes_back": False}
BACKUP = {"backup": "snapshot", "rollback": True}
NAME = judged(begun())["hosts"]["web1"]["names"]["backup"]


@pytest.mark.parametrize(
    ("options", "found", "words"),
    [
        ({}, {}, "Failed in phase reset."),
        (BACKUP, {}, f"Failed in phase reset. The backup {NAME} was kept."),
        (BACKUP, {"failure": {**NOTED, "goes_back": True}}, "Failed in phase reset. It was NOT rolled back."),
        (
            BACKUP,
            {"failure": {**NOTED, "goes_back": True}, "rollback": {"kind": "snapshot"}},
            f"Failed in phase reset. It was rolled back to the snapshot {NAME}.",
        ),
        (
            BACKUP,
            {"resets": of_instance("reset", outcome="unknown"), "warned": {"texts": ["And this."]}},
            "Failed in phase reset. Nothing was rolled back, since the operation may still run. And this.",
        ),
    ],
)
def test_what_was_done_about_a_failure(options: dict[str, Any], found: dict[str, Any], words: str) -> None:
    ended = verdict("failure", options, **{"failure": NOTED, **found})
    assert (ended.text, ended.failed) == (words, True)
