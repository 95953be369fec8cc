# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module that reads and carries on the log, from its options to its exit, on a simulator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from ansible_collections.tencent.cloud.plugins.module_utils._reset.idempotency_entry import Entry, tag_key_of
from ansible_collections.tencent.cloud.plugins.module_utils._reset.instance_log import WRITE_SECONDS
from ansible_collections.tencent.cloud.plugins.module_utils._services.tag import InstanceTag
from ansible_collections.tencent.cloud.plugins.modules import cvm_reset_log
from tests.unit.support.modules import ADDED, Modules
from tests.unit.support.simulated import simulated

INSTANCE = "ins-r8hr2upy"
LOG = tag_key_of(INSTANCE)
DONE = Entry("K1", INSTANCE, "done", "0123456789ab", 1_760_000_300, "baseline", "request")
SHOWN = {
    "key": "K1",
    "state": "done",
    "request_id": "request",
    "baseline_id": "baseline",
    "expires_at": 1_760_000_300,
}


def write(modules: Modules, entry: Entry) -> None:
    InstanceTag(modules.bench.cvm.client, INSTANCE, LOG).set(entry.as_value())
    modules.bench.clock.sleep(10)


def run(modules: Modules, *, check: bool = False, **options: Any) -> Mapping[str, Any]:
    """One task, with the documented keys whatever it ends with."""
    result = modules(cvm_reset_log, check=check, **{"instance_id": INSTANCE, **options})
    assert set(result) - ADDED == set(yaml.safe_load(cvm_reset_log.RETURN))
    modules.bench.clock.sleep(10)
    return result


def test_it_reads(modules: Modules) -> None:
    assert run(modules)["log"] is None
    write(modules, DONE)
    result = run(modules)
    assert (result["changed"], result["log"], result["previous"]) == (False, SHOWN, SHOWN)


def test_an_entry_of_the_instance_that_this_one_was_cloned_from_is_none(modules: Modules) -> None:
    write(modules, DONE._replace(instance_id="ins-another1"))
    assert run(modules)["log"] is None


@pytest.mark.parametrize(("before", "after"), [("done", "finished"), ("failed", "rolling_back")])
def test_it_writes_once_and_not_in_check_mode(modules: Modules, before: str, after: str) -> None:
    write(modules, DONE._replace(state=before))
    asked = {"idempotency_key": "K1", "state": after}
    planned = run(modules, check=True, **asked)
    assert (planned["changed"], planned["log"]["state"]) == (True, after)
    assert run(modules)["log"]["state"] == before
    written = run(modules, **asked)
    assert (written["changed"], written["previous"]["state"]) == (True, before)
    assert run(modules)["log"] == {**SHOWN, "state": after}
    assert run(modules, **asked)["changed"] is False
    assert modules.bench.calls.count("DeleteTag") == 1


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ({"idempotency_key": "K2", "state": "finished"}, "OnceRefused", "'K1'"),
        ({"idempotency_key": "K1", "state": "rolled_back"}, "OnceRefused", "only when it is rolling_back"),
        ({"instance_id": "web-1"}, "InvalidOption", "instance_id: 'web-1' is not a valid id."),
        ({"region": ""}, "InvalidOption", "region"),
    ],
)
def test_what_is_refused_writes_nothing(
    modules: Modules, options: dict[str, Any], code: str, words: str, check: bool
) -> None:
    write(modules, DONE)
    result = run(modules, check=check, **options)
    assert (result["failed"], result["error"]["code"], result["changed"]) == (True, code, False)
    assert words in result["msg"]
    assert run(modules)["log"] == SHOWN


def test_what_was_written_a_moment_ago_is_waited_for(modules: Modules) -> None:
    modules.bench = simulated(tag_lag_seconds=3)
    write(modules, DONE._replace(state="accepted"))
    InstanceTag(modules.bench.cvm.client, INSTANCE, LOG).set(DONE.as_value())
    assert run(modules, idempotency_key="K1", state="finished")["log"]["state"] == "finished"


def test_what_another_run_has_written_meanwhile_is_not_written_over(modules: Modules) -> None:
    """A write that is lost slowly is not tried again after another key was claimed."""
    modules.bench = simulated(tag_lag_seconds=0)
    write(modules, DONE)
    newer = DONE._replace(key="K2", nonce="another", state="pending")
    foreign = {"operation": "tag", "instance_id": INSTANCE, "key": LOG, "value": newer.as_value()}
    modules.bench.simulator.faults(
        [
            {"kind": "hang", "action": "ModifyResourceTags", "when": "before", "seconds": WRITE_SECONDS + 1},
            {"kind": "foreign", "action": "ModifyResourceTags", "after_seconds": 1, **foreign},
        ]
    )
    assert run(modules, idempotency_key="K1", state="finished")["error"]["code"] == "NoAnswer"
    assert (run(modules)["log"]["key"], run(modules)["log"]["state"]) == ("K2", "pending")


def test_a_state_needs_the_key(modules: Modules) -> None:
    assert "idempotency_key" in modules(cvm_reset_log, instance_id=INSTANCE, state="finished")["msg"]
    assert modules.bench.calls == []
