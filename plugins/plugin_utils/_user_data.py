# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.

"""cloud-init user data that brings a host key, by cloud-init's documents "User-data formats" and module "SSH"."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart

from ..module_utils._errors import TencentCloudError
from ..module_utils._ssh.host_key import key_of
from ..module_utils._user_data_formats import LIMIT, encoded_size, fault_of, subtype_of

_OURS = re.compile(r"""^(?:[ \t]*\{.*?)?["']?(ssh_keys|ssh_deletekeys|ssh_genkeytypes)["']?[ \t]*:""", re.MULTILINE)
_BEGIN, _END = "-----BEGIN OPENSSH PRIVATE KEY-----", "-----END OPENSSH PRIVATE KEY-----"
_MAGIC = b"openssh-key-v1\0"
_KEY_TYPE = "ssh-ed25519"


class UserDataError(TencentCloudError):
    """User data or a key that cannot be used. No text of either is in its message."""

    code = "InvalidUserData"


def with_host_key(user_data: str | None, private_key: str, public_key: str) -> str:
    """User data by which cloud-init gives the host this ed25519 host key and no other, and does what it did before.

    Ours is the last part, and of two parts with the same key cloud-init takes the later one. The same arguments give
    the same text. Raises UserDataError.

    Args:
        user_data: the user's own, in any cloud-init format but a compressed one; or None.
        private_key: as ssh-keygen writes it, without a passphrase.
    """
    ours = _cloud_config(private_key, public_key)
    theirs = (user_data or "").lstrip()
    # Python strips the first byte of gzip as well, so the fault is looked for before.
    fault = fault_of(user_data, "Linux") if user_data and theirs else None
    if fault:
        raise UserDataError(f"{fault.find(user_data or '', 'Linux')} {fault.fix}")
    combined = _multipart(_parts(theirs), ours) if theirs else ours
    size = encoded_size(combined)
    if size > LIMIT:
        raise UserDataError(f"The user data with the host key has {size} bytes in base64; the limit is {LIMIT}.")
    return combined


def _cloud_config(private_key: str, public_key: str) -> str:
    lines = [line.strip() for line in private_key.strip().splitlines()]
    public = _matching(lines, public_key)
    pem = "\n".join(f"    {line}" for line in lines)
    # With keys given, cloud-init makes none of its own, whatever ssh_genkeytypes says; and that cannot be empty.
    return f"#cloud-config\nssh_deletekeys: true\nssh_keys:\n  ed25519_private: |\n{pem}\n  ed25519_public: {public}\n"


def _matching(private_lines: list[str], public_key: str) -> str:
    """The public key, if it is the other half. A private key has it in the clear (OpenSSH, PROTOCOL.key)."""
    public = key_of(public_key)
    if not public or public.split()[0] != _KEY_TYPE:
        raise UserDataError(f"The public key is not an {_KEY_TYPE} key.")
    if len(private_lines) < 3 or (private_lines[0], private_lines[-1]) != (_BEGIN, _END):
        raise UserDataError("The private key does not have the form that ssh-keygen writes.")
    try:
        blob = base64.b64decode("".join(private_lines[1:-1]), validate=True)
    except (binascii.Error, ValueError):
        raise UserDataError("The private key is damaged.") from None
    fields = _fields(blob.removeprefix(_MAGIC)) if blob.startswith(_MAGIC) else iter(())
    cipher, own = next(fields, b""), list(fields)[-1:]
    if cipher != b"none":
        raise UserDataError("The private key is damaged, or has a passphrase, which a host key cannot have.")
    if own != [base64.b64decode(public.split()[1])]:
        raise UserDataError("The public key is not that of the private key.")
    return public


def _fields(blob: bytes) -> Iterator[bytes]:
    """The cipher, the key derivation and its options, and the public key of a file with one key."""
    at = 0
    for skipped in (0, 0, 0, 4):
        start = at + skipped + 4
        at = start + int.from_bytes(blob[start - 4 : start], "big")
        yield blob[start:at]


def _parts(text: str) -> list[Message]:
    parts = [_text_part(text, subtype)] if (subtype := subtype_of(text)) else _mime_parts(text)
    for part in parts:
        found = _OURS.search(_payload(part)) if _is_config(part) else None
        if found:
            raise UserDataError(
                f"The user data has {found[1]} itself, which the host key needs. Leave out one or the other."
            )
    return parts


def _mime_parts(text: str) -> list[Message]:
    message = message_from_bytes(text.encode(errors="surrogateescape"))
    walked = list(message.walk())
    if any(part.defects for part in walked):
        raise UserDataError("The user data is a damaged MIME message.")
    return [part for part in walked if not part.is_multipart()]


def _text_part(text: str, subtype: str) -> Message:
    """A part that arrives byte for byte. Plain text is left readable, which is also the shortest."""
    part = MIMEBase("text", subtype, charset="utf-8")
    plain = text.isascii() and "\r" not in text
    part.set_payload(text if plain else base64.encodebytes(text.encode(errors="surrogateescape")).decode())
    part["Content-Transfer-Encoding"] = "7bit" if plain else "base64"
    return part


def _payload(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode(errors="replace") if isinstance(payload, bytes) else ""


def _is_config(part: Message) -> bool:
    configs = ("cloud-config", "jinja2")
    return part.get_content_subtype() in configs or subtype_of(_payload(part)) in configs


def _multipart(parts: list[Message], ours: str) -> str:
    parts = [*parts, _text_part(ours, "cloud-config")]
    digest = hashlib.sha256(b"".join(part.as_bytes() for part in parts[:-1])).hexdigest()
    combined = MIMEMultipart("mixed", boundary=f"==============={digest[:32]}==")
    for part in parts:
        combined.attach(part)
    return combined.as_bytes().decode(errors="surrogateescape")
