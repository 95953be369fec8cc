# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the new system comes to be trusted, and how the role logs in: by keys or passwords, as other users, elsewhere."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.integration.role.hooks import USE
from tests.integration.role.servers import NEW, OTHER, servers

PASSWORD = "Fresh-Password-7"
OWN = "#cloud-config\npackages: [chrony]\n"
SCRIPT = "#!/bin/sh\ntouch /root/own\n"


@pytest.mark.parametrize("own", ["", OWN, SCRIPT], ids=["none", "cloud-config", "script"])
def test_an_injected_host_key_is_trusted_before_the_host_answers(tmp_path: Path, own: str) -> None:
    with servers(tmp_path) as controller:
        run = controller.carry(host_keys="inject", user_data=own)
        assert run.code == 0, run.everything
        (key,) = controller["web1"].host_keys
        assert key in controller.known_hosts.read_text()
        assert controller.ssh("web1", "ubuntu").returncode == 0
        report = controller.report("web1")
        assert (report["trust"]["host_keys"], report["warnings"]) == ("inject", [])
        assert (own == SCRIPT) == ("own" in controller["web1"].run("ls /root"))
        # The private key is in the user data alone, and not left on the controller.
        private = controller["web1"].run("cat /etc/ssh/ssh_host_ed25519_key").splitlines()[1]
        assert private not in run.everything
        assert not list((controller.folder / "state").glob("*"))


def test_user_data_that_the_image_ignores_is_a_failure_and_no_trust(tmp_path: Path) -> None:
    with servers(tmp_path, images={NEW: {"name": "Ubuntu", "version": "22.04", "user": "ubuntu"}}) as controller:
        controller["web1"].behave(reboot_only=True)
        run = controller.carry(host_keys="inject", login_timeout=6, login_user="root")
        assert run.code == 2
        assert controller.report("web1")["failure"]["phase"] == "login"


def test_a_host_key_of_the_image_that_is_replaced_at_the_first_start(tmp_path: Path) -> None:
    with servers(tmp_path) as controller:
        controller["web1"].behave(baked_host_key_seconds=6)
        run = controller.carry(host_key_timeout=30, host_key_stable_seconds=10, login_timeout=30)
        assert run.code == 0, run.everything
        assert controller.ssh("web1", "ubuntu").returncode == 0


def test_a_host_key_that_is_replaced_after_it_was_trusted(tmp_path: Path) -> None:
    with servers(tmp_path) as controller:
        controller["web1"].behave(baked_host_key_seconds=9, boot_seconds=1)
        run = controller.carry(login_timeout=40)
        assert run.code == 0, run.everything
        assert controller.ssh("web1", "ubuntu").returncode == 0


def test_a_password_and_another_port(tmp_path: Path) -> None:
    images = {NEW: {"name": "Ubuntu", "version": "22.04", "user": "ubuntu", "port": 2222}}
    with servers(tmp_path, images=images) as controller:
        after = [controller.hook("after.yml", USE)]
        login = {"login_settings": {"password": PASSWORD}, "login_port": "2222"}
        run = controller.carry("-vvvv", **login, after_tasks=after)
        assert run.code == 0, run.everything
        assert controller.report("web1")["login"] == {"user": "ubuntu", "port": 2222}
        assert PASSWORD not in run.everything
        assert PASSWORD not in controller.page
        assert PASSWORD not in (controller.folder / "reports" / "run" / "web1.json").read_text()
        assert f"[{controller['web1'].address}]:2222 " in controller.known_hosts.read_text()


def test_hashed_entries_are_set_aside_and_those_of_others_stay(tmp_path: Path) -> None:
    with servers(tmp_path) as controller:
        other = "other.example.com " + controller["web1"].host_keys[0] + "\n"
        with controller.known_hosts.open("a", encoding="ascii") as file:
            file.write(other)
        subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(controller.known_hosts)], check=True, capture_output=True)
        run = controller.carry(image_id=OTHER)
        assert run.code == 0, run.everything
        assert controller.ssh("web1", "root").returncode == 0
        found = subprocess.run(
            ["ssh-keygen", "-F", "other.example.com", "-f", str(controller.known_hosts)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert found.returncode == 0


def test_a_controller_that_does_not_log_in(tmp_path: Path) -> None:
    with servers(tmp_path) as controller:
        before = controller.known_hosts.read_text()
        run = controller.carry(login=False, login_settings={})
        assert run.code == 0, run.everything
        assert controller.accepted == {"ins-web00001": 1}
        assert controller.known_hosts.read_text() == before
        assert controller.report("web1")["status"] == "done"


def test_the_facts_are_those_of_the_new_system(tmp_path: Path) -> None:
    with servers(tmp_path) as controller:
        run = controller.carry(image_id=OTHER, distribution="Debian")
        assert run.code == 2
        assert controller.report("web1")["failure"]["phase"] == "verify"
        assert "The new system is TencentOS" in run.out
        assert controller.carry(image_id=OTHER, verify_that=["ansible_facts.distribution != 'Debian'"]).code == 0
