# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the role does when a reinstall goes wrong: it says so, cleans up, and goes back where that was asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.integration.harness import Run

from .hooks import notes, with_hooks
from .servers import NEW, OLD, Controller, servers

BROKEN = {"name": "Fail on the new system", "ansible.builtin.command": "false", "when": "breaks | default(false)"}
ONCE = {"policy": "once", "idempotency_key": "CHG-1"}
BACK = {"rollback": True, "backup": "snapshot"}
BEHAVIOURS: dict[str, dict[str, Any]] = {
    "never": {"never_comes_back": True},
    "rebooted": {"reboot_only": True},
    "old-key": {"reboot_only": True},
    "failed": {"fail": "no such kernel"},
    "snapshot": {},
    "image": {},
    "stuck": {"event": "restore", "fail": "the disk is broken"},
}
VARIABLES: dict[str, dict[str, Any]] = {
    # With "scan" the host key would be the proof; without, it is the mark.
    "rebooted": {"host_keys": "none", "login_user": "root", "backup": "snapshot"},
    "failed": BACK,
    "snapshot": {**BACK, **ONCE},
    "image": {**BACK, **ONCE, "backup": "image"},
    "stuck": BACK,
}
BREAKING = ("snapshot", "image", "stuck")


class Before(NamedTuple):
    """What a server was like."""

    boot_id: str
    host_keys: list[str]
    trusted: set[str]


class Disaster(NamedTuple):
    """One play over servers of which each goes wrong in its own way, and what they were like before."""

    controller: Controller
    run: Run
    before: dict[str, Before]

    def report(self, name: str) -> dict[str, Any]:
        """What the role reported of a server."""
        return self.controller.report(name)

    def lines(self, name: str) -> list[str]:
        """The errors that were shown of a server."""
        begins = tuple(f"{word}: [{name}{end}" for word in ("fatal", "failed") for end in ("]", " -> "))
        return [line for line in self.run.out.splitlines() if line.startswith(begins)]

    def message(self, name: str) -> str:
        """The last of them."""
        return self.lines(name)[-1]


def trusted(controller: Controller, name: str) -> set[str]:
    """The lines of known_hosts that speak of a server."""
    lines = controller.known_hosts.read_text(encoding="ascii").splitlines()
    return {line for line in lines if line.startswith(controller[name].address + " ")}


@pytest.fixture(scope="module")
def disaster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disaster]:
    """A play in which nothing goes well."""
    with servers(tmp_path_factory.mktemp("disaster"), BEHAVIOURS) as controller:
        before = {}
        for name, behaviour in BEHAVIOURS.items():
            controller[name].run("echo precious > /srv/file")
            controller[name].behave(**behaviour)
            before[name] = Before(controller[name].boot_id, controller[name].host_keys, trusted(controller, name))
        hooks = with_hooks(controller)
        hooks["after_tasks"] = [controller.hook("after.yml", BROKEN)]
        breaking = {name: {"breaks": True} for name in BREAKING}
        run = controller.carry(**hooks, each=VARIABLES, host_variables=breaking, host_key_timeout=6)
        yield Disaster(controller, run, before)


def test_the_play_fails_and_every_server_is_reported(disaster: Disaster) -> None:
    assert disaster.run.code == 2
    assert "Traceback" not in disaster.run.everything
    for name in BEHAVIOURS:
        message = disaster.report(name)["failure"]["message"]
        lines = [line.encode().decode("unicode_escape") for line in disaster.lines(name)]
        assert [message in line for line in lines].count(True) == 1
        assert name in disaster.controller.page
    assert set(notes(disaster.controller)) == {
        f"{hook} {name}" for hook in ("before", "failure") for name in BEHAVIOURS
    }


def test_a_host_that_never_comes_back(disaster: Disaster) -> None:
    report = disaster.report("never")
    assert (report["status"], report["failure"]["phase"], report["reset"]["outcome"]) == ("failed", "trust", "done")
    assert "Failed in phase trust" in disaster.controller.page


def test_a_host_that_was_rebooted_and_not_reinstalled(disaster: Disaster) -> None:
    assert disaster.controller["rebooted"].boot_id != disaster.before["rebooted"].boot_id
    report = disaster.report("rebooted")
    assert (report["failure"]["phase"], report["rollback"]) == ("login", None)
    assert "rebooted, not reinstalled" in report["failure"]["message"]
    assert f"The backup {report['backup']['name']} was kept." in disaster.message("rebooted")


def test_a_host_that_shows_the_old_key_for_ever(disaster: Disaster) -> None:
    report = disaster.report("old-key")
    assert report["failure"]["phase"] == "trust"
    assert "old" in report["failure"]["message"]


def test_a_reset_that_failed_is_rolled_back_too(disaster: Disaster) -> None:
    report = disaster.report("failed")
    assert (report["status"], report["reset"]["outcome"]) == ("rolled_back", "failed")
    assert "no such kernel" in report["failure"]["message"]


@pytest.mark.parametrize("kind", ["snapshot", "image"])
def test_going_back(disaster: Disaster, kind: str) -> None:
    controller, before, report = disaster.controller, disaster.before[kind], disaster.report(kind)
    assert (report["status"], report["failure"]["phase"]) == ("rolled_back", "after")
    assert report["failure"]["task"] == BROKEN["name"]
    assert f"It was rolled back to the {kind} {report['backup']['name']}." in disaster.message(kind)
    assert "/rolled_back/" in controller.tag(kind)
    assert not [warning for warning in report["warnings"] if "failed too" in warning]
    # It is the old system again, and trusted as such.
    assert controller[kind].run("cat /srv/file") == "precious\n"
    assert controller[kind].host_keys == before.host_keys
    assert trusted(controller, kind) == before.trusted
    assert controller.ssh(kind, "root").stdout == "root\n"
    assert controller.accepted[controller.servers[kind]] == (1 if kind == "snapshot" else 2)


def test_a_rollback_that_fails_does_not_hide_the_error(disaster: Disaster) -> None:
    report = disaster.report("stuck")
    assert (report["status"], report["failure"]["task"]) == ("failed", BROKEN["name"])
    assert any("Restore the snapshot" in warning for warning in report["warnings"])
    assert "It was NOT rolled back." in disaster.message("stuck")


def test_a_key_that_was_rolled_back_is_used_up(disaster: Disaster) -> None:
    controller, before = disaster.controller, dict(disaster.controller.accepted)
    confirm = [controller.servers[name] for name in ("snapshot", "image")]
    run = controller.carry("--limit", "snapshot,image", each=VARIABLES, confirm=confirm)
    assert run.code == 2
    # Told once, for both of them.
    assert re.search("snapshot, image: .* is rolled_back", run.out)
    assert controller.accepted == before


def test_a_host_that_fails_in_a_hook_goes_no_further_with_the_others(tmp_path: Path) -> None:
    """Until its rescue, which comes when they are done, Ansible counts it among them."""
    with servers(tmp_path, 3) as controller:
        hooks = {"failure_tasks": with_hooks(controller)["failure_tasks"], "before_needs_login": False}
        for number, phase in enumerate(("before", "after"), 1):
            broken = {"ansible.builtin.fail": {}, "when": f"inventory_hostname == 'web{number}'"}
            hooks[f"{phase}_tasks"] = controller.hook(f"broken-{phase}.yml", broken)
        run = controller.carry(**hooks, **ONCE, login=False)
        assert run.code == 2
        assert controller.accepted == {"ins-web00002": 1, "ins-web00003": 1}
        assert [controller.report(name)["status"] for name in controller.servers] == ["failed", "failed", "done"]
        assert (controller.tag("web1"), "/done/" in controller.tag("web2")) == ("", True)
        assert "/finished/" in controller.tag("web3")
        assert notes(controller) == ["failure web1", "failure web2"]


def test_a_host_that_a_hook_has_ended_is_not_reset_with_the_others(tmp_path: Path) -> None:
    """An ansible-core that has no way to end the role for a host ends the run."""
    with servers(tmp_path, 2) as controller:
        controller.hook("end.yml", {"ansible.builtin.meta": "end_role", "when": "inventory_hostname == 'web1'"})
        hook = controller.hook("hook.yml", {"ansible.builtin.include_tasks": str(controller.folder / "end.yml")})
        run = controller.carry(before_tasks=[hook], before_needs_login=False, login=False)
        assert controller.accepted == ({"ins-web00002": 1} if run.code == 0 else {}), run.everything


def test_nothing_is_cleaned_up_while_the_reset_may_still_run(tmp_path: Path) -> None:
    with servers(tmp_path, reset_seconds=30) as controller:
        run = controller.carry(**with_hooks(controller), backup="snapshot", rollback=True, wait_timeout=2)
        assert run.code == 2
        assert notes(controller) == ["before web1"]
        report = controller.report("web1")
        assert (report["status"], report["reset"]["outcome"], report["rollback"]) == ("failed", "accepted", None)
        assert "the operation may still run" in run.out
        assert "ApplySnapshot" not in controller.simulator.state()["accepted_calls"]


def test_a_host_that_is_stopped_since_another_failed_is_not_rolled_back(tmp_path: Path) -> None:
    """Nor does anything show what a hook hides, and a run without a name has one name."""
    broken = {"ansible.builtin.fail": {"msg": "token-42"}, "no_log": True, "when": "breaks | default(false)"}
    with servers(tmp_path, 2) as controller:
        run = controller.carry(
            **{**BACK, "after_tasks": [controller.hook("after.yml", broken)], "login": False, "run_id": ""},
            play={"any_errors_fatal": True},
            host_variables={"web1": {"breaks": True}},
        )
        assert run.code == 2
        assert [report["status"] for report in controller.reports] == ["rolled_back", "failed"]
        assert [report["rollback"] is None for report in controller.reports] == [False, True]
        assert "hidden by no_log" in controller.page
        assert "token-42" not in f"{controller.page}{controller.reports}"
        assert "The play was ended for all hosts, since another one failed." in run.out
        assert controller.accepted == dict.fromkeys(controller.servers.values(), 1)


def test_a_host_that_is_lost_in_a_hook_is_in_the_report_of_the_others(tmp_path: Path) -> None:
    with servers(tmp_path, 2) as controller:
        cut = {
            "name": "Lose a host",
            "ansible.builtin.ping": {},
            "when": "inventory_hostname == 'web1'",
            "vars": {"ansible_host": "127.0.0.1", "ansible_ssh_common_args": "-o ProxyCommand=false"},
        }
        run = controller.carry(after_tasks=[controller.hook("after.yml", cut)])
        assert "unreachable=1" in run.out
        assert controller.report("web1")["status"] == "running"
        assert controller.report("web2")["status"] == "done"
        assert "Lost in phase" in controller.page
        assert controller.accepted == dict.fromkeys(controller.servers.values(), 1)


def test_a_host_without_ssh_is_reinstalled_when_nothing_needs_it_before(tmp_path: Path) -> None:
    with servers(tmp_path) as controller:
        controller["web1"].run("pkill -x sshd")
        hooks = with_hooks(controller)
        assert controller.carry(**hooks).code == 2
        assert controller.accepted == {}
        run = controller.carry(**hooks, before_needs_login=False)
        assert run.code == 0, run.everything
        assert controller.report("web1")["after"]["image_id"] == NEW
        assert controller.report("web1")["before"]["image_id"] == OLD
