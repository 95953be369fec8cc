# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From connection options to a client: what is refused, what is passed on, and the real thing on the simulator."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._api import connection
from ansible_collections.tencent.cloud.plugins.module_utils._api.client import CVM, Client
from ansible_collections.tencent.cloud.plugins.module_utils._api.connection import CONNECTION_SPEC, client_from
from ansible_collections.tencent.cloud.plugins.module_utils._api.credentials import Credentials, hidden
from ansible_collections.tencent.cloud.plugins.module_utils._api.transport import Transport
from ansible_collections.tencent.cloud.plugins.module_utils._clock import Clock
from ansible_collections.tencent.cloud.plugins.module_utils._errors import ApiError, CredentialsError, OptionError
from tests.simulator import Running, running
from tests.simulator.core import Simulator
from tests.simulator.world import load_world
from tests.unit.support.doubles import Time
from tests.unit.support.simulated import SimulatedClock, SimulatedTransport

ARN = "qcs::cam::uin/100000000001:roleName/reinstaller"
GUARDED = "qcs::cam::uin/100000000001:roleName/guarded"
KEYS = {"secret_id": "AKIDsimulator", "secret_key": "simulator-secret-key"}
PROFILE = {"secretId": "AKIDsimulator", "secretKey": "simulator-secret-key"}
DEFAULTS: dict[str, Any] = {name: option.get("default") for name, option in CONNECTION_SPEC.items()}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home and none of the variables that matter."""
    for name in ("SECRET_ID", "SECRET_KEY", "TOKEN", "SECURITY_TOKEN", "REGION", "PROFILE", "METADATA_URL"):
        monkeypatch.delenv(f"TENCENTCLOUD_{name}", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def simulator() -> Iterator[Running]:
    """A simulator of its own process: real sockets, real time."""
    with running(lag_seconds=0) as simulator:
        yield simulator


def client(**options: Any) -> Client:
    """A client for these options; the others have their defaults."""
    return client_from({**DEFAULTS, "region": "ap-guangzhou", **options}, Time().clock)


# --- what is refused


@pytest.mark.parametrize(
    ("options", "option", "message"),
    [
        ({**KEYS, "profile": "work"}, "profile", "it and secret_id name two sources"),
        ({**KEYS, "cam_role_name": "role"}, "cam_role_name", "it and secret_id name two sources"),
        ({"profile": "work", "cam_role_name": "role"}, "cam_role_name", "it and profile name two sources"),
        ({"security_token": "t"}, "security_token", "it needs the secret_id and secret_key"),
        ({"security_token": "t", "profile": "work"}, "security_token", "it needs the secret_id and secret_key"),
        ({"timeout": float("nan")}, "timeout", "out of range"),
        ({"timeout": float("inf")}, "timeout", "out of range"),
        ({"ca_path": "/no/such/ca.pem"}, "ca_path", "there is no /no/such/ca.pem"),
        ({"region": "ap-guangzhou\n"}, "region", "not a valid region"),
        (
            {"region": "ap-guangzhou-3"},
            "region",
            "'ap-guangzhou-3' is an availability zone. Give its region, ap-guangzhou",
        ),
        ({"region": "ap-shanghai-fsi-1"}, "region", "Give its region, ap-shanghai-fsi"),
        ({"timeout": 0.0}, "timeout", "out of range"),
        ({"timeout": -2.5}, "timeout", "out of range"),
        ({"max_attempts": 0}, "max_attempts", "0 sends nothing"),
        ({"max_attempts": -1}, "max_attempts", "-1 sends nothing"),
        ({"api": "v2", "signature_method": "TC3-HMAC-SHA256"}, "signature_method", "does not know TC3-HMAC-SHA256"),
        ({"region": None}, "region", "it is not set"),
        ({"region": ""}, "region", "it is not set"),
        ({**KEYS, "endpoint": "http://cvm.tencentcloudapi.com"}, "endpoint", "plain http"),
        ({"profile": "missing"}, "profile", "there is no profile 'missing'"),
        ({"profile": "../x"}, "profile", "is not a profile name"),
    ],
)
def test_an_option_that_cannot_be_used(options: dict[str, Any], option: str, message: str) -> None:
    with pytest.raises(OptionError, match=message) as caught:
        client(**options)
    assert caught.value.option == option


def test_half_a_pair_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "from-elsewhere")
    with pytest.raises(CredentialsError, match="secret_key from the options is empty"):
        client(secret_id="AKIDx")


# --- what is passed on


def test_the_options_reach_the_client() -> None:
    made = client(
        **KEYS,
        api="v2",
        signature_method="HmacSHA1",
        endpoint="https://{service}.example.com",
        language="zh-CN",
        max_attempts=3,
    )
    assert (made.api, made.signature_method, made.language) == ("v2", "HmacSHA1", "zh-CN")
    assert (made.region, made.max_attempts) == ("ap-guangzhou", 3)
    assert made.endpoint.of("cvm", "v2").url == "https://cvm.example.com/v2/index.php"
    assert made.credentials().secret_id == "AKIDsimulator"


def test_the_options_reach_the_transport(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ca_path = str(tmp_path)
    made: list[dict[str, Any]] = []

    def transport(**given: Any) -> Transport:
        made.append(given)
        return Transport(**given)

    monkeypatch.setattr(connection, "Transport", transport)
    client(**KEYS, timeout=7.5, proxy="http://127.0.0.1:1", validate_certs=False, ca_path=ca_path)
    client(**KEYS, proxy="", ca_path="")
    given = {"timeout": 7.5, "proxy": "http://127.0.0.1:1", "validate_certs": False, "ca_path": ca_path}
    metadata = {"timeout": 1.0, "use_environment_proxies": False}
    plain = {"timeout": 30.0, "proxy": None, "validate_certs": True, "ca_path": None}
    assert made == [metadata, given, metadata, plain]


def test_the_environment_gives_keys_and_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", "AKIDenv")
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "key-env")
    monkeypatch.setenv("TENCENTCLOUD_REGION", "ap-shanghai-fsi")
    made = client(region=None)
    assert (made.region, made.credentials().secret_id) == ("ap-shanghai-fsi", "AKIDenv")
    assert made.endpoint.of("cvm", "v3").host == "cvm.ap-shanghai-fsi.tencentcloudapi.com"


def test_the_home_gives_a_profile_and_its_region(home: Path) -> None:
    (home / ".tccli").mkdir()
    (home / ".tccli" / "work.credential").write_text('{"secretId": "AKIDwork", "secretKey": "k"}')
    (home / ".tccli" / "work.configure").write_text('{"_sys_param": {"region": "ap-beijing"}}')
    made = client(profile="work", region=None)
    assert (made.region, made.credentials().secret_id) == ("ap-beijing", "AKIDwork")


def test_every_secret_that_is_found_is_hidden_before_it_is_used(
    home: Path, monkeypatch: pytest.MonkeyPatch, simulator: Running
) -> None:
    """Whatever the source, and whenever it gives another one."""
    monkeypatch.setenv("TENCENTCLOUD_METADATA_URL", simulator.url)
    (home / ".tccli").mkdir()
    (home / ".tccli" / "work.credential").write_text(json.dumps(PROFILE))
    given = {**DEFAULTS, "region": "ap-guangzhou", "endpoint": simulator.url}
    sources: list[dict[str, Any]] = [
        KEYS,
        {"profile": "work"},
        {"cam_role_name": "simulator-role"},
        {},
        {**KEYS, "assume_role": {"role_arn": ARN}},
    ]
    for source in sources:
        told: list[str] = []
        made = client_from({**given, **source}, Clock(), hide=told.append)
        keys = made.credentials()
        assert {keys.secret_id, keys.secret_key} <= set(told), source
        assert keys.token is None or keys.token in told
        made.transport.close()


def test_a_renewed_secret_is_hidden_too() -> None:
    keys = iter([Credentials("AKID-first", "key-first", "token-first"), Credentials("AKID-next", "key-next")])
    told: list[str] = []
    provider = hidden(lambda: next(keys), told.append)
    provider()
    assert told == ["AKID-first", "key-first", "token-first"]
    provider()
    assert told[3:] == ["AKID-next", "key-next"]


@pytest.mark.parametrize(("api", "count"), [("v2", 1), ("v3", 0)])
def test_the_end_of_the_legacy_interface_is_said_once(api: str, count: int) -> None:
    told: list[str] = []
    options = {**DEFAULTS, **KEYS, "region": "ap-guangzhou", "api": api}
    first = client_from(options, Time().clock, warn=told.append)
    client_from(options, Time().clock, first.credentials, warn=told.append)
    assert len(told) == count


def test_a_profile_that_others_can_read_is_warned_of(home: Path) -> None:
    (home / ".tccli").mkdir()
    file = home / ".tccli" / "work.credential"
    file.write_text(json.dumps(PROFILE))
    file.chmod(0o644)
    told: list[str] = []
    client_from({**DEFAULTS, "region": "ap-guangzhou", "profile": "work"}, Time().clock, warn=told.append)
    assert [text.startswith(str(file)) for text in told] == [True]


def test_without_a_home_the_environment_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container whose user is in no list."""
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", "AKIDenv")
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "key-env")
    assert client().credentials().secret_id == "AKIDenv"
    with pytest.raises(OptionError, match=r"no home directory \(HOME is not set\)"):
        client(profile="work")


# --- on the simulator


def tokens(simulator: Running) -> list[tuple[str, bool, str | None]]:
    """Action, whether a token came with it, and the error code of every call."""
    return [(call["action"], call["token"], call["code"]) for call in simulator.state()["calls"]]


def described(made: Client) -> Any:
    """The id of the one instance that is asked for."""
    answer = made.read(CVM, "DescribeInstances", {"InstanceIds": ["ins-r8hr2upy"]})
    return answer["InstanceSet"][0]["InstanceId"]


def on(simulator: Running, **options: Any) -> Client:
    """A client of the simulator on real time, without a proxy of whoever runs the tests."""
    simulator.world()
    given = {**DEFAULTS, "region": "ap-guangzhou", "endpoint": simulator.url, "timeout": 10.0, **options}
    return client_from(given, Clock())


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.mark.parametrize("api", ["v2", "v3"])
def test_permanent_keys(simulator: Running, api: str) -> None:
    made = on(simulator, **KEYS, api=api)
    assert described(made) == "ins-r8hr2upy"
    assert tokens(simulator) == [("DescribeInstances", False, None)]
    made.transport.close()


@pytest.mark.parametrize("name", [None, "simulator-role"])
@pytest.mark.parametrize("api", ["v2", "v3"])
def test_the_role_of_the_instance(
    simulator: Running, monkeypatch: pytest.MonkeyPatch, api: str, name: str | None
) -> None:
    monkeypatch.setenv("TENCENTCLOUD_METADATA_URL", simulator.url)
    made = on(simulator, cam_role_name=name, api=api)
    assert described(made) == "ins-r8hr2upy"
    assert tokens(simulator) == [("DescribeInstances", True, None)]
    made.transport.close()


def test_a_role_that_the_instance_has_not(simulator: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENCENTCLOUD_METADATA_URL", simulator.url)
    with pytest.raises(CredentialsError, match="HTTP status 404 for the role 'other'"):
        described(on(simulator, cam_role_name="other"))


ROLES: dict[str, dict[str, Any]] = {
    "plain": {"role_arn": ARN, "role_session_name": "ansible", "duration_seconds": 7200},
    "short": {"role_arn": ARN, "role_session_name": "nightly", "duration_seconds": 60, "external_id": None},
    "guarded": {"role_arn": GUARDED, "external_id": "simulator-external-id"},
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("api", ["v2", "v3"])
def test_a_role_on_top_of_the_keys(simulator: Running, api: str, role: str) -> None:
    made = on(simulator, **KEYS, assume_role=ROLES[role], api=api)
    assert [described(made), described(made)] == ["ins-r8hr2upy"] * 2
    calls = tokens(simulator)
    assert calls == [("AssumeRole", False, None), *[("DescribeInstances", True, None)] * 2]
    made.transport.close()


def test_a_role_on_top_of_the_role_of_the_instance(simulator: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENCENTCLOUD_METADATA_URL", simulator.url)
    made = on(simulator, assume_role=ROLES["plain"])
    described(made)
    assert tokens(simulator) == [("AssumeRole", True, None), ("DescribeInstances", True, None)]
    made.transport.close()


def test_a_role_that_a_profile_names_and_an_option_that_beats_it(simulator: Running, home: Path) -> None:
    (home / ".tccli").mkdir()
    profile = {"secretId": KEYS["secret_id"], "secretKey": KEYS["secret_key"], "role-arn": GUARDED}
    (home / ".tccli" / "work.credential").write_text(json.dumps(profile))
    with pytest.raises(CredentialsError, match=r"AssumeRole failed with UnauthorizedOperation.*external ID"):
        described(on(simulator, profile="work", max_attempts=1))
    made = on(simulator, profile="work", assume_role=ROLES["plain"])
    assert described(made) == "ins-r8hr2upy"
    made.transport.close()


def test_keys_that_the_service_does_not_know(simulator: Running) -> None:
    with pytest.raises(ApiError, match="SecretIdNotFound"):
        described(on(simulator, secret_id="AKIDnobody", secret_key="x"))


# --- a long wait, on a simulated clock


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        ({**KEYS, "assume_role": {"role_arn": ARN, "duration_seconds": 3600}}, {"AssumeRole": 6}),
        ({"cam_role_name": "simulator-role"}, {}),
        ({"assume_role": {"role_arn": ARN, "duration_seconds": 43200}}, {"AssumeRole": 1}),
    ],
)
def test_a_long_wait_outlives_temporary_keys(
    monkeypatch: pytest.MonkeyPatch, identity: dict[str, Any], expected: dict[str, int]
) -> None:
    clock = SimulatedClock()
    simulator = Simulator(load_world({"extends": "builtin", "rate_limits": False}), clock=clock.wall)
    monkeypatch.setattr(connection, "Transport", lambda **given: SimulatedTransport(simulator, clock.as_clock()))
    made = client_from({**DEFAULTS, "region": "ap-guangzhou", **identity}, clock.as_clock())
    for poll in range(60):
        assert described(made) == "ins-r8hr2upy", poll
        clock.sleep(300)
    actions = Counter(call["action"] for call in simulator.snapshot()["calls"])
    assert actions == {"DescribeInstances": 60, **expected}
