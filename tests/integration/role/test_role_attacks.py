# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers that lie, and ways around the confirmation: neither chooses anything, before the reset or after it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from .servers import OLD, OTHER, ROLE, Controller, servers

LIES = {
    "reset_instance_image_id": OTHER,
    "reset_instance_instance_id": "ins-web00002",
    "reset_instance_confirm": "ins-web00002",
    "cvm_instance_id": "ins-web00002",
    "cvm_region": "ap-shanghai",
    "inventory_hostname": "web2",
    "ansible_ssh_host_key_checking": False,
    "__reset_instance_own_id": "ins-web00002",
    "__reset_instance_host": "web2",
}
ANSWER = json.dumps({"changed": False, "ping": "pong", "rc": 0, "ansible_facts": LIES})
LIAR = f"""#!/bin/sh
rm -f /usr/bin/python3
cat >/usr/bin/python3 <<'LIAR'
#!/bin/sh
cat >/dev/null
cat <<'END'
{ANSWER}
END
LIAR
chmod 755 /usr/bin/python3
"""
"""Makes of a server one whose Python gives every module the same answer."""
WORDS = "facts of this server that pass for variables that no server may give: __reset_instance_host, "
NAMES = "cvm_instance_id, cvm_region, inventory_hostname, reset_instance_confirm, reset_instance_image_id"
MODULE = {"name": "Ask the server", "ansible.builtin.command": "id", "changed_when": False}
CACHE = {"ANSIBLE_CACHE_PLUGIN": "jsonfile", "ANSIBLE_GATHERING": "smart"}


@pytest.mark.parametrize(
    ("play", "environment"),
    [({"gather_facts": True}, {}), ({"pre_tasks": [MODULE]}, {}), ({}, CACHE)],
    ids=["gathered", "answered", "cached"],
)
def test_a_server_that_lies_beforehand_is_refused(
    tmp_path: Path, play: Mapping[str, Any], environment: Mapping[str, str]
) -> None:
    with servers(tmp_path, 2) as controller:
        controller["web1"].run(LIAR)
        if environment:
            controller.environment |= {**environment, "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(tmp_path / "cache")}
            assert controller.carry("--limit", "web1", play={"gather_facts": True, "roles": []}).code == 0
        run = controller.carry(play=play)
        assert run.code != 0
        assert WORDS in run.out
        assert NAMES in run.out
        assert "Remove them from the cache" in run.out
        assert controller.simulator.state()["calls"] == []


def test_a_server_that_lies_in_a_hook_is_not_reset(tmp_path: Path) -> None:
    with servers(tmp_path, 2) as controller:
        controller["web1"].run(LIAR)
        hook = controller.hook("drain.yml", MODULE)
        run = controller.carry("--limit", "web1", confirm="ins-web00001", before_tasks=[hook], backup="image")
        assert run.code != 0
        assert WORDS in run.out
        assert controller.simulator.state()["accepted_calls"] == {}


def test_a_new_system_that_lies_chooses_nothing_on_the_way_back(tmp_path: Path) -> None:
    """It goes to the backup of this server, and not to its neighbour."""
    with servers(tmp_path, 2) as controller:
        neighbour = controller["web2"].boot_id
        options = {"backup": "image", "rollback": True, "user_data": LIAR}
        run = controller.carry("--limit", "web1", confirm="ins-web00001", **options)
        assert run.code != 0
        assert WORDS in run.out
        assert controller.accepted == {"ins-web00001": 2}
        assert controller["web2"].boot_id == neighbour
        assert controller.simulator.state()["instances"]["ins-web00002"]["ImageId"] == OLD
        report = controller.report("web1")
        assert (report["host"], report["instance_id"]) == ("web1", "ins-web00001")
        assert (report["status"], report["failure"]["phase"]) == ("rolled_back", "login")


def _included(**keywords: Any) -> dict[str, Any]:
    """A play that has the role as a task."""
    own = {name: keywords.pop(name) for name in ("tasks_from",) if name in keywords}
    return {"play": {"roles": [], "tasks": [{"ansible.builtin.include_role": {"name": ROLE, **own}, **keywords}]}}


CORNERS: dict[str, tuple[dict[str, Any], list[str], str]] = {
    "delegate": ({"delegate_to": "web2"}, [], "reset_instance_delegate_to: there is no such option any more"),
    "localhost": ({"play": {"vars": {"ansible_connection": "ssh"}}}, [], "localhost has the connection ssh"),
    "run_once": ({"play": {"roles": [{"role": ROLE, "run_once": True}]}}, [], "run_once: the role must"),
    "ignore_errors": ({"play": {"roles": [{"role": ROLE, "ignore_errors": True}]}}, [], "ignore_errors: a server"),
    "ignore_unreachable": ({"play": {"ignore_unreachable": True}}, [], "ignore_unreachable: a server whose"),
    "loop": (_included(loop=[1, 2]), [], "loop: the role is used within a loop"),
    "reset": (_included(tasks_from="reset"), [], "tasks_from: no file of this role can be used by itself"),
    "rollback": (_included(tasks_from="rollback"), [], "tasks_from: no file of this role can be used by itself"),
    "always": ({}, ["--skip-tags", "always"], "--skip-tags cannot leave out a phase"),
    "always and more": ({}, ["--skip-tags", "always,reset_instance_confirm"], "--skip-tags cannot leave out a phase"),
}


@pytest.mark.parametrize("case", CORNERS)
def test_a_way_around_the_confirmation_is_refused_by_name(pair: Controller, case: str) -> None:
    options, arguments, words = CORNERS[case]
    run = pair.carry(*arguments, **options)
    # What ignores errors ignores this one too, and comes to nothing.
    assert (run.code == 0) is (case == "ignore_errors"), run.everything
    assert words in run.out
    assert "Error:" not in run.everything
    assert pair.simulator.state()["accepted_calls"] == {}
