# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vendor's official SDK on what surrounds a reset: images, snapshots, disks, regions."""

# The SDK comes without types, and is no part of every environment that checks them.
# mypy: disable-error-code="import-untyped, import-not-found"

from __future__ import annotations

import json
import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tencentcloud.cbs.v20170312 import models as cbs_models
from tencentcloud.cbs.v20170312.cbs_client import CbsClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.cvm.v20170312 import models as cvm_models
from tencentcloud.cvm.v20170312.cvm_client import CvmClient
from tencentcloud.region.v20220627 import models as region_models
from tencentcloud.region.v20220627.region_client import RegionClient

from tests.simulator import Running, running

# The SDK signs with a function of datetime that newer Pythons warn of, and warns itself of fields of real records that
# its models do not have.
pytestmark = [
    pytest.mark.filterwarnings("ignore:datetime.datetime.utcfromtimestamp:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.* fileds are useless:UserWarning"),
]

ID, DISK = "ins-r8hr2upy", "disk-r8hr2upy"
WORLD = {
    "extends": "builtin",
    "rate_limits": False,
    "lag_seconds": 0,
    **dict.fromkeys(("image_seconds", "snapshot_seconds", "rollback_seconds", "power_seconds"), 0.05),
}
SERVICES = {
    "cvm": (CvmClient, cvm_models),
    "cbs": (CbsClient, cbs_models),
    "region": (RegionClient, region_models),
}
WAYS = [(sign, method) for sign in ("TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1") for method in ("POST", "GET")]

every_way = pytest.mark.parametrize(("sign", "method"), WAYS)
Do = Callable[..., Any]


def doing(simulator: Running, sign: str = "TC3-HMAC-SHA256", method: str = "POST") -> Do:
    """A function that calls an action of a service."""
    http = HttpProfile(protocol="http", endpoint=simulator.host, reqMethod=method, reqTimeout=10)
    profile = ClientProfile(signMethod=sign, httpProfile=http, language="en-US")

    def do(service: str, action: str, region: str = "ap-guangzhou", **parameters: Any) -> Any:
        client, models = SERVICES[service]
        request = getattr(models, f"{action}Request")()
        request.from_json_string(json.dumps(parameters))
        made = client(Credential("AKIDsimulator", "simulator-secret-key"), region, profile)
        return getattr(made, action)(request)

    return do


def until(ready: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for something that comes soon."""
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@every_way
def test_an_image(simulator: Running, sign: str, method: str) -> None:
    simulator.world(WORLD)
    do = doing(simulator, sign, method)
    tags = [{"ResourceType": "image", "Tags": [{"Key": "team", "Value": "web"}]}]
    text = {"ImageName": "before \u91cd\u88c5", "ImageDescription": "a (1) + [2]"}
    made = do("cvm", "CreateImage", InstanceId=ID, ForcePoweroff="TRUE", DryRun=False, TagSpecification=tags, **text)

    def image() -> Any:
        return do("cvm", "DescribeImages", ImageIds=[made.ImageId]).ImageSet[0]

    until(lambda: image().ImageState == "NORMAL")
    shown = image()
    assert (shown.ImageName, shown.Tags[0].Value, shown.SnapshotSet[0].DiskUsage) == (
        text["ImageName"],
        "web",
        "SYSTEM_DISK",
    )
    with pytest.raises(TencentCloudSDKException) as duplicate:
        do("cvm", "CreateImage", InstanceId=ID, **text)
    assert duplicate.value.code == "InvalidImageName.Duplicate"
    do("cvm", "DeleteImages", ImageIds=[made.ImageId], DeleteBindedSnap=True)
    assert do("cvm", "DescribeImages", ImageIds=[made.ImageId]).TotalCount == 0
    do("cvm", "RebootInstances", InstanceIds=[ID], StopType="SOFT")


@every_way
def test_a_snapshot(simulator: Running, sign: str, method: str) -> None:
    simulator.world(WORLD)
    do = doing(simulator, sign, method)
    disk = do("cbs", "DescribeDisks", Filters=[{"Name": "instance-id", "Values": [ID]}]).DiskSet[0]
    assert (disk.DiskId, disk.SnapshotAbility, disk.DiskState) == (DISK, True, "ATTACHED")
    made = do("cbs", "CreateSnapshot", DiskId=DISK, SnapshotName="s", Tags=[{"Key": "team", "Value": "web"}])

    def snapshot() -> Any:
        return do("cbs", "DescribeSnapshots", SnapshotIds=[made.SnapshotId]).SnapshotSet[0]

    until(lambda: snapshot().SnapshotState == "NORMAL")
    assert (snapshot().Percent, snapshot().Placement.Zone) == (100, "ap-guangzhou-3")
    with pytest.raises(TencentCloudSDKException) as running_instance:
        do("cbs", "ApplySnapshot", SnapshotId=made.SnapshotId, DiskId=DISK)
    assert running_instance.value.code == "InvalidDisk.Busy"
    do("cbs", "ApplySnapshot", SnapshotId=made.SnapshotId, DiskId=DISK, AutoStopInstance=True, AutoStartInstance=True)
    assert do("cbs", "DescribeDisks", DiskIds=[DISK]).DiskSet[0].Rollbacking is True
    until(lambda: do("cvm", "DescribeInstances", InstanceIds=[ID]).InstanceSet[0].InstanceState == "RUNNING")
    until(lambda: snapshot().SnapshotState == "NORMAL")
    do("cbs", "DeleteSnapshots", SnapshotIds=[made.SnapshotId])
    assert do("cbs", "DescribeSnapshots", SnapshotIds=[made.SnapshotId]).TotalCount == 0


@every_way
def test_regions_and_many_instances(simulator: Running, sign: str, method: str) -> None:
    simulator.world({**WORLD, "generate": {"count": 250, "regions": ["ap-tokyo", "eu-frankfurt"]}})
    do = doing(simulator, sign, method)
    regions = do("region", "DescribeRegions", Product="cvm").RegionSet
    assert {"ap-tokyo", "eu-frankfurt"} <= {item.Region for item in regions if item.RegionState == "AVAILABLE"}
    answer = do("cvm", "DescribeInstances", region="ap-tokyo", Offset=100, Limit=100)
    assert (answer.TotalCount, len(answer.InstanceSet)) == (125, 25)


@pytest.mark.parametrize(("service", "action"), [("cvm", "CreateImage"), ("cbs", "CreateSnapshot")])
def test_a_lost_answer(simulator: Running, service: str, action: str) -> None:
    parameters = {"ImageName": "x", "InstanceId": ID} if service == "cvm" else {"DiskId": DISK}
    simulator.faults([{"action": action, "kind": "drop", "when": "after"}])
    with pytest.raises(TencentCloudSDKException) as lost:
        doing(simulator)(service, action, **parameters)
    assert lost.value.code == "ClientNetworkError"
    assert simulator.state()["accepted_calls"] == {action: 1}


def test_a_command_on_reset(tmp_path: Path) -> None:
    script = (
        "import json, os, sys; told = [os.environ['SIM_EVENT'], os.environ['SIM_IMAGE_ID'], json.load(sys.stdin)];"
        "open(sys.argv[1], 'w').write(json.dumps(told));"
        "sys.exit('bad host' if os.environ['SIM_HOST_NAME'] == 'bad' else 0)"
    )
    command = shlex.join([sys.executable, "-c", script, str(tmp_path / "told")])
    with running(WORLD, reset_seconds=0.1, lag_seconds=0, on_reset=command) as simulator:
        do = doing(simulator)

        def reset(**parameters: Any) -> tuple[str, str]:
            (tmp_path / "told").unlink(missing_ok=True)
            do("cvm", "ResetInstance", InstanceId=ID, LoginSettings={"Password": "Secret+word1"}, **parameters)
            # Nobody asks until the command has run.
            until((tmp_path / "told").exists)
            until(lambda: latest()["LatestOperationState"] != "OPERATING")
            return latest()["LatestOperationState"], latest()["LatestOperationErrorMsg"]

        def latest() -> dict[str, Any]:
            return dict(simulator.state()["instances"][ID])

        assert reset(ImageId="img-pmqg1cw7") == ("SUCCESS", "")
        event, image_id, secrets = json.loads((tmp_path / "told").read_text())
        assert (event, image_id, secrets["password"]) == ("reset", "img-pmqg1cw7", "Secret+word1")
        assert reset(HostName="bad") == ("FAILED", "bad host")
