# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS that breaks after the server has read the whole request: no error of TLS says that nothing was sent."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.unit.support.certificates import authority, certificate_of, server_context
from tests.unit.support.loopback import PATIENCE, Behaviour, Connection, content_length, serving

from .processes import Driver, drivers
from .service import Service, service_of

BREAKS: dict[str, Callable[[Connection], None]] = {
    "closed": lambda connection: None,
    "reset": Connection.reset,
    "garbled": Connection.garble,
}
"""How the connection ends: without TLS's own goodbye, with RST, with bytes that are no TLS."""


@pytest.fixture(scope="module")
def driver(collection: Path) -> Iterator[Driver]:
    with drivers(collection, 1) as (only,):
        yield only


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with service_of(Service, tmp_path, leaping=True) as service:
        yield service


@pytest.fixture
def context(tmp_path: Path) -> ssl.SSLContext:
    (tmp_path / "ca.pem").write_bytes(authority().pem)
    return server_context(certificate_of(authority()), tmp_path)


def exchange(service: Service, request: bytes) -> bytes:
    """Hand a request on, and return the whole answer."""
    with socket.create_connection(("127.0.0.1", urlsplit(service.url).port or 0), PATIENCE) as upstream:
        upstream.sendall(request)
        answer = upstream.makefile("rb")
        head = b"".join(iter(answer.readline, b"\r\n")) + b"\r\n"
        return head + answer.read(content_length(head))


def relaying(service: Service, *, first_reset: Behaviour | None = None) -> Behaviour:
    """A proxy that hands everything on, but breaks on the first ResetInstance."""
    broken: list[bytes] = []

    def behave(connection: Connection) -> None:
        while request := connection.read():
            if first_reset and not broken and b"x-tc-action: resetinstance" in request.lower():
                broken.append(request)
                first_reset(connection)
                return
            connection.send(exchange(service, request))

    return behave


def run(service: Service, driver: Driver, url: str, folder: Path) -> dict[str, Any]:
    return service.run(driver, endpoint=url, ca_path=str(folder / "ca.pem"))


@pytest.mark.parametrize("how", BREAKS)
def test_a_reset_that_was_read_and_done_is_recognized(
    service: Service, driver: Driver, context: ssl.SSLContext, tmp_path: Path, how: str
) -> None:
    def hand_on_and_break(connection: Connection) -> None:
        exchange(service, connection.server.requests[-1])
        BREAKS[how](connection)

    with serving(relaying(service, first_reset=hand_on_and_break), context) as proxy:
        result = run(service, driver, proxy.url(), tmp_path)
    assert (result["outcome"], result["changed"]) == ("done", True), result
    assert (result["adopted"], result["submissions"]) == (True, 1)
    assert (service.accepted, len(service.calls())) == (1, 1)


@pytest.mark.parametrize("how", BREAKS)
def test_a_reset_that_was_read_and_not_done_is_sent_again_after_the_window(
    service: Service, driver: Driver, context: ssl.SSLContext, tmp_path: Path, how: str
) -> None:
    began = service.clock.wall()
    with serving(relaying(service, first_reset=BREAKS[how]), context) as proxy:
        result = run(service, driver, proxy.url(), tmp_path)
    assert (result["outcome"], result["changed"]) == ("done", True), result
    assert (result["adopted"], result["submissions"]) == (False, 2)
    (call,) = service.calls()
    assert call["at"] - began >= 375
    assert service.accepted == 1


def test_without_a_handshake_nothing_was_sent(
    service: Service, driver: Driver, context: ssl.SSLContext, tmp_path: Path
) -> None:
    """The second connection is the fresh one of ResetInstance: it ends before TLS begins, and no window must pass."""
    began = service.clock.wall()

    def behave(connection: Connection) -> None:
        if connection.server.connections != 2:
            connection.secure(context)
            relaying(service)(connection)

    with serving(behave) as proxy:
        result = run(service, driver, f"https://{proxy.host}", tmp_path)
    assert (result["outcome"], result["adopted"], result["submissions"]) == ("done", False, 2), result
    (call,) = service.calls()
    assert call["at"] - began < 60
    assert service.accepted == 1
