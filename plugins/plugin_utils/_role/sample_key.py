# Copyright (c) 2026, The tencent.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""A host key that opens nothing, of the size of a real one: what can be planned with it needs no file."""

from __future__ import annotations

import base64

_KIND = b"ssh-ed25519"


def sample_key() -> tuple[str, str]:
    """The private and the public key, in the form that ssh-keygen writes (OpenSSH, PROTOCOL.key); all zeros."""
    public = _field(_KIND) + _field(bytes(32))
    private = bytes(8) + public + _field(bytes(64)) + _field(b"") + bytes(range(1, 6))
    blob = b"openssh-key-v1\0" + _field(b"none") + _field(b"none") + _field(b"") + (1).to_bytes(4, "big")
    text = base64.b64encode(blob + _field(public) + _field(private)).decode()
    lines = [text[at : at + 70] for at in range(0, len(text), 70)]
    pem = "\n".join([_line("BEGIN"), *lines, _line("END"), ""])
    return pem, f"ssh-ed25519 {base64.b64encode(public).decode()}"


def _line(word: str) -> str:
    return f"-----{word} OPENSSH PRIVATE KEY-----"


def _field(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value
