# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What preflight refuses: each rule broken by one thing, and not by what comes close to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tencent.cloud.plugins.module_utils._engine.rules import broken
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.lines import plan_line
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.options import OPTIONS
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.problems import RULES, plan_problems, told
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.server import Server
from tests.unit.support.roles import (
    INSTANCE_ID,
    KEY_PAIR,
    LINUX,
    PASSWORD,
    UBUNTU,
    WAY,
    WINDOWS,
    begun,
    planned,
    server,
)

OTHER_PAIR = "skey-other000"
LOCAL = {**WAY, "kind": "local"}
WINRM = {**WAY, "kind": "winrm"}
BIG = {**UBUNTU, "system_disk": {"disk_size": 80}}
STOPPED = {"instance_state": "STOPPED"}
BY_PASSWORD = {"password": PASSWORD}
BY_IMAGE: dict[str, Any] = {"backup": "image", "rollback": True}
BACK_BY_KEY = {**BY_IMAGE, "rollback_login_settings": {"key_ids": [OTHER_PAIR]}}
BACK_BY_PASSWORD = {**BY_IMAGE, "rollback_login_settings": BY_PASSWORD}
INJECT = {"host_keys": "inject"}
SILENT = {"rc": 0, "stdout_lines": ["instance_id="]}
FAILED = {"rc": 255, "unreachable": True, "msg": "Permission denied\n (publickey)."}
EXTRA = {"login": ["ansible_user=root"], "passwords": ["ansible_password"]}
RESUMED = {"attach": "request-0"}
BY_KEY = {"policy": "once", "idempotency_key": "k"}
LOGIN_PROBLEM = {"code": "X", "option": "login_settings.password", "message": "It is weak.", "fix": "Give another."}
DISK_PROBLEM = {**LOGIN_PROBLEM, "option": "system_disk.disk_size"}


def logged(state: str, **changes: Any) -> dict[str, Any]:
    """The plan of an instance whose log knows the key `k`."""
    return planned(log={"key": "k", "state": state}, **changes)


def back(**changes: Any) -> dict[str, Any]:
    """What planning the way back has registered."""
    return planned(what="rollback", **changes)


def case(**changes: Any) -> Server:
    """The everyday server with differences: of what `server` takes, or else of what is frozen of it."""
    own = {
        name: changes.pop(name) for name in ("plans", "look", "back", *Server.__dataclass_fields__) if name in changes
    }
    return server(begun(**changes), **own)


PLAN = plan_line(case())
OTHERWISE = planned(before={**LINUX, "image_id": "img-other000"})

BROKEN: list[tuple[str, dict[str, Any], str]] = [
    ("Files", {"files": ["Others can write /s.", "There is no /r."]}, "Others can write /s. There is no /r."),
    ("Hook", {"hooks": ["There is no file /h."]}, "There is no file /h."),
    ("Condition", {"conditions": ["'a b': no."]}, "'a b': no."),
    ("OtherPlan", {"confirm_plans": {INSTANCE_ID: "It was\nelse."}}, "Confirmed: It was else."),
    ("OtherPlan", {"confirm_plans": {INSTANCE_ID: ""}}, "Confirmed: nothing"),
    (
        "OtherPlan",
        {"confirm_plans": {"ins-other000": PLAN}},
        f"is not what was confirmed. Now: {PLAN} Confirmed: nothing",
    ),
    ("OtherPlan", {"confirm_plans": {INSTANCE_ID: PLAN}, "plans": OTHERWISE}, "Now: "),
    ("Local", {"way": LOCAL}, "this controller would be taken for the new system"),
    ("NoLogin", {"look": FAILED}, "fails, and nothing was done. Permission denied (publickey)."),
    ("NoLogin", {"look": {"rc": 1, "stderr": "no shell"}}, "no shell"),
    ("NoLogin", {"look": {"unreachable": True}}, "The login to the present system fails, and nothing was done."),
    (
        "NoLogin",
        {"look": FAILED, "plans": planned(instance={"default_login_user": "ubuntu"})},
        "The API names the user ubuntu for the image that it runs, and ansible_user is root: set ansible_user:",
    ),
    ("NoLogin", {"look": FAILED, "login": False, "before_tasks": "a.yml"}, "fails"),
    ("NotProved", {"look": {"rc": 0, "stdout_lines": ["instance_id=ins-other000"]}}, "names ins-other000."),
    ("NotProved", {"look": SILENT, "is_address_own": False}, "10.0.0.1 is not proved to be ins-web00001."),
    ("NotProved", {"look": {}, "is_address_own": False}, "answers names none"),
    # Who speaks last on the server is its metadata service, whatever a profile has printed before.
    (
        "NotProved",
        {"look": {"rc": 0, "stdout_lines": [f"instance_id={INSTANCE_ID}", "instance_id=ins-other000"]}},
        "names ins-other000.",
    ),
    ("Overruled", {"overruling": {**EXTRA, "passwords": []}}, "log in to the new system: ansible_user=root."),
    ("Overruled", {"overruling": {**EXTRA, "login": []}}, "the password of the new system: ansible_password."),
    (
        "NobodyLogsIn",
        {"login_settings": {"keep_image_login": False}},
        "no password, no key_ids and no keep_image_login",
    ),
    ("NobodyLogsIn", {"login_settings": {}}, "Nobody could log in"),
    ("NoPrivateKey", {"controller_keys": {"BBBB"}}, f"the private key of none of {KEY_PAIR} "),
    (
        "NoPrivateKey",
        {**BACK_BY_KEY, "back": back(), "pair_keys": {KEY_PAIR: "AAAA", OTHER_PAIR: "BBBB"}},
        f"the private key of none of {OTHER_PAIR} ",
    ),
    ("NoSshpass", {"login_settings": BY_PASSWORD, "can_type_passwords": False}, "sshpass is missing"),
    ("OtherConnection", {"plans": planned(after=WINDOWS)}, "The new system is Windows, and ansible_connection (ssh)"),
    ("OtherConnection", {"plans": planned(before=WINDOWS)}, "The new system is Linux"),
    ("Stopped", {"plans": planned(instance=STOPPED)}, "a reset starts it"),
    ("Stopped", {"plans": planned(previous=STOPPED)}, "a reset starts it"),
    ("LostSnapshot", {"plans": planned(after=WINDOWS), "backup": "snapshot", "login": False}, "would then be lost"),
    ("GrownDisk", {"plans": planned(after=BIG), "backup": "snapshot", "rollback": True}, "changes the size"),
    ("NoBackup", {"rollback": True}, "Nothing could be rolled back without a backup."),
    ("NoWayBack", {**BACK_BY_PASSWORD, "back": back(problems=[LOGIN_PROBLEM])}, "It is weak. Give another."),
    # Without a list of problems the module has not even understood the options.
    ("NoWayBack", {**BACK_BY_PASSWORD, "back": back(msg="no such option")}, "It would not work: no such option"),
    ("Windows", {**INJECT, "plans": planned(before=WINDOWS, after=WINDOWS)}, "cannot be injected into Windows"),
    ("UserData", {**INJECT, "user_data_problem": "It has ssh_keys itself."}, "It has ssh_keys itself."),
    ("NoInjectedKey", {**INJECT, **RESUMED}, "not on this controller"),
]

CLOSE: list[tuple[str, dict[str, Any]]] = [
    ("nothing", {}),
    ("OtherPlan: the same", {"confirm_plans": {INSTANCE_ID: PLAN, "ins-other000": "else"}}),
    ("OtherPlan: written otherwise", {"confirm_plans": {INSTANCE_ID: PLAN.replace(" ", "\n ")}}),
    ("OtherPlan: another check", {"confirm_plans": {INSTANCE_ID: "else"}, "check": True}),
    ("OtherPlan: begun by an earlier run", {"confirm_plans": {INSTANCE_ID: "else"}, **RESUMED}),
    (
        "OtherPlan: nothing is left to do",
        {"confirm_plans": {INSTANCE_ID: "else"}, "plans": logged("finished", outcome="unchanged"), **BY_KEY},
    ),
    ("Local", {"way": LOCAL, "login": False}),
    ("NoLogin: broken on purpose", {"look": {**FAILED}, "before_needs_login": False}),
    ("NoLogin: not asked", {"look": {"skipped": True}}),
    ("NoLogin: not asked yet", {"look": {}}),
    ("NoLogin: nothing is done there", {"look": FAILED, "login": False}),
    ("NoLogin: begun by an earlier run", {"look": FAILED, **RESUMED}),
    ("NotProved: by its address", {"look": SILENT}),
    ("NotProved: by its word", {"is_address_own": False}),
    ("NotProved: not asked for", {"look": SILENT, "is_address_own": False, "verify_address": False}),
    ("NotProved: nothing is done there", {"look": {}, "is_address_own": False, "login": False}),
    (
        "NotProved: hooks that need no login",
        {"is_address_own": False, "look": {}, "login": False, "before_tasks": "a", "before_needs_login": False},
    ),
    ("NotProved: begun by an earlier run", {"look": {}, "is_address_own": False, **RESUMED}),
    ("Overruled", {"overruling": EXTRA, "login": False}),
    ("NobodyLogsIn: nobody has to", {"login_settings": {}, "login": False}),
    ("NobodyLogsIn: begun by an earlier run", {"login_settings": {}, **RESUMED}),
    ("NobodyLogsIn: the image's own", {"login_settings": {"keep_image_login": True}}),
    ("NoPrivateKey: one of two", {"controller_keys": {"BBBB"}, "pair_keys": {KEY_PAIR: "BBBB", OTHER_PAIR: "AAAA"}}),
    ("NoPrivateKey: the pair cannot be read", {"controller_keys": set(), "pair_keys": {}}),
    ("NoPrivateKey: nobody has to", {"controller_keys": set(), "login": False}),
    ("NoPrivateKey: no ssh", {"controller_keys": set(), "way": WINRM}),
    (
        "NoPrivateKey: it never goes back to an image",
        {**BACK_BY_KEY, "rollback": False, "pair_keys": {KEY_PAIR: "AAAA", OTHER_PAIR: "BBBB"}},
    ),
    ("NoSshpass: no password", {"can_type_passwords": False}),
    ("NoSshpass: nobody has to", {"login_settings": BY_PASSWORD, "can_type_passwords": False, "login": False}),
    ("NoSshpass: no ssh", {"login_settings": BY_PASSWORD, "can_type_passwords": False, "way": WINRM}),
    ("OtherConnection: nobody has to", {"plans": planned(after=WINDOWS), "login": False}),
    ("OtherConnection: from Windows to Windows", {"plans": planned(before=WINDOWS, after=WINDOWS), "way": WINRM}),
    (
        "OtherConnection: nothing is left to do",
        {"plans": logged("finished", outcome="unchanged", after=WINDOWS), **BY_KEY},
    ),
    ("Stopped: that is meant", {"plans": planned(instance=STOPPED), "allow_stopped": True}),
    ("Stopped: by an earlier run", {"plans": planned(instance=STOPPED), **RESUMED}),
    ("LostSnapshot: an image", {"plans": planned(after=WINDOWS), "backup": "image", "login": False}),
    ("LostSnapshot: Linux to Linux", {"backup": "snapshot"}),
    (
        "LostSnapshot: made by an earlier run",
        {"plans": planned(after=WINDOWS), "backup": "snapshot", "login": False, **RESUMED},
    ),
    ("GrownDisk: it is not restored", {"plans": planned(after=BIG), "backup": "snapshot"}),
    ("GrownDisk: an image", {"plans": planned(after=BIG), **BY_IMAGE}),
    ("NoBackup", {"rollback": True, "backup": "snapshot"}),
    ("NoWayBack: about something else", {**BACK_BY_PASSWORD, "back": back(problems=[DISK_PROBLEM], msg="no")}),
    ("NoWayBack: it works", {**BACK_BY_PASSWORD, "back": back()}),
    (
        "NoWayBack: begun by an earlier run",
        {**BACK_BY_PASSWORD, **BY_KEY, "plans": logged("done"), "back": back(problems=[LOGIN_PROBLEM])},
    ),
    ("Windows: scanned", {"plans": planned(before=WINDOWS, after=WINDOWS)}),
    ("UserData: scanned", {"user_data_problem": "It has ssh_keys itself."}),
    ("UserData: nobody has to log in", {**INJECT, "user_data_problem": "It has ssh_keys itself.", "login": False}),
    ("NoInjectedKey: it is there", {**INJECT, **RESUMED, "has_injected_key": True}),
    ("NoInjectedKey: it is yet to be made", INJECT),
]


def _server(changes: Mapping[str, Any]) -> Server:
    """The option and the problem that it may have are both called user_data."""
    own = dict(changes)
    problem = own.pop("user_data_problem", "")
    return case(**own, **({"user_data": problem} if problem else {}))


@pytest.mark.parametrize(("code", "changes", "words"), BROKEN)
def test_a_server_that_is_refused_for_one_reason(code: str, changes: dict[str, Any], words: str) -> None:
    (problem,) = broken(RULES, _server(changes))
    assert problem.code == code
    assert words in problem.message
    assert problem.message.strip() == problem.message
    assert plan_problems(_server(changes)) == []


@pytest.mark.parametrize("changes", [changes for _name, changes in CLOSE], ids=[name for name, _changes in CLOSE])
def test_a_server_that_comes_close_is_let_pass(changes: dict[str, Any]) -> None:
    assert broken(RULES, _server(changes)) == []


def test_every_rule_is_broken_by_some_server() -> None:
    found = [_server(changes) for _code, changes, _words in BROKEN]
    assert [rule.option for rule in RULES if not any(rule.find(one) for one in found)] == []


def test_every_rule_names_options_that_there_are_and_what_to_do() -> None:
    for rule in RULES:
        for name in rule.option.split(", "):
            assert name.removeprefix("reset_instance_") in OPTIONS or name in ("ansible_host", "ansible_connection")
        assert isinstance(rule.fix, str)
        assert rule.fix.endswith(".")
        assert rule.hard


def test_all_that_is_wrong_is_told_at_once() -> None:
    several = _server({"hooks": ["No."], "rollback": True, "plans": planned(instance=STOPPED)})
    assert [problem.code for problem in broken(RULES, several)] == ["Hook", "Stopped", "NoBackup"]
    assert told(broken(RULES, several)[1]).startswith("reset_instance_allow_stopped: The instance is stopped")


# --- what the modules refuse by themselves


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"outcome": "planned"}, []),
        ({"outcome": "unchanged"}, []),
        (
            {"outcome": "refused", "problems": [DISK_PROBLEM]},
            ["reset_instance_system_disk.disk_size: It is weak. Give another."],
        ),
        ({"outcome": "refused", "problems": [], "msg": "AuthFailure: no"}, ["AuthFailure: no"]),
        ({"outcome": "refused"}, ["The reset could not be planned."]),
        ({"outcome": ""}, ["The reset could not be planned."]),
        ({"outcome": "done"}, ["The reset could not be planned."]),
    ],
)
def test_a_plan_that_is_none(changes: dict[str, Any], expected: list[str]) -> None:
    assert plan_problems(case(plans=planned(**changes))) == expected


@pytest.mark.parametrize("plans", [{}, {"skipped": True}, {"results": []}, planned("ins-other000")])
def test_a_server_that_was_not_planned_is_refused(plans: dict[str, Any]) -> None:
    assert plan_problems(case(plans=plans)) == ["The reset could not be planned."]


def test_a_rollback_that_was_begun_needs_no_plan() -> None:
    assert plan_problems(case(plans=logged("rolling_back", outcome="refused", msg="no"), **BY_KEY)) == []
    assert plan_problems(case(plans=logged("failed", outcome="refused", msg="no"), **BY_KEY)) == ["no"]


# --- whatever is known, and whatever is secret

SIDES = st.fixed_dictionaries(
    {},
    optional={
        "platform": st.sampled_from([None, "Linux", "Windows"]),
        "system_disk": st.sampled_from([None, {}, {"disk_size": None}, {"disk_size": 80}]),
        "login": st.none(),
    },
)
PLANS = st.fixed_dictionaries(
    {},
    optional={
        "outcome": st.sampled_from([None, "", "planned", "unchanged", "refused"]),
        "instance": st.sampled_from([None, {}, {"instance_state": None}, STOPPED]),
        "previous": st.sampled_from([None, {}, STOPPED]),
        "log": st.sampled_from([None, {}, {"key": None, "state": None}, {"key": "k", "state": "done"}]),
        "problems": st.sampled_from([None, [], [LOGIN_PROBLEM]]),
        "msg": st.sampled_from([None, "", "no"]),
        "reason": st.none(),
        "before": st.one_of(st.none(), SIDES),
        "after": st.one_of(st.none(), SIDES),
    },
)
LOOKS = st.fixed_dictionaries(
    {},
    optional={
        "rc": st.sampled_from([0, 1]),
        "msg": st.none(),
        "stderr": st.none(),
        "unreachable": st.booleans(),
        "stdout_lines": st.sampled_from([None, [], [""], ["="], ["instance_id"]]),
    },
)
CHOSEN = st.fixed_dictionaries(
    {},
    optional={
        "login": st.booleans(),
        "backup": st.sampled_from(["none", "snapshot", "image"]),
        "rollback": st.booleans(),
        "host_keys": st.sampled_from(["scan", "inject", "none"]),
        "login_settings": st.sampled_from([{}, BY_PASSWORD]),
        "rollback_login_settings": st.sampled_from([{}, BY_PASSWORD, {"key_ids": [OTHER_PAIR]}]),
        "idempotency_key": st.sampled_from(["", "k"]),
        "policy": st.sampled_from(["always", "once"]),
    },
)


@settings(max_examples=200, deadline=None)
@given(PLANS, PLANS, LOOKS, CHOSEN)
def test_no_rule_is_upset_by_what_is_missing_and_none_shows_a_password(
    plan: dict[str, Any], way_back: dict[str, Any], look: dict[str, Any], chosen: dict[str, Any]
) -> None:
    one = case(plans=planned(**plan), back=back(**way_back), look=look, password="Old-Password-7", **chosen)
    texts = [*map(told, broken(RULES, one)), *plan_problems(one), plan_line(one)]
    assert PASSWORD not in " ".join(texts)
    assert "Old-Password-7" not in " ".join(texts)


def test_the_everyday_server_is_complete() -> None:
    """Otherwise a case might come close for another reason."""
    one = case()
    assert (one.is_fresh, one.contacts, one.trusts, one.is_proved, one.was_reached) == (True, True, True, True, True)
    assert (one.before, one.after) == (LINUX, UBUNTU)
