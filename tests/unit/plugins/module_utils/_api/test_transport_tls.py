# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS at real sockets: whom a transport trusts, and that a TLS error says nothing about how far a request got."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from urllib3.exceptions import InsecureRequestWarning

from ansible_collections.tencent.cloud.plugins.module_utils._api.transport import HttpRequest, Transport
from ansible_collections.tencent.cloud.plugins.module_utils._errors import NoAnswer, OptionError
from tests.unit.support.certificates import authority, certificate_of, server_context
from tests.unit.support.loopback import Behaviour, Connection, Server, after_reading, answering, serving

BODY = b"x" * 50_000


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """What a server needs whose certificate the test authority issued."""
    return server_context(certificate_of(authority()), tmp_path_factory.mktemp("server"))


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file with the test authority's certificate."""
    return str(_written(tmp_path_factory.mktemp("ca") / "ca.pem", authority().pem))


@pytest.fixture(scope="module")
def other_ca(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file with the certificate of an authority that issued nothing here."""
    return str(_written(tmp_path_factory.mktemp("other") / "ca.pem", authority("Another authority").pem))


@pytest.fixture(autouse=True)
def _no_bundle_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def status(server: Server, *, validate_certs: bool = True, ca_path: str | None = None, path: str = "/") -> int:
    """What a POST is answered with. Raises NoAnswer."""
    transport = Transport(timeout=5.0, use_environment_proxies=False, validate_certs=validate_certs, ca_path=ca_path)
    return transport.send(HttpRequest("POST", server.url(path), {}, BODY), fresh=True).status


def failure(server: Server, ca_path: str | None = None) -> NoAnswer:
    """The error that a POST ends with."""
    with pytest.raises(NoAnswer) as caught:
        status(server, ca_path=ca_path)
    return caught.value


# --- whom it trusts


def test_a_given_authority_is_trusted(context: ssl.SSLContext, ca: str) -> None:
    with serving(answering(), context) as server:
        assert status(server, ca_path=ca) == 200


def test_a_bundle_is_tried_once_however_many_clients_use_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bundle.pem"
    path.touch()
    tried: list[str] = []

    def load(_context: ssl.SSLContext, cafile: str) -> None:
        tried.append(cafile)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", load)
    for _client in range(3):
        Transport(ca_path=str(path)).close()
    assert tried == [str(path)]


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_an_authority_of_the_environment_is_trusted(
    context: ssl.SSLContext, ca: str, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, ca)
    with serving(answering(), context) as server:
        assert status(server) == 200


def test_the_given_authority_beats_the_environment(
    context: ssl.SSLContext, ca: str, other_ca: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", ca)
    with serving(answering(), context) as server:
        assert failure(server, other_ca).sent is False


def test_an_unknown_authority_is_refused_before_anything_is_sent(context: ssl.SSLContext, other_ca: str) -> None:
    with serving(answering(), context) as server:
        for error in (failure(server), failure(server, other_ca)):
            assert error.sent is False
            assert "certificate was not accepted" in error.message
            assert "ca_path" in error.message
        assert server.requests == []


def test_a_certificate_of_another_host_is_refused_before_anything_is_sent(tmp_path: Path, ca: str) -> None:
    elsewhere = server_context(certificate_of(authority(), "192.0.2.1"), tmp_path)
    with serving(answering(), elsewhere) as server:
        error = failure(server, ca)
        assert (error.sent, server.requests) == (False, [])
    assert "certificate was not accepted" in error.message


def test_a_file_of_authorities_that_is_missing_sends_nothing(context: ssl.SSLContext, tmp_path: Path) -> None:
    with serving(answering(), context) as server:
        with pytest.raises(OptionError, match=r"ca_path: there is no .*missing\.pem"):
            status(server, ca_path=str(tmp_path / "missing.pem"))
        assert server.connections == 0


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize(
    ("content", "problem"), [(None, "there is no"), ("no certificate", "cannot be used: it holds no CA certificates")]
)
def test_a_file_of_authorities_of_the_environment_that_is_none_is_named_with_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, content: str | None, problem: str
) -> None:
    bundle = tmp_path / "bundle.pem"
    if content:
        bundle.write_text(content)
    monkeypatch.setenv(variable, str(bundle))
    with pytest.raises(OptionError, match=problem) as caught:
        Transport()
    assert caught.value.option == variable
    assert Transport(validate_certs=False)


def test_without_validation_anybody_is_trusted_whatever_the_environment_names(
    context: ssl.SSLContext, other_ca: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", other_ca)
    with serving(answering(), context) as server, pytest.warns(InsecureRequestWarning):
        assert status(server, validate_certs=False, ca_path=other_ca) == 200


# --- a handshake that fails


def closed(connection: Connection) -> None:
    """The end of the connection, without a word; within a session also without its end."""


def closed_after_the_hello(connection: Connection) -> None:
    """The client's first record is read, and that is all."""
    connection.sock.recv(65536)


def reset_after_the_hello(connection: Connection) -> None:
    """The same with RST."""
    connection.sock.recv(65536)
    connection.reset()


def no_tls(connection: Connection) -> None:
    """The answer of a plain HTTP server to a client's hello."""
    connection.sock.recv(65536)
    connection.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")


@pytest.mark.parametrize("handshake", [closed, closed_after_the_hello, reset_after_the_hello, no_tls])
def test_a_handshake_that_fails_sent_nothing(handshake: Behaviour, ca: str) -> None:
    with serving(handshake) as server:
        transport = Transport(timeout=5.0, use_environment_proxies=False, ca_path=ca)
        with pytest.raises(NoAnswer) as caught:
            transport.send(HttpRequest("POST", f"https://{server.host}/", {}, BODY), fresh=True)
        assert (caught.value.sent, server.connections) == (False, 1)


def test_a_handshake_that_never_ends_sent_nothing(ca: str) -> None:
    with serving(Connection.keep_silent) as server:
        transport = Transport(timeout=0.2, use_environment_proxies=False, ca_path=ca)
        with pytest.raises(NoAnswer, match=r"did not answer within 0\.2 seconds") as caught:
            transport.send(HttpRequest("POST", f"https://{server.host}/", {}, BODY), fresh=True)
        assert caught.value.sent is False


# --- TLS that breaks after the server read the whole request


def garbled(connection: Connection) -> None:
    """What comes is no record of this session: the client's error is one of TLS."""
    connection.garble()


def told_to_close(connection: Connection) -> None:
    """An orderly end of the session, without an answer."""
    sock = connection.sock
    assert isinstance(sock, ssl.SSLSocket)
    sock.settimeout(0.1)
    sock.unwrap()


@pytest.mark.parametrize("end", [garbled, closed, told_to_close, Connection.reset])
def test_tls_that_breaks_after_the_request_was_sent(end: Behaviour, context: ssl.SSLContext, ca: str) -> None:
    with serving(after_reading(end), context) as server:
        error = failure(server, ca)
        assert (server.connections, len(server.requests)) == (1, 1)
        assert server.requests[0].endswith(BODY)
    assert (error.sent, error.code) == (True, "NoAnswer")


def test_a_garbled_record_is_reported_as_an_error_of_tls(context: ssl.SSLContext, ca: str) -> None:
    with serving(after_reading(garbled), context) as server:
        error = failure(server, ca)
    assert "TLS error" in error.message
    assert isinstance(error.__cause__, Exception)
    assert "SSLError" in type(error.__cause__).__name__


def test_a_certificate_that_is_asked_of_the_client_may_come_to_light_after_the_request(tmp_path: Path, ca: str) -> None:
    """With TLS 1.3 the client has sent its request when the refusal of its missing certificate comes."""
    strict = server_context(certificate_of(authority()), tmp_path)
    strict.minimum_version = ssl.TLSVersion.TLSv1_3
    strict.verify_mode = ssl.CERT_REQUIRED
    strict.load_verify_locations(ca)
    with serving(answering(), strict) as server:
        assert failure(server, ca).sent is True
