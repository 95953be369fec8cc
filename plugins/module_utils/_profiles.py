# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Profiles: the files of the vendor's command line tool, then those of its SDKs."""

from __future__ import annotations

import configparser
import json
import re
from pathlib import Path
from typing import Any

from ansible_collections.tencent.cloud.plugins.module_utils._credentials import Credentials
from ansible_collections.tencent.cloud.plugins.module_utils._errors import CredentialsError, OptionError

_CLI_PROFILE_TYPES_REFUSED = {
    "oauth": "Use a profile with secretId and secretKey.",
    "sso": "Use a profile with secretId and secretKey.",
    "cvm-role": "Use cam_role_name instead.",
}


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


def files_of(profile: str) -> str:
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
