# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The preflight against the simulator's own table of refusals, which knows nothing of it."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._reset.desired import Desired
from ansible_collections.tencent.cloud.plugins.module_utils._reset.flow import Reset
from ansible_collections.tencent.cloud.plugins.module_utils._reset.preflight import RULES
from ansible_collections.tencent.cloud.plugins.module_utils._reset.request import ResetRequest
from ansible_collections.tencent.cloud.plugins.module_utils._reset.result import ResetResult
from tests.simulator.cvm import reset_checks, reset_rules
from tests.simulator.server.errors import ApiError
from tests.simulator.state import State
from tests.simulator.world import load_world
from tests.unit.support.simulated import NOW, Simulated, simulated

STATE = State(load_world(), NOW)
INSTANCES = {name: instance.region for name, instance in STATE.instances.items()}
PASSWORD = "Correct-Horse-7"
OURS = {"ProtectedInstance"}
"""What the preflight refuses of its own accord."""


@cache
def bench(api: str, region: str) -> Simulated:
    """One simulator for all that only read."""
    return simulated(api=api, region=region)


def preflight(api: str, desired: Desired, region: str) -> ResetResult:
    """What check mode says."""
    client = bench(api, region)
    return Reset(client.cvm, client.clock, desired).run(check=True)


def refusal(api: str, desired: Desired, region: str) -> str | None:
    """The code with which the simulator would refuse; none when it would accept."""
    found = STATE.instances.get(desired.instance_id)
    generation = "legacy" if api == "v2" else "v3"
    reset = reset_checks.Reset(
        STATE.world, generation, region, desired.as_wire(), found if found and found.region == region else None
    )
    try:
        reset_rules.check(reset)
    except ApiError as error:
        return error.code
    return None


def agrees(api: str, desired: Desired, region: str = "ap-guangzhou") -> bool:
    """Whether both refuse for the same rule, or neither does."""
    code, result = refusal(api, desired, region), preflight(api, desired, region)
    found = {problem.code for problem in result.problems}
    stands_for = {code for rule in RULES if rule.hard and rule.codes[0] in found for code in rule.codes}
    assert result.outcome == ("refused" if found else "planned")
    return code in stands_for if code else found <= OURS


# The older interface has no host for financial regions.
@pytest.mark.parametrize(
    ("api", "instance_id"),
    [(api, name) for api in ("v2", "v3") for name in INSTANCES if (api, name) != ("v2", "ins-finance1")],
)
def test_every_instance_with_every_image(api: str, instance_id: str) -> None:
    for image_id in [None, "img-00000000", *STATE.world.images]:
        desired = Desired(instance_id, image_id=image_id, password=PASSWORD)
        assert agrees(api, desired, INSTANCES[instance_id]), image_id


WISHES: list[dict[str, Any]] = [
    {"instance_id": "ins-1122"},
    {"instance_id": "ins-R8HR2UPY"},
    {"instance_id": "ins-00000000"},
    {"instance_id": "ins-finance1"},
    {"image_id": "ami-00000000"},
    {"disk_size": 49},
    {"disk_size": 50},
    {"disk_size": 500},
    {"instance_id": "ins-localssd", "disk_size": 60},
    {"image_id": "img-big100gb", "disk_size": 99},
    {"image_id": "img-big100gb", "disk_size": 100},
    {"key_ids": ("skey-1122",)},
    {"key_ids": ("skey-00000000",)},
    {"key_ids": ("skey-b4vakk62", "skey-1q8j7b93")},
    {"key_ids": ("skey-b4vakk62",), "image_id": "img-win2012r"},
    {"key_ids": ("skey-b4vakk62",), "password": PASSWORD},
    {"keep_image_login": True},
    *({"keep_image_login": True, "image_id": name} for name in ("img-qlzp4oea", "img-shared01", "img-pmqg1cw7")),
    *({"password": text} for text in ("abcdef1", "abcdef12", "abcdefgh", "a" * 29 + "1", "a" * 30 + "1", "aaaaaa((")),
    *({"password": text, "image_id": "img-win2012r"} for text in ("Abcdefghi12", "Abcdefghij12", "abcdefghij12")),
    *({"host_name": text} for text in ("a", "ab", "a" * 60, "a" * 61, "a.b", "a..b", "-ab", "a_b", "a.-b", "12")),
    *({"host_name": text, "image_id": "img-win2012r"} for text in ("a.b", "123", "a" * 15, "a" * 16, "1a")),
    {"user_data": "#!/bin/sh"},
    {"user_data": "x" * 12_288},
    {"user_data": "#!/bin/sh", "image_id": "img-nocloud1"},
]


@pytest.mark.parametrize("wishes", WISHES, ids=repr)
def test_every_kind_of_wish(wishes: dict[str, Any]) -> None:
    login = {} if {"password", "key_ids", "keep_image_login"} & set(wishes) else {"password": PASSWORD}
    assert agrees("v3", Desired(**{"instance_id": "ins-r8hr2upy", **login, **wishes}))


@pytest.mark.parametrize("states", [["RUNNING"], ["STOPPED"], ["STOPPING"]])
def test_an_operation_in_progress_refuses_in_both(states: list[str]) -> None:
    client = simulated(lag_seconds=0, reset_seconds=60, states_during_reset=states)
    client.cvm.reset_instance(ResetRequest("ins-r8hr2upy").as_wire())
    result = Reset(client.cvm, client.clock, Desired("ins-r8hr2upy", password=PASSWORD)).run()
    codes = {problem.code for problem in result.problems} - {"UnsupportedOperation.InstanceStateStopping"}
    assert codes == {"OperationDenied.InstanceOperationInProgress"}
    assert client.accepted == {"ins-r8hr2upy": 1}
    assert client.calls.count("ResetInstance") == 1
