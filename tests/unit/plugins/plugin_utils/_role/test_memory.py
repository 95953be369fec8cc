# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the role remembers of a host: what its tasks have registered, and never what a server has said."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.plugin_utils._role.memory import Memory, memories, result_of
from tests.unit.support.roles import HOST, INSTANCE_ID, begun, planned, variables

OTHER = "ins-web00002"


@pytest.mark.parametrize("value", [None, "text", ["list"], 5, True])
def test_what_is_no_result_is_nothing(value: Any) -> None:
    memory = Memory({"__reset_instance_look": value})
    assert memory.get("look") == memory.get("marker") == {}


def test_a_host_without_anything_is_empty_everywhere() -> None:
    memory = Memory({})
    found = (memory.begun, memory.options, memory.judged, memory.kept, memory.plan, memory.way_back, memory.answer)
    assert found == ({},) * 7
    assert (memory.instance_id, memory.facts) == ("", [])


# --- what a server says


def test_what_a_server_says_is_not_what_a_task_registered() -> None:
    """No task has yet, with --start-at-task: then a fact has the name for itself."""
    own = variables()
    for name in ("begun", "confirmed", "judged"):
        full = f"__reset_instance_{name}"
        assert Memory({**own, "ansible_facts": {full: own[full]}}).get(name) == {}
        assert Memory({**own, "ansible_facts": {full: {"other": 1}}}).get(name) == own[full]
    assert Memory({**own, "ansible_facts": own}).facts == list(own)


@pytest.mark.parametrize("facts", [None, "text", ["__reset_instance_begun"]])
def test_facts_that_are_none_hide_nothing(facts: Any) -> None:
    memory = Memory(variables(ansible_facts=facts))
    assert memory.instance_id == INSTANCE_ID
    assert memory.facts == []


@pytest.mark.parametrize("registered", [{"skipped": True, "changed": False}, {"failed": True, "msg": "no"}, {}])
def test_a_host_that_did_not_begin_has_not_begun(registered: dict[str, Any]) -> None:
    assert Memory({"__reset_instance_begun": registered}).begun == {}


# --- of which host


def test_what_was_judged_and_kept_is_of_this_host_alone() -> None:
    own = variables()
    hosts = {"web2": {"stage": "other"}, "": {"stage": "nobody"}}
    assert Memory({**own, "__reset_instance_judged": {"hosts": hosts}}).judged == {}
    assert Memory({"__reset_instance_judged": {"hosts": hosts}}).judged == {}
    assert Memory({**own, "__reset_instance_kept": {"hosts": hosts}}).kept == {}


def test_what_this_run_has_kept_comes_before_what_an_earlier_one_has() -> None:
    own = variables()
    own["__reset_instance_judged"]["hosts"][HOST]["kept"] = {"nonce": "old"}
    assert Memory(own).kept == {"nonce": "old"}
    assert Memory({**own, "__reset_instance_kept": {"hosts": {HOST: {"nonce": "new"}}}}).kept == {"nonce": "new"}


def test_the_memory_of_each_host_is_read_raw_where_ansible_can() -> None:
    class HostVars(dict[str, Any]):
        """Evaluating takes long, and may fail."""

        def __getitem__(self, host: str) -> Any:
            raise AssertionError(host)

        def raw_get(self, host: str) -> Any:
            """The variables as they are."""
            return variables(begun(host))

    found = memories(HostVars(), ["web1", "web2"])
    assert [memory.begun["host"] for memory in found.values()] == list(found) == ["web1", "web2"]
    assert memories({"web1": {}}, ["web1"])["web1"].begun == {}


# --- results of loops over groups of instances


def group(item: str, **changes: Any) -> dict[str, Any]:
    """What one call of a module has registered in a loop."""
    return {"item": {"key": item, "value": {}}, **changes}


OWN = {"instance_id": INSTANCE_ID, "outcome": "done"}


@pytest.mark.parametrize(
    ("item", "what", "found"),
    [
        (f"reset {INSTANCE_ID}", "reset", True),
        (f"reset {OTHER} {INSTANCE_ID}", "reset", True),
        (f"plan {INSTANCE_ID}", "reset", False),
        (f"reset {INSTANCE_ID}", "plan", False),
        (f"reset {INSTANCE_ID}0", "reset", False),
        ("reset", "reset", False),
        ("", "reset", False),
    ],
)
def test_a_result_is_that_of_a_group_with_the_instance(item: str, what: str, found: bool) -> None:
    registered = {"results": [group(item, results=[{"instance_id": OTHER, "outcome": "failed"}, OWN])]}
    assert result_of(registered, INSTANCE_ID, what) == ({**OWN, "changes": {}} if found else {})


def test_the_changes_are_those_of_the_instance() -> None:
    diff = [{"before_header": OTHER, "after": 1}, {"before_header": INSTANCE_ID, "after": 2}]
    registered = {"results": [group(f"plan {OTHER} {INSTANCE_ID}", results=[OWN], diff=diff)]}
    assert result_of(registered, INSTANCE_ID, "plan")["changes"]["after"] == 2


@pytest.mark.parametrize(
    ("ended", "outcome"),
    [
        # The module judged the options, and sent nothing.
        ({"results": [], "msg": "no", "problems": [1]}, "refused"),
        ({"results": None, "msg": "no"}, "refused"),
        ({"results": [{"instance_id": OTHER, "outcome": "done"}]}, "refused"),
        # It was cut off, and may have sent.
        ({"msg": "timeout", "failed": True}, ""),
        ({}, ""),
    ],
)
def test_a_group_that_ended_early_speaks_for_its_instances(ended: dict[str, Any], outcome: str) -> None:
    registered = {"results": [group(f"reset {INSTANCE_ID}", **ended)]}
    found = result_of(registered, INSTANCE_ID, "reset")
    assert found["outcome"] == outcome
    assert (found["msg"], found["problems"]) == (ended.get("msg"), ended.get("problems"))


@pytest.mark.parametrize("registered", [{}, {"skipped": True}, {"results": None}, {"results": [{"skipped": True}]}])
def test_a_loop_that_did_not_run_has_no_results(registered: dict[str, Any]) -> None:
    assert result_of(registered, INSTANCE_ID, "reset") == {}


def test_plan_way_back_and_answer_are_told_apart() -> None:
    plans = [*planned(reason="a")["results"], *planned(what="rollback", reason="b")["results"]]
    resets = planned(what="reset", reason="c")
    memory = Memory(variables(plans={"results": plans}, resets=resets))
    assert [one["reason"] for one in (memory.plan, memory.way_back, memory.answer)] == ["a", "b", "c"]
