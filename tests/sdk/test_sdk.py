# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vendor's official SDK drives the simulator over loopback HTTP: that keeps the simulator honest."""

# The SDK comes without types, and is no part of every environment that checks them.
# mypy: disable-error-code="import-untyped, import-not-found"

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.cvm.v20170312 import models
from tencentcloud.cvm.v20170312.cvm_client import CvmClient
from tencentcloud.sts.v20180813.models import AssumeRoleRequest, GetCallerIdentityRequest
from tencentcloud.sts.v20180813.sts_client import StsClient
from tencentcloud.tag.v20180813 import models as tag_models
from tencentcloud.tag.v20180813.tag_client import TagClient

from tests.simulator import Running

# The SDK signs with a function of datetime that newer Pythons warn of, and warns itself of fields of real records that
# its models do not have.
pytestmark = [
    pytest.mark.filterwarnings("ignore:datetime.datetime.utcfromtimestamp:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.* fileds are useless:UserWarning"),
]

KEY = ("AKIDsimulator", "simulator-secret-key")
ID = "ins-r8hr2upy"
WAYS = [(sign, method) for sign in ("TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1") for method in ("POST", "GET")]
PASSWORDS = [
    "Qcloud@TestApi123++",
    "+ & = % ~ * / a1",
    "%2B%20&=Aa1;?#",
    "\u5bc6\u7801 Abc123\u4e2d\u6587",
    "emoji-\U0001f511-Abc1",
    "quotes'\"\\Abc1",
]

every_way = pytest.mark.parametrize(("sign", "method"), WAYS)


def profile(simulator: Running, sign: str, method: str) -> ClientProfile:
    http = HttpProfile(protocol="http", endpoint=simulator.host, reqMethod=method, reqTimeout=10)
    return ClientProfile(signMethod=sign, httpProfile=http, language="en-US")


def client(
    simulator: Running, sign: str = "TC3-HMAC-SHA256", method: str = "POST", *, key: tuple[str, ...] = KEY
) -> CvmClient:
    return CvmClient(Credential(*key), "ap-guangzhou", profile(simulator, sign, method))


def request(kind: type, parameters: dict[str, Any]) -> Any:
    made = kind()
    made.from_json_string(json.dumps(parameters))
    return made


def seen(cvm: CvmClient, instance_id: str = ID) -> Any:
    answer = cvm.DescribeInstances(request(models.DescribeInstancesRequest, {"InstanceIds": [instance_id]}))
    return answer.InstanceSet[0]


@every_way
def test_reads(simulator: Running, sign: str, method: str) -> None:
    cvm = client(simulator, sign, method)
    instance = seen(cvm)
    assert (instance.InstanceState, instance.SystemDisk.DiskSize) == ("RUNNING", 50)
    filters = [
        {"Name": "tag:role", "Values": ["web", "\u5bc6 + &=%~*/"]},
        {"Name": "instance-state", "Values": ["STOPPED"]},
    ]
    answer = cvm.DescribeInstances(request(models.DescribeInstancesRequest, {"Filters": filters, "Limit": 5}))
    assert [item.InstanceId for item in answer.InstanceSet] == ["ins-stopped1"]
    images = cvm.DescribeImages(request(models.DescribeImagesRequest, {"ImageIds": ["img-pmqg1cw7"]}))
    assert images.ImageSet[0].Platform == "Ubuntu"
    keys = cvm.DescribeKeyPairs(request(models.DescribeKeyPairsRequest, {"KeyIds": ["skey-b4vakk62"]}))
    assert keys.KeyPairSet[0].AssociatedInstanceIds == ["ins-keypair1"]


@every_way
def test_reset(simulator: Running, sign: str, method: str) -> None:
    cvm = client(simulator, sign, method)
    for password in PASSWORDS:
        parameters = {
            "InstanceId": ID,
            "ImageId": "img-pmqg1cw7",
            "SystemDisk": {"DiskSize": 60},
            "LoginSettings": {"Password": password},
            "EnhancedService": {"SecurityService": {"Enabled": True}, "AutomationService": {"Enabled": False}},
            "HostName": "web-01",
            "UserData": "IyEvYmluL3No",
        }
        answer = cvm.ResetInstance(request(models.ResetInstanceRequest, parameters))
        instance = seen(cvm)
        assert instance.LatestOperationRequestId == answer.RequestId
        assert (instance.LatestOperationState, instance.ImageId) == ("SUCCESS", "img-pmqg1cw7")
    assert simulator.state()["accepted"] == {ID: len(PASSWORDS)}


@every_way
def test_errors(simulator: Running, sign: str, method: str) -> None:
    with pytest.raises(TencentCloudSDKException) as unknown:
        client(simulator, sign, method).ResetInstance(
            request(models.ResetInstanceRequest, {"InstanceId": "ins-00000000"})
        )
    assert unknown.value.code == "InvalidInstanceId.NotFound"
    assert unknown.value.requestId
    with pytest.raises(TencentCloudSDKException) as forged:
        seen(client(simulator, sign, method, key=(KEY[0], "wrong")))
    assert forged.value.code == "AuthFailure.SignatureFailure"


@every_way
def test_power(simulator: Running, sign: str, method: str) -> None:
    cvm = client(simulator, sign, method)
    cvm.StartInstances(request(models.StartInstancesRequest, {"InstanceIds": ["ins-stopped1"]}))
    assert seen(cvm, "ins-stopped1").InstanceState == "STARTING"
    parameters = {"InstanceIds": [ID], "StopType": "SOFT_FIRST", "StoppedMode": "STOP_CHARGING"}
    stopped = cvm.StopInstances(request(models.StopInstancesRequest, parameters))
    instance = seen(cvm)
    assert (instance.LatestOperation, instance.InstanceState) == ("StopInstances", "STOPPING")
    assert instance.LatestOperationRequestId == stopped.RequestId
    cvm.RebootInstances(request(models.RebootInstancesRequest, {"InstanceIds": ["ins-keypair1"], "StopType": "HARD"}))
    assert seen(cvm, "ins-keypair1").InstanceState == "REBOOTING"
    with pytest.raises(TencentCloudSDKException) as busy:
        cvm.StopInstances(request(models.StopInstancesRequest, {"InstanceIds": ["ins-stopped1"], "StopType": "HARD"}))
    assert busy.value.code == "OperationDenied.InstanceOperationInProgress"


@every_way
def test_assumed_role(simulator: Running, sign: str, method: str) -> None:
    sts = StsClient(Credential(*KEY), "ap-guangzhou", profile(simulator, sign, method))
    parameters = {"RoleArn": "qcs::cam::uin/100000000001:roleName/reinstaller", "RoleSessionName": "test"}
    answer = sts.AssumeRole(request(AssumeRoleRequest, parameters))
    assert answer.ExpiredTime > time.time() + 7000
    keys = answer.Credentials
    key = (keys.TmpSecretId, keys.TmpSecretKey, keys.Token)
    assert seen(client(simulator, sign, method, key=key)).InstanceId == ID
    with pytest.raises(TencentCloudSDKException) as bare:
        seen(client(simulator, sign, method, key=key[:2]))
    assert bare.value.code == "AuthFailure.TokenFailure"
    as_role = StsClient(Credential(*key), "ap-guangzhou", profile(simulator, sign, method))
    callers = [one.GetCallerIdentity(GetCallerIdentityRequest()) for one in (sts, as_role)]
    assert [caller.Type for caller in callers] == ["CAMUser", "CAMRole"]
    assert {(caller.AccountId, caller.PrincipalId) for caller in callers} == {("100000000001", "100000000002")}
    assert [caller.UserId.partition(":")[2] for caller in callers] == ["", "test"]
    assert all(caller.Arn and caller.RequestId for caller in callers)


@every_way
def test_tags(simulator: Running, sign: str, method: str) -> None:
    tags = TagClient(Credential(*KEY), "ap-guangzhou", profile(simulator, sign, method))
    place = {
        "ServiceType": "cvm",
        "ResourcePrefix": "instance",
        "ResourceRegion": "ap-guangzhou",
        "ResourceIds": [ID],
    }

    def do(name: str, **parameters: Any) -> Any:
        return getattr(tags, name)(request(getattr(tag_models, f"{name}Request"), parameters))

    def read() -> dict[str, str]:
        answer = do("DescribeResourceTagsByResourceIds", **place)
        return {tag.TagKey: tag.TagValue for tag in answer.Tags}

    before, values = read(), ("a (1) + [2] = 3/4@5:6_7", "\u91cd\u88c5 done")
    for value in values:
        do("CreateTag", TagKey="log", TagValue=value)
    with pytest.raises(TencentCloudSDKException) as duplicate:
        do("CreateTag", TagKey="log", TagValue=values[0])
    assert duplicate.value.code == "ResourceInUse.TagDuplicate"
    do("AttachResourcesTag", **place, TagKey="log", TagValue=values[0])
    assert read() == {**before, "log": values[0]}
    do("ModifyResourcesTagValue", **place, TagKey="log", TagValue=values[1])
    assert read() == {tag.Key: tag.Value for tag in seen(client(simulator)).Tags} == {**before, "log": values[1]}
    do("DetachResourcesTag", **place, TagKey="log")
    assert read() == before
    one, pair = f"qcs::cvm:ap-guangzhou:uin/:instance/{ID}", {"TagKey": "log", "TagValue": f"made by {sign} {method}"}
    do("ModifyResourceTags", Resource=one, ReplaceTags=[pair])
    assert read() == {**before, "log": pair["TagValue"]}
    do("ModifyResourceTags", Resource=one, DeleteTags=[{"TagKey": "log"}])
    assert read() == before


def test_a_lost_answer(simulator: Running) -> None:
    cvm = client(simulator)
    simulator.faults([{"action": "ResetInstance", "kind": "drop", "when": "after"}])
    with pytest.raises(TencentCloudSDKException) as lost:
        cvm.ResetInstance(request(models.ResetInstanceRequest, {"InstanceId": ID}))
    assert lost.value.code == "ClientNetworkError"
    assert simulator.state()["accepted"] == {ID: 1}
