# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whose server it is, and whose files: nothing is done to one that is not the instance, or by what others wrote."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .hooks import notes, with_hooks
from .servers import OLD, SERVERS, Controller, servers


@pytest.mark.parametrize("arguments", [[], ["--check"]], ids=["really", "check"])
def test_another_server_of_the_play_is_not_drained_in_the_place_of_one(pair: Controller, arguments: list[str]) -> None:
    wrong = {"web1": {"ansible_host": pair["web2"].address}}
    run = pair.carry(*arguments, host_variables=wrong, **with_hooks(pair))
    assert run.code != 0
    assert f"ansible_host: {pair['web2'].address} is not proved to be ins-web00001." in run.out
    assert "the metadata service of the server that answers names ins-web00002" in run.out
    assert pair.simulator.state()["accepted_calls"] == {}
    assert notes(pair) == []
    assert pair["web2"].run("ls /var/tmp") == ""


TRANSLATED: dict[str, tuple[dict[str, Any], bool]] = {
    "translated": ({}, True),
    "meant": ({"verify_address": "no"}, True),
    "no-login": ({"login": False}, False),
    "hook": ({"login": False, "before_tasks": "drain.yml"}, True),
    "hook-elsewhere": ({"login": False, "before_tasks": "drain.yml", "before_needs_login": False}, False),
}
"""Servers behind address translation: their variables, and whether each is logged in to."""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[set[str]]:
    """The servers that a play in check mode has asked."""
    inside = {
        one: {"ImageId": OLD, "PrivateIpAddresses": [f"10.0.0.{number}"]}
        for number, one in enumerate(list(SERVERS.values())[: len(TRANSLATED)], 1)
    }
    with servers(tmp_path_factory.mktemp("translated"), TRANSLATED, instances=inside) as controller:
        controller.hook("drain.yml", {"ansible.builtin.debug": {"msg": "drained"}})
        each = {name: variables for name, (variables, is_asked) in TRANSLATED.items()}
        run = controller.carry("--check", confirm="", each=each)
        assert run.code == 0, run.everything
        words = run.out.partition(": Log in to the present system, and ask which instance it is]")[2].partition("\n\n")[
            0
        ]
        yield set(re.findall(r"^ok: \[(.+)\]", words, re.MULTILINE))


@pytest.mark.parametrize("name", TRANSLATED)
def test_a_server_behind_translation_is_logged_in_to_where_something_is_done_on_it(asked: set[str], name: str) -> None:
    assert (name in asked) is TRANSLATED[name][1]


def test_the_address_of_a_server_behind_another_proves_nothing(pair: Controller) -> None:
    """There it can be that of another server, as it is here: the server that answers is asked."""
    jump = pair.folder / "jump"
    jump.write_text(
        f'#!/bin/bash\nexec 3<>"/dev/tcp/{pair["web2"].address}/$2"\ncat <&3 &\ncat >&3\n', encoding="ascii"
    )
    jump.chmod(0o755)
    arguments = f'-o ProxyCommand="{jump} %h %p" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null'
    behind = {"web1": {"ansible_ssh_args": arguments}}
    run = pair.carry("--check", "--limit", "web1", confirm="", host_variables=behind)
    assert run.code != 0
    assert f"{pair['web1'].address} is not proved to be ins-web00001." in run.out
    assert "the metadata service of the server that answers names ins-web00002" in run.out


def test_a_host_key_is_not_scanned_where_ssh_takes_another_way(pair: Controller) -> None:
    behind = {"web1": {"ansible_ssh_args": "-o ProxyJump=bastion.example.com"}}
    run = pair.carry("--check", "--limit", "web1", confirm="", host_variables=behind)
    assert run.code != 0
    assert "reset_instance_host_keys: ssh reaches" in run.out
    assert "and ssh-keyscan cannot go that way. Set it to inject or none." in run.out


def _mode(path: Path) -> None:
    path.mkdir()
    path.chmod(0o777)


def _owner(path: Path) -> None:
    path.mkdir(mode=0o700)
    os.chown(path, 12345, 12345)


@pytest.mark.parametrize(
    ("folder", "make", "words"),
    [
        ("state", _mode, "Others can write {} (mode 0777)."),
        ("state", _owner, "{} belongs to another user (12345)."),
        ("reports", _mode, "Others can write {} (mode 0777)."),
        ("reports/run", _owner, "{} belongs to another user (12345)."),
    ],
    ids=["mode", "owner", "reports", "report"],
)
def test_a_folder_that_others_can_write_is_not_used(
    pair: Controller, tmp_path: Path, folder: str, make: Callable[[Path], None], words: str
) -> None:
    place = tmp_path / folder
    place.parent.mkdir(exist_ok=True)
    make(place)
    run = pair.carry(
        state_dir=str(tmp_path / "state"), report_dir=str(tmp_path / "reports"), host_keys="inject", login_user="root"
    )
    assert run.code != 0
    assert words.format(place) in run.out
    assert pair.simulator.state()["accepted_calls"] == {}
    assert list(place.iterdir()) == []


@pytest.mark.parametrize(("name", "mode"), [("hostkey", 0o644), ("json", 0o666)])
def test_what_somebody_may_have_planted_is_not_taken_up(pair: Controller, tmp_path: Path, name: str, mode: int) -> None:
    """The names are those of a key and an instance, which others may know."""
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    planted = folder / f"ins-web00001-{hashlib.sha256(b'CHG-1/ins-web00001').hexdigest()[:8]}.{name}"
    planted.touch()
    planted.chmod(mode)
    options = {"policy": "once", "idempotency_key": "CHG-1", "host_keys": "inject", "state_dir": str(folder)}
    run = pair.carry("--limit", "web1", confirm="ins-web00001", **options)
    assert run.code != 0
    assert f"Others can read or write {planted} (mode {mode:04o})." in run.out
    assert pair.simulator.state()["accepted_calls"] == {}
