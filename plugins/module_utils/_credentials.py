# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Where keys come from: one small strategy a source, the first that has any wins and gives the whole triple."""

from __future__ import annotations

import configparser
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.tencent.cloud.plugins.module_utils._backoff import Clock
from ansible_collections.tencent.cloud.plugins.module_utils._errors import (
    CredentialsError,
    OptionError,
    TencentCloudError,
)
from ansible_collections.tencent.cloud.plugins.module_utils._transport import HttpAnswer, HttpRequest, Transport

METADATA_URL = "http://metadata.tencentyun.com"
METADATA_PATH = "/latest/meta-data/cam/security-credentials/"
METADATA_TIMEOUT = 1.0
"""Seconds; outside an instance nothing answers there."""

RENEW_BEFORE = 300.0
"""Seconds before their expiry at which temporary credentials are renewed, as the vendor's SDK does."""


@dataclass(frozen=True)
class Credentials:
    """A secret id, its key, and the token of temporary ones.

    Attributes:
        source: where they come from, for messages.
        expires_at: seconds since the epoch; none for permanent ones.
        assume_role: the role that the source itself asks to be taken on, as the C(assume_role) option has it.
    """

    secret_id: str
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)
    source: str = ""
    expires_at: float | None = None
    assume_role: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        for name, value in (("secret_id", self.secret_id), ("secret_key", self.secret_key), ("token", self.token)):
            if value is not None and re.search(r"\s", value):
                raise CredentialsError(f"The {name} from {self.source} contains blanks. Copy it again without them.")
            if value is not None and not (value.isascii() and value.isprintable()):
                raise CredentialsError(f"The {name} from {self.source} has characters that no key has. Copy it again.")
            if value == "" and name != "token":
                raise CredentialsError(f"The {name} from {self.source} is empty. Give both secret_id and secret_key.")


Provider = Callable[[], Credentials]

_CLI_PROFILE_TYPES_REFUSED = {
    "oauth": "Use a profile with secretId and secretKey.",
    "sso": "Use a profile with secretId and secretKey.",
    "cvm-role": "Use cam_role_name instead.",
}


class Sources:
    """The sources of one task: its options, its environment, its home, and the role metadata.

    Order: what the options name, then the environment, then the default profile, then the role of the instance
    this runs on.
    """

    def __init__(
        self, options: Mapping[str, Any], environment: Mapping[str, str], home: Path, metadata: MetadataService
    ) -> None:
        self._options = options
        self._environment = environment
        self._home = home
        self._metadata = metadata

    def provider(self, clock: Clock) -> Provider:
        """Credentials whenever they are asked for, renewed where the source can renew them."""
        if self._options.get("cam_role_name"):
            return Renewing(lambda: self._metadata.credentials(str(self._options["cam_role_name"])), clock)
        fixed = self._fixed()
        if fixed is not None:
            found = fixed
            return lambda: found
        return Renewing(self._role_of_this_instance, clock)

    def identity(self) -> dict[str, Any]:
        """Whose credentials these are, as far as it can be told without asking anyone, and without a key.

        The role that this instance has, where only that is left, goes unnamed.
        """
        role = self._options.get("cam_role_name")
        fixed = None if role else self._fixed()
        return {
            "cam_role_name": role,
            "secret_id": fixed and fixed.secret_id,
            "assume_role": self._options.get("assume_role") or (fixed and fixed.assume_role),
        }

    def _fixed(self) -> Credentials | None:
        return self._named_in_options() or from_environment(self._environment) or self._default_profile()

    def _named_in_options(self) -> Credentials | None:
        if self._options.get("secret_id") or self._options.get("secret_key"):
            return from_options(self._options)
        return self._named_profile("profile", self._options.get("profile"))

    def _default_profile(self) -> Credentials | None:
        named = self._named_profile("TENCENTCLOUD_PROFILE", self._environment.get("TENCENTCLOUD_PROFILE"))
        return named or from_profile("default", self._home)

    def _named_profile(self, source: str, name: str | None) -> Credentials | None:
        """A profile that is named must exist: the next source could be another identity."""
        if not name:
            return None
        found = from_profile(name, self._home)
        if found is None:
            raise OptionError(source, f"there is no profile {name!r}.", f"Known files: {_files_of(name)}.")
        return found

    def _role_of_this_instance(self) -> Credentials:
        try:
            return self._metadata.credentials(None)
        except TencentCloudError as error:
            raise CredentialsError(
                "No credentials were found in the options secret_id and secret_key, the environment variables "
                "TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, the default profile "
                f"({_files_of('default')}), or the role of this instance ({error.message}) Give one of them."
            ) from error

    def region(self) -> str | None:
        """The region: the option, a named profile's, the environment's, the default profile's."""
        named = self._options.get("profile")
        region = (
            self._options.get("region")
            or (named and profile_region(str(named), self._home))
            or self._environment.get("TENCENTCLOUD_REGION")
            or profile_region(self._environment.get("TENCENTCLOUD_PROFILE") or "default", self._home)
        )
        return str(region) if region else None


# --- options and environment


def from_options(options: Mapping[str, Any]) -> Credentials:
    """C(secret_id), C(secret_key) and C(security_token)."""
    return Credentials(
        options.get("secret_id") or "",
        options.get("secret_key") or "",
        options.get("security_token") or None,
        "the options",
    )


def from_environment(environment: Mapping[str, str]) -> Credentials | None:
    """C(TENCENTCLOUD_SECRET_ID), C(_SECRET_KEY) and C(_TOKEN) or C(_SECURITY_TOKEN); half a pair is an error."""
    secret_id = environment.get("TENCENTCLOUD_SECRET_ID", "")
    secret_key = environment.get("TENCENTCLOUD_SECRET_KEY", "")
    if not secret_id and not secret_key:
        return None
    token = environment.get("TENCENTCLOUD_TOKEN") or environment.get("TENCENTCLOUD_SECURITY_TOKEN") or None
    return Credentials(secret_id, secret_key, token, "the environment (TENCENTCLOUD_SECRET_ID, ..._KEY)")


# --- profiles: the vendor CLI's files, then the SDK's


def from_profile(name: str, home: Path) -> Credentials | None:
    """A profile of the vendor's CLI (C(~/.tccli/NAME.credential)) or of its SDKs (C(~/.tencentcloud/credentials))."""
    _check_profile_name(name)
    return _from_cli_profile(name, home) or _from_sdk_file(name, home)


def profile_region(name: str, home: Path) -> str | None:
    """The region in C(~/.tccli/NAME.configure)."""
    _check_profile_name(name)
    configured = _read_json(home / ".tccli" / f"{name}.configure") or {}
    system = configured.get("_sys_param")
    return str(system["region"]) if isinstance(system, dict) and system.get("region") else None


def _from_cli_profile(name: str, home: Path) -> Credentials | None:
    path = home / ".tccli" / f"{name}.credential"
    data = _read_json(path)
    if data is None:
        return None
    kind = str(data.get("type") or "default")
    if kind in _CLI_PROFILE_TYPES_REFUSED:
        raise CredentialsError(
            f"The profile {name!r} in {path} is of type {kind}, which only the vendor's CLI can use. "
            f"{_CLI_PROFILE_TYPES_REFUSED[kind]}"
        )
    if not data.get("secretId") and not data.get("secretKey"):
        return None
    role_arn = data.get("role-arn")
    return Credentials(
        str(data.get("secretId") or ""),
        str(data.get("secretKey") or ""),
        str(data["token"]) if data.get("token") else None,
        f"the profile {name!r} in {path}",
        assume_role={"role_arn": role_arn, "role_session_name": data.get("role-session-name")} if role_arn else None,
    )


def _from_sdk_file(name: str, home: Path) -> Credentials | None:
    path = home / ".tencentcloud" / "credentials"
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read(path, encoding="utf-8")
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        raise CredentialsError(f"{path} cannot be read: {type(error).__name__}. Mend or remove it.") from None
    if not parser.has_section(name):
        return None
    section = parser[name]
    return Credentials(
        section.get("secret_id", ""), section.get("secret_key", ""), None, f"the section {name!r} of {path}"
    )


def _check_profile_name(name: str) -> None:
    if not re.fullmatch(r"[\w.@+-]+", name) or name.startswith("."):
        raise OptionError("profile", f"{name!r} is not a profile name.", "Use letters, digits, and . _ - @ +")


def _files_of(profile: str) -> str:
    return f"~/.tccli/{profile}.credential, ~/.tencentcloud/credentials"


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise CredentialsError(f"{path} cannot be read: {type(error).__name__}. Mend or remove it.") from None
    if not isinstance(data, dict):
        raise CredentialsError(f"{path} holds no JSON object. Mend or remove it.")
    return data


# --- the role of the instance this runs on


class MetadataService:
    """The metadata service of an instance, which hands out the temporary keys of its CAM role."""

    def __init__(self, transport: Transport, url: str = METADATA_URL) -> None:
        self._transport = transport
        self._url = url.rstrip("/") + METADATA_PATH

    def credentials(self, role: str | None) -> Credentials:
        """The keys of C(role), or of the role that the instance has. Raises CredentialsError or NoAnswer."""
        name = role or self._get("").body.decode(errors="replace").strip()
        if not re.fullmatch(r"[\w.@+-]+", name):
            raise CredentialsError("The metadata service names no CAM role for this instance.")
        try:
            data = json.loads(self._get(name).body)
            if data["Code"] != "Success":
                raise CredentialsError(f"The metadata service has no keys for the role {name!r}: {data['Code']}.")
            return Credentials(
                data["TmpSecretId"],
                data["TmpSecretKey"],
                data["Token"],
                f"the role {name!r} of this instance",
                expires_at=float(data["ExpiredTime"]),
            )
        except (ValueError, KeyError, TypeError):
            raise CredentialsError(f"The metadata service's answer for the role {name!r} cannot be read.") from None

    def _get(self, name: str) -> HttpAnswer:
        answer = self._transport.send(HttpRequest("GET", self._url + name, {}))
        if answer.status != 200:
            what = f"the role {name!r}" if name else "the role of this instance"
            raise CredentialsError(f"The metadata service answered HTTP status {answer.status} for {what}.")
        return answer


# --- renewal


class Renewing:
    """Asks again shortly before temporary credentials expire, so that a long wait outlives them.

    When asking fails while the old ones are still valid, those are used on.
    """

    def __init__(self, ask: Provider, clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._current: Credentials | None = None
        self._renew_at = 0.0

    def __call__(self) -> Credentials:
        now = self._clock.wall()
        if self._current is None or now >= self._renew_at:
            self._current = self._renewed(now)
        return self._current

    def _renewed(self, now: float) -> Credentials:
        try:
            fresh = self._ask()
        except TencentCloudError:
            if self._current is None or now >= (self._current.expires_at or now):
                raise
            return self._current
        if fresh.expires_at is None:
            self._renew_at = float("inf")
        else:
            self._renew_at = fresh.expires_at - min(RENEW_BEFORE, (fresh.expires_at - now) / 2)
        return fresh
