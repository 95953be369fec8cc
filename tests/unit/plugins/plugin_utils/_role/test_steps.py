# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps that the role takes on the controller, each by a call such as the action plugin makes."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.plugin_utils._role.begin import Surroundings
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.confirmation import NOT_LOOKED_AT, NotConfirmed
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.judge import World
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.memory import PREFIX
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.requests import for_batch, for_host
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.steps import STEPS, Step
from tests.unit.support.role_hosts import WAY, begun, of_instance, planned, registered

ROLE = Path(__file__).resolve().parents[5] / "roles" / "reset_instance"
IDS = {"web1": "ins-web00001", "web2": "ins-web00002", "web3": "ins-web00003"}
CONFIRMED = list(IDS.values())
ARRIVED = {"after_hooks": True}


class Play:
    """A play over three hosts: the variables that each has, and the hosts that are still in it."""

    def __init__(self, folder: Path, *, check: bool = False, **options: Any) -> None:
        self.check = check
        self.now = 100.0
        self.transport = "ansible.builtin.local"
        self.batch = list(IDS)
        self.active = list(IDS)
        place = {"state_dir": str(folder / "state"), "report_dir": str(folder / "reports")}
        self.options = {"login": False, "confirm": CONFIRMED, **place, **options}
        self.hosts: dict[str, dict[str, Any]] = {
            host: {"inventory_hostname": host, "reset_instance_instance_id": own} for host, own in IDS.items()
        }

    def variables(self, host: str) -> dict[str, Any]:
        """What a task of a host sees."""
        return {
            **self.hosts[host],
            "hostvars": self.hosts,
            "ansible_play_hosts_all": list(IDS),
            "ansible_play_hosts": self.active,
            "ansible_play_batch": [one for one in self.batch if one in self.active],
            "role_path": str(ROLE),
            "playbook_dir": "/play",
        }

    def step(self, name: str, host: str = "web1", **arguments: Any) -> dict[str, Any]:
        """Take a step."""
        self.now += 1
        variables = self.variables(host)
        call = Step(
            arguments={"step": name, **arguments},
            variables=variables,
            evaluate=lambda value: value,
            around=lambda: self.around(host),
            world=World(self.run, lambda path: None, (2, 19)),
            transport=self.transport,
            now=self.now,
        )
        return STEPS[name](call)

    def around(self, host: str) -> Surroundings:
        return Surroundings(host, self.check, "linear", False, WAY, "", {}, {})

    def run(self, words: Sequence[str]) -> str:
        return ""

    def register(self, hosts: Sequence[str] | None = None, **found: Any) -> None:
        """What the tasks of some hosts, by default of the batch, have registered."""
        for host in self.batch if hosts is None else hosts:
            self.hosts[host].update(registered(**found))

    def begin(self) -> None:
        """Freeze the options of the batch."""
        for host in self.batch:
            self.hosts[host].update({f"reset_instance_{name}": value for name, value in self.options.items()})
            self.register([host], begun={**begun(host, IDS[host], self.now, **self.options), "check": self.check})

    def confirm(self) -> dict[str, Any]:
        """Begin, and confirm."""
        self.begin()
        found = self.step("confirm", self.batch[0])
        self.register(confirmed=found)
        return found

    def judge(self, **other: Any) -> dict[str, Any]:
        """Up to the end of preflight."""
        self.confirm()
        for host in self.batch:
            self.register([host], plans=planned(IDS[host]), **other)
        found = self.step("judge", self.batch[0])
        self.register(judged=found)
        for host in self.batch:
            self.register([host], preflight_ended=self.step("verdict", host, phase="preflight"), arrived=ARRIVED)
        return found

    def asked(self, what: str, hosts: Sequence[str] | None = None) -> list[str]:
        """The instances that a module is asked to do something with."""
        calls = for_batch(self.hosts, what, self.batch if hosts is None else hosts, whole=True)
        return [str(entry["instance_id"]) for one in calls.values() for entry in one["instances"]]

    def resets(self) -> dict[str, Any]:
        """What the reset of the whole batch registers."""
        groups = [of_instance("reset", IDS[host], outcome="done", changed=True)["results"][0] for host in self.batch]
        return {"results": groups}


@pytest.fixture
def play(tmp_path: Path) -> Play:
    return Play(tmp_path)


def test_every_step_that_the_action_may_be_asked_for() -> None:
    assert list(STEPS) == ["begin", "confirm", "judge", "verdict", "keep", "failure", "report"]


def test_what_a_host_begins_with_is_frozen_with_the_time(play: Play) -> None:
    found = play.step("begin")
    assert (found["host"], found["instance_id"], found["at"]) == ("web1", IDS["web1"], 101.0)


# --- the confirmation


def test_exactly_these_instances_were_confirmed(play: Play) -> None:
    assert play.confirm() == {"ids": IDS, "batch": list(IDS), "run_id": "19700101T000141Z", "use": 1, "at": 101.0}


@pytest.mark.parametrize(
    ("confirm", "words"),
    [
        ([], "It is empty."),
        (CONFIRMED[:2], "Not confirmed: ins-web00003."),
        ([*CONFIRMED, "ins-more"], "Confirmed, but not in the play: ins-more."),
    ],
)
def test_what_was_not_confirmed_is_refused_and_stays_so_when_errors_are_ignored(
    tmp_path: Path, confirm: list[str], words: str
) -> None:
    play = Play(tmp_path, confirm=confirm)
    found = play.confirm()
    assert found["failed"]
    assert words in found["msg"]
    with pytest.raises(NotConfirmed):
        play.judge()
    # What the action makes of that.
    play.register(judged={"failed": True, "msg": NOT_LOOKED_AT})
    assert play.asked("resets") == []
    for host in IDS:
        with pytest.raises(NotConfirmed):
            for_host(play.hosts, "id", host, whole=True)


def test_in_check_mode_nobody_need_confirm_but_nothing_else_may_be_wrong(tmp_path: Path) -> None:
    play = Play(tmp_path, confirm=[], check=True)
    assert "failed" not in play.confirm()
    play.hosts["web2"]["ansible_facts"] = {"reset_instance_confirm": CONFIRMED}
    assert play.confirm()["failed"]


def test_localhost_must_be_this_controller(play: Play) -> None:
    play.transport = "ssh"
    assert "localhost has the connection ssh" in play.confirm()["msg"]
    play.transport = "local"
    assert "failed" not in play.confirm()


def test_what_bars_one_host_bars_all_once(play: Play) -> None:
    play.begin()
    for host in IDS:
        play.hosts[host][f"{PREFIX}begun"]["barred"] = ["loop: no."]
    assert play.step("confirm")["msg"] == "loop: no."


def test_one_that_began_for_others_is_seen(play: Play) -> None:
    play.begin()
    play.register(begun=play.hosts["web1"][f"{PREFIX}begun"])
    assert "run_once: the role must be run for each host" in play.step("confirm")["msg"]


def test_a_later_batch_counts_by_the_inventory_until_it_begins(play: Play) -> None:
    play.batch = ["web1"]
    found = play.confirm()
    assert (found["ids"], found["batch"]) == (IDS, ["web1"])
    play.hosts["web2"]["reset_instance_instance_id"] = ""
    play.hosts["web2"]["cvm_instance_id"] = f" {IDS['web2']} "
    assert play.confirm()["ids"] == IDS
    del play.hosts["web2"]["cvm_instance_id"]
    assert "it is not known of web2" in play.confirm()["msg"]


def test_what_was_frozen_of_a_host_counts_and_not_what_its_variables_say_since(play: Play) -> None:
    play.begin()
    play.hosts["web2"]["reset_instance_instance_id"] = "ins-other"
    assert play.step("confirm")["ids"] == IDS


def test_the_facts_of_a_later_batch_are_looked_at_too(play: Play) -> None:
    play.batch = ["web1"]
    play.hosts["web3"]["ansible_facts"] = {"cvm_instance_id": IDS["web3"]}
    assert "web3 cvm_instance_id" in play.confirm()["msg"]


def test_all_batches_are_one_run(play: Play) -> None:
    play.batch = ["web1"]
    first = play.confirm()
    play.batch, play.now = ["web2", "web3"], 999.0
    second = play.confirm()
    assert (second["run_id"], second["use"], second["batch"]) == (first["run_id"], 1, ["web2", "web3"])


@pytest.mark.parametrize(
    ("options", "variables", "run_id"),
    [
        ({"run_id": "mine"}, {"awx_job_id": 1}, "mine"),
        ({}, {"awx_job_id": 4711, "tower_job_id": 1}, "4711"),
        ({}, {"tower_job_id": 4711}, "4711"),
        ({}, {}, "19700101T000141Z"),
    ],
)
def test_the_name_of_a_run(tmp_path: Path, options: dict[str, Any], variables: dict[str, Any], run_id: str) -> None:
    play = Play(tmp_path, **options)
    play.hosts["web1"].update(variables)
    assert play.confirm()["run_id"] == run_id


def test_each_use_of_the_role_in_a_play_has_a_number_and_the_same_run(play: Play) -> None:
    first, second = play.confirm(), play.confirm()
    assert (first["use"], second["use"], first["run_id"]) == (1, 2, second["run_id"])


def test_a_batch_counts_by_the_host_that_used_the_role_most(play: Play) -> None:
    """Else the second reset of web2 would find the backup of its first, and take it for its own."""
    play.batch = ["web2"]
    play.confirm()
    play.batch = ["web1", "web2"]
    assert play.confirm()["use"] == 2


def test_a_host_that_has_not_begun_is_not_in_the_batch(play: Play) -> None:
    play.begin()
    play.hosts["web2"].pop(f"{PREFIX}begun")
    assert play.step("confirm")["batch"] == ["web1", "web3"]


# --- judging, and the verdicts


def test_a_batch_for_which_all_is_well_goes_on(play: Play) -> None:
    found = play.judge()
    assert (found["refused"], found["stops"], sorted(found["hosts"])) == ([], False, list(IDS))
    assert "failed" not in found
    assert play.asked("resets") == CONFIRMED


def test_a_batch_with_a_problem_fails_as_a_whole(tmp_path: Path) -> None:
    play = Play(tmp_path, rollback=True)
    found = play.judge()
    assert (found["refused"], found["stops"]) == (list(IDS), True)
    ends = [play.step("verdict", host, phase="preflight") for host in IDS]
    assert [one["failed"] for one in ends] == [True] * len(IDS)
    assert [one["msg"] == found["text"] for one in ends] == [True, *[False] * (len(IDS) - 1)]
    assert play.asked("resets") == []


def test_a_batch_that_goes_on_without_some_says_nothing_of_them_yet(play: Play) -> None:
    play.options["stop_batch"] = False
    play.confirm()
    for host in ("web1", "web3"):
        play.register([host], plans=planned(IDS[host]), arrived=ARRIVED)
    found = play.step("judge")
    play.register(judged=found)
    assert (found["refused"], found["stops"]) == (["web2"], False)
    assert "failed" not in play.step("verdict", "web1", phase="preflight")
    assert play.step("verdict", "web2", phase="preflight")["failed"]
    assert play.asked("resets") == [IDS["web1"], IDS["web3"]]


def test_each_host_says_what_will_be_done_with_it(play: Play) -> None:
    play.judge()
    for host, own in IDS.items():
        shown = play.hosts[host][f"{PREFIX}preflight_ended"]
        assert shown["msg"].startswith(f"{host} ({own}) is fresh: CentOS 7 (img-old) -> CentOS 7 (img-old); ")
        assert (shown["_ansible_verbose_always"], shown["changed"]) == (True, False)


def test_a_host_that_failed_meanwhile_is_not_judged_and_not_reset(play: Play) -> None:
    play.confirm()
    play.active = ["web1", "web3"]
    for host in play.active:
        play.register([host], plans=planned(IDS[host]), arrived=ARRIVED)
    found = play.step("judge")
    play.register(judged=found)
    assert sorted(found["hosts"]) == ["web1", "web3"]
    assert play.asked("resets", play.active) == [IDS["web1"], IDS["web3"]]


@pytest.mark.parametrize(
    ("reset", "shown"),
    [
        ({"outcome": "done", "changed": True}, {"failed": None, "changed": True, "_ansible_verbose_always": True}),
        ({"outcome": "failed", "msg": "M.", "changed": True}, {"failed": True, "changed": True}),
    ],
)
def test_a_verdict_is_the_result_of_its_task(play: Play, reset: dict[str, Any], shown: dict[str, Any]) -> None:
    play.judge()
    play.register(["web2"], resets=of_instance("reset", IDS["web2"], **reset))
    found = play.step("verdict", "web2", phase="reset")
    assert {name: found.get(name) for name in shown} == shown
    assert found["msg"]
    assert found["at"] == play.now
    assert ("is_new" in found) is ("failed" not in found)


# --- keeping


def test_what_is_kept_of_each_host_and_a_first_report(play: Play, tmp_path: Path) -> None:
    play.judge()
    found = play.step("keep")
    assert sorted(found["hosts"]) == list(IDS)
    run = play.hosts["web1"][f"{PREFIX}confirmed"]["run_id"]
    reports = {
        path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (tmp_path / "reports" / run).iterdir()
    }
    assert {host: one["status"] for host, one in reports.items()} == dict.fromkeys(IDS, "running")
    assert len(list((tmp_path / "state").iterdir())) == 3


def test_nothing_is_kept_of_a_host_that_is_not_reset(play: Play) -> None:
    play.judge()
    play.hosts["web1"][f"{PREFIX}judged"]["hosts"]["web1"]["do"]["reset"] = False
    play.active = ["web1", "web3"]
    assert list(play.step("keep")["hosts"]) == ["web3"]


def test_nothing_is_kept_of_a_host_whose_rescue_comes_later(play: Play) -> None:
    play.judge()
    play.hosts["web1"]["ansible_failed_result"] = {"msg": "no"}
    assert list(play.step("keep", "web2")["hosts"]) == ["web2", "web3"]


def test_a_host_that_has_not_come_to_the_reset_is_not_kept_and_not_reset(play: Play) -> None:
    """A hook may end the role for it."""
    play.judge()
    play.hosts["web1"]["__reset_instance_judged"]["hosts"]["web1"]["do"]["before"] = True
    play.register(["web1"], arrived={})
    assert list(play.step("keep", "web2")["hosts"]) == ["web2", "web3"]
    assert play.asked("resets") == [IDS["web2"], IDS["web3"]]


def test_nothing_is_kept_in_check_mode(tmp_path: Path) -> None:
    play = Play(tmp_path, check=True)
    play.judge()
    play.hosts["web1"][f"{PREFIX}judged"]["hosts"]["web1"]["do"]["reset"] = True
    assert play.step("keep")["hosts"] == {}
    assert os.listdir(tmp_path) == []


def test_what_cannot_be_kept_is_told_and_that_host_alone_is_not_reset(play: Play) -> None:
    play.judge()
    Path(play.hosts["web2"][f"{PREFIX}judged"]["hosts"]["web2"]["names"]["state_file"]).mkdir(parents=True, mode=0o700)
    (Path(play.options["state_dir"])).chmod(0o700)
    found = play.step("keep")
    play.register(kept=found)
    assert "is no file. Remove it." in found["hosts"]["web2"]["error"]
    assert play.asked("resets") == [IDS["web1"], IDS["web3"]]
    play.register(resets=play.resets())
    ended = play.step("verdict", "web2", phase="reset")
    assert ended["failed"]
    assert "is no file. Remove it." in ended["msg"]
    assert "failed" not in play.step("verdict", "web1", phase="reset")


# --- a failure


def failed(play: Play, host: str, phase: str, **result: Any) -> dict[str, Any]:
    """The step after a failure of a host."""
    play.hosts[host]["ansible_failed_task"] = {"name": "T", "tags": [f"reset_instance_{phase}"]} if result else {}
    play.hosts[host]["ansible_failed_result"] = result
    found = play.step("failure", host)
    play.register([host], failure=found)
    return found


def test_a_failure_is_noted_with_what_may_be_done(tmp_path: Path) -> None:
    play = Play(tmp_path, backup="snapshot", rollback=True)
    play.judge()
    play.register(kept=play.step("keep"), resets=play.resets())
    assert failed(play, "web1", "login", msg="M.") == {
        "phase": "login",
        "task": "T",
        "message": "M.",
        "cleans_up": True,
        "goes_back": True,
    }
    ended = failed(play, "web2", "login")
    assert (ended["phase"], ended["goes_back"]) == ("reset", False)
    assert ended["message"] == "The play was ended for all hosts, since another one failed."


def test_a_server_in_order_is_not_given_up_for_a_log_that_cannot_be_written(tmp_path: Path) -> None:
    play = Play(tmp_path, backup="snapshot", rollback=True, policy="once", idempotency_key="key")
    play.judge()
    play.register(kept=play.step("keep"), resets=play.resets())
    play.register(logs={"results": [{"failed": True, "msg": "No answer."}]})
    ended = play.step("verdict", "web1", phase="after")
    play.register(["web1"], after_ended=ended)
    assert ended["failed"]
    found = failed(play, "web1", "after", msg=ended["msg"])
    assert (found["cleans_up"], found["goes_back"]) == (True, False)
    assert "The backup" in play.step("verdict", "web1", phase="failure")["msg"]


def test_what_may_still_run_is_left_alone(tmp_path: Path) -> None:
    play = Play(tmp_path, backup="snapshot", rollback=True)
    play.judge()
    play.register(["web1"], resets=of_instance("reset", IDS["web1"], outcome="unknown"))
    found = failed(play, "web1", "reset", msg="M.")
    assert (found["cleans_up"], found["goes_back"]) == (False, False)


# --- the report


def whole(play: Play) -> None:
    """All goes well."""
    play.judge()
    play.register(kept=play.step("keep"), resets=play.resets())
    for host in play.batch:
        ended = {"is_new": True, "user": "root", "port": 22, "at": play.now}
        play.register([host], reset_ended=ended, after_ended={"is_done": True, "at": play.now})


def statuses(found: Mapping[str, Any]) -> dict[str, str]:
    return {host: one["status"] for host, one in found["ansible_stats"]["data"]["reset_instance"].items()}


def state_of(play: Play, host: str) -> bool:
    return os.path.exists(play.hosts[host][f"{PREFIX}judged"]["hosts"][host]["names"]["state_file"])


def test_the_end_of_a_run_for_which_all_went_well(play: Play, tmp_path: Path) -> None:
    whole(play)
    found = play.step("report")
    assert statuses(found) == dict.fromkeys(IDS, "done")
    assert found["ansible_stats"]["aggregate"] is True
    run = play.hosts["web1"][f"{PREFIX}confirmed"]["run_id"]
    assert found["lines"] == [
        *(f"{host} ({own}): done" for host, own in IDS.items()),
        f"Report: {tmp_path}/reports/{run}/index.html",
    ]
    assert not any(state_of(play, host) for host in IDS)
    folder = tmp_path / "reports" / run
    assert sorted(os.listdir(folder)) == ["index.html", "web1.json", "web2.json", "web3.json"]
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    report = json.loads((folder / "web1.json").read_text(encoding="utf-8"))
    assert report == found["ansible_stats"]["data"]["reset_instance"]["web1"]


def test_one_that_failed_is_reported_with_the_others(play: Play) -> None:
    whole(play)
    play.active = ["web1", "web3"]
    failed(play, "web2", "login", msg="M.")
    play.hosts["web1"][f"{PREFIX}resets"]["results"][0]["results"][0]["request_id"] = "req-1"
    found = play.step("report")
    assert statuses(found) == {"web1": "done", "web2": "failed", "web3": "done"}
    assert found["lines"][:2] == [
        "web1 (ins-web00001): done (RequestId req-1)",
        "web2 (ins-web00002): failed in phase login",
    ]


def test_a_play_that_was_not_confirmed_has_failed(tmp_path: Path) -> None:
    play = Play(tmp_path, confirm=[])
    play.confirm()
    found = play.step("report")
    assert statuses(found) == dict.fromkeys(IDS, "failed")
    assert found["lines"] == [f"{host} ({own}): failed in phase confirm" for host, own in IDS.items()]
    assert os.listdir(tmp_path) == []


def test_in_check_mode_nothing_is_written(tmp_path: Path) -> None:
    play = Play(tmp_path, check=True)
    play.judge()
    assert statuses(play.step("report")) == dict.fromkeys(IDS, "planned")
    assert os.listdir(tmp_path) == []


CONFIRMS = f"To do it, give -e reset_instance_confirm={','.join(CONFIRMED)}"


def test_a_check_ends_with_the_words_that_confirm_the_whole_play(tmp_path: Path) -> None:
    play = Play(tmp_path, check=True)
    play.batch = ["web1", "web2"]
    play.judge()
    found = play.step("report")
    assert found["lines"] == ["web1 (ins-web00001): planned", "web2 (ins-web00002): planned", CONFIRMS]
    # For who confirms without pasting: of this batch alone, since Ansible adds up what each batch gives.
    data = found["ansible_stats"]["data"]
    assert data["reset_instance_confirm"] == ["ins-web00001", "ins-web00002"]
    plans = data["reset_instance_confirm_plans"]
    assert {one: text.partition(": ")[0] for one, text in plans.items()} == {
        "ins-web00001": "web1 (ins-web00001) is fresh",
        "ins-web00002": "web2 (ins-web00002) is fresh",
    }
    assert set(data) == {"reset_instance", "reset_instance_confirm", "reset_instance_confirm_plans"}


def test_what_cannot_be_reset_or_was_not_planned_is_not_to_be_confirmed(tmp_path: Path) -> None:
    refused = Play(tmp_path, check=True, rollback=True)
    refused.judge()
    unknown = Play(tmp_path, check=True)
    unknown.hosts["web2"]["ansible_facts"] = {"reset_instance_confirm": CONFIRMED}
    assert unknown.confirm()["failed"]
    unjudged = Play(tmp_path, check=True)
    unjudged.confirm()
    real = Play(tmp_path)
    whole(real)
    for play in (refused, unknown, unjudged, real):
        found = play.step("report")
        assert not [line for line in found["lines"] if "To do it" in line]
        assert set(found["ansible_stats"]["data"]) == {"reset_instance"}


ONCE = {"policy": "once", "idempotency_key": "key"}
BACK = {"rollback": {"kind": "snapshot"}}
SECOND = {"warned": {"texts": ["The second error."]}}


@pytest.mark.parametrize(
    ("options", "found", "is_there"),
    [
        ({}, {"after_ended": {"is_done": True}}, False),
        ({}, {"after_ended": {}}, True),
        ({}, {"failure": {"phase": "login", "cleans_up": True}}, False),
        ({}, {"failure": {"phase": "reset", "cleans_up": False}}, True),
        (ONCE, {"failure": {"phase": "login", "cleans_up": True}}, True),
        (ONCE, {"failure": {"phase": "login", "cleans_up": True}, **BACK}, False),
        (ONCE, {"failure": {"phase": "login", "cleans_up": True}, **BACK, **SECOND}, True),
        ({}, {"failure": {"phase": "login", "cleans_up": True}, **SECOND}, True),
    ],
)
def test_the_state_is_kept_for_whoever_may_go_on(
    tmp_path: Path, options: dict[str, Any], found: dict[str, Any], is_there: bool
) -> None:
    play = Play(tmp_path, **options)
    whole(play)
    play.register(["web1"], **{"after_ended": {}, **found})
    play.step("report")
    assert state_of(play, "web1") is is_there


def test_a_rollback_that_came_to_its_end_in_an_earlier_run_is_cleaned_up_after(play: Play) -> None:
    whole(play)
    play.register(["web1"], after_ended={}, failure={"phase": "reset", "cleans_up": False})
    play.hosts["web1"][f"{PREFIX}judged"]["hosts"]["web1"]["log_state"] = "rolled_back"
    play.step("report")
    assert not state_of(play, "web1")


def test_no_report_is_written_into_a_folder_of_others(play: Play, tmp_path: Path) -> None:
    whole(play)
    (tmp_path / "reports").chmod(0o777)
    before = {path: path.read_bytes() for path in (tmp_path / "reports").glob("*/*")}
    found = play.step("report")
    assert {path: path.read_bytes() for path in (tmp_path / "reports").glob("*/*")} == before
    assert statuses(found) == dict.fromkeys(IDS, "done")


def test_hosts_with_wrong_options_are_reported_too(play: Play) -> None:
    problem = {"option": "reset_instance_policy", "message": "M.", "fix": "F."}
    play.options["stop_batch"] = False
    play.begin()
    play.hosts["web2"][f"{PREFIX}begun"]["problems"] = [problem]
    play.register(confirmed=play.step("confirm"))
    for host in ("web1", "web3"):
        play.register([host], plans=planned(IDS[host]))
    play.register(judged=play.step("judge"))
    play.register(["web2"], preflight_ended=play.step("verdict", "web2", phase="preflight"))
    assert play.step("report")["lines"][1] == "web2 (ins-web00002): failed in phase preflight"


def test_two_uses_in_a_play_do_not_mix(play: Play) -> None:
    """As main.yml does it: what the first has left is emptied before the second begins."""
    whole(play)
    failed(play, "web1", "login", msg="M.")
    play.step("report")
    first = play.hosts["web1"][f"{PREFIX}judged"]["hosts"]["web1"]["names"]
    names = ["kept", "resets", "reset_ended", "after_ended", "judged", "failure", "preflight_ended"]
    play.register(**{name: {} for name in names})
    play.hosts["web1"].update(ansible_failed_task={}, ansible_failed_result={})
    play.judge()
    second = play.hosts["web1"][f"{PREFIX}judged"]["hosts"]["web1"]["names"]
    assert second["backup"] != first["backup"]
    assert second["state_file"] != first["state_file"]
    assert statuses(play.step("report")) == dict.fromkeys(IDS, "incomplete")
