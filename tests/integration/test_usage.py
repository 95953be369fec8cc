# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ways in which the module is called: a task, ad hoc, delegated, with defaults, planned, in two steps."""

from __future__ import annotations

import json
import os
from pathlib import Path

from .harness import MODULE, SECRET_ID, SECRET_KEY, Ansible, reset

ID = "ins-r8hr2upy"
TARGET = "img-pmqg1cw7"
PASSWORD = "Integration-Pass-7"


def test_a_task_resets_the_instance_once_and_reports_its_request_id(ansible: Ansible) -> None:
    run = ansible.play(reset(image_id=TARGET, system_disk={"disk_size": 60}, host_name="web-9"))
    assert run.code == 0
    assert not run.is_noisy
    result = run.result
    assert (result["outcome"], result["changed"], result["submissions"]) == ("done", True, 1)
    (sent,) = ansible.resets
    assert sent["accepted"]
    assert result["request_id"] == sent["request_id"] == result["operation"]["request_id"]
    assert result["previous"]["image_id"] == "img-9qabwvbn"
    now = ansible.simulator.state()["instances"][ID]
    assert (now["ImageId"], now["SystemDisk"]["DiskSize"], now["HostName"]) == (TARGET, 60, "web-9")
    assert result["instance"]["image_id"] == TARGET


def test_the_call_of_the_source_document_by_the_older_interface(ansible: Ansible) -> None:
    run = ansible.adhoc(
        {
            "api": "v2",
            "instance_id": ID,
            "image_id": TARGET,
            "system_disk": {"disk_size": 60},
            "login_settings": {"password": "Qcloud@TestApi123++"},
            "enhanced_service": {"security_service": True, "monitor_service": True},
        }
    )
    assert run.code == 0
    assert run.result["outcome"] == "done"
    (sent,) = ansible.resets
    assert sent["generation"] == "legacy"
    assert set(sent["parameters"]) >= {"LoginSettings.Password", "SystemDisk.DiskSize"}


def test_ad_hoc_with_names_and_values(ansible: Ansible) -> None:
    disk, login = json.dumps({"disk_size": 60}), json.dumps({"key_ids": ["skey-b4vakk62"]})
    run = ansible.adhoc(
        f"instance_id={ID} system_disk='{disk}' login_settings='{login}' wait_interval=0.1 "
        f"endpoint={ansible.simulator.url}"
    )
    assert run.code == 0
    assert not run.is_noisy
    assert run.result["outcome"] == "done"
    assert ansible.simulator.state()["instances"][ID]["SystemDisk"]["DiskSize"] == 60


def test_ad_hoc_with_a_password_from_a_vault(ansible: Ansible) -> None:
    """Nothing secret stands in the arguments of the processes; what is shown is watched in all tests."""
    vault, opener = ansible.folder / "vault.yml", ansible.folder / "opener"
    vault.write_text(f"new_password: {PASSWORD}\n", encoding="utf-8")
    opener.write_text("opens-the-vault\n", encoding="utf-8")
    locked = ansible.command("ansible-vault", "encrypt", "--vault-password-file", str(opener), str(vault))
    assert locked.code == 0
    assert PASSWORD not in vault.read_text(encoding="utf-8")
    run = ansible.adhoc(
        {"instance_id": ID, "login_settings": {"password": "{{ new_password }}"}},
        *("-e", f"@{vault}", "--vault-password-file", str(opener), "-vvv"),
    )
    assert run.code == 0
    assert run.result["outcome"] == "done"
    assert "LoginSettings.Password" in ansible.resets[0]["parameters"]


def test_delegated_from_the_host_that_is_reinstalled(ansible: Ansible) -> None:
    inventory = ansible.folder / "hosts.ini"
    inventory.write_text(f"web-1 ansible_host=192.0.2.1 cvm_id={ID}\n", encoding="utf-8")
    task = {**reset("{{ cvm_id }}", image_id=TARGET), "delegate_to": "localhost"}
    run = ansible.play(task, hosts="web-1", arguments=["-i", str(inventory)])
    assert run.code == 0
    assert not run.is_noisy
    assert run.result["instance_id"] == ID
    assert ansible.simulator.state()["accepted"] == {ID: 1}


def test_defaults_of_the_group_carry_the_connection(ansible: Ansible) -> None:
    ansible.environment = {}
    ansible.defaults["group/tencent.cloud.all"] |= {
        "secret_id": SECRET_ID,
        "secret_key": SECRET_KEY,
        "region": "ap-guangzhou",
        "signature_method": "HmacSHA1",
    }
    run = ansible.play({MODULE: {"instance_id": ID, "login_settings": {"password": PASSWORD}}})
    assert run.code == 0
    assert run.result["outcome"] == "done"


def test_without_credentials_it_says_where_they_may_come_from(ansible: Ansible) -> None:
    ansible.environment = {"TENCENTCLOUD_REGION": "ap-guangzhou", "TENCENTCLOUD_METADATA_URL": "http://127.0.0.1:9"}
    run = ansible.adhoc(reset()[MODULE])
    assert run.code != 0
    assert run.result["error"]["code"] == "InvalidCredentials"
    assert "secret_id" in run.result["msg"]
    assert ansible.simulator.state()["calls"] == []


def test_check_mode_shows_the_difference_and_sends_nothing(ansible: Ansible) -> None:
    run = ansible.play(reset(image_id=TARGET), arguments=["--check", "--diff"])
    assert run.code == 0
    assert not run.is_noisy
    assert (run.result["outcome"], run.result["changed"]) == ("planned", True)
    assert ansible.resets == []
    assert ansible.simulator.state()["calls"]
    for line in ('-    "image_id": "img-9qabwvbn"', '+    "image_id": "img-pmqg1cw7"', '+        "content": "wiped"'):
        assert line in run.out


def test_a_second_run_leaves_the_instance_alone(ansible: Ansible) -> None:
    task = reset(image_id=TARGET, policy="image_differs", expected={"image_id": "img-9qabwvbn"})
    run = ansible.play(task, task, arguments=["--diff"])
    assert run.code == 0
    assert [result["outcome"] for result in run.results] == ["done", "unchanged"]
    assert ansible.simulator.state()["accepted"] == {ID: 1}


def test_start_now_and_attach_later(ansible: Ansible) -> None:
    attach = {MODULE: {"instance_id": ID, "attach": "{{ result_0.request_id }}"}}
    run = ansible.play(reset(image_id=TARGET, wait=False), attach)
    assert run.code == 0
    started, ended = run.results
    assert (started["outcome"], started["changed"]) == ("accepted", True)
    assert (ended["outcome"], ended["submissions"]) == ("done", 0)
    assert ended["request_id"] == started["request_id"]
    assert len(ansible.resets) == 1


def test_nothing_to_attach_to_is_no_reset(ansible: Ansible) -> None:
    """A RequestId that is null reaches the module as an empty text or, from ansible-core 2.19 on, as null."""
    nothing = {"ansible.builtin.set_fact": {"started": {"request_id": None}}}
    run = ansible.play(nothing, {MODULE: {"instance_id": ID, "attach": "{{ started.request_id }}"}})
    assert run.code != 0
    assert "attach: It is empty" in run.results[-1]["msg"]
    assert ansible.resets == []


def test_a_reset_without_a_login_works_and_warns(ansible: Ansible) -> None:
    run = ansible.play({MODULE: {"instance_id": ID}})
    assert run.code == 0
    assert run.result["outcome"] == "done"
    assert "automation loses its login" in " ".join(run.err.replace("[WARNING]: ", "").split())


def test_a_missing_library_is_named(ansible: Ansible) -> None:
    broken = Path(ansible.folder, "broken")
    broken.mkdir()
    (broken / "requests.py").write_text("raise ImportError('No module named requests')\n", encoding="utf-8")
    paths = os.pathsep.join(filter(None, [str(broken), os.environ.get("PYTHONPATH")]))
    run = ansible.adhoc(reset()[MODULE], PYTHONPATH=paths)
    assert run.code != 0
    assert "Failed to import the required Python library (requests)" in run.result["msg"]
    assert ansible.simulator.state()["calls"] == []
