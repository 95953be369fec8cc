# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Somebody outside is told of a new system, and may delay and fail the operation."""

from __future__ import annotations

import shlex
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.simulator.__main__ import parse
from tests.simulator.cvm.installs import Install
from tests.simulator.cvm.on_reset import Command
from tests.unit.support.bench import Bench

ID = "ins-r8hr2upy"


class Outside:
    """Keeps what it was told until a test lets it end."""

    def __init__(self) -> None:
        self.told: list[Install] = []
        self.ends: list[Callable[[str | None], None]] = []

    def __call__(self, install: Install, finished: Callable[[str | None], None]) -> None:
        self.told.append(install)
        self.ends.append(finished)


def state_of(sim: Bench) -> tuple[str, str, str]:
    record = sim.state["instances"][ID]
    return record["LatestOperationState"], record["LatestOperationErrorMsg"], record["ImageId"]


@pytest.mark.parametrize(
    ("reason", "expected"),
    [(None, ("SUCCESS", "", "img-pmqg1cw7")), ("no sshd", ("FAILED", "no sshd", "img-9qabwvbn"))],
)
def test_a_reset_ends_when_it_is_told_so(reason: str | None, expected: tuple[str, str, str]) -> None:
    outside = Outside()
    sim = Bench(on_install=outside, reset_seconds=10)
    login = {"KeyIds": ["skey-b4vakk62"]}
    sim.reset(ImageId="img-pmqg1cw7", LoginSettings=login, UserData="aGVsbG8=", HostName="new")
    sim.wait(9)
    sim.simulator.tick()
    assert not outside.told
    sim.wait(1)
    sim.simulator.tick()
    (told,) = outside.told
    assert (told.event, told.instance_id, told.image_id) == ("reset", ID, "img-pmqg1cw7")
    assert (told.user_data, told.host_name, told.login_user) == ("aGVsbG8=", "new", "ubuntu")
    assert told.key_ids == ("skey-b4vakk62",)
    assert told.public_keys[0].startswith("ssh-ed25519 ")
    sim.wait(60)
    assert state_of(sim)[0] == "OPERATING"
    outside.ends[0](reason)
    assert state_of(sim) == expected
    assert sim.reset().get("Error") is None


def test_nobody_is_told_of_a_reset_that_fails() -> None:
    outside = Outside()
    sim = Bench(on_install=outside)
    sim.fault("operation_failed")
    sim.reset()
    sim.wait(10)
    assert state_of(sim)[0] == "FAILED"
    assert not outside.told


def test_another_actor_waits_for_the_outside() -> None:
    outside = Outside()
    sim = Bench(on_install=outside, reset_seconds=1)
    sim.fault("foreign", operation="RebootInstances", wait=True)
    sim.reset()
    sim.wait(5)
    assert sim.state["foreign"] == []
    outside.ends[0](None)
    sim.wait(1)
    assert [entry["accepted"] for entry in sim.state["foreign"]] == [True]


@pytest.mark.parametrize("reason", [None, "no disk"])
def test_a_rollback_ends_when_it_is_told_so(reason: str | None) -> None:
    outside = Outside()
    sim = Bench(on_install=outside, lag_seconds=0)
    made = sim.cbs("CreateSnapshot", {"DiskId": "disk-r8hr2upy"})["SnapshotId"]
    sim.wait(3)
    parameters = {"SnapshotId": made, "DiskId": "disk-r8hr2upy", "AutoStopInstance": True, "AutoStartInstance": True}
    sim.cbs("ApplySnapshot", parameters)
    sim.wait(60)
    disk = sim.state["disks"]["disk-r8hr2upy"]
    assert (disk["DiskState"], outside.told[0].event, outside.told[0].content) == (
        "ROLLBACKING",
        "restore",
        disk["content"],
    )
    outside.ends[0](reason)
    disk = sim.state["disks"]["disk-r8hr2upy"]
    assert (disk["DiskState"], disk["ErrorPrompt"]) == ("ATTACHED", reason or "")
    assert sim.seen()["InstanceState"] == ("STOPPED" if reason else "STARTING")


def test_an_end_after_a_new_world_is_harmless() -> None:
    outside = Outside()
    sim = Bench(on_install=outside)
    sim.reset()
    sim.wait(3)
    sim.simulator.tick()
    sim.control("POST", "world", None)
    outside.ends[0](None)
    assert state_of(sim)[2] == "img-9qabwvbn"


INSTALL = Install("reset", ID, "img-pmqg1cw7", "disk/1", "web", "ubuntu", "dXNlcg==", "Secret+1", ("skey-1", "skey-2"))


def run(words: list[str]) -> str | None:
    """How a command ended."""
    ended, answers = threading.Event(), []

    def finished(reason: str | None) -> None:
        answers.append(reason)
        ended.set()

    Command(words)(INSTALL, finished)
    assert ended.wait(30)
    return answers[0]


def test_the_command_gets_it_all(tmp_path: Path) -> None:
    out = tmp_path / "out"
    script = (
        "import json,os,sys;"
        "names=sorted(n for n in os.environ if n.startswith('SIM_'));"
        "open(sys.argv[1],'w').write(json.dumps([{n:os.environ[n] for n in names},json.load(sys.stdin)]))"
    )
    assert run([sys.executable, "-c", script, str(out)]) is None
    text = out.read_text()
    assert '"SIM_PASSWORD_SET": "1"' in text
    assert '"SIM_KEY_IDS": "skey-1,skey-2"' in text
    assert '"SIM_EVENT": "reset"' in text
    assert '"SIM_USER_DATA": "dXNlcg=="' in text
    assert '"password": "Secret+1"' in text


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("import sys; sys.exit('no room')", "no room"),
        ("raise SystemExit(3)", "The command ended with 3."),
        ("print('fine')", None),
    ],
)
def test_the_command_s_end_decides(script: str, reason: str | None) -> None:
    assert run([sys.executable, "-c", script]) == reason


def test_a_missing_command() -> None:
    assert "no-such-command" in str(run(["/no-such-command"]))


def test_a_server_that_stays_does_not_keep_the_command(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    stays = [sys.executable, "-c", "import time; time.sleep(30)"]
    script = f"import subprocess; print(subprocess.Popen({stays!r}).pid, file=open({str(pid)!r}, 'w'))"
    assert run([sys.executable, "-c", script]) is None
    subprocess.run(["kill", pid.read_text().strip()], check=True)


def test_the_option_is_words_of_a_shell() -> None:
    assert parse(["--on-reset", shlex.join(["a b", "c"])]).on_reset == ["a b", "c"]
    with pytest.raises(SystemExit):
        parse(["--on-reset", " "])
