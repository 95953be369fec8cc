# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole way of the role on real servers, and what must keep it from being gone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from .hooks import notes, with_hooks
from .servers import NEW, OLD, Controller, servers


def test_three_servers_two_at_a_time(tmp_path: Path) -> None:
    """Names may be what only an inventory can have, and older names of variables, which win over newer ones."""
    names = ["web1", "web/2", "web 3"]
    with servers(tmp_path, names) as controller:
        old = {name: controller[name].host_keys for name in names}
        # As a survey would hand them over.
        empty = {"host_name": "", "user_data": None, "attach": "", "system_disk": '{"disk_size": ""}', "login_port": ""}
        empty["confirm"] = "\n".join(controller.servers.values())
        expected = {"distribution": "Ubuntu", "distribution_version": "22.04"}
        # A hook may be named as a file of the role is.
        hooks = {**with_hooks(controller), "after_tasks": "after.yml"}
        older = {"ansible_ssh_user": "root", "ansible_ssh_port": 22, "ansible_ssh_pass": "Old-Password-7"}
        controller.environment["ANSIBLE_SHOW_CUSTOM_STATS"] = "true"
        run = controller.carry(
            serial=2,
            backup="snapshot",
            **{**hooks, **empty, **expected},
            each={"web 3": {"login_settings": {"password": "New-Password-7"}}},
            host_variables={"web 3": older},
        )
        assert run.code == 0, run.everything
        assert controller.accepted == dict.fromkeys(controller.servers.values(), 1)
        assert notes(controller) == sorted(f"{hook} {name}" for hook in ("after", "before") for name in names)
        reports = {report["host"]: report for report in controller.reports}
        assert list(reports) == names
        # What AWX keeps of a job.
        statistics = run.out.partition("CUSTOM STATS")[2]
        assert all(f'"{name}": {{' in statistics and f'"host": "{name}"' in statistics for name in names)
        for name, report in reports.items():
            assert set(controller[name].host_keys).isdisjoint(old[name])
            assert controller.ssh(name, "ubuntu").stdout == ("" if name == "web 3" else "ubuntu\n")
            assert (report["status"], report["stage"], report["reset"]["outcome"]) == ("done", "fresh", "done")
            assert (report["before"]["image_id"], report["after"]["image_id"]) == (OLD, NEW)
            assert report["login"]["user"] == "ubuntu"
            assert report["backup"]["id"] in controller.simulator.state()["snapshots"]
            assert [phase["name"] for phase in report["phases"]][-1] == "after"
            assert report["reset"]["request_id"] in controller.page
        assert not list((controller.folder / "state").glob("*"))
        # The third goes alone: so many results of tasks, five of them of the hooks.
        counts = re.search(r"^web 3 .*ok=(\d+).*skipped=(\d+)", run.out, re.MULTILINE)
        assert counts
        assert sum(map(int, counts.groups())) <= 35 + 5


@pytest.mark.parametrize(
    "way", [{"arguments": ["--check", "--diff"]}, {"play": {"check_mode": True}}], ids=["option", "keyword"]
)
def test_check_mode_changes_nothing(tmp_path: Path, way: Mapping[str, Any]) -> None:
    with servers(tmp_path) as controller:
        before = (controller["web1"].boot_id, controller.known_hosts.read_text())
        options = {"confirm": "", "backup": "image", "rollback": True, "host_keys": "inject"}
        run = controller.carry(*way.get("arguments", ()), play=way.get("play"), **options)
        assert run.code == 0, run.everything
        assert "web1 (ins-web00001) is fresh: CentOS" in run.out
        assert "To do it, give -e reset_instance_confirm=ins-web00001" in run.out
        assert ("+++ after: ins-web00001" in run.out) is ("--diff" in way.get("arguments", ()))
        assert controller.simulator.state()["accepted_calls"] == {}
        assert (controller["web1"].boot_id, controller.known_hosts.read_text()) == before
        assert not (controller.folder / "state").exists()
        assert not (controller.folder / "reports").exists()
        assert "index.html" not in run.out


@pytest.mark.parametrize(
    ("arguments", "confirm", "words"),
    [
        ([], "", "It is empty."),
        ([], "ins-web00001", "Not confirmed: ins-web00002."),
        (["--limit", "web1"], "ins-web00001,ins-web00002", "Confirmed, but not in the play: ins-web00002."),
        (["--tags", "reset_instance_reset"], ["ins-web00001"], "Not confirmed: ins-web00002."),
        (["--skip-tags", "reset_instance_backup"], "ins-web00001,ins-web00002", "cannot leave out a phase"),
        (["--start-at-task", "Keep what the way back and a later run need"], "ins-web00001,ins-web00002", "Nobody has"),
        (["--start-at-task", "Reset the instances and wait for the end"], "ins-web00001,ins-web00002", "Nobody has"),
        (["-e", "cvm_instance_id=ins-web00001"], "ins-web00001", "ins-web00001 belongs to more than one host"),
    ],
    ids=["nothing", "too few", "too many", "only the reset", "all but", "from the state", "from the reset", "twice"],
)
def test_what_was_not_confirmed_is_not_touched(
    pair: Controller, arguments: list[str], confirm: Any, words: str
) -> None:
    run = pair.carry(*arguments, confirm=confirm)
    assert run.code != 0
    assert words in run.out
    assert pair.simulator.state()["calls"] == []
