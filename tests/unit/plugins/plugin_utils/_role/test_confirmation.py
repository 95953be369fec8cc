# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which instances a play has, and whether exactly these were confirmed; tried as somebody would who wants another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.plugin_utils._role.begin import Surroundings
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.confirmation import (
    NOT_LOOKED_AT,
    NotConfirmed,
    guarded_id,
    lie,
    mistaken,
    other_accounts,
    refusal,
    refused,
    words_to_confirm,
)
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.judge import World
from ansible_collections.tencent.cloud.plugins.plugin_utils._role.steps import STEPS, Step
from tests.unit.support.roles import begun, variables

IDS = {"web1": "ins-1", "web2": "ins-2"}
BOTH = ("ins-1", "ins-2")


@pytest.mark.parametrize(
    ("confirmed", "ids", "part"),
    [
        (BOTH, IDS, False),
        (("ins-2", "ins-1"), IDS, False),
        (("ins-2", "ins-1", "ins-1"), IDS, False),
        # A slice of a job has some of them.
        (BOTH, {"web1": "ins-1"}, True),
        (BOTH, IDS, True),
        ((), {}, False),
    ],
)
def test_exactly_the_instances_of_the_play_are_confirmed(
    confirmed: tuple[str, ...], ids: Mapping[str, str], part: bool
) -> None:
    assert refusal(ids, confirmed, {}, slice_only=part) == ""


@pytest.mark.parametrize(
    ("confirmed", "ids", "part", "words"),
    [
        ((), IDS, False, "It is empty. Not confirmed: ins-1, ins-2."),
        (("ins-1",), IDS, False, "Not confirmed: ins-2."),
        ((*BOTH, "ins-3"), IDS, False, "Confirmed, but not in the play: ins-3."),
        (("ins-1", "ins-3"), IDS, False, "Not confirmed: ins-2. Confirmed, but not in the play: ins-3."),
        # A slice may have less than what was confirmed, and never more.
        (("ins-1",), IDS, True, "Not confirmed: ins-2."),
        ((), IDS, True, "It is empty."),
        # Nothing that only looks like an id of the play.
        (("ins-1", "ins-"), IDS, False, "Not confirmed: ins-2."),
        (("INS-1", "ins-2"), IDS, False, "Not confirmed: ins-1."),
        (("all",), IDS, False, "Not confirmed: ins-1, ins-2."),
        (("ins-1 ins-2",), IDS, False, "Not confirmed: ins-1, ins-2."),
        (("web1", "web2"), IDS, False, "Not confirmed: ins-1, ins-2."),
    ],
)
def test_another_confirmation_is_refused_and_told_what_to_give(
    confirmed: tuple[str, ...], ids: Mapping[str, str], part: bool, words: str
) -> None:
    text = refusal(ids, confirmed, {}, slice_only=part)
    assert text.startswith("reset_instance_confirm: it must name exactly the instances of this play, and nothing was")
    assert words in text
    assert "The play has web1 = ins-1, web2 = ins-2." in text
    assert text.endswith("-e reset_instance_confirm=ins-1,ins-2")


@pytest.mark.parametrize("part", [False, True])
@pytest.mark.parametrize(
    ("ids", "words"),
    [
        ({"web1": "ins-1", "web2": "", "web3": ""}, "it is not known of web2, web3."),
        ({"web1": "ins-1", "web2": "ins-1"}, "ins-1 belongs to more than one host of the play."),
    ],
)
def test_hosts_that_are_not_one_instance_each_are_refused_whatever_was_confirmed(
    ids: Mapping[str, str], words: str, part: bool
) -> None:
    for confirmed in ((), ("",), ("ins-1",), tuple(ids.values())):
        assert words in refusal(ids, confirmed, {}, slice_only=part)


def test_a_host_of_a_later_batch_that_lies_is_refused() -> None:
    text = refusal(IDS, BOTH, {"web2": ["cvm_instance_id", "cvm_region"]}, slice_only=False)
    assert "Of other hosts of the play there are facts" in text
    assert "web2 cvm_instance_id cvm_region. " in text


def test_what_confirms_can_be_pasted() -> None:
    assert words_to_confirm(BOTH) == "reset_instance_confirm=ins-1,ins-2"


# --- a batch


def frozen(host: str = "web1", **changes: Any) -> dict[str, Any]:
    """What is frozen of a host whose play was confirmed."""
    return begun(host, IDS[host], **{"confirm": BOTH, **changes})


@pytest.mark.parametrize(
    ("second", "words"),
    [
        ({}, ""),
        ({"confirm": ["ins-2", "ins-1"]}, ""),
        # Each by its own: what one host was told says nothing of another.
        ({"confirm": []}, "It is empty."),
        ({"confirm": ["ins-2"]}, "Not confirmed: ins-1."),
        ({"confirm": [*BOTH, "ins-3"]}, "not in the play: ins-3."),
        ({"confirm": [*BOTH, "ins-3"], "job_slice": True}, ""),
        # One that is only to be checked would be reset with the others.
        ({"check": True}, "check_mode: some hosts of the batch are only to be checked"),
        ({"check": True, "confirm": []}, "check_mode: some hosts"),
    ],
)
def test_each_host_of_a_batch_is_asked(second: dict[str, Any], words: str) -> None:
    for batch in ([frozen(), frozen("web2", **second)], [frozen("web2", **second), frozen()]):
        text = refused(batch, IDS, {})
        assert words in text
        assert bool(text) == bool(words)


@pytest.mark.parametrize(
    ("ids", "lying", "words"),
    [
        (IDS, {}, ""),
        ({"web1": "ins-1", "web2": ""}, {}, "it is not known of web2"),
        ({"web1": "ins-1", "web2": "ins-1"}, {}, "more than one host"),
        (IDS, {"web2": ["cvm_region"]}, "facts that pass for variables"),
    ],
)
def test_a_check_needs_no_confirmation_and_all_else(
    ids: Mapping[str, str], lying: Mapping[str, list[str]], words: str
) -> None:
    text = refused([frozen(check=True, confirm=[])], ids, lying)
    assert words in text
    assert bool(text) == bool(words)


# --- before each change

CONFIRMED = {"ids": IDS}


def test_a_host_that_was_confirmed_has_its_id() -> None:
    assert guarded_id("web1", frozen(), CONFIRMED, []) == "ins-1"


@pytest.mark.parametrize(
    ("host", "own", "confirmed"),
    [
        ("web1", {}, CONFIRMED),
        ("web1", {"host": "web1", "instance_id": ""}, CONFIRMED),
        ("web1", {"host": "web1", "instance_id": ""}, {"ids": {"web1": ""}}),
        ("web1", {"host": "web1", "instance_id": None}, {"ids": {"web1": None}}),
        # Not asked, refused, or of another play.
        ("web1", frozen(), {}),
        ("web1", frozen(), {"ids": {}, "failed": True}),
        ("web1", frozen(), {"ids": None}),
        ("web1", frozen(), {"ids": {"web2": "ins-1"}}),
        # Another's id, another's memory, or both.
        ("web1", {**frozen(), "instance_id": "ins-2"}, CONFIRMED),
        ("web1", frozen("web2"), CONFIRMED),
        ("web1", {**frozen("web2"), "instance_id": "ins-1"}, CONFIRMED),
        ("web2", frozen(), CONFIRMED),
        ("web3", {**frozen(), "host": "web3"}, CONFIRMED),
    ],
)
def test_what_was_not_confirmed_has_none(host: str, own: Mapping[str, Any], confirmed: Mapping[str, Any]) -> None:
    with pytest.raises(
        NotConfirmed, match=rf"^{host} is not the server that was confirmed\. Nothing was sent for it\.$"
    ):
        guarded_id(host, own, confirmed, [])


def test_a_host_that_lies_has_none_and_is_told_why() -> None:
    with pytest.raises(NotConfirmed) as refusal_:
        guarded_id("web1", frozen(), CONFIRMED, ["cvm_region"])
    assert str(refusal_.value) == lie(["cvm_region"])
    assert "no server may give: cvm_region." in lie(["cvm_region"])


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({"web1": frozen(), "web2": frozen("web2")}, ""),
        ({"web1": frozen(), "web2": {}}, ""),
        ({"web1": frozen(), "web2": frozen()}, "one has begun for web2."),
        ({"web1": frozen("web2"), "web2": frozen("web2")}, "one has begun for web1."),
    ],
)
def test_no_host_begins_for_another(found: Mapping[str, Mapping[str, Any]], words: str) -> None:
    text = mistaken(found)
    assert words in text
    assert bool(text) == bool(words)


@pytest.mark.parametrize(
    ("connections", "words"),
    [
        ([], ""),
        ([{}], ""),
        ([{}, {}], ""),
        ([{"secret_id": "id-1", "timeout": 5}, {"timeout": 5, "secret_id": "id-1"}], ""),
        # The region belongs to each call, and only that does.
        ([{"region": "ap-a", "secret_id": "id-1"}, {"region": "ap-b", "secret_id": "id-1"}], ""),
        ([{"region": "ap-a"}, {}], ""),
        ([{"secret_id": None}, {}], ""),
        ([{"secret_id": "id-1"}, {"secret_id": "id-2"}], "secret_id"),
        ([{"secret_id": "id-1"}, {"secret_id": "id-1"}, {"secret_id": "id-2"}], "secret_id"),
        ([{}, {"secret_id": "id-1"}], "secret_id"),
        ([{"timeout": 5}, {"timeout": "5"}], "timeout"),
        ([{"secret_key": "k1", "secret_id": "id-1"}, {"secret_key": "k2", "region": "ap-b"}], "secret_id, secret_key"),
    ],
)
def test_one_call_for_a_batch_has_one_account(connections: list[dict[str, Any]], words: str) -> None:
    for order in (connections, connections[::-1]):
        text = other_accounts({"connection": one} for one in order)
        assert text.startswith(f"module_defaults: {words} of the group tencent.cloud.all differs" if words else "")
        assert bool(text) == bool(words)
        # Not what differs: it is secret.
        assert not [one for one in ("id-1", "id-2", "k1", "k2", "ap-b") if one in text]


def test_a_host_without_connection_options_has_those_of_the_controller() -> None:
    assert other_accounts([{}, {"connection": None}, {"connection": {"region": "ap-a"}}]) == ""


# --- the step


def _around() -> Surroundings:
    raise AssertionError("the step asks what it has no use for")


def call(*hosts: Mapping[str, Any], play: Mapping[str, Any] | None = None, **changes: Any) -> Step:
    """The step of the first host of a batch.

    Args:
        hosts: the variables of the hosts of the batch.
        play: those of hosts of later batches.
    """
    names = [str(one["__reset_instance_begun"].get("host")) for one in hosts]
    everybody = {**dict(zip(names, hosts)), **(play or {})}
    own = {
        **hosts[0],
        "hostvars": everybody,
        "ansible_play_batch": names,
        "ansible_play_hosts_all": list(everybody),
    }
    world = World(run=lambda _words: "", read_tasks=lambda _path: None, core=(2, 19))
    arguments = {"step": "confirm", "phase": "preflight"}
    return Step(
        **{
            "arguments": arguments,
            "variables": own,
            "evaluate": lambda value: value,
            "around": _around,
            "world": world,
            "transport": "local",
            "now": 1000.0,
            **changes,
        }
    )


def host(name: str = "web1", **changes: Any) -> dict[str, Any]:
    """A host that has begun."""
    return {"__reset_instance_begun": frozen(name, **changes), "ansible_facts": {}}


def confirm(*hosts: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """The result of the step."""
    return STEPS["confirm"](call(*hosts, **changes))


def test_what_was_confirmed_is_kept_for_the_whole_play() -> None:
    assert confirm(host(), host("web2")) == {
        "ids": IDS,
        "batch": ["web1", "web2"],
        "run_id": "19700101T001640Z",
        "use": 1,
        "at": 1000.0,
    }


@pytest.mark.parametrize(
    ("second", "changes", "words"),
    [
        ({"barred": ["loop: no."]}, {}, "loop: no."),
        ({"confirm": []}, {}, "It is empty."),
        ({"instance_id": "ins-1"}, {}, "ins-1 belongs to more than one host"),
        ({"instance_id": ""}, {}, "it is not known of web2"),
        ({"connection": {"secret_id": "other"}}, {}, "module_defaults: secret_id of the group"),
        ({}, {"transport": "ssh"}, "localhost has the connection ssh,"),
        ({}, {"transport": "ansible.netcommon.local2"}, "localhost has the connection"),
    ],
)
def test_a_refusal_gives_out_no_ids_even_to_those_that_go_on(
    second: dict[str, Any], changes: dict[str, Any], words: str
) -> None:
    own = host("web2")
    own["__reset_instance_begun"] = {**frozen("web2"), **second}
    own["__reset_instance_begun"]["options"] = frozen("web2", confirm=second.get("confirm", BOTH))["options"]
    found = confirm(host(), own, **changes)
    assert (found["failed"], found["ids"]) == (True, {})
    assert words in found["msg"]
    after = {**host(), "__reset_instance_confirmed": found}
    with pytest.raises(NotConfirmed, match="Nobody has looked"):
        STEPS["judge"](call(after))


def test_localhost_may_be_local_by_its_full_name() -> None:
    assert "failed" not in confirm(host(), host("web2"), transport="ansible.builtin.local")


@pytest.mark.parametrize("step", ["confirm", "judge", "verdict"])
@pytest.mark.parametrize("registered", [{}, {"skipped": True, "changed": False}, {"failed": True, "msg": "no"}])
def test_a_step_without_the_first_one_is_refused_in_words(step: str, registered: dict[str, Any]) -> None:
    with pytest.raises(NotConfirmed) as refusal_:
        STEPS[step](call({"__reset_instance_begun": registered, "ansible_facts": {}}))
    assert str(refusal_.value) == NOT_LOOKED_AT


def test_a_host_that_when_has_left_out_has_no_account_of_its_own() -> None:
    own = [host(name, connection={"secret_id": "id-1"}) for name in IDS]
    left_out = {"__reset_instance_begun": {"skipped": True}, "cvm_instance_id": "ins-3", "ansible_facts": {}}
    found = call(*own, play={"web3": left_out})
    whole = found._replace(variables={**found.variables, "ansible_play_batch": [*IDS, "web3"]})
    assert "module_defaults" not in str(STEPS["confirm"](whole).get("msg"))


LATER = [
    ({"cvm_instance_id": "ins-2"}, "ins-2"),
    ({"reset_instance_instance_id": " ins-2 ", "cvm_instance_id": "ins-9"}, "ins-2"),
    ({"reset_instance_instance_id": None, "cvm_instance_id": "ins-2"}, "ins-2"),
    ({"reset_instance_instance_id": "", "cvm_instance_id": "ins-2"}, "ins-2"),
]


@pytest.mark.parametrize(("given", "_expected"), LATER)
def test_the_inventory_speaks_for_a_later_batch(given: dict[str, Any], _expected: str) -> None:
    assert confirm(host(), play={"web2": given})["ids"] == IDS


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "it is not known of web2"),
        ({"cvm_instance_id": "ins-9"}, "Not confirmed: ins-9."),
        ({"cvm_instance_id": "ins-2", "ansible_facts": {"cvm_instance_id": "ins-2"}}, "web2 cvm_instance_id. "),
        # One that when: has left out belongs to the play all the same.
        ({"__reset_instance_begun": {"skipped": True}}, "it is not known of web2"),
    ],
)
def test_a_later_batch_is_asked_too(given: dict[str, Any], words: str) -> None:
    assert words in confirm(host(), play={"web2": given})["msg"]


def test_what_an_earlier_batch_began_with_stays_though_its_inventory_says_otherwise() -> None:
    earlier = {**host("web2"), "cvm_instance_id": "ins-9", "reset_instance_instance_id": "ins-9"}
    assert confirm(host(), play={"web2": earlier})["ids"] == IDS


@pytest.mark.parametrize(
    ("given", "extra", "earlier", "expected"),
    [
        ({}, {}, "", "19700101T001640Z"),
        ({}, {}, "first", "first"),
        ({}, {"tower_job_id": 8}, "first", "8"),
        ({}, {"tower_job_id": 8, "awx_job_id": 7}, "first", "7"),
        ({"run_id": "mine"}, {"awx_job_id": 7}, "first", "mine"),
    ],
)
def test_all_batches_of_a_run_have_one_name(
    given: dict[str, Any], extra: dict[str, Any], earlier: str, expected: str
) -> None:
    before = {**host("web2"), "__reset_instance_confirmed": {"run_id": earlier} if earlier else {}}
    assert confirm({**host(**given), **extra}, play={"web2": before})["run_id"] == expected


def test_a_second_use_of_the_role_counts() -> None:
    again = {**host(), "__reset_instance_confirmed": {"use": 1, "ids": IDS}}
    assert confirm(again, host("web2"))["use"] == 2


def test_the_factory_makes_a_host_that_was_confirmed() -> None:
    own = variables(frozen())
    assert guarded_id("web1", own["__reset_instance_begun"], own["__reset_instance_confirmed"], []) == "ins-1"
