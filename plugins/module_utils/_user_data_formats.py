# Copyright (c) 2026, The tencent.cloud contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: it may change or go in any release.
# Do not import it from elsewhere.


"""The formats of user data, and what is not one of them. Pure.

Sources: cloud-init's document "User-data formats", and cloudbase-init's document "Userdata", by which Windows images
read theirs.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

LIMIT = 16 * 1024
"""Maximum bytes of user data in base64 that ResetInstance takes."""

MAPPING_FIX = r'Write it as text: "#cloud-config\n{{ your_mapping | to_nice_yaml }}".'
"""What to do with a mapping."""

# The first line of a format to its content type. A longer beginning stands before a shorter one that it contains.
_CLOUD_INIT = {
    "#cloud-config-archive": "cloud-config-archive",
    "#cloud-config-jsonp": "cloud-config-jsonp",
    "#cloud-config": "cloud-config",
    "#cloud-boothook": "cloud-boothook",
    "#include-once": "x-include-once-url",
    "#include": "x-include-url",
    "#part-handler": "part-handler",
    "## template: jinja": "jinja2",
    "#!": "x-shellscript",
}
_WINDOWS_ALONE = ("<powershell>", "<script>", "#ps1_sysnative", "#ps1_x86", "#ps1", "rem cmd")
_WINDOWS_TOO = ("#cloud-config", "#!/usr/bin/env python", "#! /usr/bin/env python")

# cloud-init looks for the word in the same part of the text.
_MIME = r"(?im)^mime-version:"
_MIME_WITHIN = 4096
_PATH = r"(?i)(?:/|~|\.{1,2}/|[a-z]+://)\S*|\S+\.(?:ya?ml|sh|txt|cfg|conf|ps1|j2)"


def encoded_size(text: str) -> int:
    """How many bytes it has in base64."""
    return len(base64.b64encode(text.encode(errors="surrogateescape")))


def subtype_of(text: str) -> str | None:
    """The content type, without `text/`, of what begins with the first line of a cloud-init format."""
    begin = _begin(text, _CLOUD_INIT)
    return _CLOUD_INIT[begin] if begin else None


def is_mime(text: str) -> bool:
    """Whether cloud-init takes it for a MIME message."""
    return bool(re.search(_MIME, text[:_MIME_WITHIN]))


def _begin(text: str, formats: Iterable[str]) -> str | None:
    lowered = text.lstrip().lower()
    return next((begin for begin in formats if lowered.startswith(begin)), None)


class Fault(NamedTuple):
    """One way in which a text is not valid user data for a platform, which would then install a bare server.

    Attributes:
        code: its name.
        find: what is wrong with a text for a platform (`Linux`, `Windows` or None), or None. It quotes no text.
        fix: what to do about it.
    """

    code: str
    find: Callable[[str, str | None], str | None]
    fix: str


def fault_of(text: str, platform: str | None) -> Fault | None:
    """The first fault in the table that the text has."""
    return next((fault for fault in FAULTS if fault.find(text, platform)), None)


def _byte_order_mark(text: str, platform: str | None) -> str | None:
    marked = text.startswith(("\ufeff", "\udcff\udcfe", "\udcfe\udcff"))
    return "The user data begins with a byte order mark, so no format is recognized." if marked else None


def _gzip(text: str, platform: str | None) -> str | None:
    return "The user data is compressed with gzip, which does not survive as text." if _is_gzip(text) else None


def _is_gzip(text: str) -> bool:
    return text[:1] == "\x1f" and text[1:2] in ("\x8b", "\udc8b", "\ufffd")


def _other_platform(text: str, platform: str | None) -> str | None:
    windows, linux = _begin(text, _WINDOWS_ALONE), _begin(text, _CLOUD_INIT)
    if platform == "Linux" and windows:
        return f"The user data begins with {windows}, which is for Windows, and the image is of Linux."
    if platform == "Windows" and linux and not _begin(text, _WINDOWS_TOO):
        return f"The user data begins with {linux}, which is for Linux, and the image is of Windows."
    return None


def _is_known(text: str) -> bool:
    return bool(_begin(text, (*_CLOUD_INIT, *_WINDOWS_ALONE))) or is_mime(text)


def _base64(text: str, platform: str | None) -> str | None:
    try:
        decoded = base64.b64decode("".join(text.split()), validate=True).decode(errors="surrogateescape")
    except (binascii.Error, ValueError):
        return None
    encoded = _is_known(decoded) or _is_gzip(decoded)
    return "The user data is in base64 already, and would be encoded twice." if encoded else None


def _multipart(text: str, platform: str | None) -> str | None:
    bare = text.lstrip().lower().startswith("content-type: multipart") and not is_mime(text)
    return "The user data is a multipart message without MIME-Version, by which it is recognized." if bare else None


def _path(text: str, platform: str | None) -> str | None:
    looks_so = re.fullmatch(_PATH, text.strip()) and not _is_known(text)
    return "The user data looks like a path or a URL, and not like its content." if looks_so else None


def _late_header(text: str, platform: str | None) -> str | None:
    if _is_known(text):
        return None
    for number, line in enumerate(text.lstrip().splitlines(), 1):
        begin = _begin(line, (*_CLOUD_INIT, *_WINDOWS_ALONE)) if number > 1 else None
        if begin:
            return f"The user data has {begin} in line {number}, but a header counts on the first line only."
    return None


def _unknown(text: str, platform: str | None) -> str | None:
    unknown = text and not _is_known(text)
    return "The user data does not begin with the first line of any known format." if unknown else None


_KNOWN = ", ".join((*_CLOUD_INIT, "MIME-Version:"))

FAULTS = (
    Fault("UserDataByteOrderMark", _byte_order_mark, "Save it as UTF-8 without the mark."),
    Fault("UserDataCompressed", _gzip, "Give it as plain text."),
    Fault("UserDataForOtherPlatform", _other_platform, "Give what the image's platform runs, or another image."),
    Fault("UserDataEncoded", _base64, "Give it as plain text; it is encoded for you."),
    Fault("UserDataWithoutMimeVersion", _multipart, "Add the header MIME-Version: 1.0."),
    Fault("UserDataIsPath", _path, "Give the content, for example by lookup('ansible.builtin.file', ...)."),
    Fault("UserDataHeaderNotFirst", _late_header, "The header must stand first: not even a comment may be above it."),
    Fault(
        "UserDataNotRecognized",
        _unknown,
        f"Begin it with one of {_KNOWN}, or for Windows with one of {', '.join(_WINDOWS_ALONE)}.",
    ),
)
"""Only the first that a text has counts."""
