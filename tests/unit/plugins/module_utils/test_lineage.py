# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the starter of a module is still there, in trees of processes as Ansible makes them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._api.client import TAG
from ansible_collections.tencent.cloud.plugins.module_utils._lineage import Lineage, StarterGone
from tests.unit.support.simulated import simulated

PLAYBOOK = "python3 /usr/bin/ansible-playbook site.yml"
MODULE = "python3 /srv/ansible/tmp/ansible-tmp-1-2-3/AnsiballZ_cvm_reset_instance.py"
SHELL = f"/bin/sh -c {MODULE}"
SUDO = f"sudo -H -S -n -u root {SHELL}"
WRAPPER = "python3 /srv/ansible/tmp/ansible-tmp-1-2-3/async_wrapper.py j1 60"

Tree = list[tuple[int, int, str]]
"""From the module up: pid, session, command. The first is the module, the last the child of 1."""

BELOW: Tree = [(90, 20, MODULE), (80, 20, SHELL), (70, 20, f"/bin/sh -c {SHELL}")]
LOCAL: Tree = [*BELOW, (20, 20, PLAYBOOK), (10, 5, PLAYBOOK), (5, 5, "-bash"), (4, 4, "sshd: operator")]
OLDER: Tree = [(pid, 5, command) for pid, _session, command in LOCAL[:-1]]
BECOME: Tree = [BELOW[0], (85, 20, SUDO), (80, 20, SUDO), *LOCAL[2:]]
ASYNC: Tree = [(90, 71, MODULE), (80, 71, WRAPPER), (70, 71, WRAPPER)]
SSH: Tree = [(90, 80, MODULE), (80, 80, SHELL), (70, 60, "sshd: root@notty"), (60, 60, "sshd: /usr/sbin/sshd -D")]
BY_HAND: Tree = [
    (90, 5, "python3 -m ansible_collections.tencent.cloud.plugins.modules.cvm_reset_instance"),
    (5, 5, "-bash"),
    (4, 4, "sshd: operator"),
]


class Machine:
    """A folder that looks like /proc."""

    def __init__(self, folder: Path, tree: Tree) -> None:
        self._folder = folder
        self.tree = tree
        self.module = tree[0][0]
        parents = [pid for pid, _session, _command in tree[1:]] + [1]
        assert len(parents) == len(tree)
        self.parents = {pid: parent for (pid, _session, _command), parent in zip(tree, parents)}
        self._write()

    def lineage(self) -> Lineage:
        """What the module remembers at its start."""
        return Lineage(self._folder, self.module, lambda: self.parents[self.module])

    def kill(self, pid: int) -> None:
        """Its children go to 1."""
        del self.parents[pid]
        self.parents = {child: 1 if parent == pid else parent for child, parent in self.parents.items()}
        self._write()

    def _write(self) -> None:
        for pid, session, command in self.tree:
            folder = self._folder / str(pid)
            folder.mkdir(exist_ok=True)
            if pid not in self.parents:
                (folder / "stat").unlink(missing_ok=True)
                continue
            (folder / "stat").write_text(
                f"{pid} (a (b) c) S {self.parents[pid]} {pid} {session} 0 -1", encoding="utf-8"
            )
            (folder / "cmdline").write_text(command.replace(" ", "\0") + "\0", encoding="utf-8")


WATCHED = {
    "the newest core": (LOCAL, {80, 70, 20, 10}),
    "core 2.16, where all are in one session": (OLDER, {80, 70, 20, 10}),
    "as another user": (BECOME, {85, 80, 70, 20, 10}),
    "async": (ASYNC, {80, 70}),
    "over ssh": (SSH, {80, 70}),
    "by hand": (BY_HAND, {5, 4}),
}


@pytest.mark.parametrize("tree", WATCHED)
def test_nobody_is_gone_as_long_as_nobody_is_killed(tmp_path: Path, tree: str) -> None:
    lineage = Machine(tmp_path, WATCHED[tree][0]).lineage()
    lineage.check()
    lineage.check()


@pytest.mark.parametrize(
    ("tree", "pid"), [(name, pid) for name, (tree, _watched) in WATCHED.items() for pid, _session, _command in tree[1:]]
)
def test_the_line_up_to_the_starter_counts_and_what_is_above_does_not(tmp_path: Path, tree: str, pid: int) -> None:
    machine = Machine(tmp_path, WATCHED[tree][0])
    lineage = machine.lineage()
    machine.kill(pid)
    if pid in WATCHED[tree][1]:
        with pytest.raises(StarterGone):
            lineage.check()
    else:
        lineage.check()


def test_what_is_gone_does_not_come_back(tmp_path: Path) -> None:
    machine = Machine(tmp_path, LOCAL)
    lineage = machine.lineage()
    parents = dict(machine.parents)
    machine.kill(10)
    with pytest.raises(StarterGone):
        lineage.check()
    machine.parents = parents
    machine._write()
    with pytest.raises(StarterGone):
        lineage.check()


@pytest.mark.parametrize("tree", ["the newest core", "core 2.16, where all are in one session", "as another user"])
def test_a_module_whose_ansible_was_killed_before_it_began_is_abandoned(tmp_path: Path, tree: str) -> None:
    machine = Machine(tmp_path, WATCHED[tree][0])
    machine.kill(10)
    with pytest.raises(StarterGone):
        machine.lineage().check()


def test_ansible_may_be_the_first_process_of_a_container(tmp_path: Path) -> None:
    tree = [(pid, 1, command) for pid, _session, command in LOCAL[:4]] + [(1, 1, PLAYBOOK)]
    machine = Machine(tmp_path, tree)
    machine.parents[1] = 0
    machine._write()
    machine.lineage().check()


@pytest.mark.parametrize("hidden", [80, 70, 20, 10])
def test_what_cannot_be_read_is_not_missed(tmp_path: Path, hidden: int) -> None:
    """The kernel may hide other users' processes."""
    machine = Machine(tmp_path, BECOME)
    (tmp_path / str(hidden) / "cmdline").unlink()
    machine.lineage().check()


def test_without_proc_the_parent_is_what_counts(tmp_path: Path) -> None:
    parents = [80]
    lineage = Lineage(tmp_path / "none", 90, lambda: parents[0])
    lineage.check()
    parents[0] = 1
    with pytest.raises(StarterGone):
        lineage.check()


def test_a_proc_of_another_container_counts_for_nothing(tmp_path: Path) -> None:
    Machine(tmp_path, LOCAL)
    lineage = Lineage(tmp_path, 90, lambda: 7)
    lineage.check()


def test_the_real_process_has_a_starter() -> None:
    Lineage().check()
    Lineage(pid=os.getpid()).check()


def test_nothing_is_sent_once_the_starter_is_gone() -> None:
    service = simulated()

    def gone() -> None:
        raise StarterGone

    client = service.cvm.client
    client.check = gone
    for call in (
        lambda: service.cvm.instances(["ins-r8hr2upy"]),
        lambda: client.write(TAG, "CreateTag", {}),
        lambda: client.read(TAG, "CreateTag", {}),
    ):
        with pytest.raises(StarterGone):
            call()
    assert service.calls == []
