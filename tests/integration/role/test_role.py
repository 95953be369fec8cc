# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole way of the role on real servers, and what must keep it from being gone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.role.hooks import notes, with_hooks
from tests.integration.role.servers import NEW, OLD, Controller, servers


def test_three_servers_two_at_a_time(tmp_path: Path) -> None:
    with servers(tmp_path, 3) as controller:
        old = {name: controller[name].host_keys for name in controller.servers}
        options = with_hooks(controller)
        # As a survey would hand them over.
        empty = {"host_name": "", "user_data": "", "attach": "", "system_disk": {"disk_size": ""}, "login_port": ""}
        expected = {"distribution": "Ubuntu", "distribution_version": "22.04"}
        run = controller.carry(serial=2, **options, **empty, **expected, backup="snapshot")
        assert run.code == 0, run.everything
        assert controller.accepted == dict.fromkeys(controller.servers.values(), 1)
        assert notes(controller) == [f"{hook} web{number}" for hook in ("after", "before") for number in (1, 2, 3)]
        for name in controller.servers:
            assert set(controller[name].host_keys).isdisjoint(old[name])
            assert controller.ssh(name, "ubuntu").stdout == "ubuntu\n"
            report = controller.report(name)
            assert (report["status"], report["stage"], report["reset"]["outcome"]) == ("done", "fresh", "done")
            assert (report["before"]["image_id"], report["after"]["image_id"]) == (OLD, NEW)
            assert report["backup"]["id"] in controller.simulator.state()["snapshots"]
            assert [phase["name"] for phase in report["phases"]][-1] == "after"
            assert report["reset"]["request_id"] in controller.page
        assert not list((controller.folder / "state").glob("*"))


def test_check_mode_changes_nothing(tmp_path: Path) -> None:
    with servers(tmp_path) as controller:
        before = (controller["web1"].boot_id, controller.known_hosts.read_text())
        run = controller.carry("--check", confirm="", backup="image", rollback=True, host_keys="inject")
        assert run.code == 0, run.everything
        assert "would be reinstalled" in run.out
        assert controller.simulator.state()["accepted_calls"] == {}
        assert (controller["web1"].boot_id, controller.known_hosts.read_text()) == before
        assert not (controller.folder / "state").exists()
        assert not (controller.folder / "reports").exists()


@pytest.mark.parametrize(
    ("arguments", "confirm", "words"),
    [
        ([], "", "It is empty."),
        ([], "ins-web00001", "Not confirmed: ins-web00002."),
        (["--limit", "web1"], "ins-web00001,ins-web00002", "Confirmed, but not in the play: ins-web00002."),
        (["--tags", "reset_instance_reset"], ["ins-web00001"], "Not confirmed: ins-web00002."),
        (["-e", "cvm_instance_id=ins-web00001"], "ins-web00001", "ins-web00001 belongs to more than one host"),
    ],
    ids=["nothing", "too few", "too many", "only the reset", "twice"],
)
def test_what_was_not_confirmed_is_not_touched(
    pair: Controller, arguments: list[str], confirm: Any, words: str
) -> None:
    run = pair.carry(*arguments, confirm=confirm)
    assert run.code != 0
    assert words in run.out
    assert pair.simulator.state()["calls"] == []


PROBLEMS = {
    "no login": ({"login_settings": {"password": ""}}, "Nobody could log in"),
    "another's key": ({"login_settings": {"key_ids": ["skey-1q8j7b93"]}}, "the private key of none of skey-1q8j7b93"),
    "no such image": ({"image_id": "img-00000000"}, "img-00000000"),
    "nothing to go back to": ({"rollback": True}, "Nothing could be rolled back"),
    "lost snapshot": ({"image_id": "img-win2019e", "backup": "snapshot", "login": False}, "its snapshot would be lost"),
    "grown disk": (
        {"backup": "snapshot", "rollback": True, "system_disk": {"disk_size": "80"}},
        "after which a snapshot of it cannot be restored",
    ),
    "no boolean": ({"rollback": "maybe"}, "reset_instance_rollback: give true or false"),
    "user data with its own keys": (
        {"host_keys": "inject", "user_data": "#cloud-config\nssh_keys: {}\n"},
        "ssh_keys",
    ),
}


@pytest.mark.parametrize("case", PROBLEMS)
def test_preflight_refuses_what_cannot_work(pair: Controller, case: str) -> None:
    variables, words = PROBLEMS[case]
    run = pair.carry(**variables)
    assert run.code != 0
    assert words in run.out
    assert pair.simulator.state()["accepted_calls"] == {}


def test_a_stopped_server_is_started_only_when_that_is_meant(tmp_path: Path) -> None:
    stopped = {"ins-web00001": {"ImageId": OLD, "InstanceState": "STOPPED"}}
    with servers(tmp_path, instances=stopped) as controller:
        run = controller.carry(login=False)
        assert "reset_instance_allow_stopped" in run.out
        assert controller.accepted == {}
        assert controller.carry(login=False, allow_stopped="yes").code == 0
        assert controller.accepted == {"ins-web00001": 1}


def test_one_problem_stops_the_batch_unless_told_otherwise(tmp_path: Path) -> None:
    protected = {"ins-web00001": {"ImageId": OLD}, "ins-web00002": {"ImageId": OLD, "DisableApiTermination": True}}
    with servers(tmp_path, 2, instances=protected) as controller:
        run = controller.carry()
        assert run.code != 0
        assert "other hosts of the batch have problems or were not looked at (web2)" in run.out
        assert controller.accepted == {}
        run = controller.carry(stop_batch=False)
        assert run.code != 0
        assert controller.accepted == {"ins-web00001": 1}
        assert [controller.report(name)["status"] for name in ("web1", "web2")] == ["done", "failed"]


def test_an_extra_variable_for_the_user_must_be_meant(pair: Controller) -> None:
    run = pair.carry(extra={"ansible_user": "root"})
    assert run.code != 0
    assert "The extra variable ansible_user (root) would overrule" in run.out
    assert pair.simulator.state()["accepted_calls"] == {}
