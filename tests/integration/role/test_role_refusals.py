# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What preflight refuses: for each server what is wrong with it, and the batch unless told otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.harness import Run

from .servers import OLD, ROLE, SERVERS, Controller, servers

PROBLEMS: dict[str, tuple[dict[str, Any], str]] = {
    "no login": ({"login_settings": {"password": "", "keep_image_login": "no"}}, "Nobody could log in"),
    "another's key": ({"login_settings": {"key_ids": "skey-1q8j7b93"}}, "the private key of none of skey-1q8j7b93"),
    "no such image": ({"image_id": "img-00000000"}, "reset_instance_image_id: "),
    "nothing to go back to": ({"rollback": "yes"}, "Nothing could be rolled back"),
    "no way to log in again": (
        {"backup": "image", "rollback": True, "rollback_login_settings": {"password": "short", "keep_image_login": ""}},
        "reset_instance_rollback_login_settings: It would not work: ",
    ),
    "lost snapshot": (
        {"image_id": "img-win2019e", "backup": "snapshot", "login": False, "system_disk": {"disk_size": 60}},
        "its snapshot would then be lost",
    ),
    "grown disk": (
        {"backup": "snapshot", "rollback": True, "system_disk": {"disk_size": "80"}},
        "after which a snapshot of it cannot be restored",
    ),
    "own host keys": ({"host_keys": "inject", "user_data": "#cloud-config\nssh_keys: {}\n"}, "has ssh_keys itself"),
    "stopped": ({}, "reset_instance_allow_stopped"),
    "wrong words": (
        {"rollback": "maybe", "policy": "onse"},
        "reset_instance_policy: ",
    ),
    "misspelt": ({"imageid": "img-pmqg1cw7"}, "reset_instance_imageid: There is no such option. Did you mean"),
    "other file": ({"known_hosts_file": "/var/tmp/other"}, "reset_instance_known_hosts_file: ssh does not read"),
    "no such hook": ({"after_tasks": "undrain.yml"}, "/undrain.yml. Correct the option or the file"),
}
STATES = {"stopped": {"InstanceState": "STOPPED"}}
INSTANCES = {one: {"ImageId": OLD, **STATES.get(case, {})} for case, one in zip(PROBLEMS, SERVERS.values())}


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Controller, Run]]:
    """A play over servers of which each has one thing wrong with it."""
    names = [case.replace(" ", "-").replace("'", "") for case in PROBLEMS]
    each = dict(zip(names, (variables for variables, words in PROBLEMS.values())))
    with servers(tmp_path_factory.mktemp("refused"), names, instances=INSTANCES) as controller:
        yield controller, controller.carry(stop_batch=False, each=each)


@pytest.mark.parametrize("case", PROBLEMS)
def test_each_is_told_what_is_wrong_with_it(refused: tuple[Controller, Run], case: str) -> None:
    controller, run = refused
    name, words = case.replace(" ", "-").replace("'", ""), PROBLEMS[case][1]
    assert run.code == 2
    (line,) = [line for line in run.out.splitlines() if line.startswith(f"fatal: [{name}]") and words in line][-1:]
    assert "Traceback" not in line
    assert controller.report(name)["failure"]["phase"] == "preflight"


def test_nothing_was_touched(refused: tuple[Controller, Run]) -> None:
    assert refused[0].simulator.state()["accepted_calls"] == {}


def test_a_stopped_server_is_reset_when_that_is_meant_and_once_more_with_a_backup_of_its_own(tmp_path: Path) -> None:
    stopped = {"ins-web00001": {"ImageId": OLD, "InstanceState": "STOPPED"}}
    twice = {"roles": [], "tasks": [{"ansible.builtin.include_role": {"name": ROLE}}] * 2}
    with servers(tmp_path, instances=stopped) as controller:
        run = controller.carry(login=False, allow_stopped="yes", backup="snapshot", play=twice)
        assert run.code == 0, run.everything
        assert controller.accepted == {"ins-web00001": 2}
        state = controller.simulator.state()
        assert len([one for one in state["snapshots"].values() if "ins-web00001" in one["SnapshotName"]]) == 2


def test_one_problem_stops_the_batch_unless_told_otherwise(tmp_path: Path) -> None:
    protected = {"ins-web00001": {"ImageId": OLD}, "ins-web00002": {"ImageId": OLD, "DisableApiTermination": True}}
    with servers(tmp_path, 2, instances=protected) as controller:
        run = controller.carry()
        assert run.code != 0
        assert "1 of 2 servers cannot be reset, and nothing was touched." in run.out
        assert run.out.count("DisableApiTermination") + run.out.count("protected") >= 1
        assert controller.accepted == {}
        run = controller.carry(each={"web2": {"stop_batch": "maybe"}})
        assert "1 of 2 servers cannot be reset, and nothing was touched." in run.out
        assert controller.accepted == {}
        run = controller.carry(stop_batch=False)
        assert run.code != 0
        assert controller.accepted == {"ins-web00001": 1}
        assert [controller.report(name)["status"] for name in ("web1", "web2")] == ["done", "failed"]


def test_what_would_log_in_elsewhere_must_be_meant(pair: Controller) -> None:
    local = {"web2": {"ansible_connection": "local"}}
    extra = {"ansible_user": "root", "ansible_ssh_user": "deploy", "ansible_port": 2222, "ansible_ssh_port": 22}
    extra["ansible_password"] = "Old-Password-7"
    login = {"login_user": "deploy", "login_port": 2222, "login_settings": {"password": "New-Password-7"}}
    run = pair.carry(extra=extra, host_variables=local, **login)
    assert run.code != 0
    assert "how to log in to the new system: ansible_user=root, ansible_ssh_port=22." in run.out
    assert "the password of the new system: ansible_password." in run.out
    assert "Password-7" not in run.out
    assert "this controller would be taken for the new system" in run.out
    assert pair.simulator.state()["accepted_calls"] == {}


def test_a_login_that_fails_now_is_told_before_the_disk_is_wiped(pair: Controller) -> None:
    """As it does for the second reinstall, when the inventory still has the user of the system before."""
    run = pair.carry("--limit", "web1", confirm="ins-web00001", host_variables={"web1": {"ansible_user": "centos"}})
    assert run.code != 0
    assert "The login to the present system fails, and nothing was done. The API names the user root" in run.out
    assert "ansible_user is centos" in run.out
    assert pair.simulator.state()["accepted_calls"] == {}


def test_a_hook_must_be_a_list_of_tasks(pair: Controller) -> None:
    run = pair.carry(failure_tasks="inventory.yml", login=False)
    assert run.code != 0
    assert "/inventory.yml is not a list of tasks" in run.out
    assert pair.simulator.state()["accepted_calls"] == {}


def test_a_hook_of_one_server_that_cannot_be_understood_touches_none(pair: Controller) -> None:
    wrong = pair.hook("wrong.yml", {"no.such.module": {}})
    run = pair.carry(each={"web2": {"after_tasks": wrong}}, login=False)
    assert run.code != 0
    assert "no.such.module" in run.everything
    assert pair.simulator.state()["accepted_calls"] == {}
