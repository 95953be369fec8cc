# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a server is asked, by the shell that it would be asked by, and which host keys are entered once more."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.plugin_utils._role import looks
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.names import Names
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.server import Server
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.verdicts import said_by
from tests.unit.support.host_keys import NEW, OLD, OTHER
from tests.unit.support.role_hosts import LINUX, WAY, WINDOWS, about, begun, memory, planned

PROGRAMS = {
    "curl": 'printf "ins-by-curl"',
    "wget": 'printf "ins-by-wget"',
    "timeout": "exit 124",
    "cloud-init": "exit 1",
}


def server(plan: dict[str, Any] | None = None, way: dict[str, Any] | None = None, **options: Any) -> Server:
    frozen = {**begun(**options), "way": {**WAY, **(way or {})}}
    names = Names(**about(frozen)["names"])
    return Server(memory(frozen, plans=planned() if plan is None else plan), names=names)


def asked(command: str, folder: Path, *missing: str) -> dict[str, Any]:
    """What a shell answers that has these programs and no others, as Ansible registers it."""
    place = folder / "bin"
    place.mkdir(exist_ok=True)
    for name, script in PROGRAMS.items():
        if name not in missing:
            (place / name).write_text(
                f"#!/bin/sh\necho {name} \"$@\" >> '{folder}/calls'\n{script}\n", encoding="utf-8"
            )
            (place / name).chmod(0o755)
    (place / "cat").symlink_to("/bin/cat")
    shell = ["/bin/sh", "-c", command]
    done = subprocess.run(shell, capture_output=True, text=True, check=False, cwd=folder, env={"PATH": str(place)})
    return {"rc": done.returncode, "stdout": done.stdout, "stdout_lines": done.stdout.splitlines()}


# --- the first look


@pytest.mark.parametrize(
    ("missing", "named"),
    [((), "ins-by-curl"), (("curl",), "ins-by-wget"), (("curl", "wget"), "")],
)
def test_a_server_is_asked_which_instance_it_is_with_what_it_has(
    tmp_path: Path, missing: tuple[str, ...], named: str
) -> None:
    answer = asked(looks.first_look(server().memory), tmp_path, *missing)
    assert (answer["rc"], said_by(answer)) == (0, {"instance_id": named})


def test_a_proxy_of_the_server_cannot_answer_for_the_metadata(tmp_path: Path) -> None:
    asked(looks.first_look(server().memory), tmp_path)
    url = "http://metadata.tencentyun.com/latest/meta-data/instance-id"
    assert (tmp_path / "calls").read_text(encoding="utf-8") == f"curl -sf --noproxy * --max-time 10 {url}\n"


POWERSHELL = 'powershell -NoProfile -Command "'


@pytest.mark.parametrize(
    ("one", "begins"),
    [
        (server(), "printf 'instance_id="),
        (server(verify_address=False), "true"),
        (server(login=False, before_tasks=["/drain.yml"], verify_address=False), "true"),
        (server(login=False, before_tasks=["/drain.yml"], before_needs_login=False), ""),
        (server(login=False), ""),
        (server({}), ""),
        (server(planned(outcome="unchanged")), ""),
        (server(attach="req-1"), ""),
        (server(planned(before=WINDOWS)), POWERSHELL + "try { 'instance_id=' + "),
        (server(way={"kind": "psrp"}), POWERSHELL + "try { 'instance_id=' + "),
        (server(way={"kind": "winrm"}, verify_address=False), POWERSHELL + 'exit 0"'),
    ],
)
def test_what_is_asked_first(one: Server, begins: str) -> None:
    command = looks.first_look(one.memory)
    assert command.startswith(begins)
    assert bool(command) == bool(begins)
    # Ansible would take it for a template.
    assert "{{" not in command


# --- the mark

HOSTILE = ["mark", "a b", "a'b", 'a"b', "$(touch pwned)", "`touch pwned`", "a;touch pwned", "a{path}b", "a\nb", "*"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_mark_is_left_and_found_whatever_its_path_looks_like(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    one = server(marker_path=str(path), verify_address=False, host_keys="none")
    assert one.names
    assert asked(looks.leave_mark(one, True), tmp_path)["rc"] == 0
    assert path.read_text(encoding="utf-8") == f"{one.names.nonce}\n"
    assert path.stat().st_mode & 0o777 == 0o644
    (tmp_path / "bin" / "cat").unlink()
    answer = asked(looks.second_look(one), tmp_path)
    assert (answer["rc"], said_by(answer)) == (0, {"mark": one.names.nonce})
    assert not (tmp_path / "pwned").exists()


def test_without_a_mark_nothing_is_said_of_one(tmp_path: Path) -> None:
    one = server(marker_path=str(tmp_path / "mark"), verify_address=False, host_keys="none")
    assert asked(looks.second_look(one), tmp_path)["stdout"] == ""


@pytest.mark.parametrize(
    ("one", "resets"),
    [
        (server(), False),
        (server(login=False), True),
        (server(attach="req-1"), True),
        (server(planned(before=WINDOWS)), True),
    ],
)
def test_no_mark_is_left_where_nobody_would_look_for_it(one: Server, resets: bool) -> None:
    assert looks.leave_mark(one, resets) == ""
    assert looks.leave_mark(server(), True)


# --- the second look


def test_the_new_system_is_asked_once_cloud_init_is_done_and_however_that_ends(tmp_path: Path) -> None:
    one = server(login_timeout=77, marker_path=str(tmp_path / "mark"))
    answer = asked(looks.second_look(one), tmp_path)
    calls = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    assert [call.split(" -")[0] for call in calls] == ["timeout 77 cloud-init status", "curl"]
    assert (answer["rc"], said_by(answer)["instance_id"]) == (0, "ins-by-curl")


def test_a_system_without_cloud_init_does_not_wait(tmp_path: Path) -> None:
    asked(looks.second_look(server(verify_address=False)), tmp_path, "cloud-init")
    assert not (tmp_path / "calls").exists()


@pytest.mark.parametrize(
    ("one", "has", "lacks"),
    [
        (server(), ["ssh_host_", "meta-data"], ["powershell"]),
        (server(host_keys="inject"), ["meta-data"], ["ssh_host_"]),
        (server(verify_address=False), ["ssh_host_"], ["meta-data"]),
        (server(planned(after=WINDOWS)), [POWERSHELL, "meta-data"], ["cloud-init"]),
        (server(planned(after=WINDOWS), verify_address=False), [POWERSHELL], ["meta-data"]),
        (server(planned(before=WINDOWS, after=LINUX)), ["cloud-init"], ["powershell"]),
    ],
)
def test_what_the_new_system_is_asked(one: Server, has: list[str], lacks: list[str]) -> None:
    command = looks.second_look(one)
    assert [word for word in has if word not in command] == []
    assert [word for word in lacks if word in command] == []


def test_host_keys_are_read_one_in_a_line(tmp_path: Path) -> None:
    """The loop that is asked with, over a folder of this test."""
    for name, key in (("ed25519", NEW), ("rsa", OTHER)):
        (tmp_path / f"ssh_host_{name}_key.pub").write_text(f"{key} root@web\n", encoding="utf-8")
    command = looks.second_look(server(verify_address=False))
    answer = asked(command.replace("/etc/ssh", str(tmp_path)), tmp_path)
    assert looks.renewed_keys(memory(trusted=trusted([OLD]), marker=answer)) == [NEW, OTHER]


# --- host keys that cloud-init has made since


def trusted(*keys: list[str]) -> dict[str, Any]:
    return {"results": [{"host_keys": one} for one in keys]}


def marker(*keys: str) -> dict[str, Any]:
    lines = [f"host_key_/etc/ssh/ssh_host_{number}_key.pub={key}" for number, key in enumerate(keys)]
    return {"stdout_lines": ["instance_id=ins-web00001", *lines]}


@pytest.mark.parametrize(
    ("entered", "shown", "renewed"),
    [
        (trusted([OLD]), [f"{NEW} root@web", OTHER], [NEW, OTHER]),
        (trusted([OLD, NEW]), [NEW], [NEW]),
        (trusted([], [OLD]), [NEW], [NEW]),
        (trusted([NEW], [OLD]), [NEW], [NEW]),
        (trusted([NEW]), [NEW, OTHER], []),
        (trusted([OLD]), [], []),
        (trusted([OLD]), ["no key", "ssh-ed25519 !!"], []),
        (trusted([]), [NEW], []),
        ({}, [NEW], []),
        ({"skipped": True, "results": []}, [NEW], []),
    ],
)
def test_keys_are_entered_again_only_when_one_that_was_trusted_is_gone(
    entered: dict[str, Any], shown: list[str], renewed: list[str]
) -> None:
    assert looks.renewed_keys(memory(trusted=entered, marker=marker(*shown))) == renewed
