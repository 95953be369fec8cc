# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Temporary keys: from the metadata service, and renewed before they expire, on a simulated clock."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._api.credentials import RENEW_BEFORE, Credentials, Renewing
from ansible_collections.tencent.cloud.plugins.module_utils._api.metadata import METADATA_PATH, MetadataService
from ansible_collections.tencent.cloud.plugins.module_utils._api.transport import HttpAnswer
from ansible_collections.tencent.cloud.plugins.module_utils._errors import CredentialsError, NoAnswer, TencentCloudError
from tests.unit.support.doubles import NOW, ScriptedTransport, Time, lost

KEYS = {
    "Code": "Success",
    "TmpSecretId": "AKIDtmp",
    "TmpSecretKey": "key-tmp",
    "Token": "token-tmp",
    "ExpiredTime": int(NOW) + 7200,
}


def ok(body: Any) -> HttpAnswer:
    """An answer of the metadata service."""
    return HttpAnswer(200, {}, body if isinstance(body, bytes) else json.dumps(body).encode())


# --- the metadata service


def test_the_role_of_the_instance_is_asked_for_first() -> None:
    transport = ScriptedTransport(ok(b"web-role\n"), ok(KEYS))
    found = MetadataService(transport, "http://169.254.0.23/").credentials(None)
    assert found == Credentials(
        "AKIDtmp", "key-tmp", "token-tmp", "the role 'web-role' of this instance", expires_at=NOW + 7200
    )
    assert [(request.method, request.url) for request in transport.sent] == [
        ("GET", f"http://169.254.0.23{METADATA_PATH}"),
        ("GET", f"http://169.254.0.23{METADATA_PATH}web-role"),
    ]


def test_a_given_role_is_asked_for_at_once_at_the_documented_address() -> None:
    transport = ScriptedTransport(ok(KEYS))
    assert MetadataService(transport).credentials("given").token == "token-tmp"
    assert [request.url for request in transport.sent] == [f"http://metadata.tencentyun.com{METADATA_PATH}given"]


@pytest.mark.parametrize("name", [b"", b"<html>404</html>", b"../../user-data", b"a b", b"\xff"])
def test_what_is_no_name_of_a_role_is_not_asked_for(name: bytes) -> None:
    with pytest.raises(CredentialsError, match="names no CAM role"):
        MetadataService(ScriptedTransport(ok(name))).credentials(None)


def test_a_given_name_cannot_lead_elsewhere() -> None:
    with pytest.raises(CredentialsError):
        MetadataService(ScriptedTransport()).credentials("../../user-data")


@pytest.mark.parametrize(("role", "what"), [(None, "the role of this instance"), ("given", "the role 'given'")])
def test_a_role_that_is_not_there_is_named(role: str | None, what: str) -> None:
    transport = ScriptedTransport(HttpAnswer(404, {}, b"<html>"))
    with pytest.raises(CredentialsError, match=f"HTTP status 404 for {what}"):
        MetadataService(transport).credentials(role)


UNREADABLE: list[Any] = [
    b"<html>",
    b"",
    b"null",
    [],
    "text",
    {},
    {**KEYS, "ExpiredTime": "soon"},
    {**KEYS, "ExpiredTime": None},
    {**KEYS, "TmpSecretId": 7},
    {name: value for name, value in KEYS.items() if name != "Token"},
]


@pytest.mark.parametrize("body", UNREADABLE)
def test_an_answer_that_cannot_be_read_is_named(body: Any) -> None:
    with pytest.raises(CredentialsError, match="answer for the role 'given' cannot be read"):
        MetadataService(ScriptedTransport(ok(body))).credentials("given")


def test_a_refusal_gives_its_code() -> None:
    with pytest.raises(CredentialsError, match="no keys for the role 'given': Failed"):
        MetadataService(ScriptedTransport(ok({**KEYS, "Code": "Failed"}))).credentials("given")


@pytest.mark.parametrize("sent", [False, True])
def test_a_service_that_does_not_answer_is_told_as_what_it_is(sent: bool) -> None:
    """Outside an instance there is none: neither the endpoint nor the region of the API has to do with it."""
    with pytest.raises(CredentialsError, match=r"metadata service does not answer\. Only an instance") as caught:
        MetadataService(ScriptedTransport(lost(sent=sent))).credentials("given")
    assert isinstance(caught.value.__cause__, NoAnswer)


# --- renewal


class Issuer:
    """Hands out keys that live so long, numbered, until it fails."""

    def __init__(self, time: Time, lifetime: float | None) -> None:
        self.time = time
        self.lifetime = lifetime
        self.asked = 0
        self.error: TencentCloudError | None = None

    def __call__(self) -> Credentials:
        self.asked += 1
        if self.error is not None:
            raise self.error
        expires = None if self.lifetime is None else self.time.wall + self.lifetime
        return Credentials(f"AKID{self.asked}", "key", "token", expires_at=expires)


def renewing(lifetime: float | None) -> tuple[Time, Issuer, Renewing]:
    """A clock, an issuer and what renews from it."""
    time = Time()
    issuer = Issuer(time, lifetime)
    return time, issuer, Renewing(issuer, time.clock)


def test_keys_are_kept_until_shortly_before_they_expire() -> None:
    time, issuer, provider = renewing(7200.0)
    assert issuer.asked == 0
    assert {provider().secret_id for number in range(3)} == {"AKID1"}
    time.pass_by(7200.0 - RENEW_BEFORE - 1.0)
    assert provider().secret_id == "AKID1"
    time.pass_by(1.0)
    assert provider().secret_id == "AKID2"
    assert issuer.asked == 2


def test_a_long_wait_never_uses_expired_keys() -> None:
    time, issuer, provider = renewing(7200.0)
    for poll in range(5 * 3600 // 5):
        expires = provider().expires_at
        assert expires is not None
        assert expires > time.wall, poll
        time.pass_by(5.0)
    assert issuer.asked == 3


def test_short_lived_keys_are_renewed_at_half_their_life() -> None:
    time, issuer, provider = renewing(100.0)
    provider()
    time.pass_by(49.0)
    assert provider().secret_id == "AKID1"
    time.pass_by(1.0)
    assert provider().secret_id == "AKID2"
    assert issuer.asked == 2


def test_keys_without_an_end_are_never_asked_for_again() -> None:
    time, issuer, provider = renewing(None)
    provider()
    time.pass_by(1e9)
    assert provider().secret_id == "AKID1"
    assert issuer.asked == 1


def test_keys_that_are_still_valid_survive_a_renewal_that_fails() -> None:
    time, issuer, provider = renewing(7200.0)
    provider()
    issuer.error = lost()
    time.pass_by(7200.0 - RENEW_BEFORE)
    assert provider().secret_id == "AKID1"
    time.pass_by(100.0)
    issuer.error = None
    assert provider().secret_id == "AKID3"


def test_keys_that_expired_do_not() -> None:
    time, issuer, provider = renewing(7200.0)
    provider()
    issuer.error = lost()
    time.pass_by(7199.0)
    assert provider().secret_id == "AKID1"
    time.pass_by(1.0)
    with pytest.raises(NoAnswer):
        provider()


def test_a_first_question_that_fails_fails() -> None:
    time, issuer, provider = renewing(7200.0)
    issuer.error = CredentialsError("none")
    with pytest.raises(CredentialsError):
        provider()
    issuer.error = None
    assert provider().secret_id == "AKID2"
    assert time.pauses == []
