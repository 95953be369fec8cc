# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a person sees while a task waits, and that nothing depends on it."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from .harness import MODULE, QUICK, REGION, SECRET_ID, SECRET_KEY, Ansible, Run, reset
from .processes import wait_until

INSTANCE = "ins-r8hr2upy"
FLEET = "tencent.cloud.cvm_reset_instances"
IMAGE, SNAPSHOT, POWER = (f"tencent.cloud.{name}" for name in ("cvm_image", "cbs_snapshot", "cvm_instance_power"))
HINT = "If this run is interrupted, go on waiting with attach: "
WITHOUT_PIPES = """#!/bin/sh
# As on another machine: the path of the pipe leads nowhere.
rm -rf "{local}"/ansible-local-*/progress-*
exec "{python}" "$@"
"""
FOR_PROGRAMS = """from ansible.plugins.callback.default import CallbackModule as Default

DOCUMENTATION = '''
name: rows_json
type: stdout
short_description: Stands for a callback whose output programs read
extends_documentation_fragment: [default_callback]
'''


class CallbackModule(Default):
    CALLBACK_NAME = "rows_json"
"""


def lines(text: str) -> list[str]:
    """The lines of progress."""
    return [line for line in text.splitlines() if line.startswith("waiting: ")]


def ends(run: Run, *words: str) -> bool:
    """Whether there are as many lines as words, and each ends with its words."""
    shown = lines(run.out)
    return len(shown) == len(words) and all(line.endswith(word) for line, word in zip(shown, words))


def is_whole(run: Run) -> bool:
    """Whether the result of a reset is what it is without any lines."""
    result = run.results[0]
    return run.code == 0 and not run.is_noisy and result["outcome"] == "done" and bool(result["request_id"])


# --- what is shown


def test_a_play_shows_how_a_reset_goes_on(ansible: Ansible) -> None:
    run = ansible.play(reset())
    request_id = run.result["request_id"]
    assert is_whole(run)
    assert ends(
        run,
        "ResetInstance was sent",
        f"accepted (RequestId {request_id}). {HINT}{request_id}",
        "ResetInstance OPERATING",
        "ResetInstance SUCCESS",
    ), run.out
    assert all(line.startswith(f"waiting: [localhost] {INSTANCE} after ") for line in lines(run.out))
    assert run.out.index("TASK [") < run.out.index("waiting: ") < run.out.index("changed: [localhost]")


def test_an_ad_hoc_command_shows_it_before_its_result(ansible: Ansible) -> None:
    run = ansible.adhoc({"instance_id": INSTANCE, "login_settings": {"key_ids": ["skey-b4vakk62"]}})
    assert is_whole(run)
    assert HINT + run.result["request_id"] in run.out
    assert run.out.index("waiting: ") < run.out.index("localhost | CHANGED")


def test_of_a_fleet_the_acceptance_of_each_and_the_number_of_those_done_is_shown(ansible: Ansible) -> None:
    options = {"instances": [{"instance_id": INSTANCE}, {"instance_id": "ins-keypair1"}], **QUICK}
    run = ansible.play({FLEET: {**options, "login_settings": {"key_ids": ["skey-b4vakk62"]}}})
    assert run.code == 0, run.everything
    shown = lines(run.out)
    for instance_id, request_id in run.result["request_ids"].items():
        assert any(f"{instance_id} after " in line and f"accepted (RequestId {request_id})" in line for line in shown)
    assert shown[-1].startswith("waiting: [localhost] after ")
    assert shown[-1].endswith(": 2 of 2 done")


@pytest.mark.parametrize(
    ("task", "about", "words"),
    [
        ({IMAGE: {"image_name": "before", "instance_id": INSTANCE}}, "before", ["CreateImage was sent", "NORMAL"]),
        (
            {SNAPSHOT: {"snapshot_name": "before", "instance_id": INSTANCE}},
            "before",
            ["CreateSnapshot was sent", "NORMAL (100 %)"],
        ),
        (
            {POWER: {"state": "restarted", "instance_ids": [INSTANCE]}},
            INSTANCE,
            ["RebootInstances was sent", "1 of 1 are RUNNING"],
        ),
    ],
    ids=["image", "snapshot", "power"],
)
def test_what_else_waits_shows_it_too(leaping: Ansible, task: dict[str, Any], about: str, words: list[str]) -> None:
    run = leaping.play(task)
    assert run.code == 0, run.everything
    shown = lines(run.out)
    assert all(line.startswith(f"waiting: [localhost] {about} after ") for line in shown)
    assert [word for word in words if any(word in line for line in shown)] == words, run.out


# --- what is not shown, and that nothing depends on it


def test_a_secret_is_hidden_in_the_name_of_a_thing_as_well(leaping: Ansible) -> None:
    run = leaping.play({IMAGE: {"image_name": f"before-{SECRET_KEY}", "instance_id": INSTANCE}})
    assert run.code == 0, run.everything
    assert SECRET_KEY not in run.everything
    assert all(line.startswith("waiting: [localhost] before-******** after ") for line in lines(run.out))
    assert lines(run.out)


def off(ansible: Ansible) -> Run:
    return ansible.play(reset(progress=False))


def as_text(ansible: Ansible) -> Run:
    return ansible.play(reset(progress="no"))


def hidden(ansible: Ansible) -> Run:
    return ansible.play({**reset(), "no_log": True})


def planned(ansible: Ansible) -> Run:
    return ansible.play(reset(), arguments=["--check"])


def for_a_program(ansible: Ansible) -> Run:
    folder = ansible.folder / "callbacks"
    folder.mkdir()
    (folder / "rows_json.py").write_text(FOR_PROGRAMS, encoding="utf-8")
    ansible.environment |= {"ANSIBLE_CALLBACK_PLUGINS": str(folder), "ANSIBLE_STDOUT_CALLBACK": "rows_json"}
    return ansible.play(reset())


def in_the_background(ansible: Ansible) -> Run:
    # Ansible takes the home of the account for some of it, and $HOME for the rest.
    jobs = {"ansible_async_dir": str(ansible.folder / "jobs")}
    return ansible.play({**reset(), "async": 60, "poll": 1}, variables=jobs)


def elsewhere(ansible: Ansible) -> Run:
    """On another machine, as far as the module can tell."""
    local = ansible.folder / "local"
    python = ansible.folder / "python"
    python.write_text(WITHOUT_PIPES.format(local=local, python=sys.executable), encoding="utf-8")
    python.chmod(stat.S_IRWXU)
    ansible.environment |= {"ANSIBLE_LOCAL_TEMP": str(local)}
    return ansible.play(reset(), variables={"ansible_python_interpreter": str(python)})


WAYS = [off, as_text, hidden, planned, for_a_program, in_the_background, elsewhere]


@pytest.mark.parametrize("way", WAYS, ids=[way.__name__ for way in WAYS])
def test_a_task_without_lines_does_the_same(ansible: Ansible, way: Callable[[Ansible], Run]) -> None:
    run = way(ansible)
    assert lines(run.everything) == []
    assert run.result["outcome"] == "planned" if way is planned else is_whole(run), run.everything
    assert len(ansible.resets) == (0 if way is planned else 1)


@pytest.mark.parametrize("value", ["maybe", []], ids=["text", "list"])
def test_what_is_no_boolean_is_refused_by_the_module(ansible: Ansible, value: object) -> None:
    run = ansible.play(reset(progress=value))
    assert run.code != 0
    assert "argument 'progress' is of type" in run.result["msg"], run.everything
    assert not ansible.resets


def test_nothing_is_left_of_the_pipe(ansible: Ansible) -> None:
    local = ansible.folder / "local"
    ansible.environment |= {"ANSIBLE_LOCAL_TEMP": str(local)}
    assert lines(ansible.play(reset()).out)
    assert list(local.rglob("*")) == []


# --- interruptions


class Waiting:
    """A play that resets an instance, as one that a terminal has started."""

    def __init__(self, ansible: Ansible, options: Mapping[str, Any], held: str = "") -> None:
        ansible.simulator.world({"extends": "builtin", "lag_seconds": 0, "reset_seconds": 4})
        if held:
            ansible.simulator.hold(held)
        playbook = ansible.folder / "waiting.yml"
        keys = {"secret_id": SECRET_ID, "secret_key": SECRET_KEY, "region": REGION}
        task = {MODULE: {**keys, **QUICK, "wait_interval": 60, "endpoint": ansible.simulator.url, **options}}
        playbook.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}]))
        self.path = ansible.folder / "out"
        with self.path.open("wb") as out:
            command = ansible.process("ansible-playbook", str(playbook))
            self.process = subprocess.Popen(**command, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
        self._mark = str(ansible.folder).encode()
        if held:
            ansible.simulator.wait_held(seconds=60)
        else:
            wait_until(lambda: HINT in self.out)

    @property
    def out(self) -> str:
        """All that it has printed."""
        return self.path.read_text(encoding="utf-8")

    @property
    def modules(self) -> list[int]:
        """The processes in which its module runs."""
        found = []
        for one in Path("/proc").glob("[0-9]*"):
            try:
                words, variables = (one / "cmdline").read_bytes(), (one / "environ").read_bytes()
            except OSError:
                continue
            if words.startswith(sys.executable.encode()) and b"AnsiballZ_" in words and self._mark in variables:
                found.append(int(one.name))
        return found

    def close(self) -> None:
        """End what is left."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def ctrl_c(run: Waiting) -> None:
    """What a terminal sends."""
    os.killpg(run.process.pid, signal.SIGINT)


def end_ansible(run: Waiting) -> None:
    os.kill(run.process.pid, signal.SIGTERM)


def end_module(run: Waiting) -> None:
    for number in run.modules:
        os.kill(number, signal.SIGTERM)


@pytest.mark.parametrize("interrupt", [ctrl_c, end_ansible, end_module], ids=lambda one: str(one.__name__))
def test_an_interrupted_wait_ends_soon_and_another_run_goes_on_with_it(
    ansible: Ansible, interrupt: Callable[[Waiting], None]
) -> None:
    """Its next look would come in a minute."""
    run = Waiting(ansible, {"instance_id": INSTANCE, "login_settings": {"key_ids": ["skey-b4vakk62"]}})
    try:
        assert run.modules
        began = time.monotonic()
        interrupt(run)
        wait_until(lambda: not run.modules)
        # A second, and what a busy machine takes to end a process.
        assert time.monotonic() - began < 10
        assert run.process.wait(60) != 0
    finally:
        run.close()
    request_id = run.out.partition(HINT)[2].split()[0]
    if interrupt is end_module:
        assert "The task was interrupted (SIGTERM). ResetInstance was accepted" in run.out
    assert ansible.simulator.state()["accepted"] == {INSTANCE: 1}
    again = ansible.play(reset(attach=request_id))
    assert again.result["outcome"] == "done"
    assert ansible.simulator.state()["accepted"] == {INSTANCE: 1}


def test_nothing_is_sent_after_a_signal_that_came_while_the_plan_was_made(ansible: Ansible) -> None:
    """No wait lies between that read and the reset."""
    options = {"instance_id": INSTANCE, "login_settings": {"key_ids": ["skey-b4vakk62"]}}
    run = Waiting(ansible, options, held="DescribeImages")
    try:
        end_module(run)
        ansible.simulator.release()
        assert run.process.wait(60) != 0
    finally:
        run.close()
    assert "The task was interrupted (SIGTERM). Nothing was changed." in run.out
    assert not ansible.resets
