# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether what is connected to is the instance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.plugin_utils._role.identity import leads_to, resolved

INSTANCE = {
    "private_ip_addresses": ["172.16.32.78"],
    "public_ip_addresses": ["119.28.1.2", "119.28.1.3"],
    "ipv6_addresses": ["2402:4e00::1"],
}
NAMES = {
    "web": ["172.16.32.78"],
    "both": ["119.28.1.2", "119.28.1.3"],
    "balanced": ["119.28.1.2", "119.28.9.9"],
    "other": ["172.16.32.79"],
    "mapped": ["::ffff:172.16.32.78"],
    "six": ["2402:4E00:0:0:0:0:0:1"],
    "nobody": [],
}


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("web", True),
        ("both", True),
        ("mapped", True),
        ("six", True),
        ("balanced", False),
        ("other", False),
        ("nobody", False),
    ],
)
def test_every_address_of_the_host_must_be_one_of_the_instance(host: str, expected: bool) -> None:
    assert leads_to(host, INSTANCE, NAMES.__getitem__) is expected


@pytest.mark.parametrize("instance", [{}, {"public_ip_addresses": None}, {"private_ip_addresses": []}])
def test_an_instance_without_addresses_is_nobody(instance: Mapping[str, Any]) -> None:
    assert not leads_to("web", instance, NAMES.__getitem__)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("172.16.32.78", {"172.16.32.78"}),
        ("[2402:4e00::1]", {"2402:4e00::1"}),
        ("x" * 70, set()),
        ("", set()),
    ],
)
def test_addresses_are_taken_as_they_are_and_a_name_may_have_none(host: str, expected: set[str]) -> None:
    assert set(resolved(host)) == expected
