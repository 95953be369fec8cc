# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""How the things that tasks wait for are read."""

from __future__ import annotations

from collections.abc import Mapping

from .._api.paging import PAGE
from .._services.cbs import Cbs
from .._services.cvm import Cvm
from .._services.tag import MOST_INSTANCES, tags_of
from .reading import Reader


def readers(cvm: Cvm) -> Mapping[str, Reader]:
    """The readers of a region, by the kind of thing they read."""
    cbs = Cbs(cvm.client)
    return {
        "instance": Reader(PAGE, lambda ids, deadline: cvm.instances(ids, deadline=deadline)),
        "instance_tags": Reader(MOST_INSTANCES, lambda ids, deadline: tags_of(cvm.client, ids, deadline)),
        "image": Reader(PAGE, lambda ids, deadline: cvm.images(ids, deadline=deadline)),
        "key_pair": Reader(PAGE, lambda ids, deadline: cvm.key_pairs(ids, deadline=deadline)),
        "disk": Reader(PAGE, lambda ids, deadline: cbs.disks(ids, deadline=deadline)),
        "snapshot": Reader(PAGE, lambda ids, deadline: cbs.snapshots(ids, deadline=deadline)),
    }
