# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls of cbs: what is asked, and what is made of the answer. No policy lives here."""

from __future__ import annotations

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._errors import ApiError, BadAnswer
from ansible_collections.tencent.cloud.plugins.module_utils._services.cbs import Cbs
from tests.unit.support.simulated import simulated


def test_one_disk_and_one_snapshot() -> None:
    cbs = Cbs(simulated().cvm.client)
    assert cbs.disks(["disk-r8hr2upy"])["disk-r8hr2upy"]["instance_id"] == "ins-r8hr2upy"
    assert cbs.snapshots(["snap-gqa37j2p"])["snap-gqa37j2p"]["tags"] == {}
    assert cbs.disks(["disk-nobody00"]) == {}
    assert cbs.snapshots(["snap-nobody00"]) == {}


@pytest.mark.parametrize("code", ["InvalidDiskId.NotFound", "ResourceNotFound.NotFound"])
def test_an_id_that_is_refused_as_unknown_is_none(code: str) -> None:
    bench = simulated()
    bench.fault("error", "DescribeDisks", code=code)
    assert Cbs(bench.cvm.client).disks(["disk-r8hr2upy"]) == {}


def test_other_refusals_are_raised() -> None:
    bench = simulated()
    bench.fault("error", "DescribeDisks", code="UnauthorizedOperation")
    with pytest.raises(ApiError):
        Cbs(bench.cvm.client).disks(["disk-r8hr2upy"])


def test_snapshots_by_filters() -> None:
    cbs = Cbs(simulated().cvm.client)
    assert list(cbs.snapshots(filters={"snapshot-name": "golden-centos"})) == ["snap-gqa37j2p"]
    assert cbs.snapshots(filters={"snapshot-name": "golden-centos", "disk-id": "disk-r8hr2upy"}) == {}


def test_a_write_is_sent_once() -> None:
    bench = simulated()
    cbs = Cbs(bench.cvm.client)
    for action in ("CreateSnapshot", "ApplySnapshot", "DeleteSnapshots"):
        bench.fault("http", action, times=2)
        with pytest.raises((BadAnswer, ApiError)):
            {
                "CreateSnapshot": lambda: cbs.create_snapshot({"DiskId": "disk-r8hr2upy"}),
                "ApplySnapshot": lambda: cbs.apply_snapshot({"SnapshotId": "snap-x", "DiskId": "disk-x"}),
                "DeleteSnapshots": lambda: cbs.delete_snapshot("snap-nobody00"),
            }[action]()
    assert [bench.calls.count(action) for action in ("CreateSnapshot", "ApplySnapshot", "DeleteSnapshots")] == [1, 1, 1]
