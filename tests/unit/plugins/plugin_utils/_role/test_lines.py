# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run says of each server beforehand: what will be done, in one line, and no secret."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.plugin_utils._role.lines import confirm_line, plan_line
from tests.unit.support.roles import PASSWORD, UBUNTU, begun, planned, server

FRESH = (
    "web1 (ins-web00001) is fresh: CentOS 7.6 (img-old) -> Ubuntu 22.04 (img-new); system disk 50 -> 50 GiB, wiped; "
    "login: key pairs skey-b4vakk62; backup: none; rollback: no; hooks: none; policy: always."
)
KEYED = {"policy": "once", "idempotency_key": "k"}


def line(plan: dict[str, Any] | None = None, **options: Any) -> str:
    """The line of a server."""
    return plan_line(server(begun(**options), plans=planned(**(plan or {}))))


def test_what_will_be_done() -> None:
    assert line() == FRESH
    assert line({"reason": "It is asked for."}) == f"{FRESH} It is asked for."


@pytest.mark.parametrize(
    ("plan", "options", "words"),
    [
        ({"after": {**UBUNTU, "system_disk": {"disk_size": 80}}}, {}, "system disk 50 -> 80 GiB, wiped"),
        ({"after": {**UBUNTU, "os_name": None, "image_name": "mine"}}, {}, "-> mine (img-new)"),
        ({"before": {}}, {}, "unknown system (None) -> Ubuntu"),
        ({}, {"backup": "image", "rollback": True}, "backup: image; rollback: yes"),
        ({}, {"before_tasks": "/a,/b", "failure_tasks": "/c"}, "hooks: before /a, /b; failure /c; policy"),
        ({}, KEYED, "policy: once (k)."),
    ],
)
def test_what_is_another(plan: dict[str, Any], options: dict[str, Any], words: str) -> None:
    assert words in line(plan, **options)
    assert "\n" not in line(plan, **options)


@pytest.mark.parametrize(
    ("state", "options", "words"),
    [
        ("done", {}, "is resume: goes on after the reset that an earlier run has sent."),
        ("rolling_back", {}, "is rollback: goes on with the rollback that an earlier run began."),
        (
            "failed",
            {"backup": "image", "rollback": True},
            "is rollback: goes on with the rollback that an earlier run began.",
        ),
        ("finished", {}, "is finished: nothing is left to do."),
    ],
)
def test_what_an_earlier_run_has_left(state: str, options: dict[str, Any], words: str) -> None:
    log = {"key": "k", "state": state}
    assert line({"log": log}, **KEYED, **options) == f"web1 (ins-web00001) {words}"
    assert line({"log": log, "reason": "So it is."}, **KEYED, **options) == f"web1 (ins-web00001) {words} So it is."


def test_no_secret_is_said() -> None:
    secret = {"login_settings": {"password": PASSWORD}, "user_data": "#!/bin/sh\n# s3cret-data\n"}
    back = {"backup": "image", "rollback": True, "rollback_login_settings": {"password": f"{PASSWORD}-back"}}
    said = line(password="Old-Password-7", **secret, **back)
    assert not [word for word in (PASSWORD, "s3cret-data", "Old-Password-7") if word in said]


def test_what_confirms_the_whole_play() -> None:
    assert confirm_line(["ins-1", "ins-2"]) == "To do it, give -e reset_instance_confirm=ins-1,ins-2"
