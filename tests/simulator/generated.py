# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entries of a world by the thousand: instances over several regions, and images."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

FIRST_DAY = datetime(2020, 1, 1, tzinfo=timezone.utc)


def instances(options: Mapping[str, Any]) -> dict[str, Any]:
    """``count`` instances in turn over ``regions`` and over the values of ``tags``; the rest is laid over each."""
    if not options:
        return {}
    regions = options.get("regions") or ["ap-guangzhou"]
    entry = {name: value for name, value in options.items() if name not in ("count", "regions", "tags")}
    return {
        f"ins-g{index:07}": {
            "region": regions[index % len(regions)],
            "InstanceName": f"generated-{index:05}",
            "PrivateIpAddresses": [f"10.{index >> 16}.{index >> 8 & 255}.{index & 255}"],
            "Tags": _tags(options.get("tags") or {}, index // len(regions)),
            **entry,
        }
        for index in range(int(options["count"]))
    }


def images(options: Mapping[str, Any]) -> dict[str, Any]:
    """``count`` custom images, each a day younger than the one before; the rest is laid over each."""
    if not options:
        return {}
    entry = {name: value for name, value in options.items() if name != "count"}
    return {
        f"img-g{index:07}": {
            "ImageName": f"generated-{index:05}",
            "ImageType": "PRIVATE_IMAGE",
            "ImageSource": "CREATE_IMAGE",
            "ImageCreator": "100000000001",
            "CreatedTime": f"{FIRST_DAY + timedelta(days=index):%Y-%m-%dT%H:%M:%SZ}",
            **entry,
        }
        for index in range(int(options["count"]))
    }


def _tags(tags: Mapping[str, Any], turn: int) -> list[dict[str, str]]:
    """One value per key, taken in turn from a list of values."""
    choices = {key: value if isinstance(value, list) else [value] for key, value in tags.items()}
    return [{"Key": key, "Value": str(values[turn % len(values)])} for key, values in choices.items()]
