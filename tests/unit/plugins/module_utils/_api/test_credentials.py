# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where keys come from: each source alone, their order, and that none is ever mixed with another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tencent.cloud.plugins.module_utils._api.credentials import Credentials
from ansible_collections.tencent.cloud.plugins.module_utils._api.metadata import MetadataService
from ansible_collections.tencent.cloud.plugins.module_utils._api.profiles import Profiles
from ansible_collections.tencent.cloud.plugins.module_utils._api.sources import Sources, from_environment, from_options
from ansible_collections.tencent.cloud.plugins.module_utils._api.transport import HttpAnswer
from ansible_collections.tencent.cloud.plugins.module_utils._errors import CredentialsError, OptionError
from tests.unit.support.doubles import NOW, ScriptedTransport, Time, lost

ENVIRONMENT = {"TENCENTCLOUD_SECRET_ID": "AKIDenv", "TENCENTCLOUD_SECRET_KEY": "key-env"}


def role_answer(name: str, lifetime: float = 7200.0) -> HttpAnswer:
    """The keys of a role as the metadata service hands them out."""
    keys = {"TmpSecretId": f"AKID{name}", "TmpSecretKey": f"key-{name}", "Token": f"token-{name}"}
    return HttpAnswer(200, {}, json.dumps({**keys, "Code": "Success", "ExpiredTime": NOW + lifetime}).encode())


class House:
    """A machine with every source filled in; a test takes away from it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.options: dict[str, Any] = {}
        self.environment = dict(ENVIRONMENT)
        self.metadata = ScriptedTransport(HttpAnswer(200, {}, b"own-role"), role_answer("own-role"))
        self.write(".tccli/default.credential", {"secretId": "AKIDcli", "secretKey": "key-cli"})
        self.write(
            ".tccli/named.credential", {"secretId": "AKIDnamed", "secretKey": "key-named", "token": "token-named"}
        )
        self.write(".tencentcloud/credentials", "[default]\nsecret_id = AKIDsdk\nsecret_key = key-sdk\n")

    def write(self, name: str, content: Any) -> None:
        """A file of the home, as text or as JSON."""
        path = self.home / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")

    def remove(self, name: str) -> None:
        """A file less."""
        (self.home / name).unlink()

    def sources(self) -> Sources:
        """What the task would ask."""
        profiles = Profiles(self.home, system_file=self.home / "etc" / "credentials")
        return Sources(self.options, self.environment, profiles, MetadataService(self.metadata))

    def keys(self) -> tuple[str, str, str | None]:
        """The triple that is used."""
        found = self.sources().provider(Time().clock)()
        return found.secret_id, found.secret_key, found.token


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A machine with every source filled in."""
    return House(tmp_path)


def emptied(house: House) -> House:
    """The same with neither environment nor files."""
    house.environment = {}
    house.remove(".tccli/default.credential")
    house.remove(".tencentcloud/credentials")
    return house


# --- the order


def test_a_role_by_name_is_first(house: House) -> None:
    house.options = {"cam_role_name": "given-role"}
    house.metadata = ScriptedTransport(role_answer("given-role"))
    assert house.keys() == ("AKIDgiven-role", "key-given-role", "token-given-role")
    assert house.metadata.sent[0].url.endswith("/latest/meta-data/cam/security-credentials/given-role")


def test_keys_in_options_beat_the_environment(house: House) -> None:
    house.options = {"secret_id": "AKIDopt", "secret_key": "key-opt", "security_token": "token-opt"}
    assert house.keys() == ("AKIDopt", "key-opt", "token-opt")


def test_a_profile_in_options_beats_the_environment(house: House) -> None:
    house.options = {"profile": "named"}
    assert house.keys() == ("AKIDnamed", "key-named", "token-named")


def test_the_environment_beats_the_default_profile(house: House) -> None:
    assert house.keys() == ("AKIDenv", "key-env", None)


def test_the_cli_s_file_beats_the_sdk_s(house: House) -> None:
    house.environment = {}
    assert house.keys() == ("AKIDcli", "key-cli", None)


def test_the_environment_may_name_the_default_profile(house: House) -> None:
    house.environment = {"TENCENTCLOUD_PROFILE": "named"}
    assert house.keys() == ("AKIDnamed", "key-named", "token-named")


def test_a_profile_that_the_environment_names_must_exist(house: House) -> None:
    house.environment = {"TENCENTCLOUD_PROFILE": "missing"}
    with pytest.raises(OptionError, match="TENCENTCLOUD_PROFILE: there is no profile 'missing'"):
        house.keys()
    assert house.metadata.sent == []


def test_keys_in_the_environment_beat_a_profile_named_there(house: House) -> None:
    house.environment["TENCENTCLOUD_PROFILE"] = "named"
    assert house.keys() == ("AKIDenv", "key-env", None)


def test_the_sdk_s_file_beats_the_role_of_the_instance(house: House) -> None:
    house.environment = {}
    house.remove(".tccli/default.credential")
    assert house.keys() == ("AKIDsdk", "key-sdk", None)
    assert house.metadata.sent == []


def test_the_machine_s_file_comes_after_the_user_s_and_before_the_role_of_the_instance(house: House) -> None:
    """The role is another identity, so a file that the vendor's SDK would use must not be passed over for it."""
    house.environment = {}
    house.write("etc/credentials", "[default]\nsecret_id = AKIDetc\nsecret_key = key-etc\n")
    assert house.keys()[0] == "AKIDcli"
    house.remove(".tccli/default.credential")
    assert house.keys()[0] == "AKIDsdk"
    house.remove(".tencentcloud/credentials")
    assert house.keys() == ("AKIDetc", "key-etc", None)
    assert house.metadata.sent == []


def test_without_a_home_there_are_no_profiles_in_it(house: House, tmp_path: Path) -> None:
    def sources(options: dict[str, Any], environment: dict[str, str]) -> Sources:
        profiles = Profiles(None, system_file=tmp_path / "etc" / "credentials")
        return Sources(options, environment, profiles, MetadataService(house.metadata))

    assert sources({}, ENVIRONMENT).provider(Time().clock)().secret_id == "AKIDenv"
    assert sources({}, {}).provider(Time().clock)().secret_id == "AKIDown-role"
    assert sources({}, {}).region() is None
    with pytest.raises(OptionError, match=r"no profile 'work'.*has no home directory \(HOME is not set\)"):
        sources({"profile": "work"}, {}).provider(Time().clock)
    house.write("etc/credentials", "[work]\nsecret_id = AKIDetc\nsecret_key = key-etc\n")
    assert sources({"profile": "work"}, {}).provider(Time().clock)().secret_id == "AKIDetc"


def test_the_role_of_the_instance_is_asked_last(house: House) -> None:
    assert emptied(house).keys() == ("AKIDown-role", "key-own-role", "token-own-role")


def test_without_any_source_all_are_named(house: House) -> None:
    house = emptied(house)
    house.metadata = ScriptedTransport(lost(sent=False))
    with pytest.raises(CredentialsError) as caught:
        house.keys()
    for name in ("secret_id", "TENCENTCLOUD_SECRET_KEY", "~/.tccli/default.credential", "role of this instance"):
        assert name in caught.value.message


@pytest.mark.parametrize("options", [{"secret_id": "", "profile": "", "cam_role_name": ""}, {"secret_id": None}])
def test_an_empty_option_is_none(house: House, options: dict[str, Any]) -> None:
    house.options = options
    assert house.keys()[0] == "AKIDenv"


# --- no mixture


HALVES: dict[str, tuple[dict[str, str], dict[str, str], str]] = {
    "id in options": ({"secret_id": "AKIDopt"}, ENVIRONMENT, "secret_key from the options is empty"),
    "key in options": ({"secret_key": "key-opt"}, ENVIRONMENT, "secret_id from the options is empty"),
    "id in the environment": ({}, {"TENCENTCLOUD_SECRET_ID": "x"}, "secret_key from the environment"),
    "key in the environment": ({}, {"TENCENTCLOUD_SECRET_KEY": "x"}, "secret_id from the environment"),
}


@pytest.mark.parametrize("half", HALVES)
def test_half_a_pair_is_not_completed_from_elsewhere(house: House, half: str) -> None:
    house.options, house.environment, message = HALVES[half]
    with pytest.raises(CredentialsError, match=message):
        house.keys()


def test_a_token_of_the_environment_does_not_join_other_keys(house: House) -> None:
    house.environment["TENCENTCLOUD_TOKEN"] = "token-env"
    house.options = {"secret_id": "AKIDopt", "secret_key": "key-opt"}
    assert house.keys() == ("AKIDopt", "key-opt", None)
    house.options = {}
    del house.environment["TENCENTCLOUD_SECRET_ID"], house.environment["TENCENTCLOUD_SECRET_KEY"]
    assert house.keys() == ("AKIDcli", "key-cli", None)


# --- options and environment


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ({}, None),
        ({"TENCENTCLOUD_TOKEN": "t"}, "t"),
        ({"TENCENTCLOUD_SECURITY_TOKEN": "s"}, "s"),
        ({"TENCENTCLOUD_TOKEN": "t", "TENCENTCLOUD_SECURITY_TOKEN": "s"}, "t"),
        ({"TENCENTCLOUD_TOKEN": "", "TENCENTCLOUD_SECURITY_TOKEN": "s"}, "s"),
        ({"TENCENTCLOUD_TOKEN": "", "TENCENTCLOUD_SECURITY_TOKEN": ""}, None),
    ],
)
def test_the_token_of_the_environment_has_two_names(tokens: dict[str, str], expected: str | None) -> None:
    found = from_environment({**ENVIRONMENT, **tokens})
    assert found is not None
    assert found.token == expected


@pytest.mark.parametrize("environment", [{}, {"TENCENTCLOUD_SECRET_ID": "", "TENCENTCLOUD_SECRET_KEY": ""}])
def test_an_empty_environment_has_none(environment: dict[str, str]) -> None:
    assert from_environment(environment) is None


def test_an_empty_token_of_the_options_is_none() -> None:
    assert from_options({"secret_id": "i", "secret_key": "k", "security_token": ""}).token is None


# --- what keys look like


@pytest.mark.parametrize("blank", [" ", "\t", "\n", "\r\n", "\u3000", "\u00a0"])
@pytest.mark.parametrize("field", ["secret_id", "secret_key", "token"])
def test_a_blank_is_named_with_its_field_and_source_and_not_shown(field: str, blank: str) -> None:
    for value in (f"hidden{blank}", f"{blank}hidden", f"hid{blank}den"):
        fields: dict[str, Any] = {"secret_id": "i", "secret_key": "k", "token": "t", field: value}
        with pytest.raises(CredentialsError, match=f"The {field} from the test contains spaces") as caught:
            Credentials(**fields, source="the test")
        assert "hid" not in str(caught.value)


def test_a_blank_in_the_environment_names_the_variables(house: House) -> None:
    house.environment["TENCENTCLOUD_SECRET_KEY"] = "key-env\n"
    with pytest.raises(CredentialsError, match=r"secret_key from the environment \(TENCENTCLOUD_SECRET_ID"):
        house.keys()


def test_key_and_token_are_not_shown() -> None:
    shown = repr(Credentials("AKIDshown", "key-hidden", "token-hidden"))
    assert "AKIDshown" in shown
    assert "hidden" not in shown


# --- the region


def test_the_region_s_order(house: House) -> None:
    house.write(".tccli/default.configure", {"_sys_param": {"region": "of-default"}})
    house.write(".tccli/named.configure", {"_sys_param": {"region": "of-named"}})
    house.options = {"region": "of-options", "profile": "named"}
    house.environment["TENCENTCLOUD_REGION"] = "of-environment"
    found = [house.sources().region()]
    del house.options["region"]
    found.append(house.sources().region())
    del house.options["profile"]
    found.append(house.sources().region())
    del house.environment["TENCENTCLOUD_REGION"]
    found.append(house.sources().region())
    house.environment["TENCENTCLOUD_PROFILE"] = "named"
    found.append(house.sources().region())
    assert found == ["of-options", "of-named", "of-environment", "of-default", "of-named"]


def test_no_region_is_none(house: House) -> None:
    assert house.sources().region() is None


def test_a_file_that_is_not_needed_is_not_read(house: House) -> None:
    house.write(".tccli/default.configure", "{broken")
    house.write(".tccli/default.credential", "{broken")
    house.options = {"region": "ap-guangzhou"}
    assert house.sources().region() == "ap-guangzhou"
    assert house.keys()[0] == "AKIDenv"
