# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many instances in one task: how it is called, what it refuses, what it never shows."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tencent.cloud.plugins.modules import cvm_reset_instances

from .harness import QUICK, SECRET_ID, SECRET_KEY, Ansible, Run

FLEET = "tencent.cloud.cvm_reset_instances"
WEB, KEYED, NEW, FREE = "ins-r8hr2upy", "ins-keypair1", "ins-newborn1", "ins-nocharge"
"""The last one was stopped without charges, and is refused."""
TARGET, OTHER = "img-pmqg1cw7", "img-6n21msk1"
REQUEST_ID = "a0a66377-b79f-4a21-846c-d997d6022968"
DOCUMENTED = set(yaml.safe_load(cvm_reset_instances.RETURN))
ADDED = {"msg", "failed", "warnings", "exception", "diff", "invocation"}
"""Keys that Ansible adds to a result."""


@pytest.fixture(autouse=True)
def quick(ansible: Ansible) -> None:
    """No test waits for long."""
    ansible.defaults[FLEET] = dict(QUICK)


def fleet(*instances: Any, **options: Any) -> dict[str, Any]:
    """The task that resets these instances, with keys to log in unless the options say otherwise."""
    entries = [{"instance_id": one} if isinstance(one, str) else one for one in instances]
    return {FLEET: {"instances": entries, "login_settings": {"key_ids": ["skey-b4vakk62"]}, **options}}


def outcomes(result: Mapping[str, Any]) -> dict[str, str]:
    """How each instance ended."""
    return {one["instance_id"]: one["outcome"] for one in result["results"]}


# --- the usual course


def test_each_instance_gets_what_it_asks_for_and_else_what_all_get(ansible: Ansible) -> None:
    run = ansible.play(
        fleet(
            WEB, {"instance_id": KEYED, "image_id": OTHER}, {"instance_id": NEW, "host_name": "web-3"}, image_id=TARGET
        )
    )
    assert run.code == 0, run.everything
    assert not run.is_noisy
    result = run.result
    assert set(result) - ADDED == DOCUMENTED
    assert outcomes(result) == {WEB: "done", KEYED: "done", NEW: "done"}
    assert [one["instance_id"] for one in result["results"]] == [WEB, KEYED, NEW]
    assert (result["changed"], result["summary"]["outcomes"], result["problems"]) == (True, {"done": 3}, [])
    state = ansible.simulator.state()
    assert state["accepted"] == {WEB: 1, KEYED: 1, NEW: 1}
    assert [state["instances"][one]["ImageId"] for one in (WEB, KEYED, NEW)] == [TARGET, OTHER, TARGET]
    assert state["instances"][NEW]["HostName"] == "web-3"
    assert result["request_ids"] == {call["instance_id"]: call["request_id"] for call in ansible.resets}


def test_a_canary_goes_ahead_and_a_failed_one_stops_the_others(ansible: Ansible) -> None:
    ansible.simulator.faults([{"action": "ResetInstance", "kind": "operation_failed", "message": "Out of disks."}])
    run = ansible.play(fleet(WEB, KEYED, NEW, image_id=TARGET, canary=1))
    assert run.code != 0
    assert outcomes(run.result) == {WEB: "failed", KEYED: "refused", NEW: "refused"}
    assert ansible.simulator.state()["accepted"] == {WEB: 1}
    first, second, third = run.result["msg"].splitlines()
    assert first == "3 of 3 instances: 2 refused, 1 failed."
    assert second.startswith(f"{WEB}: failed.")
    assert "Out of disks." in second
    assert third == f"{KEYED}, {NEW}: refused. Nothing was sent. A canary failed before it."


def test_check_mode_shows_the_difference_of_each_and_sends_nothing(ansible: Ansible) -> None:
    run = ansible.play(fleet(WEB, NEW, image_id=TARGET), arguments=["--check", "--diff"])
    assert run.code == 0, run.everything
    assert not run.is_noisy
    assert outcomes(run.result) == {WEB: "planned", NEW: "planned"}
    assert ansible.resets == []
    for line in (f"--- before: {WEB}", f"--- before: {NEW}", '-    "image_id": "img-9qabwvbn"'):
        assert run.out.count(line) == 1, line
    assert run.out.count('+    "image_id": "img-pmqg1cw7"') == 2


def test_ad_hoc_as_json(ansible: Ansible) -> None:
    run = ansible.adhoc({**fleet(WEB, KEYED)[FLEET], **QUICK}, module=FLEET)
    assert (run.code, outcomes(run.result)) == (0, {WEB: "done", KEYED: "done"})
    assert not run.is_noisy


def test_ad_hoc_with_names_and_values(ansible: Ansible) -> None:
    instances = json.dumps([{"instance_id": WEB}, {"instance_id": KEYED}])
    login = json.dumps({"key_ids": ["skey-b4vakk62"]})
    url = ansible.simulator.url
    words = f"instances='{instances}' login_settings='{login}' canary=1 wait_interval=0.1 endpoint={url}"
    run = ansible.adhoc(words, module=FLEET)
    assert (run.code, outcomes(run.result)) == (0, {WEB: "done", KEYED: "done"})


def test_a_survey_answers_with_text(ansible: Ansible) -> None:
    answers = {"servers": json.dumps([{"instance_id": WEB}, {"instance_id": NEW, "image_id": OTHER}]), "most": "50"}
    task = fleet(image_id=TARGET)
    task[FLEET] |= {"instances": "{{ servers }}", "concurrency": "{{ most }}"}
    run = ansible.play(task, variables=answers)
    assert run.code == 0, run.everything
    assert outcomes(run.result) == {WEB: "done", NEW: "done"}
    assert ansible.simulator.state()["instances"][NEW]["ImageId"] == OTHER


def test_start_now_and_attach_later(ansible: Ansible) -> None:
    attach = fleet(WEB, KEYED)
    attach[FLEET] |= {"attach": "{{ result_0.request_ids }}"}
    run = ansible.play(fleet(WEB, KEYED, wait=False), attach, attach)
    assert run.code == 0, run.everything
    assert [set(outcomes(one).values()) for one in run.results] == [{"accepted"}, {"done"}, {"done"}]
    assert run.results[0]["request_ids"] == run.results[2]["request_ids"]
    assert len(ansible.resets) == 2


# --- what stops


def test_one_that_is_refused_stops_all(ansible: Ansible) -> None:
    run = ansible.play(fleet(WEB, FREE, image_id=TARGET))
    assert run.code != 0
    assert outcomes(run.result) == {WEB: "refused", FREE: "refused"}
    assert run.result["changed"] is False
    assert ansible.resets == []
    _first, cause, follows = run.result["msg"].splitlines()
    assert cause.startswith(f"{FREE}: refused.")
    assert "stopped without charges" in cause
    assert follows.startswith(f"{WEB}: refused. Nothing was sent. Another instance was refused")


def test_the_others_are_reset_all_the_same_where_that_is_asked_for(ansible: Ansible) -> None:
    run = ansible.play(fleet(WEB, FREE, NEW, image_id=TARGET, skip_refused=True))
    assert run.code != 0
    assert outcomes(run.result) == {WEB: "done", FREE: "refused", NEW: "done"}
    assert run.result["msg"].startswith(f"1 of 3 instances: 1 refused.\n{FREE}: refused.")
    assert ansible.simulator.state()["accepted"] == {WEB: 1, NEW: 1}


def test_what_waits_never_sends(ansible: Ansible) -> None:
    """The reset of an instance without a RequestId may have been sent all the same."""
    run = ansible.play(fleet(WEB, KEYED, attach={WEB: REQUEST_ID}))
    assert run.code != 0
    assert f"attach: It has no RequestId for {KEYED}, which would be reset." in run.result["msg"]
    assert ansible.simulator.state()["calls"] == []


BAD: list[tuple[dict[str, Any], str]] = [
    ({"instances": None}, "instances: It must be a list, and is null."),
    ({"instances": ""}, "instances: It is empty."),
    ({"instances": WEB}, "instances: It must be a list, and is text. Give a list of mappings, such as {ins"),
    ({"instances": [WEB, KEYED]}, "instances: In instances[0], instances[1]: It must be a mapping, and is text."),
    ({"instances": [{"instance_id": WEB}] * 2}, f"{WEB} is there 2 times (instances[0], instances[1])."),
    ({"instances": [{"instance_id": WEB, "image": TARGET}]}, "instances.image. Supported parameters include:"),
    ({"instances": [{"instance_id": WEB, "system_disk": 60}]}, "instances.system_disk: In instances[0]: It must be"),
    ({"instances": [{"instance_id": f"ins-{n:08}"} for n in range(1001)]}, "instances: It has 1001 instances."),
    ({"instances": [{"instance_id": WEB}], "attach": None}, "attach: It is empty, and without it the instances would"),
    ({"instances": [{"instance_id": WEB}], "concurrency": "many"}, "argument 'concurrency' is of type"),
]
"""What Ansible has its own way with; the unit tests have more of them."""


def test_bad_input_fails_with_a_sentence_and_sends_nothing(ansible: Ansible) -> None:
    run = ansible.play(*({FLEET: options} for options, _words in BAD), stop=False)
    assert len(run.results) == len(BAD)
    for (options, words), result in zip(BAD, run.results, strict=True):
        assert result["failed"], options
        assert words in result["msg"], options
    for word in ("Traceback", "MODULE FAILURE", "unhandled"):
        assert word not in run.everything
    assert ansible.resets == []


# --- secrets

PASSWORDS = ("Common-Passw0rd-7", "Single-Passw0rd-8")
USER_DATA = ("#!/bin/sh\necho common-user-data\n", "#!/bin/sh\necho single-user-data\n")


@pytest.fixture
def secrets(ansible: Ansible) -> list[str]:
    """The arguments of a most talkative run, with the secrets in a file: Ansible shows what stands in a playbook."""
    ansible.environment = {"TENCENTCLOUD_REGION": "ap-guangzhou"}
    common, single = ({"password": word, "data": data} for word, data in zip(PASSWORDS, USER_DATA, strict=True))
    unreadable = [f"instance_id={WEB} login_settings={PASSWORDS[1]}", [PASSWORDS[1]]]
    variables = {"key": SECRET_KEY, "common": common, "single": single, "unreadable": unreadable}
    file = ansible.folder / "secrets.yml"
    file.write_text(yaml.safe_dump(variables), encoding="utf-8")
    return ["-e", f"@{file}", "-vvvv", "--diff"]


def secretive(single: Any = None, **options: Any) -> dict[str, Any]:
    """A task with secrets for all, and others for one."""
    login = {"login_settings": {"password": "{{ single.password }}"}, "user_data": "{{ single.data }}"}
    return fleet(
        WEB,
        {"instance_id": KEYED, **login, **(single or {})},
        **{
            "login_settings": {"password": "{{ common.password }}"},
            "user_data": "{{ common.data }}",
            "secret_id": SECRET_ID,
            "secret_key": "{{ key }}",
            **options,
        },
    )


def leaks(*texts: str) -> list[str]:
    """The secrets that stand there, as they are or in another form."""
    lines = [line for data in USER_DATA for line in data.splitlines() if "echo" in line]
    words = [*PASSWORDS, *lines, SECRET_KEY]
    encoded = [base64.b64encode(word.encode()).decode() for word in (*PASSWORDS, *USER_DATA)]
    return [word for word in (*words, *encoded) if any(word in text for text in texts)]


def test_no_secret_is_shown_by_a_playbook(ansible: Ansible, secrets: list[str]) -> None:
    ansible.simulator.faults([{"action": "ResetInstance", "kind": "redirect", "instance_id": KEYED, "nth": 2}])
    tasks = [
        {**secretive(), "check_mode": True},
        secretive(),
        secretive(wait_timeout=1, image_id=OTHER),
        secretive({"host_name": "-"}),
        secretive({"login_settings": {"pasword": "{{ single.password }}"}}),
        secretive({"login_settings": "{{ single.password }}"}),
        secretive({"login_settings": ["{{ single.password }}"]}),
        secretive({"login_settings": {"password": ["{{ single.password }}"]}}),
        secretive({"user_data": {"runcmd": "{{ single.data }}"}}),
        secretive(login_settings="{{ common.password }}"),
        secretive(instances="{{ unreadable }}"),
        secretive(instances="{{ unreadable[0] }}"),
        secretive(endpoint="http://127.0.0.1:9", max_attempts=1),
    ]
    temporary = ansible.folder / "temporary"
    ansible.environment |= {"ANSIBLE_LOCAL_TEMP": str(temporary), "ANSIBLE_REMOTE_TEMP": str(temporary)}
    run = ansible.play(*tasks, arguments=secrets, stop=False)
    assert len(run.results) == len(tasks)
    ended = [outcomes(one).get(KEYED) for one in run.results[:4]]
    assert ended == ["planned", "done", "unknown", "refused"]
    assert all(one["failed"] for one in run.results[2:])
    assert run.log
    assert leaks(run.everything, json.dumps(run.results)) == []
    left = [path.read_text(encoding="utf-8", errors="replace") for path in temporary.rglob("*") if path.is_file()]
    assert leaks(*left) == []


def test_no_secret_is_shown_ad_hoc(ansible: Ansible, secrets: list[str]) -> None:
    run: Run = ansible.adhoc({**secretive()[FLEET], **QUICK}, *secrets, module=FLEET)
    assert outcomes(run.result) == {WEB: "done", KEYED: "done"}
    assert leaks(run.everything) == []
    sent: list[str] = [name for call in ansible.resets for name in call["parameters"]]
    assert {"LoginSettings.Password", "UserData"} <= set(sent)


def test_a_missing_library_is_named(ansible: Ansible) -> None:
    broken = Path(ansible.folder, "broken")
    broken.mkdir()
    (broken / "requests.py").write_text("raise ImportError('No module named requests')\n", encoding="utf-8")
    run = ansible.adhoc(fleet(WEB)[FLEET], module=FLEET, PYTHONPATH=str(broken))
    assert run.code != 0
    assert "Failed to import the required Python library (requests)" in run.result["msg"]
