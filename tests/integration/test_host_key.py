# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host keys of a server that gets new ones, in plays: set aside, waited for, brought back, handed over."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from .harness import Ansible, reset
from .ssh_server import NEW, OLD, replace_ssh_keyscan

MODULE = "tencent.cloud.ssh_host_key"
FILTER = "tencent.cloud.user_data_with_host_key"


def task(file: Path, state: str, **options: Any) -> dict[str, Any]:
    """A task on a file of its own."""
    return {MODULE: {"state": state, "host": "web", "path": str(file), "scan_interval": 0.1, **options}}


@pytest.mark.parametrize("arguments", [["--check", "--diff"], ["--diff"]], ids=["check", "run"])
def test_from_the_old_keys_to_the_new_ones_and_back(ansible: Ansible, tmp_path: Path, arguments: list[str]) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(f"web,db {OLD}\n", encoding="utf-8")
    replace_ssh_keyscan(tmp_path, "", OLD, NEW)
    ansible.environment["PATH"] = f"{tmp_path}:{os.environ['PATH']}"
    run = ansible.play(
        task(file, "absent"),
        task(file, "scanned", not_keys="{{ result_0.previous_keys }}", stable_seconds=0.2),
        task(file, "restored", entries="{{ result_0.entries }}"),
        arguments=arguments,
    )
    assert run.code == 0, run.everything
    assert not run.is_noisy, run.err
    absent, scanned, restored = run.results
    assert (absent["changed"], absent["previous_keys"], absent["entries"]) == (True, [OLD], [f"web {OLD}"])
    assert f"-web {OLD}" in run.out
    if "--check" in arguments:
        assert file.read_text(encoding="utf-8") == f"web,db {OLD}\n"
        assert scanned["scanned_keys"] == []
        return
    assert (scanned["changed"], scanned["host_keys"]) == (True, [NEW])
    assert (restored["host_keys"], restored["previous_keys"]) == ([OLD], [NEW])
    assert file.read_text(encoding="utf-8") == f"db {OLD}\nweb {OLD}\n"


def test_connection_options_are_none_of_its(ansible: Ansible, tmp_path: Path) -> None:
    """The play sets module_defaults for the group, which this module is not in."""
    run = ansible.play(task(tmp_path / "known_hosts", "read"), {MODULE: {"state": "read"}}, stop=False)
    assert run.results[0]["host_keys"] == []
    assert "host" in run.results[1]["msg"]


def test_a_host_key_in_user_data(ansible: Ansible, tmp_path: Path) -> None:
    key = tmp_path / "host_key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    private = key.read_text(encoding="utf-8")
    variables = {"private": private, "public": key.with_name("host_key.pub").read_text(encoding="utf-8")}
    own = "#cloud-config\npackages: [chrony]\n"
    run = ansible.play(
        reset(image_id="img-pmqg1cw7", user_data=f"{{{{ own | {FILTER}(private, public) }}}}"),
        {"ansible.builtin.debug": {"msg": f"{{{{ '#ps1' | {FILTER}(private, public) }}}}"}},
        variables={**variables, "own": own},
        arguments=["-vvv"],
        stop=False,
    )
    assert run.results[0]["outcome"] == "done", run.everything
    assert "which is for Windows, and the image is of Linux" in run.everything
    assert private.splitlines()[1] not in run.everything
