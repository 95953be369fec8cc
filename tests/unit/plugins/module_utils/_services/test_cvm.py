# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls of cvm: what is asked, and what is made of the answer. No policy lives here."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._api.transport import HttpAnswer
from ansible_collections.tencent.cloud.plugins.module_utils._clock import Deadline
from ansible_collections.tencent.cloud.plugins.module_utils._errors import ApiError, BadAnswer, NoAnswer
from ansible_collections.tencent.cloud.plugins.module_utils._reset.request import ResetRequest, encoded_user_data
from ansible_collections.tencent.cloud.plugins.module_utils._services.cvm import Cvm
from tests.unit.support.doubles import ScriptedTransport, Time, answer, client_with, lost, refusal

INSTANCE = "ins-r8hr2upy"
FIRST_PAGE = {"Offset": 0, "Limit": 100}


def cvm(*script: HttpAnswer | NoAnswer) -> tuple[Cvm, ScriptedTransport]:
    """The service, and what is sent to it."""
    transport = ScriptedTransport(*script)
    return Cvm(client_with(transport, max_attempts=2)), transport


def asked(transport: ScriptedTransport) -> tuple[str, Any]:
    """The action and the parameters of the last call."""
    request = transport.sent[-1]
    return request.headers["X-TC-Action"], json.loads(request.body)


# --- reading


def test_one_instance_in_this_collection_s_spelling() -> None:
    service, transport = cvm(answer(InstanceSet=[{"InstanceId": INSTANCE, "Tags": [{"Key": "a", "Value": "b"}]}]))
    assert service.instances([INSTANCE]) == {INSTANCE: {"instance_id": INSTANCE, "tags": {"a": "b"}}}
    assert asked(transport) == ("DescribeInstances", {"InstanceIds": [INSTANCE], **FIRST_PAGE})


def test_an_instance_that_was_not_asked_for_is_not_taken_for_it() -> None:
    others = [{"InstanceId": "ins-00000000"}, {}]
    assert cvm(answer(InstanceSet=others))[0].instances([INSTANCE]) == {}
    found = cvm(answer(InstanceSet=[*others, {"InstanceId": INSTANCE}]))[0].instances([INSTANCE])
    assert found == {INSTANCE: {"instance_id": INSTANCE}}


@pytest.mark.parametrize("none", [answer(InstanceSet=[], TotalCount=0), refusal("InvalidInstanceId.NotFound")])
def test_an_unknown_instance_is_none(none: HttpAnswer) -> None:
    assert cvm(none)[0].instances([INSTANCE]) == {}


def test_a_read_keeps_to_its_deadline() -> None:
    service, transport = cvm(lost(), answer(InstanceSet=[]))
    service.instances([INSTANCE], deadline=Deadline(Time().clock, 7.0))
    assert transport.timeouts == [7.0, 7.0]


@pytest.mark.parametrize(
    ("method", "action", "parameter", "result", "key", "name"),
    [
        ("images", "DescribeImages", "ImageIds", "ImageSet", "ImageId", "image_id"),
        ("key_pairs", "DescribeKeyPairs", "KeyIds", "KeyPairSet", "KeyId", "key_id"),
    ],
)
def test_several_by_id(method: str, action: str, parameter: str, result: str, key: str, name: str) -> None:
    response: dict[str, Any] = {result: [{key: "x-1"}, {key: "x-2"}], "TotalCount": 2}
    service, transport = cvm(answer(**response))
    found = getattr(service, method)(("x-1", "x-2", "x-3"))
    assert found == {"x-1": {name: "x-1"}, "x-2": {name: "x-2"}}
    assert asked(transport) == (action, {parameter: ["x-1", "x-2", "x-3"], **FIRST_PAGE})
    assert getattr(cvm(refusal("InvalidImageId.NotFound"))[0], method)(["x-1"]) == {}


@pytest.mark.parametrize("response", [{}, {"InstanceSet": None}, {"InstanceSet": {}}, {"InstanceSet": [None]}])
def test_an_answer_without_its_list_is_none_of_the_api(response: dict[str, Any]) -> None:
    """ "There is no such instance" must not be read out of a broken answer."""
    with pytest.raises(BadAnswer, match=r"no InstanceSet.*RequestId r-1"):
        cvm(answer(**response))[0].instances([INSTANCE])


def test_another_refusal_stays_one() -> None:
    with pytest.raises(ApiError, match="UnsupportedRegion"):
        cvm(refusal("UnsupportedRegion"))[0].instances([INSTANCE])


def test_an_id_of_the_wrong_form_names_nothing() -> None:
    assert cvm(refusal("InvalidImageId.Malformed"))[0].images(["img-short"]) == {}


# --- resetting


@pytest.mark.parametrize(
    ("parameters", "wire"),
    [
        ({}, {}),
        ({"image_id": "img-pmqg1cw7"}, {"ImageId": "img-pmqg1cw7"}),
        ({"disk_size": 60}, {"SystemDisk": {"DiskSize": 60}}),
        ({"password": "Qcloud@TestApi123++"}, {"LoginSettings": {"Password": "Qcloud@TestApi123++"}}),
        ({"key_ids": ("skey-1", "skey-2")}, {"LoginSettings": {"KeyIds": ["skey-1", "skey-2"]}}),
        ({"keep_image_login": True}, {"LoginSettings": {"KeepImageLogin": "TRUE"}}),
        ({"keep_image_login": False, "password": ""}, {}),
        (
            {"enhanced_service": {"security_service": False, "automation_service": True}},
            {"EnhancedService": {"SecurityService": {"Enabled": False}, "AutomationService": {"Enabled": True}}},
        ),
        (
            {"enhanced_service": {"monitor_service": True}},
            {"EnhancedService": {"MonitorService": {"Enabled": True}}},
        ),
        ({"host_name": "web-1"}, {"HostName": "web-1"}),
        ({"user_data": "#!/bin/sh\n"}, {"UserData": "IyEvYmluL3NoCg=="}),
        ({"user_data": ""}, {}),
    ],
)
def test_what_is_asked_for_and_nothing_else(parameters: dict[str, Any], wire: dict[str, Any]) -> None:
    service, transport = cvm(answer())
    assert service.reset_instance(ResetRequest(INSTANCE, **parameters).as_wire()) == "r-1"
    assert asked(transport) == ("ResetInstance", {"InstanceId": INSTANCE, **wire})
    assert transport.fresh == [True]


@pytest.mark.parametrize("end", [lost(), refusal("InternalError"), refusal("RequestLimitExceeded")])
def test_a_reset_is_sent_once_whatever_comes_back(end: HttpAnswer | NoAnswer) -> None:
    service, transport = cvm(end, answer())
    with pytest.raises((ApiError, NoAnswer)):
        service.reset_instance(ResetRequest(INSTANCE).as_wire())
    assert len(transport.sent) == 1


def test_secrets_are_not_shown() -> None:
    shown = repr(ResetRequest(INSTANCE, password="hidden", user_data="hidden"))
    assert INSTANCE in shown
    assert "hidden" not in shown


@pytest.mark.parametrize("data", [b"#cloud-config\n", "未命名".encode(), b"\xff\x00binary"])
def test_user_data_arrives_as_the_bytes_it_was(data: bytes) -> None:
    """Ansible keeps bytes that are no UTF-8 as surrogates."""
    assert base64.b64decode(encoded_user_data(data.decode(errors="surrogateescape"))) == data
