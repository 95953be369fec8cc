# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Reading what a reset is planned by."""

from __future__ import annotations

from collections.abc import Sequence

from .._engine.flow import Flow, Found, Look, Read, look_at, read
from .._services.cvm import Cvm
from .desired import Desired, Facts
from .rules_image import is_image_id
from .rules_instance import is_instance_id
from .rules_login import is_key_id


def gather(cvm: Cvm, desired: Desired) -> Flow[Facts]:
    """The instance, its present image and the one to come, and the key pairs. A malformed id is left to the rules.

    Raises TencentCloudError when something cannot be read.
    """
    asked = []
    facts = Facts(cvm.client.api, cvm.client.region)
    if is_instance_id(desired.instance_id):
        asked.append("instance")
        read_at = cvm.client.clock.boottime()
        facts = facts._replace(instance=(yield from read("instance", desired.instance_id)), read_at=read_at)
    current = (facts.instance or {}).get("image_id")
    images = [one for one in dict.fromkeys((desired.image_id or current, current)) if one and is_image_id(one)]
    keys = [key for key in dict.fromkeys(desired.key_ids) if is_key_id(key)]
    return facts._replace(
        images=(yield from _existing("image", images)),
        key_pairs=(yield from _existing("key_pair", keys)),
        asked=frozenset([*asked, *images, *keys]),
    )


def _existing(kind: str, ids: Sequence[str]) -> Flow[Found]:
    """Those of the things that exist, by id; without ids nothing is sent."""
    if not ids:
        return {}
    look: Look[Found] = yield from look_at(Read(kind, tuple(ids)))
    return look.found
