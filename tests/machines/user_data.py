# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The part of cloud-init that the rig has: host keys from a cloud-config, and scripts."""

from __future__ import annotations

import base64
import binascii
import email
from dataclasses import dataclass, field
from typing import Any

import yaml

CLOUD_CONFIG = "#cloud-config"
SCRIPT = "#!"


@dataclass
class UserData:
    """What user data asks for.

    Attributes:
        raw: as the machine sees it.
        host_keys: texts of files by their names in /etc/ssh; if there are any, they are the only ones.
        scripts: to be run as root, in their order.
    """

    raw: bytes = b""
    host_keys: dict[str, str] = field(default_factory=dict)
    scripts: list[str] = field(default_factory=list)


def read(encoded: str) -> UserData:
    """Understand user data in base64. What cannot be understood asks for nothing, as with the real cloud-init."""
    try:
        raw = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return UserData()
    data = UserData(raw)
    for text in _parts(raw.decode("utf-8", "replace")):
        if text.startswith(SCRIPT):
            data.scripts.append(text)
        elif text.startswith(CLOUD_CONFIG):
            data.host_keys.update(_host_keys(text))
    return data


def _parts(text: str) -> list[str]:
    message = email.message_from_string(text)
    if "MIME-Version" not in message:
        return [text]
    return [_part(part) for part in message.walk() if not part.is_multipart()]


def _part(part: Any) -> str:
    text = (part.get_payload(decode=True) or b"").decode("utf-8", "replace")
    # The type says what it is, with or without the first line.
    if part.get_content_type() == "text/cloud-config" and not text.startswith(CLOUD_CONFIG):
        return f"{CLOUD_CONFIG}\n{text}"
    return text


def _host_keys(text: str) -> dict[str, str]:
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError:
        return {}
    keys = document.get("ssh_keys") if isinstance(document, dict) else None
    files = {}
    for name, value in (keys or {}).items():
        kind, part = str(name).rpartition("_")[::2]
        if part in {"private", "public"}:
            files[f"ssh_host_{kind}_key{'.pub' if part == 'public' else ''}"] = str(value)
    return files
