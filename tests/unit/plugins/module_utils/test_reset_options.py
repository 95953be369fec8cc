# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the module's options to what the engine is asked for."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.tencent.cloud.plugins.module_utils._connection import CONNECTION_SPEC
from ansible_collections.tencent.cloud.plugins.module_utils._errors import OptionError
from ansible_collections.tencent.cloud.plugins.module_utils._reset_facts import Wanted
from ansible_collections.tencent.cloud.plugins.module_utils._reset_follow import Timing
from ansible_collections.tencent.cloud.plugins.module_utils._reset_options import RESET_SPEC, timing, wanted

ID = "ins-r8hr2upy"


def options(**given: Any) -> dict[str, Any]:
    """The options as Ansible completes them."""
    result = ArgumentSpecValidator({**CONNECTION_SPEC, **RESET_SPEC}).validate({"instance_id": ID, **given})
    assert not result.error_messages
    return dict(result.validated_parameters)


def test_the_least_that_can_be_asked_for() -> None:
    assert wanted(options()) == Wanted(ID)


def test_everything_that_can_be_asked_for() -> None:
    given = options(
        image_id="img-pmqg1cw7",
        system_disk={"disk_size": "60"},
        login_settings={"password": "Abcdef12", "key_ids": ["skey-a", "skey-b"], "keep_image_login": "yes"},
        enhanced_service={"security_service": False, "monitor_service": True},
        host_name="web-1",
        user_data="#!/bin/sh",
        policy="once",
        idempotency_key="CHG-1",
        expected={"instance_name": "web-1", "tags": {"env": "test"}},
        override_protection=True,
    )
    assert wanted(given) == Wanted(
        ID,
        image_id="img-pmqg1cw7",
        disk_size=60,
        password="Abcdef12",
        key_ids=("skey-a", "skey-b"),
        keep_image_login=True,
        enhanced_service={"security_service": False, "monitor_service": True},
        host_name="web-1",
        user_data="#!/bin/sh",
        policy="once",
        idempotency_key="CHG-1",
        expected={"instance_name": "web-1", "tags": {"env": "test"}},
        override_protection=True,
    )


def test_empty_dictionaries_ask_for_nothing() -> None:
    given = options(system_disk={}, login_settings={}, enhanced_service={}, expected={})
    assert wanted(given) == Wanted(ID)


@pytest.mark.parametrize("image_id", ["", None])
def test_nothing_to_compare_with_is_refused(image_id: str | None) -> None:
    with pytest.raises(OptionError, match="it is empty") as caught:
        wanted(options(policy="image_differs", image_id=image_id))
    assert caught.value.option == "image_id"


def test_an_empty_image_id_is_none() -> None:
    assert wanted(options(image_id="")).image_id is None


def test_no_secret_shows_in_what_is_asked_for() -> None:
    shown = repr(wanted(options(login_settings={"password": "hunter2!"}, user_data="hunter2!")))
    assert "hunter2!" not in shown


def test_the_times() -> None:
    assert timing(options()) == Timing()
    given = options(wait=False, wait_timeout=60, wait_interval=0.5, settle_seconds=360, max_attempts=2)
    assert timing(given) == Timing(
        wait=False, wait_timeout=60, wait_interval=0.5, settle_seconds=360, state_lag=60, max_attempts=2
    )


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("settle_seconds", 299, "300"),
        ("settle_seconds", 0, "300"),
        ("wait_timeout", 0, "more than 0"),
        ("wait_timeout", -1, "more than 0"),
        ("wait_interval", 0, "more than 0"),
    ],
)
def test_times_that_would_break_a_promise(name: str, value: int, word: str) -> None:
    with pytest.raises(OptionError, match=word) as caught:
        timing(options(**{name: value}))
    assert caught.value.option == name


def test_the_shortest_settling_time() -> None:
    assert timing(options(settle_seconds=300)).state_lag == 0


def test_only_secrets_are_hidden() -> None:
    login = RESET_SPEC["login_settings"]["options"]
    assert login["password"]["no_log"] is RESET_SPEC["user_data"]["no_log"] is True
    assert login["key_ids"]["no_log"] is False
