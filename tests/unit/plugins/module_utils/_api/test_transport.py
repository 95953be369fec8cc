# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a request got, judged at real sockets; and that nothing is repeated, followed, or looked up in a netrc."""

from __future__ import annotations

import gzip
import importlib.util
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._api import transport as _transport
from ansible_collections.tencent.cloud.plugins.module_utils._api.socket_watch import Progress
from ansible_collections.tencent.cloud.plugins.module_utils._api.transport import (
    LARGEST_ANSWER,
    HttpAnswer,
    HttpRequest,
    Transport,
)
from ansible_collections.tencent.cloud.plugins.module_utils._errors import BadAnswer, HeldUp, NoAnswer
from ansible_collections.tencent.cloud.plugins.module_utils._lineage import StarterGone
from tests.unit.support.loopback import Behaviour, Connection, after_reading, answering, serving

BODY = b'{"LoginSettings": {"Password": "Qcloud@TestApi123++"}}' * 100
SHORT = 0.2
"""Seconds; long enough for loopback, short enough for a test that waits for its end."""


@pytest.fixture
def transport() -> Iterator[Transport]:
    """A transport that looks at no proxy of whoever runs the tests."""
    transport = Transport(timeout=5.0, use_environment_proxies=False)
    yield transport
    transport.close()


def post(url: str) -> HttpRequest:
    """A reset, as far as a transport knows one."""
    return HttpRequest("POST", url, {"Content-Type": "application/json", "X-Test": "yes"}, BODY)


def failure(transport: Transport, url: str, *, fresh: bool = True, timeout: float | None = None) -> NoAnswer:
    """The error that a request ends with."""
    with pytest.raises(NoAnswer) as caught:
        transport.send(post(url), fresh=fresh, timeout=timeout)
    return caught.value


# --- answers


def test_an_answer_is_read_to_its_end(transport: Transport) -> None:
    with serving(answering(b"x" * 100_000, headers="Date: today\r\nX-Mixed-Case: Yes\r\n")) as server:
        answer = transport.send(post(server.url()))
    assert (answer.status, answer.body) == (200, b"x" * 100_000)
    assert (answer.headers["date"], answer.headers["x-mixed-case"]) == ("today", "Yes")


def test_the_request_arrives_as_it_was_made(transport: Transport) -> None:
    with serving(answering()) as server:
        transport.send(post(server.url("/v2/index.php")))
        [request] = server.requests
    assert request.startswith(b"POST /v2/index.php HTTP/1.1\r\n")
    assert b"\r\nX-Test: yes\r\n" in request
    assert request.endswith(b"\r\n\r\n" + BODY)


def test_a_get_has_no_body(transport: Transport) -> None:
    with serving(answering()) as server:
        transport.send(HttpRequest("GET", server.url(), {}))
        assert server.requests[0].endswith(b"\r\n\r\n")


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "502 Bad Gateway", "503 Unavailable"])
def test_a_status_is_an_answer_and_is_not_asked_for_again(transport: Transport, status: str) -> None:
    with serving(answering(b"<html>", status, "Retry-After: 0\r\n")) as server:
        answer = transport.send(post(server.url()))
        assert len(server.requests) == 1
    assert answer == HttpAnswer(int(status[:3]), {"content-length": "6", "retry-after": "0"}, b"<html>")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_is_not_followed(transport: Transport, status: int) -> None:
    with serving(answering()) as elsewhere:
        with serving(answering(b"", f"{status} Moved", f"Location: {elsewhere.url()}\r\n")) as server:
            assert transport.send(post(server.url()), fresh=True).status == status
            assert len(server.requests) == 1
        assert elsewhere.connections == 0


# --- connections


def test_a_connection_is_kept(transport: Transport) -> None:
    with serving(answering()) as server:
        for number in range(3):
            transport.send(post(server.url()))
            assert len(server.requests) == number + 1
        assert server.connections == 1


def test_a_fresh_one_is_opened_where_it_is_asked_for_and_not_kept(transport: Transport) -> None:
    opened = []
    with serving(answering()) as server:
        for fresh in (False, True, True, False):
            transport.send(post(server.url()), fresh=fresh)
            opened.append(server.connections)
    assert opened == [1, 2, 3, 3]


def test_after_closing_the_next_request_opens_another(transport: Transport) -> None:
    with serving(answering()) as server:
        for number in range(2):
            transport.send(post(server.url()))
            transport.close()
            assert server.connections == number + 1
    transport.close()


def test_netrc_is_not_read(transport: Transport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("default login somebody password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    with serving(answering()) as server:
        transport.send(post(server.url()))
        transport.send(post(server.url()), fresh=True)
        assert not any(b"authorization" in request.lower() for request in server.requests)


# --- surely not sent


def test_a_refused_connection_was_not_sent(transport: Transport) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    error = failure(transport, f"http://127.0.0.1:{port}/")
    assert (error.sent, error.code) == (False, "NotSent")
    assert error.message == (
        f"The connection to 127.0.0.1:{port} failed: Connection refused. "
        "Check the endpoint and the network, and whether a proxy is needed (proxy, HTTPS_PROXY)."
    )


def test_an_unresolvable_name_was_not_sent(transport: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*arguments: object, **options: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = failure(transport, "https://cvm.invalid/")
    assert error.sent is False
    assert error.message == (
        "The connection to cvm.invalid failed: its name cannot be resolved. Check the region, the endpoint, and the "
        "name resolution of this machine."
    )


def test_a_url_that_is_none_was_not_sent(transport: Transport) -> None:
    assert failure(transport, "http://[::1/").sent is False


# --- sent, and no answer


def reset(connection: Connection) -> None:
    """End with RST."""
    connection.reset()


ENDS: dict[str, tuple[Behaviour, str]] = {
    "closed": (lambda connection: None, "it was closed without an answer"),
    "reset": (reset, "Connection reset by peer"),
    "silent": (Connection.keep_silent, "did not answer within 0.2 seconds"),
    "half a status line": (lambda connection: connection.send(b"HTTP/1."), ""),
    "the headers": (lambda connection: connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n"), ""),
    "half a body": (lambda connection: connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), ""),
    "half a chunk": (
        lambda connection: connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{"),
        "",
    ),
    "not HTTP": (lambda connection: connection.send(b"220 mail.example.com ESMTP\r\n\r\n"), ""),
}


@pytest.mark.parametrize("kept", [False, True], ids=["fresh", "kept"])
@pytest.mark.parametrize("end", ENDS)
def test_what_was_read_by_the_server_was_sent_once(end: str, kept: bool) -> None:
    behaviour, words = ENDS[end]
    transport = Transport(timeout=SHORT, use_environment_proxies=False)
    with serving(after_reading(behaviour)) as server:
        error = failure(transport, server.url(), fresh=not kept)
        assert (server.connections, len(server.requests)) == (1, 1)
        transport.close()
    assert (error.sent, error.code) == (True, "NoAnswer")
    assert words in error.message


def test_an_answer_that_ends_within_a_header_is_an_empty_one(transport: Transport) -> None:
    """The standard library takes the end of the connection for the end of the headers; no body is no good answer."""
    with serving(after_reading(lambda connection: connection.send(b"HTTP/1.1 200 OK\r\nContent-Le"))) as server:
        assert transport.send(post(server.url()), fresh=True).body == b""
        assert len(server.requests) == 1


def test_not_even_a_get_is_repeated(transport: Transport) -> None:
    with serving(after_reading(lambda connection: None)) as server:
        with pytest.raises(NoAnswer):
            transport.send(HttpRequest("GET", server.url(), {}))
        assert (server.connections, len(server.requests)) == (1, 1)


def test_what_was_read_in_part_was_sent(transport: Transport) -> None:
    def behave(connection: Connection) -> None:
        connection.sock.recv(1)
        connection.reset()

    with serving(behave) as server:
        assert failure(transport, server.url()).sent is True
        assert server.connections == 1


def test_a_kept_connection_that_breaks_during_its_second_request_was_sent_once(transport: Transport) -> None:
    def behave(connection: Connection) -> None:
        connection.read()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        connection.read()

    with serving(behave) as server:
        transport.send(post(server.url()))
        assert failure(transport, server.url(), fresh=False).sent is True
        assert (server.connections, len(server.requests)) == (1, 2)


def dripping(head: bytes) -> Behaviour:
    """An answer of which a byte comes now and then, each well within the timeout."""

    def behave(connection: Connection) -> None:
        connection.read()
        connection.send(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n")
        with suppress(OSError):
            while not connection.server.ending.wait(0.05):
                connection.send(b"x")

    return behave


@pytest.mark.parametrize("head", [b"Content-Length: 1000", b"Connection: close"])
def test_an_answer_that_drips_in_is_cut_off(transport: Transport, head: bytes) -> None:
    with serving(dripping(head)) as server:
        error = failure(transport, server.url(), timeout=2 * SHORT)
        assert error.sent
        assert "did not answer within 0.4 seconds" in str(error)


def test_a_handshake_that_drips_in_is_cut_off(transport: Transport) -> None:
    """It begins like a record of TLS, which does not come to its end."""

    def behave(connection: Connection) -> None:
        connection.send(b"\x16\x03\x03\x3f\xff")
        with suppress(OSError):
            while not connection.server.ending.wait(0.05):
                connection.send(b"\x02")

    with serving(behave) as server:
        error = failure(transport, f"https://{server.host}/", timeout=2 * SHORT)
    assert error.sent is False
    assert "did not answer within 0.4 seconds" in error.message


def test_a_connection_that_was_cut_before_its_handshake_sends_nothing(transport: Transport) -> None:
    """The ssl module leaves out the handshake then, and would hand the request to the dead socket as it is."""
    cut = Progress(SHORT)
    cut.cut_off = True
    with serving(answering()) as server, socket.create_connection(("127.0.0.1", server.port)) as sock:
        with pytest.raises(TimeoutError):
            cut.hand_over(sock)
        assert cut.bytes_sent is False
    cut.end()


@pytest.mark.parametrize("error", [HeldUp("The task was interrupted."), StarterGone()], ids=["signal", "starter"])
def test_what_may_not_be_sent_any_more_once_it_is_connected_is_not(transport: Transport, error: BaseException) -> None:
    def check() -> None:
        raise error

    with serving(answering()) as server:
        with pytest.raises(type(error)) as caught:
            transport.send(post(server.url()), fresh=True, check=check)
        assert caught.value is error
        # What comes next gets through, so that nothing of the other can be on its way.
        transport.send(post(server.url()), fresh=True)
    assert (server.connections, len(server.requests)) == (2, 1)


# --- how large an answer may be


def without_end(head: bytes, part: bytes) -> Behaviour:
    """An answer that goes on for as long as it is read."""

    def behave(connection: Connection) -> None:
        connection.read()
        connection.send(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n")
        while not connection.server.ending.is_set():
            connection.send(part)

    return behave


ENDLESS: dict[str, Behaviour] = {
    "a length": without_end(b"Content-Length: 9999999999\r\n", bytes(65536)),
    "no length": without_end(b"Connection: close\r\n", bytes(65536)),
    "chunks": without_end(b"Transfer-Encoding: chunked\r\n", b"10000\r\n" + bytes(65536) + b"\r\n"),
    "gzip": answering(gzip.compress(bytes(LARGEST_ANSWER + 1)), headers="Content-Encoding: gzip\r\n"),
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_an_answer_is_not_read_beyond_its_limit(transport: Transport, kind: str) -> None:
    """An answer came, so a reset may have been accepted."""
    with serving(ENDLESS[kind]) as server:
        with pytest.raises(BadAnswer, match="larger than 16 MiB"):
            transport.send(post(server.url()))
        with pytest.raises(BadAnswer, match="larger than 16 MiB"):
            transport.send(post(server.url()), fresh=True)


def test_an_answer_may_be_packed(transport: Transport) -> None:
    with serving(answering(gzip.compress(b"{}"), headers="Content-Encoding: gzip\r\n")) as server:
        assert transport.send(post(server.url())).body == b"{}"
        assert b"\r\nAccept-Encoding: gzip\r\n" in server.requests[0]


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate"])
def test_what_was_not_asked_for_is_not_unpacked(transport: Transport, encoding: str) -> None:
    with serving(answering(b"as it is", headers=f"Content-Encoding: {encoding}\r\n")) as server:
        assert transport.send(post(server.url())).body == b"as it is"


def test_what_cannot_be_unpacked_is_a_bad_answer(transport: Transport) -> None:
    behaviour = answering(b"no gzip", headers="Content-Encoding: gzip\r\n")
    with serving(behaviour) as server, pytest.raises(BadAnswer, match="cannot be unpacked"):
        transport.send(post(server.url()))


def test_one_failure_leaves_no_mark_on_the_next(transport: Transport) -> None:
    with serving(after_reading(reset)) as server:
        assert failure(transport, server.url()).sent is True
    assert failure(transport, server.url()).sent is False


@pytest.mark.parametrize(("asked", "shown"), [(SHORT, "0.2"), (-1.0, "0.001"), (99.0, "0.3")])
def test_the_timeout_of_one_request_is_never_longer_than_the_configured_one(asked: float, shown: str) -> None:
    transport = Transport(timeout=0.3, use_environment_proxies=False)
    with serving(after_reading(Connection.keep_silent)) as server:
        assert f"within {shown} seconds" in failure(transport, server.url(), timeout=asked).message


# --- without the library


def test_without_requests_the_module_can_be_imported_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _transport.REQUESTS_IMPORT_ERROR is None
    monkeypatch.setitem(sys.modules, "requests", None)
    spec = importlib.util.spec_from_file_location(f"{_transport.__package__}.without_requests", _transport.__file__)
    assert spec is not None
    assert spec.loader is not None
    again = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, again)  # Its data classes look for it there.
    spec.loader.exec_module(again)
    assert "import requests" in again.REQUESTS_IMPORT_ERROR
