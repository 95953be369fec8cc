# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls: reads are tried again where that may help, a write is sent once, and errors say what to do."""

from __future__ import annotations

from email.utils import formatdate
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._api.client import CVM, LAST_LOOK, STS
from ansible_collections.tencent.cloud.plugins.module_utils._api.credentials import Credentials
from ansible_collections.tencent.cloud.plugins.module_utils._api.transport import HttpAnswer, HttpRequest
from ansible_collections.tencent.cloud.plugins.module_utils._clock import Deadline
from ansible_collections.tencent.cloud.plugins.module_utils._engine.advice import advice
from ansible_collections.tencent.cloud.plugins.module_utils._errors import (
    ApiError,
    BadAnswer,
    CredentialsError,
    HeldUp,
    NoAnswer,
    TencentCloudError,
)
from tests.unit.support.doubles import KEYS, NOW, ScriptedTransport, Time, answer, client_with, lost, refusal

HTML = b"<html><body>Bad gateway</body></html>"

WORTH_ANOTHER_TRY: dict[str, HttpAnswer | NoAnswer] = {
    "throttled": refusal("RequestLimitExceeded"),
    "throttled by region": refusal("RequestLimitExceeded.GlobalRegionUinLimitExceeded"),
    "throttled, legacy": refusal("InvalidRequest.RequestConcurrencyExceeded"),
    "throttled, numeric": HttpAnswer(200, {}, b'{"code": 4400, "message": "m", "codeDesc": "d"}'),
    "internal error": refusal("InternalError"),
    "internal error of an action": refusal("InternalServerError"),
    "unlisted": refusal("Brandnew.Thing"),
    "lost before": lost(sent=False),
    "lost after": lost(sent=True),
    "500": HttpAnswer(500, {}, b""),
    "502": HttpAnswer(502, {}, HTML),
    "503 in JSON": answer(status=503),
    "html": HttpAnswer(200, {}, HTML),
    "cut": HttpAnswer(200, {}, b'{"Response": {"Requ'),
    "empty": HttpAnswer(200, {}, b""),
    "redirect": HttpAnswer(302, {"location": "https://elsewhere.test/"}, b""),
    "no request id": HttpAnswer(200, {}, b'{"Response": {}}'),
}

FINAL: dict[str, HttpAnswer | TencentCloudError] = {
    code: refusal(code)
    for code in (
        "InvalidInstanceId.NotFound",
        "UnauthorizedOperation",
        "AuthFailure.SignatureFailure",
        "InvalidRequest.ReplayAttack",
        "InvalidParameterValue",
        "UnsupportedRegion",
        "4500",
    )
}


# --- reads


@pytest.mark.parametrize("kind", WORTH_ANOTHER_TRY)
def test_a_read_is_tried_again(kind: str) -> None:
    time = Time()
    transport = ScriptedTransport(WORTH_ANOTHER_TRY[kind], WORTH_ANOTHER_TRY[kind], answer(TotalCount=1))
    assert client_with(transport, time).read_from_cvm() == {"RequestId": "r-1", "TotalCount": 1}
    assert time.pauses == [0.5, 1.0]
    assert transport.fresh == [False, False, False]


@pytest.mark.parametrize("kind", WORTH_ANOTHER_TRY)
def test_a_read_gives_up_with_the_last_error(kind: str) -> None:
    time = Time()
    first: list[HttpAnswer | TencentCloudError] = [refusal("InternalError", "not the last")] * 6
    transport = ScriptedTransport(*first, WORTH_ANOTHER_TRY[kind])
    with pytest.raises((ApiError, BadAnswer, NoAnswer)) as caught:
        client_with(transport, time, max_attempts=7).read_from_cvm()
    assert "not the last" not in str(caught.value)
    assert caught.value.action == "DescribeInstances"
    assert time.pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0]


@pytest.mark.parametrize("code", FINAL)
def test_a_refused_read_is_final(code: str) -> None:
    time = Time()
    transport = ScriptedTransport(FINAL[code], answer())
    with pytest.raises(ApiError) as caught:
        client_with(transport, time).read_from_cvm()
    assert caught.value.code == code
    assert (len(transport.sent), time.pauses) == (1, [])


def test_one_attempt_is_one_attempt() -> None:
    transport = ScriptedTransport(lost(), answer())
    with pytest.raises(NoAnswer):
        client_with(transport, max_attempts=1).read_from_cvm()
    assert len(transport.sent) == 1


def test_no_attempt_at_all_is_a_mistake_of_the_program() -> None:
    with pytest.raises(AssertionError, match="at least 1"):
        client_with(ScriptedTransport(), max_attempts=0).read_from_cvm()


def test_every_try_is_signed_anew() -> None:
    time = Time()
    nonces = iter([11, 12])
    transport = ScriptedTransport(lost(), answer(), time=time, seconds=30.0)
    client_with(transport, time, api="v2", nonce=lambda: next(nonces)).read_from_cvm()
    first, second = (body.decode() for body in transport.bodies)
    assert "Nonce=11&" in first
    assert "Nonce=12&" in second
    assert f"Timestamp={int(NOW)}&" in first
    assert f"Timestamp={int(NOW + 30.5)}&" in second


# --- a read with a deadline


def read_until(seconds: float, transport: ScriptedTransport, time: Time, **options: Any) -> dict[str, Any]:
    """A read that may last so long."""
    client = client_with(transport, time, **options)
    return client.read(CVM, "DescribeInstances", {}, Deadline(time.clock, seconds))


def test_without_a_deadline_a_read_has_the_transport_s_patience() -> None:
    transport = ScriptedTransport(answer())
    client_with(transport).read_from_cvm()
    assert transport.timeouts == [None]


def test_a_read_takes_what_is_left_and_a_last_look() -> None:
    time = Time()
    transport = ScriptedTransport(lost(), lost(), lost(), time=time, seconds=4.0)
    with pytest.raises(NoAnswer):
        read_until(10.0, transport, time, max_attempts=9)
    assert transport.timeouts == [10.0, 5.5, LAST_LOOK]
    assert time.pauses == [0.5, 1.0]


def test_the_last_pause_ends_at_the_deadline() -> None:
    time = Time()
    transport = ScriptedTransport(lost(), lost(), lost())
    with pytest.raises(NoAnswer):
        read_until(1.2, transport, time, max_attempts=9)
    assert time.pauses == pytest.approx([0.5, 0.7])
    assert time.now == pytest.approx(1.2)


def test_after_the_deadline_there_is_one_look_and_no_pause() -> None:
    time = Time()
    transport = ScriptedTransport(lost())
    with pytest.raises(NoAnswer):
        read_until(0.0, transport, time)
    assert (transport.timeouts, time.pauses) == ([LAST_LOOK], [])


# --- writes


@pytest.mark.parametrize("end", [*WORTH_ANOTHER_TRY.values(), *FINAL.values()], ids=[*WORTH_ANOTHER_TRY, *FINAL])
def test_a_write_is_sent_once_and_fresh_whatever_comes_back(end: HttpAnswer | TencentCloudError) -> None:
    time = Time()
    transport = ScriptedTransport(end, answer())
    with pytest.raises((ApiError, BadAnswer, NoAnswer)) as caught:
        client_with(transport, time).write_to_cvm()
    assert caught.value.action == "ResetInstance"
    assert (transport.fresh, transport.timeouts, time.pauses) == ([True], [None], [])


def test_a_write_returns_the_response() -> None:
    assert client_with(ScriptedTransport(answer())).write_to_cvm() == {"RequestId": "r-1"}


# --- credentials that cannot be had


@pytest.mark.parametrize("error", [lost(sent=True), BadAnswer("html"), ApiError("m", code="InternalError")])
def test_without_credentials_nothing_was_sent(error: TencentCloudError) -> None:
    """An unanswered question for keys is not an unanswered reset."""

    def failing() -> Credentials:
        raise error

    transport = ScriptedTransport()
    with pytest.raises(CredentialsError, match="No credentials") as caught:
        client_with(transport, credentials=failing).write_to_cvm()
    assert caught.value.__cause__ is error
    assert transport.sent == []


# --- what an error explains


def dated(seconds: float) -> dict[str, str]:
    """The Date header of a service whose clock is so far ahead."""
    return {"date": formatdate(NOW + seconds, usegmt=True)}


def explained(code: str, headers: dict[str, str] | None = None, service: Any = CVM) -> str:
    """The message of a refused reset."""
    client = client_with(ScriptedTransport(refusal(code, "Refused.", headers)))
    with pytest.raises(ApiError) as caught:
        client.write(service, "ResetInstance", {})
    return caught.value.message


@pytest.mark.parametrize("code", ["AuthFailure.SignatureExpire", "InvalidRequest.ReplayAttack", "4500", "4200"])
def test_a_wrong_clock_is_explained_with_its_skew(code: str) -> None:
    clock = "The clock of this machine is"
    assert f"{clock} 900 seconds behind the service's: set it right." in explained(code, dated(900))
    assert f"{clock} 3600 seconds ahead of the service's: set it right." in explained(code, dated(-3600))


@pytest.mark.parametrize("headers", [None, {}, {"date": "soon"}, {"date": ""}, dated(0), dated(100), dated(-100)])
def test_a_clock_that_is_right_or_unknown_is_not_blamed(headers: dict[str, str] | None) -> None:
    assert explained("AuthFailure.SignatureExpire", headers) == "Refused."


def test_the_skew_is_not_blamed_for_other_errors() -> None:
    assert explained("InvalidInstanceId.NotFound", dated(900)) == "Refused."


def test_the_skew_is_measured_by_any_answer() -> None:
    client = client_with(ScriptedTransport(answer(dated(42))))
    assert (client.skew, client.server_time()) == (None, NOW)
    client.read_from_cvm()
    assert (client.skew, client.server_time()) == (42.0, NOW + 42.0)


@pytest.mark.parametrize(
    ("seconds", "skew", "ahead"),
    [
        # The answer was made at NOW + 100; it was asked for at NOW and came so many seconds later.
        (0.0, 100.0, 0.0),
        (40.0, 60.0, 0.0),
        (99.0, 1.0, 0.0),
        (130.0, 0.0, 30.0),
        (3600.0, 0.0, 60.0),
    ],
)
def test_an_answer_that_was_held_up_is_no_measure(seconds: float, skew: float, ahead: float) -> None:
    """A suspended machine takes an hour-old answer from its socket; that is no clock an hour ahead."""
    time = Time()
    client = client_with(ScriptedTransport(answer(dated(100)), time=time, seconds=seconds), time)
    client.read_from_cvm()
    assert (client.skew, client.ahead) == (skew, ahead)


@pytest.mark.parametrize(
    "code", ["AuthFailure.UnauthorizedOperation", "UnauthorizedOperation", "AuthFailure", "4101", "4102", "4103"]
)
def test_a_missing_permission_names_the_cam_action_and_gives_no_other_advice(code: str) -> None:
    step = "Grant the key from the test the CAM permission for the action cvm:ResetInstance, or use another key."
    assert explained(code) == f"Refused. {step}"
    assert "sts:ResetInstance" in explained(code, service=STS)
    assert advice(ApiError("Refused.", code=code)) == ""


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("AuthFailure.SignatureFailure", "does not belong to the secret_id"),
        ("AuthFailure.SecretIdNotFound", "no such key"),
        ("AuthFailure.InvalidSecretId", "not that of an API key"),
        ("AuthFailure.TokenFailure", "has expired"),
        ("UnauthorizedOperation.InvalidToken", "has expired"),
        ("UnauthorizedOperation.MFAExpired", "second factor"),
        ("AuthFailure.SomethingNew", "was not accepted"),
        ("4100", "was not accepted"),
    ],
)
def test_a_key_that_is_not_accepted_is_told_with_where_it_came_from(code: str, words: str) -> None:
    text = explained(code)
    assert words in text
    assert text.endswith(" The key came from the test.")
    assert "CAM permission" not in text
    assert KEYS.secret_id not in text
    assert advice(ApiError("Refused.", code=code)) == ""


# --- the legacy interface


@pytest.mark.parametrize(("api", "sent", "said"), [("v2", False, True), ("v2", True, False), ("v3", False, False)])
def test_where_the_legacy_interface_does_not_answer_its_end_is_mentioned(api: str, sent: bool, said: bool) -> None:
    with pytest.raises(NoAnswer) as caught:
        client_with(ScriptedTransport(lost(sent=sent)), api=api).write_to_cvm()
    assert ("announced the end of the legacy interface" in caught.value.message) is said


def test_a_service_of_api_3_0_has_no_end_that_is_announced() -> None:
    with pytest.raises(NoAnswer) as caught:
        client_with(ScriptedTransport(lost(sent=False)), api="v2").write(STS, "AssumeRole", {})
    assert "legacy" not in caught.value.message


# --- answers that are none


def test_an_answer_that_is_none_names_its_action() -> None:
    with pytest.raises(BadAnswer) as caught:
        client_with(ScriptedTransport(BadAnswer("The answer is larger than 16 MiB."))).write_to_cvm()
    assert caught.value.action == "ResetInstance"


@pytest.mark.parametrize("date", ["Mon, 01 Jan 0001 00:00:00 GMT", "Mon, 99 Foo 2026", "\x1b[2K", "1" * 5000])
def test_a_date_that_is_none_is_no_clock(date: str) -> None:
    client = client_with(ScriptedTransport(answer({"date": date})))
    assert client.read_from_cvm()["RequestId"] == "r-1"


def test_text_of_the_api_cannot_write_lines_of_its_own() -> None:
    name = "web\nfatal: [host]: FAILED!\x1b[2K\u202e\ud800"
    found = client_with(ScriptedTransport(answer(InstanceSet=[{"InstanceName": name}]))).read_from_cvm()
    assert found["InstanceSet"] == [{"InstanceName": "web fatal: [host]: FAILED!\\x1b[2K\\u202e\\ud800"}]


# --- just before a request is sent


def test_the_last_look_is_after_the_signature_and_before_the_send() -> None:
    time = Time()
    transport = ScriptedTransport(answer(), time=time)

    def slow_credentials() -> Credentials:
        time.pass_by(50.0)
        return KEYS

    looks: list[tuple[int, int, float]] = []
    client = client_with(transport, time, credentials=slow_credentials)
    client.write(CVM, "ResetInstance", {}, lambda stamp: looks.append((stamp, len(transport.sent), time.wall)))
    assert looks == [(int(NOW) + 50, 0, NOW + 50.0)]
    assert transport.sent[0].headers["X-TC-Timestamp"] == str(int(NOW) + 50)


def held_up(_timestamp: int) -> None:
    raise HeldUp("Too late.")


def test_what_is_held_up_is_not_sent() -> None:
    transport = ScriptedTransport()
    with pytest.raises(HeldUp):
        client_with(transport).write(CVM, "ResetInstance", {}, held_up)
    with pytest.raises(HeldUp):
        client_with(transport).read(CVM, "DescribeInstances", {}, None, held_up)


def test_after_a_signal_what_changes_something_is_not_sent_and_a_look_is() -> None:
    transport = ScriptedTransport(answer())
    client = client_with(transport)
    client.check_write = lambda: held_up(0)
    with pytest.raises(HeldUp):
        client.write(CVM, "ResetInstance", {})
    assert client.calls == 0
    client.read(CVM, "DescribeInstances", {})
    assert len(transport.sent) == 1


def test_whether_it_may_be_sent_is_asked_again_when_it_is_connected() -> None:
    asked: list[int] = []

    class Transport(ScriptedTransport):
        def send(self, request: HttpRequest, **options: Any) -> HttpAnswer:
            asked.append(-1)
            return super().send(request, **options)

    client = client_with(Transport(answer()))
    client.check, client.check_write = lambda: asked.append(1), lambda: asked.append(2)
    client.write(CVM, "ResetInstance", {})
    assert asked == [1, 2, -1, 1, 2]


def test_what_is_held_up_after_a_failure_ends_with_the_failure() -> None:
    time = Time()

    def check(_timestamp: int) -> None:
        if time.pauses:
            held_up(_timestamp)

    with pytest.raises(ApiError, match="InternalError"):
        client_with(ScriptedTransport(refusal("InternalError")), time).read(CVM, "DescribeInstances", {}, None, check)


def test_credentials_are_kept_for_so_long_and_no_longer() -> None:
    time = Time()
    asked: list[float] = []

    def provider() -> Credentials:
        asked.append(time.now)
        return KEYS

    client = client_with(ScriptedTransport(*[answer()] * 4), time, credentials=provider)
    client.keep_credentials(300.0)
    for seconds in (0.0, 299.0, 1.0, 0.0):
        time.pass_by(seconds)
        client.read_from_cvm()
    assert asked == [0.0, 300.0, 300.0]
