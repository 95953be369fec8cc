# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the new system comes to be trusted, and how the role logs in: by keys or passwords, as other users, elsewhere."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.integration.harness import Run

from .hooks import USE
from .servers import IMAGES, OTHER, Controller, servers

PASSWORD = "Fresh-Password-7"
# What cloud-init may do long after the first login is possible: here, as soon as somebody waits for it.
REPLACE = """#!/bin/sh
cat > /usr/local/bin/cloud-init <<'END'
#!/bin/sh
cd /etc/ssh && rm -f ssh_host_*_key* && ssh-keygen -q -t ed25519 -N '' -f ssh_host_ed25519_key && pkill -HUP -o -x sshd
END
chmod 755 /usr/local/bin/cloud-init
"""
SCRIPT = "#!/bin/sh\ntouch /srv/own\n"
INJECT = {"host_keys": "inject"}
BEHAVIOURS: dict[str, dict[str, Any]] = {
    "inject": {},
    "inject-config": {},
    "inject-script": {},
    "ignored": {"reboot_only": True},
    "baked": {"baked_host_key_seconds": 6},
    "replaced": {},
    "password": {},
    "nobody": {},
    "wrong": {},
    "alias": {},
}
VARIABLES: dict[str, dict[str, Any]] = {
    "inject": INJECT,
    "inject-config": {**INJECT, "user_data": "#cloud-config\npackages: [chrony]\n"},
    "inject-script": {**INJECT, "user_data": SCRIPT},
    "ignored": {**INJECT, "login_user": "root", "login_timeout": 6},
    "baked": {"host_key_stable_seconds": 10, "host_key_timeout": 40},
    "replaced": {"user_data": REPLACE, "image_id": OTHER, "login_port": 2222},
    "password": {"login_settings": {"password": PASSWORD}, "image_id": OTHER, "login_port": "2222"},
    "nobody": {"login": False, "login_settings": {}},
    "wrong": {"distribution": "Debian"},
    # Its file is the one that ssh_config names.
    "alias": {"known_hosts_file": ""},
}
STRANGER = "other.example.com"
ALIAS = "web-behind-a-name"
CONFIG = """Host {alias}
  HostName {address}
  UserKnownHostsFile {known_hosts}
  ConnectTimeout 3
"""


class Carried(NamedTuple):
    """One play over servers of which each comes to be trusted in its own way, with every word that Ansible can say."""

    controller: Controller
    run: Run


@pytest.fixture(scope="module")
def carried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Carried]:
    """A play with all ways to trust, and a file of hashed names."""
    images = {OTHER: {**IMAGES[OTHER], "port": 2222}}
    with servers(tmp_path_factory.mktemp("trust"), BEHAVIOURS, images) as controller:
        with controller.known_hosts.open("a", encoding="ascii") as file:
            file.write(f"{STRANGER} {controller['inject'].host_keys[0]}\n")
        for name, behaviour in BEHAVIOURS.items():
            controller[name].behave(**behaviour)
        subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(controller.known_hosts)], check=True, capture_output=True)
        after = [controller.hook("after.yml", {**USE, "when": "reset_instance_login"})]
        named = {"alias": {"ansible_host": ALIAS, "ansible_ssh_common_args": f"-F {configured(controller)}"}}
        run = controller.carry("-vvvv", each=VARIABLES, host_variables=named, after_tasks=after, login_timeout=40)
        yield Carried(controller, run)


def configured(controller: Controller) -> Path:
    """The ssh_config(5) of a user who calls a server by a name of his own."""
    path = controller.folder / "ssh_config"
    values = {"address": controller["alias"].address, "known_hosts": controller.known_hosts}
    path.write_text(CONFIG.format(alias=ALIAS, **values), encoding="utf-8")
    return path


def is_done(carried: Carried, name: str) -> bool:
    """Whether a server went all the way, and a person can log in as the role did."""
    report = carried.controller.report(name)
    assert report["status"] == "done", report["failure"]
    return carried.controller.ssh(name, report["login"]["user"]).returncode == 0


def known(carried: Carried, name: str) -> str:
    """What known_hosts says of a name, hashed or not."""
    words = ["ssh-keygen", "-F", name, "-f", str(carried.controller.known_hosts)]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("name", ["inject", "inject-config", "inject-script"])
def test_an_injected_host_key_is_trusted_before_the_host_answers(carried: Carried, name: str) -> None:
    machine, report = carried.controller[name], carried.controller.report(name)
    assert is_done(carried, name)
    (key,) = machine.host_keys
    assert key in known(carried, machine.address)
    assert (report["trust"]["host_keys"], report["warnings"]) == ("inject", [])
    assert ("own" in machine.run("ls /srv")) is (name == "inject-script")


def test_an_injected_private_key_is_nowhere_but_on_the_host(carried: Carried) -> None:
    assert not list((carried.controller.folder / "state").glob("*.hostkey*"))
    for name in ("inject", "inject-config", "inject-script"):
        private = carried.controller[name].run("cat /etc/ssh/ssh_host_ed25519_key").splitlines()[2]
        assert private not in carried.run.everything


def test_user_data_that_the_image_ignores_is_a_failure_and_no_trust(carried: Carried) -> None:
    assert carried.controller.report("ignored")["failure"]["phase"] == "login"
    assert carried.controller.ssh("ignored", "root").returncode == 255


@pytest.mark.parametrize(("name", "words"), [("baked", []), ("replaced", ["read over the login"])])
def test_a_host_key_that_is_replaced_at_the_first_start(carried: Carried, name: str, words: list[str]) -> None:
    """One that is replaced after the first login is not trusted on first use once more."""
    assert is_done(carried, name)
    expected = ["trusted on first use", *words]
    notes = carried.controller.report(name)["notes"]
    assert [word in note for word, note in zip(expected, notes, strict=True)] == [True] * len(expected)


def test_a_password_another_user_and_another_port(carried: Carried) -> None:
    controller = carried.controller
    assert controller.report("password")["status"] == "done", controller.report("password")["failure"]
    assert controller.report("password")["login"] == {"user": "root", "port": 2222}
    assert known(carried, f"[{controller['password'].address}]:2222")
    assert not known(carried, controller["password"].address)
    for text in (carried.run.everything, controller.page, str(controller.report("password"))):
        assert PASSWORD not in text


def test_a_name_of_ssh_config_is_trusted_by_what_it_stands_for(carried: Carried) -> None:
    """OpenSSH looks for the address that the name leads to, in the file that the name has."""
    assert is_done(carried, "alias")
    assert carried.controller["alias"].host_keys[0] in known(carried, carried.controller["alias"].address)
    assert not known(carried, ALIAS)


def test_what_others_have_in_known_hosts_stays(carried: Carried) -> None:
    assert known(carried, STRANGER)
    assert known(carried, carried.controller["nobody"].address)


def test_a_controller_that_does_not_log_in(carried: Carried) -> None:
    report = carried.controller.report("nobody")
    assert (report["status"], report["login"], report["trust"]) == ("done", None, None)


def test_the_facts_are_those_of_the_new_system(carried: Carried) -> None:
    failure = carried.controller.report("wrong")["failure"]
    assert failure["phase"] == "verify"
    assert "The new system is Ubuntu 22.04" in failure["message"]
