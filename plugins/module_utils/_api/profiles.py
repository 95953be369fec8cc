# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""Profiles: the files of the vendor's command line tool, then those of its SDKs."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .._errors import CredentialsError, OptionError
from .credentials import Credentials
from .strict_json import NotJson, strict_json

SYSTEM_FILE = Path("/etc/tencentcloud/credentials")
"""The vendor's SDKs read it after the one in the home."""

_REFUSED_TYPES = {
    "oauth": "Use a profile with secretId and secretKey.",
    "sso": "Use a profile with secretId and secretKey.",
    "cvm-role": "Use cam_role_name instead.",
}

_MARKS = {codecs.BOM_UTF8: "UTF-8 with a byte order mark", codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}


class Profiles:
    """The profiles that this machine has for this user.

    Args:
        home: the user's home; None in a container whose user has no home, and then only the system's file is read.
        warn: called about files that others can read or change.
    """

    def __init__(
        self, home: Path | None, warn: Callable[[str], None] = lambda text: None, system_file: Path = SYSTEM_FILE
    ) -> None:
        self._home = home
        self._warn = warn
        self._system_file = system_file

    def keys(self, name: str) -> Credentials | None:
        """The keys of a profile. Raises OptionError for an invalid name, CredentialsError for a broken file."""
        _check_name(name)
        found = None
        if self._home:
            found = self._of_cli(name, self._home) or self._of_sdk(name, self._home / ".tencentcloud" / "credentials")
        return found or self._of_sdk(name, self._system_file)

    def region(self, name: str) -> str | None:
        """The region in `~/.tccli/NAME.configure`."""
        _check_name(name)
        configured = _object(self._home / ".tccli" / f"{name}.configure") if self._home else None
        system = (configured or {}).get("_sys_param")
        return str(system["region"]) if isinstance(system, dict) and system.get("region") else None

    def files(self, name: str) -> str:
        """Where a profile is looked for, for messages."""
        if not self._home:
            return f"{self._system_file} alone, since this user has no home directory (HOME is not set)"
        return f"~/.tccli/{name}.credential, ~/.tencentcloud/credentials, {self._system_file}"

    def _of_cli(self, name: str, home: Path) -> Credentials | None:
        path = home / ".tccli" / f"{name}.credential"
        data = _object(path)
        if data is None:
            return None
        kind = str(data.get("type") or "default")
        if kind in _REFUSED_TYPES:
            raise CredentialsError(
                f"The profile {name!r} in {path} is of type {kind}, which only the vendor's CLI can use. "
                f"{_REFUSED_TYPES[kind]}"
            )
        if not data.get("secretId") and not data.get("secretKey"):
            return None
        self._look_at(path)
        role_arn = data.get("role-arn")
        role = {"role_arn": role_arn, "role_session_name": data.get("role-session-name")} if role_arn else None
        return Credentials(
            str(data.get("secretId") or ""),
            str(data.get("secretKey") or ""),
            str(data["token"]) if data.get("token") else None,
            f"the profile {name!r} in {path}",
            assume_role=role,
        )

    def _of_sdk(self, name: str, path: Path) -> Credentials | None:
        text = _text(path)
        if text is None:
            return None
        sections = _sections(path, text)
        if name not in sections:
            return None
        self._look_at(path)
        section = sections[name]
        return Credentials(
            section.get("secret_id", ""), section.get("secret_key", ""), None, f"the section {name!r} of {path}"
        )

    def _look_at(self, path: Path) -> None:
        """Warn of a file with keys that is not the user's alone. Every user may read the system's file."""
        status = path.stat()
        mode = status.st_mode & 0o777
        others = f"by others (mode {mode:04o})"
        if status.st_uid not in (os.geteuid(), 0):
            self._warn(f"{path} belongs to another user (uid {status.st_uid}), who can read and change the keys in it.")
        elif mode & 0o022:
            self._warn(f"{path} holds keys and can be changed {others}. Take that from them by chmod go-w.")
        elif mode & 0o077 and path != self._system_file:
            self._warn(f"{path} holds keys and can be read {others}. Prevent that with chmod 600.")


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[\w.@+-]+", name) or name.startswith("."):
        raise OptionError("profile", f"{name!r} is not a profile name.", "Use letters, digits, and . _ - @ +")


def _object(path: Path) -> dict[str, Any] | None:
    text = _text(path)
    if text is None:
        return None
    try:
        data = strict_json(text.encode())
    except NotJson as problem:
        raise _broken(path, f"it {problem}") from None
    if not isinstance(data, dict):
        raise _broken(path, "it holds no JSON object")
    return data


def _sections(path: Path, text: str) -> Mapping[str, Mapping[str, str]]:
    """The sections of a file of the vendor's SDK. Raises CredentialsError."""
    # Costly to load, and needed only where there is such a file.
    import configparser

    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except configparser.MissingSectionHeaderError:
        raise _broken(path, "there is a line before the first [section]") from None
    except configparser.DuplicateSectionError:
        raise _broken(path, "a section stands there twice") from None
    except configparser.DuplicateOptionError:
        raise _broken(path, "a name stands twice in a section") from None
    except configparser.Error:
        raise _broken(path, "a line is neither a section nor NAME = VALUE") from None
    return {one: parser[one] for one in parser.sections()}


def _text(path: Path) -> str | None:
    """The file's text, or None if there is no file. Raises CredentialsError."""
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _broken(path, os.strerror(error.errno or 0)) from None
    mark = next((words for mark, words in _MARKS.items() if content.startswith(mark)), None)
    if mark:
        raise CredentialsError(f"{path} is written in {mark}. Save it as UTF-8 without a byte order mark.")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise CredentialsError(f"{path} is not written in UTF-8. Save it as UTF-8.") from None


def _broken(path: Path, why: str) -> CredentialsError:
    return CredentialsError(f"{path} cannot be read: {why}. Repair or remove it.")
