# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the role does when a reinstall goes wrong: it says so, cleans up, and goes back where that was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.role.hooks import notes, with_hooks
from tests.integration.role.servers import NEW, OLD, servers

BROKEN = {"name": "Fail on the new system", "ansible.builtin.command": "false"}


def test_a_host_that_never_comes_back(tmp_path: Path) -> None:
    with servers(tmp_path) as controller:
        controller["web1"].behave(never_comes_back=True)
        run = controller.carry(**with_hooks(controller), host_key_timeout=4)
        assert run.code == 2
        assert notes(controller) == ["before web1", "failure web1"]
        report = controller.report("web1")
        assert (report["status"], report["failure"]["phase"], report["reset"]["outcome"]) == ("failed", "trust", "done")
        assert controller.servers["web1"] in run.out or controller["web1"].address in run.out
        assert "Failed in phase trust" in controller.page


def test_a_host_that_was_rebooted_and_not_reinstalled(tmp_path: Path) -> None:
    with servers(tmp_path) as controller:
        boot = controller["web1"].boot_id
        controller["web1"].behave(reboot_only=True)
        # The host key is the old one, so that "scan" would wait in vain; here the proof is the mark.
        trusting = {"host_keys": "none", "login_user": "root"}
        run = controller.carry(**with_hooks(controller), **trusting, backup="snapshot", rollback=False)
        assert run.code == 2
        assert controller["web1"].boot_id != boot
        assert "rebooted, not reinstalled" in run.out
        assert notes(controller) == ["before web1", "failure web1"]
        report = controller.report("web1")
        assert (report["failure"]["phase"], report["rollback"]) == ("login", None)
        assert "was kept" in run.out


def test_a_host_that_shows_the_old_key_for_ever(tmp_path: Path) -> None:
    with servers(tmp_path) as controller:
        controller["web1"].behave(reboot_only=True)
        run = controller.carry(host_key_timeout=4)
        assert run.code == 2
        assert controller.report("web1")["failure"]["phase"] == "trust"
        assert "old" in controller.report("web1")["failure"]["message"]


@pytest.mark.parametrize("kind", ["snapshot", "image"])
def test_going_back(tmp_path: Path, kind: str) -> None:
    with servers(tmp_path) as controller:
        machine, trusted = controller["web1"], controller.known_hosts.read_text()
        machine.run("echo precious > /root/file")
        keys, hooks = machine.host_keys, with_hooks(controller)
        hooks["after_tasks"] = [controller.hook("after.yml", BROKEN)]
        run = controller.carry(**hooks, backup=kind, rollback=True, policy="once", idempotency_key="CHG-1")
        assert run.code == 2
        assert notes(controller) == ["before web1", "failure web1"]
        report = controller.report("web1")
        assert (report["status"], report["failure"]["phase"]) == ("rolled_back", "after")
        assert report["failure"]["task"] == BROKEN["name"]
        assert f"It was rolled back to the {kind} reset-ins-web00001-CHG-1-" in run.out
        assert "/rolled_back/" in controller.tag("web1")
        # It is the old system again, and trusted as such.
        assert machine.run("cat /root/file") == "precious\n"
        assert machine.host_keys == keys
        assert sorted(controller.known_hosts.read_text().split()) == sorted(trusted.split())
        assert controller.ssh("web1", "root").stdout == "root\n"
        assert controller.accepted == {"ins-web00001": 1 if kind == "snapshot" else 2}
        # The key is used up.
        again = controller.carry(**hooks, backup=kind, rollback=True, policy="once", idempotency_key="CHG-1")
        assert again.code == 2
        assert "is rolled_back" in again.out
        assert controller.accepted == {"ins-web00001": 1 if kind == "snapshot" else 2}


def test_a_reset_that_failed_is_rolled_back_too(tmp_path: Path) -> None:
    with servers(tmp_path) as controller:
        controller["web1"].behave(fail="no such kernel")
        run = controller.carry(backup="snapshot", rollback=True)
        assert run.code == 2
        report = controller.report("web1")
        assert (report["status"], report["reset"]["outcome"]) == ("rolled_back", "failed")
        assert "no such kernel" in report["failure"]["message"]


def test_a_rollback_that_fails_does_not_hide_the_error(tmp_path: Path) -> None:
    with servers(tmp_path) as controller:
        controller["web1"].behave(event="restore", fail="the disk is broken")
        after = [controller.hook("after.yml", BROKEN)]
        run = controller.carry(after_tasks=after, backup="snapshot", rollback=True)
        assert run.code == 2
        report = controller.report("web1")
        assert (report["status"], report["failure"]["task"]) == ("failed", BROKEN["name"])
        assert any("Restore the snapshot" in warning for warning in report["warnings"])
        assert "It was NOT rolled back." in run.out


def test_nothing_is_cleaned_up_while_the_reset_may_still_run(tmp_path: Path) -> None:
    with servers(tmp_path, reset_seconds=30) as controller:
        run = controller.carry(**with_hooks(controller), backup="snapshot", rollback=True, wait_timeout=2)
        assert run.code == 2
        assert notes(controller) == ["before web1"]
        report = controller.report("web1")
        assert (report["status"], report["reset"]["outcome"], report["rollback"]) == ("failed", "accepted", None)
        assert "the operation may still run" in run.out
        assert "ApplySnapshot" not in controller.simulator.state()["accepted_calls"]


def test_a_host_that_is_lost_in_a_hook_is_in_the_report_of_the_others(tmp_path: Path) -> None:
    with servers(tmp_path, 2) as controller:
        cut = {
            "name": "Lose a host",
            "ansible.builtin.command": "true",
            "when": "inventory_hostname == 'web1'",
            "vars": {"ansible_port": 1},
        }
        run = controller.carry(after_tasks=[controller.hook("after.yml", cut)])
        assert "unreachable=1" in run.out
        assert controller.report("web1")["status"] == "running"
        assert controller.report("web2")["status"] == "done"
        assert "Lost" in controller.page
        assert controller.accepted == dict.fromkeys(controller.servers.values(), 1)


def test_a_host_without_ssh_is_reinstalled_when_nothing_needs_it_before(tmp_path: Path) -> None:
    with servers(tmp_path) as controller:
        controller["web1"].run("pkill -f 'sshd.*listener' || pkill sshd")
        hooks = with_hooks(controller)
        refused = controller.carry(**hooks)
        assert refused.code == 2
        assert controller.accepted == {}
        run = controller.carry(**hooks, before_needs_login=False)
        assert run.code == 0, run.everything
        assert controller.report("web1")["after"]["image_id"] == NEW
        assert controller.report("web1")["before"]["image_id"] == OLD
