# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules are asked for: one call for hosts that can share it, and nothing for what was not confirmed."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.plugin_utils._role.confirmation import (
    NOT_LOOKED_AT,
    NOT_WHOLE,
    NotConfirmed,
    lie,
)
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.memory import Memory
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.requests import (
    FOR_A_BATCH,
    FOR_A_HOST,
    for_batch,
    for_host,
    user_data_problem,
)
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.sample_key import sample_key
from tests.unit.support.host_keys import NEW, OLD
from tests.unit.support.roles import KEY_PAIR, PASSWORD, WAY, begun, planned, variables

INJECT = {"host_keys": "inject"}
BACK = {"backup": "image", "rollback": True, "rollback_login_settings": {"password": PASSWORD}}
NEW_SYSTEM = {"reset_ended": {"is_new": True, "user": "ubuntu", "port": 22}}
LIES = {"ansible_facts": {"reset_instance_image_id": "img-other"}}
ONCE = {"policy": "once", "idempotency_key": "k"}
OPTIONS_OF_A_TASK = {
    "wait_until_idle": 0,
    "wait_timeout": 1800,
    "wait_interval": 5.0,
    "settle_seconds": 375,
    "progress": True,
}


def host(number: int = 1, registered: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """The variables of a host that was confirmed and judged."""
    return variables(begun(f"web{number}", f"ins-{number}", **changes), **(registered or {}))


def judged(one: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The same host, judged otherwise."""
    name = one["__reset_instance_begun"]["host"]
    own = {**one["__reset_instance_judged"]["hosts"][name], **changes}
    return {**one, "__reset_instance_judged": {"hosts": {name: own}}}


def asked(what: str, *hosts: dict[str, Any]) -> dict[str, Any]:
    """What a batch asks a module for."""
    hostvars = {f"web{number}": one for number, one in enumerate(hosts, 1)}
    return for_batch(hostvars, what, list(hostvars), whole=True)


def of(what: str, one: dict[str, Any], name: str = "web1") -> Any:
    """What is asked of a host, or for it."""
    return for_host({name: one}, what, name, whole=True)


# --- who may ask


@pytest.mark.parametrize("what", FOR_A_BATCH)
def test_a_file_of_the_role_asks_nothing_for_a_batch(what: str) -> None:
    with pytest.raises(NotConfirmed) as refusal:
        for_batch({"web1": host()}, what, ["web1"], whole=False)
    assert str(refusal.value) == NOT_WHOLE


@pytest.mark.parametrize("what", FOR_A_HOST)
def test_a_file_of_the_role_asks_nothing_for_a_host(what: str) -> None:
    with pytest.raises(NotConfirmed) as refusal:
        for_host({"web1": host()}, what, "web1", whole=False)
    assert str(refusal.value) == NOT_WHOLE


UNSEEN: list[dict[str, Any]] = [
    {},
    {"__reset_instance_begun": begun("web1", "ins-1")},
    {**host(), "__reset_instance_judged": {"hosts": {"web2": {"stage": "fresh"}}}},
    {**host(), "ansible_facts": host()},
]
"""As with --start-at-task; the last has only what it says itself."""


@pytest.mark.parametrize("what", sorted({*FOR_A_HOST} - {"look"}))
@pytest.mark.parametrize("one", UNSEEN)
def test_nothing_is_asked_for_a_host_that_nobody_looked_at(what: str, one: dict[str, Any]) -> None:
    for name in ("web1", ""):
        with pytest.raises(NotConfirmed) as refusal:
            of(what, one, name)
        assert str(refusal.value) == NOT_LOOKED_AT


@pytest.mark.parametrize("what", FOR_A_BATCH)
def test_nothing_is_asked_for_hosts_that_have_not_begun(what: str) -> None:
    assert asked(what, {}, {"__reset_instance_begun": {"skipped": True}}) == {}
    assert asked(what) == {}


@pytest.mark.parametrize("what", FOR_A_BATCH)
@pytest.mark.parametrize("failed", [{"ansible_failed_result": {"msg": "no"}}, {"__reset_instance_failure": {"at": 1}}])
def test_nothing_is_asked_for_a_host_whose_rescue_comes_later(what: str, failed: dict[str, Any]) -> None:
    """Ansible counts it among the hosts of the batch until then."""
    wanted = {"backup": "image", "login_settings": {"key_ids": ["skey-1"]}, **ONCE}
    good, bad = host(2, NEW_SYSTEM, **wanted), {**host(1, NEW_SYSTEM, **wanted), **failed}
    assert asked(what, bad) == {}
    assert asked(what, bad, good) == for_batch({"web2": good}, what, ["web2"], whole=True) != {}
    assert asked(what, {**good, "ansible_failed_result": {}}) != {}


UNCONFIRMED: dict[str, dict[str, Any]] = {
    "not asked": {"__reset_instance_confirmed": {}},
    "refused": {"__reset_instance_confirmed": {"ids": {}, "failed": True}},
    "another id": {"__reset_instance_confirmed": {"ids": {"web1": "ins-2", "web2": "ins-1"}}},
    "another host": {"__reset_instance_confirmed": {"ids": {"web2": "ins-1"}}},
    "lies": LIES,
}


@pytest.mark.parametrize("case", UNCONFIRMED)
def test_nothing_is_changed_that_was_not_confirmed(case: str) -> None:
    registered = {**NEW_SYSTEM, "trusted": {"results": [{"host_keys": [OLD]}]}}
    registered["marker"] = {"stdout_lines": [f"host_key_a={NEW}"]}
    wrong = {**host(1, registered, **ONCE), **UNCONFIRMED[case]}
    right = host(2, registered, **ONCE)
    assert [one["instance_id"] for one in asked("resets", wrong, right)["reset ins-2"]["instances"]] == ["ins-2"]
    assert list(asked("resets", wrong, right)) == ["reset ins-2"]
    assert list(asked("logs", wrong, right)) == ["log ins-2"]
    for what in ("id", "trust", "renewed_keys"):
        assert of(what, right, "web2")
        with pytest.raises(NotConfirmed) as refusal:
            of(what, wrong)
        assert (str(refusal.value) == lie(["reset_instance_image_id"])) is (case == "lies")


@pytest.mark.parametrize("case", UNCONFIRMED)
def test_no_image_is_deleted_for_what_was_not_confirmed(case: str) -> None:
    old = [{"image_name": "reset-ins-1-old", "created_time": "1969-01-01T00:00:00Z"}]
    right = host(1, {"backups": {"images": old}}, backup="image", backup_keep_days=1)
    assert of("old_images", right) == old
    with pytest.raises(NotConfirmed):
        of("old_images", {**right, **UNCONFIRMED[case]})


def test_a_host_that_lies_may_still_be_told_what_was_found_out() -> None:
    """Its rollback begins with that."""
    assert of("own", host() | LIES)["stage"] == "fresh"
    assert of("kept", host() | LIES) == {}


def test_the_id_is_what_was_confirmed() -> None:
    assert of("id", host()) == "ins-1"


# --- plans and resets


def test_hosts_that_can_share_a_call_do() -> None:
    found = asked("resets", host(1), host(2, image_id="img-x"), host(3, connection={"region": "ap-a"}))
    assert {name: one["region"] for name, one in found.items()} == {"reset ins-1 ins-2": "", "reset ins-3": "ap-a"}
    login = {"login_settings": {"key_ids": [KEY_PAIR]}, "policy": "always", "override_protection": False}
    assert found["reset ins-1 ins-2"] == {
        "region": "",
        **OPTIONS_OF_A_TASK,
        "instances": [{"instance_id": "ins-1", **login}, {"instance_id": "ins-2", "image_id": "img-x", **login}],
    }


@pytest.mark.parametrize("name", OPTIONS_OF_A_TASK)
def test_what_belongs_to_a_task_parts_calls(name: str) -> None:
    other = False if OPTIONS_OF_A_TASK[name] is True else 7
    found = asked("resets", host(1), host(2, **{name: other}))
    assert [one[name] for one in found.values()] == [OPTIONS_OF_A_TASK[name], other]


def test_an_attached_reset_is_a_call_of_its_own_and_its_rollback_attaches_to_nothing() -> None:
    found = asked("plans", host(1, attach="request-1", **BACK), host(2), host(3, attach="request-3"))
    assert {name: one.get("attach") for name, one in found.items()} == {
        "plan ins-1 ins-3": {"ins-1": "request-1", "ins-3": "request-3"},
        "plan ins-2": None,
        "rollback ins-1": None,
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (BACK, [{"instance_id": "ins-1", "login_settings": {"password": PASSWORD}}]),
        ({**BACK, "rollback": False}, None),
        ({**BACK, "backup": "snapshot"}, None),
        # Only an image can tell whether its own login can be kept.
        ({**BACK, "rollback_login_settings": {"keep_image_login": True}}, None),
    ],
)
def test_the_way_back_is_planned_where_it_needs_a_login(changes: dict[str, Any], expected: Any) -> None:
    found = asked("plans", host(**changes))
    assert found.get("rollback ins-1", {}).get("instances") == expected
    assert "plan ins-1" in found


def test_a_host_with_wrong_options_is_not_planned() -> None:
    assert list(asked("plans", host(1, problems=[{"option": "x"}]), host(2))) == ["plan ins-2"]
    assert asked("key_pairs", host(1, problems=[{"option": "x"}])) == {}


@pytest.mark.parametrize(
    ("changes", "injects"),
    [
        (INJECT, True),
        ({}, False),
        ({**INJECT, "login": False}, False),
        ({**INJECT, "way": {**WAY, "kind": "winrm"}}, False),
        ({**INJECT, "way": {**WAY, "kind": "paramiko"}}, True),
        # The module is to judge it as it is.
        ({**INJECT, "user_data": "#cloud-config\nssh_keys: {}\n"}, False),
    ],
)
def test_a_plan_has_a_sample_of_the_host_key(changes: dict[str, Any], injects: bool) -> None:
    (entry,) = asked("plans", host(**changes))["plan ins-1"]["instances"]
    assert ("ed25519_private" in entry.get("user_data", "")) is injects
    assert injects or entry.get("user_data", "") == changes.get("user_data", "")


def test_user_data_that_cannot_take_a_host_key_is_told_without_its_text() -> None:
    assert user_data_problem(Memory(host(**INJECT))) == ""
    text = user_data_problem(Memory(host(user_data=f"#cloud-config\nssh_keys: {{x: {PASSWORD}}}\n")))
    assert "has ssh_keys itself" in text
    assert PASSWORD not in text


def test_a_reset_has_the_host_key_that_was_kept() -> None:
    key = sample_key()
    kept = {"hosts": {"web1": {"host_key": list(key)}}}
    (entry,) = asked("resets", host(1, {"kept": kept}, **INJECT))["reset ins-1"]["instances"]
    assert key[1] in entry["user_data"]
    (entry,) = asked("resets", host(1, **INJECT))["reset ins-1"]["instances"]
    assert "user_data" not in entry


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["reset ins-1"]),
        ({"stage": "resume"}, ["reset ins-1"]),
        ({"stage": "rollback"}, []),
        ({"do": {"reset": False, "backup": True}}, []),
        ({"do": {}}, []),
        ({"do": None}, []),
    ],
)
def test_only_what_is_to_be_reset_is(changes: dict[str, Any], expected: list[str]) -> None:
    assert list(asked("resets", judged(host(), **changes))) == expected


@pytest.mark.parametrize(("groups", "calls"), [("plan_groups", "plans"), ("reset_groups", "resets")])
def test_what_a_loop_goes_over_has_no_instances_since_ansible_shows_it(groups: str, calls: str) -> None:
    """They have passwords, user data and host keys; a task takes them from the calls by the same name."""
    secret = {"login_settings": {"password": PASSWORD}, "user_data": f"#!/bin/sh\n# {PASSWORD}\n"}
    back = {**BACK, "rollback_login_settings": {"password": f"{PASSWORD}-back"}}
    kept = {"kept": {"hosts": {"web2": {"host_key": list(sample_key())}}}}
    hosts = [host(1, **secret, **back), host(2, kept, attach="request-2", **INJECT)]
    found, whole = asked(groups, *hosts), asked(calls, *hosts)
    assert len(found) >= 2
    assert found == {
        name: {key: one for key, one in call.items() if key != "instances"} for name, call in whole.items()
    }
    assert all(call["instances"] for call in whole.values())
    assert not [word for word in (PASSWORD, "PRIVATE", "user_data", "login_settings") if word in str(found)]
    assert PASSWORD in str(whole)


# --- what is read, waited for and said


def test_key_pairs_are_read_once_for_each_region() -> None:
    hosts = [host(1, **BACK), host(2, login_settings={"key_ids": ["skey-2", KEY_PAIR]}), host(3, login=False)]
    hosts.append(host(4, connection={"region": "ap-a"}, **BACK | {"rollback_login_settings": {"key_ids": ["skey-4"]}}))
    hosts.append(host(5, connection={"region": "ap-b"}, login_settings={"password": PASSWORD}))
    # Without an image there is nothing that these would open.
    hosts.append(host(6, rollback_login_settings={"key_ids": ["skey-6"]}))
    assert asked("key_pairs", *hosts) == {
        "key pairs": {"region": "", "key_ids": [KEY_PAIR, "skey-2"]},
        "key pairs ap-a": {"region": "ap-a", "key_ids": [KEY_PAIR, "skey-4"]},
    }


def test_images_are_waited_for_that_an_earlier_run_may_have_begun() -> None:
    image = {"backup": "image", **ONCE}
    hosts = [host(1, **image), host(2, **image, backup_timeout=60), host(3, backup="snapshot", **ONCE)]
    hosts.append(host(4, backup="image"))
    (found,) = asked("images", *hosts).values()
    # Without an idempotency key it is the run's name that an earlier one may have had.
    assert [name[:14] for name in found["names"]] == ["reset-ins-1-k-", "reset-ins-2-k-", "reset-ins-4-ru"]
    assert (found["region"], found["seconds"]) == ("", 3600)
    assert asked("images", host(check=True, **image)) == {}


def test_only_new_systems_are_logged() -> None:
    hosts = [host(1, NEW_SYSTEM, **ONCE), host(2, **ONCE), host(3, NEW_SYSTEM)]
    hosts.append(host(4, NEW_SYSTEM, **{**ONCE, "idempotency_key": "other"}))
    assert asked("logs", *hosts) == {
        "log ins-1": {"region": "", "idempotency_key": "k", "instance_ids": ["ins-1"]},
        "log ins-4": {"region": "", "idempotency_key": "other", "instance_ids": ["ins-4"]},
    }


# --- host keys


@pytest.mark.parametrize(
    ("changes", "port", "key", "expected"),
    [
        ({}, 22, None, [{"state": "scanned", "port": 22}]),
        ({}, 2222, None, [{"state": "absent", "port": 22}, {"state": "scanned", "port": 2222}]),
        ({}, 22, ["private", "public"], [{"state": "present", "host_keys": ["public"], "port": 22}]),
        ({"trusts": False}, 22, None, []),
        ({"ssh": {"path": ""}}, 22, None, []),
    ],
)
def test_which_host_keys_are_entered(
    changes: dict[str, Any], port: int, key: list[str] | None, expected: list[dict[str, Any]]
) -> None:
    registered = {"reset_ended": {"is_new": True, "port": port}, "kept": {"hosts": {"web1": {"host_key": key}}}}
    found = of("trust", judged(host(1, registered), **changes))
    assert found == expected
    assert "private" not in str(found)


def test_the_port_of_the_old_system_is_the_one_that_was_kept() -> None:
    registered = {**NEW_SYSTEM, "kept": {"hosts": {"web1": {"port": 2200}}}}
    assert of("trust", host(1, registered))[0] == {"state": "absent", "port": 2200}


@pytest.mark.parametrize(
    ("said", "trusted", "expected"),
    [
        ([NEW], [OLD], [NEW]),
        ([OLD, NEW], [OLD], []),
        ([NEW], [], []),
        ([], [OLD], []),
        (["nonsense", ""], [OLD], []),
        (["nonsense", f"{NEW} root@web1"], [OLD], [NEW]),
    ],
)
def test_host_keys_that_were_renewed(said: list[str], trusted: list[str], expected: list[str]) -> None:
    registered = {
        "marker": {"stdout_lines": [f"host_key_{at}={key}" for at, key in enumerate(said)]},
        "trusted": {"results": [{"host_keys": trusted}]},
    }
    assert of("renewed_keys", host(1, registered)) == expected


def test_a_host_is_asked_nothing_before_its_reset_was_planned() -> None:
    own = {"__reset_instance_begun": begun("web1", "ins-1")}
    assert of("look", own) == of("look", {}, "") == ""
    assert "instance_id=" in of("look", {**own, "__reset_instance_plans": planned("ins-1")})
