# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an answer of the API can do to the output and the result of Ansible: nothing."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from tests.unit.support.loopback import PATIENCE, Connection, content_length, serving

from .harness import MODULE, SECRET_ID, SECRET_KEY, Ansible, Run, reset

FORGED = "It failed.\r\n\x1b[2K\nfatal: [forged]: FAILED! => {}\n[WARNING]: forged\u202e\u2028[ERROR]: forged\0\u200b\n"
SURROGATE = "\ud800"
PASSWORD = "Qcloud@Integration/99+x"
USER_DATA = "#cloud-config\nchpasswd:\n  list: root:hunter2-of-integration\n"


@contextmanager
def changed(ansible: Ansible, action: str, change: Callable[[bytes], bytes]) -> Iterator[None]:
    """Have a gateway before the simulator change the bodies of the answers to an action."""

    def behave(connection: Connection) -> None:
        while request := connection.read():
            body = exchanged(ansible.simulator.url, request)
            if f"X-TC-Action: {action}".encode() in request:
                body = change(body)
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    with serving(behave) as gateway:
        ansible.defaults["group/tencent.cloud.all"] = {"endpoint": gateway.url("")}
        yield


def exchanged(url: str, request: bytes) -> bytes:
    """Hand a request on, and return the body of the answer."""
    with socket.create_connection(("127.0.0.1", urlsplit(url).port or 0), PATIENCE) as upstream:
        upstream.sendall(request)
        answer = upstream.makefile("rb")
        head = b"".join(iter(answer.readline, b"\r\n"))
        return answer.read(content_length(head))


def with_request_id(request_id: str) -> Callable[[bytes], bytes]:
    """Another RequestId, as JSON escapes it."""

    def change(body: bytes) -> bytes:
        answer = json.loads(body)
        answer["Response"]["RequestId"] = request_id
        return json.dumps(answer).encode()

    return change


def with_late_error(body: bytes) -> bytes:
    """A second Response, which many decoders take for the only one."""
    error = {"Error": {"Code": "InvalidParameterValue", "Message": "No."}, "RequestId": "r-1"}
    return body.rstrip()[:-1] + b', "Response": ' + json.dumps(error).encode() + b"}"


def assert_nothing_forged(run: Run) -> None:
    """No line of Ansible's is the API's, and no character acts on a terminal."""
    lines = run.everything.splitlines()
    forged = ("fatal: [forged]", "[WARNING]: forged", "[ERROR]: forged")
    assert not [line for line in lines if line.lstrip().startswith(forged)]
    assert not [char for char in run.everything if not char.isprintable() and char not in "\n\t\r"]


@pytest.mark.parametrize("change", [with_request_id(SURROGATE), with_request_id("r\n1"), with_late_error])
def test_an_answer_that_is_not_sound_loses_no_reset(ansible: Ansible, change: Callable[[bytes], bytes]) -> None:
    with changed(ansible, "ResetInstance", change):
        run = ansible.play(reset(), arguments=["-vvv"])
    result = run.result
    assert (result["outcome"], result["adopted"], result["submissions"]) == ("done", True, 1)
    assert len(ansible.resets) == 1
    assert result["request_id"] == ansible.resets[0]["request_id"]


@pytest.mark.parametrize("text", [FORGED, SURROGATE])
def test_a_record_cannot_write_lines_or_lose_a_result(ansible: Ansible, text: str) -> None:
    def change(body: bytes) -> bytes:
        answer = json.loads(body)
        for instance in answer["Response"]["InstanceSet"]:
            instance.update(InstanceName=text, Tags=[{"Key": text, "Value": text}])
        return json.dumps(answer).encode()

    with changed(ansible, "DescribeInstances", change):
        run = ansible.play(reset(), {"tencent.cloud.cvm_instance_info": {}}, arguments=["-vvv", "--diff"])
    assert run.results[0]["outcome"] == "done"
    assert run.results[0]["instance"]["instance_name"].startswith(("It failed. ", "\\ud800"))
    assert_nothing_forged(run)


def test_an_error_cannot_write_lines(ansible: Ansible) -> None:
    ansible.simulator.faults([refusal(FORGED)])
    run = ansible.play(reset(), arguments=["-vvv"], stop=False)
    assert run.result["outcome"] == "refused"
    assert "It failed. \\x1b[2K fatal: [forged]: FAILED! => {} [WARNING]: forged\\u202e" in run.result["msg"]
    assert_nothing_forged(run)


def test_what_the_api_repeats_of_a_secret_is_not_shown(ansible: Ansible) -> None:
    """The keys came from the environment, where no option marks them; at the highest verbosity."""
    echoes = [
        *(SECRET_ID, SECRET_KEY, base64.b64encode(SECRET_KEY.encode()).decode()),
        *(PASSWORD, quote(PASSWORD, safe=""), base64.b64encode(PASSWORD.encode()).decode(), json.dumps(PASSWORD)),
        *(base64.b64encode(USER_DATA.encode()).decode(), "list: root:hunter2-of-integration"),
    ]
    ansible.simulator.faults([refusal(" | ".join(echoes))])
    options: dict[str, Any] = {"login_settings": {"password": PASSWORD}, "user_data": USER_DATA}
    run = ansible.play(reset(**options), arguments=["-vvvvvv"], stop=False)
    assert run.result["outcome"] == "refused"
    assert run.result["msg"].count("********") >= len(echoes)
    said = [secret for secret in (*echoes, "hunter2-of", "Integration/99") if secret in run.everything]
    assert said == []


@pytest.mark.parametrize("password", ["a", "e1"])
def test_a_short_password_masks_no_code_and_is_not_shown(ansible: Ansible, password: str) -> None:
    run = ansible.play(reset(login_settings={"password": password}), stop=False, arguments=["-vvv"])
    codes = [problem["code"] for problem in run.result["problems"]]
    assert codes == ["InvalidParameterValue.InvalidPassword"]
    assert f'"password": "{password}"' not in run.everything
    assert ansible.resets == []


def test_the_end_of_the_legacy_interface_is_said_once_a_run(ansible: Ansible) -> None:
    ansible.defaults[MODULE]["api"] = "v2"
    run = ansible.play(reset("ins-r8hr2upy"), reset("ins-keypair1"), stop=False)
    assert run.err.count("announced the end of the legacy interface") == 1


def refusal(message: str) -> dict[str, Any]:
    """The fault of a ResetInstance that is refused with such a message."""
    return {"action": "ResetInstance", "kind": "error", "code": "InvalidParameterValue", "message": message}
