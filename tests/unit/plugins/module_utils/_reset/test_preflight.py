# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of rules as a whole: what it covers, that it reports everything at once, and that nothing upsets it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.tencent.cloud.plugins.module_utils._engine.rules import broken
from ansible_collections.tencent.cloud.plugins.module_utils._reset.desired import SERVICES, Context, Desired, Facts
from ansible_collections.tencent.cloud.plugins.module_utils._reset.flow import Reset
from ansible_collections.tencent.cloud.plugins.module_utils._reset.plan import make_plan
from ansible_collections.tencent.cloud.plugins.module_utils._reset.preflight import RULES
from ansible_collections.tencent.cloud.plugins.module_utils._user_data_formats import FAULTS
from tests.simulator.cvm.reset_rules import RULES as DOCUMENTED
from tests.unit.support.simulated import simulated
from tests.unit.support.situations import CURRENT, INSTANCE_ID, KEY_ID, TARGET, WINDOWS, Case

CODES = yaml.safe_load((Path(__file__).parents[3] / "data" / "reset_codes.yaml").read_text())
OWN_CODES = {
    *("ProtectedInstance", "UnexpectedInstance", "UnknownParameter", "NoLoginSettings", "SystemDiskIdChanges"),
    *("InstanceStarts", *(fault.code for fault in FAULTS)),
}
"""Codes of rules that stand for none of ResetInstance."""


def test_each_of_the_67_codes_is_predicted_or_excused_once() -> None:
    predicted, excused = CODES["predicted"], CODES["not_predictable"]
    assert set(predicted) & set(excused) == set()
    assert len(predicted) + len(excused) == 67
    assert set(predicted) | set(excused) == {rule.code for rule in DOCUMENTED}
    assert all(excused.values())


@pytest.mark.parametrize(("code", "option"), CODES["predicted"].items())
def test_a_predicted_code_has_a_rule_that_refuses(code: str, option: str) -> None:
    assert any(rule.hard and rule.option == option and code in rule.codes for rule in RULES)


def test_no_rule_stands_for_any_other_code() -> None:
    codes = {code for rule in RULES for code in rule.codes}
    assert codes == set(CODES["predicted"]) | OWN_CODES


def test_every_rule_says_what_to_do() -> None:
    assert all(rule.fix.strip() and rule.option and rule.codes for rule in RULES)


def test_all_problems_come_in_one_answer() -> None:
    case = Case(
        desired={
            "expected": {"instance_name": "web-2"},
            "disk_size": 40,
            "password": "x",
            "key_ids": ("skey-1", KEY_ID, "skey-99999999"),
            "keep_image_login": True,
            "host_name": "a..b",
            "user_data": "x" * 20_000,
        },
        instance={
            "instance_state": "RESCUE_MODE",
            "latest_operation_state": "OPERATING",
            "restrict_state": "EXPIRED",
            "instance_charge_type": "SPOTPAID",
            "disable_api_termination": True,
            "memory": 1,
        },
        image={
            **WINDOWS,
            "os_name": "Windows Server 2016",
            "image_size": 100,
            "image_state": "CREATING",
            "architecture": "arm",
            "license_type": "BYOL",
            "is_support_cloudinit": False,
        },
    )
    plan = make_plan(case.context)
    assert [problem.option for problem in plan.problems] == [
        *("instance_id",) * 4,
        "override_protection",
        "expected",
        "system_disk.disk_size",
        *("image_id",) * 5,
        *("login_settings.key_ids",) * 2,
        "login_settings",
        "login_settings.key_ids",
        "login_settings.keep_image_login",
        "login_settings.password",
        "host_name",
        *("user_data",) * 2,
    ]
    assert all(problem.code and problem.message and problem.fix for problem in plan.problems)
    assert {warning.code for warning in plan.warnings} == {"SystemDiskIdChanges", "UserDataNotRecognized"}


def test_hard_and_soft_are_kept_apart() -> None:
    context = Case({"password": None, "host_name": "-"}).context
    assert [problem.option for problem in broken(RULES, context)] == ["host_name"]
    assert [problem.code for problem in broken(RULES, context, hard=False)] == ["NoLoginSettings"]


# --- nothing upsets a rule

TEXT = st.none() | st.text(max_size=20)
NAMES = st.sampled_from([None, "", "Windows", "Windows Server 2019", "CentOS", "arm", "x86_64", "NORMAL", "STOPPED"])
COUNT = st.none() | st.integers(-10, 200)
DISK = {"disk_type": NAMES | TEXT, "disk_size": COUNT, "disk_id": TEXT}
INSTANCE: dict[str, st.SearchStrategy[Any]] = {
    "image_id": st.sampled_from([CURRENT, TARGET, None]),
    "memory": st.none() | st.floats(0, 64),
    "system_disk": st.none() | st.fixed_dictionaries({}, optional=DISK),
    "private_ip_addresses": st.none() | st.lists(st.just("10.0.0.1")),
    "tags": st.none() | st.dictionaries(st.text(max_size=3), st.text(max_size=3)),
    "login_settings": st.none() | st.fixed_dictionaries({}, optional={"key_ids": st.none() | st.just([KEY_ID])}),
    "disable_api_termination": st.none() | st.booleans(),
    **dict.fromkeys(
        ("instance_state", "restrict_state", "instance_charge_type", "stop_charging_mode", "os_name", "instance_name"),
        NAMES | TEXT,
    ),
    **dict.fromkeys(("license_type", "host_name", "latest_operation", "latest_operation_state"), NAMES | TEXT),
}
IMAGE: dict[str, st.SearchStrategy[Any]] = {
    "image_size": COUNT,
    "image_deprecated": st.none() | st.booleans(),
    "is_support_cloudinit": st.none() | st.booleans(),
    **dict.fromkeys(
        ("platform", "os_name", "image_name", "image_type", "image_state", "architecture", "license_type"), NAMES | TEXT
    ),
}
WANTED = st.builds(
    Desired,
    instance_id=st.sampled_from([INSTANCE_ID, ""]) | st.text(max_size=20),
    image_id=st.sampled_from([None, CURRENT, TARGET]) | st.text(max_size=20),
    disk_size=COUNT,
    password=TEXT,
    key_ids=st.lists(st.just(KEY_ID) | st.text(max_size=9), max_size=3).map(tuple),
    keep_image_login=st.booleans(),
    enhanced_service=st.dictionaries(st.sampled_from(SERVICES), st.booleans()),
    host_name=TEXT,
    user_data=TEXT,
    policy=st.sampled_from(["always", "image_differs", "once"]),
    idempotency_key=st.sampled_from([None, "CHG-1"]) | st.text(max_size=9),
    expected=st.fixed_dictionaries(
        {},
        optional={
            **dict.fromkeys(("instance_name", "image_id", "private_ip_address"), TEXT),
            "tags": st.none() | st.dictionaries(st.text(max_size=3), st.text(max_size=3) | st.integers()),
        },
    ),
    override_protection=st.booleans(),
)
FACTS = st.builds(
    Facts,
    api=st.sampled_from(["v2", "v3"]),
    region=st.sampled_from(["ap-guangzhou", "ap-hongkong", ""]),
    instance=st.none() | st.fixed_dictionaries({}, optional=INSTANCE),
    images=st.dictionaries(st.sampled_from([CURRENT, TARGET]), st.fixed_dictionaries({}, optional=IMAGE)),
    key_pairs=st.dictionaries(st.just(KEY_ID), st.just({})),
    asked=st.frozensets(st.sampled_from(["instance", CURRENT, TARGET, KEY_ID])),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(desired=WANTED, facts=FACTS)
def test_no_facts_upset_a_rule_or_the_plan(desired: Desired, facts: Facts) -> None:
    plan = make_plan(Context(desired, facts))
    assert all(isinstance(text, str) and text for problem in [*plan.problems, *plan.warnings] for text in problem)
    assert set(plan.before) == set(plan.after)


# --- and by the engine

BAD = Desired(
    "ins-rescue01",
    image_id="img-big100gb",
    disk_size=40,
    password="x",
    key_ids=("skey-b4vakk62", "skey-99999999"),
    host_name="-",
)


@pytest.mark.parametrize("check", [True, False])
def test_the_same_problems_in_check_mode_and_in_a_real_run_and_nothing_sent(check: bool) -> None:
    bench = simulated()
    result = Reset(bench.cvm, bench.clock, BAD).run(check=check)
    assert result.outcome == "refused"
    assert [problem.option for problem in result.problems] == [
        "instance_id",
        "system_disk.disk_size",
        "image_id",
        "login_settings.key_ids",
        "login_settings",
        "login_settings.password",
        "host_name",
    ]
    assert bench.calls == ["DescribeInstances", "DescribeImages", "DescribeKeyPairs"]


def test_a_vanished_current_image_costs_one_more_call() -> None:
    bench = simulated(instances={"ins-r8hr2upy": {"ImageId": "img-gone0000", "OsName": "CentOS"}})
    desired = Desired("ins-r8hr2upy", image_id="img-pmqg1cw7", password="Abcdef12")
    assert Reset(bench.cvm, bench.clock, desired).run(check=True).outcome == "planned"
    assert bench.calls in (["DescribeInstances", "DescribeImages"], ["DescribeInstances", *["DescribeImages"] * 2])


def test_malformed_ids_ask_nothing() -> None:
    bench = simulated()
    desired = Desired("ins-1122", image_id="ami-1", key_ids=("skey-1122",))
    result = Reset(bench.cvm, bench.clock, desired).run()
    assert [problem.option for problem in result.problems] == ["instance_id", "image_id", "login_settings.key_ids"]
    assert bench.calls == []
