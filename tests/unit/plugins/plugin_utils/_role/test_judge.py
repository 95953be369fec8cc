# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Preflight of a batch, with programs of OpenSSH that answer what a test says."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.plugin_utils._role.judge import NOTHING, Play, World, judged
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.memory import Memory
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.stage import AFTERWARDS, PHASES
from tests.unit.support.host_keys import NEW, OLD
from tests.unit.support.role_hosts import INSTANCE, WAY, about, begun, memory, planned

IDS = {"web1": "ins-web00001", "web2": "ins-web00002", "web3": "ins-web00003"}
LINUX = {"platform": "Linux", "os_name": "TencentOS 4", "image_id": "img-new", "system_disk": {"disk_size": 50}}
LOOKED = {"rc": 0, "stdout_lines": ["instance_id="]}


class Controller:
    """A controller on which ssh and ssh-keyscan answer as told, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: list[str] = []
        self.ssh = {"hostname": "{host}", "port": "22", "userknownhostsfile": str(folder / "known_hosts")}
        self.keys = f"{OLD}\n"
        self.calls: list[list[str]] = []

    def run(self, words: Sequence[str]) -> str:
        """Run a program."""
        self.calls.append(list(words))
        if list(words[:2]) == ["ssh", "-G"]:
            return "".join(f"{key} {value.format(host=words[-1])}\n" for key, value in self.ssh.items())
        if words[0] == "ssh-keyscan":
            hosts = words[words.index("--") + 1 :]
            return "".join(f"{host} {key}\n" for host in hosts for key in self.keys.splitlines())
        return ""

    def load(self, path: str) -> None:
        """Read a file of tasks."""
        self.files.append(path)
        if "broken" in path:
            raise ValueError("no\n  list")

    def host(self, name: str = "web1", frozen: dict[str, Any] | None = None, **options: Any) -> Memory:
        """A host that was planned and looked at."""
        found = {key: options.pop(key) for key in ("plans", "look", "pairs") if key in options}
        place = {"state_dir": str(self.folder / "state"), "report_dir": str(self.folder / "reports")}
        address = f"10.0.0.{name[-1]}"
        own = {**begun(name, IDS[name], **{**place, **options}), "way": {**WAY, "address": address}, **(frozen or {})}
        record = {**INSTANCE, "instance_id": IDS[name], "private_ip_addresses": [address]}
        plans = planned(IDS[name], instance=record, after=LINUX)
        return memory(own, **{"plans": plans, "look": LOOKED, "judged": {}, **found})

    def judge(self, *hosts: Memory, core: tuple[int, int] = (2, 19), **play: Any) -> dict[str, Any]:
        """Preflight of these hosts."""
        ids = {str(one.begun["host"]): one.instance_id for one in hosts}
        whole = {"ids": ids, "run_id": "run", "use": 1, "tags": ["all"], "check": False, "folder": str(self.folder)}
        batch = {str(one.begun["host"]): one for one in hosts}
        return judged(batch, World(self.run, self.load, core), Play(**{**whole, **play}))

    def problems(self, core: tuple[int, int] = (2, 19), **options: Any) -> list[str]:
        """What is wrong with one host."""
        found: list[str] = self.judge(self.host(**options), core=core)["hosts"]["web1"]["problems"]
        return found


@pytest.fixture
def controller(tmp_path: Path) -> Controller:
    return Controller(tmp_path)


def done(*phases: str) -> dict[str, bool]:
    """What is done, of all that could be."""
    return {phase: phase in phases for phase in PHASES[2:]}


# --- one host


def test_a_server_for_which_all_is_well(controller: Controller) -> None:
    found = controller.judge(controller.host())
    (known,) = (found["hosts"]["web1"],)
    assert (found["refused"], found["stops"], known["problems"]) == ([], False, [])
    assert known["do"] == done("reset", *AFTERWARDS)
    assert (known["stage"], known["user"], known["port"], known["is_proved"]) == ("fresh", "root", 22, True)
    assert known["ssh"] == {
        "names": ["10.0.0.1"],
        "host": "10.0.0.1",
        "path": str(controller.folder / "known_hosts"),
        "entries": [],
        "old_keys": [OLD],
    }
    assert (known["trusts"], known["injects"], known["hooks"]) == (
        True,
        False,
        {"before": [], "after": [], "failure": []},
    )
    assert known["mark"]
    assert known["second_look"]
    assert (known["enters"], known["returns"], known["deadline"], known["region"]) == (["enter"], [], "", "")
    assert known["line"] == (
        f"web1 ({IDS['web1']}) is fresh: CentOS 7 (img-old) -> TencentOS 4 (img-new); "
        "system disk 50 -> 50 GiB, wiped; login: None; backup: none; rollback: no; hooks: none; policy: always."
    )
    assert os.listdir(controller.folder) == []


def test_what_other_tests_take_for_judged_has_the_shape_that_it_has(controller: Controller) -> None:
    found = controller.judge(controller.host())
    assert set(found) == {"hosts", "refused", "stops", "text"}
    assert set(found["hosts"]["web1"]) == set(about(begun()))


def test_what_the_tags_leave_out_is_not_done(controller: Controller) -> None:
    (controller.folder / "drain.yml").touch()
    host = controller.host(before_tasks="drain.yml")
    known = controller.judge(host, tags=["reset_instance_before"])["hosts"]["web1"]
    assert (known["do"], known["mark"]) == (done("before"), "")
    assert (known["enters"], known["returns"]) == ([], [])


def test_in_check_mode_nothing_is_reset_or_marked(controller: Controller) -> None:
    known = controller.judge(controller.host(), check=True)["hosts"]["web1"]
    assert (known["do"]["reset"], known["mark"], known["problems"]) == (False, "", [])
    assert "is fresh: CentOS 7" in known["line"]


@pytest.mark.parametrize(
    ("options", "tags", "enters"),
    [
        ({}, ["all"], ["enter"]),
        ({}, ["reset_instance_trust"], ["trust"]),
        ({}, ["reset_instance_login"], ["login"]),
        ({}, ["reset_instance_verify"], []),
        # Host keys are none of the role's business.
        ({"host_keys": "none"}, ["all"], ["login"]),
        ({"host_keys": "none"}, ["reset_instance_trust"], []),
        ({"login": False}, ["all"], []),
    ],
)
def test_how_the_new_system_is_entered(
    controller: Controller, options: dict[str, Any], tags: list[str], enters: list[str]
) -> None:
    known = controller.judge(controller.host(**options), tags=tags)["hosts"]["web1"]
    assert (known["problems"], known["enters"]) == ([], enters)


HOOKS = {"after_tasks": "set_up.yml,undrain.yml"}
THAT = {"verify_that": ["true"]}


@pytest.mark.parametrize(
    ("options", "tags", "returns"),
    [
        ({}, ["all"], []),
        (THAT, ["all"], ["conditions.yml"]),
        (HOOKS, ["all"], ["{}/set_up.yml", "{}/undrain.yml", "rescued.yml"]),
        ({"backup_keep_days": 7}, ["all"], ["tidy.yml"]),
        (
            {**THAT, **HOOKS, "backup_keep_days": 7},
            ["all"],
            ["conditions.yml", "{}/set_up.yml", "{}/undrain.yml", "rescued.yml", "tidy.yml"],
        ),
        ({**THAT, **HOOKS, "backup_keep_days": 7}, ["reset_instance_verify"], ["conditions.yml"]),
        (
            {**THAT, **HOOKS, "backup_keep_days": 7},
            ["reset_instance_after"],
            ["{}/set_up.yml", "{}/undrain.yml", "rescued.yml", "tidy.yml"],
        ),
        ({**THAT, **HOOKS, "backup_keep_days": 7}, ["reset_instance_login"], []),
    ],
)
def test_how_the_server_comes_back_into_service(
    controller: Controller, options: dict[str, Any], tags: list[str], returns: list[str]
) -> None:
    """The user's files by their whole paths, so that none is taken for one of the role's."""
    for name in ("set_up.yml", "undrain.yml"):
        (controller.folder / name).touch()
    known = controller.judge(controller.host(**options), tags=tags)["hosts"]["web1"]
    assert (known["problems"], known["returns"]) == ([], [one.format(controller.folder) for one in returns])


def test_what_later_tasks_are_told_of_the_call(controller: Controller) -> None:
    host = controller.host(frozen={"connection": {"region": "ap-a", "secret_id": "x"}}, backup_keep_days=1)
    known = controller.judge(host)["hosts"]["web1"]
    assert (known["region"], known["deadline"]) == ("ap-a", "1970-01-02T01:01:40Z")


def test_a_second_use_has_names_of_its_own(controller: Controller) -> None:
    one, two = (controller.judge(controller.host(), use=use)["hosts"]["web1"]["names"] for use in (1, 2))
    assert one["key"] == "run"
    assert two["key"] == "run-2"
    assert one["backup"] != two["backup"]
    assert one["report_file"] == two["report_file"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"plans": planned(outcome="refused", msg="No such image.")}, "No such image."),
        ({"plans": {}, "verify_address": False}, "The reset could not be planned."),
        ({"look": {"unreachable": True, "msg": "No route."}}, "The login to the present system fails"),
        ({"look": {"rc": 0, "stdout_lines": ["instance_id=ins-other"]}}, "10.0.0.1 is not proved to be ins-web00001."),
        ({"rollback": True}, "Nothing could be rolled back without a backup."),
        ({"after_tasks": "missing.yml"}, "There is no file "),
        ({"verify_that": ["a ==="]}, "'a ===': "),
        ({"login_settings": {}}, "Nobody could log in: "),
        ({"host_keys": "inject", "user_data": "#cloud-config\nssh_keys: {}\n"}, "reset_instance_user_data: "),
        ({"known_hosts_file": "/elsewhere"}, "ssh does not read /elsewhere for 10.0.0.1."),
        ({"state_dir": "/proc/none"}, "/proc/none cannot be written: "),
    ],
)
def test_what_is_refused(controller: Controller, options: dict[str, Any], words: str) -> None:
    problems = controller.problems(**options)
    assert len(problems) == 1
    assert words in problems[0]


def test_a_host_is_proved_by_what_it_says_or_else_by_its_address(controller: Controller) -> None:
    named = {"rc": 0, "stdout_lines": [f"instance_id={IDS['web1']}"]}
    controller.ssh["proxyjump"] = "gate"
    assert controller.problems(look=named, host_keys="none") == []
    (problem,) = controller.problems(host_keys="none")
    assert "is not proved to be" in problem
    del controller.ssh["proxyjump"]
    (problem,) = controller.problems(frozen={"way": {**WAY, "is_indirect": True}})
    assert "is not proved to be" in problem
    controller.ssh["hostname"] = "10.9.9.9"
    (problem,) = controller.problems(host_keys="none")
    assert problem.startswith("ansible_host: 10.9.9.9 is not proved to be")


def test_when_ssh_cannot_tell_the_host_is_refused(controller: Controller) -> None:
    controller.ssh = {"hostname": ""}
    (problem,) = controller.problems()
    assert "ssh cannot tell how it would connect to 10.0.0.1." in problem


def test_hooks_are_found_from_the_folder_of_the_playbook_and_each_read_once(controller: Controller) -> None:
    for name in ("drain.yml", "broken.yml"):
        (controller.folder / name).touch()
    hosts = [controller.host(name, before_tasks="drain.yml", failure_tasks="broken.yml") for name in ("web1", "web2")]
    found = controller.judge(*hosts)["hosts"]
    folder = str(controller.folder)
    assert found["web1"]["hooks"] == {
        "before": [f"{folder}/drain.yml"],
        "after": [],
        "failure": [f"{folder}/broken.yml"],
    }
    assert f"{folder}/broken.yml is not a list of tasks that Ansible can read: no list" in found["web2"]["problems"][0]
    assert sorted(controller.files) == [f"{folder}/broken.yml", f"{folder}/drain.yml"]


def test_passwords_need_a_program_until_ansible_can_type_them(
    controller: Controller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(controller.folder))
    options = {"login_settings": {"password": "hunter2-S3cret"}}
    assert "sshpass is missing" in controller.problems(core=(2, 18), **options)[0]
    assert controller.problems(core=(2, 19), **options) == []


@pytest.mark.parametrize(("has", "refused"), [(NEW, False), (OLD, True)])
def test_a_key_pair_must_be_one_of_this_controller(controller: Controller, has: str, refused: bool) -> None:
    run = controller.run

    def with_agent(words: Sequence[str]) -> str:
        return f"{has} me\n" if words[0] == "ssh-add" else run(words)

    controller.run = with_agent  # type: ignore[method-assign]
    pairs = {"results": [{"key_pairs": [{"key_id": "skey-1", "public_key": f"{NEW} comment"}, {"key_id": "skey-2"}]}]}
    problems = controller.problems(login_settings={"key_ids": ["skey-1"]}, pairs=pairs)
    assert bool(problems) is refused
    assert all("the private key of none of skey-1" in problem for problem in problems)


def test_what_an_earlier_run_has_kept_is_read(controller: Controller) -> None:
    earlier = controller.judge(controller.host())["hosts"]["web1"]["names"]
    (controller.folder / "state").mkdir(mode=0o700)
    state = Path(earlier["state_file"])
    state.write_text('{"nonce": "n"}', encoding="utf-8")
    state.chmod(0o600)
    assert controller.judge(controller.host())["hosts"]["web1"]["kept"] == {"nonce": "n"}
    state.chmod(0o644)
    (problem,) = controller.problems()
    assert "Others can read or write" in problem


# --- a batch


def wrong(controller: Controller, name: str, **options: Any) -> Memory:
    return controller.host(name, rollback=True, **options)


def test_one_that_is_refused_stops_the_batch(controller: Controller) -> None:
    found = controller.judge(controller.host("web1"), wrong(controller, "web2"))
    assert (found["refused"], found["stops"]) == (["web2"], True)
    assert (found["hosts"]["web1"]["problems"], len(found["hosts"]["web2"]["problems"])) == ([], 1)
    assert found["text"].splitlines() == [
        (
            "1 of 2 servers cannot be reset, and nothing was touched. Set reset_instance_stop_batch to false to go on "
            "without them."
        ),
        (
            "web2: reset_instance_rollback: Nothing could be rolled back without a backup. "
            "Set reset_instance_backup to snapshot or image."
        ),
    ]


@pytest.mark.parametrize(
    ("stop", "stops", "resets"),
    [
        ((True, True), True, (False, False)),
        ((False, False), False, (True, False)),
        ((False, True), False, (True, False)),
        ((True, False), False, (False, False)),
    ],
)
def test_nothing_is_done_with_what_is_refused_even_if_errors_are_ignored(
    controller: Controller, stop: tuple[bool, bool], stops: bool, resets: tuple[bool, bool]
) -> None:
    one = controller.host("web1", stop_batch=stop[0])
    found = controller.judge(one, wrong(controller, "web2", stop_batch=stop[1]))
    assert found["stops"] is stops
    for host, does in zip(("web1", "web2"), resets):
        known = found["hosts"][host]
        assert known["do"]["reset"] is does
        assert bool(known["mark"]) is does
        assert does or {key: known[key] for key in NOTHING} == NOTHING


def test_a_problem_is_told_once_with_the_hosts_that_have_it(controller: Controller) -> None:
    hosts = [
        wrong(controller, "web1"),
        wrong(controller, "web2"),
        controller.host("web3", plans={}, verify_address=False),
    ]
    first, *lines = controller.judge(*hosts)["text"].splitlines()
    assert first == "Nothing was touched."
    assert [line.partition(": ")[0] for line in lines] == ["web1, web2", "web3"]


def test_wrong_options_are_told_without_looking_any_further(controller: Controller) -> None:
    problem = {"option": "reset_instance_policy", "message": "M.", "fix": "F."}
    found = controller.judge(controller.host("web1", {"problems": [problem]}), controller.host("web2"))
    known = found["hosts"]["web1"]
    assert known["problems"] == ["reset_instance_policy: M. F."]
    assert {key: one for key, one in known.items() if key not in ("problems", "names")} == NOTHING
    assert known["names"]["report_file"] == "web1.json"
    assert not [call for call in controller.calls if call[-1] == "10.0.0.1"]
    assert found["refused"] == ["web1"]


def test_ssh_is_asked_for_each_host_and_all_are_scanned_at_once(controller: Controller) -> None:
    controller.judge(*(controller.host(name) for name in IDS))
    asked = sorted(call[-1] for call in controller.calls if call[0] == "ssh")
    (scanned,) = (call for call in controller.calls if call[0] == "ssh-keyscan")
    assert asked == scanned[-3:] == ["10.0.0.1", "10.0.0.2", "10.0.0.3"]


def test_nobody_is_scanned_who_cannot_answer_or_need_not(controller: Controller) -> None:
    unreachable = {"unreachable": True, "msg": "No route."}
    hosts = [
        controller.host("web1", look=unreachable, before_needs_login=False),
        controller.host("web2", host_keys="none"),
        controller.host("web3", plans=planned(IDS["web3"], outcome="unchanged")),
    ]
    controller.judge(*hosts)
    assert not [call for call in controller.calls if call[0] == "ssh-keyscan"]
