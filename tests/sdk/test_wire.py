# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plain client sees on the wire: the older generation, broken connections, the life of the process."""

from __future__ import annotations

import hmac
import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.simulator import Running, running
from tests.simulator.server.process import ROOT

ID = "ins-r8hr2upy"
PATH = "/v2/index.php"
NONCE = iter(range(1, 1_000_000))


def legacy_form(simulator: Running, method: str, action: str, parameters: Mapping[str, str], digest: str) -> str:
    """A signed form of the older generation."""
    form = {
        "Action": action,
        "Version": "2017-03-12",
        "Region": "ap-guangzhou",
        "Timestamp": str(int(time.time())),
        "Nonce": str(next(NONCE)),
        "SecretId": "AKIDsimulator",
        "SignatureMethod": f"Hmac{digest.upper()}",
        **parameters,
    }
    text = f"{method}{simulator.host}{PATH}?" + "&".join(f"{name}={form[name]}" for name in sorted(form))
    mac = hmac.new(b"simulator-secret-key", text.encode(), digest).digest()
    form["Signature"] = b64encode(mac).decode()
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in form.items())


def legacy(simulator: Running, method: str, action: str, parameters: Mapping[str, str], digest: str = "sha256") -> Any:
    """The answer to a call of the older generation."""
    form = legacy_form(simulator, method, action, parameters, digest)
    connection = http.client.HTTPConnection("127.0.0.1", simulator.port, timeout=10)
    try:
        if method == "GET":
            connection.request("GET", f"{PATH}?{form}")
        else:
            connection.request("POST", PATH, form, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        assert answer.getheader("Content-Type") == "application/json"
        return json.loads(answer.read())
    finally:
        connection.close()


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("digest", ["sha1", "sha256"])
def test_the_call_of_the_source_document(simulator: Running, method: str, digest: str) -> None:
    parameters = {
        "InstanceId": ID,
        "ImageId": "img-pmqg1cw7",
        "SystemDisk.DiskSize": "60",
        "LoginSettings.Password": "Qcloud@TestApi123++ \u5bc6\U0001f511%&=~*/",
        "EnhancedService.SecurityService.Enabled": "TRUE",
        "EnhancedService.MonitorService.Enabled": "TRUE",
    }
    answer = legacy(simulator, method, "ResetInstance", parameters, digest)
    assert set(answer["Response"]) == {"RequestId"}
    instance = legacy(simulator, method, "DescribeInstances", {"InstanceIds.0": ID})["Response"]["InstanceSet"][0]
    assert (instance["ImageId"], instance["SystemDisk"]["DiskSize"]) == ("img-pmqg1cw7", 60)


def exchange(simulator: Running) -> bytes:
    """All bytes that answer one DescribeInstances."""
    form = legacy_form(simulator, "GET", "DescribeInstances", {}, "sha256")
    head = f"GET {PATH}?{form} HTTP/1.1\r\nHost: {simulator.host}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", simulator.port), timeout=10) as connection:
        connection.sendall(head.encode())
        received = b""
        while part := connection.recv(65536):
            received += part
        return received


def exchange_or_not(simulator: Running) -> None:
    """An exchange that may break off."""
    with suppress(OSError):
        exchange(simulator)


def test_drop_ends_without_a_byte(simulator: Running) -> None:
    simulator.faults([{"action": "DescribeInstances", "kind": "drop"}])
    assert exchange(simulator) == b""


def test_reset_ends_with_rst(simulator: Running) -> None:
    simulator.faults([{"action": "DescribeInstances", "kind": "reset"}])
    with pytest.raises(ConnectionResetError):
        exchange(simulator)


def test_hang_keeps_silent_and_ends(simulator: Running) -> None:
    simulator.faults([{"action": "DescribeInstances", "kind": "hang", "seconds": 0.3}])
    begun = time.monotonic()
    assert exchange(simulator) == b""
    assert time.monotonic() - begun >= 0.3


def test_cut_promises_more_than_it_sends(simulator: Running) -> None:
    simulator.faults([{"action": "DescribeInstances", "kind": "cut", "when": "after"}])
    head, _blank, body = exchange(simulator).partition(b"\r\n\r\n")
    (length,) = [line.split()[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    assert 0 < len(body) < int(length)


def test_connections_are_kept_and_dated_once(simulator: Running) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", simulator.port, timeout=10)
    sockets = set()
    for _index in range(3):
        connection.request("GET", f"{PATH}?{legacy_form(simulator, 'GET', 'DescribeImages', {}, 'sha1')}")
        sockets.add(connection.sock)
        answer = connection.getresponse()
        answer.read()
        assert len(answer.headers.get_all("Date", [])) == 1
    assert len(sockets) == 1
    connection.close()


def test_a_redirect_and_an_error_page(simulator: Running) -> None:
    simulator.faults(
        [
            {"action": "DescribeInstances", "kind": "redirect", "status": 307, "location": "/v2/index.php"},
            {"action": "DescribeImages", "kind": "http", "status": 503},
        ]
    )
    connection = http.client.HTTPConnection("127.0.0.1", simulator.port, timeout=10)
    statuses = []
    for action in ("DescribeInstances", "DescribeImages"):
        connection.request("GET", f"{PATH}?{legacy_form(simulator, 'GET', action, {}, 'sha1')}")
        answer = connection.getresponse()
        statuses.append((answer.status, answer.getheader("Location")))
        assert answer.read().startswith(b"<html>")
    connection.close()
    assert statuses == [(307, "/v2/index.php"), (503, None)]


def test_a_held_call(simulator: Running) -> None:
    simulator.hold("ResetInstance", "after")
    answers: list[Any] = []
    call = threading.Thread(
        target=lambda: answers.append(legacy(simulator, "POST", "ResetInstance", {"InstanceId": ID}))
    )
    call.start()
    (held,) = simulator.wait_held()
    assert simulator.state()["accepted"] == {ID: 1}
    assert not answers
    assert simulator.release(held["id"]) == 1
    call.join(timeout=10)
    assert answers[0]["Response"]["RequestId"] == held["id"]


def test_senseless_plans_are_refused(simulator: Running) -> None:
    with pytest.raises(ValueError, match="boom"):
        simulator.faults([{"action": "X", "kind": "boom"}])


def start(tmp_path: Path, *arguments: str) -> tuple[subprocess.Popen[str], str]:
    """A process started by hand, and its first line."""
    command = [sys.executable, "-m", "tests.simulator", "--port-file", str(tmp_path / "port"), *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it(tmp_path: Path, number: signal.Signals) -> None:
    process, line = start(tmp_path, "--idle-exit", "30")
    assert line == f"simulator listening on http://127.0.0.1:{(tmp_path / 'port').read_text()}\n"
    process.send_signal(number)
    rest, _none = process.communicate(timeout=10)
    assert (process.returncode, rest) == (0, "")


def test_it_ends_when_idle(tmp_path: Path) -> None:
    process, _line = start(tmp_path, "--idle-exit", "0.3")
    process.communicate(timeout=10)
    assert process.returncode == 0


def test_a_held_call_does_not_keep_the_process() -> None:
    with running() as simulator:
        simulator.hold("DescribeInstances")
        caller = threading.Thread(target=exchange_or_not, args=[simulator])
        caller.start()
        simulator.wait_held()
        begun = time.monotonic()
        simulator.stop()
        assert simulator.process.returncode == 0
        assert time.monotonic() - begun < 3
        caller.join(timeout=10)


def test_a_taken_port_is_an_error(simulator: Running) -> None:
    command = [sys.executable, "-m", "tests.simulator", "--port", str(simulator.port)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode != 0
    assert "in use" in done.stderr


def test_time_may_run_faster() -> None:
    origin = time.time()
    with running(clock_origin=origin, clock_speed=3600) as simulator:
        before = time.time()
        now = simulator.state()["now"]
        assert (before - origin) * 3600 <= now - origin <= (time.time() - origin) * 3600
