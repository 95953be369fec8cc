# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Proxies at real sockets: which one is used, how far a request got, and that a password stays a secret."""

from __future__ import annotations

import base64
import gc
import importlib.util
import socket
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._api.transport import HttpAnswer, HttpRequest, Transport
from ansible_collections.tencent.cloud.plugins.module_utils._errors import NoAnswer, OptionError
from tests.unit.support.certificates import authority, certificate_of, server_context
from tests.unit.support.loopback import Behaviour, Connection, after_reading, answering, serving, tunnelling

SECONDS = 0.5
"""Long enough for loopback, short enough for a test that waits for its end; real handshakes have C(AMPLE)."""
AMPLE = 20.0
PASSWORD = "s3cret-of-the-proxy"
PLAIN = "http://cvm.test/"
SECURE = "https://cvm.test/"
VARIABLES = [name for stem in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY") for name in (stem, stem.lower())]


@pytest.fixture(autouse=True)
def _no_proxies_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def _ample_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.SECONDS", AMPLE)


def send(url: str, proxy: str | None = None, *, environment: bool = True, ca_path: str | None = None) -> HttpAnswer:
    """The answer to a POST. Raises NoAnswer."""
    transport = Transport(timeout=SECONDS, proxy=proxy, use_environment_proxies=environment, ca_path=ca_path)
    return transport.send(HttpRequest("POST", url, {}, b"{}"), fresh=True)


def failure(url: str, proxy: str | None = None, ca_path: str | None = None) -> NoAnswer:
    """The error that a POST ends with."""
    with pytest.raises(NoAnswer) as caught:
        send(url, proxy, ca_path=ca_path)
    return caught.value


# --- which proxy


def test_the_given_proxy_gets_the_request() -> None:
    with serving(answering()) as proxy:
        assert send(PLAIN, proxy.url()).status == 200
        assert proxy.requests[0].startswith(b"POST http://cvm.test/ HTTP/1.1\r\n")


@pytest.mark.usefixtures("_ample_time")
def test_a_tunnel_hides_the_request_from_the_proxy(tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_bytes(authority().pem)
    context = server_context(certificate_of(authority()), tmp_path)
    with serving(answering(b"[]"), context) as server, serving(tunnelling(server.port)) as proxy:
        assert send(SECURE, proxy.url(), ca_path=str(ca)).body == b"[]"
        assert [request.split(b" HTTP/")[0] for request in proxy.requests] == [b"CONNECT cvm.test:443"]
        assert len(server.requests) == 1


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_environment_gets_the_request(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    with serving(answering()) as proxy:
        monkeypatch.setenv(variable, proxy.url())
        assert send(PLAIN).status == 200
        assert len(proxy.requests) == 1


def test_https_has_a_variable_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(answering(b"", "403 Forbidden")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url())
        assert failure(SECURE).sent is False
        assert proxy.requests[0].startswith(b"CONNECT cvm.test:443 ")


@pytest.mark.parametrize("exceptions", ["127.0.0.1", "*", "example.com,127.0.0.1", "127.0.0.0/8"])
def test_no_proxy_is_respected(monkeypatch: pytest.MonkeyPatch, exceptions: str) -> None:
    with serving(answering()) as server, serving(answering()) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url())
        monkeypatch.setenv("NO_PROXY", exceptions)
        assert send(server.url()).status == 200
        assert (len(server.requests), proxy.connections) == (1, 0)


def test_the_given_proxy_beats_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(answering()) as given, serving(answering()) as other:
        monkeypatch.setenv("HTTP_PROXY", other.url())
        monkeypatch.setenv("NO_PROXY", "*")
        send(PLAIN, given.url())
        assert (len(given.requests), other.connections) == (1, 0)


def test_the_environment_can_be_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(answering()) as server, serving(answering()) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url())
        send(server.url(), environment=False)
        assert (len(server.requests), proxy.connections) == (1, 0)


@pytest.mark.parametrize("url", [PLAIN, SECURE])
def test_the_proxy_is_told_who_asks(url: str) -> None:
    with serving(answering(b"", "407 Proxy Authentication Required")) as proxy:
        try:
            send(url, f"http://user:{PASSWORD}@{proxy.host}")
        except NoAnswer as error:
            assert_no_secret(error)
        credentials = base64.b64encode(f"user:{PASSWORD}".encode())
        assert b"Proxy-Authorization: Basic " + credentials in proxy.requests[0]


# --- how far it got


def closed(connection: Connection) -> None:
    """The end of the connection, without a word."""


REFUSALS: dict[str, Behaviour] = {
    "403": answering(b"", "403 Forbidden"),
    "407": answering(b"", "407 Proxy Authentication Required"),
    "502": answering(b"<html>", "502 Bad Gateway"),
    "closed": after_reading(closed),
    "reset": after_reading(Connection.reset),
    "silent": after_reading(Connection.keep_silent),
    "not HTTP": after_reading(lambda connection: connection.send(b"\x05\x00")),
    "closed at once": closed,
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_tunnel_that_is_refused_sent_nothing(refusal: str) -> None:
    """A CONNECT was sent, and no byte of the request."""
    with serving(REFUSALS[refusal]) as proxy:
        assert failure(SECURE, proxy.url()).sent is False
        assert proxy.connections == 1


@pytest.fixture
def _socket_of_a_failed_handshake() -> Iterator[None]:
    """Python 3.10 leaves that socket to the garbage collector, which complains about it in some later test."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.mark.usefixtures("_socket_of_a_failed_handshake")
@pytest.mark.parametrize("end", [closed, Connection.reset, Connection.keep_silent])
def test_a_tunnel_that_breaks_before_tls_sent_nothing(end: Behaviour) -> None:
    def behave(connection: Connection) -> None:
        connection.read()
        connection.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        end(connection)

    with serving(behave) as proxy:
        assert failure(SECURE, proxy.url()).sent is False


@pytest.mark.usefixtures("_ample_time")
def test_a_tunnel_that_breaks_after_the_request_sent_it(tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_bytes(authority().pem)
    context = server_context(certificate_of(authority()), tmp_path)
    with serving(after_reading(closed), context) as server, serving(tunnelling(server.port)) as proxy:
        assert failure(SECURE, proxy.url(), str(ca)).sent is True
        assert (len(proxy.requests), len(server.requests)) == (1, 1)


def test_a_plain_request_that_a_proxy_read_may_have_gone_on() -> None:
    with serving(after_reading(closed)) as proxy:
        assert failure(PLAIN, proxy.url()).sent is True
        assert len(proxy.requests) == 1


def closed_port() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.mark.parametrize("url", [PLAIN, SECURE])
def test_a_proxy_that_is_not_there_sent_nothing(url: str) -> None:
    assert failure(url, f"http://127.0.0.1:{closed_port()}").sent is False


# --- what an error must not show


def assert_no_secret(error: BaseException) -> None:
    """No part of what a person is shown holds the password."""
    assert PASSWORD not in str(error)
    assert PASSWORD not in repr(error)


@pytest.mark.parametrize("url", [PLAIN, SECURE])
@pytest.mark.parametrize("refusal", ["closed", "reset", "silent", "not HTTP"])
def test_the_password_is_in_no_error(refusal: str, url: str) -> None:
    with serving(REFUSALS[refusal]) as proxy:
        assert_no_secret(failure(url, f"http://user:{PASSWORD}@{proxy.host}"))


UNUSABLE = [
    f"http://user:{PASSWORD}@127.0.0.1:99999",
    f"http://user:{PASSWORD}@",
    f"http:///user:{PASSWORD}",
    f"ftp://user:{PASSWORD}@127.0.0.1:1",
    f"user:{PASSWORD}@127.0.0.1:port",
    f"http://user:{PASSWORD}@[::1",
    f"http://user:{PASSWORD}/#@127.0.0.1:1",
]


@pytest.mark.parametrize("proxy", UNUSABLE)
def test_a_proxy_that_cannot_be_used_is_refused_by_its_setting_and_not_shown(
    proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no error that a repetition could mend, so it is none that is tried again."""
    with pytest.raises(OptionError, match="proxy: it is not a valid proxy URL") as caught:
        send(SECURE, proxy)
    assert_no_secret(caught.value)
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(OptionError, match="HTTPS_PROXY: it is not a valid proxy URL") as caught:
        send(SECURE)
    assert_no_secret(caught.value)


@pytest.mark.parametrize("variable", ["https_proxy", "HTTPS_PROXY", "ALL_PROXY"])
def test_a_socks_proxy_without_its_library_is_refused(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setitem(sys.modules, "socks", None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv(variable, f"socks5h://user:{PASSWORD}@127.0.0.1:1")
    with pytest.raises(OptionError, match=f"{variable}: a SOCKS proxy needs the Python library PySocks") as caught:
        send(SECURE)
    assert_no_secret(caught.value)


# --- which part failed, by which setting


def test_a_proxy_that_is_not_there_is_named_with_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    host = f"127.0.0.1:{closed_port()}"
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:{PASSWORD}@{host}")
    assert failure(SECURE).message == (
        f"The connection to the proxy {host} (from HTTPS_PROXY) failed: Connection refused. "
        "Check HTTPS_PROXY, and whether the proxy runs and lets this machine through."
    )
    assert failure(PLAIN, f"http://{host}").message.startswith(
        f"The connection to the proxy {host} (from the option proxy) failed"
    )


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        ("403", "failed: it refused, with HTTP status 403. Check the option proxy, "),
        (
            "407",
            "failed: it wants a user name and a password. Put them into the option proxy: http://USER:PASSWORD@HOST:PORT.",
        ),
        ("502", "failed: it refused, with HTTP status 502. "),
        ("closed", "failed: "),
        ("silent", "did not answer within 0.5 seconds. Check the option proxy, "),
        ("not HTTP", "failed: "),
    ],
)
def test_a_tunnel_that_is_refused_is_the_proxy_s_doing(refusal: str, words: str) -> None:
    with serving(REFUSALS[refusal]) as proxy:
        message = failure(SECURE, proxy.url()).message
    assert f"he proxy {proxy.host} (from the option proxy) {words}" in message
    assert "cvm.test" not in message


@pytest.mark.usefixtures("_ample_time")
def test_what_fails_behind_the_tunnel_is_not_the_proxy_s_doing(tmp_path: Path) -> None:
    context = server_context(certificate_of(authority()), tmp_path)
    with serving(answering(), context) as server, serving(tunnelling(server.port)) as proxy:
        message = failure(SECURE, proxy.url()).message
    assert message.startswith("The connection to cvm.test failed: its certificate was not accepted")
